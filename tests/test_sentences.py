"""Sentence segmentation: a table of hard cases and the offset invariants."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.text.sentences import split_sentences, splitter_signature

CASES: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parent / "golden" / "sentences.yaml").read_text(encoding="utf-8")
)
TOKENS = st.sampled_from(
    [
        "The",
        "U.S.",
        "p.m.",
        "Dr.",
        "J.",
        "No.",
        "5",
        "end.",
        "Why?",
        '"',
        "”",
        "…",
        "...",
        "(x.)",
        "[2]",
        "\n",
        "\n\n",
    ]
    + ["said", "Inc.", "!", "a.b.com", "\u00a0", "\u2028", "\x1c", "e.g.", "-", "1.", "\t", "Ann", "St."]
)
TEXTS = st.lists(TOKENS | st.text(max_size=5), max_size=40).map(" ".join)


def test_the_table_is_large_and_mostly_solved() -> None:
    assert len({case["text"] for case in CASES}) == len(CASES) >= 150
    assert sum("known_wrong" in case for case in CASES) <= 3


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"][:40])
def test_hard_case(case: dict[str, Any]) -> None:
    right = [sentence.text for sentence in split_sentences(case["text"])] == case["sentences"]
    assert right != case.get("known_wrong", False)


def test_curly_quotes_split_as_straight_ones_do() -> None:
    text = "“Go home.” Then he left. “Why?” Ms. Roe asked."
    assert [s.text for s in split_sentences(text)] == ["“Go home.”", "Then he left.", "“Why?” Ms. Roe asked."]


def test_offsets_and_paragraphs() -> None:
    text = "  One. Two.\n\n- Three\n Four. "
    assert [(s.start, s.end, s.paragraph) for s in split_sentences(text)] == [
        (2, 6, 0),
        (7, 11, 0),
        (13, 20, 1),
        (22, 27, 2),
    ]


def test_offsets_count_code_points() -> None:
    text = "👩\u200d👧 Ça va. 𝔘nd so."
    assert [(s.start, s.end) for s in split_sentences(text)] == [(0, 10), (11, 18)]


@settings(deadline=None)
@given(TEXTS)
def test_invariants(text: str) -> None:
    sentences = split_sentences(text)
    end = 0
    covered = set()
    for sentence in sentences:
        assert end <= sentence.start < sentence.end
        assert text[sentence.start : sentence.end] == sentence.text == sentence.text.strip()
        assert "\n" not in sentence.text
        end = sentence.end
        covered.update(range(sentence.start, sentence.end))
    assert all(char.isspace() for index, char in enumerate(text) if index not in covered)
    assert [s.paragraph for s in sentences] == sorted(s.paragraph for s in sentences)
    assert split_sentences(text) == sentences


def test_time_is_linear_in_the_length() -> None:
    split_sentences("Warm up. Done.")
    started = time.perf_counter()
    split_sentences("word. " * 20_000)
    assert time.perf_counter() - started < 10


def test_signature_names_library_version_and_rules() -> None:
    library, version, rules = splitter_signature().replace("+", "-").split("-")
    assert library == "nupunkt" and version[0].isdigit() and rules.startswith("precis")
