"""How well a metric agrees with people on the same outputs, article by article and system by system.

Arrays are (articles, systems); a value that is missing is NaN. As in Bhandari et al. 2020 the summary level is the mean
over articles of the correlation over that article's systems, the system level the correlation of the systems' means.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import kendalltau

from pipeline.metrics.bootstrap import ci95

Floats = NDArray[np.float64]
LEAST = 3  # outputs of an article that a correlation is computed over


@dataclass(frozen=True)
class Agreement:
    """One correlation with its 95 % bootstrap interval over the articles; `n`: articles where it is defined."""

    value: float
    low: float
    high: float
    n: int


def tau_b(a: Floats, b: Floats) -> Floats:
    """Kendall's τ-b over the last axis (Kendall 1945); NaN where a side is constant."""
    left, right = np.triu_indices(a.shape[-1], k=1)
    one, other = np.sign(a[..., left] - a[..., right]), np.sign(b[..., left] - b[..., right])
    untied = np.sqrt(np.abs(one).sum(axis=-1) * np.abs(other).sum(axis=-1))
    return np.divide((one * other).sum(axis=-1), untied, out=np.full(untied.shape, np.nan), where=untied > 0)


def pearson(a: Floats, b: Floats) -> Floats:
    """Pearson's r over the last axis; NaN where a side is constant."""
    one, other = (values - values.mean(axis=-1, keepdims=True) for values in (a, b))
    spread = np.sqrt((one**2).sum(axis=-1) * (other**2).sum(axis=-1))
    return np.divide((one * other).sum(axis=-1), spread, out=np.full(spread.shape, np.nan), where=spread > 1e-12)


CORRELATIONS: dict[str, Callable[[Floats, Floats], Floats]] = {"kendall": tau_b, "pearson": pearson}


def summary_level(metric: Floats, human: Floats, kind: str, *, samples: int, seed: int) -> Agreement:
    """The mean over the articles; an article where either side is constant has none and is left out."""
    values = [float(CORRELATIONS[kind](*pair)) for pair in map(_defined, metric, human) if pair is not None]
    values = [value for value in values if not np.isnan(value)]
    if not values:
        return Agreement(np.nan, np.nan, np.nan, 0)
    return Agreement(float(np.mean(values)), *ci95(values, samples=samples, seed=seed), len(values))


def significant_only(metric: Floats, human: Floats) -> float:
    """The mean of Kendall's τ over the articles where its p is at most 0.05, as the authors' notebook takes it."""
    tested = [kendalltau(a, b) for a, b in zip(metric, human, strict=True)]
    found = [one.statistic for one in tested if one.pvalue <= 0.05]
    return float(np.mean(found)) if found else np.nan


def system_level(metric: Floats, human: Floats, kind: str, *, samples: int, seed: int) -> Agreement:
    """The correlation of the means; the interval comes from resampling articles, all systems alike."""
    rng = np.random.default_rng(seed)
    counts = rng.multinomial(len(human), np.full(len(human), 1 / len(human)), size=samples).astype(np.float64)
    value = CORRELATIONS[kind](_means(metric, np.ones((1, len(human)))), human.mean(axis=0)[None])
    drawn = CORRELATIONS[kind](_means(metric, counts), counts @ human / len(human))
    low, high = np.nanpercentile(drawn, (2.5, 97.5))
    return Agreement(float(value[0]), float(low), float(high), len(human))


def _means(values: Floats, counts: Floats) -> Floats:
    """Means of each system over its known values, each article counted so often: (draws, systems)."""
    known = ~np.isnan(values)
    weight = counts @ known
    return np.divide(counts @ np.where(known, values, 0.0), weight, out=np.zeros(weight.shape), where=weight > 0)


def _defined(metric: Floats, human: Floats) -> tuple[Floats, Floats] | None:
    known = ~np.isnan(metric)
    return (metric[known], human[known]) if known.sum() >= LEAST else None
