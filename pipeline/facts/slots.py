"""Slots: a number, date or name with the words it is bound to, so that two facts that changed places are seen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from pipeline.facts.dates import Date
from pipeline.facts.forms import forms
from pipeline.facts.names import FUNCTION_WORDS, Name
from pipeline.facts.numbers import Quantity
from pipeline.facts.words import BREAK, Word
from pipeline.records import Span

REACH = 2  # words of meaning on each side


@dataclass(frozen=True, slots=True)
class Slot:
    """A fact of one `kind` and its surroundings: words of meaning on each side, nearest first.

    `lead`: the function word directly before it ("in", "of"). `keys`: what it is; two slots of a kind with none in
    common are different facts. A date's kind says what it is ("weekday").
    """

    kind: Literal["number", "name", "weekday", "month", "day", "year"]
    span: Span
    text: str
    keys: frozenset[str]
    lead: str
    left: tuple[frozenset[str], ...]
    right: tuple[frozenset[str], ...]


def read_slots(
    words: Sequence[Word], quantities: Sequence[Quantity], dates: Sequence[Date], names: Sequence[Name]
) -> tuple[Slot, ...]:
    """Slots of all facts of a text, by kind and in order. Vague numbers ("dozens"), "one" and "first" have none."""
    at = {word.start: i for i, word in enumerate(words)}
    ends = {word.end: i for i, word in enumerate(words)}
    found: list[Slot] = []
    for q in quantities:
        plain = not q.implied and not q.unit.startswith("vague") and not (q.value == 1 and q.unit in ("", "ordinal"))
        if plain and q.span[0] in at and q.span[1] in ends:
            key = f"{q.value:.9g}"
            found.append(_slot("number", q.span, q.text, frozenset((key,)), q.unit, words, at, ends))
    for d in dates:
        if d.span[0] in at and d.span[1] in ends:
            found.append(_slot(d.kind, d.span, d.text, frozenset((d.value,)), "", words, at, ends))
    for n in names:
        if n.span[0] in at and n.span[1] in ends:
            found.append(_slot("name", n.span, n.text, frozenset(n.keys), "", words, at, ends))
    return tuple(found)


def _slot(
    kind: Literal["number", "name", "weekday", "month", "day", "year"],
    span: Span,
    text: str,
    keys: frozenset[str],
    unit: str,
    words: Sequence[Word],
    at: dict[int, int],
    ends: dict[int, int],
) -> Slot:
    first, last = at[span[0]], ends[span[1]]
    left = tuple(_around(words, range(first - 1, -1, -1)))
    right = tuple(_around(words, range(last + 1, len(words))))
    measure = (forms(unit),) if unit.isalpha() and unit not in ("ordinal", "part", "decade", "clock", "point") else ()
    lead = words[first - 1].key if first and words[first - 1].key in FUNCTION_WORDS else ""
    return Slot(kind, span, text, keys, lead, left, measure + right)


def _around(words: Sequence[Word], indices: Sequence[int]) -> Iterator[frozenset[str]]:
    found = 0
    for j in indices:
        word = words[j]
        if found == REACH or (word.key == BREAK and word.text not in ",'\"“”’‘"):
            return
        if (word.is_word and word.key not in FUNCTION_WORDS) or word.is_number or word.text in "$£€%":
            found += 1
            yield forms(word.key if word.key != BREAK else word.text)
