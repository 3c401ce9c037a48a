"""A comparison as plain text: the runs and what sets them apart, then a block for every metric."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.report.comparison import VERDICTS, ComparisonView, Entry, Row, Table
from pipeline.report.comparison_read import read_comparison

HEADER = ("", "score", "95 % interval", "difference", "95 % interval", "p", "Holm", "won–lost–tied", "")


def systems_table(record: Mapping[str, Any]) -> str:
    """The comparison as aligned text, scores × 100; ends with a newline. `record` is the object of sweep.json."""
    view = read_comparison(record)
    lines = _aligned(_runs(view))
    tables = [table for group in view.groups for table in (*group.main, *group.others)]
    if tables:
        lines += [
            "",
            f"F × 100; differences to {view.baseline}, p by approximate randomization ({view.trials} trials),",
        ]
        lines += [f"corrected for the number of systems (Holm); marked where the corrected p is under {view.level:g}"]
    labels = {group.kind: group.label for group in view.groups}
    blocks = [_block(table, labels[table.kind], heading=not i) for i, table in enumerate(tables)]
    lines += ["", *_aligned([row for block in blocks for row in block])] if blocks else []
    lines += ["", *_told(view, tables)]
    return "\n".join(line.translate(_CONTROLS) for line in lines).rstrip("\n") + "\n"


_CONTROLS = dict.fromkeys([*range(32), *range(127, 160)], " ")


def _runs(view: ComparisonView) -> list[list[str]]:
    rows = [["run", *view.short, "articles", "quarantined", "fallbacks", ""]]
    return rows + [
        [entry.name, *entry.settings, *(str(entry.counts.get(key, "–")) for key in _COUNTS), _state(entry)]
        for entry in view.runs
    ]


_COUNTS = ("done", "quarantined", "fallbacks")


def _state(entry: Entry) -> str:
    state = entry.words if entry.status != "done" else ""
    return ", ".join(word for word in ("baseline" if entry.baseline else "", state) if word)


def _block(table: Table, label: str, *, heading: bool) -> list[list[str]]:
    title = [f"{label} {table.label} ({table.n} {'article' if table.n == 1 else 'articles'})"]
    first = [list(HEADER)] if heading else [[""]]
    return [*first, title, *(_line(row, table.n) for row in table.rows)]


def _line(row: Row, n: int) -> list[str]:
    name = f"  {row.system}" + (f" (n = {row.n})" if row.n != n else "")
    score = [name, row.cell.number, row.cell.interval]
    if row.difference is None:
        return [*score, "", "", "", "", "", "baseline" if row.baseline else "not comparable"]
    found = row.difference
    marks = VERDICTS.get(row.verdict, "")
    return [*score, found.number, found.interval, found.p, found.p_holm, found.tally, marks]


def _told(view: ComparisonView, tables: Sequence[Table]) -> list[str]:
    """What the tests say in words, what is wrong, and the signature."""
    lines = [f"{group.label}: {said}" for group in view.groups for said in group.said]
    if tables and not lines:
        lines.append(f"no system differs significantly from {view.baseline}")
    lines += list(dict.fromkeys(table.floor for table in tables if table.floor))
    lines += list(view.problems)
    return [*lines, view.signature] if view.signature else lines


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Rows as lines: first and last column to the left, others to the right; a one-cell row is a heading."""
    full = [row for row in rows if len(row) > 1]
    widths = [max(len(row[i]) for row in full) for i in range(len(full[0]))]
    lines = []
    for row in rows:
        middle = [cell.rjust(width) for cell, width in zip(row[1:-1], widths[1:-1], strict=False)]
        cells = [row[0].ljust(widths[0]), *middle, row[-1]] if len(row) > 1 else [row[0]]
        lines.append("  ".join(cells).rstrip())
    return lines
