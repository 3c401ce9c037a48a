"""The paired difference of two systems under one metric, and whether two systems can be compared at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.errors import ConfigError, InputError
from pipeline.metrics.bootstrap import Floats
from pipeline.metrics.measure import ItemScore, Scored
from pipeline.metrics.paired import TIE, PairedTest, paired_tests, untied
from pipeline.metrics.signature import refusal
from pipeline.metrics.texts import ScoredKind

Values = Mapping[str, float]  # by article id


@dataclass(frozen=True, slots=True)
class Delta:
    """One metric of one kind over `n` common articles: the means `a` and `b`, and B minus A.

    `wins` counts the articles where B is higher. `words` are the mean lengths of the outputs of A and B, `length_r` is
    Pearson's correlation of the differences with the differences in length; None where that has no meaning.
    """

    kind: ScoredKind
    metric: str
    n: int
    a: float
    b: float
    difference: float
    test: PairedTest
    wins: int
    losses: int
    ties: int
    words: tuple[float, float]
    length_r: float | None


@dataclass(frozen=True, slots=True)
class Paired:
    """A metric's values of A and B for (at least) the articles `ids`, and their outputs' lengths in words."""

    kind: ScoredKind
    metric: str
    ids: tuple[str, ...]
    a: Values
    b: Values
    words_a: Values
    words_b: Values


def common_articles(a: Scored, b: Scored, *, anyway: bool = False) -> tuple[str, ...]:
    """The ids that both systems were scored on, in the order of A.

    Raises ConfigError if the signatures differ in what changes scores, unless `anyway`; InputError if there is no
    common article, or if a common article has other references in B.
    """
    why = refusal(a.signature, b.signature)
    if why and not anyway:
        seen = f"{a.system}: {a.signature}\n  {b.system}: {b.signature}"
        raise ConfigError([f"the signatures differ, so the scores cannot be compared: {why}\n  {seen}"])
    common = tuple(article_id for article_id in a.references if article_id in b.references)
    if not common:
        ids = (next(iter(one.references), "none") for one in (a, b))
        raise InputError(
            f"{a.system} and {b.system} have no article in common; the first ids: {', '.join(map(repr, ids))}",
            fix="articles are paired by their ids, not by their texts: give both the same ids",
        )
    changed = [article_id for article_id in common if a.references[article_id] != b.references[article_id]]
    if changed:
        raise InputError(
            f"{a.system} and {b.system}: {len(changed)} common articles have different references, the first is "
            f"{changed[0]!r}",
            fix="score both against the same references",
        )
    return common


def values_of(items: Sequence[ItemScore]) -> dict[str, dict[str, float]]:
    """Metric → value by article id, F for ROUGE; without articles that had nothing to count."""
    found: dict[str, dict[str, float]] = {}
    for item in items:
        counted: Mapping[str, float | None] = {name: prf.f for name, prf in item.rouge.items()} | dict(item.source)
        for name, value in counted.items():
            if value is not None:
                found.setdefault(name, {})[item.id] = value
    return found


def words_of(items: Sequence[ItemScore]) -> dict[str, float]:
    """Length of each output in words, as white space separates them."""
    return {item.id: float(len(item.prediction.split())) for item in items}


def deltas(pairs: Sequence[Paired], *, trials: int, seed: int) -> list[Delta]:
    """A delta for every pair; those over the same articles are tested together, on the same resamples."""
    groups: dict[tuple[str, ...], list[int]] = {}
    for place, pair in enumerate(pairs):
        groups.setdefault(pair.ids, []).append(place)
    found: dict[int, Delta] = {}
    for ids, places in groups.items():
        columns = [_column(pairs[place].b, ids) - _column(pairs[place].a, ids) for place in places]
        differences = untied(np.stack(columns, axis=1))
        tests = paired_tests(differences, trials=trials, seed=seed)
        for column, (place, test) in enumerate(zip(places, tests, strict=True)):
            found[place] = _delta(pairs[place], differences[:, column], test)
    return [found[place] for place in range(len(pairs))]


def _delta(pair: Paired, difference: Floats, test: PairedTest) -> Delta:
    wins, losses = int((difference > 0).sum()), int((difference < 0).sum())
    words_a, words_b = _column(pair.words_a, pair.ids), _column(pair.words_b, pair.ids)
    return Delta(
        kind=pair.kind,
        metric=pair.metric,
        n=len(pair.ids),
        a=float(_column(pair.a, pair.ids).mean()),
        b=float(_column(pair.b, pair.ids).mean()),
        difference=float(difference.mean()),
        test=test,
        wins=wins,
        losses=losses,
        ties=len(pair.ids) - wins - losses,
        words=(float(words_a.mean()), float(words_b.mean())),
        length_r=correlation(difference, words_b - words_a),
    )


def correlation(x: Floats, y: Floats) -> float | None:
    """Pearson's r, None where x or y does not vary, or where fewer than three articles have any difference at all."""
    if np.count_nonzero((x != 0) | (y != 0)) < 3 or np.ptp(x) < TIE or np.ptp(y) < TIE:
        return None
    return float(np.clip(np.corrcoef(x, y)[0, 1], -1.0, 1.0))


def _column(values: Values, ids: Sequence[str]) -> Floats:
    return np.array([values[article_id] for article_id in ids], dtype=np.float64)
