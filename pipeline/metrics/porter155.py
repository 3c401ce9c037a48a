"""The stemmer of ROUGE-1.5.5: Porter's algorithm (1980, Program 14:3), with a step 4 of its own.

Martin Porter's own later changes (-bli and -logi in step 2) are in. Step 4, which takes only the longest of its
endings in Porter's paper, goes three times over the word here: the endings but -ment, -ent and -ion; then -ment;
then -ent, or else -ion after s or t. So "agreement" ends as "agreem" and "additional" as "addit". The package
looks a word up in WordNet's irregular forms first; that list is not here (docs/scoring.md).
"""

from __future__ import annotations

import re

_ONSET = r"(?:[^aeiou][^aeiouy]*)?"
_SYLLABLE = r"[aeiouy][aeiou]*[^aeiou][^aeiouy]*"
_ONE_OR_MORE = re.compile(f"{_ONSET}{_SYLLABLE}")
_TWO_OR_MORE = re.compile(f"{_ONSET}{_SYLLABLE}[aeiouy][aeiou]*[^aeiou]")
_EXACTLY_ONE = re.compile(rf"{_ONSET}{_SYLLABLE}(?:[aeiouy][aeiou]*)?\Z")
_HAS_VOWEL = re.compile(f"{_ONSET}[aeiouy]")
_SHORT = re.compile(r"[^aeiou][^aeiouy]*[aeiouy][^aeiouwxy]\Z")
_DOUBLED = re.compile(r"([^aeiouylsz])\1\Z")

# ending → what replaces it where the rest has a syllable; the longest that fits is the one that counts
STEP_2 = {
    "ational": "ate", "tional": "tion", "enci": "ence", "anci": "ance", "izer": "ize", "bli": "ble", "alli": "al",
    "entli": "ent", "eli": "e", "ousli": "ous", "ization": "ize", "ation": "ate", "ator": "ate", "alism": "al",
    "iveness": "ive", "fulness": "ful", "ousness": "ous", "aliti": "al", "iviti": "ive", "biliti": "ble", "logi": "log",
}  # fmt: skip
STEP_3 = {"icate": "ic", "ative": "", "alize": "al", "iciti": "ic", "ical": "ic", "ful": "", "ness": ""}
STEP_4 = (
    *("ement", "ance", "ence", "able", "ible", "ant", "ism", "ate", "iti", "ous", "ive", "ize"),
    *("al", "er", "ic", "ou"),  # after the longer ones, some of which end so
)


def stem(word: str) -> str:
    """The stem of a lowercase ASCII word."""
    if len(word) < 3:
        return word
    hidden = word[0] == "y"  # a y at the beginning is no vowel
    if hidden:
        word = "Y" + word[1:]
    word = _step_1(word)
    word = _replaced(word, STEP_2)
    word = _replaced(word, STEP_3)
    word = _step_5(_step_4(word))
    return "y" + word[1:] if hidden else word


def _step_1(word: str) -> str:
    if word.endswith(("sses", "ies")):
        word = word[:-2]
    elif word.endswith("s") and word[-2:-1] not in ("s", ""):
        word = word[:-1]
    word = _past(word)
    if word.endswith("y") and _HAS_VOWEL.match(word[:-1]):
        word = word[:-1] + "i"
    return word


def _past(word: str) -> str:
    """Step 1b: -eed, -ed and -ing."""
    if word.endswith("eed"):
        return word[:-1] if _ONE_OR_MORE.match(word[:-3]) else word
    ending = "ed" if word.endswith("ed") else "ing" if word.endswith("ing") else ""
    rest = word.removesuffix(ending)
    if not ending or not _HAS_VOWEL.match(rest):
        return word
    if rest.endswith(("at", "bl", "iz")):
        return rest + "e"
    if _DOUBLED.search(rest):
        return rest[:-1]
    return rest + "e" if _SHORT.match(rest) else rest


def _replaced(word: str, endings: dict[str, str]) -> str:
    fitting = [ending for ending in endings if word.endswith(ending)]
    if not fitting:
        return word
    ending = max(fitting, key=len)
    rest = word.removesuffix(ending)
    return rest + endings[ending] if _ONE_OR_MORE.match(rest) else word


def _step_4(word: str) -> str:
    for endings in (STEP_4, ("ment",), ("ent",)):
        ending = next((one for one in endings if word.endswith(one)), "")
        if ending and _TWO_OR_MORE.match(word.removesuffix(ending)):
            word = word.removesuffix(ending)
        if endings == ("ent",) and not ending and word.endswith(("sion", "tion")) and _TWO_OR_MORE.match(word[:-3]):
            word = word[:-3]
    return word


def _step_5(word: str) -> str:
    if word.endswith("e"):
        rest = word[:-1]
        if _TWO_OR_MORE.match(rest) or (_EXACTLY_ONE.match(rest) and not _SHORT.match(rest)):
            word = rest
    return word[:-1] if word.endswith("ll") and _TWO_OR_MORE.match(word) else word
