"""The seeds: complete, of the lengths their README promises, and true to their articles."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from pipeline.facts import extract_facts
from pipeline.guard import judge, read_source
from pipeline.ingest import read_input
from pipeline.records import Ingested
from pipeline.text.sentences import split_sentences

ROOT = Path(__file__).resolve().parent.parent / "seeds"
NAMES = sorted(p.parent.name for p in ROOT.glob("*/article.md"))
# Numerals that a reference rounds, sums or converts, with what the article says.
ROUNDED: dict[str, dict[str, str]] = {
    "sallow-river-flood": {"14": "14.2 inches", "200": "212"},
    "tarnwick-earnings": {"38": "to $84m, or $1.12 a share, from $61m"},
}


@cache
def seeds() -> dict[str, Ingested]:
    found, lost = read_input(str(ROOT))
    assert lost == []
    return {item.article.id: item for item in found}


def texts(item: Ingested) -> list[str]:
    refs = item.references
    assert refs is not None
    own = tuple(item.article.key_points)
    points = [p for points in refs.bullets if points != own for p in points]
    return [*refs.summary, *points, *refs.headline]


def test_every_folder_is_read_and_nothing_else() -> None:
    assert list(seeds()) == NAMES
    assert len(NAMES) >= 6


@pytest.mark.parametrize("name", NAMES)
def test_each_seed_has_references_of_every_kind(name: str) -> None:
    item = seeds()[name]
    assert item.references is not None
    own = tuple(item.article.key_points)
    written = [points for points in item.references.bullets if points != own]
    assert len(item.references.summary) == 3
    assert len(written) == 2
    assert len(item.references.headline) == 4
    assert item.article.flags == ()
    assert 250 <= item.article.words <= 1500


@pytest.mark.parametrize("name", NAMES)
def test_lengths_are_those_of_the_readme(name: str) -> None:
    item = seeds()[name]
    assert item.references is not None
    for summary in item.references.summary:
        assert 2 <= len(split_sentences(summary)) <= 4
        assert 40 <= len(summary.split()) <= 85
    for points in item.references.bullets:
        assert 3 <= len(points) <= 6
        if points != item.article.key_points:
            assert all(len(point.split()) <= 20 and not point.endswith(".") for point in points)
    for headline in item.references.headline:
        assert len(headline) <= 80
        assert not headline.endswith(".")
    assert len(set(texts(item))) == len(texts(item))


def numerals(text: str) -> set[str]:
    return {n.rstrip(".,") for n in re.findall(r"\d[\d,.]*", text)}


@pytest.mark.parametrize("name", NAMES)
def test_every_numeral_of_a_reference_is_in_its_article(name: str) -> None:
    item = seeds()[name]
    known = numerals(item.article.text) | numerals(item.article.title or "")
    unknown = {n for text in texts(item) for n in numerals(text)} - known
    rounded = ROUNDED.get(name, {})
    assert unknown == set(rounded), "not in the article, or listed but not used"
    for said in rounded.values():
        assert said in item.article.text


@pytest.mark.parametrize("name", NAMES)
def test_references_are_not_copies(name: str) -> None:
    item = seeds()[name]
    sentences = {s.text.rstrip(".") for s in item.article.sentences}
    assert not [t for t in texts(item) if t.rstrip(".") in sentences]


def test_the_guard_would_let_most_references_pass() -> None:
    """Editors' own words are not what the guard is for, but a seed it condemns is likely to be wrong."""
    judged = []
    for item in seeds().values():
        source = read_source(item.article)
        assert item.references is not None
        judged += [judge(h, source, kind="headlines").ok for h in item.references.headline]
    assert sum(judged) >= 0.75 * len(judged)
    assert extract_facts("3 dead").quantities
