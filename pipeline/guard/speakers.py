"""Words put into the wrong mouth: quotations against the whole article, indirect speech against the evidence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.facts.roles import ROLE_KEYS
from pipeline.facts.speech import Saying
from pipeline.guard.evidence import Reading
from pipeline.guard.source import Source
from pipeline.records import Reason


def misattributed(candidate: Reading, source: Source, evidence: Reading | None) -> Iterator[Reason]:
    """`unsupported:speaker` for a named speaker, if every place that has these words names somebody else."""
    quoted = [s for s in candidate.sayings if s.quoted]
    for saying in quoted:
        if saying.name is not None and _is_somebody_elses(saying, source.sayings):
            yield _reason(saying)
            return
    if evidence is None or any(s.name is not None for s in quoted):
        return
    for saying in candidate.sayings:
        known = saying.name is not None and source.keys.issuperset(saying.name.keys)
        if known and _is_unheard(saying, evidence):
            yield _reason(saying)
            return


def _reason(saying: Saying) -> Reason:
    assert saying.name is not None
    return Reason("unsupported:speaker", saying.name.span, saying.name.text)


def _is_somebody_elses(saying: Saying, known: Sequence[Saying]) -> bool:
    places = [s for s in known if s.quoted and saying.quoted in s.quoted]
    return bool(places) and all(s.name is not None and _differs(saying, s) for s in places)


def _is_unheard(saying: Saying, evidence: Reading) -> bool:
    """Whether the evidence has speakers, each of them another person, and this name at most as one spoken of."""
    return bool(evidence.sayings) and all(s.name is not None and _differs(saying, s) for s in evidence.sayings)


def _differs(saying: Saying, other: Saying) -> bool:
    """Whether the speakers are two; a speaker known by office only ("a House Republican") may be anyone."""
    assert saying.name is not None
    return saying.name.keys[-1] not in ROLE_KEYS and other.speaker.isdisjoint(saying.name.keys)
