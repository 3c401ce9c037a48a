"""Prompts: what they state of a contract, a folder's own in their place, and faults with file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.cli import main
from pipeline.config import load_config
from pipeline.contract import SPARE_HEADLINES, with_contract
from pipeline.engines.fence import fence
from pipeline.engines.prompts import FILES, load_prompts
from pipeline.errors import ConfigError, EngineError
from pipeline.mapreduce import Budgets, read_whole
from pipeline.plan import plan
from pipeline.records import KINDS, Candidate, Kind, Request
from pipeline.settings_outputs import OutputSettings
from pipeline.text.article import make_article

TEXT = " ".join(f"The council of town number {i} voted on Monday to close the bridge for repairs." for i in range(12))


class Reader:
    """As much of an engine as the plan needs."""

    strategy = "whole"

    def __init__(self, budget: int) -> None:
        self.budget = budget

    def count_tokens(self, text: str) -> int:
        return len(text.split())

    def rate_sentences(self, texts: object, features: object) -> None:
        """None: it has no selector."""


def asked(kind: Kind, budget: int = 10_000, *overrides: str) -> tuple[list[Request], OutputSettings]:
    outputs = load_config(None, overrides).outputs
    requests = plan(make_article("a", TEXT), (kind,), outputs, Reader(budget))
    return [with_contract(request, outputs) for request in requests], outputs


def prompt(request: Request) -> str:
    assert request.contract is not None
    return load_prompts().task(request.contract, fence(request.source))


@pytest.mark.parametrize(
    ("kind", "overrides", "stated"),
    [
        ("summary", ("outputs.summary.min_words=31", "outputs.summary.max_words=67"), ["31 to 67 words", "2 to 3"]),
        ("bullets", ("outputs.bullets.max=7", "outputs.bullets.max_words=19"), ["3 to 7 bullet", "at most 19 words"]),
        ("headlines", ("outputs.headlines.max_chars=61",), ["at most 61 characters", "at least 3 words", "None asks"]),
        ("rewrite", ("outputs.rewrite.style=plain",), ["plain words", "words in complete sentences"]),
    ],
)  # fmt: skip
def test_a_prompt_states_the_contract(kind: Kind, overrides: tuple[str, ...], stated: list[str]) -> None:
    (request,), outputs = asked(kind, 10_000, *overrides)
    text = prompt(request)
    assert all(words in text for words in stated), text
    assert f'{{"{kind}": ' in text
    assert "a news article" in text
    assert TEXT in text
    if kind == "headlines":
        assert f"Write {outputs.headlines.count + SPARE_HEADLINES} different headlines" in text


def test_questions_may_be_allowed_and_the_plain_style_is_not_the_default() -> None:
    assert "None asks" not in prompt(asked("headlines", 10_000, "outputs.headlines.question=true")[0][0])
    assert "plain words" not in prompt(asked("rewrite")[0][0])


def test_parts_are_noted_and_notes_are_told() -> None:
    outputs = load_config(None).outputs
    rounds = read_whole(make_article("a", TEXT), ("bullets", "rewrite"), outputs, Reader(60), Budgets(60, 60))
    first = [with_contract(request, outputs) for request in next(rounds)]
    maps = [request for request in first if not request.serves]
    assert len(maps) > 1
    assert all("one part of a long article" in prompt(request) for request in first)
    assert all('{"notes": ' in prompt(request) for request in maps)
    told = [Candidate(r.id, "summary", f"Note {i}.", None, r.sentences, ()) for i, r in enumerate(maps)]
    (last,) = rounds.send(told)
    text = prompt(with_contract(last, outputs))
    assert "notes on the parts" in text
    assert '{"bullets": ' in text


@pytest.mark.parametrize("name", [*KINDS, "notes", "system", "repair", "material"])
def test_every_prompt_is_there(name: str) -> None:
    assert f"{name}.jinja" in FILES


def test_a_folder_replaces_prompts_one_by_one_and_is_part_of_the_identity(tmp_path: Path) -> None:
    (tmp_path / "summary.jinja").write_text("{% include '_tone.jinja' %} {{ material }}")
    (tmp_path / "_tone.jinja").write_text("Be brief.")
    own, package = load_prompts(str(tmp_path)), load_prompts()
    contract = asked("summary")[0][0].contract
    assert contract is not None
    assert own.task(contract, fence("A text.")) == f"Be brief. {fence('A text.').block}"
    assert own.system == package.system
    assert own.digest != package.digest
    (tmp_path / "_tone.jinja").write_text("Be very brief.")
    assert load_prompts(str(tmp_path)).digest != own.digest


FAULTY = [
    ("{{ material }}\n\n{{ contract.min_wrods }}", "summary.jinja:3: ", "min_wrods"),
    ("{{ material }}\n{% if %}", "summary.jinja:2: ", "no valid Jinja"),
    ("{{ material }}\n{{ 1 / 0 }}", "summary.jinja:2: ", "division by zero"),
    ("{{ material }}\n{{ material.__class__ }}", "summary.jinja:2: ", "unsafe"),
    ("{{ material }}\n{% include 'gone.jinja' %}", "summary.jinja:2: ", "gone.jinja"),
    ("Summarise it.", "summary.jinja: ", "must hold the article"),
    ("{{ material }} {{ material }}", "summary.jinja: ", "must hold the article"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "where", "what"), FAULTY, ids=range(len(FAULTY)))
def test_a_faulty_prompt_names_its_file_and_line(tmp_path: Path, text: str, where: str, what: str) -> None:
    (tmp_path / "summary.jinja").write_text(text)
    with pytest.raises(EngineError) as caught:
        load_prompts(str(tmp_path))
    assert f"{tmp_path}/{where}" in str(caught.value)
    assert what in str(caught.value)


def test_a_prompt_that_is_not_utf_8_or_includes_itself_is_named(tmp_path: Path) -> None:
    (tmp_path / "summary.jinja").write_bytes(b"\xff {{ material }}")
    with pytest.raises(EngineError, match=rf"{tmp_path}/summary.jinja: .*can't decode byte 0xff"):
        load_prompts(str(tmp_path))
    (tmp_path / "summary.jinja").write_text("{{ material }}\n{% include 'summary.jinja' %}")
    with pytest.raises(EngineError, match=rf"{tmp_path}/summary.jinja:2: .*recursion"):
        load_prompts(str(tmp_path))


def test_a_folder_that_would_have_no_effect_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="no such folder"):
        load_prompts(str(tmp_path / "gone"))
    with pytest.raises(EngineError, match="holds no prompt"):
        load_prompts(str(tmp_path))
    (tmp_path / "summary.jinja").write_text("{{ material }}")
    (tmp_path / "sumary.jinja").write_text("{{ material }}")
    with pytest.raises(EngineError, match="no prompt is called sumary.jinja"):
        load_prompts(str(tmp_path))


def test_article_text_is_never_a_template() -> None:
    text = "Use {{ contract }} and {% include 'x' %}."
    (request,), _ = asked("summary")
    assert request.contract is not None
    assert text in load_prompts().task(request.contract, fence(text))


def test_settings_of_prompts_and_servers_belong_to_their_engines(capsys: pytest.CaptureFixture[str]) -> None:
    wrong = [
        "engine.prompts=mine", "engine.max_new_tokens=99", "engine.base_url=http://localhost:1/v1",
        "engine.api_key_env=KEY", "engine.json_mode=true",
    ]  # fmt: skip
    with pytest.raises(ConfigError) as caught:
        load_config(None, wrong)
    assert len(caught.value.faults) == len(wrong)
    assert main(["brief", "--engine", "chat", "x.txt"]) == 2
    assert "the engine chat needs a model" in capsys.readouterr().err
