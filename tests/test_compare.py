"""Paired comparison of two scored systems."""

from __future__ import annotations

import json

import pytest

from pipeline.compare import Comparison, compare
from pipeline.errors import ConfigError, InputError
from pipeline.metrics.measure import Scored
from pipeline.metrics.texts import Outputs
from pipeline.records import References
from pipeline.report.terminal import compare_table
from pipeline.score import score_items

WORDS = ["alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa"]
REFERENCES = {str(k): References(headline=(" ".join(WORDS[: 3 + k % 5]),)) for k in range(40)}


def scored(system: str, shift: int, ids: range = range(40), *, seed: int = 13) -> Scored:
    """Headlines with `shift` words of the reference replaced."""
    outputs = {}
    for k in ids:
        reference = REFERENCES[str(k)].headline[0].split()
        outputs[str(k)] = Outputs(headlines=(" ".join(reference[shift:] + ["wrong"] * shift),))
    return score_items(outputs, REFERENCES, engine=system, seed=seed)


def delta_of(comparison: Comparison, kind: str, metric: str) -> tuple[float, float, tuple[int, int, int]]:
    found = next(d for d in comparison.deltas if d.kind == kind and d.metric == metric)
    return found.difference, found.p, (found.wins, found.losses, found.ties)


def test_a_clear_difference() -> None:
    comparison = compare(scored("bad", 1), scored("good", 0))
    difference, p, tally = delta_of(comparison, "headlines", "rouge1")
    assert difference > 0
    assert p == pytest.approx(1 / 10_001)
    assert tally == (40, 0, 0)
    first = comparison.deltas[0]
    assert first.difference == pytest.approx(first.b - first.a)
    assert first.ci95[0] <= first.difference <= first.ci95[1]


def test_equal_systems_tie() -> None:
    comparison = compare(scored("one", 1), scored("two", 1))
    assert {(d.difference, d.p, d.ties) for d in comparison.deltas} == {(0.0, 1.0, 40)}


def test_only_common_articles_count() -> None:
    comparison = compare(scored("a", 0, range(30)), scored("b", 0, range(10, 40)))
    assert comparison.common == tuple(str(k) for k in range(10, 30))
    assert comparison.only_a == tuple(str(k) for k in range(10))
    assert comparison.only_b == tuple(str(k) for k in range(30, 40))
    assert {d.n for d in comparison.deltas} == {20}


def test_the_same_seed_gives_the_same_numbers() -> None:
    a, b = scored("a", 1), scored("b", 2)
    assert compare(a, b, trials=500) == compare(a, b, trials=500)


def test_different_signatures_are_refused() -> None:
    with pytest.raises(ConfigError, match="signatures differ"):
        compare(scored("a", 0), scored("b", 0, seed=14))


def test_different_references_and_no_overlap_are_refused() -> None:
    a = scored("a", 0)
    other = Scored("b", a.signature, a.rows, dict.fromkeys(a.references, "changed"))
    with pytest.raises(InputError, match="different references"):
        compare(a, other)
    with pytest.raises(InputError, match="no article in common"):
        compare(scored("a", 0, range(3)), scored("b", 0, range(5, 9)))


def test_it_can_be_printed_and_saved() -> None:
    record = compare(scored("a", 1), scored("b", 0), trials=200).to_dict()
    json.dumps(record, allow_nan=False)
    assert record["rows"][0]["diff"] > 0
    assert "40 articles in common" in compare_table(record)
