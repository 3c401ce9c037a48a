"""TextRank of a long document without its matrix of similarities: memory grows with the words, not with their square.

The same numbers as sumy's dense computation (Mihalcea and Tarau 2004): the similarity of two sentences is
Σ over their words of count × count / (log length + log length), and its product with a vector needs only the counts of
words per sentence (B): (S x)ᵢ = Σ over lengths l of (B Bᵀ xₗ)ᵢ / (log lengthᵢ + log l), where xₗ is x on the sentences
of l words. Two sentences of one word each have no such norm; sumy gives them 1 if the word is the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

DAMPING, EPSILON, TINY = 0.85, 1e-4, 1e-7  # sumy's
Floats = NDArray[np.float64]
Ints = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Similarity:
    """Sentences by their word counts: entry k says that word `columns[k]` stands `counts[k]` times in sentence
    `rows[k]`; `lengths` are words of each sentence."""

    rows: Ints
    columns: Ints
    counts: Floats
    lengths: Ints

    @classmethod
    def of(cls, sentences: Sequence[Sequence[str]]) -> Similarity:
        """From the words of every sentence, stop words left out and stemmed."""
        numbers: dict[str, int] = {}
        entries: dict[tuple[int, int], int] = {}
        for row, words in enumerate(sentences):
            for word in words:
                key = (row, numbers.setdefault(word, len(numbers)))
                entries[key] = entries.get(key, 0) + 1
        places = np.array(list(entries), dtype=np.intp).reshape(-1, 2)
        counts = np.array(list(entries.values()), dtype=np.float64)
        return cls(places[:, 0], places[:, 1], counts, np.array([len(words) for words in sentences], dtype=np.intp))

    def times(self, x: Floats) -> Floats:
        """The matrix of similarities times `x` (sentences,)."""
        size, words = len(self.lengths), int(self.columns.max(initial=-1)) + 1
        logs = np.log(np.maximum(self.lengths, 1))
        found = np.zeros(size)
        for length in np.unique(self.lengths[self.lengths > 0]):
            those = self.lengths[self.rows] == length
            weights = self.counts[those] * x[self.rows[those]]
            said = np.bincount(self.columns[those], weights=weights, minlength=words)
            common = np.bincount(self.rows, weights=self.counts * said[self.columns], minlength=size)
            norm = logs + np.log(length)
            found += np.divide(common, np.where(norm > 0, norm, 1.0))
        return found


def ratings(sentences: Sequence[Sequence[str]]) -> list[float]:
    """The rating of every sentence, given as its words."""
    size = len(sentences)
    similar = Similarity.of(sentences)
    totals = similar.times(np.ones(size)) + TINY
    rank = np.full(size, 1.0 / size)
    change = 1.0
    while change > EPSILON:
        after = (1 - DAMPING) / size * rank.sum() + DAMPING * similar.times(rank / totals)
        change = float(np.linalg.norm(after - rank))
        rank = after
    return [float(value) for value in rank]
