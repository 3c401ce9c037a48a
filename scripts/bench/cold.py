"""Cold starts: fresh processes from the shell to the text, interleaved, the files in the page cache."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from pipeline.errors import PrecisError

ROOT = Path(__file__).resolve().parents[2]
PRECIS = ("-m", "pipeline.cli", "brief")
MINIMAL = (str(Path(__file__).resolve().with_name("cold_plain.py")),)


def seconds(command: Sequence[str], article: Path) -> float:
    """Wall seconds of one process; PrecisError if it fails or writes nothing."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "HF_HUB_OFFLINE": "1"}
    began = time.perf_counter()
    done = subprocess.run([sys.executable, *command, str(article)], capture_output=True, text=True, env=environment)
    took = time.perf_counter() - began
    if done.returncode or not done.stdout.strip():
        raise PrecisError(f"no text: {' '.join(done.stderr.splitlines()[-1:])}", where=" ".join(command))
    return took


def cold(article: Path, rounds: int, overrides: Sequence[str]) -> dict[str, list[float]]:
    """Seconds of `precis brief` and of the minimal script, round by round, after one of each that is not counted."""
    ours = (*PRECIS, *(part for value in overrides for part in ("--set", value)))
    commands = {"precis brief": ours, "minimal script": MINIMAL}
    taken: dict[str, list[float]] = {name: [] for name in commands}
    for number in range(rounds + 1):
        for name, command in commands.items():
            print(f"cold start {number} of {rounds}: {name}", file=sys.stderr, flush=True)
            took = seconds(command, article)
            if number:
                taken[name].append(took)
    return taken
