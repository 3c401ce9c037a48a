"""Several systems against one baseline: a table per metric, with tests corrected for their number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from pipeline.compare.pair import Delta, compare, values_of
from pipeline.errors import ConfigError, InputError
from pipeline.metrics.bootstrap import ci95
from pipeline.metrics.holm import holm
from pipeline.metrics.measure import Scored
from pipeline.metrics.texts import ScoredKind

LEVEL = 0.05  # a difference is marked when its corrected p is below
Better = Literal["higher", "lower"]
Verdict = Literal["better", "worse", "higher", "lower"]
MetricOf = tuple[ScoredKind, str]

# What an editor wants more or less of; of the others (novelty, density, …) neither end is the better one.
BETTER: Mapping[str, Better] = {
    "numbers_supported": "higher",
    "names_supported": "higher",
    "repetition": "lower",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """One system in one table: its mean over `n` articles, and how it stands against the baseline.

    `delta` is None for the baseline itself and for a system that cannot be compared with it; `p_holm` is the p of
    `delta` corrected over the systems of the table; `verdict` is None unless `p_holm` is below LEVEL.
    """

    system: str
    n: int
    value: float
    ci95: tuple[float, float]
    delta: Delta | None = None
    p_holm: float | None = None
    verdict: Verdict | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """All systems under one metric. `floor` is the smallest corrected p that so few articles can give at all."""

    kind: ScoredKind
    metric: str
    better: Better | None
    floor: float | None
    rows: tuple[Standing, ...]


@dataclass(frozen=True, slots=True)
class Systems:
    """The comparison: one table per metric, the values behind them by article id, and what could not be compared."""

    baseline: str
    trials: int
    tables: tuple[Table, ...]
    values: Mapping[MetricOf, Mapping[str, Mapping[str, float]]]
    problems: tuple[tuple[str, str], ...]


def compare_systems(
    systems: Sequence[Scored],
    baseline: str,
    metrics: Sequence[MetricOf],
    *,
    samples: int = 1000,
    trials: int = 10_000,
    seed: int = 13,
) -> Systems:
    """Scores of all `systems` and their paired differences to the one named `baseline`.

    A system that cannot be compared (other references, no common article), or a baseline that is not among the
    systems, is named in `problems`; its scores are still in the tables.
    """
    base = next((scored for scored in systems if scored.system == baseline), None)
    problems = [] if base else [(baseline, "the baseline has no scores: there are no differences to it")]
    deltas: dict[tuple[str, ScoredKind, str], Delta] = {}
    for scored in systems if base else ():
        if base is None or scored is base:
            continue
        try:
            found = compare(base, scored, samples=samples, trials=trials, seed=seed)
        except (ConfigError, InputError) as error:
            problems.append((scored.system, str(error)))
            continue
        deltas |= {(scored.system, delta.kind, delta.metric): delta for delta in found.deltas}
    values = {metric: _by_system(systems, metric) for metric in metrics}
    tables = [_table(metric, own, deltas, trials, samples, seed) for metric, own in values.items() if own]
    kept = {metric: own for metric, own in values.items() if own}
    return Systems(baseline, trials, tuple(tables), kept, tuple(problems))


def direction(metric: str) -> Better | None:
    """Which end of a metric is the better one, None if neither is."""
    return "higher" if metric.startswith("rouge") else BETTER.get(metric)


def _by_system(systems: Sequence[Scored], metric: MetricOf) -> dict[str, dict[str, float]]:
    kind, name = metric
    found = {scored.system: values_of(scored.rows.get(kind, ())).get(name, {}) for scored in systems}
    return {system: own for system, own in found.items() if own}


def _table(
    metric: MetricOf,
    values: Mapping[str, Mapping[str, float]],
    deltas: Mapping[tuple[str, ScoredKind, str], Delta],
    trials: int,
    samples: int,
    seed: int,
) -> Table:
    kind, name = metric
    own = {system: deltas.get((system, kind, name)) for system in values}
    tested = {system: delta for system, delta in own.items() if delta is not None}
    corrected = dict(zip(tested, holm([delta.p for delta in tested.values()]), strict=True))
    rows = []
    for system, by_id in values.items():
        scores = list(by_id.values())
        interval = ci95(scores, samples=samples, seed=seed)
        p, delta = corrected.get(system), own[system]
        verdict = _verdict(name, delta, p)
        rows.append(Standing(system, len(scores), float(np.mean(scores)), interval, delta, p, verdict))
    return Table(kind, name, direction(name), _floor(list(tested.values()), trials), tuple(rows))


def _verdict(metric: str, delta: Delta | None, p_holm: float | None) -> Verdict | None:
    if delta is None or p_holm is None or p_holm >= LEVEL:
        return None
    side: Better = "higher" if delta.difference > 0 else "lower"
    wanted = direction(metric)
    if wanted is None:
        return side
    return "better" if side == wanted else "worse"


def _floor(tested: Sequence[Delta], trials: int) -> float | None:
    """The smallest corrected p to be expected at all: of 2ⁿ equally likely flips of n signs two go as far as the
    observed ones (all of one sign), `trials` flips give no less than 1 / (trials + 1), and Holm multiplies it."""
    if not tested:
        return None
    n = max(delta.n for delta in tested)
    return min(1.0, len(tested) * max(2.0 ** (1 - n), 1 / (trials + 1)))
