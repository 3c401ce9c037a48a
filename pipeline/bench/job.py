"""A whole bench: articles, rounds, rows, files."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.bench.combinations import Axes, Base, Combination, combinations, named
from pipeline.bench.processes import WORKER, Progress, Rounds, run_rounds
from pipeline.bench.rows import rows
from pipeline.config import Config, digest
from pipeline.errors import ConfigError, InputError
from pipeline.files import JsonObject, write_json, write_jsonl
from pipeline.job import ingest
from pipeline.machine import machine
from pipeline.manifest import PACKAGES, versions
from pipeline.metrics.signature import signature
from pipeline.records import KINDS, Ingested, Quarantined

LIBRARIES = (*PACKAGES, "ctranslate2", "openai", "sentencepiece")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to measure: the settings to start from, and what is combined.

    `reference` None: the first combination; `out` None: runs/bench-<name of the config>.
    """

    base: Base
    axes: Axes
    rounds: int = 3
    reference: str | None = None
    out: Path | None = None


@dataclass(frozen=True, slots=True)
class Measured:
    """The record of bench.json, and the folder it was written to."""

    record: JsonObject
    path: Path

    @property
    def clean(self) -> bool:
        """Whether every article was read, and every combination did all."""
        return not self.record["unread"] and all(row["ok"] for row in self.record["rows"])


def bench(wanted: Wanted, progress: Progress = lambda _: None, worker: Sequence[str] = WORKER) -> Measured:
    """Measure, write bench.json and each combination's outputs, and return the record.

    Raises ConfigError or InputError if nothing can be measured; a combination that fails has a row that says why.
    """
    if wanted.rounds < 1:
        raise ConfigError([f"{wanted.rounds} is less than 1"], where="--rounds")
    made = combinations(wanted.base, wanted.axes)
    reference = named(made, wanted.reference)
    base = next(one.config for one in made if one.config is not None)
    ingested, lost = _ingest(base, progress)
    before = machine()
    found = run_rounds(made, [item.article for item in ingested], wanted.rounds, progress, worker)
    record = _record(base, ingested, before, wanted.rounds, reference)
    references = {item.article.id: item.references for item in ingested if item.references is not None}
    record["unread"] = [{"origin": item.origin, "why": item.reason} for item in lost]
    record["rows"] = rows(made, found, reference, references, base.run.seed)
    path = wanted.out or Path("runs") / f"bench-{base.name}"
    _write(path, record, made, found)
    return Measured(record, path)


def _ingest(config: Config, progress: Progress) -> tuple[Sequence[Ingested], Sequence[Quarantined]]:
    ingested, lost = ingest(config)
    for item in lost:
        progress(f"not measured: {item.origin}: {item.reason}")
    if not ingested:
        raise InputError("no article can be read", where=config.input.path)
    return ingested, lost


def _record(
    config: Config, ingested: Sequence[Ingested], before: JsonObject, rounds: int, reference: str
) -> JsonObject:
    articles = [item.article for item in ingested]
    timed = articles[1:] or articles
    return {
        "precis": versions(["precis"])["precis"],
        "versions": versions(LIBRARIES),
        "machine": before,
        "name": config.name,
        "config_digest": digest(config),
        "seed": config.run.seed,
        "kinds": [kind for kind in KINDS if getattr(config.outputs, kind).enabled],
        "input": config.input.path,
        "warm_up": articles[0].id,
        "articles": len(timed),
        "words": round(sum(article.words for article in timed) / len(timed), 1),
        "referenced": sum(item.references is not None for item in ingested),
        "rounds": rounds,
        "reference": reference,
        "rouge": signature(use_stemmer=True, samples=config.score.bootstrap_samples, seed=config.run.seed),
        "rows": [],
    }


def _write(path: Path, record: JsonObject, made: Sequence[Combination], found: Rounds) -> None:
    """bench.json, and for every combination the outputs of its first round, which `precis compare` reads."""
    path.mkdir(parents=True, exist_ok=True)
    for number, one in enumerate(made, 1):
        results = found.results.get(one.name)
        if results:
            write_jsonl(path / f"{number}-{_file_name(one.name)}.jsonl", results[0]["outputs"])
    write_json(path / "bench.json", record)


def _file_name(name: str) -> str:
    return re.sub(r"[^\w.+-]+", "-", name).strip("-")[:80]
