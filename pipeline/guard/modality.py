"""Moods changed between a candidate and its evidence: what may be told as what is, what is planned as what will be."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.facts.mood_words import FUTURE, MAY, UNSURE, WILL
from pipeline.facts.statements import Mood, Statement
from pipeline.guard.evidence import Reading
from pipeline.records import Reason

# Candidate's mood → moods of the evidence that do not bear it
_UNBORNE: dict[Mood, frozenset[Mood]] = {
    "fact": frozenset(("may", "aim", "will", "claim")),
    "will": frozenset(("may", "aim", "claim")),
    "may": frozenset(("fact", "will")),
    "aim": frozenset(("fact",)),
}


def changed_moods(candidate: Reading, evidence: Reading) -> Iterator[Reason]:
    """`unsupported:modality` for a verb that every sentence of the evidence states in a mood that does not bear the
    candidate's, and for "may" or "will" where the evidence has only the other."""
    for statement in candidate.statements:
        denied = _UNBORNE.get(statement.mood)
        if denied is None:
            continue
        moods = {e.mood for e in evidence.statements if not e.forms.isdisjoint(statement.forms)}
        if moods and moods <= denied and not (statement.mood == "fact" and _is_guarded(candidate)):
            yield _reason(statement)
            return
    yield from _swapped_cues(candidate, evidence)


def _reason(statement: Statement) -> Reason:
    word = statement.cue or statement.word
    return Reason("unsupported:modality", (word.start, word.end), word.text)


def _is_guarded(reading: Reading) -> bool:
    """Whether the text says of anything that it is not sure."""
    return any(s.mood in ("may", "aim", "claim") for s in reading.statements) or not reading.keys.isdisjoint(UNSURE)


def _swapped_cues(candidate: Reading, evidence: Reading) -> Iterator[Reason]:
    """ "will" although the evidence knows only "may"; "may" although it is sure of what will be."""
    may_only = not evidence.keys.isdisjoint(MAY) and evidence.keys.isdisjoint(FUTURE)
    sure = evidence.keys.isdisjoint(UNSURE) and not evidence.keys.isdisjoint(WILL)
    for word in candidate.facts.words:
        if not word.is_capital and ((may_only and word.key in WILL) or (sure and word.key in MAY)):
            yield Reason("unsupported:modality", (word.start, word.end), word.text)
            return
