"""How much of an article its outputs' evidence comes from: by hand, and what holds for any spans."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.records import Article, Passage, Prose, Sentence, Span
from pipeline.tenths import coverage, evidence_spans, tenth


def article_of(sentences: int, size: int = 10) -> Article:
    """Sentences of `size` code points, side by side."""
    spans = [(size * i, size * (i + 1)) for i in range(sentences)]
    text = "".join(f"S{i}".ljust(size, ".") for i in range(sentences))
    return Article("a", text, tuple(Sentence(text[a:b], a, b, 0) for a, b in spans))


def test_by_hand() -> None:
    found = coverage(article_of(20), {"summary": [(0, 10), (10, 20), (100, 110)], "headlines": [(190, 200)]})
    assert found.tenths == (2, 0, 0, 0, 0, 1, 0, 0, 0, 1)
    assert dict(found.shares) == {"all": 0.3, "summary": 0.2, "headlines": 0.1}


def test_a_short_article_has_fewer_tenths_with_a_sentence() -> None:
    found = coverage(article_of(4), {"summary": [(0, 10), (10, 20), (20, 30), (30, 40)], "bullets": [(30, 40)]})
    assert dict(found.shares) == {"all": 1.0, "summary": 1.0, "bullets": 0.25}


def test_a_span_belongs_to_the_tenth_it_opens_in() -> None:
    assert [tenth(start, 100) for start in (0, 9, 10, 55, 99, 100)] == [0, 0, 1, 5, 9, 9]
    assert dict(coverage(article_of(10), {"summary": [(0, 100)]}).shares)["summary"] == 0.1


def test_without_evidence_nothing_is_covered() -> None:
    assert dict(coverage(article_of(3), {"summary": []}).shares) == {"all": 0.0, "summary": 0.0}
    assert dict(coverage(Article("a", "", ()), {"summary": []}).shares) == {"all": 0.0, "summary": 0.0}


SPANS = st.lists(st.integers(0, 29).map(lambda i: (10 * i, 10 * i + 10)), max_size=20)


@given(SPANS, SPANS)
def test_all_is_the_union_and_shares_grow_with_evidence(one: list[Span], two: list[Span]) -> None:
    article = article_of(30)
    found = coverage(article, {"summary": one, "bullets": two})
    shares = dict(found.shares)
    assert sum(found.tenths) == len(set(one) | set(two))
    assert shares["all"] == pytest.approx(sum(n > 0 for n in found.tenths) / 10)
    assert max(shares["summary"], shares["bullets"]) <= shares["all"] <= shares["summary"] + shares["bullets"] + 1e-9


def test_spans_of_every_shape_of_output() -> None:
    prose = Prose("A. B.", ((0, 2), (3, 5)), (((0, 4), (5, 9)), ((10, 12),)))
    assert list(evidence_spans(prose)) == [(0, 4), (5, 9), (10, 12)]
    assert list(evidence_spans([Passage("a", ((1, 2),)), Passage("b", ((3, 4), (5, 6)))])) == [(1, 2), (3, 4), (5, 6)]
