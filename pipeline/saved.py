"""Readers of saved outputs, references and articles: run directories, JSON Lines, and plain text.

Plain text has one item a line; its ids are the line numbers from 1, and an empty line is an empty item.
Nothing is guessed: a record of the wrong shape or an id that occurs twice is an InputError that names it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pipeline.errors import InputError
from pipeline.files import JsonObject, read_jsonl
from pipeline.metrics.texts import Outputs
from pipeline.records import KINDS, Article, Kind, Prose, References
from pipeline.saved_fields import Fields
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


def read_run(run_dir: Path) -> Saved:
    """What a run directory holds; the engine's name is that of its first output."""
    path = _inside(run_dir, "outputs.jsonl")
    first = next(read_jsonl(path), {})
    references, articles = run_dir / "references.jsonl", run_dir / "articles.jsonl"
    return Saved(
        engine=str(first.get("engine", "outputs")).split("|", 1)[0],
        outputs=read_outputs(path),
        references=read_references(references) if references.is_file() else {},
        articles=read_articles(articles) if articles.is_file() else None,
    )


def read_files(
    outputs: Path, references: Path, *, kind: Kind = "summary", engine: str | None = None
) -> Saved:
    """Outputs and references, each a run directory or a file; two plain texts need equal counts.

    The articles come from whichever of the two is a run directory. `engine` defaults to the outputs' name.
    """
    own, expected = read_outputs(outputs, kind), read_references(references, kind)
    if not (_has_ids(outputs) or _has_ids(references)) and len(own) != len(expected):
        raise InputError(
            f"{len(own)} outputs in {outputs} and {len(expected)} references in {references}",
            fix="plain text pairs line with line: give both files the same number of lines",
        )
    folders = [path for path in (outputs, references) if (path / "articles.jsonl").is_file()]
    articles = read_articles(folders[0]) if folders else None
    return Saved(engine or outputs.stem, own, expected, articles)


def read_outputs(path: Path, kind: Kind = "summary") -> dict[str, Outputs]:
    """Outputs by id: a run directory, JSONL as in outputs.jsonl or with strings, or plain text of a kind."""
    path = _inside(path, "outputs.jsonl")
    return _by_id(path, _outputs) if _has_ids(path) else {i: _plain_output(t, kind) for i, t in _lines(path)}


def read_references(path: Path, kind: Kind = "summary") -> dict[str, References]:
    """References by id: a run directory, JSONL as in references.jsonl or with strings, or plain text."""
    path = _inside(path, "references.jsonl")
    return (
        _by_id(path, _references)
        if _has_ids(path)
        else {i: _plain_reference(t, kind) for i, t in _lines(path)}
    )


def read_articles(path: Path) -> dict[str, Article]:
    """Articles by id, from a run directory or articles.jsonl, split into sentences again."""
    return _by_id(_inside(path, "articles.jsonl"), _article)


def _inside(path: Path, name: str) -> Path:
    file = path / name if path.is_dir() else path
    if not file.is_file():
        raise InputError(f"there is no file {file}", fix="give a run directory, a .jsonl file or a text file")
    return file


def _has_ids(path: Path) -> bool:
    return path.is_dir() or path.suffix in JSON_LINES


def _by_id(path: Path, parse: Callable[[Fields], T]) -> dict[str, T]:
    records: dict[str, T] = {}
    for number, record in enumerate(read_jsonl(path), start=1):
        name = _id(record, path, number)
        if name in records:
            raise InputError(
                f"the id {name!r} occurs twice", where=f"{path}: record {number}", fix="make ids unique"
            )
        records[name] = parse(Fields(record, where=f"{path}: record {name!r}"))
    return records


def _id(record: JsonObject, path: Path, number: int) -> str:
    name = record.get("id")
    if isinstance(name, int) and not isinstance(name, bool):
        return str(name)
    if not isinstance(name, str) or not name:
        raise InputError(f"its id is {name!r}, not text", where=f"{path}: record {number}")
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


def _lines(path: Path) -> list[tuple[str, str]]:
    """(line number from 1, line): line feeds alone end lines, and one at the file's end ends the last."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            f"it is not UTF-8 text: {error.reason} at byte {error.start}", where=str(path)
        ) from error
    lines = text.removesuffix("\n").split("\n") if text else []
    return [(str(number), line.removesuffix("\r")) for number, line in enumerate(lines, start=1)]


def _plain_output(text: str, kind: Kind) -> Outputs:
    if kind in ("summary", "rewrite"):
        prose = Prose(text, (), ())
        return Outputs(summary=prose) if kind == "summary" else Outputs(rewrite=prose)
    items = (text,) if text.strip() else ()
    return Outputs(bullets=items) if kind == "bullets" else Outputs(headlines=items)


def _plain_reference(text: str, kind: Kind) -> References:
    if kind == "bullets":
        return References(bullets=((text,),))
    if kind == "headlines":
        return References(headline=(text,))
    return References(summary=(text,)) if kind == "summary" else References(rewrite=(text,))
