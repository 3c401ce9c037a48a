"""Sayings: who says what, in quotation marks or without."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypedDict

from pipeline.facts.names import Name
from pipeline.facts.quotations import MARKS, Quotation
from pipeline.facts.roles import ROLE_KEYS
from pipeline.facts.statements import PREPOSITIONS
from pipeline.facts.words import BREAK, Word, phrase
from pipeline.lexicon import word_set

SPEECH = word_set(
    """said says say told tells added adds wrote writes tweeted warned warns argued argues claimed claims insisted
    insists explained explains noted notes declared declares announced announces stated states replied asked asks
    admitted admits acknowledged testified joked recalled continued concluded confirmed confirms complained
    predicted predicts vowed"""
)
_FORERUNNERS = word_set("also later then further has have had is was who")  # may stand between a name and its verb
_BESIDE = 12  # words between a quotation's mark and its verb of speech; between two quotations of one speaker


@dataclass(frozen=True, slots=True)
class Saying:
    """A quotation or, with `quoted` empty, a verb of speech; with its speaker.

    `quoted`: the words in quotation marks as a phrase without marks. `speaker`: the keys of the speaker's name and of
    the capitalised words before it; empty, and `name` None, where the speaker is a pronoun, a common noun or unclear.
    """

    quoted: str
    speaker: frozenset[str]
    name: Name | None


def read_sayings(words: Sequence[Word], names: Sequence[Name], quotations: Sequence[Quotation]) -> tuple[Saying, ...]:
    """Quotations first, then indirect speech, each in order."""
    owner = {span[0]: name for name in names for span in name.spans}
    at = {word.start: i for i, word in enumerate(words)}
    inside = {w.start for q in quotations for w in q.words}
    found: list[Saying] = []
    before: tuple[int, Saying] | None = None
    for quotation in quotations:
        first, end = at[quotation.words[0].start], at[quotation.words[-1].start]
        verb = _verb_beside(words, first, end, inside)
        saying = Saying(phrase(quotation.words, marks=False), frozenset(), None)
        if verb is not None:
            saying = replace(saying, **_speaker(words, verb, owner, direct=True))
        elif before is not None and _goes_on(words, before[0], first):
            saying = replace(saying, speaker=before[1].speaker, name=before[1].name)
        found.append(saying)
        before = (end, saying)
    for i, word in enumerate(words):
        if word.key in SPEECH and word.start not in inside and not word.is_capital:
            found.append(Saying("", **_speaker(words, i, owner, direct=False)))
    return tuple(found)


def _verb_beside(words: Sequence[Word], first: int, end: int, inside: set[int]) -> int | None:
    """Index of the verb of speech after, or else before, the quotation between `first` and `end`."""
    ended = words[end].text == "."  # then the attribution, if there is one, stands before
    for j in range(end + 1, end if ended else min(len(words), end + _BESIDE)):
        if (words[j].text in ".?!\n" and j > end + 2) or words[j].start in inside:
            break
        if words[j].key in SPEECH:
            return j
    for j in range(first - 1, max(-1, first - _BESIDE), -1):
        if words[j].text in ".?!\n" or words[j].start in inside:
            break
        if words[j].key in SPEECH:
            return j
    return None


def _goes_on(words: Sequence[Word], end: int, first: int) -> bool:
    """Whether a quotation goes on after its attribution: same paragraph, one short sentence between."""
    between = words[end + 1 : first]
    return len(between) <= _BESIDE and all(w.text != "\n" for w in between) and any(w.text == "." for w in between)


class _Speaker(TypedDict):
    speaker: frozenset[str]
    name: Name | None


_UNCLEAR = _Speaker(speaker=frozenset(), name=None)


def _speaker(words: Sequence[Word], verb: int, owner: dict[int, Name], *, direct: bool) -> _Speaker:
    """The subject of the verb of speech at `verb`: before it, before an apposition, or ("said Palmer") after it."""
    j = verb - 1
    while j >= 0 and (words[j].key in _FORERUNNERS or words[j].key.endswith("ly")):
        j -= 1
    if j >= 0 and words[j].start in owner:
        return _named(words, j, owner)
    if j >= 0 and words[j].text == ",":
        comma = next((k for k in range(j - 1, max(-1, j - 12), -1) if words[k].key == BREAK), -1)
        if comma > 0 and words[comma].text == "," and words[comma - 1].start in owner:
            return _named(words, comma - 1, owner)
    inverted = j < 0 or words[j].text in MARKS or words[j].text == ","
    return _inverted(words, verb, owner, direct) if inverted else _UNCLEAR


def _inverted(words: Sequence[Word], verb: int, owner: dict[int, Name], direct: bool) -> _Speaker:
    """A speaker after the verb: offices and a name; without a quotation only if the clause ends with the name."""
    for k in range(verb + 1, min(len(words), verb + 9)):
        word = words[k]
        if word.key == BREAK or word.possessive:
            return _UNCLEAR
        if word.start in owner and word.key not in ROLE_KEYS:
            name = owner[word.start]
            rest = next((w for w in words[k:] if w.start >= name.span[1]), None)
            return _named(words, k, owner) if direct or rest is None or rest.key == BREAK else _UNCLEAR
    return _UNCLEAR


def _named(words: Sequence[Word], j: int, owner: dict[int, Name]) -> _Speaker:
    """The name at `j` as speaker; unclear if it is somebody's, or what a preposition or verb refers to."""
    name = owner[words[j].start]
    first = next(i for i in range(j, -1, -1) if words[i].start == name.spans[0][0])
    lead = words[first - 1] if first else None
    if words[j].possessive or (lead is not None and (lead.key in PREPOSITIONS or lead.possessive)):
        return _UNCLEAR
    around = [w for w in words[max(0, first - 4) : j + 8] if w.is_capital]
    return _Speaker(speaker=frozenset(w.key for w in around) | frozenset(name.keys), name=name)
