"""Training files: stages and what they take from the top, --set, every fault at once, and the shipped configs."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest
from train_sample import RECIPE

from pipeline.errors import ConfigError
from pipeline.train.load import differing_keys, keys, load_plan, to_yaml
from pipeline.train.schedule import Settings, read_settings
from pipeline.train.settings import FineTune, Recipe, Stage

ROOT = Path(__file__).resolve().parent.parent
CONFIGS = sorted((ROOT / "configs" / "train").glob("*.yaml"))
ONE = "start: somewhere\nsteps: 9\nlr: 1.0e-3\ndata: {a: {tasks: [headline]}}\n"


def plan(folder: Path, text: str, *overrides: str) -> Recipe:
    (folder / "t.yaml").write_text(text)
    found = load_plan(folder / "t.yaml", overrides)
    assert isinstance(found, Recipe)
    return found


def faults(folder: Path, text: str, *overrides: str) -> tuple[str, ...]:
    with pytest.raises(ConfigError) as caught:
        plan(folder, text, *overrides)
    return caught.value.faults


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_a_shipped_config_loads_says_its_command_and_survives_its_own_yaml(path: Path, tmp_path: Path) -> None:
    found = load_plan(path)
    assert found.name == path.stem
    head = path.read_text(encoding="utf-8").partition("\n\n")[0]
    assert f"precis train configs/train/{path.name}" in head
    (tmp_path / "again.yaml").write_text(to_yaml(found))
    assert load_plan(tmp_path / "again.yaml") == found


def test_what_the_shipped_configs_are() -> None:
    found = {path.stem: load_plan(path) for path in CONFIGS}
    starts = {name: p.start for name, p in found.items() if isinstance(p, Recipe)}
    assert starts["scratch"] == "random"
    assert starts["warm"] == "minilm"
    assert starts["gpu"] == starts["cpu_continue"] == "pipeline/weights"
    assert isinstance(found["finetune"], FineTune)
    gpu = found["gpu"]
    assert isinstance(gpu, Recipe)
    assert gpu.stages[0].minutes is not None


def test_a_file_without_stages_is_one_stage_and_the_loop_reads_it_as_it_is(tmp_path: Path) -> None:
    (stage,) = plan(tmp_path, ONE).stages
    assert (stage.name, stage.steps, stage.lr) == ("tasks", 9, 1e-3)
    assert plan(tmp_path, ONE, "tasks.lr=0.5", "tasks.data.a.most=7").stages[0].data["a"].most == 7
    for name in ("cpu", "cpu_continue", "gpu"):
        path = ROOT / "configs" / "train" / f"{name}.yaml"
        found = load_plan(path)
        assert isinstance(found, Recipe)
        settings = read_settings(path)
        for key in ("lr", "steps", "minutes", "decay_steps", "batch_tokens", "save_every", "save_minutes", "prior"):
            assert getattr(settings, key) == getattr(found.stages[0], key), (name, key)


def test_every_setting_of_the_loop_is_one_of_a_stage() -> None:
    assert {f.name for f in fields(Settings)} - {"start", "seed"} == set(Stage.model_fields) - {"name", "data"}


def test_stages_take_from_the_top_what_they_do_not_give(tmp_path: Path) -> None:
    text = ONE + "stages:\n  - {name: a}\n  - {name: b, minutes: 2.0, lr: 5.0e-4}\n"
    a, b = plan(tmp_path, text).stages
    assert (a.steps, a.minutes, a.lr) == (9, None, 1e-3)
    assert (b.steps, b.minutes, b.lr) == (None, 2.0, 5e-4)
    assert a.data == b.data


def test_set_is_for_all_stages_or_for_the_one_it_names(tmp_path: Path) -> None:
    both = plan(tmp_path, RECIPE, "steps=4", "tasks.lr=0.5", "data.one.most=3").stages
    assert [s.steps for s in both] == [4, 4]
    assert [s.lr for s in both] == [1e-2, 0.5]
    assert [s.data["one"].most for s in both] == [3, 3]
    assert both[0].data["one"].tasks == ("lead", "gap")
    timed = plan(tmp_path, RECIPE, "minutes=1.5").stages
    assert [(s.steps, s.minutes) for s in timed] == [(None, 1.5), (None, 1.5)]


def test_every_fault_at_once_where_it_stands(tmp_path: Path) -> None:
    text = RECIPE.replace("lr: 1.0e-2", "lr: fast\nlerning: 1").replace(
        "news\n    steps: 4", "news\n    clips: 2\n    steps: 4"
    )
    found = faults(tmp_path, text.replace("width: 16", "width: 17"))
    assert len(found) == 4
    joined = "\n".join(found)
    assert "lr: should be a number, got 'fast'" in joined
    assert "stages[0].clips: unknown key; did you mean clip?" in joined
    assert "lerning: unknown key" in joined
    assert "heads (2) should divide width (17)" in joined


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("steps: 9", "steps: 9\nminutes: 3.0"), "give either steps or minutes"),
        (("steps: 9\n", ""), "give either steps or minutes"),
        (("steps: 9", "steps: 9\ndecay_steps: 10"), "decay_steps (10) should be at most steps (9)"),
        (("tasks: [headline]", "tasks: []"), "no set of its data gives any pairs"),
        (("tasks: [headline]", "tasks: [titles]"), "'titles' is not one of headline, brief, paraphrase, lead, gap"),
        (("start: somewhere", "start: random"), "start random has no tokenizer of ours"),
        (("start: somewhere", "start: x\ntokenizer: {vocabulary: 400}"), "a checkpoint keeps its own"),
        (("start: somewhere", "start: x\nshape: {width: 24}"), "a checkpoint keeps its own"),
        (("start: somewhere\n", ""), "start: must be given"),
        (("data:", "stages: [{name: a}, {name: a}]\ndata:"), "stage names must differ"),
        (("data:", "stages: none\ndata:"), "stages: should be a list"),
        (("data:", "stages: []\ndata:"), "name at least one stage"),
        (("start:", "kind: finetun\nstart:"), "'finetun' is not one of recipe"),
    ],
)
def test_what_cannot_be_is_refused(tmp_path: Path, change: tuple[str, str], message: str) -> None:
    assert change[0] in ONE
    found = faults(tmp_path, ONE.replace(*change))
    assert any(message in fault for fault in found), found
    assert len(found) == 1


def test_a_fine_tuning_has_one_length_and_no_idle_settings(tmp_path: Path) -> None:
    text = "kind: finetune\nepochs: 2.0\n"
    (tmp_path / "t.yaml").write_text(text)
    found = load_plan(tmp_path / "t.yaml")
    assert isinstance(found, FineTune)
    other = load_plan(tmp_path / "t.yaml", ["steps=3"])
    assert isinstance(other, FineTune)
    assert (other.steps, other.epochs) == (3, None)
    for extra, message in (
        ("steps: 3\n", "give one of epochs, steps and minutes"),
        ("prefix: 'x '\n", "the embedded model has task tokens"),
        ("data: {targets: a}\n", "data.targets: unknown key; did you mean target?"),
        ("score: rouge3\n", "is not one of rouge1"),
    ):
        (tmp_path / "t.yaml").write_text(text + extra)
        with pytest.raises(ConfigError, match=message):
            load_plan(tmp_path / "t.yaml")


def test_differing_keys_name_the_stage(tmp_path: Path) -> None:
    a, b = plan(tmp_path, RECIPE), plan(tmp_path, RECIPE, "news.lr=0.5", "seed=3")
    assert differing_keys(a, b) == ["seed", "news.lr"]
    assert differing_keys(a, plan(tmp_path, RECIPE, "name=other")) == []


@pytest.mark.parametrize("text", ["- a\n", "a: [\n", "start: x\nstart: y\n"])
def test_what_is_no_mapping_is_refused(tmp_path: Path, text: str) -> None:
    assert faults(tmp_path, text)
    (tmp_path / "t.yaml").write_text(text)
    if "start" not in text:
        with pytest.raises(ConfigError):
            read_settings(tmp_path / "t.yaml")


def test_the_documentation_has_every_key_with_its_default() -> None:
    page = (ROOT / "docs" / "train.md").read_text(encoding="utf-8").splitlines()
    rows = [row for part in keys().values() for row in part]
    assert len(rows) > 50
    for key, default, meaning in rows:
        shown = f"`{default}`" if default else ""
        assert f"| `{key}` | {shown} | {meaning} |" in page, key
