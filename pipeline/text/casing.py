"""Sentence case and title case of headlines, with the article's own spelling of its words."""

from __future__ import annotations

import re
from collections import Counter

LETTERS = re.compile(r"[^\W\d_][\w'-]*")
SMALL = frozenset("a an the and but or nor for of in on at to by from with as vs via per".split())


def sentence_case(headline: str, document: str) -> str:
    """Lower a title-cased headline's words unless the document itself never writes them in lower case.

    A headline is title-cased when three fifths of its longer words, the first left out, have a capital; any other
    comes back as it is.
    """
    words = headline.split()
    long = [w for w in words[1:] if len(w) > 3 and w[0].isalpha()]
    if not long or sum(w[0].isupper() for w in long) < 0.6 * len(long):
        return headline
    seen = Counter(LETTERS.findall(document))
    return " ".join(words[:1] + [_own_case(word, seen) for word in words[1:]])


def _own_case(word: str, seen: Counter[str]) -> str:
    core = "".join(LETTERS.findall(word))
    name = core[1:] != core[1:].lower() or seen[core] > seen[core.lower()]
    return word if not core or (name and seen[core]) or not core[1:].islower() else word.replace(core, core.lower())


def restore_capitals(text: str, document: str) -> str:
    """Give words their capitals back that the document, inside its sentences, never writes without them.

    ("the internal Revenue Service"); doubled commas and spaces before marks go as well, and "a" becomes "an" before
    a vowel.
    """
    inside = Counter(re.findall(r"(?<=[\w,;] )[^\W\d_][\w'-]*", document))
    anywhere = Counter(LETTERS.findall(document))

    def own(match: re.Match[str]) -> str:
        word = match[0]
        raised = word[:1].upper() + word[1:]
        return raised if word.islower() and inside[raised] and not anywhere[word] else word

    text = re.sub(r"\s+([,;:.?!])", r"\1", re.sub(r"([,;])[,;\s]*[,;]", r"\1", text))
    text = re.sub(r"\b([Aa]) (?=[aeio](?!ne\b|nce\b|u)\w)", r"\1n ", text)
    text = re.sub(r"([$£€])\s+(?=\d)", r"\1", text)
    text = LETTERS.sub(own, text)
    return text[:1].upper() + text[1:]


def title_case(headline: str) -> str:
    """Capitals on all words but short function words inside; the rest of each word stays as it is."""
    words = headline.split()
    return " ".join(w if 0 < i < len(words) - 1 and w.lower() in SMALL else _raised(w) for i, w in enumerate(words))


def _raised(word: str) -> str:
    parts = re.split(r"(-)", word)
    return "".join(re.sub(r"[^\W\d_]", lambda m: m[0].upper(), part, count=1) for part in parts)
