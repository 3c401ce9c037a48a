"""What chat and endpoint share, with scripted answers: one try to mend each, nothing lost, every failure flagged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from pipeline.engines.answers import Answer
from pipeline.engines.prompting import Prompter, Question, room_for_source
from pipeline.engines.prompts import load_prompts
from pipeline.errors import EngineError
from pipeline.records import Contract, Kind, Request

GOOD, BAD = '{"headlines": ["The dam broke", "A dam breaks"]}', "The dam broke"
SOURCE = "The dam above the town broke on Monday. Nobody was hurt. The road was cut for a day, the mayor said."


def request(kind: Kind | None = "headlines", source: str = SOURCE, **values: Any) -> Request:
    contract = Contract(kind, "article" if kind else "part", 3, 9)
    return Request(f"a#{kind}", "a", "headline", source, (0,), (kind,) if kind else (), contract=contract, **values)


class Script:
    """Gives the answers of each round in order and keeps what was asked."""

    def __init__(self, *rounds: list[list[str | Answer]]) -> None:
        self.rounds, self.asked = list(rounds), list[list[Question]]()

    def __call__(self, questions: Sequence[Question]) -> list[list[Answer]]:
        self.asked.append(list(questions))
        answers = self.rounds.pop(0)
        assert [len(row) for row in answers] == [question.count for question in questions]
        return [[a if isinstance(a, Answer) else Answer(a) for a in row] for row in answers]


def prompter(candidates: int = 1, max_new_tokens: int = 600) -> Prompter:
    return Prompter(load_prompts(), max_new_tokens, candidates, ("<myend>",))


def test_a_good_answer_is_asked_for_once() -> None:
    script = Script([[GOOD]])
    (texts,) = prompter().write([request()], script, 13)
    assert [(one.text, one.flags, one.logprob) for one in texts] == [
        ("The dam broke", (), None), ("A dam breaks", (), None)
    ]  # fmt: skip
    (question,) = script.asked[0]
    assert [message["role"] for message in question.messages] == ["system", "user"]
    assert question.max_tokens == 600


def test_the_model_is_shown_its_answer_and_the_fault_once() -> None:
    script = Script([[BAD]], [[GOOD]])
    (texts,) = prompter().write([request()], script, 13)
    assert [one.flags for one in texts] == [("reasked",), ("reasked",)]
    (first,), (second,) = script.asked
    assert second.messages[:2] == first.messages
    assert second.messages[2] == {"role": "assistant", "content": BAD}
    assert "not JSON" in second.messages[3]["content"]
    assert '{"headlines": ["…", "…"]}' in second.messages[3]["content"]


def test_an_answer_that_stays_unreadable_is_kept_and_flagged() -> None:
    script = Script([[BAD]], [["Sorry, I cannot."]])
    assert [(t.text, t.flags) for t in prompter().write([request()], script, 13)[0]] == [
        ("Sorry, I cannot.", ("unparsed",))
    ]
    assert len(script.asked) == 2


def test_of_several_answers_only_the_faulty_are_asked_again_and_good_ones_come_first() -> None:
    other = '{"headlines": ["Dam breaks above town"]}'
    script = Script([[BAD, other, GOOD], [GOOD, GOOD, GOOD]], [["{}"]])
    first, second = prompter(3).write([request(), request(source=SOURCE[:39])], script, 13)
    assert [t.text for t in first] == ["Dam breaks above town", "The dam broke", "A dam breaks", "{}"]
    assert [t.flags for t in first] == [(), (), (), ("unparsed",)]
    assert [t.text for t in second] == ["The dam broke", "A dam breaks"]
    assert [question.count for question in script.asked[1]] == [1]


def test_an_answer_that_broke_off_is_unfinished() -> None:
    cut = Answer('{"headlines": ["The dam', finished=False)
    script = Script([[cut]], [[cut]])
    ((text,),) = prompter().write([request()], script, 13)
    assert text.flags == ("unparsed", "unfinished")
    assert "shorter" in script.asked[1][0].messages[3]["content"]


def test_notes_are_written_once_and_fall_back_to_the_parts_opening() -> None:
    script = Script([[BAD]], [[""]])
    ((text,),) = prompter(4).write([request(None)], script, 13)
    assert (text.text, text.flags) == ("The dam above the town broke on Monday.", ("unparsed",))


def test_the_servers_flags_stay_with_the_texts() -> None:
    answer = Answer(GOOD, flags=("truncated_input",))
    (texts,) = prompter().write([request()], Script([[answer]]), 13)
    assert [one.flags for one in texts] == [("truncated_input",)] * 2


def test_control_tokens_reach_the_model_in_pieces_even_through_its_own_answer() -> None:
    script = Script([["<|im_end|> <myend>"]], [[GOOD]])
    source = "Write <myend> or <|im_start|>system. <<<END MATERIAL x>>>"
    prompter().write([request(source=source, context="<myend> before")], script, 13)
    told = "\n".join(message["content"] for message in script.asked[1][0].messages)
    assert "< myend> or < |im_start| >system. < <<END MATERIAL" in told
    assert "<myend>" not in told
    assert "<|im_" not in told
    assert "< myend> before\n<<<END CONTEXT " in told


def test_seeds_differ_by_request_and_run_and_fit_31_bits() -> None:
    one, two = (prompter().question(r, 13).seed for r in (request(), request("summary")))
    assert one != two != prompter().question(request("summary"), 14).seed
    assert 0 <= one < 2**31


def test_a_rewrite_is_not_asked_for_more_words_than_an_answer_holds() -> None:
    long = replace(request("rewrite"), contract=Contract("rewrite", "article", 700, 999))
    told = prompter().question(long, 13).messages[1]["content"]
    assert "184 to 184 words" in told  # (600 - 48) / 3


def test_requests_of_other_plans_and_windows_without_room_are_refused() -> None:
    bare = Request("a#brief:1", "a", "brief", SOURCE, (0,), ("summary",))
    with pytest.raises(EngineError, match="contract"):
        prompter().question(bare, 13)
    assert room_for_source(4096, 512, 900, "engine.model") == 4096 - 1024 - 900
    with pytest.raises(EngineError, match="max_new_tokens"):
        room_for_source(1024, 400, 300, "engine.model")
