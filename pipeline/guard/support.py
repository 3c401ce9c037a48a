"""Numbers, dates and quotations of a candidate that its source does not support."""

from __future__ import annotations

from collections.abc import Iterator
from math import floor, log10

from pipeline.facts import FUNCTION_WORDS, Facts, Quantity, phrase
from pipeline.facts.forms import forms
from pipeline.guard.source import Source, rounded
from pipeline.records import Reason, Span

ROUNDING = 0.05  # how far a number after "about", "nearly", "more than" may be from the source's


def unsupported_numbers(facts: Facts, source: Source) -> Iterator[Reason]:
    """Quantities whose value and unit the source does not have; any reading of a span may be the supported one."""
    readings: dict[Span, list[Quantity]] = {}
    for quantity in facts.quantities:
        readings.setdefault(quantity.span, []).append(quantity)
    for span, quantities in readings.items():
        if not any(is_supported(q, source) or _is_derived(q, facts, source) for q in quantities):
            yield Reason("unsupported:number", span, quantities[0].text)


def unsupported_dates(facts: Facts, source: Source) -> Iterator[Reason]:
    """Weekdays, months, days and years that the source does not name."""
    for date in facts.dates:
        number = date.value.removesuffix("s")
        if date.value in source.dates or (date.kind == "year" and float(number) in source.quantities):
            continue
        yield Reason("unsupported:date", date.span, date.text)


def unsupported_quotations(facts: Facts, source: Source) -> Iterator[Reason]:
    """Quoted words that are not in the source in this order; case and marks are not compared."""
    for quotation in facts.quotations:
        wanted = phrase(quotation.words, marks=False)
        if wanted.strip() and wanted not in source.plain:
            yield Reason("unsupported:quotation", quotation.span, quotation.text.rstrip(",.;: "))


def _is_derived(quantity: Quantity, facts: Facts, source: Source) -> bool:
    """Whether a count in words may be the writer's own ("five justices"): up to nine of what the source speaks of
    without ever counting it."""
    if quantity.unit or not 2 <= quantity.value <= 9 or not quantity.text.isalpha():
        return False
    after = next((w for w in facts.words if w.start >= quantity.span[1] and w.is_word), None)
    if after is None or after.is_capital or not after.key.endswith("s") or after.key not in source.keys:
        return False
    return after.key not in FUNCTION_WORDS and forms(after.key).isdisjoint(source.counted)


def is_supported(quantity: Quantity, source: Source) -> bool:
    value, unit = rounded(quantity.value), quantity.unit
    if value == 1 and unit in ("", "ordinal"):
        return True  # "one" is more often a pronoun than a count, "first" an adverb
    if _fits(unit, source.quantities.get(value)):
        return True
    if unit.startswith("vague"):
        counted = unit.removeprefix("vague")
        return any(value * 1.5 <= n < value * 1000 and counted in units for n, units in source.quantities.items())
    if unit == "part":
        return _fits("%", source.quantities.get(rounded(value * 100)))
    if not quantity.approx:
        return False
    return any(
        _is_rounding(quantity.approx, value, known) and _fits(unit, units) for known, units in source.quantities.items()
    )


def _fits(unit: str, known: frozenset[str] | None) -> bool:
    """Whether a candidate's unit can stand for one of the source's: the same, or a currency or measure left out."""
    if known is None:
        return False
    if unit in known:
        return True
    own_kind = ("%", "ordinal", "part", "vague", "vague$", "decade", "clock")
    if unit == "":
        return any(other not in own_kind for other in known)
    if unit == "ordinal" and "year" in known:  # "the 20th anniversary" comes after 20 years
        return True
    return "" in known and unit in ("year", "decade")  # "Austin, 71", is a 71-year-old and over 50s are over 50


def _is_rounding(approx: str, value: float, known: float) -> bool:
    """Whether a number after `approx` may stand for `known`: within ROUNDING, or its first digit ("more than 100" for
    116, "nearly 50" for 46)."""
    if known > 0 and value > 0:
        size = 10.0 ** floor(log10(known))
        first = floor(known / size + 1e-9) * size
        if approx == "above" and rounded(first) == value:
            return True
        if approx == "below" and rounded(first + size) == value and known >= 0.9 * value:
            return True
    low = value * (1 - ROUNDING) if approx in ("about", "below") else value
    high = value * (1 + ROUNDING) if approx in ("about", "above") else value
    return low <= known <= high
