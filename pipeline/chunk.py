"""Article → chunks within a token budget, at sentence boundaries; every word ends up in a chunk."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby

from pipeline.records import Article, Chunk, Sentence

Count = Callable[[str], int]


def chunks(article: Article, budget: int, count_tokens: Count) -> list[Chunk]:
    """Consecutive sentences filling at most `budget` tokens each.

    A sentence that alone exceeds the budget is split at white space (a word that exceeds it stays whole), its pieces
    carrying the same sentence index. ValueError if the budget is not positive.
    """
    if budget < 1:
        raise ValueError(f"a chunk needs a budget of at least one token, got {budget}")
    found: list[Chunk] = []
    held: list[tuple[int, Sentence]] = []
    used = 0
    for piece in _pieces(article, budget, count_tokens):
        cost = count_tokens(piece[1].text)
        if held and used + cost > budget:
            found.append(_chunk(held, used))
            held, used = [], 0
        held.append(piece)
        used += cost
    return found + ([_chunk(held, used)] if held else [])


def _pieces(article: Article, budget: int, count: Count) -> Iterator[tuple[int, Sentence]]:
    for i, sentence in enumerate(article.sentences):
        if count(sentence.text) <= budget:
            yield i, sentence
        else:
            for start, end in _word_runs(sentence.text, budget, count):
                text = sentence.text[start:end]
                yield i, Sentence(text, sentence.start + start, sentence.start + end, sentence.paragraph)


def _word_runs(text: str, budget: int, count: Count) -> Iterator[tuple[int, int]]:
    """Offsets of runs of words within the budget."""
    bounds = _word_bounds(text)
    first = 0
    while first < len(bounds):
        last = first
        while last + 1 < len(bounds) and count(text[bounds[first][0] : bounds[last + 1][1]]) <= budget:
            last += 1
        yield bounds[first][0], bounds[last][1]
        first = last + 1


def _word_bounds(text: str) -> list[tuple[int, int]]:
    runs = [list(run) for space, run in groupby(range(len(text)), key=lambda i: text[i].isspace()) if not space]
    return [(run[0], run[-1] + 1) for run in runs]


def _chunk(pieces: Sequence[tuple[int, Sentence]], tokens: int) -> Chunk:
    paragraphs = [list(group) for _, group in groupby((s for _, s in pieces), key=lambda s: s.paragraph)]
    text = "\n".join(" ".join(s.text for s in group) for group in paragraphs)
    indices = tuple(dict.fromkeys(i for i, _ in pieces))
    return Chunk(indices, (pieces[0][1].start, pieces[-1][1].end), text, tokens)
