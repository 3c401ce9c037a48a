"""The values of a text's numbers, read without the guard: a second opinion on what the guard let through.

Limits: scales written once for a range ("$4.7 to $4.8bn") count for the second number only; numbers with several
scales ("two thousand and six") are read as several.
"""

from __future__ import annotations

import re

from pipeline.records import Span

_ONES = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
_TEENS = [
    "ten",
    "eleven",
    "twelve",
    *(f"{stem}teen" for stem in ("thir", "four", "fif", "six", "seven", "eigh", "nine")),
]
_TENS = [f"{stem}ty" for stem in ("twen", "thir", "for", "fif", "six", "seven", "eigh", "nine")]
_VALUES = {word: value for value, word in enumerate(["zero", *_ONES, *_TEENS])}
_VALUES |= {word: 10 * value for value, word in enumerate(_TENS, start=2)} | {"dozen": 12}
_SCALES = {
    "hundred": 1e2, "thousand": 1e3, "k": 1e3, "million": 1e6, "mn": 1e6, "m": 1e6,
    "billion": 1e9, "bn": 1e9, "b": 1e9, "trillion": 1e12, "tn": 1e12, "trn": 1e12,
}  # fmt: skip
_BELOW_100 = rf"(?:(?:{'|'.join(_TENS)})[\s-](?:{'|'.join(_ONES)})|{'|'.join(_VALUES)})"
_NUMBER = re.compile(
    r"(?<![^\W_])(?:(?P<digits>\d+(?:,\d{3})+(?!\d)(?:\.\d+)?|\d+(?:\.\d+)?)"
    rf"|(?P<words>{_BELOW_100}(?:[\s-]hundred(?:\sand\s{_BELOW_100})?)?)(?![^\W_]))"
    rf"(?:[\s-]?(?P<scale>{'|'.join(_SCALES)})(?![^\W_]))?",
    re.IGNORECASE,
)


def find_numbers(text: str) -> list[tuple[Span, float]]:
    """Spans and values of a text's numbers, in digits or words ("twenty-five", "two hundred and six"), scales applied.

    A "one" on its own is left out: it is a pronoun more often than a number.
    """
    found = []
    for match in _NUMBER.finditer(text):
        scale = _SCALES[match["scale"].casefold()] if match["scale"] else 1.0
        if match["digits"]:
            found.append((match.span(), round(float(match["digits"].replace(",", "")) * scale, 6)))
        elif match["scale"] or match["words"].casefold() != "one":
            found.append((match.span(), _spelled(match["words"]) * scale))
    return found


def _spelled(phrase: str) -> float:
    total = 0
    for word in re.split(r"[\s-]", phrase.casefold()):
        total = total * 100 if word == "hundred" else total + _VALUES.get(word, 0)
    return float(total)
