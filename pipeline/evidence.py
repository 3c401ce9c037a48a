"""Which sentences of the article support a text: the links that make an output checkable."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.records import Article, Span
from pipeline.salience import sentence_words
from pipeline.text.words import content_set

MOST = 3  # sentences one output sentence may point at
ENOUGH = 0.34  # share of the words still unsupported that a further sentence must support


def supporting(text: str, article: Article, among: Sequence[int] = ()) -> tuple[int, ...]:
    """Indices of the sentences that together hold the text's content words, in source order.

    Greedy set cover over `among` (empty: all sentences), earlier entries of `among` winning ties; at least one
    sentence if the article has any.
    """
    pool = list(among) or list(range(len(article.sentences)))
    words = sentence_words(article)
    left = set(content_set(text))
    pool = [i for i in pool if not left.isdisjoint(words[i])] or pool[:1]  # others support nothing
    chosen: list[int] = []
    while pool and len(chosen) < MOST:
        best = max(pool, key=lambda i: len(left & words[i]))
        gain = len(left & words[best])
        if chosen and (not left or gain < max(1, ENOUGH * len(left))):
            break
        chosen.append(best)
        pool.remove(best)
        left -= words[best]
    return tuple(sorted(chosen))


def spans(indices: Sequence[int], article: Article) -> tuple[Span, ...]:
    """Where those sentences stand in the article's text."""
    return tuple(article.sentences[i].span for i in indices)
