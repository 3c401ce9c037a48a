"""Quotations: what stands between quotation marks, double or single, straight or curly."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.facts.words import Word
from pipeline.records import Span

MARKS = '"“”„«»'
SINGLE = "'‘’"


@dataclass(frozen=True, slots=True)
class Quotation:
    """The text between two marks (`span` and `text` without them) and the words of it."""

    span: Span
    text: str
    words: tuple[Word, ...]


def find_quotations(text: str, words: Sequence[Word]) -> tuple[Quotation, ...]:
    """Quotations of `words`, in order. One that is still open at a line break or the end is left out."""
    double = list(_between(text, words))
    inside = {w.start for q in double for w in q.words}
    single = [q for q in _between_single(text, words) if q.words[0].start not in inside]
    return tuple(sorted([*double, *single], key=lambda quotation: quotation.span))


def _between(text: str, words: Sequence[Word]) -> Iterator[Quotation]:
    opened: int | None = None
    for i, word in enumerate(words):
        if word.text == "\n":
            opened = None
        elif word.text in MARKS:
            if opened is None or word.text == "“":
                opened = i
                continue
            if words[opened + 1 : i]:
                yield _quotation(text, words[opened + 1 : i])
            opened = None


def _between_single(text: str, words: Sequence[Word]) -> Iterator[Quotation]:
    """An apostrophe opens before a word and after a space, and closes the other way round ("voters' rights" may close
    one too early, which only shortens what is compared). Two words at least: one may be 'n' or a name for a thing."""
    opened: int | None = None
    for i, word in enumerate(words):
        if word.text in "\n" or word.text in MARKS:
            opened = None
        elif word.text in SINGLE:
            before = text[word.start - 1 : word.start]
            after = text[word.end : word.end + 1]
            if opened is None and not before.strip() and after.isalpha():
                opened = i
            elif opened is not None and before.strip() and not after.isalnum():
                if sum(w.is_word or w.is_number for w in words[opened + 1 : i]) >= 2:
                    yield _quotation(text, words[opened + 1 : i])
                opened = None


def _quotation(text: str, inside: Sequence[Word]) -> Quotation:
    span = (inside[0].start, inside[-1].end)
    return Quotation(span, text[slice(*span)], tuple(inside))
