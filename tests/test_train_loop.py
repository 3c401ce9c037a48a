"""The training loop: batches, rate, time limits, state, several processes, and what it may import."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from train_sample import RECIPE, make_tiny_bart, write_data
from transformers import AutoModelForSeq2SeqLM, AutoTokenizer, BartForConditionalGeneration

from pipeline.errors import ConfigError, MissingExtra, PrecisError
from pipeline.train import checkpoints, launch, loop, processes
from pipeline.train.batching import IGNORE, PAD, batches, collate, collated, stream
from pipeline.train.command import Wanted, train_model
from pipeline.train.export import export
from pipeline.train.meter import check_finite
from pipeline.train.objective import CopyObjective, forward, loss_of
from pipeline.train.pack import Packed, load
from pipeline.train.processes import Alone, Together
from pipeline.train.schedule import Settings, rate, read_settings
from pipeline.train.settings import Training

ROOT = Path(__file__).resolve().parent.parent
CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the stage `tasks` of a recipe that was prepared only, its start being the recipe's."""
    folder = tmp_path_factory.mktemp("loop")
    (folder / "r.yaml").write_text(RECIPE)
    wanted = Wanted(folder / "r.yaml", data=write_data(folder / "data"), out=folder / "out", prepare_only=True)
    assert train_model(wanted, lambda text: None) is None
    place = folder / "out" / "work" / "tasks"
    text = (place / "stage.yaml").read_text()
    assert str(folder / "out" / "work" / "news" / "model") in text
    (place / "stage.yaml").write_text(text.replace("work/news/model", "work/start"))
    return place


def given_settings(stage: Path, **changed: object) -> Settings:
    return replace(read_settings(stage / "stage.yaml"), **changed)  # type: ignore[arg-type]


def log(out: Path) -> list[dict[str, float]]:
    return [json.loads(line) for line in (out / "log.jsonl").read_text().splitlines()]


def packed(lengths: Sequence[tuple[int, int]]) -> Packed:
    sources, targets = ([n for pair in lengths for n in pair[k : k + 1]] for k in (0, 1))
    starts = [np.concatenate([[0], np.cumsum(one)]).astype(np.int64) for one in (sources, targets)]
    flat = [np.arange(at[-1], dtype=np.uint16) % 1000 + 3 for at in starts]
    return Packed(flat[0], starts[0], flat[1], starts[1], np.zeros(len(lengths), np.uint8))


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(st.integers(1, 90), st.integers(1, 30)), min_size=1, max_size=60), st.integers(0, 5))
def test_an_epoch_holds_every_example_once_within_its_limits(lengths: list[tuple[int, int]], seed: int) -> None:
    data = packed(lengths)
    found = batches(data, seed, 0, 200, 4)
    assert sorted(i for rows in found for i in rows.tolist()) == list(range(len(data)))
    longest = np.diff(data.source_at)
    assert all(len(rows) == 1 or len(rows) * longest[rows].max() <= 200 for rows in found)
    assert max(len(rows) for rows in found) <= 4
    for rows in found:
        source, target = collate(data, rows)
        for i, row in enumerate(rows):
            ids, told = data.example(int(row))
            assert source[i].tolist() == [*ids.tolist(), *[PAD] * (source.shape[1] - len(ids))]
            assert target[i].tolist() == [*told.tolist(), *[IGNORE] * (target.shape[1] - len(told))]


def test_a_resumed_stream_goes_on_where_it_was_over_the_end_of_an_epoch() -> None:
    data = packed([(5 + n % 7, 3) for n in range(30)])
    parts = stream(data, 13, 40, 3, 0)
    whole = [next(parts).tolist() for _ in range(40)]
    assert whole[: len(batches(data, 13, 0, 40, 3))] != whole[len(batches(data, 13, 0, 40, 3)) :][: len(whole)]
    for start in (1, 9, 17, 30):
        resumed = stream(data, 13, 40, 3, start)
        assert [next(resumed).tolist() for _ in range(8)] == whole[start : start + 8]


def test_batches_made_ahead_are_those_made_one_by_one() -> None:
    data = packed([(5 + n, 3 + n % 4) for n in range(9)])
    rows = [np.array([0, 3]), np.array([8]), np.array([1, 2, 4])]
    ahead = list(collated(data, rows, PAD, CPU))
    for (source, target), part in zip(ahead, rows, strict=True):
        assert torch.equal(source, collate(data, part)[0])
        assert torch.equal(target, collate(data, part)[1])


def test_the_rate_warms_up_stays_and_falls_to_zero(stage: Path) -> None:
    by_steps = given_settings(stage, warmup_steps=2, steps=10, decay_steps=4)
    assert [rate(step, by_steps) for step in range(11)] == [0.5, 1, 1, 1, 1, 1, 1, 0.75, 0.5, 0.25, 0]
    timed = given_settings(stage, warmup_steps=2, steps=None, minutes=10.0, decay_minutes=4.0)
    shares = [rate(100, timed, 60.0 * minute) for minute in (0, 5, 6, 8, 9, 10, 11)]
    assert shares == pytest.approx([1, 1, 1, 0.5, 0.25, 0, 0])
    assert rate(0, timed, 0.0) == 0.5


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("lr: ", "learning_rate: "), "learning_rate: unknown key"),
        (("lr: ", "learning_rate: "), "lr: must be given"),
        (("lr: 0.01", "lr: 1e-2"), "lr: should be a number, got '1e-2'"),
        (("steps: 7", "steps: null"), "give either steps or minutes"),
        (("steps: 7", "steps: 7\nminutes: 3"), "give either steps or minutes"),
        (("start: ", "stages: [{}]\nstart: "), "has stages"),
    ],
)
def test_settings_that_cannot_be_are_refused(
    stage: Path, tmp_path: Path, change: tuple[str, str], message: str
) -> None:
    text = (stage / "stage.yaml").read_text()
    assert change[0] in text
    (tmp_path / "t.yaml").write_text(text.replace("\n" + change[0], "\n" + change[1], 1) if change[0] != "start: "
                                     else text.replace(*change, 1))  # fmt: skip
    with pytest.raises(ConfigError, match=message):
        read_settings(tmp_path / "t.yaml")


def peaks(model: torch.nn.Module, s: Settings) -> dict[str, float]:
    """Parameter → its peak rate; every parameter once."""
    names = {id(parameter): name for name, parameter in model.named_parameters()}
    groups = loop.optimizer_for(model, s).param_groups
    found = [(names[id(parameter)], group["peak"]) for group in groups for parameter in group["params"]]
    assert sorted(name for name, _ in found) == sorted(names.values())
    return dict(found)


@pytest.mark.parametrize(("t5", "layers"), [(False, "model.decoder.layers.0."), (True, "decoder.block.0.")])
def test_by_default_the_decoders_layers_learn_faster_whatever_they_are_called(
    stage: Path, tmp_path: Path, t5: bool, layers: str
) -> None:
    s = given_settings(stage, lr=0.4, slow_encoder=Training.model_fields["slow_encoder"].default)
    model = AutoModelForSeq2SeqLM.from_pretrained(make_tiny_bart(tmp_path, t5))
    found = peaks(model, s)
    assert sum(name.startswith(layers) for name in found) >= 10
    assert found == {name: 0.4 if name.startswith(layers) else 0.2 for name in found}


def test_a_model_whose_decoder_is_called_otherwise_learns_at_the_full_rate(stage: Path) -> None:
    strange = torch.nn.ModuleDict({"decoder_layers": torch.nn.Linear(2, 2), "encoder": torch.nn.Linear(2, 2)})
    assert set(peaks(strange, given_settings(stage, lr=0.4, slow_encoder=0.5)).values()) == {0.4}


def test_the_objective_is_the_mean_loss_times_the_tokens(stage: Path) -> None:
    model = loop.load_model(given_settings(stage), stage / "pairs", CPU).eval()
    data = load(stage / "pairs" / "train.npz")
    source, target = collate(data, np.arange(5))
    with torch.no_grad():
        total = CopyObjective(model, 2.0, 0.1)(source, target)
        logits, labels = forward(model, source, target, 2.0)
        plain, _ = forward(model, source, target, 0.0)
        row = model(input_ids=source[:1], attention_mask=source[:1].ne(PAD), labels=target[:1]).logits
    assert len(labels) == int(target.ne(IGNORE).sum())
    assert float(total) == pytest.approx(float(loss_of(logits, labels, 0.1)) * len(labels), rel=1e-5)
    mine = plain[: int(target[0].ne(IGNORE).sum())]
    assert torch.allclose(mine, row[0, : len(mine)], atol=1e-5)  # transformers' own shifting and head
    lifted = (logits - plain)[0]
    wanted = set(source[0].tolist()) | {2}
    assert {int(i) for i in lifted.nonzero()} == wanted
    assert torch.allclose(lifted[sorted(wanted)], torch.tensor(2.0), atol=1e-4)


def test_a_loop_learns_averages_and_exports_what_plain_transformers_load(stage: Path, tmp_path: Path) -> None:
    loop.train(given_settings(stage), stage / "pairs", tmp_path, Alone(CPU))
    lines = log(tmp_path)
    checks = [line["val_brief"] for line in lines if "val_brief" in line]
    assert checks[-1] < checks[0] - 0.05
    assert [line["step"] for line in lines if "val_brief" in line] == [3, 6, 7]
    parts = sorted(tmp_path.glob("weights-*.pt"))
    assert [p.name for p in parts] == ["weights-000006.pt", "weights-000007.pt"]
    export(tmp_path, stage / "pairs", stage / "stage.yaml", tmp_path / "model")
    model = AutoModelForSeq2SeqLM.from_pretrained(tmp_path / "model", dtype=torch.float32)
    tokenizer = AutoTokenizer.from_pretrained(tmp_path / "model")
    assert model.get_input_embeddings().weight.shape[0] == len(tokenizer)
    mean = sum(torch.load(p, weights_only=True)["model.shared.weight"].float() for p in parts) / 2
    assert torch.allclose(model.get_input_embeddings().weight, mean, atol=2e-3)
    ids = tokenizer("<s><headline><w2>The council voted.</s>", add_special_tokens=False)["input_ids"]
    assert ids[1] == tokenizer.convert_tokens_to_ids("<headline>")
    assert tokenizer.decode(ids, skip_special_tokens=True) == "The council voted."
    before = (tmp_path / "state.pt").stat().st_mtime_ns
    loop.train(given_settings(stage), stage / "pairs", tmp_path, Alone(CPU))
    assert (tmp_path / "state.pt").stat().st_mtime_ns == before


def test_a_time_limit_ends_the_loop_decays_and_counts_earlier_sittings(stage: Path, tmp_path: Path) -> None:
    timed = given_settings(
        stage, steps=None, decay_steps=0, minutes=0.02, decay_minutes=0.01, save_every=None, save_minutes=0.004
    )
    loop.train(timed, stage / "pairs", tmp_path / "whole", Alone(CPU))
    end = checkpoints.progress_of(tmp_path / "whole")
    assert end.finished
    assert end.seconds >= 1.2
    last = [line for line in log(tmp_path / "whole") if "loss" in line][-1]
    assert last["lr"] < 0.5 * timed.lr
    assert last["minutes"] >= 0.02
    saves = [line["step"] for line in log(tmp_path / "whole") if "val_brief" in line]
    assert len(saves) >= 2
    model = loop.load_model(timed, stage / "pairs", CPU)
    optimizer = loop.optimizer_for(model, timed)
    (tmp_path / "late").mkdir()
    checkpoints.save(tmp_path / "late", checkpoints.Progress(step=5, seconds=1.19), model, optimizer)
    loop.train(timed, stage / "pairs", tmp_path / "late", Alone(CPU))
    assert checkpoints.progress_of(tmp_path / "late").step < end.step


def test_a_resume_drops_what_a_killed_sitting_left_beyond_its_state(stage: Path, tmp_path: Path) -> None:
    for step in (2, 4, 6):
        torch.save({}, tmp_path / f"weights-{step:06d}.pt")
    checkpoints.drop_later(tmp_path, 4)
    assert sorted(p.name for p in tmp_path.glob("*.pt")) == ["weights-000002.pt", "weights-000004.pt"]
    (tmp_path / "log.jsonl").write_text('{"step": 2}\n{"step": 4}\n{"step": 6}\n{"st')
    checkpoints.open_log(tmp_path, 4).close()
    assert (tmp_path / "log.jsonl").read_text() == '{"step": 2}\n{"step": 4}\n'


def test_a_loss_that_is_not_finite_ends_the_loop_before_the_next_save(stage: Path, tmp_path: Path) -> None:
    loop.train(given_settings(stage, steps=3, save_every=1), stage / "pairs", tmp_path, Alone(CPU))
    kept = {path.name: path.read_bytes() for path in tmp_path.glob("*.pt")}
    assert sorted(kept) == ["state.pt", "weights-000002.pt", "weights-000003.pt"]
    state = torch.load(tmp_path / "state.pt", weights_only=True)
    state["finished"] = False
    state["model"]["model.decoder.layers.0.fc1.weight"][0, 0] = float("nan")
    checkpoints.write(state, tmp_path / "state.pt")
    kept["state.pt"] = (tmp_path / "state.pt").read_bytes()
    for save_every in (1, 2):
        with pytest.raises(PrecisError, match="the loss is not finite at step 4"):
            loop.train(given_settings(stage, save_every=save_every), stage / "pairs", tmp_path, Alone(CPU))
        assert {path.name: path.read_bytes() for path in tmp_path.glob("*.pt")} == kept
    assert [line["step"] for line in log(tmp_path) if "val_brief" in line] == [1, 2, 3]


def test_a_last_update_that_spoils_the_weights_is_no_end_of_a_training(stage: Path, tmp_path: Path) -> None:
    with pytest.raises(PrecisError, match="val_headline, val_brief is not finite at step 1"):
        loop.train(given_settings(stage, lr=1e30, steps=1), stage / "pairs", tmp_path, Alone(CPU))
    assert list(tmp_path.glob("*.pt")) == []
    model = torch.nn.Linear(2, 2)
    check_finite(model, {"val": 1.0}, 7)
    torch.nn.init.constant_(model.bias, float("inf"))
    with pytest.raises(PrecisError, match="the weights are not finite at step 7"):
        check_finite(model, {}, 7)


def test_the_loop_needs_no_more_than_a_bare_machine_has(stage: Path, tmp_path: Path) -> None:
    code = (
        "import sys\nfrom pipeline.train import loop, export\n"
        f"status = loop.main(['--pairs', {str(stage / 'pairs')!r}, '--config', {str(stage / 'stage.yaml')!r}, "
        f"'--out', {str(tmp_path)!r}])\n"
        "ours = {'pydantic', 'datasets', 'evaluate', 'nltk', 'sumy', 'spellchecker', 'nupunkt', 'py3langid', 'ftfy', "
        "'rapidfuzz', 'trafilatura', 'rouge_score', 'pipeline.settings', 'pipeline.config'}\n"
        "print(status, sorted(ours & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=300, cwd=ROOT)
    assert done.stdout.splitlines()[-1] == "0 []", done.stderr
    assert checkpoints.progress_of(tmp_path).finished


def test_the_loop_by_itself_says_what_it_cannot_use(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert loop.main(["--pairs", "gone", "--config", str(tmp_path / "gone.yaml"), "--out", str(tmp_path)]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"precis: {tmp_path / 'gone.yaml'}: cannot be read")


def test_several_processes_without_accelerate_say_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launch, "find_spec", lambda name: None)
    with pytest.raises(MissingExtra, match=r"pip install 'precis\[accelerate\]'"):
        launch.check_processes(2)
    launch.check_processes(1)
    monkeypatch.setattr(launch, "find_spec", lambda name: name)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    launch.check_processes(2)
    with pytest.raises(ConfigError, match="3 wanted, but this machine has 2 GPU"):
        launch.check_processes(3)
    monkeypatch.setitem(sys.modules, "accelerate", None)
    monkeypatch.setenv("WORLD_SIZE", "2")
    with pytest.raises(MissingExtra):
        processes.team()
    monkeypatch.setenv("WORLD_SIZE", "1")
    assert isinstance(processes.team(), Alone)


def test_shares_of_a_batch_add_up_to_it() -> None:
    rows = np.arange(7)
    teams = []
    for rank in range(3):
        team = Together.__new__(Together)
        team.size, team._rank = 3, rank
        teams.append(team)
    assert sorted(i for team in teams for i in team.share(rows).tolist()) == list(range(7))
    assert [team.weight(rows) for team in teams] == [3.0, 3.0, 3.0]
    assert [team.share(rows[:1]).tolist() for team in teams] == [[0], [0], [0]]
    assert [team.weight(rows[:1]) for team in teams] == [3.0, 0.0, 0.0]


@pytest.mark.slow
@pytest.mark.skipif(find_spec("accelerate") is None, reason="accelerate is not installed")
def test_two_processes_learn_what_one_does(stage: Path, tmp_path: Path) -> None:
    for count in (1, 2):
        place = tmp_path / str(count)
        place.mkdir()
        (place / "pairs").symlink_to(stage / "pairs")
        text = (stage / "stage.yaml").read_text().replace("dropout: 0.1", "dropout: 0.0")
        (place / "stage.yaml").write_text(text)
        os.environ["PYTHONPATH"] = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
        launch.run_loop(place, count, lambda text: None)
    one, two = (torch.load(tmp_path / n / "state.pt", weights_only=True) for n in ("1", "2"))
    assert one["step"] == two["step"] == 7
    for name, value in one["model"].items():
        assert torch.allclose(value, two["model"][name], atol=5e-3), name
    losses = [[line["loss"] for line in log(tmp_path / n) if "loss" in line] for n in ("1", "2")]
    assert losses[0] == pytest.approx(losses[1], abs=0.02)


def test_the_model_of_the_stage_is_a_bart_of_the_asked_shape(stage: Path) -> None:
    model = loop.load_model(given_settings(stage), stage / "pairs", CPU)
    assert isinstance(model, BartForConditionalGeneration)
    assert (model.config.d_model, model.config.encoder_layers, model.config.max_position_embeddings) == (16, 1, 512)
