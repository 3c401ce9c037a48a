"""Means and intervals as ROUGE-1.5.5 prints them: of bootstrap resamples drawn with Perl's random numbers.

What that package calls the average is the mean of the resamples' means, not the mean over the articles. Resample k
(from 0) is drawn after `srand(k)`; Perl's generator is drand48 since 5.20 (before that, usually the C library's).
The articles stand in the order of their names as strings, which for numbered articles is 1, 10, 100, 2 and so on.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pipeline.metrics.rouge import Prf

Floats = NDArray[np.float64]
_FACTOR, _TERM, _MASK = np.uint64(0x5DEECE66D), np.uint64(0xB), np.uint64((1 << 48) - 1)


def perl_means(values: Floats, samples: int) -> Floats:
    """Means of `samples` resamples, in the order of their seeds: (n, columns) → (samples, columns)."""
    n = len(values)
    state = (np.arange(samples, dtype=np.uint64) << np.uint64(16)) + np.uint64(0x330E)
    sums = np.zeros((samples, values.shape[1]))
    for _ in range(n):
        state = (state * _FACTOR + _TERM) & _MASK  # wraps at 2^64, which keeps the lower 48 bits
        sums += values[(n * (state * 2.0**-48)).astype(np.int64)]
    return sums / n


def resampled(items: Sequence[Prf], samples: int) -> tuple[Floats, Floats]:
    """Averages of P, R and F and their 95 % intervals, to five decimals: shapes (3,) and (3, 2).

    The interval's ends are interpolated between two of the sorted means, both by the fraction of the upper end.
    """
    order = sorted(range(len(items)), key=lambda index: f"{index + 1}.")
    means = np.sort(perl_means(np.array([items[index] for index in order]), samples), axis=0)
    delta = samples * 2.5 / 100
    low, high = int(delta), int(samples - delta - 1)
    part = samples - delta - 1 - high
    ends = [means[at] + (means[min(at + 1, samples - 1)] - means[at]) * part for at in (low, high)]
    return np.round(means.sum(axis=0) / samples, 5), np.round(np.stack(ends, axis=1), 5)


def resampled_mean(items: Sequence[Prf], samples: int = 1000) -> dict[str, float]:
    """Averages of precision, recall and F over at least one item."""
    p, r, f = (float(value) for value in resampled(items, samples)[0])
    return {"p": p, "r": r, "f": f}
