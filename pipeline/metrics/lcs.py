"""Longest common subsequences of numbered tokens, exact and bit-parallel.

A pair's common tokens have the numbers from 1, all others are 0: these cannot be on a common subsequence. Lengths are
rapidfuzz's (it compares hashes, and those of small integers never collide). ROUGE-Lsum also needs to know which
reference tokens stand on the subsequence; there bit-vectors are Python integers, and a bit stands for a reference
token. The recurrence is Hyyrö's (2004, "Bit-parallel LCS-length computation revisited"), and the columns it leaves
behind hold enough of the dynamic programming table to walk back through it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import LCSseq

Column = tuple[int, int, int]
Numbers = Sequence[int]


def lcs_length(a: Sequence[int], b: Sequence[int]) -> int:
    """Length of the longest common subsequence of two sequences without 0."""
    return int(LCSseq.similarity(a, b))


def overlap_size(a: Iterable[int], b: Iterable[int]) -> int:
    """How many numbers two collections have in common, each as often as both have it: the LCS of the sorted ones."""
    return int(LCSseq.similarity(sorted(a), sorted(b)))


@dataclass(frozen=True, slots=True)
class LineTable:
    """The common tokens of a reference's lines side by side in one bit-vector; behind each line a bit stays free.

    `where[k]` are the bits of token k (none of 0), `lines` those of each line, `all` those of all lines.
    """

    where: Sequence[int]
    lines: tuple[int, ...]
    all: int


def line_table(lines: Iterable[Numbers], common: int) -> LineTable:
    """The table of lines of numbers from 0 to `common`."""
    where = [0] * (common + 1)
    spans = []
    bit = 1
    for line in lines:
        first = bit
        for token in filter(None, line):
            where[token] |= bit
            bit <<= 1
        spans.append(bit - first)
        bit <<= 1
    return LineTable(where, tuple(spans), sum(spans))


def lcs_bits(table: LineTable, candidate: Numbers) -> int:
    """The bits of each line's tokens that are in its LCS with `candidate`, as rouge-score picks them.

    One pass over the candidate serves all lines: the carry of the addition runs out of a line into the free bit
    behind it and is dropped there.
    """
    full, flat = table.all, table.all  # a bit of `flat` is set where the table does not grow at that reference token
    matched = 0
    columns: list[Column] = []
    where = table.where
    for place, token in enumerate(candidate):
        if token:
            mask = where[token]
            matched |= mask
            shared = flat & mask
            flat = ((flat + shared) | (flat ^ shared)) & full
            columns.append((place, mask, flat))
    grown = full ^ flat
    if grown.bit_count() == matched.bit_count():
        return matched  # as many on the subsequences as there are tokens in common: it is all of these
    columns.reverse()
    picked = 0
    for line in table.lines:
        found = matched & line
        if (grown & line).bit_count() != found.bit_count():
            found = _walk([column for column in columns if column[1] & line], line, len(candidate))
        picked |= found
    return picked


def _walk(columns: Iterable[Column], line: int, after: int) -> int:
    """Back through the table of one line, from its last token and its last matching column, before column `after`.

    Several LCS may exist; rouge-score takes a match wherever it stands on one, and otherwise leaves the reference
    token unless only the shorter candidate prefix reaches the same length: that is, unless the table grows at this
    reference token. In a column without a match it so goes back to where the table grows, and stays there through
    all such columns: after some, a match elsewhere in the next column is out of reach.
    """
    picked, below = 0, line
    for place, mask, flat in columns:
        stops = ((mask | ~flat) if place + 1 == after else ~flat) & below
        if not stops:
            break
        here = 1 << (stops.bit_length() - 1)
        if mask & here:
            picked |= here
            below &= here - 1
        else:
            below &= here | (here - 1)
        after = place
    return picked
