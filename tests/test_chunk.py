"""Chunks: every word in exactly one, in order, within the budget, as few and as even as can be, whatever is counted."""

from __future__ import annotations

from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.chunk import CONTEXT_SHARE, Count, chunks, pack, word_runs
from pipeline.records import Article, Sentence
from pipeline.text.article import make_article

GOLDEN: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "golden" / "chunks.yaml").read_text("utf-8"))
WORDS = st.text(alphabet="abcdeé", min_size=1, max_size=12)
PARAGRAPHS = st.lists(st.lists(st.lists(WORDS, min_size=1, max_size=9), min_size=1, max_size=4), min_size=1, max_size=5)


def by_words(text: str) -> int:
    return len(text.split())


def by_characters(text: str) -> int:
    """A tokenizer to which white space costs, as a byte-level one: sums of parts are not the whole."""
    return len(text)


def by_joins(text: str) -> int:
    """A tokenizer to which every third space costs four: what is joined may take more than its parts together."""
    return len(text.split()) + 4 * (text.count(" ") // 3)


COUNTS = [by_words, by_characters, by_joins]


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


def drawn(spec: str) -> Article:
    """The article of a golden case: `|` parts paragraphs, `/` sentences."""
    paragraphs = [[s.split() for s in p.split("/") if s.split()] for p in spec.split("|")]
    return article_of([p for p in paragraphs if p])


@pytest.mark.parametrize("case", GOLDEN, ids=lambda case: str(case["what"]))
def test_golden(case: dict[str, Any]) -> None:
    count: Count = by_characters if case.get("count") == "characters" else by_words
    found = chunks(drawn(case["article"]), case["budget"], count, case.get("overlap", 0))
    assert [chunk.text for chunk in found] == case["chunks"]
    assert [chunk.context for chunk in found] == case.get("context", [""] * len(found))
    flags = {flag for chunk in found for flag in chunk.flags}
    expected = {case["flags"]} if "flags" in case else set()
    assert flags == expected | ({"split_sentence"} if "split_word" in expected else set())


@settings(max_examples=150, deadline=None)
@given(PARAGRAPHS, st.integers(1, 40), st.sampled_from(COUNTS), st.integers(0, 3))
def test_every_word_in_one_chunk_in_order_within_the_budget(
    paragraphs: list[list[list[str]]], budget: int, count: Count, overlap: int
) -> None:
    article = article_of(paragraphs)
    found = chunks(article, budget, count, overlap)
    assert "".join("".join(chunk.text.split()) for chunk in found) == "".join(article.text.split())
    seen = [i for chunk in found for i in chunk.sentences]
    assert seen == sorted(seen)
    assert set(seen) == set(range(len(article.sentences)))
    assert all(a.span[1] <= b.span[0] for a, b in pairwise(found))
    for chunk in found:
        read = f"{chunk.context} {chunk.text}" if chunk.context else chunk.text
        assert count(read) <= budget
        assert article.text[slice(*chunk.span)].split() == chunk.text.split()
        assert chunk.tokens == count(chunk.text)
        long = any(count(article.sentences[i].text) > budget for i in chunk.sentences)
        assert ("split_sentence" in chunk.flags) <= long


@settings(max_examples=80, deadline=None)
@given(PARAGRAPHS, st.integers(12, 40), st.integers(1, 3))
def test_context_stands_right_before_its_chunk_and_is_not_the_chunks_own(
    paragraphs: list[list[list[str]]], budget: int, overlap: int
) -> None:
    article = article_of(paragraphs)
    found = chunks(article, budget, by_words, overlap)
    before = ""
    for chunk in found:
        assert before.split()[len(before.split()) - len(chunk.context.split()) :] == chunk.context.split()
        assert by_words(chunk.context) <= budget // CONTEXT_SHARE
        before += " " + chunk.text


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(1, 9), min_size=1, max_size=9), st.integers(1, 20))
def test_packs_are_the_fewest_and_of_those_the_most_even(sizes: list[int], budget: int) -> None:
    """Against every way there is to cut."""
    n = len(sizes)
    ways = [
        list(pairwise((0, *cuts, n))) for k in range(n) for cuts in combinations(range(1, n), k)
    ]
    allowed = [way for way in ways if all(sum(sizes[i:j]) <= budget or j == i + 1 for i, j in way)]
    cost = {tuple(way): (len(way), sum(sum(sizes[i:j]) ** 2 for i, j in way)) for way in allowed}
    assert cost[tuple(pack(sizes, sizes, budget))] == min(cost.values())


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(1, 5), min_size=8, max_size=60), st.integers(10, 25))
def test_no_tiny_last_chunk(lengths: list[int], budget: int) -> None:
    """Sentences of up to five words: two neighbouring chunks differ by less than two sentences, or could not."""
    article = article_of([[["w"] * n for n in lengths]])
    found = chunks(article, budget, by_words)
    mean = sum(lengths) / len(found)
    assert all(chunk.tokens >= mean - 3 * 5 for chunk in found)
    assert len(found) <= 1 or found[-1].tokens > min(mean / 4, 5)


@settings(max_examples=60, deadline=None)
@given(st.lists(WORDS, min_size=1, max_size=40), st.integers(1, 30), st.sampled_from(COUNTS))
def test_word_runs_hold_everything_within_the_budget(words: list[str], budget: int, count: Count) -> None:
    text = " ".join(words)
    runs = list(word_runs(text, budget, count))
    assert "".join(text[a:b] for a, b, _ in runs).replace(" ", "") == "".join(words)
    assert all(count(text[a:b]) <= budget for a, b, _ in runs)
    for a, b, inside in runs:
        cut = (a > 0 and not text[a - 1].isspace()) or (b < len(text) and not text[b].isspace())
        assert cut <= inside


def test_counting_grows_with_the_text_and_not_with_its_square() -> None:
    def counted(sentences: int) -> int:
        total = 0

        def count(text: str) -> int:
            nonlocal total
            total += len(text)
            return len(text.split())

        article = article_of([[["word"] * 20] * 10] * (sentences // 10))
        found = chunks(article, 400, count)
        assert len(found) == sentences // 20
        return total

    small, large = counted(200), counted(2000)
    assert large < 11 * small
    assert large < 12 * 2000 * 100  # a few times the text


def test_a_document_without_a_full_stop_is_split_in_linear_time() -> None:
    total = 0

    def count(text: str) -> int:
        nonlocal total
        total += len(text)
        return len(text.split())

    article = article_of([[["word"] * 20_000]])
    found = chunks(article, 500, count)
    assert sum(chunk.tokens for chunk in found) == 20_000
    assert len(found) <= 41
    assert total < 40 * len(article.text)


def test_long_sentence_is_split_at_white_space_and_keeps_its_index() -> None:
    long = "word " * 24 + "end."
    article = make_article("a", f"Short opening line here. {long}\n\nA last sentence follows.")
    found = chunks(article, 10, by_words)
    index = next(i for i, s in enumerate(article.sentences) if s.text.startswith("word"))
    pieces = [chunk for chunk in found if index in chunk.sentences]
    assert len(pieces) >= 3
    assert all(by_words(chunk.text) <= 10 for chunk in found)
    assert " ".join(chunk.text for chunk in found).split() == article.text.split()


def test_budget_must_be_positive() -> None:
    with pytest.raises(ValueError, match="at least one token"):
        chunks(make_article("a", "Some text stands here."), 0, by_words)
