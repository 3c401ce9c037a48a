"""Supported share of numbers and names: how many of those an output states also stand in its article.

A first, light measure, independent of the guard on purpose: it judges what the guard let through. Limits:
scales written once for a range ("$4.7 to $4.8bn") count for the second number only; numbers with several
scales ("two thousand and six") are read as several; two names of the article joined into a third person pass;
a word that opens a sentence or follows an abbreviation's full stop is not looked at.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from pipeline.metrics.abstractiveness import Source

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
_WORD = re.compile(r"[^\W\d_](?:[^\W_]|['.&](?=[^\W_]))*")
_OPENERS = (".", "!", "?", "…", "\n", "“", '"', "‘", "(", "[", ":", "—", "–")
_CLOSERS = "”\"')"


def numbers(text: str) -> list[float]:
    """Values of a text's numbers, in digits or words ("twenty-five", "two hundred and six"), scales applied.

    A "one" on its own is left out: it is a pronoun more often than a number.
    """
    values = []
    for match in _NUMBER.finditer(text):
        scale = _SCALES[match["scale"].casefold()] if match["scale"] else 1.0
        if match["digits"]:
            values.append(round(float(match["digits"].replace(",", "")) * scale, 6))
        elif match["scale"] or match["words"].casefold() != "one":
            values.append(_spelled(match["words"]) * scale)
    return values


def _spelled(phrase: str) -> float:
    total = 0
    for word in re.split(r"[\s-]", phrase.casefold()):
        total = total * 100 if word == "hundred" else total + _VALUES.get(word, 0)
    return float(total)


def names(line: str) -> list[tuple[str, ...]]:
    """Runs of capitalised words that do not open the line, a sentence or a quotation, case-folded.

    A line with all its longer words capitalised (three or more after the first) is in title case, where
    capitals say nothing: it yields none.
    """
    line = line.replace("’", "'")
    found = list(_WORD.finditer(line))
    longer = [match[0] for match in found[1:] if len(match[0]) > 3]
    if len(longer) > 2 and all(word[0].isupper() for word in longer):
        return []
    runs: list[list[str]] = [[]]
    end = 0
    for match in found:
        if line[end : match.start()] not in (" ", "-"):
            runs.append([])
        end = match.end()
        if match[0][0].isupper() and match[0] != "I" and not _opens(line[: match.start()]):
            runs[-1].append(_bare(match[0]))
        else:
            runs.append([])
    return [tuple(run) for run in runs if run]


def _opens(before: str) -> bool:
    left = before.rstrip(" ")
    return not left or left.endswith(_OPENERS) or left.rstrip(_CLOSERS).endswith((".", "!", "?"))


def _bare(word: str) -> str:
    return word.casefold().removesuffix("'s")


def support(lines: Sequence[str], source: Source) -> Mapping[str, float | None]:
    """`numbers_supported` and `names_supported` of one output: fractions, None where it states none.

    A number is supported when the article has the same value; a name when the article has all of its words.
    """
    known_numbers, known_words = _known(source.text)
    stated = [value for line in lines for value in numbers(line)]
    named = [name for line in lines for name in names(line)]
    return {
        "numbers_supported": _share([value in known_numbers for value in stated]),
        "names_supported": _share([known_words.issuperset(name) for name in named]),
    }


@lru_cache(maxsize=4)
def _known(text: str) -> tuple[frozenset[float], frozenset[str]]:
    """Numbers and words of an article; kept for the next system's output on it."""
    return frozenset(numbers(text)), frozenset(_bare(m[0]) for m in _WORD.finditer(text.replace("’", "'")))


def _share(verdicts: Sequence[bool]) -> float | None:
    return sum(verdicts) / len(verdicts) if verdicts else None
