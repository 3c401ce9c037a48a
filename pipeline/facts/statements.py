"""Statements: each word of meaning with what its clause says about it: mood, negation, what acts, what is acted on.

A shallow reading without a parser: a clause ends at a mark or a conjunction, what stands before a verb acts, what
follows it without a preposition is acted on. What cannot be told is left open ("" or an empty tuple).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from pipeline.facts.forms import forms, is_past
from pipeline.facts.mood_words import (
    ACCUSED,
    AIMS,
    CLAIMED,
    CLAIMING,
    HEDGING,
    MAY,
    OTHER_MODALS,
    PASSED_OVER,
    REALISED,
    WILL,
)
from pipeline.facts.names import FUNCTION_WORDS
from pipeline.facts.words import BREAK, Word
from pipeline.lexicon import word_set

Mood = Literal["fact", "will", "aim", "may", "claim", "other", ""]
NEGATIONS = word_set("not never no cannot nobody nothing neither nor without")
BOUNDS = word_set(
    """and but or that which who whom whose because while as when if although though where after before since until so
    than whether unless"""
)
PREPOSITIONS = word_set(
    """in on at for of by with from about into over under through during against between among across toward towards
    amid despite without within upon behind near outside inside along to until than via per"""
)
_STOPS = BOUNDS | PREPOSITIONS
_DETERMINERS = word_set("a an the this that these those his her its their our my your some any no each every")
_BE = word_set("is are was were be been being am 's 're")
_HAVE = word_set("has have had having")


def negates(word: Word, cues: frozenset[str] = NEGATIONS) -> bool:
    """Whether a word is one of `cues` or ends in "n't"; the "No." before a number is neither."""
    return word.text not in ("No.", "Nos.") and (word.key in cues or word.key.endswith("n't"))


REACH = 6  # words of meaning read on each side


@dataclass(frozen=True, slots=True)
class Statement:
    """`word` in its clause. `cue`: the word that sets the mood ("may", "plans"), if one does.

    `before` and `after`: words of meaning before it in the clause and after it up to a preposition, nearest first;
    `agent`: after "by". `passive`: "was sued", "sued by".
    """

    word: Word
    forms: frozenset[str]
    mood: Mood
    cue: Word | None
    negated: bool
    before: tuple[Word, ...]
    after: tuple[Word, ...]
    agent: tuple[Word, ...]
    passive: bool


def read_statements(words: Sequence[Word]) -> tuple[Statement, ...]:
    """Statements of all words of meaning that are written small, in order."""
    return tuple(_statement(words, i) for i, word in enumerate(words) if is_content(word) and not word.is_capital)


def is_content(word: Word) -> bool:
    """Whether a word carries meaning of its own: no mark, no number, no function word."""
    return word.is_word and word.key not in FUNCTION_WORDS and len(word.key) > 1


def _statement(words: Sequence[Word], i: int) -> Statement:
    mood, cue, negated, helped = _mood(words, i)
    before = tuple(_content(words, range(i - 1, -1, -1), BOUNDS))
    after = tuple(_content(words, range(i + 1, len(words)), _STOPS))
    by = next((j for j in range(i + 1, min(i + 4, len(words))) if words[j].key == "by"), None)
    agent = () if by is None else tuple(_content(words, range(by + 1, len(words)), _STOPS))
    passive = is_past(words[i].key) and (helped or by is not None)
    return Statement(words[i], forms(words[i].key), mood, cue, negated, before, after, agent, passive)


def _content(words: Sequence[Word], indices: Sequence[int], stops: frozenset[str]) -> Iterator[Word]:
    """Words of meaning at `indices` up to a mark or one of `stops`, at most REACH."""
    found = 0
    for j in indices:
        word = words[j]
        if word.key == BREAK or word.key in stops or found == REACH:
            return
        if is_content(word) or word.is_number:
            found += 1
            yield word


def _mood(words: Sequence[Word], i: int) -> tuple[Mood, Word | None, bool, bool]:
    """Mood of the word at `i`, its cue, whether it is negated, and whether a form of "be" helps it."""
    negated, been, had = False, False, False
    j = i - 1
    while j >= 0 and i - j <= REACH and words[j].key != BREAK:
        key = words[j].key
        negated = negated or negates(words[j])
        if key in HEDGING:
            return HEDGING[key], words[j], negated, been
        been, had = been or key in _BE, had or key in _HAVE
        if not (key in PASSED_OVER or key in _BE or key in _HAVE or key.endswith("ly")):
            break
        j -= 1
    if j >= 0 and (ruled := _ruled(words, j, negated)) is not None:
        return *ruled, negated, been
    return _plain(words, i, been or had), None, negated, been


def _ruled(words: Sequence[Word], j: int, negated: bool) -> tuple[Mood, Word] | None:
    """The mood that the modal verb, or the verb before "to", at `j` gives; None if there is neither."""
    word, before = words[j], words[j - 1] if j else None
    if word.key in MAY:
        return ("other" if negated else "may"), word
    if word.key in WILL or word.key.endswith("'ll"):
        return "will", word
    if word.key in OTHER_MODALS or word.key.endswith("'d"):
        return "other", word
    if word.key in ("of", "with") and before is not None and before.key in ACCUSED:
        return "claim", before
    if word.key != "to" or before is None:
        return None
    if before.key == "going":
        return "will", before
    if before.key in AIMS:
        return "aim", before
    if before.key in CLAIMED:
        return "claim", before
    return ("other", before) if before.key in REALISED else ("", before)


def _plain(words: Sequence[Word], i: int, helped: bool) -> Mood:
    """ "fact" for a finite form in a plain clause; "" where the form alone cannot tell (nouns, infinitives)."""
    clause = list(_clause_before(words, i))
    if any(w.key in ("if", "whether", "unless", "would", *CLAIMING) for w in clause):
        return "other"
    if not is_past(words[i].key):
        return "fact" if helped and words[i].key.endswith("ing") else ""
    last = words[i - 1].key if i else ""
    loose = not i or last in _DETERMINERS or last in PREPOSITIONS or last == BREAK or words[i - 1].possessive
    return "fact" if helped or not loose else ""


def _clause_before(words: Sequence[Word], i: int) -> Iterator[Word]:
    for j in range(i - 1, max(-1, i - 12), -1):
        if words[j].key == BREAK:
            return
        yield words[j]


def meet(some: Sequence[Word], others: Sequence[Word]) -> bool:
    """Whether a word of one side is an inflection of a word of the other."""
    return any(not forms(a.key).isdisjoint(forms(b.key)) for a in some for b in others)
