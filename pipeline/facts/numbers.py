"""Numbers with their units: digits, grouped digits, number words, scales, currencies, percentages, ordinals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from pipeline.facts.number_words import (
    BEFORE,
    CURRENCY,
    FRACTIONS,
    LETTER_SCALES,
    MEASURES,
    ORDINALS,
    SCALES,
    SMALL,
    TENS,
    VAGUE,
)
from pipeline.facts.words import Word
from pipeline.records import Span


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number: `value` in full (1.2e9 for "1.2 billion").

    `unit`: "", "%", "point", "ordinal", "vague" ("dozens"), "vague$" ("millions of dollars"), "part" ("half"),
    "decade", "clock", a currency sign or a singular measure word ("day"). `approx`: "about", "below", "above" or ""
    from the word before it. `implied`: another reading of the same span, with its neighbour's unit ("10 to 15 %").
    """

    span: Span
    text: str
    value: float
    unit: str = ""
    approx: str = ""
    implied: bool = False


def find_quantities(text: str, words: Sequence[Word], taken: frozenset[int]) -> tuple[Quantity, ...]:
    """Quantities of `words`, in order; those that start at a word index in `taken` (dates) are left out."""
    found: list[tuple[int, int, Quantity]] = []
    i = 0
    while i < len(words):
        hit = None if i in taken else _read(text, words, i)
        if hit is None:
            i += 1
            continue
        quantity, following = hit
        found.append((i, following, quantity))
        i = following
    return tuple(sorted(_share_units(words, found), key=lambda quantity: quantity.span))


def _read(text: str, words: Sequence[Word], i: int) -> tuple[Quantity, int] | None:
    first = words[i]
    currency = ""
    if first.text in "$£€¥" and i + 1 < len(words) and words[i + 1].is_number:
        currency, i = first.text, i + 1
    if words[i].is_number:
        value, following, unit = _digits(words, i)
    elif words[i].key in VAGUE:
        value, following, unit = VAGUE[words[i].key], i + 1, _vague_unit(words, i)
    elif (part := _fraction(words, i)) is not None:
        value, following, unit = part[0], part[1], "part"
    elif (spelled := _spelled(words, i)) is not None:
        value, following, unit = *spelled, ""
    elif words[i].key in ORDINALS and (words[i].initial or not words[i].is_capital):
        value, following, unit = float(ORDINALS[words[i].key]), i + 1, "ordinal"
    else:
        return None
    if not unit:
        value, following = _scaled(words, following, value)
        unit, following = _unit(words, following, currency)
    start, end = first.start, words[following - 1].end
    return Quantity((start, end), text[start:end], value, unit, _approx(words, i - bool(currency))), following


def _digits(words: Sequence[Word], i: int) -> tuple[float, int, str]:
    value, following = float(words[i].key), i + 1
    if following < len(words) and words[following].joined:
        suffix = words[following].key
        if suffix in ("st", "nd", "rd", "th"):
            return value, following + 1, "ordinal"
        if suffix == "s":
            return value, following + 1, "decade"
    if _is_clock(words, i):
        return value, following, "clock"
    return value, following, ""


def _vague_unit(words: Sequence[Word], i: int) -> str:
    """ "vague", with the currency's sign in "millions of dollars"."""
    named = words[i + 2].key if i + 2 < len(words) and words[i + 1].key == "of" else ""
    return "vague" + CURRENCY.get(named, "")


def _is_clock(words: Sequence[Word], i: int) -> bool:
    """Whether a number is part of a time of day: "8" and "05" in "8:05", "8" in "8 p.m."."""
    around = words[max(0, i - 2) : i + 3]
    at = min(i, 2)
    after = around[at + 1] if at + 1 < len(around) else None
    if after is not None and (
        after.key in ("am", "pm") or (after.text == ":" and after.joined and around[-1].is_number)
    ):
        return True
    return at == 2 and around[1].text == ":" and around[0].is_number and around[1].joined and around[2].joined


def _spelled(words: Sequence[Word], i: int) -> tuple[float, int] | None:
    """Number words from `i`: "twelve", "twenty-one", "a hundred and five", "two thousand"; None if there is none."""
    key = words[i].key
    if key in ("a", "half") and i + 1 < len(words) and words[i + 1].key in SCALES and len(words[i + 1].key) > 3:
        return (0.5 if key == "half" else 1.0), i + 1
    if key == "half" and i + 2 < len(words) and words[i + 1].key == "a" and words[i + 2].key in ("million", "dozen"):
        return 0.5, i + 2
    if key in SMALL:
        return float(SMALL[key]), i + 1
    if key not in TENS:
        return None
    value, following = TENS[key], i + 1
    if following < len(words) and words[following].key == "-":
        following += 1
    if following < len(words) and 0 < SMALL.get(words[following].key, 0) < 10:
        return float(value + SMALL[words[following].key]), following + 1
    return float(value), i + 1


def _scaled(words: Sequence[Word], i: int, value: float) -> tuple[float, int]:
    """Apply scale words from `i`; after "hundred" or "thousand" a smaller number is added."""
    step = i + 1 if i + 1 < len(words) and words[i].key == "-" else i
    if step >= len(words) or words[step].key not in SCALES:
        return value, i
    if words[step].key in LETTER_SCALES and not words[step].joined:
        return value, i
    size, i = SCALES[words[step].key], step + 1
    value *= size
    rest = i + 1 if i < len(words) and words[i].key == "and" else i
    more = _spelled(words, rest) if size in (100, 1000) and rest < len(words) else None
    if more is not None and words[rest].key not in ("a", "half"):
        for smaller, end in (_scaled(words, more[1], more[0]), more):
            if smaller < size:
                return _scaled(words, end, value + smaller)
    return _scaled(words, i, value)


def _fraction(words: Sequence[Word], i: int) -> tuple[float, int] | None:
    """ "half", "a third", "two-thirds", "three quarters": the value and where the words end."""
    key = words[i].key
    if key in ("half", "halves"):
        scaled = _spelled(words, i)
        return None if scaled else (0.5, i + 1)
    many = 1 if key == "a" else SMALL.get(key, 0)
    step = i + 2 if i + 2 < len(words) and words[i + 1].key == "-" else i + 1
    if not 0 < many < 10 or step >= len(words) or words[step].key not in FRACTIONS:
        return None
    if (many == 1) == words[step].key.endswith("s"):
        return None
    if many == 1 and (step + 1 >= len(words) or words[step + 1].key not in ("of", "more", "less")):
        return None
    return many * FRACTIONS[words[step].key], step + 1


def _unit(words: Sequence[Word], i: int, currency: str) -> tuple[str, int]:
    if currency or i >= len(words):
        return currency, i
    key, after = words[i].key, words[i + 1].key if i + 1 < len(words) else ""
    if words[i].text == "%" or key in ("percent", "pc"):
        return "%", i + 1
    if key in ("per", "percentage") and after in ("cent", "point", "points"):
        return ("%" if after == "cent" else "point"), i + 2
    if key in CURRENCY:
        return CURRENCY[key], i + 1
    step = i + 1 if key == "-" and after else i
    singular = words[step].key.removesuffix("s") if words[step].key != "feet" else "foot"
    return (singular, step + 1) if singular in MEASURES else ("", i)


def _approx(words: Sequence[Word], i: int) -> str:
    one = words[i - 1].key if i >= 1 else ""
    two = f"{words[i - 2].key} {one}" if i >= 2 else ""
    return BEFORE.get(two) or BEFORE.get(one, "")


def _share_units(words: Sequence[Word], found: list[tuple[int, int, Quantity]]) -> Iterator[Quantity]:
    """In "10 to 15 percent" and "$2 or 3 million" the bare number also stands for one with the other's unit."""
    for _, _, quantity in found:
        yield quantity
    for (_, end, one), (start, _, two) in zip(found, found[1:], strict=False):
        between = words[end:start]
        if not 1 <= len(between) <= 2:
            continue
        if not all(w.key in ("to", "and", "or", "-") or w.text in "–—" for w in between):
            continue
        scale = next((s for s in (1e12, 1e9, 1e6) if two.value >= s > one.value), 1.0)
        yield replace(one, unit=one.unit or two.unit, value=one.value * scale, implied=True)
        yield replace(two, unit=two.unit or one.unit, implied=True)
