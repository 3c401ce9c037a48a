"""Running a stage's loop: in this process, or in several that `accelerate launch` starts."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path

import torch

from pipeline.errors import ConfigError, MissingExtra, PrecisError
from pipeline.train import loop
from pipeline.train.checkpoints import progress_of
from pipeline.train.processes import Alone
from pipeline.train.schedule import read_settings


def check_processes(processes: int) -> None:
    """MissingExtra if several are wanted and accelerate is not installed; ConfigError if there are fewer GPUs."""
    if processes > 1 and find_spec("accelerate") is None:
        raise MissingExtra("accelerate", "accelerate")
    found = torch.cuda.device_count()
    if processes > max(1, found) and found:
        raise ConfigError([f"--processes: {processes} wanted, but this machine has {found} GPU(s)"])


def run_loop(place: Path, processes: int, say: Callable[[str], None]) -> None:
    """Run the loop of the stage in the folder `place` to its end, from where it is."""
    before = progress_of(place)
    if before.finished:
        say(f"{place.name}: finished before, {before.step} steps")
        return
    if before.step:
        say(f"{place.name}: resuming at step {before.step}")
    if processes == 1:
        loop.train(read_settings(place / "stage.yaml"), place / "pairs", place, Alone(), loop.on_terminal(place.name))
    else:
        arguments = ["--pairs", place / "pairs", "--config", place / "stage.yaml", "--out", place]
        launch("pipeline.train.loop", list(map(str, arguments)), processes)
    after = progress_of(place)
    say(f"{place.name}: {after.step} steps, {after.seconds / 60:.1f} minutes")


def launch(module: str, arguments: Sequence[str], processes: int) -> None:
    """Run a module in several processes; PrecisError if it fails."""
    check_processes(processes)
    where = ["--multi_gpu"] if torch.cuda.is_available() else ["--cpu"]
    command = [sys.executable, "-m", "accelerate.commands.launch", *where, "--num_processes", str(processes)]
    command += ["--num_machines", "1", "--mixed_precision", "no", "--dynamo_backend", "no", "--module", module]
    done = subprocess.run([*command, *arguments], check=False)
    if done.returncode:
        raise PrecisError(f"{processes} processes ended with status {done.returncode}", where=module)


def device_name() -> str:
    """What the training runs on, in words."""
    if torch.cuda.is_available():
        return f"{torch.cuda.device_count()} x {torch.cuda.get_device_name(0)}, bf16 autocast"
    return f"CPU, {torch.get_num_threads()} threads, bf16 autocast"
