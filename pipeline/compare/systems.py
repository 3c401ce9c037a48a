"""Several systems against one baseline: a table per metric, with tests corrected for their number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from pipeline.compare.pair import Delta, Paired, Values, common_articles, deltas, values_of, words_of
from pipeline.errors import ConfigError, InputError
from pipeline.metrics.bootstrap import ci95_columns
from pipeline.metrics.holm import holm
from pipeline.metrics.measure import Scored
from pipeline.metrics.paired import TRIALS
from pipeline.metrics.power import LEVEL
from pipeline.metrics.texts import SCORED_KINDS, ScoredKind

Better = Literal["higher", "lower"]
Verdict = Literal["better", "worse", "higher", "lower"]
MetricOf = tuple[ScoredKind, str]
Mean = tuple[float, tuple[float, float]]

# What an editor wants more or less of; of the others (novelty, density, …) neither end is the better one.
BETTER: Mapping[str, Better] = {
    "facts_supported": "higher",
    "numbers_supported": "higher",
    "quantities_supported": "higher",
    "dates_supported": "higher",
    "names_supported": "higher",
    "quotations_supported": "higher",
    "repetition": "lower",
    "redundancy": "lower",
    "diversity": "higher",
    "least_diversity": "higher",
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
    values: Mapping[MetricOf, Mapping[str, Values]]
    problems: tuple[tuple[str, str], ...]


def compare_systems(
    systems: Sequence[Scored],
    baseline: str,
    metrics: Sequence[MetricOf] | None = None,
    *,
    samples: int = 1000,
    trials: int = TRIALS,
    seed: int = 13,
    anyway: bool = False,
) -> Systems:
    """Scores of all `systems` and their paired differences to the one named `baseline`.

    `metrics` None: all that any of them has. `samples` are those of the scores' own intervals, `trials` those of the
    tests and of the differences' intervals. A system that cannot be compared (another signature unless `anyway`, other
    references, no common article), or a baseline that is not among the systems, is named in `problems`; its scores are
    still in the tables.
    """
    values = _values(systems, metrics)
    base = next((scored for scored in systems if scored.system == baseline), None)
    pairs, problems = _pairs(base, systems, values, anyway)
    if base is None:
        problems = [(baseline, "the baseline has no scores: there are no differences to it")]
    tested = dict(zip(pairs, deltas(list(pairs.values()), trials=trials, seed=seed), strict=True))
    means = _means(values, samples, seed)
    tables = [_table(metric, own, tested, means, trials) for metric, own in values.items()]
    return Systems(baseline, trials, tuple(tables), values, tuple(problems))


def direction(metric: str) -> Better | None:
    """Which end of a metric is the better one, None if neither is."""
    return "higher" if metric.startswith("rouge") else BETTER.get(metric)


def _values(
    systems: Sequence[Scored], metrics: Sequence[MetricOf] | None
) -> dict[MetricOf, dict[str, dict[str, float]]]:
    """Values by article of every system that has any, under the metrics that any system has."""
    known: dict[MetricOf, dict[str, dict[str, float]]] = {}
    for scored in systems:
        for kind, items in scored.rows.items():
            for name, by_id in values_of(items).items():
                known.setdefault((kind, name), {})[scored.system] = by_id
    if metrics is None:
        metrics = sorted(known, key=lambda metric: SCORED_KINDS.index(metric[0]))
    return {metric: known[metric] for metric in dict.fromkeys(metrics) if metric in known}


def _pairs(
    base: Scored | None, systems: Sequence[Scored], values: Mapping[MetricOf, Mapping[str, Values]], anyway: bool
) -> tuple[dict[tuple[str, MetricOf], Paired], list[tuple[str, str]]]:
    """What is to be tested, by system and metric; and why the rest of the systems cannot be compared."""
    found: dict[tuple[str, MetricOf], Paired] = {}
    problems = []
    for scored in systems if base else ():
        if base is None or scored is base:
            continue
        try:
            common = set(common_articles(base, scored, anyway=anyway))
        except (ConfigError, InputError) as error:
            problems.append((scored.system, str(error)))
            continue
        both = base.rows.keys() & scored.rows.keys()
        words = {kind: (words_of(base.rows[kind]), words_of(scored.rows[kind])) for kind in both}
        for (kind, metric), own in values.items():
            a, b = own.get(base.system, {}), own.get(scored.system, {})
            ids = tuple(article_id for article_id in a if article_id in b and article_id in common)
            if ids:
                found[scored.system, (kind, metric)] = Paired(kind, metric, ids, a, b, *words[kind])
    return found, problems


def _means(
    values: Mapping[MetricOf, Mapping[str, Values]], samples: int, seed: int
) -> dict[tuple[str, MetricOf], Mean]:
    """Mean and interval by system and metric; those over the same articles share their resamples."""
    groups: dict[tuple[str, ...], list[tuple[str, MetricOf]]] = {}
    for metric, own in values.items():
        for system, by_id in own.items():
            groups.setdefault(tuple(by_id), []).append((system, metric))
    found: dict[tuple[str, MetricOf], Mean] = {}
    for keys in groups.values():
        columns = np.array([list(values[metric][system].values()) for system, metric in keys]).T
        intervals = ci95_columns(columns, samples=samples, seed=seed)
        found |= {key: (float(columns[:, i].mean()), intervals[i]) for i, key in enumerate(keys)}
    return found


def _table(
    metric: MetricOf,
    values: Mapping[str, Values],
    tested: Mapping[tuple[str, MetricOf], Delta],
    means: Mapping[tuple[str, MetricOf], Mean],
    trials: int,
) -> Table:
    kind, name = metric
    own = {system: tested[system, metric] for system in values if (system, metric) in tested}
    corrected = dict(zip(own, holm([delta.test.p for delta in own.values()]), strict=True))
    rows = []
    for system, by_id in values.items():
        value, interval = means[system, metric]
        p, delta = corrected.get(system), own.get(system)
        rows.append(Standing(system, len(by_id), value, interval, delta, p, _verdict(name, delta, p)))
    return Table(kind, name, direction(name), _floor(list(own.values()), trials), tuple(rows))


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
