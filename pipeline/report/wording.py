"""What a text has in common with another, word by word: runs of words taken over, words that are new.

Words are case-folded runs of letters and digits, as in the abstractiveness measures, and n-grams do not cross lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipeline.records import Span

COPIED = 3  # so many words in a row count as taken from the article: two in a row often meet by chance
SHARED = 2  # and so many as shared with a reference, as ROUGE-2 counts them
_WORD = re.compile(r"[^\W_]+")
Ngram = tuple[str, ...]
Labelled = tuple[str, Span]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The single words and the n-grams (n ≥ 2) of some lines of text."""

    words: frozenset[str]
    ngrams: frozenset[Ngram]
    n: int


def vocabulary(lines: Iterable[str], n: int) -> Vocabulary:
    """The words and n-grams of `lines`."""
    tokens = [_folded(line) for line in lines]
    grams = frozenset(gram for line in tokens for gram in _ngrams(line, n))
    return Vocabulary(frozenset(word for line in tokens for word in line), grams, n)


def runs(text: str, known: Vocabulary) -> list[Span]:
    """Spans of `text` in which every word belongs to an n-gram of `known`; overlapping n-grams make one span."""
    words = [(match.group().casefold(), match.span()) for match in _WORD.finditer(text)]
    grams = _ngrams([word for word, _ in words], known.n)
    found: list[tuple[int, int]] = []  # half-open, in words
    for at in (i for i, gram in enumerate(grams) if gram in known.ngrams):
        start = found.pop()[0] if found and at < found[-1][1] else at
        found.append((start, at + known.n))
    return [(words[start][1][0], words[end - 1][1][1]) for start, end in found]


def against_source(text: str, source: Vocabulary) -> list[Labelled]:
    """`copied` for runs of words taken over from the source, `new` for every word that it does not have."""
    unknown = (match.span() for match in _WORD.finditer(text) if match.group().casefold() not in source.words)
    return [*(("copied", span) for span in runs(text, source)), *(("new", span) for span in unknown)]


def shared_pairs(ours: Vocabulary, theirs: Vocabulary) -> tuple[int, int]:
    """How many distinct n-grams of `theirs` also occur in `ours`, and how many there are."""
    return len(ours.ngrams & theirs.ngrams), len(theirs.ngrams)


def count_words(text: str) -> int:
    """Words of `text` as counted here."""
    return len(_WORD.findall(text))


def _folded(text: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(text)]


def _ngrams(words: Sequence[str], n: int) -> list[Ngram]:
    return [tuple(words[start : start + n]) for start in range(len(words) - n + 1)]
