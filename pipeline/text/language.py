"""Language identification, offline and deterministic (py3langid's packaged model)."""

from __future__ import annotations

import re

UNDETERMINED = "und"
_ENOUGH_LETTERS = 20
_READ = 4000  # characters; more does not change the answer
# Words that carry English sentences and no other language's. Loading the library's model takes longer than all else
# that is done before a short article is written about, and its answer for such a text is known.
_ENGLISH = frozenset(
    """the and that this these with from by have has been was were are they their she his her its which who will would
    about but not to of""".split()
)
_WORD = re.compile(r"[a-z]+")
_APART, _DIFFERENT = 28, 8  # at most so many letters for one of them (news: about 20), and so many of them
_RUN, _LEAST = 50, 3  # words, and how many of them are known in every run: no stretch is in another language
_LONG = 1200  # letters; in less, what fits between two of the words may be another language's
_PLAIN = 0.98  # share of the letters that are ASCII's


def detect_language(text: str) -> str:
    """The ISO 639 code of the text's language, or `und` when it has too few letters to tell.

    A longer text in Latin letters that is full of English function words is "en", which the library would say, too;
    all others are its to name.
    """
    read = text[:_READ]
    letters = sum(map(str.isalpha, read))
    if letters < _ENOUGH_LETTERS:
        return UNDETERMINED
    return "en" if letters >= _LONG and _plainly_english(read, letters) else identified(read)


def identified(text: str) -> str:
    """What the library takes the beginning of a text for."""
    from py3langid import classify

    language: str = classify(text[:_READ])[0]
    return language


def _plainly_english(text: str, letters: int) -> bool:
    """Whether words of `_ENGLISH` stand as close as in English alone, from the beginning to the end."""
    words = _WORD.findall(text.lower())
    known = [word in _ENGLISH for word in words]
    if sum(map(len, words)) < _PLAIN * letters or _APART * sum(known) < letters:
        return False
    runs = (known[max(0, end - _RUN) : end] for end in range(len(known), 0, -_RUN))
    return all(sum(run) * _RUN >= _LEAST * len(run) for run in runs) and len(_ENGLISH.intersection(words)) >= _DIFFERENT


def looks_english(text: str) -> bool:
    """Is the text English, or too short to say otherwise?"""
    return detect_language(text) in ("en", UNDETERMINED)
