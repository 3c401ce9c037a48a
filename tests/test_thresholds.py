"""Least scores: what can be asked for, and what is missed."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import ConfigError
from pipeline.metrics.by_model import MODEL_METRICS
from pipeline.score_names import (
    BY_MODEL,
    SCORED_KINDS,
    SOURCE,
    is_metric,
    is_score,
    nearest_metric,
    nearest_score,
    threshold_faults,
)
from pipeline.thresholds import check_thresholds, missed, parse_thresholds

SCORES = {"systems": {"lead": {}, "ours": {"summary": {"n": 3, "rouge1": {"f": 0.3456}, "density": {"value": 2.5}}}}}


def test_what_is_missed_names_score_value_and_threshold() -> None:
    least = {"summary.rouge1.f": 0.35, "summary.rouge1.r": 0.0, "summary.density.value": 2.0}
    assert missed(least, SCORES) == (
        "summary.rouge1.f: 0.3456 is under 0.35",
        "summary.rouge1.r: no such score, at least 0 is asked for",
    )
    assert missed({"summary.rouge1.f": 0.3456}, SCORES) == ()
    assert missed({"summary.rouge1.f": 0.1}, None) == ("summary.rouge1.f: no such score, at least 0.1 is asked for",)
    assert missed({"summary.rouge1.f": 0.1}, {"systems": {"lead": SCORES["systems"]["ours"]}}) != ()
    assert missed({}, None) == ()


def test_every_system_has_to_reach_it_and_is_named_where_there_are_several() -> None:
    both = {"systems": {**SCORES["systems"], "theirs": {"summary": {"rouge1": {"f": 0.9}}}}}
    assert missed({"summary.rouge1.f": 0.35}, both) == ("ours: summary.rouge1.f: 0.3456 is under 0.35",)
    assert missed({"summary.density.value": 1.0}, both) == (
        "theirs: summary.density.value: no such score, at least 1 is asked for",
    )


@pytest.mark.parametrize("text", ["summary.rouge1.f", "summary.rouge1.f=", "summary.rouge1.f=much", "x=nan", "x=inf"])
def test_what_cannot_be_read_is_a_fault(text: str) -> None:
    with pytest.raises(ConfigError, match="write it as KIND"):
        parse_thresholds(["summary.rouge2.f=0.1", text])


def test_unknown_keys_name_the_nearest() -> None:
    with pytest.raises(ConfigError) as raised:
        check_thresholds({"summary.rouge1": 0.2, "headline.rouge2.f": 0.1, "bullets.novel_bigram.value": 0.1})
    assert raised.value.faults == (
        "unknown score summary.rouge1; did you mean summary.rouge1.f?",
        "unknown score headline.rouge2.f; did you mean headlines.rouge2.f?",
        "unknown score bullets.novel_bigram.value; did you mean bullets.novel_bigrams.value?",
    )
    assert threshold_faults({"summary.odd_metric.value": 3.0}, foreign=True) == []
    lengths = {"summary.density.value": 3.0, "bullets.words.value": 40, "rewrite.length_ratio.value": 2}
    assert threshold_faults(lengths) == []
    assert len(threshold_faults({"summary.rouge1.f": 35, "summary.coverage.value": -0.1})) == 2


@settings(max_examples=30, deadline=None)
@given(
    st.sampled_from(SCORED_KINDS),
    st.sampled_from(["rouge1", "rouge7", "rougeLsum", *SOURCE, *BY_MODEL]),
    st.text(max_size=9),
)
def test_every_suggestion_is_a_key(kind: str, metric: str, noise: str) -> None:
    key = f"{kind}.{metric}.{'f' if metric.startswith('rouge') else 'value'}"
    assert is_score(key)
    assert is_score(nearest_score(key + noise))
    assert is_score(f"{nearest_metric(key + noise)}.f") or is_score(f"{nearest_metric(key + noise)}.value")


def test_metrics_by_a_model_can_be_asked_for_but_not_compared() -> None:
    assert set(BY_MODEL.values()) == set(MODEL_METRICS)
    assert threshold_faults({f"summary.{name}.value": 0.5 for name in BY_MODEL}) == []
    assert not any(is_metric(f"summary.{name}") for name in BY_MODEL)
