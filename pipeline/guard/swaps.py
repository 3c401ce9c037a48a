"""Who did it and to whom, exchanged between a candidate and its evidence: "A sued B" for "B sued A"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.facts.forms import is_verb_form
from pipeline.facts.statements import Statement, meet
from pipeline.facts.words import Word
from pipeline.guard.evidence import Reading
from pipeline.lexicon import word_set
from pipeline.records import Reason

# Verbs that mean the same both ways, or whose subject may follow them
_MUTUAL = word_set("meet marry join face play fight debate resemble follow include become be say tell add draw tie")
Roles = tuple[Sequence[Word], Sequence[Word]]


def swapped(candidate: Reading, evidence: Reading) -> Iterator[Reason]:
    """`unsupported:swap` for a verb whose two sides are exchanged in every sentence of the evidence that has it."""
    for statement in candidate.statements:
        ours = _sides(statement)
        if ours is None:
            continue
        theirs = [_sides(e) for e in evidence.statements if not e.forms.isdisjoint(statement.forms)]
        known = [sides for sides in theirs if sides is not None]
        if known and len(known) == len(theirs) and all(_exchanged(ours, sides) for sides in known):
            first, last = min(w.start for w in ours[0] + ours[1]), max(w.end for w in ours[0] + ours[1])
            yield Reason("unsupported:swap", (first, last), candidate.facts.text[first:last])
            return


def _sides(statement: Statement) -> tuple[tuple[Word, ...], tuple[Word, ...]] | None:
    """(what acts, what is acted on) of a verb; None if one of them is not told."""
    if not is_verb_form(statement.word.key) and not statement.mood:
        return None
    if not statement.forms.isdisjoint(_MUTUAL):
        return None
    acting, acted = statement.before, statement.after
    if statement.passive:
        acting, acted = statement.agent, statement.before
    return (acting, acted) if acting and acted else None


def _exchanged(ours: Roles, theirs: Roles) -> bool:
    return (
        meet(ours[0], theirs[1])
        and meet(ours[1], theirs[0])
        and not meet(ours[0], theirs[0])
        and not meet(ours[1], theirs[1])
    )
