"""Longest common subsequences, exact and bit-parallel.

Lengths are rapidfuzz's. ROUGE-Lsum also needs to know which reference tokens stand on the subsequence; there
bit-vectors are Python integers, and bit i stands for reference token i. The recurrence is Hyyrö's (2004,
"Bit-parallel LCS-length computation revisited"), and the columns it leaves behind hold enough of the dynamic
programming table to walk back through it.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import LCSseq

Column = tuple[int, int]


def numbering(tokens: Iterable[Hashable]) -> dict[Hashable, int]:
    """Each different token → a number from 0."""
    numbers: dict[Hashable, int] = {}
    for token in tokens:
        numbers.setdefault(token, len(numbers))
    return numbers


def lcs_length(reference: Sequence[Hashable], candidate: Sequence[Hashable], numbers: Mapping[Hashable, int]) -> int:
    """Length of the longest common subsequence; `numbers` is `numbering(reference)`.

    Numbers because rapidfuzz compares hashes, and only those of small integers never collide. Candidate tokens
    that the reference lacks cannot be on the subsequence and are left out.
    """
    left = [numbers[token] for token in reference]
    right = [numbers[token] for token in candidate if token in numbers]
    return int(LCSseq.similarity(left, right))


@dataclass(frozen=True, slots=True)
class LineTable:
    """The lines of a reference side by side in one bit-vector; after each line a bit stays free.

    `where` maps a token to the bits where it stands, `lines` holds the bits of each line, `all` those of all lines.
    """

    where: Mapping[str, int]
    lines: tuple[int, ...]
    all: int


def line_table(lines: Iterable[Sequence[str]]) -> LineTable:
    """The table of tokenized lines."""
    where: dict[str, int] = {}
    spans = []
    bit = 1
    for line in lines:
        first = bit
        for token in line:
            where[token] = where.get(token, 0) | bit
            bit <<= 1
        spans.append(bit - first)
        bit <<= 1
    return LineTable(where, tuple(spans), sum(spans))


def lcs_bits(table: LineTable, candidate: Iterable[str]) -> int:
    """The bits of each line's tokens that are in its LCS with `candidate`, as rouge-score picks them.

    One pass over the candidate serves all lines: the carry of the addition runs out of a line into the free bit
    behind it and is dropped there.
    """
    full, flat = table.all, table.all  # a bit of `flat` is set where the table does not grow at that reference token
    columns: list[Column] = []
    find = table.where.get
    for token in candidate:
        mask = find(token, 0)
        if mask:
            shared = flat & mask
            flat = ((flat + shared) | (flat - shared)) & full
        elif columns and not columns[-1][0]:
            continue  # of columns without a match in a row, one is enough for the walk
        columns.append((mask, full ^ flat))
    if flat == full:
        return 0
    columns.reverse()
    picked = 0
    for line in table.lines:
        if flat & line != line:
            picked |= _walk(columns, line)
    return picked


def _walk(columns: Iterable[Column], line: int) -> int:
    """Back through the table of one line, from its last token and the last column.

    Several LCS may exist; rouge-score takes a match wherever it stands on one, and otherwise leaves the reference
    token unless only the shorter candidate prefix reaches the same length: that is, unless the table grows at this
    reference token.
    """
    picked, below = 0, line
    for mask, grows in columns:
        stops = (mask | grows) & below
        if not stops:
            break
        here = 1 << (stops.bit_length() - 1)
        if mask & here:
            picked |= here
            below = line & (here - 1)
        else:
            below = line & (here | (here - 1))
    return picked
