"""Which sentences of an article deserve to be told: a linear selector over readable features.

The weights lie in `weights/selector/selector.json`; `pipeline.train.selector` fits them to oracle labels
(the sentence that supports each reference highlight best, after Nallapati et al. 2017).
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from importlib.resources import files

from pipeline.records import Article
from pipeline.text.asides import asides
from pipeline.text.words import content_set, overlap

PRONOUNS = frozenset("he she it they this that these those we i his her their but and however".split())
FEATURES = (
    "first", "second", "third", "early", "place", "paragraph_start", "short", "long", "words",
    "frequency", "centrality", "lead_overlap", "title_overlap", "number", "quotation", "all_quotation",
    "pronoun_start", "question", "names",
)  # fmt: skip


TITLE = 2.0  # set by hand: the training articles come without their titles, so no weight could be fitted


@lru_cache(maxsize=4)
def sentence_words(article: Article) -> tuple[frozenset[str], ...]:
    """The content words of every sentence; kept, as every candidate of an article is compared with them."""
    return tuple(content_set(s.text) for s in article.sentences)


@lru_cache(maxsize=4)
def no_news(article: Article) -> frozenset[int]:
    """The sentences on the author, on opinions or of a photograph: nothing is told of them."""
    return asides([s.text for s in article.sentences])


@lru_cache(maxsize=4)
def features(article: Article) -> tuple[Mapping[str, float], ...]:
    """One mapping feature → value (about 0–1) per sentence."""
    words = sentence_words(article)
    counts = Counter(w for sentence in words for w in sentence)
    common = math.sqrt(sum(c * c for c in counts.values())) or 1.0
    return tuple(_features(article, i, words, counts, common) for i in range(len(words)))


def _features(
    article: Article, i: int, words: Sequence[frozenset[str]], counts: Mapping[str, int], common: float
) -> dict[str, float]:
    sentence, own = article.sentences[i], words[i]
    text, tokens = sentence.text, sentence.text.split()
    size = len(tokens)
    opening = tokens[0].strip("\"'(").lower()
    quoted = text.count('"')
    return {
        "first": float(i == 0),
        "second": float(i == 1),
        "third": float(i == 2),
        "early": 1 / (1 + i),
        "place": i / len(words),
        "paragraph_start": float(i == 0 or article.sentences[i - 1].paragraph != sentence.paragraph),
        "short": float(size < 9),
        "long": float(size > 38),
        "words": min(size, 40) / 40,
        "frequency": sum(counts[w] for w in own) / (len(own) or 1) / max(counts.values(), default=1),
        "centrality": sum(counts[w] for w in own) / (math.sqrt(len(own) or 1) * common),
        "lead_overlap": overlap(own, words[0]) if i else 0.0,
        "title_overlap": overlap(own, content_set(article.title)) if article.title else 0.0,
        "number": float(any(c.isdigit() for c in text)),
        "quotation": float(quoted > 0),
        "all_quotation": float(text.startswith('"') and quoted >= 2 and text.rstrip(".").endswith('"')),
        "pronoun_start": float(opening in PRONOUNS),
        "question": float(text.endswith("?")),
        "names": min(sum(t[:1].isupper() for t in tokens[1:]) / size, 0.5),
    }


@cache
def _weights() -> dict[str, float]:
    stored = files("pipeline").joinpath("weights", "selector", "selector.json").read_text(encoding="utf-8")
    weights: dict[str, float] = json.loads(stored)["weights"]
    return weights


def salience(article: Article) -> tuple[float, ...]:
    """Log-odds that a reference highlight tells each sentence of the article."""
    return tuple(map(_log_odds, features(article)))


def _log_odds(row: Mapping[str, float]) -> float:
    weights = _weights()
    return weights["bias"] + sum(weights[name] * value for name, value in row.items())


def features_without_title(article: Article) -> list[list[float]]:
    """What a trained selector reads of every sentence: `FEATURES` but the title's, which training articles lack."""
    return [[row[name] for name in FEATURES if name != "title_overlap"] for row in features(article)]


def spread(
    article: Article, n: int, odds: Sequence[float] | None = None, redundancy: float = 2.5
) -> tuple[int, ...]:
    """The `n` sentences to tell, best first: log-odds less `redundancy` times the overlap with what is chosen.

    This is maximal marginal relevance (Carbonell and Goldstein 1998) with word overlap as the similarity. `odds` are
    an engine's own log-odds, one per sentence; without them the linear selector's are taken.
    """
    rows = features(article)
    told = odds or [_log_odds(row) for row in rows]
    scores = [value + TITLE * row["title_overlap"] for value, row in zip(told, rows, strict=True)]
    words = sentence_words(article)
    chosen: list[int] = []
    told_already = [0.0] * len(words)  # the most that a chosen sentence says of each
    finished = [s.text[-1:] in ".?!\"')" for s in article.sentences]  # headings and captions are not
    beside = no_news(article)
    left = [i for i, w in enumerate(words) if len(w) >= 3 and finished[i] and i not in beside]
    left = left or list(range(len(words)))
    while left and len(chosen) < n:
        best = max(left, key=lambda i: scores[i] - redundancy * told_already[i])
        chosen.append(best)
        left.remove(best)
        for i in left:
            told_already[i] = max(told_already[i], overlap(words[i], words[best]))
    return tuple(chosen)
