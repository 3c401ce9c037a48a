"""Briefs and score tables as plain text: no colour codes, readable when piped."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from pipeline.records import Brief
from pipeline.report import flags as flag_words
from pipeline.report.columns import aligned, printable
from pipeline.report.scores import Cell, KindTable, read_scores


def brief_text(brief: Mapping[str, Any] | Brief, width: int = 88) -> str:
    """One article's outputs, `brief` being a Brief or a record of outputs.jsonl; ends with a newline."""
    record: Mapping[str, Any] = asdict(brief) if isinstance(brief, Brief) else brief
    title = (record.get("article") or {}).get("title") or record.get("title")
    blocks = [_heading(str(record["id"]), title, width)]
    for kind in ("headlines", "summary", "bullets", "rewrite"):
        output = record.get(kind)
        if isinstance(output, Mapping):
            blocks.append([kind.capitalize(), *_prose(output, width)])
        elif output:
            blocks.append([kind.capitalize(), *_items(kind, output, width)])
    if record.get("flags"):
        blocks.append(["Note", *_notes(record["flags"], width, "  ")])
    return "\n\n".join("\n".join(block) for block in blocks) + "\n"


def _heading(name: str, title: str | None, width: int) -> list[str]:
    lines = [printable(name)]
    lines += _wrap(title, width, "", "") if title and title != name else []
    return [*lines, "─" * min(width, max(map(len, lines)))]


def _wrap(text: str, width: int, first: str, rest: str) -> list[str]:
    return textwrap.wrap(
        printable(text),
        max(width, 20),
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _prose(output: Mapping[str, Any], width: int) -> list[str]:
    paragraphs = (part for part in str(output.get("text", "")).split("\n") if part.strip())
    lines = [line for part in paragraphs for line in _wrap(part, width, "  ", "  ")]
    return [*lines, *_notes(output.get("flags") or (), width, "  ")]


def _items(kind: str, items: Sequence[Mapping[str, Any]], width: int) -> list[str]:
    lines = []
    for number, item in enumerate(items, 1):
        first = f"  {number}. " if kind == "headlines" else "  • "
        lines += _wrap(str(item.get("text", "")), width, first, " " * len(first))
        lines += _notes(item.get("flags") or (), width, " " * len(first))
    return lines


def _notes(flags: Sequence[str], width: int, indent: str) -> list[str]:
    signs = {"alert": "! ", "note": "~ "}
    return [
        line
        for flag in flag_words.distinct(flags)
        for line in _wrap(flag_words.describe(flag), width, indent + signs[flag_words.level(flag)], indent + "  ")
    ]


def score_table(scores: Mapping[str, Any]) -> str:
    """scores.json as one aligned table: F ×100 with its 95 % interval, a block for each output kind."""
    view = read_scores(scores)
    if not view.tables:
        return "no scores\n"
    header = ["F × 100, 95 % interval", *view.tables[0].columns, "novel bigrams"]
    rows: list[list[str]] = [header]
    for table in view.tables:
        rows += [[""], [_count(table)]]
        rows += [[f"  {row.system}", *map(_cell, row.cells), _novel(table, row.extras)] for row in table.rows]
    lines = aligned(rows)
    lines += ["", view.signature] if view.signature else []
    lines += [f"not computed: {metric}: {why}" for metric, why in view.missing]
    return "\n".join(lines) + "\n"


def _count(table: KindTable) -> str:
    return table.label + (f" ({table.n} {'article' if table.n == 1 else 'articles'})" if table.n else "")


def _cell(cell: Cell | None) -> str:
    return "–" if cell is None else f"{cell.number} {cell.interval}".rstrip()


def _novel(table: KindTable, extras: Sequence[Cell | None]) -> str:
    by_name = dict(zip(table.extra_columns, extras, strict=True))
    cell = by_name.get("novel bigrams")
    return "–" if cell is None else cell.number
