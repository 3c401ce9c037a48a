"""The extractive systems beside ours: lead, TextRank, LexRank and LSA (as sumy computes them), and the oracle.

sumy gets our sentences, words and stemmer, as for `pipeline.extract`.
"""

from __future__ import annotations

import warnings
from collections.abc import Collection

from pipeline.baselines import BASELINES, baseline_texts
from pipeline.extract import SumyDocument, sumy_summarizer
from pipeline.metrics.texts import Lines, one_line
from pipeline.records import Article, Kind

SUMY = {"LexRank": ("lex_rank", "LexRankSummarizer"), "LSA": ("lsa", "LsaSummarizer")}
SYSTEMS = ("lead", "textrank", *SUMY, "oracle")


def extract(system: str, article: Article, kind: Kind, references: Collection[Lines]) -> Lines:
    """What `system` answers: as many sentences as the baselines of `pipeline.baselines` give for this kind."""
    given = tuple(references)
    if system in BASELINES:
        return baseline_texts(system, article, {kind: given}, (kind,))[kind][0]
    size = len(baseline_texts("lead", article, {kind: given}, (kind,))[kind][0])
    return tuple(one_line(article.sentences[i].text) for i in sumy_choice(system, article, size))


def sumy_choice(system: str, article: Article, n: int) -> tuple[int, ...]:
    """The `n` sentences sumy's summarizer chooses, in source order."""
    document = SumyDocument.of([sentence.text for sentence in article.sentences])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # LSA warns of texts with fewer words than sentences
        chosen = sumy_summarizer(*SUMY[system])(document, n)
    return tuple(map(document.sentences.index, chosen)) or tuple(range(min(n, len(document.sentences))))
