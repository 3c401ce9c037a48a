"""scores.json as tables: per output kind, one row a system; shared by the terminal and the HTML report."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pipeline.baselines import BASELINES
from pipeline.score_names import scale_of

KIND_LABELS = {
    "summary": "Summary",
    "bullets": "Bullets",
    "headlines": "Headline, first choice",
    "headlines_best": "Headline, best of all variants",
    "rewrite": "Rewrite",
}
ROUGE = {"rouge1": "R1", "rouge2": "R2", "rougeLsum": "RLsum"}
ROUGE_WORDS = {
    "R1": ("ROUGE-1", "single words"),
    "R2": ("ROUGE-2", "pairs of words"),
    "RLsum": ("ROUGE-Lsum", "words in the same order"),
}
MEASURE_WORDS = {
    "novel unigrams": "words that the article does not have, %",
    "novel bigrams": "pairs of words that the article does not have, %",
    "novel trigrams": "three words in a row that the article does not have, %",
    "novel 4grams": "four words in a row that the article does not have, %",
    "coverage": "words that stand in the article, %",
    "density": "length of the copied runs, squared and averaged over the words",
    "compression": "times shorter than the article",
    "repetition": "three words in a row said before, %",
    "facts supported": "quantities, dates, names and quotations that the article has, %",
    "numbers supported": "numbers that the article has, whatever their unit, %",
    "quantities supported": "numbers that the article has with their unit, %",
    "dates supported": "weekdays, months, days and years that the article names, %",
    "names supported": "names that the article has, %",
    "quotations supported": "quotations that are in the article word for word, %",
    "source rouge2": "pairs of words that stand in the article, repeated ones no oftener than there, %",
    "evidence rouge2": "pairs of words that stand in one and the same sentence of the article, %",
    "evidence position": "where in the article its sentences come from: 0 the beginning, 100 the end",
    "evidence lead": "sentences that come from the first three of the article, %",
    "sentences": "sentences or bullets",
    "length ratio": "words per word of the reference",
    "redundancy": "how much the sentences or bullets repeat one another, 0 to 100",
    "diversity": "how different the variants are, 0 to 100",
    "least diversity": "of the two variants most alike, 0 to 100",
}


@dataclass(frozen=True, slots=True)
class Cell:
    """A score and its 95 % interval, as the file has them (fractions); `low`/`high` None if not given."""

    value: float
    low: float | None = None
    high: float | None = None
    scale: float = 100.0

    @property
    def number(self) -> str:
        return f"{self.value * self.scale:.2f}"

    @property
    def interval(self) -> str:
        if self.low is None or self.high is None:
            return ""
        return f"{self.low * self.scale:.2f}–{self.high * self.scale:.2f}"


@dataclass(frozen=True, slots=True)
class Row:
    """One system: `cells[i]` belongs to the table's `columns[i]`; None means not scored, never 0."""

    system: str
    baseline: bool
    cells: tuple[Cell | None, ...]
    extras: tuple[Cell | None, ...]


@dataclass(frozen=True, slots=True)
class KindTable:
    """The scores of one output kind; `top` is the largest ROUGE value or interval end, in full tenths, for drawing."""

    kind: str
    label: str
    n: int | None
    columns: tuple[str, ...]
    extra_columns: tuple[str, ...]
    rows: tuple[Row, ...]
    top: float


@dataclass(frozen=True, slots=True)
class ScoreView:
    """All tables with the signature they were computed under, what could not be computed, and what could not be
    paired or was empty, as (what, why)."""

    tables: tuple[KindTable, ...]
    signature: str
    missing: tuple[tuple[str, str], ...]
    problems: tuple[tuple[str, str], ...] = ()


def read_scores(scores: Mapping[str, Any]) -> ScoreView:
    """Tables from the dict of scores.json (docs/scoring.md); engines first, then lead, textrank, oracle."""
    systems: Mapping[str, Mapping[str, Any]] = scores.get("systems") or {}
    order = [name for name in systems if name not in BASELINES]
    order += [name for name in BASELINES if name in systems]
    kinds = dict.fromkeys([*KIND_LABELS, *(kind for name in order for kind in systems[name])])
    tables = (_table(kind, {name: systems[name].get(kind) or {} for name in order}) for kind in kinds)
    missing = tuple((_metric(item), str(item.get("why", ""))) for item in scores.get("missing") or [])
    problems = [(str(item.get("id", "?")), str(item.get("what", ""))) for item in scores.get("problems") or []]
    problems += [(name, f"{kind} is empty: 0") for kind, ids in (scores.get("empty") or {}).items() for name in ids]
    shown = tuple(table for table in tables if table.rows)
    return ScoreView(shown, str(scores.get("signature", "")), missing, tuple(problems))


def _metric(item: Mapping[str, Any]) -> str:
    kind = f", {item['kind']}" if item.get("kind") else ""
    return f"{item.get('metric', '?')}{kind}"


def _table(kind: str, systems: Mapping[str, Mapping[str, Any]]) -> KindTable:
    scored = {name: metrics for name, metrics in systems.items() if metrics}
    extras = dict.fromkeys(m for metrics in scored.values() for m in metrics if _cell(metrics, m, "value"))
    rows = tuple(
        Row(
            name,
            name in BASELINES,
            tuple(_cell(metrics, metric, "f") for metric in ROUGE),
            tuple(_cell(metrics, metric, "value") for metric in extras),
        )
        for name, metrics in scored.items()
    )
    counts = [metrics["n"] for metrics in scored.values() if isinstance(metrics.get("n"), int)]
    ends = [cell.high or cell.value for row in rows for cell in row.cells if cell]
    titles = tuple(metric.replace("_", " ") for metric in extras)
    label = KIND_LABELS.get(kind, kind.replace("_", " ").capitalize())
    n = max(counts, default=None)
    return KindTable(
        kind, label, n, tuple(ROUGE.values()), titles, rows, math.ceil(10 * (max(ends, default=1.0) or 1.0)) / 10
    )


def _cell(metrics: Mapping[str, Any], metric: str, key: str) -> Cell | None:
    found = metrics.get(metric)
    if not isinstance(found, Mapping) or not isinstance(found.get(key), int | float):
        return None
    interval = found.get("ci95")
    low, high = interval if isinstance(interval, list | tuple) and len(interval) == 2 else (None, None)
    return Cell(float(found[key]), low, high, scale_of(metric))
