"""The rows every score table shows beside the engine: lead, TextRank and the extractive oracle."""

from __future__ import annotations

from collections.abc import Collection
from typing import get_args

from pipeline.extract import lead, oracle, textrank
from pipeline.metrics.texts import Lines, ScoredKind, Texts, join, one_line
from pipeline.records import Article
from pipeline.settings import Baseline

BASELINES: tuple[Baseline, ...] = get_args(Baseline)
EXTRACTIVE = tuple(name for name in BASELINES if name != "oracle")  # those that do not see the references
SENTENCES = 3


def row_name(engine: str, baselines: Collection[str] = BASELINES) -> str:
    """What a system is called beside `baselines`: `engine:lead` for one that bears the name of a baseline."""
    return f"engine:{engine}" if engine in baselines else engine


def baseline_texts(name: str, article: Article, references: Texts, kinds: Collection[ScoredKind]) -> Texts:
    """What the baseline `name` answers for each of `kinds`, which must have references.

    Three sentences for summary and bullets, one uncut sentence for headlines (also as the best of one), and
    for a rewrite as many as the lead needs to reach the mean length of the references.
    """
    texts: dict[ScoredKind, tuple[Lines, ...]] = {}
    for kind in kinds:
        chosen = _choose(name, article, references[kind], _sentences(article, references, kind))
        texts[kind] = (tuple(one_line(article.sentences[index].text) for index in chosen),)
    return texts


def _choose(name: str, article: Article, references: Collection[Lines], n: int) -> tuple[int, ...]:
    if name == "oracle":
        return oracle(article, [join(lines) for lines in references], n)
    return {"lead": lead, "textrank": textrank}[name](article, n)


def _sentences(article: Article, references: Texts, kind: ScoredKind) -> int:
    if kind in ("headlines", "headlines_best"):
        return 1
    if kind != "rewrite":
        return SENTENCES
    lengths = [len(join(lines).split()) for lines in references[kind]]
    wanted, words = sum(lengths) / len(lengths), 0
    for count, sentence in enumerate(article.sentences, start=1):
        words += len(sentence.text.split())
        if words >= wanted:
            return max(count, SENTENCES)
    return max(len(article.sentences), SENTENCES)
