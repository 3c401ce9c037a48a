"""A sweep file over a few articles with the fake engine, for the tests of sweeps."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from flow_sample import write_articles

BASE = {"engine": {"name": "fake"}, "score": {"bootstrap_samples": 100, "baselines": ["lead"]}}
GUARDS = {"grid": {"guard.verbatim": ["warn", "reject"], "guard.names": [True, False]}}


def write_sweep(folder: Path, articles: tuple[str, ...] = ("bakery", "bridge"), **keys: Any) -> Path:
    """A sweep file `guards.yaml` in `folder` (four runs that share their texts, unless `keys` say otherwise)."""
    if not (folder / "in").exists():
        write_articles(folder / "in", articles)
    base = {**BASE, "input": {"path": str(folder / "in")}}
    sweep = {"base": base, "out": str(folder / "out"), "trials": 200, **(keys or GUARDS)}
    path = folder / "guards.yaml"
    path.write_text(yaml.safe_dump(sweep, sort_keys=False), encoding="utf-8")
    return path
