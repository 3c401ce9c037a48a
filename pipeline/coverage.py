"""Bullets that cover the article: a monotone submodular objective over words and places (Lin and Bilmes 2011).

F(S) = COVER × weight of the article's content words that S says
       + REACH × Σ over the article's thirds of √(bullets of S from there)
       + Σ over S of the bullet's own worth

A word weighs the salience of the sentences that say it, all words together 1, so that what is told twice counts once.
The root makes a second bullet from the same third worth less than the first from another (their section 4.2).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from pipeline.records import Article
from pipeline.salience import salience
from pipeline.text.words import content_set

COVER, REACH = 4.0, 0.6
PARTS = 3  # thirds of the article
EACH = 2  # sentences asked for in every part, at least


@dataclass(frozen=True, slots=True)
class Ground:
    """What there is to cover: the weight of each content word, and the part each sentence stands in."""

    weights: Mapping[str, float]
    parts: tuple[int, ...]


@lru_cache(maxsize=4)
def survey(article: Article) -> Ground:
    """The ground of one article."""
    weights: dict[str, float] = {}
    for sentence, log_odds in zip(article.sentences, salience(article), strict=True):
        for word in sorted(content_set(sentence.text)):
            weights[word] = weights.get(word, 0.0) + 1 / (1 + math.exp(-log_odds))
    whole = sum(weights.values()) or 1.0
    return Ground({w: v / whole for w, v in weights.items()}, tuple(part_of(article, i) for i in _all(article)))


def part_of(article: Article, sentence: int) -> int:
    """Which of the `PARTS` equal parts of the text a sentence opens in."""
    return min(PARTS - 1, PARTS * article.sentences[sentence].start // max(1, len(article.text)))


def gain(text: str, sentence: int, said: Sequence[tuple[str, int]], ground: Ground) -> float:
    """What `text`, made from `sentence`, adds to the (text, sentence) pairs already `said`."""
    known = frozenset[str]().union(*(content_set(other) for other, _ in said))
    new = sum(ground.weights.get(word, 0.0) for word in sorted(content_set(text) - known))
    here = sum(ground.parts[other] == ground.parts[sentence] for _, other in said)
    return COVER * new + REACH * (math.sqrt(here + 1) - math.sqrt(here))


def reaching(article: Article, order: Sequence[int], n: int) -> tuple[int, ...]:
    """The first `n` sentences of `order`, the last of them given up for parts of the article that have too few."""
    chosen = list(order[:n])
    for part in range(PARTS):
        more = (i for i in order[n:] if part_of(article, i) == part)
        while sum(part_of(article, i) == part for i in chosen) < min(EACH, n // PARTS):
            counts = Counter(part_of(article, i) for i in chosen)
            spare = [i for i in chosen if counts[part_of(article, i)] > EACH]
            found = next(more, None)
            if found is None or not spare:
                break
            chosen[chosen.index(spare[-1])] = found
    return tuple(chosen)


def _all(article: Article) -> range:
    return range(len(article.sentences))
