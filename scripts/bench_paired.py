"""The paired tests of precis beside scipy's: the same differences, 10,000 trials, in one process.

    python scripts/bench_paired.py                # 11,490 articles, as in the test set of CNN/DailyMail
    python scripts/bench_paired.py --articles 100

Four metrics are tested, as many as there are ROUGE types in a table. Times are of the processor, scipy's tests are
vectorised in batches of 100 trials; what counts is the ratio. The p-values of both are printed, too.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import stats

from pipeline.metrics.paired import TRIALS, paired_tests

METRICS = 4
BATCH = 100


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds of the processor, and what the work gave."""
    began = time.process_time()
    found = work()
    return time.process_time() - began, found


def by_scipy(differences: Any) -> list[tuple[float, float]]:
    """(p of the permutation test, low end of the bootstrap interval) of every column."""
    rng = np.random.default_rng(1)
    found = []
    for column in differences.T:
        test = stats.permutation_test(
            (column, np.zeros_like(column)),
            lambda x, y, axis: np.mean(x - y, axis=axis),
            permutation_type="samples",
            vectorized=True,
            n_resamples=TRIALS,
            batch=BATCH,
            rng=rng,
        )
        interval = stats.bootstrap((column,), np.mean, n_resamples=TRIALS, batch=BATCH, method="percentile", rng=rng)
        found.append((float(test.pvalue), float(interval.confidence_interval.low)))
    return found


def main() -> None:
    """Print times, their ratio, peak memory and the results of both."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--articles", type=int, default=11_490)
    n = parser.parse_args().articles
    shifts = np.array([0.0, 1.0, 2.0, 3.0]) * 0.1 / np.sqrt(n)
    differences = np.random.default_rng(0).normal(shifts, 0.1, size=(n, METRICS))
    ours, tests = timed(lambda: paired_tests(differences))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    theirs, expected = timed(lambda: by_scipy(differences))
    print(f"{n} articles, {METRICS} metrics, {TRIALS} trials; peak memory after ours {peak:.0f} MB")
    print(f"precis {ours:.2f} s, scipy {theirs:.2f} s: {theirs / ours:.0f} times")
    for test, (p, low) in zip(tests, expected, strict=True):
        print(f"p {test.p:.4f} (scipy {p:.4f}), interval from {100 * test.ci95[0]:+.3f} (scipy {100 * low:+.3f})")


if __name__ == "__main__":
    main()
