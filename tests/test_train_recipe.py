"""`precis train` with a recipe, as a user calls it: what it writes, resumes and refuses; its result is a model."""

from __future__ import annotations

import gzip
import json
import lzma
import shutil
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from flow_sample import write_articles
from hypothesis import given
from hypothesis import strategies as st
from train_sample import RECIPE, record, write_data

from pipeline.cli import main
from pipeline.files import read_jsonl
from pipeline.text.sentences import split_sentences
from pipeline.train.load import load_plan
from pipeline.train.objectives import gap_pair, lead_pair, objective_pairs
from pipeline.train.pairs import Pair
from pipeline.train.plot import render, ticks

Capture = pytest.CaptureFixture[str]
ARTICLE = [s.text for s in split_sentences(str(record(1)["document"]).replace("\n", " "))]


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """data/, r.yaml and out/ with a finished training."""
    folder = tmp_path_factory.mktemp("recipe")
    write_data(folder / "data")
    (folder / "r.yaml").write_text(RECIPE)
    assert main(["train", str(folder / "r.yaml"), "--data", str(folder / "data"), "--out", str(folder / "out")]) == 0
    return folder


def train(folder: Path, *more: str) -> int:
    return main(["train", str(folder / "r.yaml"), "--data", str(folder / "data"), "--out", str(folder / "out"), *more])


def message(capsys: Capture) -> str:
    out, err = capsys.readouterr()
    assert out == ""
    assert "Traceback" not in err
    lines = [line for line in err.splitlines() if line]
    assert all(line.startswith("precis: ") for line in lines), err
    return "\n".join(lines)


def test_the_folder_holds_the_model_its_card_its_log_and_its_plot(trained: Path) -> None:
    out = trained / "out"
    card = (out / "README.md").read_text()
    assert "base: random weights" in card
    assert f"precis train {trained / 'r.yaml'} --data {trained / 'data'}" in card
    assert "stage tasks: 7 steps" in card
    assert "kept: headline 12" in card
    assert "val_headline" in card
    assert load_plan(out / "train.yaml") == load_plan(trained / "r.yaml").model_copy(update={"name": "r"})
    lines = list(read_jsonl(out / "log.jsonl"))
    assert {line["stage"] for line in lines} == {"news", "tasks"}
    speed = [line for line in lines if "examples_per_s" in line]
    assert all(line["tokens_per_s"] > line["examples_per_s"] > 0 for line in speed)
    plot = ET.parse(out / "loss.svg").getroot()
    titles = [e.text for e in plot.iter() if e.get("font-weight") == "bold"]
    assert titles[0] == "news: loss (nats per token)"
    assert len([e for e in plot.iter() if e.tag.endswith("polyline")]) >= 6


def test_the_self_supervised_stage_was_trained_on_lead_gap_and_infilling(trained: Path) -> None:
    counts = json.loads((trained / "out" / "work" / "news" / "pairs" / "dropped.json").read_text())["train/one"]
    assert counts["kept: lead"] >= 6
    assert counts["kept: gap"] >= 6
    assert counts["kept: rewrite"] >= 6


def test_a_finished_training_is_left_alone_and_a_run_uses_it(trained: Path, tmp_path: Path, capsys: Capture) -> None:
    before = (trained / "out" / "model.safetensors").stat().st_mtime_ns
    assert train(trained) == 0
    out, err = capsys.readouterr()
    assert out == f"model: {trained / 'out'}\n"
    assert "nothing to do" in err
    assert (trained / "out" / "model.safetensors").stat().st_mtime_ns == before
    articles = write_articles(tmp_path / "in", ("bakery",))
    settings = [f"engine.model={trained / 'out'}", "engine.spell_guard=false", "score.enabled=false"]
    sets = [part for value in settings for part in ("--set", value)]
    assert main(["run", "--input", str(articles), "--out", str(tmp_path / "run"), "--quiet", *sets]) == 0
    manifest = json.loads((tmp_path / "run" / "run.json").read_text())
    assert str(trained / "out") in json.dumps(manifest)


def test_other_settings_limits_and_data_are_refused(trained: Path, tmp_path: Path, capsys: Capture) -> None:
    assert train(trained, "--set", "tasks.lr=0.5") == 2
    assert "holds a training with other settings: tasks.lr" in message(capsys)
    assert train(trained, "--limit", "3") == 2
    assert "holds a training with --limit None, not 3" in message(capsys)
    copy = tmp_path / "copy"
    shutil.copytree(trained, copy)
    (copy / "out" / "train.json").unlink()
    path = copy / "data" / "train" / "two.jsonl.xz"
    path.write_bytes((copy / "data" / "train" / "one.jsonl.xz").read_bytes())
    assert train(copy) == 2
    assert "the data changed since this training began: train/two.jsonl.xz" in message(capsys)


def test_what_is_finished_is_not_done_again(trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(trained, copy)
    whole = (copy / "out" / "model.safetensors").read_bytes()
    for lost in ("train.json", "model.safetensors", "README.md"):
        (copy / "out" / lost).unlink()
    done: list[str] = []
    for name in ("make_start", "_prepare", "export"):
        monkeypatch.setattr(f"pipeline.train.recipe.{name}", lambda *args, name=name: done.append(name))
    assert train(copy) == 0
    assert done == []
    assert (copy / "out" / "model.safetensors").read_bytes() == whole


def test_plain_and_gzipped_sets_give_what_packed_ones_do(trained: Path, tmp_path: Path, capsys: Capture) -> None:
    """And what else lies beside them is not data: changing it changes nothing."""
    copy = tmp_path / "copy"
    (copy / "data" / "val").mkdir(parents=True)
    (copy / "data" / "train").mkdir()
    (copy / "r.yaml").write_text(RECIPE)
    for split in ("train", "val"):
        for name, suffix, pack in (("one", ".jsonl", bytes), ("two", ".jsonl.gz", gzip.compress)):
            text = lzma.decompress((trained / "data" / split / f"{name}.jsonl.xz").read_bytes())
            (copy / "data" / split / f"{name}{suffix}").write_bytes(pack(text))
    assert train(copy, "--prepare") == 0
    for stage in ("news", "tasks"):
        for name in ("train.npz", "val.npz", "dropped.json"):
            mine, theirs = (f / "out" / "work" / stage / "pairs" / name for f in (copy, trained))
            assert mine.read_bytes() == theirs.read_bytes()
    (copy / "data" / "val" / "notes.txt").write_text("mine")
    assert train(copy, "--prepare") == 0
    (copy / "data" / "val" / "one.jsonl").write_text(json.dumps(record(1)))
    assert train(copy, "--prepare") == 2
    assert "the data changed since this training began: val/one.jsonl" in capsys.readouterr().err


def test_fresh_begins_again_and_leaves_other_files(trained: Path, tmp_path: Path, capsys: Capture) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(trained, copy)
    (copy / "out" / "notes.txt").write_text("mine")
    assert train(copy, "--fresh", "--prepare", "--limit", "6") == 0
    assert (copy / "out" / "notes.txt").read_text() == "mine"
    assert not (copy / "out" / "model.safetensors").exists()
    assert not (copy / "out" / "work" / "tasks" / "state.pt").exists()
    out, err = capsys.readouterr()
    assert out == ""
    assert "python -m pipeline.train.loop" in err


def test_what_cannot_be_trained_is_one_message_and_status_2(tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "r.yaml").write_text(RECIPE)
    write_data(tmp_path / "data", 3)
    out = ["--out", str(tmp_path / "out")]
    for arguments, told in (
        ([str(tmp_path / "gone.yaml"), *out], "gone.yaml: there is no such config file"),
        ([str(tmp_path / "r.yaml"), *out], "--data: must be given"),
        ([str(tmp_path / "r.yaml"), "--data", str(tmp_path / "no"), *out], "no such folder"),
        ([str(tmp_path / "r.yaml"), "--data", str(tmp_path / "data"), "--limit", "0", *out], "--limit: should be"),
        ([str(tmp_path / "r.yaml"), "--data", str(tmp_path / "data"), "--set", "lr=-1", *out], "lr: "),
        ([str(tmp_path / "r.yaml"), "--data", str(tmp_path / "data"), "--set", "stages=3", *out], "stages"),
    ):
        assert main(["train", *arguments]) == 2
        assert told in message(capsys)
    (tmp_path / "data" / "train" / "two.jsonl.xz").unlink()
    assert main(["train", str(tmp_path / "r.yaml"), "--data", str(tmp_path / "data"), *out]) == 2
    assert "no train/SET.jsonl (or .gz, .xz) for two" in message(capsys)
    assert not (tmp_path / "out").exists()
    foreign = tmp_path / "foreign"
    foreign.mkdir()
    (foreign / "config.json").write_text("{}")
    (foreign / "work").mkdir()
    write_data(tmp_path / "data2", 3)
    arguments = [str(tmp_path / "r.yaml"), "--data", str(tmp_path / "data2"), "--out", str(foreign), "--fresh"]
    assert main(["train", *arguments]) == 2
    assert "holds config.json that precis train did not write" in message(capsys)


def test_lead_and_gap_pairs_are_kept_only_where_they_are_supported() -> None:
    lead = lead_pair(ARTICLE)
    assert isinstance(lead, Pair)
    assert lead.target == ARTICLE[0]
    assert ARTICLE[0] not in lead.focus
    gap = gap_pair(ARTICLE)
    assert isinstance(gap, Pair)
    before, after = gap.focus.split(" <mask> ")
    at = ARTICLE.index(gap.target)
    assert (before, after) == (ARTICLE[at - 1], " ".join(ARTICLE[at + 1 : at + 3]))
    strangers = ["Nothing here has any thing in common with what Corwick said.", *ARTICLE[1:]]
    assert str(lead_pair(strangers)).startswith("lead: unsupported")
    assert lead_pair(ARTICLE[:2]) == "lead: length"
    assert gap_pair(["Too short."] * 5) == "gap: length"
    assert [type(p) for p in objective_pairs(["lead", "brief"], ARTICLE)] == [Pair]


@given(st.floats(-1e4, 1e4), st.floats(1e-3, 1e6))
def test_ticks_are_a_few_round_numbers_within_the_range(low: float, span: float) -> None:
    high = low + span
    found = ticks(low, high)
    slack = 1e-6 * (abs(low) + abs(high) + 1)
    assert all(low - slack <= tick <= high + slack for tick in found)
    assert 3 <= len(found) <= 11
    assert found == sorted(set(found))


def test_a_plot_of_hostile_names_and_single_points_is_xml() -> None:
    drawn = render([("a<b&", [{"step": 1, "loss": 2.0, "val_<x>": 1.0, "examples_per_s": 3.0}]), ("empty", [])])
    assert len([e for e in ET.fromstring(drawn).iter() if e.tag.endswith("polyline")]) == 3
