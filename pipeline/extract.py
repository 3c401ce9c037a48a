"""Extractive choices over an article's sentences: lead, TextRank, and the oracle that knows the references.

Each returns indices into `article.sentences`, in source order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from typing import Any

from pipeline.metrics.rouge import Prepared, count_ngrams, overlap
from pipeline.metrics.tokens import google_tokens, porter_stem, words
from pipeline.records import Article
from pipeline.textrank import ratings

LONG = 400  # sentences up to which sumy rates


def lead(article: Article, n: int = 3) -> tuple[int, ...]:
    """The first `n` sentences."""
    return tuple(range(min(n, len(article.sentences))))


def textrank(article: Article, n: int = 3) -> tuple[int, ...]:
    """The `n` sentences that TextRank rates highest (Mihalcea and Tarau 2004, as sumy computes it).

    English stop words are left out and words are Porter-stemmed. Beyond LONG sentences, where sumy's dense matrix would
    take too much time and memory, the same ratings are computed without it.
    """
    ranked = _textrank_order(tuple(sentence.text for sentence in article.sentences))
    return tuple(sorted(ranked[:n]))


@dataclass(frozen=True, eq=False)
class _Rated:
    """What sumy rates. Compared by identity: sentences that say the same are still two."""

    words: tuple[str, ...]


@dataclass(frozen=True)
class SumyDocument:
    """Sentences as sumy's summarizers read them, with our words: its own tokenizer needs a download."""

    sentences: tuple[_Rated, ...]

    @classmethod
    def of(cls, texts: Sequence[str]) -> SumyDocument:
        """From the texts of the sentences."""
        return cls(tuple(_Rated(tuple(words(text))) for text in texts))

    @property
    def words(self) -> tuple[str, ...]:
        """Those of all sentences."""
        return tuple(word for sentence in self.sentences for word in sentence.words)


@lru_cache(maxsize=8)
def _textrank_order(texts: tuple[str, ...]) -> tuple[int, ...]:
    """All indices, best first; equals keep the order of the source."""
    if not texts:
        return ()
    document = SumyDocument.of(texts)
    summarizer = sumy_summarizer("text_rank", "TextRankSummarizer")
    if len(texts) > LONG:
        rated = ratings([_normal_words(sentence, summarizer) for sentence in document.sentences])
    else:
        by_sentence = summarizer.rate_sentences(document)
        rated = [by_sentence[sentence] for sentence in document.sentences]
    return tuple(sorted(range(len(texts)), key=lambda index: -rated[index]))


def _normal_words(sentence: _Rated, summarizer: Any) -> list[str]:
    """The words sumy compares: normalised, without stop words, stemmed."""
    normal = map(summarizer.normalize_word, sentence.words)
    return [summarizer.stem_word(word) for word in normal if word not in summarizer.stop_words]


@lru_cache(maxsize=4)
def sumy_summarizer(module: str, name: str) -> Any:
    """The summarizer `name` of `sumy.summarizers.module`, with Porter's stems and English stop words."""
    from sumy.utils import get_stop_words  # imported late: sumy loads nltk

    found = getattr(import_module(f"sumy.summarizers.{module}"), name)(porter_stem)
    found.stop_words = get_stop_words("english")
    return found


def oracle(article: Article, references: Sequence[str], n: int = 3) -> tuple[int, ...]:
    """At most `n` sentences, greedily chosen for ROUGE-1 plus ROUGE-2 F (after Nallapati et al. 2017).

    Of several references each ROUGE type counts the one with the highest F. The choice ends when no sentence
    adds to the sum; it is empty if none shares a word with a reference.
    """
    prepared = [Prepared(reference) for reference in references]
    tokens = [google_tokens(sentence.text, stem=True) for sentence in article.sentences]
    chosen: tuple[int, ...] = ()
    best = 0.0
    while len(chosen) < n:
        trials = [tuple(sorted((*chosen, index))) for index in range(len(tokens)) if index not in chosen]
        scored = [(_gain([token for k in trial for token in tokens[k]], prepared), trial) for trial in trials]
        top, trial = max(scored, key=lambda pair: pair[0], default=(0.0, ()))
        if top <= best:
            break
        best, chosen = top, trial
    return chosen


def _gain(tokens: list[str], references: Sequence[Prepared]) -> float:
    return sum(
        max((overlap(own, reference.ngrams(n)).f for reference in references), default=0.0)
        for n, own in ((1, count_ngrams(tokens, 1)), (2, count_ngrams(tokens, 2)))
    )
