"""Near-duplicates between splits: edited copies are found, other stories are not."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.train.leakage import NEAR, Index, jaccard, reports, signature, title_keys, trigrams

WORDS = (
    "council pool roof mayor swimmer petition budget river bridge tram station school clinic harbour market museum "
    "votes closes opens repairs blames praises delays funds sells buys old new empty crowded quiet northern costly "
    "spring winter monday tuesday million hundred towards beneath without against because although quickly slowly"
).split()


def story(seed: int, words: int = 350) -> str:
    rng = random.Random(seed)
    return " ".join(rng.choice(WORDS) for _ in range(words))


def edited(text: str, share: float, seed: int) -> str:
    """A copy with a share of its words dropped, exchanged or doubled."""
    rng = random.Random(seed)
    found: list[str] = []
    for word in text.split():
        edit = rng.choice(("drop", "exchange", "add")) if rng.random() < share else "keep"
        found += {"drop": [], "exchange": [rng.choice(WORDS)], "add": [word, rng.choice(WORDS)], "keep": [word]}[edit]
    return " ".join(found)


@pytest.fixture(scope="module")
def index() -> Index:
    index = Index()
    for n in range(60):
        index.add("val" if n % 2 else "test", {"document": story(n), "headline": f"Mayor {n} votes to close {n} pool"})
    return index


SPLITS = frozenset(("val", "test"))


@pytest.mark.parametrize(("share", "least"), [(0.0, 1.0), (0.05, 1.0), (0.1, 0.95)])
def test_edited_copies_are_found(index: Index, share: float, least: float) -> None:
    found = [index.leak({"document": edited(story(n), share, n)}, SPLITS) for n in range(60)]
    right = ["document in val" if n % 2 else "document in test" for n in range(60)]
    assert sum(a == b for a, b in zip(found, right, strict=True)) >= least * 60


def test_a_copy_with_another_ending_or_other_marks_is_found(index: Index) -> None:
    start = " ".join(story(3).split()[:90])
    assert index.leak({"document": f"BRAMLEY (AP) — {start.upper()}. {story(99)}"}, SPLITS) == "document in val"


def test_other_stories_are_not_found(index: Index) -> None:
    assert [index.leak({"document": story(n)}, SPLITS) for n in range(1000, 1200)] == [""] * 200
    assert not index.leak({"document": story(3)}, frozenset(("judged",)))
    assert not index.leak({"document": "Too short to say."}, SPLITS)


@pytest.mark.parametrize(
    ("headline", "leak"),
    [
        ("Bramley council votes to close swimming pool", "headline in val"),
        ("Swimming pool to close, council votes in Bramley", "headline in val"),
        ("Bramley council votes to open swimming baths", ""),
        ("Pool votes", ""),
    ],
)
def test_headlines_are_compared_by_their_content_words(headline: str, leak: str) -> None:
    index = Index()
    index.add("val", {"document": "x", "headline": "Bramley council votes to close swimming pool"})
    index.add("val", {"document": "x", "headline": "Pool votes"})
    assert index.leak({"document": "y", "headline": headline}, SPLITS) == leak


def test_long_headlines_may_differ_in_a_word() -> None:
    one = "Bramley council votes nine to two to close swimming pool on Mill Road"
    assert set(title_keys(one)) & set(title_keys(one.replace("Mill", "Park")))
    assert not set(title_keys(one)) & set(title_keys(one.replace("Mill Road", "Park Lane")))


@given(st.sets(st.integers(0, 400), min_size=1), st.sets(st.integers(0, 400), min_size=1))
def test_signatures_agree_about_as_often_as_the_sets_do(a: set[int], b: set[int]) -> None:
    one, other = (np.unique(np.array(sorted(s), np.uint64) * np.uint64(0x9E3779B97F4A7C15)) for s in (a, b))
    true = len(a & b) / len(a | b)
    assert jaccard(one, other) == pytest.approx(true)
    share = float((signature(one) == signature(other)).mean())
    assert share == 1 if a == b else abs(share - true) < 0.35  # 60 hashes: five standard deviations


def test_trigrams_ignore_case_and_marks_and_what_is_too_short() -> None:
    assert np.array_equal(trigrams(story(1), 60), trigrams(story(1).upper().replace(" ", ", "), 60))
    assert len(trigrams(story(1, 300), 60)) <= 58
    assert not len(trigrams("A few words only.", 60))
    assert 0 < NEAR < 1


def test_a_roundup_is_taken_apart_and_each_report_compared(index: Index) -> None:
    record = {
        "document": f"Pool to close\n{story(500)}\n\nBaths in Bramley\n{story(7)}\n",
        "headline_variants": ["Pool to close", "Baths in Bramley"],
    }
    assert [r.title for r in reports(record)] == ["Pool to close", "Baths in Bramley"]
    assert index.leak(record, SPLITS) == "document in val"
    assert reports({"document": "Pool to close\nIt will.", "headline_variants": ["Pool to close"]}) == []
