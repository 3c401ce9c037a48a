"""Measures of an output by itself or beside its references: its length, and how alike its parts are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations

from pipeline.metrics.rouge import Match, Prepared, prf_of_hits
from pipeline.metrics.texts import Lines

Values = Mapping[str, float | None]


def count_words(text: str) -> int:
    """Runs of characters without white space that have a letter or a digit."""
    return sum(any(char.isalnum() for char in token) for token in text.split())


def length(variants: Sequence[Lines], references: Sequence[str]) -> Values:
    """`words` and `sentences` (or bullets) of the first variant, and `length_ratio`: its words per reference word.

    Of several references the mean number of words counts. An empty output has 0 words.
    """
    words = sum(map(count_words, variants[0]))
    expected = [count_words(text) for text in references]
    return {
        "words": float(words),
        "sentences": float(sum(count_words(line) > 0 for line in variants[0])),
        "length_ratio": words * len(expected) / sum(expected) if sum(expected) else None,
    }


def redundancy(variants: Sequence[Lines], _references: Sequence[str]) -> Values:
    """How much the lines of the first variant repeat one another: each line's highest ROUGE-L F (stemmed) with another
    line, averaged: 0 none shares a word, 1 each has a twin; None for fewer than two lines."""
    lines = [line for line in variants[0] if count_words(line)]
    if len(lines) < 2:
        return {"redundancy": None}
    nearest = [0.0] * len(lines)
    for (i, j), alike in _likeness(lines):
        nearest[i], nearest[j] = max(nearest[i], alike), max(nearest[j], alike)
    return {"redundancy": sum(nearest) / len(nearest)}


def diversity(variants: Sequence[Lines], _references: Sequence[str]) -> Values:
    """How different the variants are: 1 − ROUGE-L F (stemmed) averaged over all pairs; `least_diversity` is that of the
    pair most alike. None for fewer than two variants."""
    texts = [text for text in map("\n".join, variants) if count_words(text)]
    apart = [1 - alike for _, alike in _likeness(texts)]
    if not apart:
        return {"diversity": None, "least_diversity": None}
    return {"diversity": sum(apart) / len(apart), "least_diversity": min(apart)}


def _likeness(texts: Sequence[str]) -> list[tuple[tuple[int, int], float]]:
    """ROUGE-L F of every pair of texts, with their indices."""
    prepared = [Prepared(text) for text in texts]
    pairs = combinations(range(len(texts)), 2)
    return [((i, j), prf_of_hits(*Match(prepared[i], prepared[j]).hits("rougeL")).f) for i, j in pairs]
