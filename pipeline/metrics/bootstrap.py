"""Seeded percentile bootstrap intervals of means (Efron and Tibshirani 1993, ch. 13)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
_CELLS = 1 << 22  # cells of a block of resamples: bounds the memory, whatever the number of articles


def blocks(trials: int, n: int) -> Iterator[int]:
    """`trials` in blocks of so many rows of `n` cells as are held at a time."""
    rows = max(1, _CELLS // n)
    for start in range(0, trials, rows):
        yield min(rows, trials - start)


def resampled_means(values: Floats, samples: int, seed: int) -> Floats:
    """Means of `samples` resamples with replacement: (n, columns) → (samples, columns).

    A resample draws the same rows for every column. Rows are counted, not gathered, so that one matrix
    product serves all columns.
    """
    n = len(values)
    rng = np.random.default_rng(seed)
    means = []
    for rows in blocks(samples, n):
        drawn = rng.integers(0, n, size=(rows, n))
        drawn += np.arange(rows)[:, None] * n
        counts = np.bincount(drawn.ravel(), minlength=rows * n).reshape(rows, n)
        means.append(counts.astype(np.float64) @ values / n)
    return np.concatenate(means)


def percentile95(means: Floats) -> list[tuple[float, float]]:
    """The middle 95 % of resampled means: (samples, columns) → one (low, high) per column."""
    low, high = np.percentile(means, (2.5, 97.5), axis=0)
    return [(float(a), float(b)) for a, b in zip(low, high, strict=True)]


def ci95_columns(values: Floats, *, samples: int = 1000, seed: int = 13) -> list[tuple[float, float]]:
    """Percentile intervals of the mean of each column: (n, columns), n ≥ 1 → one (low, high) per column."""
    return percentile95(resampled_means(values, samples, seed))


def ci95(values: Sequence[float], *, samples: int = 1000, seed: int = 13) -> tuple[float, float]:
    """The 95 % percentile bootstrap interval of the mean of `values` (at least one)."""
    return ci95_columns(np.asarray(values, dtype=np.float64)[:, None], samples=samples, seed=seed)[0]
