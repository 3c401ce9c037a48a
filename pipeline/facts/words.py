"""A text as words and marks with offsets: what every other extraction reads, made once per text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from pipeline.facts.places import OTHER_ABBREVIATIONS, TITLES

BREAK = "|"  # the key of a mark that no name or phrase runs across: comma, full stop, bracket, quotation mark …
OPENERS = "\"“”‘'([—–-*•»«"
_APOSTROPHES = ("'", "’")
_DOTTED = "|".join(sorted((*TITLES, *OTHER_ABBREVIATIONS), key=len, reverse=True))
_TOKEN = re.compile(
    rf"""
    (?:[^\W\d_]\.){{2,}}(?:[^\W\d_](?![\w.]))?    # U.S.  J.K.  a.m.  U.S.A
  | \b(?i:{_DOTTED})\.(?=\s)                       # Gen.  Inc.
  | \b[A-Z]\.(?=\s?[A-Z])                          # J. (an initial)
  | \d{{1,3}}(?:,\d{{2,3}})+(?:\.\d+)?|\d+(?:\.\d+)?   # 1,200  3.5
  | [^\W\d_]\w*(?:['’][^\W\d_]+)*                  # words, O'Neill, don't, G20
  | \n | [^\s]
    """,
    re.VERBOSE,
)
_UNITED = {("united", "states"): "usa", ("united", "kingdom"): "uk", ("united", "nations"): "uno"}
_NATIONS = {
    "U.S.": "usa", "US": "usa", "USA": "usa", "U.S.A.": "usa", "U.S": "usa",
    "UK": "uk", "U.K.": "uk", "UN": "uno", "U.N.": "uno",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Word:
    """One word, number or mark: `text == source[start:end]`.

    `key` is what is compared: lower case, without possessive, dots or title abbreviation ("U.S." → "usa",
    "Gen." → "general"); BREAK for marks, "-" for hyphens. `initial`: it opens a sentence, line or quotation.
    `joined`: no space before it. `possessive`: "Austin's", "voters'".
    """

    text: str
    start: int
    end: int
    key: str
    initial: bool
    joined: bool
    possessive: bool

    @property
    def is_word(self) -> bool:
        return self.text[0].isalpha()

    @property
    def is_number(self) -> bool:
        return self.text[0].isdecimal()

    @property
    def is_capital(self) -> bool:
        return self.text[0].isupper()


def split_words(text: str) -> tuple[Word, ...]:
    """Words and marks of `text`, in order. A line break is a mark; other white space is dropped."""
    return tuple(_merge_united(list(_scan(text))))


def _scan(text: str) -> Iterator[Word]:
    initial, last_end = True, -1
    for match in _TOKEN.finditer(text):
        token, (start, end) = match.group(), match.span()
        joined = start == last_end
        if token[0].isalnum():
            closed = text[end : end + 1] in _APOSTROPHES and not text[end + 1 : end + 2].isalpha()
            key, possessive = _key(token, closed)
            yield Word(token, start, end, key, initial, joined, possessive)
            initial = False
        else:
            key = "-" if token in "-‐‑" and joined else BREAK
            yield Word(token, start, end, key, initial, joined, False)
            initial = (
                token in ".?!:;\n…•"
                or (token in OPENERS and (initial or not joined))
                or (initial and token in ")]”\"’'")
            )
        last_end = end


@lru_cache(maxsize=1 << 16)
def _key(token: str, closed: bool) -> tuple[str, bool]:
    """The key of a token and whether it is possessive; `closed`: an apostrophe and no letter follow it."""
    if token in _NATIONS:
        return _NATIONS[token], False
    low = token.lower().replace("’", "'")
    if low.endswith("'s"):
        bare = token[:-2]
        return _NATIONS.get(bare, low[:-2].replace(".", "")), True
    plain = low.replace(".", "") if not token[0].isdigit() else low.replace(",", "")
    if low.endswith(".") and plain in TITLES:
        return TITLES[plain], False
    return plain, closed and plain.endswith("s")


def _merge_united(words: list[Word]) -> Iterator[Word]:
    """Join "United States" and the like into one word, so that it equals "U.S."."""
    skip = False
    for word, following in zip(words, [*words[1:], None], strict=False):
        if skip:
            skip = False
            continue
        nation = _UNITED.get((word.key, following.key)) if following and word.is_capital else None
        if following is None or nation is None:
            yield word
            continue
        whole = f"{word.text} {following.text}"
        yield Word(whole, word.start, following.end, nation, word.initial, word.joined, following.possessive)
        skip = True


def phrase(words: tuple[Word, ...] | list[Word], *, marks: bool) -> str:
    """The keys of `words` joined by spaces, with a space at both ends, so that `in` compares whole words.

    Hyphens are dropped; with `marks` other marks stay as BREAK, without they are dropped too.
    """
    keys = (w.key for w in words if w.key != "-" and (marks or w.key != BREAK))
    return f" {' '.join(keys)} "
