"""The numbers of a text as the fact checker counts them: value, scale applied, and whether percent or money.

Written for the checker alone: nothing of the package is used, so that a slip of the guard is not repeated here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

ONES = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen".split()
ONES += "seventeen eighteen nineteen".split()
TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
ORDINALS = "zeroth first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split()
UNITS = {word: value for value, word in enumerate(ONES)} | {word: 10 * n for n, word in enumerate(TENS, start=2)}
UNITS |= {"a": 1, "an": 1}
SCALES = {
    "hundred": 1e2, "dozen": 12, "thousand": 1e3, "k": 1e3, "million": 1e6, "mn": 1e6, "m": 1e6, "billion": 1e9,
    "bn": 1e9, "b": 1e9, "trillion": 1e12, "tn": 1e12,
}  # fmt: skip
SPELLED_SCALES = "hundred|dozen|thousand|million|billion|trillion"
SMALL = (
    rf"(?:(?:{'|'.join(TENS)})(?:[ -](?:{'|'.join(ONES[1:10])})\b)?|{'|'.join(sorted(ONES, key=len, reverse=True))})"
)
SPELLED = re.compile(
    rf"\b(?:{SMALL}\b|an?\b(?= (?:{SPELLED_SCALES})\b))(?:(?: and)?[ -](?:{SPELLED_SCALES}|{SMALL})\b)*", re.IGNORECASE
)
DIGITS = re.compile(r"\d+(?:,\d{3})+(?!\d)(?:\.\d+)?|\d*\.?\d+")
SCALE = re.compile(rf"[ -]?({'|'.join(sorted(SCALES, key=len, reverse=True))})\b", re.IGNORECASE)
PERCENT = re.compile(r"[ -]?(?:%|per ?cent\b|percentage|pct\b)", re.IGNORECASE)
MONEY = re.compile(r"[ -](?:(?:us|u\.s\.|canadian|australian) )?(?:dollars?|pounds?|euros?|cents?|pence|yen)\b", re.I)
RANGE = re.compile(r" ?(?:to|and|or|-|–|—) ?(?:[$£€¥] ?)?$", re.IGNORECASE)


@dataclass(frozen=True)
class Number:
    """`unit` is "percent", "money" or ""; `ordinal` is true of "fifth"; `span` is where it stands."""

    value: float
    unit: str
    span: tuple[int, int]
    scaled: bool = False
    ordinal: bool = False


def numbers(text: str) -> list[Number]:
    """Every number of `text`, in digits or in words, in order."""
    found = [*_in_digits(text), *_in_words(text), *_ordinals(text)]
    return sorted(found, key=lambda number: number.span)


def readings(text: str) -> set[tuple[float, str]]:
    """(value, unit) of every number, and the first of "4 to 5 million" both as it stands and as millions."""
    found = numbers(text)
    values = {(n.value, n.unit) for n in found}
    for one, two in zip(found, found[1:], strict=False):
        if not one.scaled and RANGE.fullmatch(text[one.span[1] : two.span[0]]):
            scale = _scale_of(text, two)
            values |= {(round(one.value * scale, 4), two.unit), (one.value, two.unit)}
    return values


def _in_digits(text: str) -> Iterator[Number]:
    for match in DIGITS.finditer(text):
        value = float(match[0].replace(",", ""))
        yield _with_unit(text, value, match.span())


def _in_words(text: str) -> Iterator[Number]:
    for match in SPELLED.finditer(text):
        number = _with_unit(text, _spelled(match[0]), match.span())
        yield replace(number, scaled=number.scaled or bool(re.search(SPELLED_SCALES, match[0], re.IGNORECASE)))


def _ordinals(text: str) -> Iterator[Number]:
    for match in re.finditer(rf"\b({'|'.join(ORDINALS)})\b", text, re.IGNORECASE):
        yield Number(ORDINALS.index(match[0].lower()), "", match.span(), ordinal=True)


def _with_unit(text: str, value: float, span: tuple[int, int]) -> Number:
    start, end = span
    scale = SCALE.match(text, end)
    if scale:
        value, end = value * SCALES[scale[1].lower()], scale.end()
    money = text[max(0, start - 2) : start].rstrip().endswith(("$", "£", "€", "¥")) or MONEY.match(text, end)
    unit = "percent" if PERCENT.match(text, end) else "money" if money else ""
    return Number(round(value, 4), unit, (start, end), bool(scale))


def _scale_of(text: str, number: Number) -> float:
    """What a number's last scale word multiplies by; 1 without one."""
    words = re.findall(r"[a-z]+", text[slice(*number.span)].lower())
    return SCALES.get(words[-1], 1.0) if words else 1.0


def _spelled(phrase: str) -> float:
    """The value of "two hundred and six thousand": scales above a hundred close what stands before them."""
    total = current = 0.0
    for word in re.split(r"[ -]", phrase.lower()):
        if word in UNITS:
            current += UNITS[word]
        elif word in ("hundred", "dozen"):
            current *= SCALES[word]
        elif word in SCALES:
            total, current = total + current * SCALES[word], 0.0
    return total + current
