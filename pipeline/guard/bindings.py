"""Facts that changed places: a number, date or name that stands where the evidence has another one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.facts.slots import Slot
from pipeline.guard.aliases import knows
from pipeline.guard.evidence import Reading
from pipeline.guard.support import is_supported
from pipeline.records import Reason

_CODES = {"number": "unsupported:number", "name": "unsupported:name"}


def misplaced(candidate: Reading, evidence: Reading, kinds: frozenset[str]) -> Iterator[Reason]:
    """A reason for each fact of `kinds` that stands where the evidence has another fact of its kind.

    The surroundings of a fact that the evidence lacks must fit the other's well; those of one that it has must fit
    the other's much better than its own. A name that the evidence knows in another form is left alone.
    """
    for slot in candidate.slots:
        if slot.kind not in kinds:
            continue
        rivals = [s for s in evidence.slots if s.kind == slot.kind]
        own = [s for s in rivals if not s.keys.isdisjoint(slot.keys)]
        others = [s for s in rivals if s.keys.isdisjoint(slot.keys)]
        if not others or (not own and _is_known(slot, candidate, evidence)):
            continue
        if _is_misplaced(slot, own, others):
            yield Reason(_CODES.get(slot.kind, "unsupported:date"), slot.span, slot.text)


def _is_misplaced(slot: Slot, own: Sequence[Slot], others: Sequence[Slot]) -> bool:
    rival = max(_fit(slot, other) for other in others)
    if not own:
        return rival >= (3 if slot.kind == "name" else 2)
    best = max(_fit(slot, s) for s in own)
    return rival >= 4 and best == 0 if slot.kind == "name" else rival >= 3 and rival >= 2 + best


def _is_known(slot: Slot, candidate: Reading, evidence: Reading) -> bool:
    """Whether the evidence has the fact in another form: "Obama" as "the Obamas", 116 as "more than 100"."""
    if slot.kind == "name":
        return any(knows(key, evidence.source) for key in slot.keys)
    return any(is_supported(q, evidence.source) for q in candidate.facts.quantities if q.span == slot.span)


def _fit(slot: Slot, other: Slot) -> int:
    """How alike the surroundings are: 2 for the nearest word of a side in the nearest place, 1 for one in reach."""
    return _side(slot.left, other.left) + _side(slot.right, other.right) + (bool(slot.lead) and slot.lead == other.lead)


def _side(ours: Sequence[frozenset[str]], theirs: Sequence[frozenset[str]]) -> int:
    if not ours or not theirs:
        return 0
    if not ours[0].isdisjoint(theirs[0]):
        return 2
    return int(any(not a.isdisjoint(b) for a in ours for b in theirs))
