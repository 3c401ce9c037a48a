"""The guard: is a candidate supported by its article, and is it a finished text?

| code | rejects because | setting |
|---|---|---|
| `empty`, `too_short` | no word; fewer words than `form.MIN_WORDS` of its kind | always |
| `unsupported:number` | a quantity that the article does not have, with that unit | `numbers` |
| `unsupported:date` | a weekday, month, day or year that the article does not name | `dates` |
| `unsupported:name` | a name that is neither a mention of the article nor its alias | `names` |
| `unsupported:quotation` | quoted words that the article does not have in this order | `quotations` |
| `unsupported:negation` | a negation lost or added against the evidence given | with `evidence` |
| `repetition` | a word or phrase said twice | `repetition` |
| `garbled` | a word neither of the article nor of English | `garbled` |
| `unfinished` | breaks off: no full stop, a last word that wants another, an open mark | `unfinished` |
| `verbatim` | a copy of the article; by default noted, not rejected | `verbatim` |

A reason's detail is the guilty text: `unsupported:number:1,200`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from pipeline.facts import FUNCTION_WORDS, Facts, extract_facts
from pipeline.guard import form, negation, support
from pipeline.guard.aliases import unsupported_names, unsupported_title_words
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
    """Which checks run; `verbatim` is "warn" (noted only), "reject" or "off"."""

    @property
    def numbers(self) -> bool: ...
    @property
    def dates(self) -> bool: ...
    @property
    def names(self) -> bool: ...
    @property
    def quotations(self) -> bool: ...
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

    `evidence`: the article's sentences it was made from; without it negation is not checked. Spans of the reasons are
    code points of `candidate_text`. `ok` is False if any reason rejects, which all do but a `verbatim` warning.
    """
    facts = extract_facts(candidate_text)
    reasons = tuple(form.too_little(facts, kind))
    if reasons and reasons[0].code == "empty":
        return Verdict(False, reasons)
    reasons += tuple(_reasons(facts, source, kind, settings))
    if evidence is not None:
        reasons += tuple(negation.lost_or_added(facts, evidence))
    rejecting = [r for r in reasons if r.code != "verbatim" or settings.verbatim == "reject"]
    return Verdict(not rejecting, reasons)


def _reasons(facts: Facts, source: Source, kind: Kind, settings: GuardSettings) -> Iterator[Reason]:
    if settings.numbers:
        yield from support.unsupported_numbers(facts, source)
    if settings.dates:
        yield from support.unsupported_dates(facts, source)
    if settings.names:
        titled = kind == "headlines" and is_title_case(facts)
        check = unsupported_title_words if titled else unsupported_names
        yield from check(facts, source)
    if settings.quotations:
        yield from support.unsupported_quotations(facts, source)
    if settings.repetition:
        yield from form.repetition(facts, source)
    if settings.garbled:
        yield from form.garbled(facts, source)
    if settings.unfinished:
        yield from form.unfinished(facts, kind)
    if settings.verbatim != "off":
        yield from form.verbatim(facts, source)


def is_title_case(text: str | Facts) -> bool:
    """Whether most words are capitalised ("Senate Passes Budget After Long Night"), so that capitals mark no names.

    At least three words over three letters that carry meaning, and five sixths of all such words.
    """
    facts = text if isinstance(text, Facts) else extract_facts(text)
    long = [w for w in facts.words if w.is_word and len(w.text) > 3 and w.key not in FUNCTION_WORDS]
    return len(long) >= 3 and 6 * sum(w.is_capital for w in long) >= 5 * len(long)
