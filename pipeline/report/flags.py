"""Every documented flag in plain words. A flag is `code`, `code:detail` or `code:kind:detail`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

Level = Literal["alert", "note"]

# flag family -> (level, words); `{}` takes what follows the family, or is cut away when nothing does.
# An alert says the text may be wrong, a note says how it came about.
FLAGS: dict[str, tuple[Level, str]] = {
    "fallback:extractive": ("note", "taken from the article as it stands"),
    "fallback": ("note", "a fallback was used: {}"),
    "verbatim": ("note", "word for word from the article: {}"),
    "too_short": ("note", "the article is very short: {}"),
    "trimmed": ("note", "the article's sentence, shortened by rule: {}"),
    "too_few": ("note", "fewer than asked for could be written: {}"),
    "fallback:title": ("note", "the article's own title"),
    "truncated_input": ("note", "the model did not read the whole article: {}"),
    "language": ("note", "the article is not in a language the model knows: {}"),
    "repaired": ("note", "mended from the article: {}"),
    "unsupported:number": ("alert", "a number the article does not support: {}"),
    "unsupported:quantity": ("alert", "a quantity the article does not support: {}"),
    "unsupported:date": ("alert", "a date the article does not support: {}"),
    "unsupported:name": ("alert", "a name the article does not support: {}"),
    "unsupported:quotation": ("alert", "a quotation that is not in the article: {}"),
    "unsupported": ("alert", "not supported by the article: {}"),
    "negation": ("alert", "may say the opposite of the article: {}"),
    "repetition": ("alert", "repeats itself: {}"),
    "garbled": ("alert", "a garbled word: {}"),
    "unfinished": ("alert", "an unfinished sentence: {}"),
    "empty": ("alert", "nothing was written: {}"),
}


def family(flag: str) -> str:
    """The longest key of FLAGS that `flag` belongs to; its first part if it is not documented."""
    parts = flag.split(":")
    two = ":".join(parts[:2])
    return two if two in FLAGS else parts[0]


def detail(flag: str) -> str:
    """What follows the family: the guilty number or name, a language code …; often empty."""
    return flag[len(family(flag)) :].removeprefix(":")


def level(flag: str) -> Level:
    """How serious a flag is; an unknown one is an alert, so that nobody overlooks it."""
    return FLAGS[family(flag)][0] if family(flag) in FLAGS else "alert"


def describe(flag: str) -> str:
    """A flag in plain words; an unknown flag keeps its own words, underscores opened."""
    known = FLAGS.get(family(flag))
    if known is None:
        return flag.replace("_", " ")
    about = detail(flag)
    return known[1].format(about) if about else known[1].removesuffix(": {}")


def distinct(flags: Iterable[str]) -> tuple[str, ...]:
    """Each flag once, alerts before notes, otherwise in order of appearance."""
    return tuple(sorted(dict.fromkeys(flags), key=lambda flag: level(flag) != "alert"))
