"""Quotations: what stands between double quotation marks, straight or curly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.facts.words import Word
from pipeline.records import Span

MARKS = '"“”„«»'


@dataclass(frozen=True, slots=True)
class Quotation:
    """The text between two marks (`span` and `text` without them) and the words of it."""

    span: Span
    text: str
    words: tuple[Word, ...]


def find_quotations(text: str, words: Sequence[Word]) -> tuple[Quotation, ...]:
    """Quotations of `words`, in order. One that is still open at a line break or the end is left out."""
    found: list[Quotation] = []
    opened: int | None = None
    for i, word in enumerate(words):
        if word.text == "\n":
            opened = None
        elif word.text in MARKS:
            if opened is None or word.text == "“":
                opened = i
                continue
            inside = words[opened + 1 : i]
            if inside:
                span = (inside[0].start, inside[-1].end)
                found.append(Quotation(span, text[slice(*span)], tuple(inside)))
            opened = None
    return tuple(found)
