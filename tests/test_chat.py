"""The engine chat: scripted and random Llamas with a chat template, through the loading path of any model."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import torch
import transformers
from chat_sample import BULLETS, HEADLINES, NO_SYSTEM, SUMMARY, chat_model, random_chat_model
from flow_sample import flow_config, write_articles

from pipeline.cli import main
from pipeline.config import load_config
from pipeline.contract import with_contract
from pipeline.engines import open_engine
from pipeline.engines.answers import Answer
from pipeline.engines.chat import ChatEngine
from pipeline.engines.prompting import Question
from pipeline.files import read_jsonl
from pipeline.job import run
from pipeline.plan import plan
from pipeline.text.article import make_article

ANSWERS = {
    "summary": f"<think>What matters?</think>{json.dumps({'summary': SUMMARY})}",
    "bullets": f"```json\n{json.dumps({'bullets': BULLETS})}\n```",
    "headlines": json.dumps({"headlines": HEADLINES}),
    "notes": json.dumps({"notes": "Engineers closed the Marle bridge on Monday after they found cracks in two piers."}),
}
DEAF = "{% for m in messages if m.role != 'system' %}{{ m.content }}{% endfor %}"
GREEDY = ("engine.beams=1", "engine.candidates=1", "engine.max_new_tokens=12")


@pytest.fixture(scope="module")
def scripted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return chat_model(tmp_path_factory.mktemp("scripted"), ANSWERS)


@pytest.fixture(scope="module")
def random(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return random_chat_model(tmp_path_factory.mktemp("random"))


def opened(folder: Path, *overrides: str) -> ChatEngine:
    engine = open_engine(load_config(None, ["engine.name=chat", f"engine.model={folder}", *overrides]).engine)
    assert isinstance(engine, ChatEngine)
    return engine


def asking(*texts: str, count: int = 1, seed: int = 5) -> list[Question]:
    first = {"role": "system", "content": "S"}
    return [Question((first, {"role": "user", "content": text}), count, 12, seed) for text in texts]


def record(out: Path) -> dict[str, Any]:
    (found,) = read_jsonl(out / "outputs.jsonl")
    return found


def test_a_whole_run_thoughts_code_fence_and_contract(scripted: Path, tmp_path: Path) -> None:
    articles = write_articles(tmp_path / "in", ("bridge",))
    config = flow_config(articles, tmp_path / "out", "engine.name=chat", f"engine.model={scripted}", *GREEDY)
    done = run(config)
    assert (done.counts["done"], done.counts["fallbacks"], done.counts["quarantined"]) == (1, 0, 0)
    found = record(tmp_path / "out")
    assert found["summary"]["text"] == SUMMARY
    assert {h["text"] for h in found["headlines"]} <= set(HEADLINES)
    assert {b["text"] for b in found["bullets"]} >= {"Repairs will cost $3.4m"}
    assert "unparsed" not in done.counts["flags"]
    manifest = json.loads((tmp_path / "out" / "run.json").read_text())
    assert manifest["engine"]["identity"].startswith(f"chat|{scripted.name}|")
    assert "|prompts:" in manifest["engine"]["identity"]
    assert len(manifest["engine"]["model"]["sha256"]) == 64


def test_a_random_model_loses_nothing_and_every_failure_is_counted(random: Path, tmp_path: Path) -> None:
    articles = write_articles(tmp_path / "in", ("bridge", "bus"))
    config = flow_config(
        articles, tmp_path / "out", "engine.name=chat", f"engine.model={random}", *GREEDY,
        "outputs.rewrite.enabled=true",
    )  # fmt: skip
    done = run(config)
    assert (done.counts["done"], done.counts["fallbacks"], done.counts["quarantined"]) == (2, 2, 0)
    assert done.counts["flags"]["unparsed"] == 8  # of four kinds in two articles
    for found in read_jsonl(tmp_path / "out" / "outputs.jsonl"):
        assert {f"unparsed:{kind}" for kind in ("summary", "bullets", "headlines", "rewrite")} <= set(found["flags"])
        assert "fallback:extractive" in found["summary"]["flags"]
        assert found["bullets"]
        assert found["headlines"]
    tried = [c for c in read_jsonl(tmp_path / "out" / "candidates.jsonl") if "unparsed" in c["flags"]]
    assert tried
    assert all(c["rank"] is None for c in tried)


def test_the_same_without_a_guard(random: Path, tmp_path: Path) -> None:
    articles = write_articles(tmp_path / "in", ("bridge",))
    config = flow_config(
        articles, tmp_path / "out", "engine.name=chat", f"engine.model={random}", *GREEDY, "guard.enabled=false"
    )
    run(config)
    assert "fallback:extractive" in record(tmp_path / "out")["summary"]["flags"]


def test_a_long_article_goes_through_notes(scripted: Path, tmp_path: Path) -> None:
    engine = opened(scripted, *GREEDY, "engine.max_source_tokens=250")
    text = " ".join(f"Engineers closed bridge number {i} after they found cracks in it." for i in range(14))
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "long.txt").write_text(text)
    parts = plan(make_article("a", text), ("summary",), load_config(None).outputs, engine)
    assert len(parts) > 2
    assert all(engine.count_tokens(part.source) <= 250 for part in parts)
    config = flow_config(
        tmp_path / "in", tmp_path / "out", "engine.name=chat", f"engine.model={scripted}", *GREEDY,
        "engine.max_source_tokens=250", "outputs.bullets.enabled=false", "outputs.headlines.enabled=false",
    )  # fmt: skip
    assert run(config).counts["flags"].keys().isdisjoint({"unparsed", "reasked"})


def test_answers_do_not_depend_on_the_padding(random: Path) -> None:
    engine = opened(random, *GREEDY)
    texts = ["Short.", "A text that is quite a bit longer than the other one.", "Mid-sized text."]
    together = engine.chat.answer(asking(*texts), engine.settings)
    assert together == [engine.chat.answer(asking(text), engine.settings)[0] for text in texts]
    assert len({row[0].text for row in together}) == 3


def test_batches_keep_the_order_and_mix_counts(random: Path) -> None:
    engine = opened(random, "engine.batch_size=2", "engine.sample=true", "engine.candidates=3")
    questions = [q for n, text in enumerate("abcde") for q in asking(text, count=1 + n % 2)]
    found = engine._ask(questions)
    assert [len(row) for row in found] == [1, 2, 1, 2, 1]
    assert engine._ask(questions) == found


def test_n_best_by_beams_and_by_sampling(random: Path) -> None:
    engine = opened(random, "engine.beams=4", "engine.candidates=3")
    (beams,) = engine._ask(asking("One text.", count=3))
    assert len(beams) == 3
    assert len({answer.text for answer in beams}) > 1
    sampling = opened(random, "engine.sample=true", "engine.candidates=3")
    first, again, other = (sampling._ask(asking("One text.", count=3, seed=s)) for s in (5, 5, 6))
    assert first == again != other


@pytest.mark.parametrize("template", [NO_SYSTEM, DEAF])
def test_a_template_without_a_system_role_gets_its_words_from_the_user(tmp_path: Path, template: str) -> None:
    folder = chat_model(tmp_path / "folded", ANSWERS, template=template)
    engine = opened(folder, *GREEDY)
    assert engine.chat.folded
    assert "S\n\nA text." in engine.chat.render(asking("A text.")[0].messages)


def test_the_budget_leaves_room_for_two_answers(random: Path, tmp_path: Path) -> None:
    whole = opened(random, *GREEDY).budget
    assert whole - opened(random, *GREEDY[:2], "engine.max_new_tokens=112").budget == 200
    assert opened(random, "engine.max_source_tokens=300").budget == 300
    assert opened(random_chat_model(tmp_path / "half", positions=12_000), *GREEDY).budget == whole - (16_384 - 12_000)


def test_the_longest_prompt_fits_the_window(tmp_path: Path) -> None:
    """Sources that fill the budget, with an answer of full length shown again and another one, are within the model's
    positions; a source of twice the budget would not be."""
    engine = opened(random_chat_model(tmp_path / "m", positions=6000), *GREEDY[:2], "engine.max_new_tokens=300")
    outputs = load_config(None).outputs
    sentence = "The council of town {} met again on Monday."
    each = engine.count_tokens(sentence.format(1000) + " ")
    number = 2 * (engine.budget // each)  # two even chunks, each as long as can be
    text = " ".join(sentence.format(1000 + i) for i in range(number))
    requests = [with_contract(r, outputs) for r in plan(make_article("a", text), ("headlines",), outputs, engine)]
    assert max(engine.count_tokens(r.source) for r in requests) > engine.budget - 50
    seen: list[int] = []

    def ask(questions: Sequence[Question]) -> list[list[Answer]]:
        seen.extend(engine.chat.count_tokens(engine.chat.render(q.messages)) + q.max_tokens for q in questions)
        return [[Answer("x" * 300)] for _ in questions]

    engine.prompter.write(requests, ask, 1)
    assert 5600 < max(seen) <= 6000


@pytest.mark.parametrize(("stored", "loaded"), [("float16", "float32"), ("bfloat16", "bfloat16")])
def test_half_precision_on_a_cpu(random: Path, tmp_path: Path, stored: str, loaded: str) -> None:
    copy = shutil.copytree(random, tmp_path / "half")
    half = transformers.AutoModelForCausalLM.from_pretrained(copy).to(getattr(torch, stored))
    half.save_pretrained(copy)
    engine = opened(copy, *GREEDY, "engine.dtype=auto", "engine.device=cpu")
    assert next(engine.chat.model.parameters()).dtype == getattr(torch, loaded)


FAULTS = [
    ("no template", "has no chat template"),
    ("broken template", "cannot be filled in"),
    ("mute template", "leaves out what the user says"),
    ("small", "lower engine.max_new_tokens"),
    ("empty folder", "cannot be loaded"),
]


@pytest.mark.parametrize(("kind", "said"), FAULTS, ids=[kind for kind, _ in FAULTS])
def test_an_unusable_model_is_status_2(
    kind: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "model"
    templates = {"broken template": "{{ messages[7].content }}", "mute template": "Hello.", "no template": None}
    if kind == "empty folder":
        path.mkdir()
    elif kind == "small":
        random_chat_model(path, positions=256)
    else:
        random_chat_model(path, template=templates[kind])
    articles = write_articles(tmp_path / "in", ("bus",))
    command = ["run", "--input", str(articles), "--out", str(tmp_path / "out"), "--set", "engine.name=chat"]
    assert main([*command, "--set", f"engine.model={path}"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert str(path) in err
    assert said in err
    assert "Traceback" not in err


def test_the_identity_changes_with_the_prompts(random: Path, tmp_path: Path) -> None:
    (tmp_path / "summary.jinja").write_text("{{ material }}")
    assert opened(random).identity != opened(random, f"engine.prompts={tmp_path}").identity


def test_special_tokens_of_the_tokenizer_are_known(random: Path) -> None:
    assert {"<pad>", "<|end|>", "<|summary|>"} <= set(opened(random).chat.control)
