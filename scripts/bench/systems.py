"""The extractive systems beside ours: lead, TextRank, LexRank and LSA (as sumy computes them), and the oracle.

sumy gets our sentences, words and stemmer: its own tokenizer needs a download.
"""

from __future__ import annotations

import warnings
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.baselines import BASELINES, baseline_texts
from pipeline.errors import MissingExtra
from pipeline.metrics.texts import Lines, one_line
from pipeline.metrics.tokens import porter_stem, words
from pipeline.records import Article, Kind

SUMY = {"LexRank": ("lex_rank", "LexRankSummarizer"), "LSA": ("lsa", "LsaSummarizer")}
SYSTEMS = ("lead", "textrank", *SUMY, "oracle")


@dataclass(frozen=True, eq=False)
class _Text:
    """What sumy rates, compared by identity: sentences that say the same are still two."""

    place: int
    words: tuple[str, ...]


@dataclass(frozen=True)
class _Document:
    sentences: tuple[_Text, ...]

    @property
    def words(self) -> list[str]:
        return [word for sentence in self.sentences for word in sentence.words]


def extract(system: str, article: Article, kind: Kind, references: Collection[Lines]) -> Lines:
    """What `system` answers: as many sentences as the baselines of `pipeline.baselines` give for this kind."""
    given = tuple(references)
    if system in BASELINES:
        return baseline_texts(system, article, {kind: given}, (kind,))[kind][0]
    size = len(baseline_texts("lead", article, {kind: given}, (kind,))[kind][0])
    return tuple(one_line(article.sentences[i].text) for i in sumy_choice(system, article, size))


def sumy_choice(system: str, article: Article, n: int) -> tuple[int, ...]:
    """The `n` sentences sumy's summarizer chooses, in source order; MissingExtra without sumy."""
    texts = tuple(_Text(i, tuple(words(s.text))) for i, s in enumerate(article.sentences))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # LSA warns of texts with fewer words than sentences
        chosen: Sequence[_Text] = _summarizer(system)(_Document(texts), n)
    return tuple(text.place for text in chosen) or tuple(range(min(n, len(texts))))


def _summarizer(system: str) -> Any:
    """A summarizer with English stop words, from sumy, imported late: it loads nltk."""
    module, name = SUMY[system]
    try:
        from importlib import import_module

        found = getattr(import_module(f"sumy.summarizers.{module}"), name)(porter_stem)
        from sumy.utils import get_stop_words
    except ImportError as error:
        raise MissingExtra("sumy", "test") from error
    found.stop_words = get_stop_words("english")
    return found
