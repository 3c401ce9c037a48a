"""Weekdays, months, days of a month, years and decades."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from pipeline.facts.words import Word
from pipeline.lexicon import word_set
from pipeline.records import Span

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
_SHORT_DAYS = {"mon": "monday", "tue": "tuesday", "tues": "tuesday", "wed": "wednesday", "thu": "thursday",
               "thur": "thursday", "thurs": "thursday", "fri": "friday", "sat": "saturday"}  # fmt: skip
WEEKDAYS = {day: day for day in _WEEKDAYS} | {f"{day}s": day for day in _WEEKDAYS} | _SHORT_DAYS
MONTHS = {name: name for name in _MONTHS} | {name[:3]: name for name in _MONTHS} | {"sept": "september"}
_LEADS = word_set(
    """in last since by of from until till through this next to before after during early late and or between the a an
    - each every for was is"""
)
_ALSO_WORDS = frozenset(("may", "march", "mar", "jun", "dec", "sat", "mon", "sep"))


@dataclass(frozen=True, slots=True)
class Date:
    """A date or a part of one: `value` is "tuesday", "march", "march 5", "2014" or "1990s"."""

    span: Span
    text: str
    kind: Literal["weekday", "month", "day", "year"]
    value: str


def find_dates(text: str, words: Sequence[Word]) -> tuple[tuple[Date, ...], frozenset[int]]:
    """Dates of `words` in order, and the indices of the words that are part of one."""
    dates: list[Date] = []
    taken: set[int] = set()
    for i, word in enumerate(words):
        if i in taken:
            continue
        for kind, value, last in _read(words, i):
            span = (word.start, words[last].end)
            dates.append(Date(span, text[span[0] : span[1]], kind, value))
            taken.update(range(i, last + 1))
    return tuple(dates), frozenset(taken)


_Reading = tuple[Literal["weekday", "month", "day", "year"], str, int]


def _read(words: Sequence[Word], i: int) -> list[_Reading]:
    word = words[i]
    if word.is_number:
        return _from_number(words, i)
    if not word.is_capital:
        return []
    if word.key in WEEKDAYS and not (word.key in _ALSO_WORDS and not word.text.endswith(".")):
        return [("weekday", WEEKDAYS[word.key], i)]
    if word.key in MONTHS:
        return _from_month(words, i)
    return []


def _from_month(words: Sequence[Word], i: int) -> list[_Reading]:
    month = MONTHS[words[i].key]
    following = words[i + 1] if i + 1 < len(words) else None
    if following is not None and _is_day(following):
        last = i + 2 if _is_ending(words, i + 2) else i + 1
        return [("month", month, last), ("day", f"{month} {int(following.key)}", last)]
    dated = following is not None and following.is_number
    before = words[i - 1].key if i else ""
    after = following.key if following is not None else ""
    led = before in _LEADS and after not in ("for", "on", "of")
    ambiguous = words[i].key in _ALSO_WORDS and (words[i].initial or not led)
    return [] if ambiguous and not dated else [("month", month, i)]


def _from_number(words: Sequence[Word], i: int) -> list[_Reading]:
    word = words[i]
    step = i + 2 if _is_ending(words, i + 1) else i + 1
    step += step < len(words) and words[step].key == "of"
    if _is_day(word) and step < len(words) and _is_month(words[step]):
        month = MONTHS[words[step].key]
        return [("month", month, step), ("day", f"{month} {int(word.key)}", step)]
    if len(word.text) == 4 and word.text.isdigit() and 1700 <= int(word.text) <= 2100 and _stands_alone(words, i):
        decade = i + 1 < len(words) and words[i + 1].joined and words[i + 1].key == "s"
        return [("year", word.text + "s" * decade, i + decade)]
    return []


def _is_month(word: Word) -> bool:
    return word.is_capital and word.key in MONTHS and not (word.initial and word.key in _ALSO_WORDS)


def _stands_alone(words: Sequence[Word], i: int) -> bool:
    if i and words[i - 1].text in "$£€":
        return False
    following = words[i + 1] if i + 1 < len(words) else None
    return following is None or not (
        following.text == "%" or following.key in ("percent", "million", "billion", "people", "miles", "dollars")
    )


def _is_day(word: Word) -> bool:
    return word.is_number and word.key.isdigit() and 1 <= int(word.key) <= 31


def _is_ending(words: Sequence[Word], i: int) -> bool:
    return i < len(words) and words[i].joined and words[i].key in ("st", "nd", "rd", "th")
