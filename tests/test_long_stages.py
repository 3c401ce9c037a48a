"""Stages made linear in the article's length: against what they were before, and within their contracts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from long_sample import Whole, long_text

from pipeline.engines.base import BLOCK, SENTENCE_TOKENS
from pipeline.evidence import ENOUGH, MOST, supporting
from pipeline.limits import hits
from pipeline.plan import rated
from pipeline.records import Article, Candidate, Sentence
from pipeline.rewrite import choose, select_rewrite
from pipeline.salience import TITLE, features, salience, spread
from pipeline.settings_outputs import RewriteSettings
from pipeline.text.article import make_article
from pipeline.text.casing import restore_capitals
from pipeline.text.words import content_set, content_words, overlap

ARTICLE = make_article("a", long_text(900, 5))


def supporting_by_search(text: str, article: Article, among: Sequence[int]) -> tuple[int, ...]:
    """`supporting` with every sentence of the pool looked at."""
    pool = list(among) or list(range(len(article.sentences)))
    words = {i: set(content_words(article.sentences[i].text)) for i in pool}
    left = set(content_words(text))
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


@settings(max_examples=60, deadline=None)
@given(st.sets(st.integers(0, len(ARTICLE.sentences) - 1)).map(list), st.lists(st.sampled_from(ARTICLE.text.split())))
def test_evidence_is_what_a_full_search_finds(among: list[int], words: list[str]) -> None:
    text = " ".join(words)
    assert supporting(text, ARTICLE, among) == supporting_by_search(text, ARTICLE, among)


def spread_by_search(article: Article, n: int, odds: Sequence[float], redundancy: float = 2.5) -> tuple[int, ...]:
    """`spread` with every pair of sentences compared in every turn."""
    scores = [o + TITLE * row["title_overlap"] for o, row in zip(odds, features(article), strict=True)]
    words = [content_set(s.text) for s in article.sentences]
    chosen: list[int] = []
    left = [i for i, w in enumerate(words) if len(w) >= 3 and article.sentences[i].text[-1:] in ".?!\"')"]
    while left and len(chosen) < n:
        best = max(
            left,
            key=lambda i: scores[i] - redundancy * max((overlap(words[i], words[j]) for j in chosen), default=0.0),
        )
        chosen.append(best)
        left.remove(best)
    return tuple(chosen)


@pytest.mark.parametrize("n", [1, 8, 27])
def test_spread_is_what_a_full_search_finds(n: int) -> None:
    assert spread(ARTICLE, n) == spread_by_search(ARTICLE, n, salience(ARTICLE))


def test_capitals_come_from_the_document_asked_about() -> None:
    one = "He saw the Internal Revenue Service."
    two = "He saw the internal revenue service."
    assert restore_capitals("the internal Revenue Service", one) == "The Internal Revenue Service"
    assert restore_capitals("the internal Revenue Service", two) == "The internal Revenue Service"


@pytest.mark.parametrize("block", [10, 200])
def test_a_rewrite_of_many_sentences_is_chosen_block_by_block(block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    article = make_article("a", long_text(800, 6))
    monkeypatch.setattr(choose, "BLOCK", block)
    found = select_rewrite([], article, RewriteSettings(enabled=True, ratio=0.5))
    slots = [item.candidate.sentences[0] for item in found.chosen]
    assert slots == sorted(set(slots))
    assert not [flag for flag in found.flags if flag.startswith("off_target")]
    if block < len(article.sentences):  # every block has its share
        counts = Counter(slot // block for slot in slots)
        whole = range(len(article.sentences) // block)
        assert all(counts[number] >= block // 4 for number in whole)


@dataclass
class Rating(Whole):
    """Rates every sentence alike."""

    strategy: str = "sentences"

    def rate_sentences(self, texts: Sequence[str], features: Sequence[Sequence[float]]) -> list[float]:  # type: ignore[override]
        return [0.0] * len(texts)


def article_of(lengths: Sequence[int]) -> Article:
    text, sentences = "", []
    for size in lengths:
        sentence = " ".join(["council"] * (size - 1) + ["met."])
        sentences.append(Sentence(sentence, len(text), len(text) + len(sentence), 0))
        text += sentence + " "
    return Article("a", text, tuple(sentences))


def test_what_the_selector_does_not_read_is_counted() -> None:
    short = article_of([30] * 10)
    found = rated(short, ("summary",), Rating())
    assert (len(found.odds or ()), found.limits) == (10, {})
    long = article_of([30, SENTENCE_TOKENS, SENTENCE_TOKENS + 1, 300])
    assert rated(long, ("bullets",), Rating()).limits == {"rated_in_part": 2}
    assert rated(article_of([6] * (2 * BLOCK + 1)), ("headlines",), Rating()).limits == {"rated_in_blocks": 3}
    assert rated(long, ("rewrite",), Rating()).odds is None
    assert rated(long, ("summary",), Whole()).limits == {}


def test_limits_count_requests_and_not_their_texts() -> None:
    def candidate(request: str, *flags: str, text: str = "A text.", serves: bool = True) -> Candidate:
        return Candidate(request, "summary", text, None, (0,), ("summary",) if serves else (), flags=flags)

    found = [
        candidate("a", "truncated_input", "unfinished"), candidate("a", "truncated_input"),
        candidate("b", "unfinished"), candidate("c", "reworded"), candidate("d", text="", serves=False),
        candidate("e", text=""), candidate("f", serves=False), candidate("f", text="", serves=False),
    ]  # fmt: skip
    assert hits(found) == {"truncated_input": 1, "unfinished": 2, "empty_step": 1}
