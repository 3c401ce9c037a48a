"""The guard: is a candidate supported by its article, and is it a finished text?

| code | rejects because | setting |
|---|---|---|
| `empty`, `too_short` | no word; fewer words than `form.MIN_WORDS` of its kind | always |
| `unsupported:number` | a quantity that the article does not have, with that unit | `numbers` |
| `unsupported:date` | a weekday, month, day or year that the article does not name | `dates` |
| `unsupported:name` | a name that is neither a mention of the article nor its alias | `names` |
| the same three | a fact that stands where the evidence has another of its kind | `bindings` |
| `unsupported:quotation` | quoted words that the article does not have in this order | `quotations` |
| `unsupported:role` | an office or party that the article gives to others | `roles` |
| `unsupported:speaker` | words that the article or the evidence has somebody else say | `speakers` |
| `unsupported:negation` | a negation lost or added | `negation` |
| `unsupported:modality` | "may" or "plans to" told as "will" or as done, or the other way | `modality` |
| `unsupported:comparison` | a direction flipped ("rose", "fell") | `comparisons` |
| `unsupported:swap` | who acts and who is acted on exchanged | `swaps` |
| `unsupported:relation` | two things joined ("for", "over") that the evidence joins to others | `relations` |
| `repetition` | a word or phrase said twice | `repetition` |
| `garbled` | a word neither of the article nor of English | `garbled` |
| `unfinished` | breaks off: no full stop, a last word that wants another, an open mark | `unfinished` |
| `verbatim` | a copy of the article; by default noted, not rejected | `verbatim` |

`bindings` and all from `negation` to `relations` compare with the evidence and run only where it is given.
A reason's detail is the guilty text: `unsupported:number:1,200`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from pipeline.facts import Facts
from pipeline.guard import bindings, comparison, form, modality, negation, offices, relations, speakers, support, swaps
from pipeline.guard.aliases import unsupported_names, unsupported_title_words
from pipeline.guard.evidence import Reading, read_evidence
from pipeline.guard.form import is_title_case
from pipeline.guard.source import Source, read_source, read_text
from pipeline.records import Kind, Reason, Verdict

__all__ = [
    "CHECKS",
    "Checks",
    "GuardSettings",
    "Source",
    "is_title_case",
    "judge",
    "read_source",
    "read_text",
]


class GuardSettings(Protocol):
    """Which checks run; `verbatim` is "warn" (noted only), "reject" or "off". Equal ones have the same hash."""

    def __hash__(self) -> int: ...
    @property
    def numbers(self) -> bool: ...
    @property
    def dates(self) -> bool: ...
    @property
    def names(self) -> bool: ...
    @property
    def quotations(self) -> bool: ...
    @property
    def bindings(self) -> bool: ...
    @property
    def roles(self) -> bool: ...
    @property
    def speakers(self) -> bool: ...
    @property
    def negation(self) -> bool: ...
    @property
    def modality(self) -> bool: ...
    @property
    def comparisons(self) -> bool: ...
    @property
    def swaps(self) -> bool: ...
    @property
    def relations(self) -> bool: ...
    @property
    def repetition(self) -> bool: ...
    @property
    def garbled(self) -> bool: ...
    @property
    def unfinished(self) -> bool: ...
    @property
    def verbatim(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Checks:
    """The default settings: everything on, copies noted."""

    numbers: bool = True
    dates: bool = True
    names: bool = True
    quotations: bool = True
    repetition: bool = True
    garbled: bool = True
    unfinished: bool = True
    bindings: bool = True
    roles: bool = True
    speakers: bool = True
    negation: bool = True
    modality: bool = True
    comparisons: bool = True
    swaps: bool = True
    relations: bool = True
    verbatim: str = "warn"


CHECKS = Checks()


def judge(
    candidate_text: str,
    source: Source,
    *,
    kind: Kind,
    settings: GuardSettings = CHECKS,
    evidence: str | None = None,
) -> Verdict:
    """Judge one candidate of `kind` against its article.

    `evidence`: the article's sentences it was made from; without it only facts of the whole article are compared.
    Spans of the reasons are code points of `candidate_text`. `ok` is False if any reason rejects, which all do but a
    `verbatim` warning.
    """
    facts = read_evidence(candidate_text).facts
    reasons = tuple(form.too_little(facts, kind))
    if reasons and reasons[0].code == "empty":
        return Verdict(False, reasons)
    titled = kind == "headlines" and is_title_case(facts)
    stated, copied, bound = _compared(candidate_text, source, settings, evidence, titled)
    unfinished = tuple(form.unfinished(facts, kind)) if settings.unfinished else ()
    reasons += _merged((*stated, *unfinished, *copied), bound)
    rejecting = [r for r in reasons if r.code != "verbatim" or settings.verbatim == "reject"]
    return Verdict(not rejecting, reasons)


@lru_cache(maxsize=1024)
def _compared(
    text: str, source: Source, settings: GuardSettings, evidence: str | None, titled: bool
) -> tuple[tuple[Reason, ...], tuple[Reason, ...], tuple[Reason, ...]]:
    """What does not depend on the kind, so that a text that serves several is compared once: what is wrong with what it
    states, whether it is a copy, and what is wrong with what it binds together."""
    candidate, known = read_evidence(text), None if evidence is None else read_evidence(evidence)
    copied = () if settings.verbatim == "off" else tuple(form.verbatim(candidate.facts, source))
    bound = tuple(_bound(candidate, source, known, settings, titled))
    return tuple(_stated(candidate.facts, source, settings, titled)), copied, bound


def _stated(facts: Facts, source: Source, settings: GuardSettings, titled: bool) -> Iterator[Reason]:
    """What the text states, each fact by itself, and its form as far as it is the same for every kind."""
    if settings.numbers:
        yield from support.unsupported_numbers(facts, source)
    if settings.dates:
        yield from support.unsupported_dates(facts, source)
    if settings.names:
        check = unsupported_title_words if titled else unsupported_names
        yield from check(facts, source)
    if settings.quotations:
        yield from support.unsupported_quotations(facts, source)
    if settings.repetition:
        yield from form.repetition(facts, source)
    if settings.garbled:
        yield from form.garbled(facts, source)


def _bound(
    candidate: Reading, source: Source, evidence: Reading | None, settings: GuardSettings, titled: bool
) -> Iterator[Reason]:
    """What is bound to what: compared with the article where it is named there, else with the evidence."""
    if settings.roles and not titled:  # in title case a name beside an office may be any word
        yield from offices.misgiven(candidate, source)
    if settings.speakers:
        yield from speakers.misattributed(candidate, source, evidence)
    if evidence is None:
        return
    if settings.bindings:
        yield from bindings.misplaced(candidate, evidence, _kinds(settings))
    if settings.negation:
        yield from negation.lost_or_added(candidate.facts, evidence.facts)
    if settings.modality:
        yield from modality.changed_moods(candidate, evidence)
    if settings.comparisons:
        yield from comparison.flipped(candidate, evidence)
    if settings.relations:
        yield from relations.invented(candidate, evidence)
    if settings.swaps:
        yield from swaps.swapped(candidate, evidence)


def _kinds(settings: GuardSettings) -> frozenset[str]:
    """The kinds of facts whose checks are on."""
    kinds = (("number",) if settings.numbers else ()) + (("name",) if settings.names else ())
    return frozenset(kinds + (("weekday", "month", "day", "year") if settings.dates else ()))


def _merged(one: tuple[Reason, ...], two: tuple[Reason, ...]) -> tuple[Reason, ...]:
    """Both, where one blames words that the other blames only once: an office beside a name rather than the name."""
    offices = [r for r in two if r.code == "unsupported:role"]
    one = tuple(r for r in one if r.code != "unsupported:name" or not any(_overlap(r, o) for o in offices))
    blamed = [r for r in one if r.code.startswith("unsupported")]
    return one + tuple(r for r in two if not any(_overlap(r, other) for other in blamed))


def _overlap(one: Reason, two: Reason) -> bool:
    return one.span[0] < two.span[1] and two.span[0] < one.span[1]
