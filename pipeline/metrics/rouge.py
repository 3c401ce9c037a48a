"""ROUGE-N, ROUGE-L and ROUGE-Lsum (Lin 2004), equal to rouge-score 0.1.2.

ROUGE-N: clipped n-gram overlap (section 2). ROUGE-L: longest common subsequence of the two token sequences
(section 3.1). ROUGE-Lsum: the union of each reference sentence's LCS with every candidate sentence (section
3.2), each token counted no oftener than it occurs on either side, as ROUGE-1.5.5 does; sentences are the
lines of the text. F is the harmonic mean of precision and recall (beta = 1).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import cached_property
from typing import Any, NamedTuple

from pipeline.errors import ConfigError
from pipeline.metrics.lcs import lcs_length, lcs_positions, positions
from pipeline.metrics.tokens import google_tokens

ROUGE_TYPES = ("rouge1", "rouge2", "rougeL", "rougeLsum")
_NGRAM_TYPE = re.compile(r"rouge([1-9][0-9]*)")


class Prf(NamedTuple):
    """Precision, recall and F as fractions (0 to 1)."""

    p: float
    r: float
    f: float


ZERO = Prf(0.0, 0.0, 0.0)


def count_ngrams(tokens: Sequence[str], n: int) -> Counter[Any]:
    """Occurrences of each n-gram: keys are tokens for n = 1, tuples of n tokens otherwise."""
    return Counter(tokens) if n == 1 else Counter(zip(*(tokens[k:] for k in range(n)), strict=False))


class Prepared:
    """One text, tokenized; everything derived from the tokens is made when first needed and kept."""

    def __init__(self, text: str, *, stem: bool = True) -> None:
        self.text = text
        self.stem = stem
        self._ngrams: dict[int, Counter[Any]] = {}

    @cached_property
    def tokens(self) -> list[str]:
        return google_tokens(self.text, stem=self.stem)

    @cached_property
    def lines(self) -> list[list[str]]:
        """Tokens of each line that has any."""
        split = (google_tokens(line, stem=self.stem) for line in self.text.split("\n"))
        return [tokens for tokens in split if tokens]

    @cached_property
    def line_positions(self) -> list[dict[str, int]]:
        return [positions(line) for line in self.lines]

    def ngrams(self, n: int) -> Counter[Any]:
        """`count_ngrams` of the whole text: line ends do not interrupt an n-gram."""
        if n not in self._ngrams:
            self._ngrams[n] = count_ngrams(self.tokens, n)
        return self._ngrams[n]


def prf_of_hits(hits: int, predicted: int, expected: int) -> Prf:
    """Precision, recall and F of `hits` among the units predicted and expected; 0 where there are none."""
    precision, recall = hits / max(predicted, 1), hits / max(expected, 1)
    total = precision + recall
    return Prf(precision, recall, 2 * precision * recall / total if total > 0 else 0.0)


def overlap(predicted: Counter[Any], expected: Counter[Any]) -> Prf:
    """Clipped overlap of two n-gram counts (Lin 2004, section 2)."""
    few, many = sorted((predicted, expected), key=len)
    hits = sum(min(count, many[gram]) for gram, count in few.items() if gram in many)
    return prf_of_hits(hits, predicted.total(), expected.total())


def rouge_n(prediction: Prepared, reference: Prepared, n: int) -> Prf:
    """ROUGE-N of one pair."""
    return overlap(prediction.ngrams(n), reference.ngrams(n))


def rouge_l(prediction: Prepared, reference: Prepared) -> Prf:
    """ROUGE-L of one pair, over the whole token sequences."""
    hits = lcs_length(reference.tokens, prediction.tokens)
    return prf_of_hits(hits, len(prediction.tokens), len(reference.tokens))


def rouge_lsum(prediction: Prepared, reference: Prepared) -> Prf:
    """Summary-level ROUGE-L of one pair, over lines."""
    left_prediction, left_reference = prediction.ngrams(1).copy(), reference.ngrams(1).copy()
    hits = 0
    for sentence, where in zip(reference.lines, reference.line_positions, strict=True):
        union = 0
        for candidate in prediction.lines:
            union |= lcs_positions(where, len(sentence), candidate)
        while union:
            lowest = union & -union
            union ^= lowest
            token = sentence[lowest.bit_length() - 1]
            if left_prediction[token] > 0 and left_reference[token] > 0:
                hits += 1
                left_prediction[token] -= 1
                left_reference[token] -= 1
    return prf_of_hits(hits, len(prediction.tokens), len(reference.tokens))


def score_pair(prediction: Prepared, reference: Prepared, rouge_type: str) -> Prf:
    """One ROUGE type of one pair; ConfigError if the type is unknown."""
    if rouge_type == "rougeL":
        return rouge_l(prediction, reference)
    if rouge_type == "rougeLsum":
        return rouge_lsum(prediction, reference)
    match = _NGRAM_TYPE.fullmatch(rouge_type)
    if match is None:
        raise ConfigError([f"unknown ROUGE type {rouge_type!r}: use rouge1, rouge2, … rougeL or rougeLsum"])
    return rouge_n(prediction, reference, int(match[1]))


def score_best(predictions: Sequence[Prepared], references: Sequence[Prepared], rouge_type: str) -> Prf:
    """The best pair by F among alternatives; the first of equals, as in rouge-score's `score_multi`."""
    scores = (score_pair(own, other, rouge_type) for own in predictions for other in references)
    return max(scores, key=lambda score: score.f, default=ZERO)
