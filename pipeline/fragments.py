"""How a text was put together from its source: the extractive fragments of Grusky et al. (2018, section 4.1), and
where they were joined. Every join is a place where a small model may have changed the meaning."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

TOKEN = re.compile(r"[^\W_]+(?:[.,'’-][^\W_]+)*|%|[£$€]")


@dataclass(frozen=True, slots=True)
class Fragment:
    """A run of `size` tokens, at `at` in the text and `source` in the source; `source` -1: a token of its own."""

    at: int
    source: int
    size: int


def tokens(text: str) -> list[str]:
    """Lower-case words and numbers."""
    return list(_tokens(text))


@lru_cache(maxsize=4096)  # candidates are compared with the same sentences, and one with another
def _tokens(text: str) -> tuple[str, ...]:
    return tuple(token.lower() for token in TOKEN.findall(text))


def fragments(text: Sequence[str], source: Sequence[str]) -> list[Fragment]:
    """The longest match at each position, from the left; of equals the one nearest after the last fragment."""
    return list(_fragments(tuple(text), tuple(source)))


@lru_cache(maxsize=2048)  # ranking and the check of deletions ask for the same
def _fragments(text: tuple[str, ...], source: tuple[str, ...]) -> tuple[Fragment, ...]:
    where: dict[str, list[int]] = {token: [] for token in text}
    for j, token in enumerate(source):
        if token in where:
            where[token].append(j)
    found: list[Fragment] = []
    i = last = 0
    while i < len(text):
        options = [(_run(text, i, source, j), j >= last, -abs(j - last), j) for j in where[text[i]]]
        if options:
            size, _, _, j = max(options)
            found.append(Fragment(i, j, size))
            i, last = i + size, j + size
        else:
            found.append(Fragment(i, -1, 1))
            i += 1
    return tuple(found)


def _run(text: Sequence[str], i: int, source: Sequence[str], j: int) -> int:
    size = 0
    while i + size < len(text) and j + size < len(source) and text[i + size] == source[j + size]:
        size += 1
    return size


def back_jumps(found: Sequence[Fragment]) -> int:
    """Fragments that stand earlier in the source than the one before them: facts put into another order."""
    copied = [f for f in found if f.source >= 0]
    return sum(b.source < a.source for a, b in zip(copied, copied[1:], strict=False))


def novel_words(found: Sequence[Fragment]) -> int:
    """Tokens that the source does not have."""
    return sum(f.source < 0 for f in found)
