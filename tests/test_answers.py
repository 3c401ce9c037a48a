"""Answers of chat models: strict reading, thoughts taken off."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.engines.answers import FORMS, Answer, AnswerFault, opening_of, read_answer, without_thoughts
from pipeline.records import KINDS, Contract, Kind

WORDS = st.text(min_size=1, max_size=40).filter(str.strip)


def contract(kind: Kind | None) -> Contract:
    return Contract(kind, "article", 3, 20)


@pytest.mark.parametrize("kind", ["summary", "rewrite", None])
@given(text=WORDS, fenced=st.booleans(), ascii_only=st.booleans())
def test_prose_comes_back_as_it_was_written(kind: Kind | None, text: str, fenced: bool, ascii_only: bool) -> None:
    said = json.dumps({kind or "notes": text}, ensure_ascii=ascii_only)
    said = f"```json\n{said}\n```" if fenced else said
    assert read_answer(Answer(said), contract(kind)) == [text]


@given(st.lists(st.text(alphabet="abc dü", min_size=1).map(str.strip).filter(bool), min_size=1))
def test_lists_keep_order_and_drop_doubles(items: list[str]) -> None:
    said = json.dumps({"headlines": items})
    assert read_answer(Answer(said), contract("headlines")) == list(dict.fromkeys(items))


def test_bullets_lose_their_marks_and_get_their_full_stops() -> None:
    said = ["- The dam broke", "• Nobody was hurt.", "“It was loud.”", "Why?", "It cost 40%", "-5 degrees were seen"]
    assert read_answer(Answer(json.dumps({"bullets": said})), contract("bullets")) == [
        "The dam broke.", "Nobody was hurt.", "“It was loud.”", "Why?", "It cost 40%.", "-5 degrees were seen.",
    ]  # fmt: skip


FAULTS = [
    ("", "empty"),
    ("```\n```", "not JSON"),
    ("Here you are: {\"summary\": \"a\"}", "not JSON"),
    ("{\"summary\": \"a\"} I hope that helps!", "not JSON"),
    ("{\"summary\": \"a\"", "not JSON"),
    ("{\"summary\": \"a\nb\"}", "not JSON"),
    ("[\"a\"]", "not a JSON object"),
    ("{\"headline\": \"a\"}", "key \"summary\""),
    ("{\"summary\": \"a\", \"note\": \"b\"}", "key \"summary\""),
    ("{\"summary\": \"a\", \"summary\": \"b\"}", "twice"),
    ("{\"summary\": [\"a\"]}", "must be a text"),
    ("{\"summary\": \"  \"}", "must be a text"),
    ("{\"summary\": NaN}", "NaN"),
    ("[" * 100_000, "not JSON"),
]  # fmt: skip


@pytest.mark.parametrize(("said", "fault"), FAULTS, ids=range(len(FAULTS)))
def test_whatever_is_not_the_form_is_a_fault_in_words(said: str, fault: str) -> None:
    with pytest.raises(AnswerFault, match=fault):
        read_answer(Answer(said), contract("summary"))


@pytest.mark.parametrize("value", ["a", [], [1], ["a", ""], [["a"]], {"a": "b"}])
def test_a_list_must_hold_texts(value: object) -> None:
    with pytest.raises(AnswerFault, match="bullets"):
        read_answer(Answer(json.dumps({"bullets": value})), contract("bullets"))


@given(st.text())
def test_any_answer_is_read_or_a_fault(said: str) -> None:
    for kind in (*KINDS, None):
        try:
            texts = read_answer(Answer(said), contract(kind))
        except AnswerFault as fault:
            assert str(fault)
        else:
            assert texts == [json.loads(said)[kind or "notes"]]


def test_what_broke_off_is_never_read() -> None:
    with pytest.raises(AnswerFault, match="broke off"):
        read_answer(Answer('{"summary": "a"}', finished=False), contract("summary"))


def test_the_forms_shown_can_be_read_themselves() -> None:
    for kind, form in FORMS.items():
        assert read_answer(Answer(form), contract(kind))


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("<think>Hm. {}</think>\n\n{\"a\": 1}", '{"a": 1}'),
        ("Hm, the template opened it.</think>{\"a\": 1}", '{"a": 1}'),
        ("<think>one</think><think>two</think> x", "x"),
        ("<think>and so on and on", ""),
        (" {\"a\": 1} ", '{"a": 1}'),
        ("", ""),
    ],
)  # fmt: skip
def test_thoughts_are_taken_off(text: str, left: str) -> None:
    assert without_thoughts(text) == left


def test_the_opening_of_a_part_stands_in_for_its_notes() -> None:
    text = "The dam broke on Monday. Nobody was hurt. The town was cut off for a day."
    assert opening_of(text, 8) == "The dam broke on Monday. Nobody was hurt."
    assert opening_of(text, 1) == "The dam broke on Monday."
    assert opening_of("", 5) == ""
