"""Sweep files: what they give, and every way in which they can be wrong, before anything runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from pipeline.config import load_config
from pipeline.errors import ConfigError
from pipeline.metrics import SOURCE_METRICS, TEXT_METRICS
from pipeline.metrics.source import Source
from pipeline.score_names import SOURCE
from pipeline.sweep.expand import expand
from pipeline.sweep.load import Sweep, load_sweep, to_yaml
from pipeline.sweep.settings import SweepSettings

ROOT = Path(__file__).resolve().parent.parent
SWEEPS = sorted((ROOT / "configs" / "sweep").glob("*.yaml"))


def write(folder: Path, **keys: Any) -> Path:
    path = folder / "s.yaml"
    path.write_text(yaml.safe_dump(keys, sort_keys=False), encoding="utf-8")
    return path


def load(folder: Path, *overrides: str, **keys: Any) -> Sweep:
    return load_sweep(write(folder, **keys), overrides)


def faults(folder: Path, *overrides: str, **keys: Any) -> list[str]:
    with pytest.raises(ConfigError) as raised:
        load(folder, *overrides, **keys)
    return list(raised.value.faults)


def test_grid_is_the_product_of_keys_and_named_groups(tmp_path: Path) -> None:
    groups = {"greedy": {"engine.beams": 1, "engine.candidates": 1}, "wide": {"engine.beams": 8}}
    sweep = load(tmp_path, grid={"decoding": groups, "engine.copy_prior": [0.0, 2.0]})
    names = ["greedy,copy_prior=0.0", "greedy,copy_prior=2.0", "wide,copy_prior=0.0", "wide,copy_prior=2.0"]
    assert [one.name for one in sweep.combinations] == names
    engines = [one.config.engine for one in sweep.combinations]
    assert [(e.beams, e.copy_prior) for e in engines] == [(1, 0.0), (1, 2.0), (8, 0.0), (8, 2.0)]
    assert [one.config.out_dir for one in sweep.combinations] == [Path("runs/sweep-s") / name for name in names]
    assert sweep.baseline == names[0]


def test_keys_with_the_same_last_part_are_named_in_full(tmp_path: Path) -> None:
    sweep = load(tmp_path, grid={"outputs.bullets.max_words": [20], "outputs.summary.max_words": [60]})
    assert sweep.combinations[0].name == "outputs.bullets.max_words=20,outputs.summary.max_words=60"


def test_list_and_set_and_overrides_lie_over_the_base(tmp_path: Path) -> None:
    (tmp_path / "base.yaml").write_text("engine: {name: fake, batch_size: 3}\nrun: {out: elsewhere, seed: 5}\n")
    entries = [{"name": "plain"}, {"name": "short", "set": {"headlines.case": "title", "run.seed": 7}}]
    common = {"outputs.headlines.count": 2, "input.limit": 3}
    sweep = load(tmp_path, "input.limit=2", base="base.yaml", set=common, list=entries, baseline="lead")
    plain, short = (one.config for one in sweep.combinations)
    assert (plain.engine.batch_size, plain.outputs.headlines.count, plain.input.limit) == (3, 2, 2)
    assert (plain.run.seed, plain.outputs.headlines.case) == (5, "sentence")
    assert (short.run.seed, short.outputs.headlines.case) == (7, "title")
    assert sweep.baseline == "lead"
    assert plain.out_dir == Path("runs/sweep-s/plain")


def test_random_draws_are_seeded_distinct_and_of_the_keys_own_type(tmp_path: Path) -> None:
    keys = {
        "engine.length_penalty": {"low": 0, "high": 2},
        "outputs.headlines.count": {"low": 2, "high": 6},
        "engine.copy_prior": {"low": 0.5, "high": 8, "log": True},
        "headlines.case": ["sentence", "title"],
    }
    drawn = [load(tmp_path, random={"draws": 6, "seed": seed, "keys": keys}) for seed in (3, 3, 4)]
    values = [[dict(one.values) for one in sweep.combinations] for sweep in drawn]
    assert values[0] == values[1]
    assert values[0] != values[2]
    assert [one.name for one in drawn[0].combinations] == [f"random-{n}" for n in range(1, 7)]
    engines = [one.config.engine for one in drawn[0].combinations]
    assert len({engine.length_penalty for engine in engines}) == 6
    assert any(not engine.length_penalty.is_integer() for engine in engines)
    fewer = {key: value for key, value in keys.items() if key != "engine.copy_prior"}
    without = load(tmp_path, random={"draws": 6, "seed": 3, "keys": fewer})
    assert [one.config.engine.length_penalty for one in without.combinations] == [e.length_penalty for e in engines]


@given(
    st.integers(0, 50), st.integers(1, 50), st.booleans(), st.integers(0, 2**32 - 1), st.sampled_from(["int", "float"])
)
def test_random_draws_stay_within_their_range(low: int, width: int, log: bool, seed: int, kind: str) -> None:
    key = {"int": "outputs.headlines.count", "float": "engine.length_penalty"}[kind]
    low += log
    keys = {key: {"low": low, "high": low + width, "log": log}}
    settings = SweepSettings.model_validate({"name": "s", "random": {"draws": 2, "seed": seed, "keys": keys}})
    options, wrong = expand(settings)
    assert wrong == []
    drawn = [values[key] for _, values in options]
    assert len(set(drawn)) == 2
    assert all(low <= value <= low + width for value in drawn)
    assert {type(value).__name__ for value in drawn} == {kind}


def test_more_draws_than_there_are_combinations(tmp_path: Path) -> None:
    keys = {"headlines.case": ["sentence", "title"]}
    (fault,) = faults(tmp_path, random={"draws": 3, "keys": keys})
    assert fault == "random.draws: only 2 different combinations were found, 3 are wanted"


def test_all_faults_at_once(tmp_path: Path) -> None:
    found = faults(
        tmp_path,
        "engine.beams",
        base={"engine": {"name": "embeded"}, "name": "x"},
        grid={"engine.beam": [1, 2], "engine.copy_prior": 3},
        list=[{"name": "a/b"}, {"name": "lead"}, {"name": "A/b"}],
        random={"draws": 2, "keys": {"engine.top_p": {"low": 1, "high": 0.5}}},
        baseline="nobody",
    )
    text = "\n".join(found)
    for part in (
        "--set engine.beams: write it as key=value",
        "base.name: cannot be given",
        "grid.engine.copy_prior: should be a list",
        "random.keys.engine.top_p: low (1) should be below high (0.5)",
        "two combinations are named 'A/b'",
        "lead: is the row of an extractive baseline",
        "baseline: there is no combination 'nobody'",
    ):
        assert part in text


def test_unknown_keys_are_faults_with_the_nearest_key(tmp_path: Path) -> None:
    found = faults(tmp_path, gird={"a": [1]}, random={"draw": 2, "keys": {"a": [1]}}, list=[{"nam": "x"}])
    assert "gird: unknown key; did you mean grid?" in found
    assert "random.draw: unknown key; did you mean draws?" in found
    assert "random.draws: must be given" in found
    assert "list[0].nam: unknown key; did you mean name?" in found


def test_every_config_is_checked_and_a_common_fault_is_told_once(tmp_path: Path) -> None:
    found = faults(tmp_path, base={"engine": {"beam": 2}}, grid={"engine.beams": [1, 4], "engine.temprature": [1]})
    assert "engine.beam: unknown key; did you mean engine.beams?" in found
    assert "engine.temprature: unknown key; did you mean engine.temperature?" in found
    own = "beams=1,temprature=1: engine.candidates: 4 candidates need as many beams (set to 1), or `sample: true`"
    assert own in found
    assert len(found) == 3


@pytest.mark.parametrize("key", ["name", "run.out", "input.path", "input.limit", "score.stemmer", "score", "input"])
def test_what_must_be_the_same_for_all_cannot_be_swept(key: str, tmp_path: Path) -> None:
    found = faults(tmp_path, list=[{"name": "a"}, {"name": "b", "set": {key: "x"}}])
    assert any(fault.startswith(f"b: {key}: cannot be swept") for fault in found)


@pytest.mark.parametrize(
    ("given", "keys"),
    [
        ("engine.copy_prior=1.0", {"grid": {"engine.copy_prior": [0.0, 2.0]}}),
        ("engine.beams=2", {"grid": {"search": {"greedy": {"engine.beams": 1, "engine.candidates": 1}, "wide": {}}}}),
        ("engine.beams=6", {"list": [{"name": "plain"}, {"name": "wide", "set": {"engine.beams": 8}}]}),
        ("engine.beams=6", {"list": [{"name": "whole", "set": {"engine": {"name": "lead"}}}]}),
        ("engine={name: fake, beams: 6}", {"list": [{"name": "wide", "set": {"engine.beams": 8}}]}),
        ("headlines.case=title", {"list": [{"name": "a", "set": {"outputs.headlines.case": "sentence"}}]}),
        ("engine.top_p=0.5", {"random": {"draws": 2, "keys": {"engine.top_p": {"low": 0.1, "high": 1.0}}}}),
    ],
)
def test_a_swept_key_cannot_be_set(given: str, keys: dict[str, Any], tmp_path: Path) -> None:
    found = [fault for fault in faults(tmp_path, given, **keys) if "(from --set)" in fault]
    key = {"headlines.case": "outputs.headlines.case"}.get(given.partition("=")[0], given.partition("=")[0])
    assert len(found) == 1
    assert found[0].startswith(f"{key}: is swept here")


def test_other_keys_of_a_swept_section_can_be_set(tmp_path: Path) -> None:
    sweep = load(
        tmp_path, "engine.batch_size=3", "input={limit: 2}", list=[{"name": "wide", "set": {"engine.beams": 8}}]
    )
    assert (sweep.combinations[0].config.engine.batch_size, sweep.combinations[0].config.input.limit) == (3, 2)


def test_the_limit_is_on_all_combinations_together(tmp_path: Path) -> None:
    grid = {"run.seed": list(range(600))}
    random = {"draws": 600, "keys": {"engine.top_p": {"low": 0.1, "high": 1.0}}}
    found = faults(tmp_path, grid=grid, random=random, list=[{"name": "plain"}])
    assert "gives 1201 combinations (list 1, grid 600, random 600), at most 1000 are allowed" in found


@pytest.mark.parametrize("high", [10**400, 1e305, float("inf"), float("nan")])
@pytest.mark.parametrize("log", [False, True])
def test_ranges_beyond_numbers_are_faults(high: float, log: bool, tmp_path: Path) -> None:
    for key in ("engine.length_penalty", "run.seed"):
        found = faults(tmp_path, random={"draws": 1, "keys": {key: {"low": 1, "high": high, "log": log}}})
        assert any(f"random.keys.{key}: low and high should be numbers (up to 1e+300)" in fault for fault in found)


def test_the_widest_ranges_can_be_drawn_from() -> None:
    for key in ("engine.length_penalty", "run.seed"):
        for low, log in ((1, True), (-1e300, False)):
            keys = {key: {"low": low, "high": 1e300, "log": log}}
            settings = SweepSettings.model_validate({"name": "s", "random": {"draws": 3, "keys": keys}})
            options, wrong = expand(settings)
            assert wrong == []
            assert all(low <= values[key] <= 1e300 for _, values in options)


def test_equal_combinations_are_refused(tmp_path: Path) -> None:
    (fault,) = faults(tmp_path, list=[{"name": "base"}], grid={"engine.beams": [4, 8]})
    assert fault == "beams=4: has the settings of base; leave one of them out"
    (fault,) = faults(
        tmp_path, grid={"a": {"x": {"engine.beams": 8}}, "b": {"y": {"engine.beams": 6}, "z": {"run.seed": 2}}}
    )
    assert fault == "grid: engine.beams is set by two of its parts"


@pytest.mark.parametrize(
    ("keys", "part"),
    [
        ({}, "it gives no combination"),
        ({"grid": {"engine.beams": []}}, "grid.engine.beams: should be a list"),
        ({"grid": {"run.seed": list(range(2000))}}, "2000 combinations (grid 2000), at most 1000"),
        ({"list": [{"name": "a"}], "metrics": ["summary.rogue1"]}, "metrics: unknown: summary.rogue1"),
        ({"list": [{"name": "a"}], "trials": 10}, "trials:"),
        ({"list": [{"name": "a"}], "base": 3}, "base: should be the path"),
        ({"list": [{"name": "a"}], "base": "gone.yaml"}, "gone.yaml: there is no such config file"),
        ({"list": [{"name": "sweep.json"}]}, "is a file of the sweep"),
        ({"list": [{"name": "a"}], "name": "x/y"}, "name: should be a folder name"),
        ({"list": [{"name": "a"}], "set": {"run.out": "x"}}, "set.run.out: cannot be given"),
        ({"random": {"draws": 1, "keys": {"engine.beams": {"low": 1.2, "high": 1.8}}}}, "no whole number"),
        ({"random": {"draws": 1, "keys": {"engine.top_p": {"low": 0, "high": 1, "log": True}}}}, "above 0"),
        ({"random": {"draws": 1, "keys": {"engine.top_p": {"low": 0}}}}, "a list of choices or a range"),
    ],
)
def test_single_faults(keys: dict[str, Any], part: str, tmp_path: Path) -> None:
    assert any(part in fault for fault in faults(tmp_path, **keys))


def test_files_that_are_no_sweeps(tmp_path: Path) -> None:
    for text, part in (("- 1\n", "a mapping"), ("a: [\n", "not valid YAML"), ("list: []\nlist: []\n", "given twice")):
        (tmp_path / "s.yaml").write_text(text)
        with pytest.raises(ConfigError, match=part):
            load_sweep(tmp_path / "s.yaml")
    with pytest.raises(ConfigError, match="no such sweep file"):
        load_sweep(tmp_path / "gone.yaml")


@pytest.mark.parametrize("path", SWEEPS, ids=lambda path: path.stem)
def test_shipped_sweeps_say_what_they_are_for_load_and_repeat(path: Path, tmp_path: Path) -> None:
    head = path.read_text(encoding="utf-8").split("\nname:")[0].splitlines()
    assert all(line.startswith("#") for line in head)
    assert f"#   precis sweep configs/sweep/{path.name}" in head
    sweep = load_sweep(path)
    assert sweep.name == path.stem
    assert 2 <= len(sweep.combinations) <= 9
    (tmp_path / "sweep.yaml").write_text(to_yaml(sweep))
    assert load_sweep(tmp_path / "sweep.yaml") == sweep


def test_the_metrics_beyond_rouge_are_those_that_are_computed() -> None:
    found = {name: of for of, metric in SOURCE_METRICS.items() for name in metric(["A bus."], Source("A bus stops."))}
    found |= {name: of for of, metric in TEXT_METRICS.items() for name in metric.measure([("A bus.",)], ["Buses."])}
    assert found == SOURCE


def test_the_base_is_the_run_config_itself(tmp_path: Path) -> None:
    sweep = load_sweep(ROOT / "configs" / "sweep" / "decoding.yaml")
    quickstart = load_config(str(ROOT / "configs" / "run" / "quickstart.yaml"))
    assert sweep.combinations[0].config.engine == quickstart.engine
    assert sweep.combinations[0].config.outputs == quickstart.outputs
