"""Intervals and p-values against scipy and against complete enumeration."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from scipy import stats

from pipeline.metrics.bootstrap import ci95, ci95_columns, randomization_p

VALUES = np.random.default_rng(1).beta(2, 5, size=120)


def test_interval_equals_scipy_percentile_within_sampling_error() -> None:
    theirs = stats.bootstrap(
        (VALUES,), np.mean, n_resamples=20_000, method="percentile", rng=np.random.default_rng(2)
    ).confidence_interval
    assert ci95(list(VALUES), samples=20_000) == pytest.approx(tuple(theirs), abs=0.002)


def test_the_seed_decides() -> None:
    values = list(VALUES)
    assert ci95(values, seed=7) == ci95(values, seed=7) != ci95(values, seed=8)


def test_columns_share_their_resamples() -> None:
    columns = np.stack([VALUES, 2 * VALUES, 1 - VALUES], axis=1)
    (low, high), doubled, mirrored = ci95_columns(columns)
    assert doubled == pytest.approx((2 * low, 2 * high))
    assert mirrored == pytest.approx((1 - high, 1 - low))


def test_blocks_do_not_change_the_result_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.metrics.bootstrap._CELLS", 1000)
    low, high = ci95(list(VALUES))
    assert low < VALUES.mean() < high


def test_one_value_is_its_own_interval() -> None:
    assert ci95([0.25]) == (0.25, 0.25)


def test_p_equals_complete_enumeration() -> None:
    differences = np.array([0.1, 0.3, -0.05, 0.2, 0.15, -0.1, 0.25, 0.02, 0.11, -0.04])
    signs = np.array(list(product((-1, 1), repeat=len(differences))))
    exact = (abs(signs @ differences) >= abs(differences.sum()) - 1e-12).mean()
    assert randomization_p(differences[:, None], trials=40_000)[0] == pytest.approx(exact, abs=0.006)


def test_p_of_no_difference_is_one_and_never_zero() -> None:
    differences = np.stack([np.zeros(50), np.full(50, 0.1)], axis=1)
    nothing, certain = randomization_p(differences, trials=999)
    assert nothing == 1.0
    assert certain == 1 / 1000
