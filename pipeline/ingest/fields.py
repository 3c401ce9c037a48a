"""The fields of one record (of JSON Lines, a table or a data set) to a Raw article."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pipeline.ingest.columns import HIGHLIGHTS, Columns, first
from pipeline.ingest.raw import Outcome, Raw, rejected
from pipeline.ingest.references import KINDS, parse_references
from pipeline.records import ColumnRole
from pipeline.text.characters import replace_surrogates


def raw_record(
    source: Path | str, line: int, record: Mapping[str, object], default_id: str, columns: Columns
) -> Outcome:
    """The article of one record; wrong types, a missing text and an unusable id are rejected with the reason.

    `columns` names the fields that are read; others are ignored. `headline` is a reference, never the article's own
    title. An id is text or a whole number, else `default_id`; key points are a list of texts.
    """
    faults: list[str] = []
    article_id = _id(first(record, columns["id"])[1], default_id, faults)
    text = _text(record, columns, faults)
    title = first(record, columns["title"])[1]
    if title is not None and not isinstance(title, str):
        faults.append("title should be text")
    points = first(record, columns["key_points"])[1] or []
    if not isinstance(points, list) or not all(isinstance(point, str) for point in points):
        faults.append("key_points should be a list of texts")
    references, wrong = parse_references({kind: _reference(kind, record, columns) for kind in KINDS})
    if faults or wrong:
        return rejected(source, "; ".join((*faults, *wrong)), line=line, article_id=article_id)
    return Raw(
        id=article_id,
        text=replace_surrogates(text),
        source=str(source),
        line=line,
        title=replace_surrogates(str(title)) if title else None,
        references=references,
        key_points=tuple(map(replace_surrogates, points)) if isinstance(points, list) else (),
    )


def _text(record: Mapping[str, object], columns: Columns, faults: list[str]) -> str:
    text = first(record, columns["text"])[1]
    if isinstance(text, str):
        if not text.strip():
            faults.append("the text is empty")
        return text
    if text is None:
        there = ", ".join(str(name) for name in record) or "none"
        faults.append(f"has no text (tried: {', '.join(columns['text'])}; its fields: {there:.300})")
    else:
        faults.append("the text should be text")
    return ""


def _reference(role: ColumnRole, record: Mapping[str, object], columns: Columns) -> object:
    """A reference as it stands; points that are given for the summary are its lines, not alternatives."""
    name, value = first(record, columns[role])
    is_points = role == "summary" and (name == HIGHLIGHTS or name in columns["bullets"])
    if is_points and isinstance(value, list) and all(isinstance(point, str) for point in value):
        return "\n".join(value)
    return value


def _id(value: object, default: str, faults: list[str]) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if value is None:
        return default
    if isinstance(value, str) and value.strip() and value.isprintable():
        return value.strip()
    faults.append("id should be printable text or a whole number")
    return default
