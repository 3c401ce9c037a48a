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
from pipeline.evidence import supporting
from pipeline.limits import hits
from pipeline.plan import rated
from pipeline.records import Article, Candidate, Sentence
from pipeline.rewrite import choose, select_rewrite
from pipeline.salience import TITLE, features, salience, spread
from pipeline.settings_outputs import RewriteSettings
from pipeline.text.article import make_article
from pipeline.text.casing import restore_capitals
from pipeline.text.words import content_set, overlap

ARTICLE = make_article("a", long_text(900, 5))


COLOURS = make_article(
    "colours",
    "Red green blue yellow. Red green. Blue yellow purple. Purple orange. Black white. Blue yellow purple. Orange.",
)
COVERS = [  # a text, the sentences it may point at (none: all), and those that hold its words
    ("red green blue yellow", [], (0,)),
    ("red green purple orange", [], (0, 3)),  # 0 before 1, which holds as much
    ("red green purple orange", [1, 0, 3], (1, 3)),  # what stands first counts first
    ("blue yellow purple orange", [], (2, 3)),
    ("blue yellow purple orange", [5, 2, 3, 6], (3, 5)),
    ("blue yellow purple", [], (2,)),  # nothing is left for another
    ("red green blue yellow purple orange black white", [], (0, 3, 4)),  # three at most
    ("red green blue yellow brown pink grey violet beige black", [], (0,)),  # a sixth of what is left: too little
    ("red green blue yellow brown pink black", [], (0,)),  # a third is still too little
    ("red green blue yellow brown black", [], (0, 4)),  # half is enough
    ("red white", [6, 4, 1], (1, 4)),
    ("brown pink", [3, 1], (3,)),  # nothing holds it: the first
    ("brown pink", [], (0,)),
    ("", [4, 2], (4,)),
    ("orange", [0, 1, 2], (0,)),
]


@pytest.mark.parametrize(("text", "among", "expected"), COVERS)
def test_evidence_holds_the_words_of_the_text(text: str, among: list[int], expected: tuple[int, ...]) -> None:
    assert supporting(text, COLOURS, among) == expected


@settings(max_examples=60, deadline=None)
@given(st.sets(st.integers(0, len(ARTICLE.sentences) - 1)).map(list), st.lists(st.sampled_from(ARTICLE.text.split())))
def test_sentences_without_a_word_of_the_text_are_never_evidence_and_change_nothing(
    among: list[int], words: list[str]
) -> None:
    text = " ".join(words)
    found = supporting(text, ARTICLE, among)
    pool = among or list(range(len(ARTICLE.sentences)))
    sharing = [i for i in pool if not content_set(text).isdisjoint(content_set(ARTICLE.sentences[i].text))]
    if not sharing:
        assert found == (pool[0],)
    else:
        assert set(found) <= set(sharing)
        assert found == supporting(text, ARTICLE, sharing)


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
