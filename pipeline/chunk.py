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
    for piece in _pieces(article, budget, count_tokens):
        if held and count_tokens(_text([*held, piece])) > budget:  # white space between sentences costs, too
            found.append(_chunk(held, count_tokens))
            held = []
        held.append(piece)
    return found + ([_chunk(held, count_tokens)] if held else [])


def _pieces(article: Article, budget: int, count: Count) -> Iterator[tuple[int, Sentence]]:
    for i, sentence in enumerate(article.sentences):
        if count(sentence.text) <= budget:
            yield i, sentence
        else:
            for start, end in word_runs(sentence.text, budget, count):
                text = sentence.text[start:end]
                yield i, Sentence(text, sentence.start + start, sentence.start + end, sentence.paragraph)


def word_runs(text: str, budget: int, count: Count) -> Iterator[tuple[int, int]]:
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


def _text(pieces: Sequence[tuple[int, Sentence]]) -> str:
    """The pieces joined by spaces, paragraphs by line ends."""
    paragraphs = groupby((s for _, s in pieces), key=lambda s: s.paragraph)
    return "\n".join(" ".join(s.text for s in group) for _, group in paragraphs)


def _chunk(pieces: Sequence[tuple[int, Sentence]], count: Count) -> Chunk:
    text = _text(pieces)
    indices = tuple(dict.fromkeys(i for i, _ in pieces))
    return Chunk(indices, (pieces[0][1].start, pieces[-1][1].end), text, count(text))
