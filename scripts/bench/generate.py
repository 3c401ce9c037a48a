"""Our engine's outputs for the articles of a set, kept by article so that a rerun goes on where one stopped.

A result is found again by everything it depends on: settings, engine and weights, article (`pipeline.parts`), and the
code of the package, whose digest names the folder.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pipeline
from pipeline.config import Config, load_config
from pipeline.engines import Engine, open_engine
from pipeline.parts import make_plan, read_part, write_part
from pipeline.records import KINDS, Article, Brief, Ingested, Kind
from pipeline.run import identity, open_engines, work
from pipeline.settings_engine import EngineSettings

NOT_WRITING = (
    "train", "report", "sweep", "compare", "bench", "doctor", "machine.py", "cli.py", "cli_train.py", "job.py",
)  # fmt: skip
Progress = Callable[[int, int], None]
_OPENED: dict[str, Engine] = {}


@dataclass(frozen=True)
class Written:
    """Briefs by article id, the records of all candidates, and what failed, by id, with the reason."""

    briefs: dict[str, Brief]
    candidates: tuple[dict[str, Any], ...]
    failed: dict[str, str]
    engine: str


def code_digest() -> str:
    """Sha256 of the package's code and selector, without what writes no output (12 hex digits)."""
    root = Path(pipeline.__file__).parent
    found = hashlib.sha256()
    for path in sorted([*root.rglob("*.py"), *root.rglob("selector*.json")]):
        name = path.relative_to(root)
        if name.parts[0] not in NOT_WRITING:
            found.update(f"{name}\n".encode() + path.read_bytes())
    return found.hexdigest()[:12]


def settings(kinds: Sequence[Kind], overrides: Sequence[str] = ()) -> Config:
    """The settings as shipped with these kinds, and `key=value` overrides."""
    values: dict[str, object] = {f"outputs.{kind}.enabled": kind in kinds for kind in KINDS}
    return load_config(None, overrides, values)


def write(articles: Sequence[Article], config: Config, folder: Path, progress: Progress = lambda *_: None) -> Written:
    """Outputs of every article, made where `folder` has none; one article at a time, so that none depends on others."""
    folder.mkdir(parents=True, exist_ok=True)
    engines = open_engines(config, _open)
    plan = make_plan(config, [Ingested(article) for article in articles], [], identity(engines))
    briefs: dict[str, Brief] = {}
    candidates: list[dict[str, Any]] = []
    failed: dict[str, str] = {}
    for done, batch in enumerate(plan.batches):
        progress(done, len(plan.batches))
        part = read_part(folder, batch)
        if part is None:
            part = work(batch, config, engines)
            if not part.quarantined:  # a failure is tried again by the next run
                write_part(folder, batch, part)
        briefs |= {brief.id: brief for brief in part.outputs}
        candidates += part.candidates
        failed |= {str(item.id): item.reason for item in part.quarantined}
    progress(len(plan.batches), len(plan.batches))
    return Written(briefs, tuple(candidates), failed, identity(engines))


def _open(settings: EngineSettings) -> Engine:
    """One engine for all configurations with these settings: loading takes seconds."""
    key = settings.model_dump_json()
    if key not in _OPENED:
        _OPENED[key] = open_engine(settings)
    return _OPENED[key]
