"""Content words of a text, under keys where inflections meet: what selection and training compare texts by."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?|\d[\d.,]*")
STOP = frozenset(
    "a an the of in on at to for from by with and or but as is are was were be been being has have had do does did "
    "it its he his she her they their them we our us you your i my this that these those not no will would can could "
    "may might must should who which what when where how why than then there here if so about into over after "
    "before out up down off more most said says say also new just".split()
)


@lru_cache(maxsize=1 << 16)  # texts repeat their words
def stem(word: str) -> str:
    """A crude key under which inflections of a word meet (plural, past tense, -ing, possessive)."""
    word = word.lower().removesuffix("'s").rstrip(".,")
    for ending in ("ing", "ed", "es", "s", "e"):
        if len(word) > len(ending) + 3 and word.endswith(ending):
            return word[: -len(ending)]
    return word


def content_words(text: str) -> list[str]:
    """Stems of the words that carry content, in order, with repetitions."""
    return [stem(w) for w in WORD.findall(text) if w.lower() not in STOP and (len(w) > 1 or w.isdigit())]


@lru_cache(maxsize=16_384)  # the sentences of a long document and the candidates
def content_set(text: str) -> frozenset[str]:
    """The same without order and repetitions; remembered, as candidates are compared with one another."""
    return frozenset(content_words(text))


def stems(texts: Iterable[str]) -> set[str]:
    """The stems of all words of several texts together."""
    return {stem(w) for text in texts for w in WORD.findall(text)}


def overlap(a: Iterable[str], b: Iterable[str]) -> float:
    """Share of the smaller set of keys that the two have in common (overlap coefficient); 0.0 if one is empty."""
    left, right = frozenset(a), frozenset(b)
    return len(left & right) / min(len(left), len(right)) if left and right else 0.0
