"""ROUGE-N, ROUGE-L and ROUGE-Lsum (Lin 2004) of one pair, in the profile `google` equal to rouge-score 0.1.2.

ROUGE-N: clipped n-gram overlap (section 2). ROUGE-L: longest common subsequence of the two token sequences
(section 3.1). ROUGE-Lsum: the union of each reference sentence's LCS with every candidate sentence (section
3.2), each token counted no oftener than it occurs on either side, as ROUGE-1.5.5 does; sentences are the
lines of the text. F is the harmonic mean of precision and recall (beta = 1).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Hashable, Sequence
from functools import cached_property, lru_cache
from itertools import chain
from typing import Any, NamedTuple

from pipeline.errors import ConfigError
from pipeline.metrics.lcs import LineTable, lcs_bits, lcs_length, line_table, numbering
from pipeline.metrics.profiles import GOOGLE, Profile

ROUGE_TYPES = ("rouge1", "rouge2", "rougeL", "rougeLsum")
_NGRAM_TYPE = re.compile(r"rouge([1-9][0-9]*)")


class Prf(NamedTuple):
    """Precision, recall and F as fractions (0 to 1)."""

    p: float
    r: float
    f: float


class Hits(NamedTuple):
    """Units in common, in the prediction, and in the reference: n-grams, or words for ROUGE-L."""

    hits: int
    predicted: int
    expected: int


ZERO = Prf(0.0, 0.0, 0.0)


def count_ngrams(tokens: Sequence[str], n: int) -> Counter[Any]:
    """Occurrences of each n-gram: keys are tokens for n = 1, tuples of n tokens otherwise."""
    return Counter(tokens) if n == 1 else Counter(zip(*(tokens[k:] for k in range(n)), strict=False))


class Prepared:
    """One text, tokenized; everything derived from the tokens is made when first needed and kept."""

    def __init__(self, text: str, *, stem: bool = True, profile: Profile = GOOGLE) -> None:
        self.text = text
        self.stem = stem
        self.profile = profile
        self._ngrams: dict[int, Counter[Any]] = {}

    @cached_property
    def lines(self) -> list[list[str]]:
        """Tokens of each line."""
        return [self.profile.tokens(line, stem=self.stem) for line in self.text.split("\n")]

    @cached_property
    def tokens(self) -> list[str]:
        """Tokens of all lines: in every profile a line end separates words."""
        return self.lines[0] if len(self.lines) == 1 else list(chain.from_iterable(self.lines))

    @cached_property
    def numbers(self) -> dict[Hashable, int]:
        return numbering(self.tokens)

    @cached_property
    def line_table(self) -> LineTable:
        return line_table(self.lines)

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


def common(predicted: Counter[Any], expected: Counter[Any]) -> int:
    """Clipped overlap of two n-gram counts (Lin 2004, section 2)."""
    shared = predicted.keys() & expected.keys()
    return sum([min(predicted[gram], expected[gram]) for gram in shared])


def overlap(predicted: Counter[Any], expected: Counter[Any]) -> Prf:
    """Precision, recall and F of the clipped overlap."""
    return prf_of_hits(common(predicted, expected), predicted.total(), expected.total())


def hits_n(prediction: Prepared, reference: Prepared, n: int) -> Hits:
    """ROUGE-N of one pair."""
    hits = common(prediction.ngrams(n), reference.ngrams(n))
    return Hits(hits, max(len(prediction.tokens) - n + 1, 0), max(len(reference.tokens) - n + 1, 0))


def hits_l(prediction: Prepared, reference: Prepared) -> Hits:
    """ROUGE-L of one pair, over the whole token sequences."""
    hits = lcs_length(reference.tokens, prediction.tokens, reference.numbers)
    return Hits(hits, len(prediction.tokens), len(reference.tokens))


def hits_lsum(prediction: Prepared, reference: Prepared) -> Hits:
    """Summary-level ROUGE-L of one pair, over lines."""
    table = reference.line_table
    union = 0
    for line in prediction.lines:
        union |= lcs_bits(table, line)
    hits = 0
    if union:
        predicted = prediction.ngrams(1)
        hits = sum([min((bits & union).bit_count(), predicted[token]) for token, bits in table.where.items()])
    return Hits(hits, len(prediction.tokens), len(reference.tokens))


def count_pair(prediction: Prepared, reference: Prepared, rouge_type: str) -> Hits:
    """The counts behind one ROUGE type of one pair; ConfigError if the type is unknown."""
    n = ngram_order(rouge_type)
    if n:
        return hits_n(prediction, reference, n)
    if rouge_type == "rougeL" and not prediction.profile.pooled:
        return hits_l(prediction, reference)
    return hits_lsum(prediction, reference)


@lru_cache(maxsize=64)
def ngram_order(rouge_type: str) -> int:
    """N of `rougeN`, 0 for rougeL and rougeLsum; ConfigError if the type is unknown."""
    if rouge_type in ("rougeL", "rougeLsum"):
        return 0
    match = _NGRAM_TYPE.fullmatch(rouge_type)
    if match is None:
        raise ConfigError([f"unknown ROUGE type {rouge_type!r}: use rouge1, rouge2, … rougeL or rougeLsum"])
    return int(match[1])
