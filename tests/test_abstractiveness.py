"""Abstractiveness and support: values worked out by hand from the definitions."""

from __future__ import annotations

import pytest

from pipeline.metrics import SOURCE_METRICS
from pipeline.metrics.abstractiveness import Source, abstractiveness, fragments
from pipeline.metrics.support import names, numbers, support
from pipeline.metrics.tokens import words

FOX = Source("The quick brown fox jumps over the lazy dog.")


def test_the_fox_by_hand() -> None:
    """the quick | fox jumps over | dogs: fragments of 2 and 3 words; 5 of 6 words copied."""
    values = abstractiveness(["The quick fox jumps over dogs"], FOX)
    assert values == {
        "novel_unigrams": pytest.approx(1 / 6),
        "novel_bigrams": pytest.approx(2 / 5),
        "novel_trigrams": pytest.approx(3 / 4),
        "novel_4grams": 1.0,
        "coverage": pytest.approx(5 / 6),
        "density": pytest.approx((2**2 + 3**2) / 6),
        "compression": pytest.approx(9 / 6),
        "repetition": 0.0,
    }


@pytest.mark.parametrize(
    ("summary", "article", "lengths"),
    [
        ("", "a b", []),
        ("x y", "a b", []),
        ("a b c", "a b c", [3]),
        ("a b c", "a b x a b c", [3]),  # the longer of two runs
        ("b a", "a b", [1, 1]),
        ("a b a b", "a b", [2, 2]),  # article words may serve twice
        ("c a b x b c", "a b c", [1, 2, 2]),
        ("a a b", "a a a b", [2, 1]),  # the search resumes behind the run found (figure 3)
    ],
)
def test_fragments(summary: str, article: str, lengths: list[int]) -> None:
    assert fragments(words(summary), Source(article)) == lengths


def test_a_copied_sentence_has_nothing_novel_across_lines() -> None:
    source = Source("One two three. Four five six. Seven eight nine.")
    values = abstractiveness(["Seven eight nine.", "One two three."], source)
    assert values["novel_bigrams"] == 0.0
    assert values["coverage"] == 1.0
    assert values["density"] == pytest.approx((9 + 9) / 6)


def test_repetition_counts_trigrams_seen_before() -> None:
    assert abstractiveness(["a b c a b c a b c"], FOX)["repetition"] == pytest.approx(4 / 7)


def test_nothing_to_count_is_none_not_zero() -> None:
    assert set(abstractiveness([], FOX).values()) == {None}
    one_word = abstractiveness(["fox"], FOX)
    assert one_word["novel_unigrams"] == 0.0
    assert one_word["novel_bigrams"] is None
    assert one_word["repetition"] is None
    assert abstractiveness(["fox"], Source("…"))["coverage"] is None


def test_other_scripts_count() -> None:
    assert abstractiveness(["Мир и дружба"], Source("мир и война"))["novel_unigrams"] == pytest.approx(1 / 3)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("1,200 people, 3.5% and 2019", [1200, 3.5, 2019]),
        ("$1.2bn, $1.2 billion, 1.2 Billion-dollar", [1.2e9] * 3),
        ("38m, 38 million, 38 metres", [38e6, 38e6, 38]),
        ("twenty-five, two hundred and six, three million, a dozen", [25, 206, 3e6, 12]),
        ("between two and three; five or six", [2, 3, 5, 6]),
        ("no one knew, one million did", [1e6]),
        ("the 21st of May, the 1990s", [21, 1990]),
        ("G7, B2B, someone, tension, weight", []),
        ("3,4 and 12,34", [3, 4, 12, 34]),
    ],
)
def test_numbers(text: str, values: list[float]) -> None:
    assert numbers(text) == values


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("Police in New York met Ann O’Hara’s son.", [("new", "york"), ("ann", "o'hara")]),
        ("It rained. Then Bob left", [("bob",)]),
        ("He said: “Nobody knows.” But I do", []),
        ("The firm, Tarnwick, sold Cray Heath", [("tarnwick",), ("cray", "heath")]),
        ("Big Profit Lifts Every Share", []),  # title case
        ("all lower case here", []),
    ],
)
def test_names(line: str, found: list[tuple[str, ...]]) -> None:
    assert names(line) == found


def test_support_shares() -> None:
    source = Source("Tarnwick, led by Priya Holmqvist, made $84m, up 38% from $61 million.")
    lines = ["Profit at Tarnwick rose 38% to $84 million", "Boss Ann Holmqvist saw 12% and 61m"]
    assert support(lines, source) == {
        "numbers_supported": pytest.approx(3 / 4),
        "names_supported": pytest.approx(1 / 2),
    }
    assert support(["nothing here"], source) == {"numbers_supported": None, "names_supported": None}


def test_the_table_names_every_metric() -> None:
    assert {name: metric(["fox"], FOX).keys() for name, metric in SOURCE_METRICS.items()}.keys() == {
        "abstractiveness",
        "support",
    }
