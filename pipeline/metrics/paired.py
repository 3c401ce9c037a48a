"""Paired tests of the mean difference between two systems, two-sided and seeded, p = (c + 1) / (n + 1).

Two tests with different assumptions: approximate randomization asks how often exchanging the two systems' outputs at
random goes as far (Noreen 1989, ch. 2), the bootstrap how often other articles like these would (Efron and Tibshirani
1993, section 16.4). A mark goes by the first, which makes no assumption about how the articles were drawn.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.metrics.bootstrap import Floats, blocks, percentile95, resampled_means
from pipeline.metrics.power import detectable_difference

TRIALS = 10_000
TIE = 1e-12  # equal fractions may differ in their last bits: that is no win
_SLACK = 1e-9  # the same sum in another order differs in its last bits
_MEANS = 1 << 23  # resampled means held at a time


@dataclass(frozen=True, slots=True)
class PairedTest:
    """What is known of one mean difference: the paired bootstrap's interval and p, the p of approximate randomization,
    and the difference that so many articles could show (None if all of them tie, or there is only one)."""

    ci95: tuple[float, float]
    p: float
    p_bootstrap: float
    detectable: float | None


def untied(differences: Floats) -> Floats:
    """The differences with exact zeros for ties."""
    return np.where(np.abs(differences) < TIE, 0.0, differences)


def paired_tests(differences: Floats, *, trials: int = TRIALS, seed: int = 13) -> list[PairedTest]:
    """The tests of every column: (n, columns), n ≥ 1; a trial treats all columns alike."""
    found = []
    for own in _column_blocks(differences, trials):
        means = resampled_means(own, trials, seed)
        rows = zip(
            percentile95(means),
            randomization_p(own, trials=trials, seed=seed),
            shifted_p(own, means),
            detectable_difference(own),
            np.count_nonzero(own, axis=0),
            strict=True,
        )
        for interval, p, p_bootstrap, least, differs in rows:
            known = differs > 0 and len(own) > 1
            found.append(PairedTest(interval, float(p), float(p_bootstrap), float(least) if known else None))
    return found


def randomization_p(differences: Floats, *, trials: int = TRIALS, seed: int = 13) -> Floats:
    """p of paired approximate randomization: (n, columns) → (columns,).

    Each trial flips the sign of every paired difference with probability one half; p = (c + 1) / (trials + 1), where c
    counts the trials whose mean is at least as far from 0 as the observed one.
    """
    n = len(differences)
    rng = np.random.default_rng(seed)
    total, slack = differences.sum(axis=0), _SLACK * np.abs(differences).sum(axis=0)
    reached = np.zeros(differences.shape[1], dtype=np.int64)
    for rows in blocks(trials, n):
        bits = np.frombuffer(rng.bytes(-(-rows * n // 8)), dtype=np.uint8)
        kept = np.unpackbits(bits, count=rows * n).reshape(rows, n).astype(np.float64)
        reached += (np.abs(2.0 * (kept @ differences) - total) >= np.abs(total) - slack).sum(axis=0)
    return _share(reached, trials)


def shifted_p(differences: Floats, means: Floats) -> Floats:
    """p of the paired bootstrap: (n, columns) and their resampled means (trials, columns) → (columns,).

    The resampled means, shifted to the null hypothesis of no difference, are compared with the observed mean (Efron and
    Tibshirani 1993, algorithm 16.2, without studentizing; Riezler and Maxwell 2005, figure 3): p = (c + 1) / (trials +
    1), where c counts those at least as far from 0.
    """
    observed, slack = differences.mean(axis=0), _SLACK * np.abs(differences).mean(axis=0)
    reached = (np.abs(means - observed) >= np.abs(observed) - slack).sum(axis=0)
    return _share(reached, len(means))


def _share(reached: NDArray[np.int64], trials: int) -> Floats:
    return np.divide(reached + 1, trials + 1, dtype=np.float64)


def _column_blocks(values: Floats, trials: int) -> Iterator[Floats]:
    width = max(1, _MEANS // trials)
    for start in range(0, values.shape[1], width):
        yield values[:, start : start + width]
