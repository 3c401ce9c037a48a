"""Directions flipped between a candidate and its evidence: "rose" for "fell", "after" for "before"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.facts.opposites import Direction
from pipeline.guard.evidence import Reading
from pipeline.records import Reason


def flipped(candidate: Reading, evidence: Reading) -> Iterator[Reason]:
    """`unsupported:comparison` for a word whose opposite the evidence says of the same thing, while it does not say
    the word itself of it. Negated words are left to the check of negations."""
    for direction in candidate.directions:
        axis = [d for d in evidence.directions if d.axis == direction.axis]
        ours = [d for d in axis if d.sign == direction.sign]
        opposed = [d for d in axis if d.sign != direction.sign]
        if direction.negated or any(d.negated for d in axis) or not opposed:
            continue
        if _spoken_twice(candidate, direction) or (ours and _has_both(candidate, direction)):
            continue
        if _shared(direction, opposed) > (_shared(direction, ours) if ours else 0):
            if ours and (direction.link or _shared(direction, ours) > 0):
                continue
            yield Reason("unsupported:comparison", (direction.word.start, direction.word.end), direction.word.text)
            return


def _shared(direction: Direction, others: Sequence[Direction]) -> int:
    """The most words near it that one of `others` has near too."""
    return max(sum(any(not a.isdisjoint(b) for b in other.near) for a in direction.near) for other in others)


def _spoken_twice(candidate: Reading, direction: Direction) -> bool:
    """Whether a word points one way on one axis and the other way on another ("lower"): then nothing is told."""
    same = [d for d in candidate.directions if d.word == direction.word]
    return len({d.sign for d in same}) > 1


def _has_both(candidate: Reading, direction: Direction) -> bool:
    """Whether the candidate also says the opposite of something ("from start to finish")."""
    return any(d.axis == direction.axis and d.sign != direction.sign for d in candidate.directions)
