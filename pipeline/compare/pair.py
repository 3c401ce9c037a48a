"""Paired comparison of two systems on the articles that both were scored on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from pipeline.errors import ConfigError, InputError
from pipeline.metrics.bootstrap import ci95_columns, randomization_p
from pipeline.metrics.measure import ItemScore, Scored
from pipeline.metrics.texts import ScoredKind

Values = dict[str, float]
TIE = 1e-12  # equal fractions may differ in their last bits: that is no win


@dataclass(frozen=True, slots=True)
class Delta:
    """One metric of one kind over `n` common articles: the means `a` and `b`, and B minus A.

    `ci95` is the paired percentile bootstrap interval of `difference`, `p` that of approximate randomization;
    `wins` counts the articles where B is higher.
    """

    kind: ScoredKind
    metric: str
    n: int
    a: float
    b: float
    difference: float
    ci95: tuple[float, float]
    p: float
    wins: int
    losses: int
    ties: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two systems on their common articles; `only_a` and `only_b` are the ids that the other one lacks."""

    a: str
    b: str
    signature: str
    trials: int
    common: tuple[str, ...]
    only_a: tuple[str, ...]
    only_b: tuple[str, ...]
    deltas: tuple[Delta, ...]

    def to_dict(self) -> dict[str, Any]:
        """The shape that `pipeline.report.terminal.compare_table` prints; `diff` is B − A."""
        rows = []
        for delta in self.deltas:
            row = asdict(delta)
            rows.append(row | {"diff": row.pop("difference"), "ci95": list(delta.ci95)})
        return {
            "a": self.a,
            "b": self.b,
            "n": len(self.common),
            "rows": rows,
            "signature": self.signature,
            "trials": self.trials,
            "only_a": list(self.only_a),
            "only_b": list(self.only_b),
        }


def compare(a: Scored, b: Scored, *, samples: int = 1000, trials: int = 10_000, seed: int = 13) -> Comparison:
    """All metrics both systems have, F for ROUGE, on the articles they have in common.

    Raises ConfigError if the signatures differ and InputError if there is no common article, or if a common
    article has other references in B.
    """
    if a.signature != b.signature:
        seen = f"{a.system}: {a.signature}\n  {b.system}: {b.signature}"
        raise ConfigError([f"the signatures differ, so the scores cannot be compared:\n  {seen}"])
    common = tuple(article_id for article_id in a.references if article_id in b.references)
    if not common:
        raise InputError(f"{a.system} and {b.system} have no article in common")
    changed = [article_id for article_id in common if a.references[article_id] != b.references[article_id]]
    if changed:
        raise InputError(
            f"{len(changed)} common articles have different references, the first is {changed[0]!r}",
            fix="score both against the same references",
        )
    deltas = [
        delta
        for kind in a.rows
        if kind in b.rows
        for delta in _kind_deltas(kind, values_of(a.rows[kind]), values_of(b.rows[kind]), samples, trials, seed)
    ]
    return Comparison(
        a=a.system,
        b=b.system,
        signature=a.signature,
        trials=trials,
        common=common,
        only_a=tuple(article_id for article_id in a.references if article_id not in b.references),
        only_b=tuple(article_id for article_id in b.references if article_id not in a.references),
        deltas=tuple(deltas),
    )


def values_of(items: tuple[ItemScore, ...]) -> dict[str, Values]:
    """Metric → value by article id, without articles that had nothing to count."""
    found: dict[str, Values] = {}
    for item in items:
        counted: Mapping[str, float | None] = {name: prf.f for name, prf in item.rouge.items()} | dict(item.source)
        for name, value in counted.items():
            if value is not None:
                found.setdefault(name, {})[item.id] = value
    return found


def _kind_deltas(
    kind: ScoredKind, a: dict[str, Values], b: dict[str, Values], samples: int, trials: int, seed: int
) -> Iterator[Delta]:
    """Metrics over the same articles are tested together, on the same resamples."""
    groups: dict[tuple[str, ...], list[str]] = {}
    for metric in a:
        ids = tuple(article_id for article_id in a[metric] if article_id in b.get(metric, {}))
        if ids:
            groups.setdefault(ids, []).append(metric)
    for ids, metrics in groups.items():
        left = np.array([[a[metric][article_id] for metric in metrics] for article_id in ids])
        right = np.array([[b[metric][article_id] for metric in metrics] for article_id in ids])
        difference = right - left
        difference[np.abs(difference) < TIE] = 0.0
        intervals = ci95_columns(difference, samples=samples, seed=seed)
        chances = randomization_p(difference, trials=trials, seed=seed)
        for column, metric in enumerate(metrics):
            own = difference[:, column]
            wins, losses = int((own > 0).sum()), int((own < 0).sum())
            yield Delta(
                kind=kind,
                metric=metric,
                n=len(ids),
                a=float(left[:, column].mean()),
                b=float(right[:, column].mean()),
                difference=float(own.mean()),
                ci95=intervals[column],
                p=float(chances[column]),
                wins=wins,
                losses=losses,
                ties=len(ids) - wins - losses,
            )
