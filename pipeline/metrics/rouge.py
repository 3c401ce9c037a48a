"""ROUGE-N, ROUGE-L and ROUGE-Lsum (Lin 2004) of one pair, in the profile `google` equal to rouge-score 0.1.2.

ROUGE-N: clipped n-gram overlap (section 2). ROUGE-L: longest common subsequence of the two token sequences
(section 3.1). ROUGE-Lsum: the union of each reference sentence's LCS with every candidate sentence (section
3.2), each token counted no oftener than it occurs on either side, as ROUGE-1.5.5 does; sentences are the
lines of the text. F is the harmonic mean of precision and recall (beta = 1).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import chain, repeat
from typing import Any, NamedTuple

from pipeline.errors import ConfigError
from pipeline.metrics.lcs import lcs_bits, lcs_length, line_table, overlap_size
from pipeline.metrics.profiles import GOOGLE, Profile

ROUGE_TYPES = ("rouge1", "rouge2", "rougeL", "rougeLsum")
_UNKNOWN = repeat(0)
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
    """One text, tokenized: `lines` of `tokens`."""

    __slots__ = ("_ngrams", "lines", "profile", "text", "tokens")

    def __init__(self, text: str, *, stem: bool = True, profile: Profile = GOOGLE) -> None:
        self.text = text
        self.profile = profile
        self.lines = profile.lines(text, stem=stem)
        self.tokens = list(chain.from_iterable(self.lines))  # in every profile a line end separates words
        self._ngrams: dict[int, Counter[Any]] | None = None

    def ngrams(self, n: int) -> Counter[Any]:
        """`count_ngrams` of the whole text, made once: line ends do not interrupt an n-gram."""
        if self._ngrams is None:
            self._ngrams = {}
        if n not in self._ngrams:
            self._ngrams[n] = count_ngrams(self.tokens, n)
        return self._ngrams[n]


class Match:
    """A prediction beside a reference: the counts behind every ROUGE type.

    Only tokens that both have can be in common, so these are numbered from 1, and all others are 0.
    """

    __slots__ = ("_common", "_expected", "_other", "_own", "_predicted")

    def __init__(self, prediction: Prepared, reference: Prepared) -> None:
        common = set(prediction.tokens).intersection(reference.tokens)
        number = {token: index for index, token in enumerate(common, start=1)}.get
        self._predicted, self._expected = prediction, reference
        self._own = list(map(number, prediction.tokens, _UNKNOWN))
        self._other = list(map(number, reference.tokens, _UNKNOWN))
        self._common = len(common)

    def hits(self, rouge_type: str) -> Hits:
        """Units in common and on either side; ConfigError if the type is unknown."""
        n = ngram_order(rouge_type)
        short = n - 1 if n else 0
        hits = self._hits(rouge_type, n) if self._common else 0
        return Hits(hits, max(len(self._own) - short, 0), max(len(self._other) - short, 0))

    def _hits(self, rouge_type: str, n: int) -> int:
        if n == 1:
            return overlap_size(filter(None, self._own), filter(None, self._other))
        if n:
            return self._grams(n)
        if rouge_type == "rougeL" and not self._predicted.profile.pooled:
            return lcs_length(list(filter(None, self._other)), list(filter(None, self._own)))
        return self._union()

    def _grams(self, n: int) -> int:
        """Clipped overlap of n-grams (Lin 2004, section 2), n > 1.

        An n-gram is the number of its first n − 1 tokens, and that of the last; the number is 0 if one of them is.
        """
        left, right, base = self._own, self._other, self._common + 1
        for order in range(1, n):
            if order > 1:  # numbered anew, so that they stay small
                common = set(left).intersection(right) - {0}
                number = {gram: index for index, gram in enumerate(common, start=1)}.get
                left, right = list(map(number, left, _UNKNOWN)), list(map(number, right, _UNKNOWN))
            left = [a * base + b if a and b else 0 for a, b in zip(left, self._own[order:], strict=False)]
            right = [a * base + b if a and b else 0 for a, b in zip(right, self._other[order:], strict=False)]
        return overlap_size(filter(None, left), filter(None, right))

    def _union(self) -> int:
        """Union LCS of each reference line with all lines of the prediction, clipped as words are."""
        table = line_table(_cut(self._other, self._expected.lines), self._common)
        union = 0
        for line in _cut(self._own, self._predicted.lines):
            union |= lcs_bits(table, line)
        picked = [(bits & union).bit_count() for bits in table.where]
        return sum(map(min, picked, map(Counter(self._own).__getitem__, range(self._common + 1))))


def _cut(numbers: list[int], lines: Iterable[Sequence[str]]) -> Iterator[list[int]]:
    """The numbers of each line."""
    start = 0
    for line in lines:
        end = start + len(line)
        yield numbers[start:end]
        start = end


def prf_of_hits(hits: int, predicted: int, expected: int) -> Prf:
    """Precision, recall and F of `hits` among the units predicted and expected; 0 where there are none."""
    precision, recall = hits / max(predicted, 1), hits / max(expected, 1)
    total = precision + recall
    return Prf(precision, recall, 2 * precision * recall / total if total > 0 else 0.0)


def overlap(predicted: Counter[Any], expected: Counter[Any]) -> Prf:
    """Precision, recall and F of the clipped overlap of two n-gram counts (Lin 2004, section 2)."""
    return prf_of_hits((predicted & expected).total(), predicted.total(), expected.total())


@lru_cache(maxsize=64)
def ngram_order(rouge_type: str) -> int:
    """N of `rougeN`, 0 for rougeL and rougeLsum; ConfigError if the type is unknown."""
    if rouge_type in ("rougeL", "rougeLsum"):
        return 0
    match = _NGRAM_TYPE.fullmatch(rouge_type)
    if match is None:
        raise ConfigError([f"unknown ROUGE type {rouge_type!r}: use rouge1, rouge2, … rougeL or rougeLsum"])
    return int(match[1])
