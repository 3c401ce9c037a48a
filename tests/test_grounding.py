"""Where an output comes from, and how closely it follows single sentences: by hand and against rouge-score."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rouge_score.rouge_scorer import RougeScorer

from pipeline.metrics.grounding import grounding, locate
from pipeline.metrics.source import Source

SENTENCES = [
    "The river Sal rose overnight.",
    "It flooded forty houses in Stannick.",
    "Nobody was hurt.",
    "The mayor thanked the firefighters.",
    "The river will fall on Sunday.",
]
RIVER = Source(" ".join(SENTENCES), SENTENCES)


def test_by_hand() -> None:
    """Pairs: river will | will fall | fall on | on Sunday (all of sentence 5); the mayor | mayor thanked | thanked
    nobody (2 of 3 of sentence 4; none of the others)."""
    values = grounding(["River will fall on Sunday", "The mayor thanked nobody"], RIVER)
    assert values == {
        "source_rouge2": pytest.approx(6 / 8),  # as ROUGE counts, "sunday the" between the lines is a pair too
        "evidence_rouge2": pytest.approx((4 / 4 + 2 / 3) / 2),
        "evidence_position": pytest.approx((4 / 4 + 3 / 4) / 2),
        "evidence_lead": 0.0,
    }


@pytest.mark.parametrize(
    ("line", "place"),
    [
        ("Forty houses flooded", 1),
        ("The river", 0),  # the first of equals
        ("The river fell", 0),
        ("The river will go", 4),  # one word in common with both, one pair more with this
        ("Sunday", 4),
        ("Something else entirely", None),
        ("", None),
    ],
)
def test_locate(line: str, place: int | None) -> None:
    assert locate(line, RIVER) == place


def test_one_sentence_is_the_beginning_and_unlocated_lines_do_not_count() -> None:
    one = Source("Nobody was hurt.")
    assert grounding(["Nobody was hurt", "Pumps"], one)["evidence_position"] == 0.0
    assert grounding(["Nobody was hurt", "Pumps"], one)["evidence_lead"] == 1.0
    assert grounding(["Nobody hurt", "Pumps"], RIVER)["evidence_lead"] == 1.0


def test_nothing_to_count_is_none() -> None:
    assert set(grounding([], RIVER).values()) == {None}
    assert set(grounding(["…"], RIVER).values()) == {None}
    assert set(grounding(["A river"], Source("…")).values()) == {None}
    single = grounding(["Sunday"], RIVER)  # a word, no pair
    assert single["source_rouge2"] is single["evidence_rouge2"] is None
    assert single["evidence_position"] == 1.0


LINES = st.lists(st.text("ab cd.", min_size=1, max_size=20), min_size=1, max_size=4)


@settings(max_examples=150, deadline=None)
@given(LINES, LINES)
def test_rouge_score_agrees(lines: list[str], sentences: list[str]) -> None:
    scorer = RougeScorer(["rouge2"], use_stemmer=True)
    values = grounding(lines, Source("\n".join(sentences), sentences))
    if values["source_rouge2"] is not None:
        expected = scorer.score("\n".join(sentences), "\n".join(lines))["rouge2"].precision
        assert values["source_rouge2"] == pytest.approx(expected, abs=1e-12)
    if values["evidence_rouge2"] is not None:
        paired = [line for line in lines if len(scorer._tokenizer.tokenize(line)) > 1]
        best = [max(scorer.score(s, line)["rouge2"].precision for s in sentences) for line in paired]
        assert values["evidence_rouge2"] == pytest.approx(sum(best) / len(best), abs=1e-12)
