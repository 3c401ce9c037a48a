"""Repair before rejection: a candidate with one unsupported number, date, name or quotation, mended from its evidence.

The mend is the fact of the same sort that stands in the same place of the evidence: a number with the same unit
between the same words, a name that shares a word or its neighbours, the quotation as it was said. Where two would
do, or none surely does, nothing is mended. The guard judges the result anew; it is flagged
`repaired:<kind>:<old>-><new>`. Rates: `scripts/measure_repair.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from pipeline.facts import Facts, Word, extract_facts
from pipeline.facts.places import ROLES
from pipeline.lexicon import bases
from pipeline.records import Article, Candidate, Judged, Reason, Span

KINDS = {
    "unsupported:number": "number",
    "unsupported:date": "date",
    "unsupported:name": "name",
    "unsupported:quotation": "quotation",
}
GLUED_BEFORE, GLUED_AFTER = re.compile(r"\w[,.-]?$"), re.compile(r"\w|[,.]\w")  # a piece of a garbled word
VOWEL = re.compile(r"[aeiou8]|1[18](?!\d)", re.IGNORECASE)  # "an 11-week wait", "an 18-day trip", "an 85-mile road"
FAR = 4  # words of context compared on either side
PLACED = 3  # agreeing words on both sides together that show a place to be the same
MOST_CHANGED = 0.34  # share of a quotation's words that may be wrong


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact of one text for comparison: its span, its sort (kind and unit) and what tells it from others."""

    span: Span
    text: str
    sort: str
    keys: frozenset[str]


def repaired(judged: Sequence[Judged], article: Article) -> list[Candidate]:
    """The mended forms of rejected candidates, each text once and none that is a candidate already."""
    known = {item.candidate.text for item in judged}
    found: list[Candidate] = []
    for item in judged:
        evidence = " ".join(article.sentences[i].text for i in item.candidate.sentences)
        mended = None if item.verdict.ok else mend(item.candidate.text, item.verdict.reasons, evidence)
        if mended is not None and mended[0] not in known:
            known.add(mended[0])
            flags = (*item.candidate.flags, mended[1])
            found.append(replace(item.candidate, text=mended[0], flags=flags))
    return found


def mend(text: str, reasons: Sequence[Reason], evidence: str) -> tuple[str, str] | None:
    """The mended text and its flag, or None if more than one span is doubted or no mend is sure."""
    doubted = [reason for reason in reasons if reason.code != "verbatim"]
    if len({reason.span for reason in doubted}) != 1 or any(reason.code not in KINDS for reason in doubted):
        return None
    span, kind = doubted[0].span, KINDS[doubted[0].code]
    own, known = extract_facts(text), extract_facts(evidence)
    inside = next((q.span for q in own.quotations if q.span[0] <= span[0] and span[1] <= q.span[1]), None)
    if inside is not None:  # what somebody said is mended as a whole
        span, kind = inside, "quotation"
    new = _quoted(own, known, span) if kind == "quotation" else _counterpart(own, known, span, kind)
    old = text[slice(*span)]
    if new is None or new == old or GLUED_BEFORE.search(text[: span[0]]) or GLUED_AFTER.match(text[span[1] :]):
        return None
    if not _fits_article(text[: span[0]], old, new):
        return None
    if span[0] == 0:
        new = new[:1].upper() + new[1:]
    return text[: span[0]] + new + text[span[1] :], f"repaired:{kind}:{old}->{new}"


def _fits_article(before: str, old: str, new: str) -> bool:
    """Whether an "a" or "an" that stands before still does."""
    article = before.lower().endswith((" a ", " an ")) or before.lower() in ("a ", "an ")
    return not article or (VOWEL.match(old) is None) == (VOWEL.match(new) is None)


def _facts(facts: Facts, kind: str) -> Iterator[Fact]:
    """The facts of one kind; those that differ in sort cannot stand for each other."""
    if kind == "number":
        for q in facts.quantities:
            if not q.implied:
                sort = f"{q.unit}|{q.approx}|{q.value == 1}|{'-' in q.text}"
                yield Fact(q.span, q.text, sort, frozenset((f"{q.value:g}",)))
    elif kind == "date":
        for d in facts.dates:
            yield Fact(d.span, d.text, d.kind, frozenset((d.value,)))
    else:
        for n in facts.names:
            yield Fact(n.span, n.text, "", frozenset(n.keys))


def _counterpart(own: Facts, known: Facts, span: Span, kind: str) -> str | None:
    """The one fact of the evidence that stands where the doubted one stands, as it is to be written there."""
    doubted = [fact for fact in _facts(own, kind) if fact.span == span]
    if not doubted:
        return None
    guilty = doubted[-1]  # "March 5" is read as a month and as a day: the day says more
    said = frozenset[str]().union(*(fact.keys for fact in _facts(own, kind) if fact.span != span))
    scores: dict[str, int] = {}
    for fact in _facts(known, kind):
        if fact.sort == guilty.sort and fact.keys != guilty.keys and not fact.keys & said:
            sure = _agreement(own.words, span, known.words, fact.span, kind, bool(_shared(fact, guilty, kind)))
            text = _as_written(fact.text, guilty.text, kind)
            scores[text] = max(scores.get(text, 0), sure)
    order = sorted(scores, key=lambda text: -scores[text])
    if not order or not scores[order[0]]:
        return None
    return order[0] if len(order) == 1 or scores[order[0]] > scores[order[1]] else None


def _shared(one: Fact, other: Fact, kind: str) -> frozenset[str]:
    return one.keys & other.keys - ROLES if kind == "name" else frozenset()


def _as_written(text: str, old: str, kind: str) -> str:
    """A name keeps the possessive of the place it goes to; number words lose a sentence's capital."""
    if kind != "name":
        return text[:1].lower() + text[1:] if kind == "number" else text
    bare = text.removesuffix("'s").removesuffix("’s")
    return bare + next((end for end in ("'s", "’s") if old.endswith(end)), "")


def _agreement(own: Sequence[Word], span: Span, known: Sequence[Word], place: Span, kind: str, shared: bool) -> int:
    """How many neighbouring words two places share; 0 if that does not make them the same place.

    A bare number needs the same noun behind it or much the same words before it; a date two words; a name
    that shares no word needs words on both sides.
    """
    left = _run(_keys(own, span, before=True), _keys(known, place, before=True))
    right = _run(_keys(own, span, before=False), _keys(known, place, before=False))
    if kind == "name" and not shared:
        return left + right if left and right and left + right >= PLACED else 0
    if kind == "number" and not right and left < PLACED:
        return 0
    if kind == "date" and left + right < 2:
        return 0
    return left + right + shared


def _keys(words: Sequence[Word], span: Span, *, before: bool) -> list[frozenset[str]]:
    """The base forms of the words next to a span, nearest first; the text's edge counts as a word."""
    near = [w for w in words if w.end <= span[0]][::-1] if before else [w for w in words if w.start >= span[1]]
    forms = [frozenset(bases(w.key)) if w.is_word else frozenset((w.text,)) for w in near[:FAR]]
    return [*forms, frozenset(("",))][:FAR]


def _run(one: Sequence[frozenset[str]], other: Sequence[frozenset[str]]) -> int:
    """How many words agree from the nearest on."""
    count = 0
    for a, b in zip(one, other, strict=False):
        if not a & b:
            break
        count += 1
    return count


def _quoted(own: Facts, known: Facts, span: Span) -> str | None:
    """The words of a quotation of the evidence that differ least from the doubted ones, if no others come near."""
    doubted = next((q for q in own.quotations if q.span == span), None)
    if doubted is None:
        return None
    wanted = [w.key for w in doubted.words]
    found: dict[str, int] = {}
    for quotation in known.quotations:
        words = quotation.words
        for start in range(len(words) - len(wanted) + 1):
            part = words[start : start + len(wanted)]
            differ = [i for i, (a, w) in enumerate(zip(wanted, part, strict=True)) if a != w.key]
            wrong = len(differ)
            edges = wrong > 1 and not {0, len(wanted) - 1}.isdisjoint(differ)  # the window may stand a word off
            marks = any(not (doubted.words[i].is_word and part[i].is_word) for i in differ)
            if wrong <= MOST_CHANGED * len(wanted) and not edges and not marks:
                found[known.text[part[0].start : part[-1].end]] = wrong
    order = sorted(found, key=lambda text: found[text])
    return order[0] if order and (len(order) == 1 or found[order[0]] < found[order[1]]) else None
