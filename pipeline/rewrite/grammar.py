"""What the rules know of English: finite verbs, openings, clauses between commas, and capitals that may be lost."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache

from pipeline.facts import FUNCTION_WORDS
from pipeline.lexicon import is_english, looks_proper, word_set

AUXILIARY = word_set(
    """is are was were has have had will would can could may might must should does do did isn't aren't wasn't weren't
    hasn't haven't hadn't won't wouldn't can't couldn't doesn't don't didn't shouldn't cannot"""
)
PAST = word_set(
    """said says told made took went came began fell rose won lost held led met left found gave got sent spent stood
    wrote became brought built bought broke chose drew drove fought flew grew kept knew meant paid ran saw sold shot
    spoke struck taught thought threw wore beat sought caught fled dealt sank swept hit shut felt heard kept laid lay
    sat slept stole swam tore understood withdrew overcame undertook rode hung bid cost set put says warns calls plans
    hopes wants needs expects believes shows remains includes means makes takes gives goes comes works runs"""
)
NOUNS_IN_ED = word_set("need feed seed speed hundred indeed breed weed deed creed shed bleed sacred naked wicked reed")
PRONOUNS = word_set("he she it they we i you this that these those his her its their there")
SUBORDINATORS = word_set("after when while because although though as before since if until once unless whereas")
DETERMINERS = word_set("the a an its his her their our this that these those some several many two three four five")
QUOTED = re.compile(r'"[^"]*"')
_SHELTERED = re.compile(r'"[^"]*"|\([^)]*\)|\[[^\]]*\]')
_WORD = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*")


@dataclass(frozen=True, slots=True)
class Spelling:
    """How one article writes words inside its sentences: those with a capital, and those without."""

    raised: frozenset[str]
    lowered: frozenset[str]


Rule = Callable[[str, Spelling], Iterable[str]]


def read_spelling(texts: Iterable[str]) -> Spelling:
    """The spelling of a whole article, from its sentences without their first words."""
    words = [word for text in texts for word in _WORD.findall(text.partition(" ")[2])]
    return Spelling(
        frozenset(w.lower() for w in words if w[0].isupper()), frozenset(w for w in words if w[0].islower())
    )


def lower_first(text: str, spelling: Spelling) -> str:
    """`text` to be put behind something: its first word without its capital, unless it is a name or "I"."""
    match = _WORD.match(text)
    if match is None:
        return text
    word = match[0]
    low = word.lower()
    ordinary = low in FUNCTION_WORDS or (low in spelling.lowered and low not in spelling.raised)
    unseen = low not in spelling.raised and is_english(low) and not looks_proper(word)
    name_follows = text[match.end() :].lstrip()[:1].isupper() and low not in FUNCTION_WORDS
    if word == "I" or word[1:] != word[1:].lower() or name_follows or not (ordinary or unseen):
        return text
    return text[0].lower() + text[1:]


def upper_first(text: str) -> str:
    return text[:1].upper() + text[1:]


@lru_cache(maxsize=1 << 14)
def is_finite(word: str) -> bool:
    """Whether a lower-case word is, as far as its form shows, a finite verb (participles in -ed count)."""
    return word in AUXILIARY or word in PAST or (word.endswith("ed") and len(word) > 3 and word not in NOUNS_IN_ED)


def bare(word: str) -> str:
    """A word without the marks around it, in lower case."""
    return word.strip("\"'(),.;:!?").lower()


def verbs(text: str) -> list[int]:
    """Places among the words of `text` where a finite verb stands, quotations left out; auxiliaries with their
    participle count once."""
    return list(_verbs(text))


@lru_cache(maxsize=4096)  # every rule asks for them
def _verbs(text: str) -> tuple[int, ...]:
    found: list[int] = []
    open_at = -1  # where an auxiliary waits for its participle
    for i, word in enumerate(without_quotations(text).split()):
        key = bare(word)
        if not word[:1].islower() or not is_finite(key):
            continue
        if open_at == i - 1 and found:
            found[-1] = i
        else:
            found.append(i)
        open_at = i if key in AUXILIARY else -1
    return tuple(found)


def without_quotations(text: str) -> str:
    """The text with every quotation made one capital word of the same length, so that offsets stay."""
    return QUOTED.sub(lambda m: "Q" * len(m[0]), text)


def parts(text: str) -> list[str]:
    """The text between its commas, those in quotations, brackets and numbers left alone."""
    sheltered = _SHELTERED.sub(lambda m: "_" * len(m[0]), text)
    cuts = [m.start() for m in re.finditer(r",\s", sheltered)]
    starts = [0, *(cut + 2 for cut in cuts)]
    return [text[a:b].strip() for a, b in zip(starts, [*cuts, len(text)], strict=True)]


def split_end(text: str) -> tuple[str, str]:
    """A sentence and its final mark, `.` where it has none of its own; "" for one that a quotation or "U.S." closes."""
    if text.endswith((".", "?", "!")) and not re.search(r"\b[A-Z]\.$|\b[ap]\.m\.$|\.\.$", text):
        return text[:-1], text[-1]
    return text, ""


def is_name(text: str) -> bool:
    """Whether a text is two to five capitalised words, as "Jane van Doe"; a lone word may be anything."""
    words = text.split()
    small = ("of", "de", "van", "von", "bin", "al", "la", "der")
    return 2 <= len(words) <= 5 and all(w[0].isupper() or w in small for w in words) and words[0].lower() != "the"
