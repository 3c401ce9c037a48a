"""scores.json as tables: per output kind, one row a system; shared by the terminal and the HTML report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

BASELINES = ("lead", "textrank", "oracle")
KIND_LABELS = {
    "summary": "Summary",
    "bullets": "Bullets",
    "headlines": "Headline, first choice",
    "headlines_best": "Headline, best of all variants",
    "rewrite": "Rewrite",
}
ROUGE = {"rouge1": "R1", "rouge2": "R2", "rougeLsum": "RLsum"}
UNSCALED = frozenset({"compression", "density", "words"})  # ratios and lengths, not fractions


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
    """The scores of one output kind; `top` is the largest ROUGE value or interval end, for drawing."""

    kind: str
    label: str
    n: int | None
    columns: tuple[str, ...]
    extra_columns: tuple[str, ...]
    rows: tuple[Row, ...]
    top: float


@dataclass(frozen=True, slots=True)
class ScoreView:
    """All tables with the signature they were computed under and the metrics that are missing."""

    tables: tuple[KindTable, ...]
    signature: str
    missing: tuple[tuple[str, str], ...]


def read_scores(scores: Mapping[str, Any]) -> ScoreView:
    """Tables from the dict of scores.json (CONTRACT.md); engines first, then lead, textrank, oracle."""
    systems: Mapping[str, Mapping[str, Any]] = scores.get("systems") or {}
    order = [name for name in systems if name not in BASELINES]
    order += [name for name in BASELINES if name in systems]
    kinds = dict.fromkeys([*KIND_LABELS, *(kind for name in order for kind in systems[name])])
    tables = (_table(kind, {name: systems[name].get(kind) or {} for name in order}) for kind in kinds)
    missing = tuple((str(m.get("metric", "?")), str(m.get("why", ""))) for m in scores.get("missing") or [])
    return ScoreView(tuple(t for t in tables if t.rows), str(scores.get("signature", "")), missing)


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
    return KindTable(kind, label, n, tuple(ROUGE.values()), titles, rows, max(ends, default=1.0) or 1.0)


def _cell(metrics: Mapping[str, Any], metric: str, key: str) -> Cell | None:
    found = metrics.get(metric)
    if not isinstance(found, Mapping) or not isinstance(found.get(key), int | float):
        return None
    interval = found.get("ci95")
    low, high = interval if isinstance(interval, list | tuple) and len(interval) == 2 else (None, None)
    return Cell(float(found[key]), low, high, 1.0 if metric in UNSCALED else 100.0)
