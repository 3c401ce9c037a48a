"""Longest common subsequences, exact and bit-parallel.

Bit-vectors are Python integers; bit i stands for reference token i. The recurrence is Hyyrö's (2004,
"Bit-parallel LCS-length computation revisited"), and the columns it leaves behind hold enough of the dynamic
programming table to walk back through it.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence

from rapidfuzz.distance import LCSseq

Positions = Mapping[str, int]


def lcs_length(a: Sequence[Hashable], b: Sequence[Hashable]) -> int:
    """Length of the longest common subsequence of two token sequences.

    Tokens are numbered first: rapidfuzz compares hashes, and only those of small integers never collide.
    """
    numbers: dict[Hashable, int] = {}
    left = [numbers.setdefault(token, len(numbers)) for token in a]
    right = [numbers.setdefault(token, len(numbers)) for token in b]
    return int(LCSseq.similarity(left, right))


def positions(tokens: Sequence[str]) -> dict[str, int]:
    """Token → bit-vector of the positions where it stands in `tokens`."""
    found: dict[str, int] = {}
    for index, token in enumerate(tokens):
        found[token] = found.get(token, 0) | (1 << index)
    return found


def lcs_positions(reference: Positions, length: int, candidate: Sequence[str]) -> int:
    """Bit-vector of the reference positions in the LCS with `candidate` that rouge-score picks.

    `reference` is `positions()` of a reference sentence of `length` tokens. Several LCS may exist;
    rouge-score walks from the end, takes a match wherever it stands on one, and otherwise leaves the
    reference token unless only the shorter candidate prefix reaches the same length: that is, unless the
    table grows at this reference token.
    """
    matches = [reference.get(token, 0) for token in candidate]
    full = (1 << length) - 1
    flat, columns = full, []  # a bit of `flat` is set where the table does not grow at that reference token
    for mask in matches:
        shared = flat & mask
        if shared:
            flat = ((flat + shared) | (flat - shared)) & full
        columns.append(full ^ flat)
    if flat == full:
        return 0
    picked, below = 0, full
    for mask, grows in zip(reversed(matches), reversed(columns), strict=True):
        stops = (mask | grows) & below
        if not stops:
            break
        here = 1 << (stops.bit_length() - 1)
        if mask & here:
            picked |= here
            below = here - 1
        else:
            below = here | (here - 1)
    return picked
