"""Rounds of fresh processes, interleaved: A B C, A B C, … so that a busy moment of the machine hits all alike."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from pipeline.bench.combinations import Combination
from pipeline.config import to_yaml
from pipeline.files import JsonObject, to_line, write_text
from pipeline.records import Article
from pipeline.serial import article_to_dict

WORKER = ("-m", "pipeline.bench.worker")
Progress = Callable[[str], None]


class Rounds:
    """What the rounds of every combination gave, by name, and why a combination gave nothing."""

    def __init__(self) -> None:
        self.results: dict[str, list[JsonObject]] = {}
        self.faults: dict[str, str] = {}


def run_rounds(
    combinations: Sequence[Combination],
    articles: Sequence[Article],
    rounds: int,
    progress: Progress = lambda _: None,
    worker: Sequence[str] = WORKER,
) -> Rounds:
    """Every combination once a round, in a process of its own; one that failed is not started again."""
    found = Rounds()
    found.faults |= {one.name: one.fault for one in combinations if one.fault is not None}
    with tempfile.TemporaryDirectory(prefix="precis-bench-") as name:
        folder = Path(name)
        write_articles(folder / "articles.jsonl", articles)
        for number in range(rounds):
            for one in combinations:
                if one.name in found.faults or one.config is None:
                    continue
                progress(f"round {number + 1} of {rounds}: {one.name}")
                write_text(folder / "config.yaml", to_yaml(one.config))
                answer = run_process(worker, folder, environment(one))
                if isinstance(answer, str):
                    found.faults[one.name] = answer
                else:
                    found.results.setdefault(one.name, []).append(answer)
    return found


def write_articles(path: Path, articles: Sequence[Article]) -> None:
    """Articles as the worker reads them."""
    write_text(path, "".join(to_line(article_to_dict(article)) + "\n" for article in articles))


def environment(one: Combination) -> dict[str, str]:
    """This process's environment, with the threads of libraries that read them there."""
    threads = one.config.engine.threads if one.config else None
    path = os.pathsep.join(dict.fromkeys(part for part in sys.path if part))
    numbers = {} if threads is None else {"OMP_NUM_THREADS": str(threads), "OPENBLAS_NUM_THREADS": str(threads)}
    return {**os.environ, "PYTHONPATH": path, **numbers}


def run_process(worker: Sequence[str], folder: Path, environ: Mapping[str, str]) -> JsonObject | str:
    """The result of one process over config.yaml and articles.jsonl of `folder`, or why there is none."""
    result = folder / "result.json"
    result.unlink(missing_ok=True)
    names = [str(folder / name) for name in ("config.yaml", "articles.jsonl", "result.json")]
    began = time.monotonic()
    command = [sys.executable, *worker, *names, repr(began)]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", env=environ, check=False)
    if done.returncode == 0 and result.is_file():
        found: JsonObject = json.loads(result.read_text(encoding="utf-8"))
        return found
    return failure(done.returncode, done.stderr)


def failure(status: int, stderr: str) -> str:
    """One line on why a process failed: the last thing it said, or the signal that ended it."""
    lines = [line.strip() for line in stderr.splitlines() if line.strip()]
    if status < 0:
        name = signal.Signals(-status).name if -status in list(signal.Signals) else str(-status)
        return f"ended by {name}" + (" (out of memory?)" if -status == signal.SIGKILL else "")
    return lines[-1] if lines else f"ended with status {status} and said nothing"
