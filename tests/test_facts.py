"""What is read from a text: numbers with units, dates, names, quotations; and the word list."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.facts import extract_facts
from pipeline.lexicon import english_words, is_english, looks_proper

NUMBERS = [
    ("sold 1,200 scales", [("1,200", 1200.0, "")]),
    ("$1.2bn", [("$1.2bn", 1.2e9, "$")]),
    ("$1.2 billion", [("$1.2 billion", 1.2e9, "$")]),
    ("1.2 billion dollars", [("1.2 billion dollars", 1.2e9, "$")]),
    ("£46.2m profit", [("£46.2m", 46.2e6, "£")]),
    ("a 1,000-day war", [("1,000-day", 1000.0, "day")]),
    ("twelve men", [("twelve", 12.0, "")]),
    ("twenty-one men", [("twenty-one", 21.0, "")]),
    ("a hundred and five men", [("a hundred and five", 105.0, "")]),
    ("two thousand five hundred", [("two thousand five hundred", 2500.0, "")]),
    ("two dozen eggs", [("two dozen", 24.0, "")]),
    ("half a million people", [("half a million", 500000.0, "")]),
    ("half of them", [("half", 0.5, "part")]),
    ("two-thirds of them", [("two-thirds", 2 / 3, "part")]),
    ("the 3rd time", [("3rd", 3.0, "ordinal")]),
    ("the third time", [("third", 3.0, "ordinal")]),
    ("8.5% more", [("8.5%", 8.5, "%")]),
    ("8.5 per cent more", [("8.5 per cent", 8.5, "%")]),
    ("2 percentage points", [("2 percentage points", 2.0, "point")]),
    ("dozens of men", [("dozens", 12.0, "vague")]),
    ("at 8:05 p.m. sharp", [("8", 8.0, "clock"), ("05", 5.0, "clock")]),
    ("rain in 2014", []),
]


@pytest.mark.parametrize(("text", "expected"), NUMBERS)
def test_numbers(text: str, expected: list[tuple[str, float, str]]) -> None:
    found = extract_facts(text).quantities
    assert [(q.text, pytest.approx(q.value), q.unit) for q in found] == expected
    assert all(text[slice(*q.span)] == q.text for q in found)


@pytest.mark.parametrize(
    ("text", "approx"),
    [("nearly 50 men", "below"), ("more than 50 men", "above"), ("about $50", "about"), ("some 50 men", "about")],
)
def test_rounding_words(text: str, approx: str) -> None:
    assert extract_facts(text).quantities[0].approx == approx


def test_a_range_shares_its_unit() -> None:
    readings = {(q.value, q.unit) for q in extract_facts("from 10 to 15 percent").quantities}
    assert {(10.0, ""), (10.0, "%"), (15.0, "%")} <= readings


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("on Tuesday and Fri. morning", ["tuesday", "friday"]),
        ("on Nov. 18, 2024", ["november", "november 18", "2024"]),
        ("on 18 November 2024", ["november", "november 18", "2024"]),
        ("on the 3rd of May", ["may", "may 3"]),
        ("in March", ["march"]),
        ("May I go? March on.", []),
        ("in the 1990s", ["1990s"]),
        ("worth $2000", []),
    ],
)
def test_dates(text: str, values: list[str]) -> None:
    assert [d.value for d in extract_facts(text).dates] == values


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("the army of Gen. Lloyd J. Austin III left", ["Gen. Lloyd J. Austin III"]),
        ("by the U.S. Senate’s panel", ["U.S. Senate’s"]),
        ("at the Bank of England today", ["Bank of England"]),
        ("with Osama bin Laden dead", ["Osama bin Laden"]),
        ("Officials met Marta Velden, Piet Amsel", ["Marta Velden", "Piet Amsel"]),
        ("However, the Kremlin said", ["Kremlin"]),
        ("Prices rose.", []),
        ("Kessler left.", ["Kessler"]),
        ("I think I'm right", []),
        ("of Russia's Vladimir Petrov", ["Russia's", "Vladimir Petrov"]),
        ("the WHO said", ["WHO"]),
    ],
)
def test_names(text: str, names: list[str]) -> None:
    found = extract_facts(text).names
    assert [n.text for n in found] == names
    assert all(text[slice(*n.span)] == n.text for n in found)


def test_an_ordinary_word_is_a_name_if_capitalised_elsewhere() -> None:
    text = "Reserve staff left. He praised Reserve staff."
    assert [n.text for n in extract_facts(text).names] == ["Reserve", "Reserve"]


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("“We will go,” he said. “Now.”", ["We will go,", "Now."]),
        ('He said "we will go" today', ["we will go"]),
        ("He said “we will", []),
    ],
)
def test_quotations(text: str, quoted: list[str]) -> None:
    assert [q.text for q in extract_facts(text).quotations] == quoted


@given(st.text(max_size=200))
@settings(max_examples=200, deadline=None)
def test_spans_are_exact(text: str) -> None:
    facts = extract_facts(text)
    for fact in (*facts.words, *facts.quantities, *facts.dates, *facts.names, *facts.quotations):
        start, end = (fact.start, fact.end) if hasattr(fact, "start") else fact.span
        assert text[start:end] == fact.text


@given(st.integers(2101, 10**12))
@settings(max_examples=100, deadline=None)
def test_grouping_does_not_change_a_value(number: int) -> None:
    plain, grouped = (extract_facts(f"sold {text} tons").quantities for text in (f"{number}", f"{number:,}"))
    assert [q.value for q in plain] == [q.value for q in grouped] == [float(number)]


def test_english() -> None:
    assert len(english_words()) > 100_000
    known = "the Outnumbered long-running don't voters' Austin’s reopened counterterrorism covid livestreamed"
    assert all(is_english(word) for word in known.split())
    unknown = ["agentsersonnel", "scocks", "cannumes", "prigsing", "long-runned-blorf", "12"]
    assert not any(is_english(word) for word in unknown)
    assert all(is_english(word) for word in ["organisation", "colours", "travelled", "centre", "defence"])


def test_looks_proper() -> None:
    assert all(looks_proper(word) for word in ("Kessler", "Ryan", "Benghazi"))
    assert not any(looks_proper(word) for word in ("Officials", "Yesterday", "Manhunt", "Disgraced"))
