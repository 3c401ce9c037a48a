"""Length, redundancy between lines and diversity of variants: worked out by hand."""

from __future__ import annotations

import pytest
from rouge_score.rouge_scorer import RougeScorer
from score_sample import OUTPUTS, REFERENCES

from pipeline.metrics.wording import count_words, diversity, length, redundancy
from pipeline.score import score


@pytest.mark.parametrize(
    ("text", "count"),
    [("", 0), ("don’t stop", 2), ("U.S. GDP – up 3.5 %", 4), ("\n a\tb ", 2), ("Мир и труд", 3), ("— …", 0)],
)
def test_count_words(text: str, count: int) -> None:
    assert count_words(text) == count


def test_length_beside_the_mean_reference() -> None:
    assert length([("One two three.", "Four.")], ["a b c", "a b c d e"]) == {
        "words": 4.0, "sentences": 2.0, "length_ratio": 1.0,
    }  # fmt: skip
    assert length([()], ["a b"]) == {"words": 0.0, "sentences": 0.0, "length_ratio": 0.0}
    assert length([("a",)], [""])["length_ratio"] is None


def test_redundancy_is_the_nearest_other_line() -> None:
    """a b c / a b d: 2 of 3 in order both ways, F 2/3; e f: nothing."""
    assert redundancy([("a b c", "a b d", "e f")], [])["redundancy"] == pytest.approx((2 / 3 + 2 / 3 + 0) / 3)
    assert redundancy([("Prices rose.", "Prices rose")], [])["redundancy"] == 1.0
    assert redundancy([("one", "…")], [])["redundancy"] is None  # a line without a word is none


def test_diversity_is_the_mean_over_pairs_and_the_closest_pair() -> None:
    texts = ["Police find stolen bronze clock", "Stolen clock found by police", "Clock of Delphine Arrowby found"]
    scorer = RougeScorer(["rougeL"], use_stemmer=True)
    pairs = [(0, 1), (0, 2), (1, 2)]
    apart = [1 - scorer.score(texts[i], texts[j])["rougeL"].fmeasure for i, j in pairs]
    assert diversity([(text,) for text in texts], []) == {
        "diversity": pytest.approx(sum(apart) / 3), "least_diversity": pytest.approx(min(apart)),
    }  # fmt: skip
    assert set(diversity([("one",)], []).values()) == {None}


def test_each_is_scored_for_its_kinds_without_articles() -> None:
    kinds = score(OUTPUTS, REFERENCES, None, engine="mine", samples=100)["systems"]["mine"]
    assert {kind for kind in kinds if "length_ratio" in kinds[kind]} == {"summary", "bullets", "headlines"}
    assert {kind for kind in kinds if "diversity" in kinds[kind]} == {"headlines_best"}
    assert kinds["headlines_best"]["diversity"]["n"] == 1  # one article has two headlines
    assert kinds["bullets"]["redundancy"]["n"] == 1
    assert kinds["summary"]["words"]["value"] == pytest.approx((13 + 5) / 2)
