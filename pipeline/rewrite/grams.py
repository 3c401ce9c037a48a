"""How much of a text's wording is its source's: 4-grams of lower-case words, within sentences, as in `metrics`."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.metrics.source import Ngram, ngrams
from pipeline.metrics.tokens import words

N = 4


def source_grams(text: str) -> frozenset[Ngram]:
    """The 4-grams of an article's text."""
    return frozenset(ngrams(words(text), N))


def counts(text: str, source: frozenset[Ngram]) -> tuple[int, int]:
    """(4-grams of `text` that the source has, all 4-grams of `text`)."""
    own = ngrams(words(text), N)
    return sum(gram in source for gram in own), len(own)


def source_share(sentences: Iterable[str], source: frozenset[Ngram]) -> float | None:
    """Share of the 4-grams of `sentences` that the source has; None when there is none to count."""
    found = [counts(sentence, source) for sentence in sentences]
    total = sum(own for _, own in found)
    return sum(shared for shared, _ in found) / total if total else None
