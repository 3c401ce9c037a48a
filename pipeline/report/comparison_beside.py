"""The articles on which systems differ most, their texts in columns beside each other, as plain text."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from itertools import zip_longest

from pipeline.report.columns import printable
from pipeline.report.comparison import Example, Group, Output

WIDTH = 110  # characters of a line
GAP = "   "


def beside_lines(groups: Sequence[Group]) -> list[str]:
    """Every example of every group, with a heading for each group."""
    lines = []
    for group in groups:
        if group.examples:
            lines += ["", f"{group.label}: where they differ most in {group.example_label}"]
        for example in group.examples:
            lines += ["", *_example(example)]
    return lines


def _example(example: Example) -> list[str]:
    width = (WIDTH - len(GAP) * (len(example.outputs) - 1)) // len(example.outputs)
    columns = [_column(output, width) for output in example.outputs]
    lines = [printable(example.id), "─" * WIDTH]
    lines += [GAP.join(cell.ljust(width) for cell in row).rstrip() for row in zip_longest(*columns, fillvalue="")]
    for number, reference in enumerate(example.references, 1):
        name = "reference" if len(example.references) == 1 else f"reference {number}"
        lines += _wrap(f"{name}: {' / '.join(reference)}", WIDTH)
    return lines


def _column(output: Output, width: int) -> list[str]:
    score = f"{output.number} ({output.difference})" if output.difference else output.number
    head = _wrap(f"{output.system}  {score}", width)
    text = [line for part in output.text for line in _wrap(part, width)]
    return [*head, *(text or ["(empty)"])]


def _wrap(text: str, width: int) -> list[str]:
    return textwrap.wrap(printable(text), width, break_on_hyphens=False) or [""]
