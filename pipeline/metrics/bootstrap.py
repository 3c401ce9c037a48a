"""Seeded bootstrap intervals and randomization tests for means (Efron and Tibshirani 1993, ch. 13 and 15)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
_CELLS = 1 << 22  # cells of a block of resamples: bounds the memory, whatever the number of articles


def _blocks(trials: int, n: int) -> Iterator[int]:
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
    for rows in _blocks(samples, n):
        drawn = rng.integers(0, n, size=(rows, n))
        drawn += np.arange(rows)[:, None] * n
        counts = np.bincount(drawn.ravel(), minlength=rows * n).reshape(rows, n)
        means.append(counts.astype(np.float64) @ values / n)
    return np.concatenate(means)


def ci95_columns(values: Floats, *, samples: int = 1000, seed: int = 13) -> list[tuple[float, float]]:
    """Percentile intervals of the mean of each column: (n, columns), n ≥ 1 → one (low, high) per column."""
    low, high = np.percentile(resampled_means(values, samples, seed), (2.5, 97.5), axis=0)
    return [(float(a), float(b)) for a, b in zip(low, high, strict=True)]


def ci95(values: Sequence[float], *, samples: int = 1000, seed: int = 13) -> tuple[float, float]:
    """The 95 % percentile bootstrap interval of the mean of `values` (at least one)."""
    return ci95_columns(np.asarray(values, dtype=np.float64)[:, None], samples=samples, seed=seed)[0]


def randomization_p(differences: Floats, *, trials: int = 10_000, seed: int = 13) -> Floats:
    """Two-sided p of paired approximate randomization (Noreen 1989): (n, columns) → (columns,).

    Each trial flips the sign of every paired difference with probability one half; p = (c + 1) / (trials +
    1), where c counts the trials whose mean is at least as far from 0 as the observed one.
    """
    n = len(differences)
    rng = np.random.default_rng(seed)
    observed = np.abs(differences.sum(axis=0))
    slack = 1e-9 * np.abs(differences).sum(axis=0)  # the same sum in another order differs in its last bits
    reached = np.zeros(differences.shape[1], dtype=np.int64)
    for rows in _blocks(trials, n):
        bits = np.frombuffer(rng.bytes(-(-rows * n // 8)), dtype=np.uint8)
        signs = np.unpackbits(bits, count=rows * n).reshape(rows, n) * 2.0 - 1.0
        reached += (np.abs(signs @ differences) >= observed - slack).sum(axis=0)
    return np.divide(reached + 1, trials + 1, dtype=np.float64)
