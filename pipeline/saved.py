"""Readers of saved outputs, references and articles: run directories, JSON Lines, Parquet, and plain text.

Nothing is guessed: a record of the wrong shape or an id that occurs twice is an InputError that names it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pipeline.decoding import PACKED
from pipeline.errors import InputError
from pipeline.files import JsonObject, located_jsonl, read_jsonl
from pipeline.metrics.texts import Outputs
from pipeline.records import KINDS, Article, Kind, References
from pipeline.saved_fields import Fields
from pipeline.saved_lines import lines_of, plain_output, plain_reference
from pipeline.saved_parquet import SUFFIX, located_parquet
from pipeline.text.dateline import article_sentences

JSON_LINES = (".jsonl", ".ndjson")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Saved:
    """What a run directory or a pair of files holds; `articles` is None where the texts are not known."""

    engine: str
    outputs: Mapping[str, Outputs]
    references: Mapping[str, References]
    articles: Mapping[str, Article] | None


@dataclass(frozen=True, slots=True)
class Expected:
    """What outputs are scored against: the references of the files `places` by id, and the articles that came with
    them."""

    places: tuple[Path, ...]
    references: Mapping[str, References]
    articles: Mapping[str, Article] | None


def read_run(run_dir: Path) -> Saved:
    """What a run directory holds; the engine's name is that of its first output."""
    references, articles = run_dir / "references.jsonl", run_dir / "articles.jsonl"
    return Saved(
        engine=engine_of(run_dir),
        outputs=read_outputs(run_dir),
        references=read_references(references) if references.is_file() else {},
        articles=read_articles(articles) if articles.is_file() else None,
    )


def read_expected(references: Path | Sequence[Path], kind: Kind = "summary") -> Expected:
    """The references of run directories or files, and the articles of the first that is a run directory.

    Several are alternatives of the same items: InputError if they do not have the same ids.
    """
    places = (references,) if isinstance(references, Path) else tuple(references)
    merged = _merged({path: read_references(path, kind) for path in places})
    folders = [path for path in places if (path / "articles.jsonl").is_file()]
    return Expected(places, merged, read_articles(folders[0]) if folders else None)


def read_files(
    outputs: Path,
    references: Path | Sequence[Path] | Expected,
    *,
    kind: Kind = "summary",
    engine: str | None = None,
) -> Saved:
    """Outputs and references, each a run directory or a file; two plain texts need equal counts.

    References that several outputs share are read once, by `read_expected`. The articles are those of the outputs'
    own run directory, else those that came with the references. `engine` defaults to the outputs' name.
    """
    expected = references if isinstance(references, Expected) else read_expected(references, kind)
    own = read_outputs(outputs, kind)
    if not any(map(_has_ids, (outputs, *expected.places))) and len(own) != len(expected.references):
        raise InputError(
            f"{len(own)} outputs in {outputs} and {len(expected.references)} references in {expected.places[0]}",
            fix="plain text pairs line with line: give both files the same number of lines",
        )
    articles = read_articles(outputs) if (outputs / "articles.jsonl").is_file() else expected.articles
    return Saved(engine or short_name(outputs), own, expected.references, articles)


def engine_of(run_dir: Path) -> str:
    """The name of the engine of the first output of a run."""
    first = next(read_jsonl(_inside(run_dir, "outputs.jsonl")), {})
    return str(first.get("engine", "outputs")).split("|", 1)[0]


def short_name(path: Path) -> str:
    """What texts at `path` are called: a folder's name, a file's without its extension."""
    return path.resolve().name if path.is_dir() else path.stem


def distinct(short: Sequence[str], paths: Sequence[Path]) -> list[str]:
    """Short names where they tell the systems apart, else paths; the same path again is numbered."""
    names = list(short) if len(set(short)) == len(set(paths)) else [str(path) for path in paths]
    seen: Counter[str] = Counter()
    for place, name in enumerate(names):
        seen[name] += 1
        names[place] = name if seen[name] == 1 else f"{name} ({seen[name]})"
    return names


def _merged(alternatives: Mapping[Path, Mapping[str, References]]) -> dict[str, References]:
    """The references of all files by id; InputError if the files do not have the same ids."""
    (first, known), *others = alternatives.items()
    merged = dict(known)
    for path, found in others:
        for there, here, ids in ((first, path, known), (path, first, found)):
            lacking = next((name for name in ids if name not in alternatives[here]), None)
            if lacking is not None:
                raise InputError(
                    f"{here} has {len(alternatives[here])} references and {there} {len(ids)}: {lacking!r} is missing",
                    where=str(here),
                    fix="several references are alternatives of the same items: give all files the same ids",
                )
        for name, one in found.items():
            before = merged[name]
            merged[name] = References(
                summary=before.summary + one.summary,
                bullets=before.bullets + one.bullets,
                headline=before.headline + one.headline,
                rewrite=before.rewrite + one.rewrite,
            )
    return merged


def read_outputs(path: Path, kind: Kind = "summary") -> dict[str, Outputs]:
    """Outputs by id: a run directory, JSONL as in outputs.jsonl or with strings, or plain text of a kind."""
    path = _inside(path, "outputs.jsonl")
    return _by_id(path, _outputs) if _has_ids(path) else {i: plain_output(t, kind) for i, t in lines_of(path)}


def read_references(path: Path, kind: Kind = "summary") -> dict[str, References]:
    """References by id: a run directory, JSONL as in references.jsonl or with strings, or plain text."""
    path = _inside(path, "references.jsonl")
    return _by_id(path, _references) if _has_ids(path) else {i: plain_reference(t, kind) for i, t in lines_of(path)}


def read_articles(path: Path) -> dict[str, Article]:
    """Articles by id, from a run directory or articles.jsonl, split into sentences again."""
    return _by_id(_inside(path, "articles.jsonl"), _article)


def _inside(path: Path, name: str) -> Path:
    file = path / name if path.is_dir() else path
    if not file.is_file():
        kinds = "a run directory, a .jsonl or .parquet file or a text file"
        raise InputError(f"there is no file {file}", fix=f"give {kinds}")
    return file


def _has_ids(path: Path) -> bool:
    plain = path.with_suffix("") if path.suffix in PACKED else path
    return path.is_dir() or plain.suffix in JSON_LINES or path.suffix == SUFFIX


def _by_id(path: Path, parse: Callable[[Fields], T]) -> dict[str, T]:
    records: dict[str, T] = {}
    places: dict[str, str] = {}
    for where, record in located_parquet(path) if path.suffix == SUFFIX else located_jsonl(path):
        name = _id(record, where)
        if name in records:
            raise InputError(
                f"the id {name!r} occurs twice, first in line {places[name]}", where=where, fix="make ids unique"
            )
        records[name] = parse(Fields(record, where=f"{where}: record {name!r}"))
        places[name] = where.rpartition(":")[2]
    return records


def _id(record: JsonObject, where: str) -> str:
    name = record.get("id")
    if isinstance(name, int) and not isinstance(name, bool):
        return str(name)
    if not isinstance(name, str) or not name:
        raise InputError(f"its id is {name!r}, not text", where=where)
    return name


def _outputs(fields: Fields) -> Outputs:
    fields.need_one_of(KINDS)
    return Outputs(
        fields.prose("summary"), fields.texts("bullets"), fields.texts("headlines"), fields.prose("rewrite")
    )


def _references(fields: Fields) -> References:
    names = ("summary", "bullets", "headline", "rewrite")
    fields.need_one_of((*names, "headlines"))
    return References(
        summary=fields.alternatives("summary"),
        bullets=fields.lists("bullets"),
        headline=fields.alternatives("headline") or fields.alternatives("headlines"),
        rewrite=fields.alternatives("rewrite"),
    )


def _article(fields: Fields) -> Article:
    text = fields.text("text")
    return Article(
        id=str(fields.record["id"]),
        text=text,
        sentences=article_sentences(text),
        title=fields.optional("title"),
        key_points=fields.texts("key_points") or (),
        origin=fields.optional("origin") or "",
        sha256=fields.optional("sha256") or "",
        flags=fields.texts("flags") or (),
    )
