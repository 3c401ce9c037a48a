"""The facts a text states, extracted once and compared by the guard: numbers, dates, names, quotations.

Nothing here understands a sentence: it reads surface forms of English news text.
"""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.facts.dates import Date, find_dates
from pipeline.facts.names import FUNCTION_WORDS, Name, find_names
from pipeline.facts.numbers import Quantity, find_quantities
from pipeline.facts.quotations import Quotation, find_quotations
from pipeline.facts.words import BREAK, Word, phrase, split_words

__all__ = [
    "BREAK",
    "FUNCTION_WORDS",
    "Date",
    "Facts",
    "Name",
    "Quantity",
    "Quotation",
    "Word",
    "extract_facts",
    "phrase",
    "split_words",
]


@dataclass(frozen=True, slots=True)
class Facts:
    """What `text` states, each with its span in code points of `text`, in order of appearance."""

    text: str
    words: tuple[Word, ...]
    quantities: tuple[Quantity, ...]
    dates: tuple[Date, ...]
    names: tuple[Name, ...]
    quotations: tuple[Quotation, ...]


def extract_facts(text: str) -> Facts:
    """Facts of `text`."""
    words = split_words(text)
    dates, taken = find_dates(text, words)
    return Facts(
        text,
        words,
        find_quantities(text, words, taken),
        dates,
        find_names(text, words),
        find_quotations(text, words),
    )
