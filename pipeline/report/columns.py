"""Aligned columns of plain text, safe to print."""

from __future__ import annotations

from collections.abc import Sequence

# Control characters would let an article or a model drive the reader's terminal.
CONTROLS = dict.fromkeys([*range(32), *range(127, 160)], " ")


def printable(text: str) -> str:
    """One line of text without control characters."""
    return text.translate(CONTROLS)


def aligned(rows: Sequence[Sequence[str]], *, left: Sequence[int] = (0,)) -> list[str]:
    """Rows as lines: the columns `left` (negative: from the end) to the left, others to the right; a one-cell row is a
    heading."""
    full = [row for row in rows if len(row) > 1]
    if not full:
        return [printable(cell) for row in rows for cell in row]
    count = len(full[0])
    widths = [max(len(row[i]) for row in full) for i in range(count)]
    starts = {i % count for i in left}
    return [printable(_line(row, widths, starts)) for row in rows]


def _line(row: Sequence[str], widths: Sequence[int], left: set[int]) -> str:
    if len(row) == 1:
        return row[0].rstrip()
    cells = [cell.ljust(w) if i in left else cell.rjust(w) for i, (cell, w) in enumerate(zip(row, widths, strict=True))]
    return "  ".join(cells).rstrip()
