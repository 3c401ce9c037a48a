"""Which column of a table or field of a record is the text, the title, the id, and the references."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import get_args

from pipeline.records import ColumnRole

ROLES: tuple[ColumnRole, ...] = get_args(ColumnRole)
Columns = Mapping[ColumnRole, tuple[str, ...]]
"""Role → the names that are tried for it, in order: the first that is there and not null is read."""

HIGHLIGHTS = "highlights"  # of CNN/Daily Mail: a line a point, and together the summary
KNOWN: Columns = {
    "id": ("id",),
    "text": (
        "text", "article", "document", "body", "content", "dialogue", "maintext", "article_text", "full_text",
        "email_body", "report", "transcript",
    ),
    "title": ("title",),
    "key_points": ("key_points",),
    "summary": ("summary", "abstract", "tldr", "summary_text", HIGHLIGHTS),
    "bullets": ("bullets", HIGHLIGHTS),
    "headline": ("headline", "headlines", "subject_line"),
    "rewrite": ("rewrite",),
}  # fmt: skip


def choose(own: Mapping[ColumnRole, str | None]) -> Columns:
    """KNOWN with `own` in its place: a column's name as it is written or in lower case, or None to read none."""
    chosen = dict(KNOWN)
    for role, name in own.items():
        chosen[role] = () if name is None else tuple(dict.fromkeys((name, name.lower())))
    return chosen


def missing(present: Collection[str], columns: Columns) -> str | None:
    """What a table with these columns lacks: a text, or a column that the settings name; None if nothing."""
    there = set(present)
    lacking = [
        f"no column is named {columns[role][0]!r} (input.columns.{role})"
        for role in ROLES
        if columns[role] and columns[role] != KNOWN[role] and not there & set(columns[role])
    ]
    if columns["text"] == KNOWN["text"] and not there & set(columns["text"]):
        lacking.append(f"no column is known to hold the text ({', '.join(columns['text'])})")
    return f"{'; '.join(lacking)}; there are: {', '.join(present) or 'none'}" if lacking else None


def wanted(present: Collection[str], columns: Columns) -> dict[str, str]:
    """Column as it is called in the table → the name it is read under, of the columns that any role tries.

    Names are compared ignoring case; where two differ in case alone, the one in lower case is read.
    """
    tried = {name for names in columns.values() for name in names}
    found: dict[str, str] = {}
    for column in present:
        name = column if column in tried else column.lower()
        if name in tried and (name == column or name not in present):
            found[column] = name
    return found


def first(record: Mapping[str, object], names: tuple[str, ...]) -> tuple[str | None, object]:
    """The first of `names` whose field is there and not null, and its value; (None, None) without one."""
    return next(((name, record[name]) for name in names if record.get(name) is not None), (None, None))
