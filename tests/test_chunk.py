"""Chunks: every word of every sentence, in order, within the budget, whatever the tokenizer counts."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.chunk import Count, chunks
from pipeline.records import Article, Sentence
from pipeline.text.article import make_article

WORDS = st.text(alphabet="abcdeé", min_size=1, max_size=12)
PARAGRAPHS = st.lists(st.lists(st.lists(WORDS, min_size=1, max_size=9), min_size=1, max_size=4), min_size=1, max_size=5)


def by_words(text: str) -> int:
    return len(text.split())


def by_characters(text: str) -> int:
    """A tokenizer to which white space costs, as a byte-level one: sums of parts are not the whole."""
    return len(text)


def article_of(paragraphs: list[list[list[str]]]) -> Article:
    text, sentences = "", []
    for number, paragraph in enumerate(paragraphs):
        text += "\n\n" if text else ""
        for k, words in enumerate(paragraph):
            text += " " if k else ""
            sentence = " ".join(words)
            sentences.append(Sentence(sentence, len(text), len(text) + len(sentence), number))
            text += sentence
    return Article("a", text, tuple(sentences))


@settings(max_examples=150, deadline=None)
@given(PARAGRAPHS, st.integers(1, 40), st.sampled_from([by_words, by_characters]))
def test_nothing_lost_in_order_within_budget(paragraphs: list[list[list[str]]], budget: int, count: Count) -> None:
    article = article_of(paragraphs)
    found = chunks(article, budget, count)
    assert [w for chunk in found for w in chunk.text.split()] == article.text.split()
    seen = [i for chunk in found for i in chunk.sentences]
    assert seen == sorted(seen)
    assert set(seen) == set(range(len(article.sentences)))
    for chunk in found:
        assert count(chunk.text) <= budget or len(chunk.text.split()) == 1
        assert article.text[slice(*chunk.span)].split() == chunk.text.split()
        assert chunk.tokens == count(chunk.text)


@settings(max_examples=60, deadline=None)
@given(PARAGRAPHS, st.integers(2, 40))
def test_no_chunk_could_take_the_next_sentence(paragraphs: list[list[list[str]]], budget: int) -> None:
    article = article_of(paragraphs)
    found = chunks(article, budget, by_words)
    for chunk, after in zip(found, found[1:], strict=False):
        first = article.sentences[after.sentences[0]]
        if by_words(first.text) <= budget:  # not a piece of a long sentence
            assert chunk.tokens + by_words(first.text) > budget


def test_long_sentence_is_split_at_white_space_and_keeps_its_index() -> None:
    long = "word " * 24 + "end."
    article = make_article("a", f"Short opening line here. {long}\n\nA last sentence follows.")
    found = chunks(article, 10, by_words)
    index = next(i for i, s in enumerate(article.sentences) if s.text.startswith("word"))
    pieces = [chunk for chunk in found if index in chunk.sentences]
    assert len(pieces) >= 3
    assert all(by_words(chunk.text) <= 10 for chunk in found)
    assert " ".join(chunk.text for chunk in found).split() == article.text.split()


def test_a_word_over_the_budget_stays_whole() -> None:
    article = make_article("a", "Tiny " + "x" * 50 + " words around it.")
    found = chunks(article, 12, by_characters)
    assert "x" * 50 in [chunk.text for chunk in found]


def test_paragraphs_stay_apart() -> None:
    article = make_article("a", "The first paragraph ends here.\n\nThe second paragraph starts here.")
    (chunk,) = chunks(article, 100, by_words)
    assert chunk.text == "The first paragraph ends here.\nThe second paragraph starts here."


def test_budget_must_be_positive() -> None:
    with pytest.raises(ValueError, match="at least one token"):
        chunks(make_article("a", "Some text stands here."), 0, by_words)
