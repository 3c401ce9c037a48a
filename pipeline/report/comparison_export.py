"""The table of a comparison for other programs and for papers: Markdown, LaTeX and CSV.

Markdown and LaTeX have a row a system and a column a metric, × 100: the best value of a column is bold, † marks what
differs significantly from the baseline. CSV has a line a system and metric, with everything the tests say, unrounded.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from pipeline.report.columns import printable
from pipeline.report.comparison import ComparisonView, Table
from pipeline.report.comparison_read import read_comparison
from pipeline.report.scores import KIND_LABELS

MARK = "†"
FIELDS = ("system", "baseline", "kind", "metric", "n", "score", "score_low", "score_high")
TESTED = ("n", "value", "low", "high", "p", "p_holm", "p_bootstrap", "detectable", "wins", "losses", "ties", "length_r")
_LATEX = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    "−": "--",
    "×": r"$\times$",
    MARK: r"$^{\dagger}$",
    **{char: f"\\{char}" for char in "&%$#_{}"},
}


@dataclass(frozen=True, slots=True)
class _Cell:
    text: str
    best: bool = False
    marked: bool = False


def markdown(record: Mapping[str, Any]) -> str:
    """A pipe table with its notes below."""
    view = read_comparison(record)
    tables = _columns(view)
    heads = ["", *(f"{KIND_LABELS.get(table.kind, table.kind)} {table.label}" for table in tables)]
    rows = [[_markdown(name), *map(_markdown_cell, cells)] for name, cells in _rows(view, tables)]
    lines = [_piped([_markdown(head) for head in heads]), _piped(["---", *["---:"] * len(tables)]), *map(_piped, rows)]
    return "\n".join([*lines, "", *(f"{_markdown(note)}  " for note in _notes(view, tables))]) + "\n"


def latex(record: Mapping[str, Any]) -> str:
    """A tabular that needs the package booktabs, as its first line says in a comment; the notes stand below it."""
    view = read_comparison(record)
    tables = _columns(view)
    rows = [" & ".join([_latex(name), *map(_latex_cell, cells)]) + r" \\" for name, cells in _rows(view, tables)]
    spans = [(kind, len(list(own))) for kind, own in groupby(table.kind for table in tables)]
    heads = [rf"\multicolumn{{{n}}}{{c}}{{{_latex(KIND_LABELS.get(kind, kind))}}}" for kind, n in spans]
    rules, start = [], 2
    for _, n in spans:
        rules.append(rf"\cmidrule(lr){{{start}-{start + n - 1}}}")
        start += n
    lines = [
        r"% \usepackage{booktabs}",
        rf"\begin{{tabular}}{{l{'r' * len(tables)}}}",
        r"\toprule",
        " & ".join(["", *heads]) + r" \\",
        " ".join(rules),
        " & ".join(["", *(_latex(table.label) for table in tables)]) + r" \\",
        r"\midrule",
        *rows,
        r"\bottomrule",
        r"\end{tabular}",
        "",
        *(rf"{{\footnotesize {_latex(note)}}}\\" for note in _notes(view, tables)),
    ]
    return "\n".join(lines) + "\n"


def csv_table(record: Mapping[str, Any]) -> str:
    """Scores and differences are fractions, as in sweep.json; what is not known is empty."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([*FIELDS, *(f"difference_{name}" for name in TESTED), "verdict", "signature"])
    for table in record["tables"]:
        for row in table["rows"]:
            about = [row["system"], record["baseline"], table["kind"], table["metric"]]
            first = [*about, row["n"], row["value"], *row["ci95"]]
            found = row["difference"]
            tested = {**found, "low": found["ci95"][0], "high": found["ci95"][1]} if found else {}
            last = [tested.get(name) for name in TESTED]
            writer.writerow([_field(cell) for cell in (*first, *last, row["verdict"], record["signature"])])
    return out.getvalue()


EXPORTS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "markdown": markdown,
    "latex": latex,
    "csv": csv_table,
}


def _columns(view: ComparisonView) -> list[Table]:
    """ROUGE of every kind; where only other metrics were asked for, those."""
    main = [table for group in view.groups for table in group.main]
    return main or list(view.tables)


def _rows(view: ComparisonView, tables: Sequence[Table]) -> list[tuple[str, list[_Cell]]]:
    best = [_best(table) for table in tables]
    return [
        (entry.name, [_cell(table, entry.name, top) for table, top in zip(tables, best, strict=True)])
        for entry in view.entries
        if any(table.row(entry.name) for table in tables)
    ]


def _cell(table: Table, system: str, best: str | None) -> _Cell:
    row = table.row(system)
    if row is None:
        return _Cell("–")
    return _Cell(row.cell.number, row.cell.number == best, bool(row.verdict))


def _best(table: Table) -> str | None:
    """The best value as it is printed, so that all that look alike are bold; None where neither end is better."""
    cells = [row.cell for row in table.rows]
    if not table.better or len(cells) < 2:
        return None
    top = max(cells, key=lambda cell: cell.value) if table.better == "higher" else min(cells, key=lambda c: c.value)
    return top.number


def _notes(view: ComparisonView, tables: Sequence[Table]) -> list[str]:
    counts = sorted({row.n for table in tables for row in table.rows})
    n = str(counts[0]) if len(counts) == 1 else f"{counts[0]} to {counts[-1]}" if counts else "0"
    several = view.corrected > 1
    corrected = f"Holm-corrected for {view.corrected} systems" if several else "one comparison, not corrected"
    return [
        f"ROUGE F and shares × 100, lengths and their ratios as they are; n = {n}; bold: the best of a column.",
        f"{MARK} differs from {view.baseline} by paired approximate randomization ({view.trials} trials), "
        f"p < {view.level:g}, {corrected}.",
        view.signature,
    ]


def _piped(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _markdown(text: str) -> str:
    """Text that Markdown shows as it is."""
    plain = printable(text).replace("&", "&amp;").replace("<", "&lt;")
    return re.sub(r"([\\`*_{}\[\]()#+!|~])", r"\\\1", plain)


def _markdown_cell(cell: _Cell) -> str:
    return (f"**{cell.text}**" if cell.best else cell.text) + (MARK if cell.marked else "")


def _latex(text: str) -> str:
    return "".join(_LATEX.get(char, char) for char in printable(text))


def _latex_cell(cell: _Cell) -> str:
    text = _latex(cell.text)
    return (rf"\textbf{{{text}}}" if cell.best else text) + (r"$^{\dagger}$" if cell.marked else "")


def _field(value: object) -> object:
    """A cell of CSV; text that a spreadsheet would take for a formula begins with an apostrophe."""
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r") else value
