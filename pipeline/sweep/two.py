"""Two finished runs → their paired comparison and its page, as a sweep of two would show them."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pipeline.compare import compare, compare_systems
from pipeline.compare.record import Entrant, differing, differing_in, to_record
from pipeline.config import Config, load_config
from pipeline.errors import ConfigError
from pipeline.files import JsonObject
from pipeline.metrics.measure import Scored
from pipeline.saved import read_run
from pipeline.score import score_items


@dataclass(frozen=True, slots=True)
class Compared:
    """The comparison for the terminal (`pair`) and for the page (`record`)."""

    pair: JsonObject
    record: JsonObject


def compare_runs(run_a: Path, run_b: Path) -> Compared:
    """Run B against run A on their common articles, under every metric that both have."""
    a, b = _scored(run_a, str(run_a)), _scored(run_b, str(run_b))
    if run_a == run_b:
        b = replace(b, system=f"{run_b} (again)")
    pair = compare(a, b)
    configs = [_config(path) for path in (run_a, run_b)]
    known = [config for config in configs if config is not None]
    keys = differing_in(known) if len(known) == 2 else []
    values = differing([config.model_dump(mode="json") for config in known], keys) if keys else [{}, {}]
    settings = {key: [own.get(key) for own in values] for key in keys}
    systems = compare_systems([a, b], a.system, [(delta.kind, delta.metric) for delta in pair.deltas])
    entrants = [
        Entrant(scored.system, settings=own, counts=_counts(path))
        for scored, own, path in zip((a, b), values, (run_a, run_b), strict=True)
    ]
    notes = [
        f"{len(ids)} articles are only in {name}"
        for name, ids in ((a.system, pair.only_a), (b.system, pair.only_b))
        if ids
    ]
    name = f"{run_b.name} against {run_a.name}"
    record = to_record(name, entrants, keys, systems, signature=pair.signature, notes=notes)
    return Compared({**pair.to_dict(), "settings": settings}, record)


def _scored(path: Path, name: str) -> Scored:
    saved = read_run(path)
    items = score_items(saved.outputs, saved.references, saved.articles, engine=saved.engine)
    return replace(items, system=name)


def _config(path: Path) -> Config | None:
    """The run's settings, None where they are not there or no longer readable: they are only shown."""
    try:
        return load_config(str(path / "config.yaml"))
    except ConfigError:
        return None


def _counts(path: Path) -> dict[str, Any]:
    try:
        counts: dict[str, Any] = json.loads((path / "run.json").read_text(encoding="utf-8"))["counts"]
    except (OSError, ValueError, KeyError):
        return {}
    return counts
