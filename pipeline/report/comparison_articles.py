"""Single articles of a comparison: who won which by how much, the texts of the most different, and their lengths."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.metrics.paired import TIE
from pipeline.report.beside import mark_shared
from pipeline.report.comparison import ArticleRow, Articles, Example, Length, Lengths, Output, Table, signed
from pipeline.report.wording import SHARED, vocabulary
from pipeline.score_names import scale_of

SHOWN = 40  # articles of a table on the page: those on which the systems differ most
Record = Mapping[str, Any]


def read_articles(record: Record, label: str, baseline: str, order: Sequence[str]) -> Articles | None:
    """The differences article by article; None where the baseline has no scores: there is nothing to win or lose
    against."""
    rows = [row for row in record["rows"] if baseline in row["values"]]
    scored = {name for row in rows for name in row["values"]}
    systems = tuple(name for name in order if name in scored and name != baseline)
    if not rows or not systems:
        return None
    scale = scale_of(record["metric"])
    rows.sort(key=lambda row: min(row["values"].values()) - max(row["values"].values()))
    shown = tuple(_article(row, systems, baseline, scale) for row in rows[:SHOWN])
    return Articles(label, systems, shown, len(rows) - len(shown))


def _article(row: Record, systems: Sequence[str], baseline: str, scale: float) -> ArticleRow:
    values: Mapping[str, float] = row["values"]
    own = values[baseline]
    cells = []
    for name in systems:
        if name not in values:
            cells.append(("–", "none"))
            continue
        difference = 0.0 if abs(values[name] - own) < TIE else values[name] - own
        ended = "win" if difference > 0 else "loss" if difference < 0 else "tie"
        cells.append((signed(difference * scale), ended))
    return ArticleRow(str(row["id"]), f"{own * scale:.2f}", tuple(cells))


def read_examples(records: Sequence[Record]) -> tuple[Example, ...]:
    """The most different articles with their texts."""
    return tuple(_example(record, scale_of(record["metric"])) for record in records)


def _example(record: Record, scale: float) -> Example:
    references = tuple(_lines(text) for text in record["references"])
    theirs = [vocabulary(lines, SHARED) for lines in references]
    outputs = [
        Output(
            str(one["system"]),
            f"{one['value'] * scale:.2f}",
            signed(one["difference"] * scale) if place else "",
            mark_shared(_lines(one["text"]), theirs),
        )
        for place, one in enumerate(record["outputs"])
    ]
    return Example(str(record["id"]), tuple(outputs), references)


def read_lengths(tables: Sequence[Record], main: Sequence[Table], order: Sequence[str]) -> Lengths | None:
    """How long the outputs are and how far the ROUGE differences go with it; None where nothing is compared."""
    labels = {table.metric: table.label for table in main}
    found: dict[str, dict[str, Record]] = {}
    for table in tables:
        for row in table["rows"]:
            if table["metric"] in labels and row["difference"]:
                found.setdefault(str(row["system"]), {})[table["metric"]] = row["difference"]
    rows = tuple(_length(name, found[name], tuple(labels)) for name in order if name in found)
    return Lengths(tuple(labels.values()), rows) if rows else None


def _length(system: str, differences: Mapping[str, Record], metrics: Sequence[str]) -> Length:
    before, after = next(iter(differences.values()))["words"]
    ratio = f"{after / before:.2f}" if before else "–"
    known = [differences[metric]["length_r"] if metric in differences else None for metric in metrics]
    return Length(system, f"{after:.1f}", f"{before:.1f}", ratio, tuple("–" if r is None else signed(r) for r in known))


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line for line in text.split("\n") if line.strip())
