"""Bootstrap intervals against scipy."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from pipeline.metrics.bootstrap import ci95, ci95_columns

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
