"""Paired tests and power against scipy, complete enumeration and simulation, on the scores of published systems."""

from __future__ import annotations

import json
import tracemalloc
from itertools import combinations, product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from pipeline.metrics.bootstrap import resampled_means
from pipeline.metrics.paired import paired_tests, randomization_p, shifted_p, untied
from pipeline.metrics.power import detectable_difference

SCORES = json.loads((Path(__file__).parent / "golden" / "realsumm_rouge2.json").read_text(encoding="utf-8"))["systems"]
PAIRS = list(combinations(SCORES, 2))
DIFFERENCES = untied(np.array([np.subtract(SCORES[b], SCORES[a]) for a, b in PAIRS]).T)


def test_randomization_against_scipy_on_published_systems() -> None:
    ours = randomization_p(DIFFERENCES, trials=20_000)
    for (a, b), p in zip(PAIRS, ours, strict=True):
        theirs = stats.permutation_test(
            (SCORES[a], SCORES[b]),
            lambda x, y, axis: np.mean(y - x, axis=axis),
            permutation_type="samples",
            vectorized=True,
            n_resamples=20_000,
            rng=np.random.default_rng(3),
        ).pvalue
        error = np.sqrt(p * (1 - p) / 20_000 * 2)
        assert p == pytest.approx(theirs, abs=4.5 * error + 1e-4), (a, b)


def test_bootstrap_interval_and_p_against_scipy_on_published_systems() -> None:
    ours = paired_tests(DIFFERENCES, trials=20_000)
    for column, test in enumerate(ours):
        own = DIFFERENCES[:, column]
        theirs = stats.bootstrap((own,), np.mean, n_resamples=20_000, method="percentile", rng=np.random.default_rng(4))
        spread = own.std() / 10
        assert test.ci95 == pytest.approx(tuple(theirs.confidence_interval), abs=0.06 * spread)
        shifted = np.abs(theirs.bootstrap_distribution - own.mean()) >= abs(own.mean())
        expected = (shifted.sum() + 1) / 20_001
        error = np.sqrt(expected * (1 - expected) / 20_000 * 2)
        assert test.p_bootstrap == pytest.approx(expected, abs=4.5 * error + 1e-4)


def test_the_published_systems_come_out_as_they_should() -> None:
    """Golden: BART is ahead of the pointer-generator and of BERTSUM at n = 100, but not of T5-large."""
    found = dict(zip(PAIRS, paired_tests(DIFFERENCES), strict=True))
    p = {frozenset(pair): test.p for pair, test in found.items()}
    assert p[frozenset(("abs/ptr_generator_pointer_gen_cov", "abs/bart"))] < 0.001
    assert p[frozenset(("abs/presumm_trans_abs", "abs/bart"))] < 0.001
    assert p[frozenset(("abs/t5_large", "abs/bart"))] > 0.2
    assert p[frozenset(("abs/presumm_trans_abs", "abs/ptr_generator_pointer_gen_cov"))] > 0.5


def test_p_equals_complete_enumeration() -> None:
    differences = np.array([0.1, 0.3, -0.05, 0.2, 0.15, -0.1, 0.25, 0.02, 0.11, -0.04])
    signs = np.array(list(product((-1, 1), repeat=len(differences))))
    exact = (abs(signs @ differences) >= abs(differences.sum()) - 1e-12).mean()
    assert randomization_p(differences[:, None], trials=40_000)[0] == pytest.approx(exact, abs=0.006)


def test_p_of_no_difference_is_one_and_never_zero() -> None:
    differences = np.stack([np.zeros(50), np.full(50, 0.1)], axis=1)
    for nothing, certain in (
        randomization_p(differences, trials=999),
        shifted_p(differences, resampled_means(differences, 999, 13)),
    ):
        assert nothing == 1.0
        assert certain == 1 / 1000


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from([-0.5, -0.25, -0.1, 0.0, 0.1, 0.25, 0.5]), min_size=1, max_size=30),
    st.integers(0, 2**32 - 1),
)
def test_properties_of_the_tests(values: list[float], seed: int) -> None:
    """p lies in (0, 1], does not depend on the sign or the scale, and a block of columns is tested like one."""
    column = np.array(values)
    plain, flipped, scaled = paired_tests(np.stack([column, -column, 3.7 * column], axis=1), trials=200, seed=seed)
    (alone,) = paired_tests(column[:, None], trials=200, seed=seed)
    assert 1 / 201 <= plain.p <= 1
    assert (plain.p, plain.p_bootstrap) == (flipped.p, flipped.p_bootstrap) == (scaled.p, scaled.p_bootstrap)
    assert (plain.p, plain.p_bootstrap) == (alone.p, alone.p_bootstrap)
    assert plain.ci95 == pytest.approx(tuple(-end for end in reversed(flipped.ci95)), abs=1e-12)
    assert (plain.detectable is None) == (len(values) == 1 or not any(values))


def test_the_level_holds_where_there_is_no_difference() -> None:
    """Of 400 comparisons of equal systems (n = 40) about 5 % come out under 0.05: 20 ± 4 standard errors of 4.4."""
    noise = np.random.default_rng(8).normal(size=(40, 400))
    found = paired_tests(noise, trials=999)
    assert 3 <= sum(test.p <= 0.05 for test in found) <= 37
    assert 3 <= sum(test.p_bootstrap <= 0.05 for test in found) <= 45  # a little liberal at this n, as is known


def test_the_detectable_difference_has_the_stated_power() -> None:
    """The power of a paired t test at this difference, from the noncentral t distribution, is 0.8."""
    values = np.random.default_rng(1).normal(0.0, 0.12, size=(500, 1))
    least = detectable_difference(values)[0]
    shift = least / (values.std(ddof=1) / np.sqrt(500))
    critical = stats.t.ppf(0.975, 499)
    power = stats.nct.sf(critical, 499, shift) + stats.nct.cdf(-critical, 499, shift)
    assert power == pytest.approx(0.8, abs=0.002)
    assert detectable_difference(values, power=0.5)[0] == pytest.approx(1.96 / 2.8016 * least, rel=1e-3)
    assert np.isnan(detectable_difference(values[:1])).all()


def test_the_detectable_difference_is_detected_in_four_of_five_test_sets() -> None:
    rng = np.random.default_rng(2)
    noise = rng.normal(0.0, 0.1, size=(80, 500))
    least = detectable_difference(noise).mean()
    found = randomization_p(noise + least, trials=999)
    assert (found <= 0.05).mean() == pytest.approx(0.8, abs=0.07)


def test_memory_is_bounded_whatever_the_number_of_articles() -> None:
    """One matrix of 10,000 trials × 11,490 articles would be 919 MB; the blocks stay far under it."""
    differences = np.random.default_rng(0).normal(size=(11_490, 4))
    tracemalloc.start()
    paired_tests(differences, trials=2_000)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 160e6
