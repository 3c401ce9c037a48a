"""The article's own spelling of its words, and title case."""

from __future__ import annotations

import re
from functools import lru_cache

LETTERS = re.compile(r"[^\W\d_][\w'-]*")
DOUBLED, SPACED = re.compile(r"([,;])[,;\s]*[,;]"), re.compile(r"\s+([,;:.?!])")
VOWEL, CURRENCY = re.compile(r"(\ba|^A) (?=[aeio](?!ne\b|nce\b|u|[nfstr]\b)\w)"), re.compile(r"([$£€])\s+(?=\d)")
SMALL = frozenset("a an the and but or nor for of in on at to by from with as vs vs. via per".split())
PARTICLES = frozenset("al el bin ibn bint de del della der den di da du la van von".split())
TIMES = frozenset(("a.m.", "p.m.", "a.m", "p.m"))


def restore_capitals(text: str, document: str) -> str:
    """Give words their capitals back that the document, inside its sentences, never writes without them.

    ("the internal Revenue Service"); doubled commas and spaces before marks go as well, and "a" becomes "an" before
    a vowel.
    """
    inside, anywhere = _spelt(document)

    def own(match: re.Match[str]) -> str:
        word = match[0]
        raised = word[:1].upper() + word[1:]
        return raised if word.islower() and raised in inside and word not in anywhere else word

    text = SPACED.sub(r"\1", DOUBLED.sub(r"\1", text))
    text = VOWEL.sub(r"\1n ", text)
    text = CURRENCY.sub(r"\1", text)
    text = LETTERS.sub(own, text)
    return text[:1].upper() + text[1:]


@lru_cache(maxsize=4)
def _spelt(document: str) -> tuple[frozenset[str], frozenset[str]]:
    """The words of a document as they are written inside its sentences, and anywhere; read once for all candidates."""
    return frozenset(re.findall(r"(?<=[\w,;] )[^\W\d_][\w'-]*", document)), frozenset(LETTERS.findall(document))


def title_case(headline: str) -> str:
    """Capitals on all words but articles, conjunctions and short prepositions, which have one first, last and after a
    colon or dash; each part of a hyphenated word by the same rule ("Day-to-Day").

    Names keep their spelling: words with a capital inside or a digit in front ("iPhone", "1.2bn"), times of day, and
    particles before a name ("bin", "al-").
    """
    words = headline.split()
    return " ".join(_titled(words, i) for i in range(len(words)))


def _titled(words: list[str], i: int) -> str:
    word, low = words[i], "".join(LETTERS.findall(words[i])).lower()
    edge = i in (0, len(words) - 1) or words[i - 1][-1] in ":–—?!" or words[i - 1] == "-"
    named = i + 1 < len(words) and words[i + 1][:1].isupper()
    if word.lower().strip(",;") in TIMES or (low in PARTICLES and word.islower() and named and i):
        return word
    if low in SMALL and not edge:
        return word if word.isupper() and len(word) > 1 else word.lower()
    parts = re.split(r"([-‐‑/])", word)
    last = len(parts) - 1
    return "".join(
        part if 0 < n < last and part in SMALL or (part in PARTICLES and n < last) else _raised(part)
        for n, part in enumerate(parts)
    )


def _raised(word: str) -> str:
    """The word with its first letter raised, unless a digit stands before it or it has a capital further on."""
    first = re.search(r"[^\W_]", word)
    if first is None or first[0].isdigit() or word[first.start() + 1 :] != word[first.start() + 1 :].lower():
        return word
    return word[: first.start()] + first[0].upper() + word[first.end() :]
