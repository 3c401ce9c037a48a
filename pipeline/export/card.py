"""The card of an exported data set: README.md with the front matter that the Hugging Face Hub and `datasets` read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pyarrow as pa

from pipeline.export.schema import COLUMNS, SPAN
from pipeline.export.source import Tally
from pipeline.files import JsonObject
from pipeline.records import KINDS
from pipeline.report.flags import FLAGS, family
from pipeline.report.terminal import score_table
from pipeline.strict_yaml import dump

SIZES = ((10**3, "n<1K"), (10**4, "1K<n<10K"), (10**5, "10K<n<100K"), (10**6, "100K<n<1M"), (10**7, "1M<n<10M"))
LARGEST = "10M<n<100M"
LIMITS = """The texts were written by a program and not checked by a person. Names, numbers, dates and quotations were
compared with the article; that finds many errors of fact and misses more, most of all right words in a wrong relation.
`flags` say what is doubtful about a text. What rights there are in the articles, and so in texts made from them, is for
whoever publishes this data set to find out: `license: unknown` stands for that."""


def card(name: str, found: Tally, run: JsonObject, scores: JsonObject, *, with_text: bool) -> str:
    """README.md of a data set whose rows are in data/train-*.parquet; `run` is run.json, empty if not finished."""
    parts = [
        f"---\n{dump(_front_matter(name, found))}---",
        f"# {name}",
        _what(found, with_text),
        "## How it was made",
        "\n".join(f"- {line}" for line in _provenance(found, run)),
        "## Columns",
        "Spans are half-open, `start` to `end`, and count Unicode code points. Every export has all of these columns.",
        _table(
            ("column", "type", "meaning"), [(f"`{name}`", type_name(kind), meaning) for name, kind, meaning in COLUMNS]
        ),
        "## Scores",
        f"```text\n{score_table(scores).rstrip()}\n```" if scores else "The articles came without references.",
        "## Limits",
        LIMITS,
        *_flagged(found),
    ]
    return "\n\n".join(parts) + "\n"


def _front_matter(name: str, found: Tally) -> dict[str, object]:
    size = next((words for bound, words in SIZES if found.rows < bound), LARGEST)
    return {
        "pretty_name": name,
        "license": "unknown",
        "language": sorted(found.languages),
        "task_categories": ["summarization"],
        "size_categories": [size],
        "tags": ["machine-generated", "precis"],
        "configs": [{"config_name": "default", "data_files": [{"split": "train", "path": "data/train-*.parquet"}]}],
    }


def _what(found: Tally, with_text: bool) -> str:
    kinds = ", ".join(kind for kind in KINDS if kind in found.kinds)
    articles = "article" if found.rows == 1 else "articles"
    texts = "with their text" if with_text else "without their text"
    return f"Machine-written {kinds} of {found.rows:,} {articles}, {texts}, each linked to what supports it there."


def _provenance(found: Tally, run: JsonObject) -> Iterator[str]:
    versions = run.get("versions") or {}
    yield f"made by precis {run.get('precis') or versions.get('precis') or '(version not recorded)'}"
    for engine, count in found.engines.most_common():
        yield f"engine: `{engine}` (articles: {count:,})"
    if not run:
        yield "the run was not finished when it was exported"
        return
    yield f"config digest: `{run.get('config_digest')}`, seed {run.get('seed')}"
    yield "versions: " + ", ".join(f"{package} {version}" for package, version in versions.items() if version)
    if found.absent:
        yield f"articles of the run that could not be read or processed, and are not in it: {found.absent:,}"


def type_name(kind: pa.DataType) -> str:
    """An Arrow type in words: `list of span`."""
    if pa.types.is_list(kind):
        return f"list of {type_name(kind.value_type)}"
    return "span" if kind == SPAN else "text" if pa.types.is_string(kind) else "integer"


def _flagged(found: Tally) -> Iterator[str]:
    if found.flags:
        rows = [(f"`{flag}`", f"{count:,}", _meaning(flag)) for flag, count in found.flags.most_common()]
        yield "Articles by flag, their own or that of one of their texts:"
        yield _table(("flag", "articles", "meaning"), rows)


def _meaning(flag: str) -> str:
    known = FLAGS.get(family(flag))
    return known[2].removesuffix(": {}") if known else ""


def _table(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [f"| {' | '.join(header)} |", "|---" * len(header) + "|"]
    lines += [f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |" for row in rows]
    return "\n".join(lines)
