"""Article → chunks within a token budget, at sentence boundaries; every word ends up in exactly one chunk.

There are as few chunks as the budget allows and, of all ways to cut so many, they are the most even: their sizes have
the least sum of squares (dynamic programming over the sentence ends), so that no small rest is left for the last one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from pipeline.records import Article, Chunk, Span

Count = Callable[[str], int]
WORD = re.compile(r"\S+")
CONTEXT_SHARE = 4  # at most 1/4 of a budget goes to context
SPARE_TOKENS = 4  # what an even part of a sentence may be over its share, as words end where they end


@dataclass(frozen=True, slots=True)
class Piece:
    """A sentence, or a part of one that exceeds the budget; `gap` is what parts it from the piece before."""

    sentence: int
    text: str
    span: Span
    gap: str
    flags: tuple[str, ...] = ()


def chunks(article: Article, budget: int, count_tokens: Count, overlap: int = 0) -> list[Chunk]:
    """Consecutive sentences, at most `budget` tokens each as `count_tokens` counts them.

    A sentence that alone exceeds the budget is split at white space (flag `split_sentence`), a word that does between
    characters (`split_word`); its parts carry the same sentence index. With `overlap`, a chunk's `context` repeats up
    to so many sentences that stand before it; they count towards the budget, take a quarter of it at most and are
    not the chunk's own. ValueError if the budget is not positive.
    """
    if budget < 1:
        raise ValueError(f"a chunk needs a budget of at least one token, got {budget}")
    pieces = list(_pieces(article, budget, count_tokens))
    contexts = [_context(pieces, i, overlap, budget, count_tokens) for i in range(len(pieces))]
    following = [count_tokens(piece.gap + piece.text) for piece in pieces]
    opening = [
        count_tokens(_read(context, piece.text)) for context, piece in zip(contexts, pieces, strict=True)
    ]
    room = budget
    while True:  # what is joined may take more tokens than its parts: then with less room
        runs = pack(opening, following, room)
        found = [_chunk(pieces[i:j], contexts[i], count_tokens) for i, j in runs]
        over = max((count_tokens(_read(c.context, c.text)) - budget for c in found), default=0)
        if over <= 0 or len(runs) == len(pieces):
            return found
        room -= over


def pack(opening: Sequence[int], following: Sequence[int], budget: int) -> list[tuple[int, int]]:
    """Half-open runs of consecutive items: the fewest within the budget, and of those the most even.

    The size of a run is `opening` of its first item plus `following` of the others; an item over the budget is a run
    by itself. Time is items × items of a run.
    """
    ends = list(accumulate(following, initial=0))
    best = [(0, 0)]  # runs so far and the sum of their squared sizes
    starts = [0]
    for j in range(1, len(opening) + 1):
        options = []
        for i in range(j - 1, -1, -1):
            rest = ends[j] - ends[i + 1]
            if rest > budget:
                break
            size = opening[i] + rest
            if size <= budget or i == j - 1:
                options.append((best[i][0] + 1, best[i][1] + size * size, i))
        runs, squares, start = min(options)
        best.append((runs, squares))
        starts.append(start)
    found: list[tuple[int, int]] = []
    j = len(opening)
    while j:
        found.append((starts[j], j))
        j = starts[j]
    return found[::-1]


def word_runs(text: str, budget: int, count: Count) -> Iterator[tuple[int, int, bool]]:
    """Offsets of runs of words within the budget, about equally long; True: a run of characters of one longer word."""
    bounds = [match.span() for match in WORD.finditer(text)]
    tokens = count(text)
    share = min(budget, -(-tokens // max(1, -(-tokens // budget))) + SPARE_TOKENS)
    first, guess = 0, 1
    while first < len(bounds):
        start = bounds[first][0]
        left = len(bounds) - first
        size = _most(left, guess, lambda n: count(text[start : bounds[first + n - 1][1]]) <= share)  # noqa: B023
        if size or count(text[slice(*bounds[first])]) <= budget:
            size = max(size, 1)
            yield start, bounds[first + size - 1][1], False
        else:
            size = 1
            for a, b in _character_runs(text[slice(*bounds[first])], budget, count):
                yield start + a, start + b, True
        first, guess = first + size, size


def _character_runs(word: str, budget: int, count: Count) -> Iterator[Span]:
    start = 0
    while start < len(word):
        size = _most(len(word) - start, budget, lambda n: count(word[start : start + n]) <= budget)  # noqa: B023
        yield start, start + max(size, 1)
        start += max(size, 1)


def _most(limit: int, guess: int, fits: Callable[[int], bool]) -> int:
    """The largest n up to `limit` that fits, 0 if none; found by doubling, then halving, from `guess`."""
    low, high = 0, max(1, min(guess, limit))
    while high <= limit and fits(high):
        low, high = high, 2 * high
    high = min(high, limit + 1)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if fits(middle) else (low, middle)
    return low


def _pieces(article: Article, budget: int, count: Count) -> Iterator[Piece]:
    end, paragraph = 0, 0
    for i, sentence in enumerate(article.sentences):
        gap = "" if not i else " " if sentence.paragraph == paragraph else "\n"
        paragraph = sentence.paragraph
        if count(sentence.text) <= budget:
            yield Piece(i, sentence.text, sentence.span, gap)
            continue
        for start, stop, inside in word_runs(sentence.text, budget, count):
            span = (sentence.start + start, sentence.start + stop)
            apart = gap if not start else " " if span[0] > end else ""
            flags = ("split_sentence", "split_word") if inside else ("split_sentence",)
            yield Piece(i, sentence.text[start:stop], span, apart, flags)
            end = span[1]


def _context(pieces: Sequence[Piece], i: int, overlap: int, budget: int, count: Count) -> str:
    """Up to `overlap` pieces before the i-th, the nearest first to be taken, as far as there is room."""
    found = ""
    for k in range(i - 1, max(-1, i - 1 - overlap), -1):
        longer = pieces[k].text + (pieces[k + 1].gap + found if found else "")
        if count(longer) > budget // CONTEXT_SHARE or count(_read(longer, pieces[i].text)) > budget:
            break
        found = longer
    return found


def _read(context: str, text: str) -> str:
    """A source with its context in front, as an engine reads it."""
    return f"{context} {text}" if context else text


def _chunk(pieces: Sequence[Piece], context: str, count: Count) -> Chunk:
    text = pieces[0].text + "".join(piece.gap + piece.text for piece in pieces[1:])
    return Chunk(
        sentences=tuple(dict.fromkeys(piece.sentence for piece in pieces)),
        span=(pieces[0].span[0], pieces[-1].span[1]),
        text=text,
        tokens=count(text),
        context=context,
        flags=tuple(dict.fromkeys(flag for piece in pieces for flag in piece.flags)),
    )
