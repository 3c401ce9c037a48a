"""The fields of one record (of JSON Lines, JSON or CSV) to a Raw article."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pipeline.ingest.raw import Outcome, Raw, rejected
from pipeline.ingest.references import parse_references
from pipeline.text.characters import replace_surrogates

TEXT_FIELDS = ("text", "article", "document", "body", "content")
# The field that is read for each kind of reference: the first that is there and not null.
REFERENCE_FIELDS = {
    "summary": ("summary",),
    "bullets": ("bullets", "highlights"),
    "headline": ("headline", "headlines"),
    "rewrite": ("rewrite",),
}


def raw_record(path: Path, line: int, record: Mapping[str, object], default_id: str) -> Outcome:
    """The article of one record; wrong types, a missing text and an unusable id are rejected with the reason.

    Read are `id` (text or whole number, else `default_id`), the text (`text`, `article`, `document`, `body`,
    `content`), `title`, `key_points` (a list of texts) and the references; other fields are ignored.
    `headline` is a reference, never the article's own title.
    """
    faults: list[str] = []
    article_id = _id(record.get("id"), default_id, faults)
    text = _first(record, TEXT_FIELDS)
    if text is None:
        faults.append(f"has no text (a field named {', '.join(TEXT_FIELDS[:-1])} or {TEXT_FIELDS[-1]})")
    elif not isinstance(text, str):
        faults.append("the text should be text")
    elif not text.strip():
        faults.append("the text is empty")
    title = record.get("title")
    if title is not None and not isinstance(title, str):
        faults.append("title should be text")
    points = record.get("key_points") or []
    if not isinstance(points, list) or not all(isinstance(point, str) for point in points):
        faults.append("key_points should be a list of texts")
    references, wrong = parse_references({kind: _first(record, REFERENCE_FIELDS[kind]) for kind in REFERENCE_FIELDS})
    if faults or wrong:
        return rejected(path, "; ".join((*faults, *wrong)), line=line, article_id=article_id)
    return Raw(
        id=article_id,
        text=replace_surrogates(str(text)),
        source=str(path),
        line=line,
        title=replace_surrogates(str(title)) if title else None,
        references=references,
        key_points=tuple(map(replace_surrogates, points)) if isinstance(points, list) else (),
    )


def _id(value: object, default: str, faults: list[str]) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if value is None:
        return default
    if isinstance(value, str) and value.strip() and value.isprintable():
        return value.strip()
    faults.append("id should be printable text or a whole number")
    return default


def _first(record: Mapping[str, object], names: tuple[str, ...]) -> object:
    return next((record[name] for name in names if record.get(name) is not None), None)
