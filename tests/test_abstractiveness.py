"""Abstractiveness: values worked out by hand from the definitions, and the published procedure step by step."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.metrics.abstractiveness import NOVEL, abstractiveness, fragments
from pipeline.metrics.source import Source
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


def published(summary: list[str], article: list[str]) -> list[list[str]]:
    """F(A, S) step by step as figure 3 of Grusky et al. 2018 has it, with indices from 0; empty fragments left out."""
    found: list[list[str]] = []
    i = j = 0
    while i < len(summary):
        f: list[str] = []
        while j < len(article):
            if summary[i] == article[j]:
                i2, j2 = i, j
                while i2 < len(summary) and j2 < len(article) and summary[i2] == article[j2]:
                    i2, j2 = i2 + 1, j2 + 1
                if len(f) < i2 - i:
                    f = summary[i:i2]
                j = j2
            else:
                j += 1
        i, j = i + max(len(f), 1), 0
        found += [f] if f else []
    return found


TOKENS = st.lists(st.sampled_from("abcd"), max_size=25)


@settings(max_examples=300, deadline=None)
@given(TOKENS, TOKENS)
def test_coverage_density_and_compression_are_those_of_the_published_procedure(
    summary: list[str], article: list[str]
) -> None:
    lengths = [len(f) for f in published(summary, article)]
    values = abstractiveness([" ".join(summary)], Source(" ".join(article)))
    if not summary or not article:
        assert values["coverage"] is values["density"] is values["compression"] is None
        return
    assert values["coverage"] == pytest.approx(sum(lengths) / len(summary))
    assert values["density"] == pytest.approx(sum(n**2 for n in lengths) / len(summary))
    assert values["compression"] == pytest.approx(len(article) / len(summary))


@settings(max_examples=100, deadline=None)
@given(TOKENS, TOKENS, st.integers(1, 4))
def test_novelty_counts_distinct_ngrams(summary: list[str], article: list[str], n: int) -> None:
    own = {"".join(summary[i : i + n]) for i in range(len(summary) - n + 1)}
    new = {gram for gram in own if gram not in "".join(article)}
    expected = len(new) / len(own) if own else None
    assert abstractiveness([" ".join(summary)], Source(" ".join(article)))[NOVEL[n - 1]] == expected
