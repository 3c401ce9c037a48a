"""A training that is killed, again and again, ends with the same bytes as one that is not."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from train_sample import RECIPE, make_tiny_bart, write_data, write_jsonl

# Imports once, then trains in forked children: one undisturbed, and one killed as soon as each of `marks` is there.
DRIVER = """
import json, os, signal, sys, time
from pathlib import Path
import torch
from pipeline.train.command import Wanted, train_model

def child(out):
    pid = os.fork()
    if pid == 0:
        torch.set_num_threads(1)
        status = 1
        try:
            train_model(Wanted(Path(sys.argv[1]), data=Path(sys.argv[2]), out=out), lambda text: None)
            status = 0
        finally:
            os._exit(status)
    return pid

def ended(pid):
    return os.waitpid(pid, 0)[1]

base = Path(sys.argv[3])
result = {"whole": ended(child(base / "whole")), "kills": []}
for mark in json.loads(sys.argv[4]):
    pid = child(base / "killed")
    while not list((base / "killed").glob(mark)) and os.waitpid(pid, os.WNOHANG)[0] == 0:
        time.sleep(0.001)
    os.kill(pid, signal.SIGKILL)
    result["kills"].append([mark, ended(pid)])
result["last"] = ended(child(base / "killed"))
print(json.dumps(result))
"""


def killed(config: Path, data: Path, folder: Path, marks: list[str]) -> None:
    """Run both; fail unless each kill hit a running training and the last run came to its end."""
    command = [sys.executable, "-c", DRIVER, str(config), str(data), str(folder), json.dumps(marks)]
    env = {**os.environ, "OMP_NUM_THREADS": "1", "TOKENIZERS_PARALLELISM": "false"}
    done = subprocess.run(command, capture_output=True, text=True, timeout=500, env=env)
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout.splitlines()[-1])
    assert result == {"whole": 0, "kills": [[mark, 9] for mark in marks], "last": 0}, done.stderr


def losses(path: Path) -> list[dict[str, float]]:
    """The log without what depends on the clock."""
    timed = {"minutes", "examples_per_s", "tokens_per_s"}
    return [{k: v for k, v in json.loads(line).items() if k not in timed} for line in path.read_text().splitlines()]


def same_but_for_time(folder: Path) -> None:
    whole, again = folder / "whole", folder / "killed"
    for name in ("model.safetensors", "config.json", "tokenizer.json", "tokenizer_config.json"):
        assert (whole / name).read_bytes() == (again / name).read_bytes(), name
    assert losses(whole / "log.jsonl")[-1] == losses(again / "log.jsonl")[-1]


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork and SIGKILL")
def test_a_recipe_killed_in_every_part_of_it(tmp_path: Path) -> None:
    (tmp_path / "r.yaml").write_text(RECIPE)
    marks = [
        "work/start.part",
        "work/news/pairs.part",
        "work/news/state.pt",
        "work/news/weights-000004.pt*",
        "work/tasks/state.pt.tmp",
        "work/tasks/weights-000006.pt",
    ]
    killed(tmp_path / "r.yaml", write_data(tmp_path / "data"), tmp_path, marks)
    same_but_for_time(tmp_path)
    whole, again = (losses(tmp_path / name / "log.jsonl") for name in ("whole", "killed"))
    assert [line["step"] for line in whole] == [3, 3, 4, 4, 3, 3, 6, 6, 7, 7]  # the losses, then the check of a save
    assert whole == again


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork and SIGKILL")
def test_a_fine_tuning_killed_while_it_checks_and_saves(tmp_path: Path) -> None:
    tiny_bart = make_tiny_bart(tmp_path / "bart")
    (tmp_path / "f.yaml").write_text(
        f"kind: finetune\nmodel: {tiny_bart}\nsteps: 9\ncheck_every: 2\nlr: 1.0e-2\npatience: 9\nbeams: 2\n"
        "max_target_tokens: 8\nbatch_tokens: 800\ndropout: 0.1\ncheck_examples: 2\n"
    )
    data = write_jsonl(tmp_path / "my.jsonl")
    killed(
        tmp_path / "f.yaml", data, tmp_path, ["work/before.json", "work/best.pt", "work/state.pt", "work/model.part"]
    )
    same_but_for_time(tmp_path)
