"""Seconds per article in a process of its own, on two cores.

    PYTHONPATH=.:scripts python scripts/bench/speed.py FILE.jsonl [a.b=v]…      # prints JSON

Loading the model and one article to warm up are not counted.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pipeline.files import write_jsonl
from pipeline.records import Article

CORES = 2


def measure_speed(articles: Sequence[Article], folder: Path, overrides: Sequence[str]) -> dict[str, Any]:
    """Wall and processor seconds of every article after the first, with the machine and its load before.

    The settings are those shipped, with the `key=value` overrides. RuntimeError if it cannot be measured.
    """
    path = folder / "speed.jsonl"
    write_jsonl(path, ({"id": article.id, "text": article.text} for article in articles))
    load = os.getloadavg()[0]
    environment = os.environ | {"OMP_NUM_THREADS": str(CORES), "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [sys.executable, str(Path(__file__).resolve()), str(path), *overrides]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    if done.returncode:
        raise RuntimeError(f"the speed could not be measured: {' '.join(done.stderr.splitlines()[-1:])}")
    return {**json.loads(done.stdout), "load_before": round(load, 2)}


def sentence(found: dict[str, Any]) -> str:
    """One sentence for the model card."""
    n = len(found["wall"])
    wall, cpu = sum(found["wall"]) / n, sum(found["processor"]) / n
    return (
        f"Seconds per article (summary, bullets and headlines; mean of {n} articles, {found['words']:.0f} words on "
        f"average): {wall:.1f} by the clock, {cpu:.1f} of processor time; {found['cores']} cores of "
        f"{found['machine']}, load {found['load_before']} before."
    )


def _machine() -> str:
    """The processor's name where the system tells it."""
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text(encoding="utf-8").splitlines() if cpuinfo.is_file() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def _time(path: Path, overrides: Sequence[str]) -> dict[str, Any]:
    from bench.generate import settings
    from pipeline.api import DEFAULT_KINDS, brief_articles
    from pipeline.ingest import read_input
    from pipeline.run import open_engines

    cores = sorted(os.sched_getaffinity(0))[:CORES] if hasattr(os, "sched_setaffinity") else []
    if cores:
        os.sched_setaffinity(0, cores)
    articles = [ingested.article for ingested in read_input(str(path))[0]]
    config = settings(DEFAULT_KINDS, overrides)
    engines = open_engines(config)
    wall, processor = [], []
    for article in articles:
        began, used = time.perf_counter(), time.process_time()
        brief_articles([article], config, engines)
        wall.append(time.perf_counter() - began)
        processor.append(time.process_time() - used)
    counted = articles[1:] or articles
    return {
        "wall": wall[1:] or wall,
        "processor": processor[1:] or processor,
        "words": sum(article.words for article in counted) / len(counted),
        "cores": len(cores) or os.cpu_count(),
        "machine": _machine(),
    }


if __name__ == "__main__":
    print(json.dumps(_time(Path(sys.argv[1]), sys.argv[2:])))
