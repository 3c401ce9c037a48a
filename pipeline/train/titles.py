"""Titles as targets: which of them are headlines at all, and their words in the case a sentence would give them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from pipeline.facts import FUNCTION_WORDS
from pipeline.facts.places import PEOPLE, is_place_word
from pipeline.lexicon import is_english, word_set
from pipeline.text.words import stem

TEASER = re.compile(
    r"\?|^(why|how|what|who|when|where|here'?s|this|these|\d+ (things|ways|reasons|takeaways))\b|"
    r"^(watch|see|read|listen)\b(?!:)|!|\.\.\.|…|\b(dlrs?|mln|pct)\b",
    re.IGNORECASE,
)
PERSONAL = re.compile(r"\b(you|we|i|my|our|your|us)\b", re.IGNORECASE)
# Titles that say what kind of document follows, not what it reports.
KIND = re.compile(
    r"^(written |oral )?(reply|replies|answers?|response) (to|by|on)\b|"
    r"^(\w+[' ]?s )?(opening |closing |keynote )?(speech|address|remarks)\b|"
    r"\b(pq|parliamentary questions?|media advisory|press release|factsheet|transcript|recap|newsletter)\b|"
    r"^(statement|message|comments|testimony|book review|review|meet|live updates?|factbox|timeline|recipe)\b",
    re.IGNORECASE,
)
QUOTED = re.compile(r"(?<!\w)(['\"]).+?\1(?!\w)")
TICKER = re.compile(r"\s*[(<][A-Z][\w.]{0,6}[)>]")
_INITIALS = re.compile(r"\b(?:[A-Za-z]\.){2,}$")
_WORD = re.compile(r"(?<![\w.'])[^\W\d_]+(?!\.\w)")
_MORE_NAMES = word_set(
    """angeles ashley bailey barr bezos blake brady brooke buffett cameron carson casey chelsea chloe christie dean
    devon drake duke dylan emma erin ford francisco gaga gates gomez gwen haley hugh jamie jay jenner jordan kylie lady
    logan lopez madison meghan miley morgan murray nick pitt powell price reid reilly ryder selena serena sessions
    shelton stormy swift tiffany tyson wells west whitney winfrey wolf"""
)
_TOKEN = re.compile(r"(?P<before>[.!?\n:\"'“‘(|]\s*)?(?P<word>[^\W\d_]+)")


def teases(title: str) -> bool:
    """Whether a title asks, addresses its reader, counts a list or names a kind of text instead of telling."""
    return bool(TEASER.search(title) or KIND.search(title) or PERSONAL.search(QUOTED.sub(" ", title)))


@lru_cache(1 << 16)
def is_name(word: str) -> bool:
    """Whether a capitalised word names something wherever it stands: a place, its people, a person, no English word.

    Names that are English words as well ("Price") and in no table are missed: the title's case then says nothing.
    """
    low = word.lower()
    return low in PEOPLE or low in _MORE_NAMES or is_place_word(low) or not is_english(low)


def without_stop(title: str) -> str:
    """A title without a full stop at its end, unless that is part of initials ("U.S.")."""
    return title if _INITIALS.search(title) else title.rstrip(".")


def is_title_case(title: str) -> bool:
    """Three fifths of the longer words, the first left out, have a capital."""
    long = [w for w in title.split()[1:] if len(w) > 3 and w[0].isalpha()]
    return bool(long) and sum(w[0].isupper() for w in long) >= 0.6 * len(long)


def sentence_cased(title: str, document: str) -> str:
    """A title in title case or capitals as a sentence: each word as the document writes it.

    A word that is ordinary English keeps its capital only where the document has it inside a sentence, by itself or
    next to the same neighbour ("Supreme Court"). A name the document does not have keeps its capital, so that support
    can miss it. Initials ("U.S.") stay as they are.
    """
    if not is_title_case(title):
        return title
    shout = sum(c.isupper() for c in title) > 0.6 * sum(c.isalpha() for c in title)
    known = _written(document)
    matches = list(_WORD.finditer(title))
    words = [_shape(m[0], known, shout) for m in matches]
    parts, end = [], 0
    for i, match in enumerate(matches):
        parts += [title[end : match.start()], _own_case(i, words, known)]
        end = match.end()
    text = "".join((*parts, title[end:])).replace("'S ", "'s ")
    return text[:1].upper() + text[1:]


@dataclass(frozen=True, slots=True)
class _Written:
    """How a document writes its words: counts of all forms, of those capitalised with no capitalised neighbour inside
    a sentence, the capitalised neighbours, and the stems of lower-case words."""

    seen: Counter[str]
    alone: Counter[str]
    neighbours: frozenset[tuple[str, str]]
    low: frozenset[str]


def _written(document: str) -> _Written:
    tokens = [(m["word"], m["before"] is None and m.start() > 0) for m in _TOKEN.finditer(document)]
    padded = [("", False), *tokens, ("", False)]
    alone: Counter[str] = Counter()
    for (before, _), (word, inside), (after, _) in zip(padded, padded[1:], padded[2:], strict=False):
        if inside and word[0].isupper() and not before[:1].isupper() and not after[:1].isupper():
            alone[word] += 1
    neighbours = {(a, b) for (a, _), (b, _) in pairwise(tokens) if a[0].isupper() and b[0].isupper()}
    seen = Counter(word for word, _ in tokens)
    return _Written(seen, alone, frozenset(neighbours), frozenset(stem(w) for w in seen if w.islower()))


def _shape(word: str, known: _Written, shout: bool) -> str:
    """A title's word with its capitals only first, unless the document has it in capitals."""
    if len(word) == 1 or not word.isupper() or known.seen[word] > known.seen[word.capitalize()]:
        return word
    return word.capitalize() if shout or known.seen[word.capitalize()] else word


def _own_case(i: int, words: Sequence[str], known: _Written) -> str:
    word, low = words[i], words[i].lower()
    if low in FUNCTION_WORDS and word != "I" and not (word.isupper() and len(word) > 1):
        return low
    if len(word) == 1 or not word[1:].islower():
        return word
    if is_name(word) and stem(low) not in known.low:
        return word
    beside = i and (words[i - 1], word) in known.neighbours
    beside = beside or (i + 1 < len(words) and (word, words[i + 1]) in known.neighbours)
    return word if beside or known.alone[word] > known.seen[low] else low
