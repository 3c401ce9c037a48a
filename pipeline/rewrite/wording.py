"""Words and phrases for others that mean the same in news text, whatever stands around them: the tables of `swaps`.

`find` is matched as whole words outside quotations. In it `#` is a number, `@` a determiner ("the", "its" …) and `^` a
word with a capital, kept as they are; `not_after` are words before which the replacement would be wrong ("is due to",
a "following the" that is a verb).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from pipeline.lexicon import word_set
from pipeline.rewrite import swaps
from pipeline.rewrite.grammar import QUOTED, Spelling

BE = "is are was were be been being am"
NUMBER = r"(?:\d[\d,.]*\d|\d|two|three|four|five|six|seven|eight|nine|ten|a dozen|half)"
DETERMINER = r"(?:the|a|an|its|his|her|their|this|these|those|that)"


@dataclass(frozen=True, slots=True)
class Swap:
    """One replacement; `not_after`: words that must not stand right before it."""

    find: str
    put: str
    not_after: frozenset[str] = frozenset()


def _table(rows: str) -> tuple[Swap, ...]:
    """Lines `find > put` or `find > put ! words it must not follow`."""
    found = []
    for row in rows.strip().splitlines():
        find, _, rest = row.partition(" > ")
        put, _, after = rest.partition(" ! ")
        found.append(Swap(find.strip(), put.strip(), word_set(after.replace("BE", BE))))
    return tuple(found)


SWAPS = _table(swaps.NEWS)
PLAIN = _table(swaps.PLAIN)
_PLACES = {"#": rf"([$£€]?{NUMBER}(?:bn|m)?)", "@": rf"\b({DETERMINER})\b", "^": r"([A-Z]\w+)"}


def _literal(word: str) -> str:
    """One word of `find`; a number may have its unit joined to it ("#bn", "#%")."""
    return rf"({NUMBER}){re.escape(word[1:])}" if word[0] == "#" and len(word) > 1 else re.escape(word)


@cache
def _pattern(find: str) -> re.Pattern[str]:
    """`find` as whole words; `#` and `@` are groups, and a word joined by a hyphen or apostrophe is another word."""
    pieces = [_PLACES.get(word, _literal(word)) for word in find.split()]
    body = r"\s".join(pieces).replace(r"\s%", "%")
    left = "" if find.startswith(",") else r"(?<![\w'-])"
    return re.compile(rf"{left}{body}(?![\w'–-]|[.,]\d)")


@cache
def _sign(find: str) -> str:
    """What every text holds that `find` matches: its longest word, without the first letter of all, whose case may be
    either; "" if no word of it must stand as it is."""
    words = [find.split()[0][1:], *find.split()[1:]]
    return max((word.lstrip("#") for word in words if word not in _PLACES), key=len, default="")


def swapped(text: str, table: tuple[Swap, ...]) -> str:
    """`text` with every entry of `table` replaced, later entries leaving alone what earlier ones put there."""
    done: list[str] = []
    for swap in table:
        before = "" if _sign(swap.find) in text else text
        while before != text:
            before, text = text, _swap(text, swap, done)
    for n, put in enumerate(done):
        text = text.replace(chr(0xE000 + n), put)
    return text


def _swap(text: str, swap: Swap, done: list[str]) -> str:
    """Replace the first match that may be; what is put there is hidden behind one private character."""
    quoted = [m.span() for m in QUOTED.finditer(text)]
    for opening in (False, True):
        find = swap.find[:1].upper() + swap.find[1:] if opening else swap.find
        for match in _pattern(find).finditer(text):
            before = re.findall(r"[\w']+", text[: match.start()])[-1:]
            if any(a <= match.start() < b for a, b in quoted) or (opening and match.start()):
                continue
            if before and (before[0].lower() in swap.not_after or before[0] in swap.not_after):
                continue
            put = _filled(swap.put, match)
            done.append(put[:1].upper() + put[1:] if opening else put)
            return text[: match.start()] + chr(0xE000 + len(done) - 1) + text[match.end() :]
    return text


def _filled(put: str, match: re.Match[str]) -> str:
    groups = iter(match.groups())
    return re.sub(r"[#@^]", lambda _: next(groups), put)


def reword(text: str, _: Spelling) -> list[str]:
    """All swaps that fit, at once."""
    return [swapped(text, SWAPS)]


def plain(text: str) -> str:
    """The text in plainer words, each where it fits."""
    return swapped(text, PLAIN)
