"""A whole run: ingest, the batches of `pipeline.run`, scores and report, in a directory that can be resumed."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pipeline import manifest
from pipeline.config import Config, digest
from pipeline.engines import Engine, open_engine
from pipeline.executors import EXECUTORS
from pipeline.files import JsonObject
from pipeline.ingest import read_configured
from pipeline.metrics.by_model import Models
from pipeline.metrics.texts import Outputs, output_texts, reference_texts
from pipeline.parts import Batch, Part, Plan, make_plan
from pipeline.records import Ingested, Quarantined, References
from pipeline.report.html import render_report
from pipeline.report.view import load_run
from pipeline.run import Engines, identity, open_engines, work
from pipeline.rundir import RunDir
from pipeline.score import score
from pipeline.settings_engine import EngineSettings
from pipeline.thresholds import missed

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class Finished:
    """How a run ended: its directory, counts, and the thresholds it missed."""

    path: Path
    counts: JsonObject
    missed: tuple[str, ...]
    no_op: bool


Read = Callable[[Config], tuple[list[Ingested], list[Quarantined]]]
Open = Callable[[EngineSettings], Engine]


def run(
    config: Config,
    *,
    fresh: bool = False,
    progress: Progress = lambda *_: None,
    read: Read | None = None,
    open_one: Open = open_engine,
) -> Finished:
    """Run or resume `config` in its directory; ConfigError or InputError if it cannot be begun.

    `read` and `open_one` stand in for `ingest` and `open_engine` where several runs share what these give.
    """
    began = time.perf_counter()
    ingested, quarantined = (read or ingest)(config)
    with RunDir.open(config.out_dir, config, fresh=fresh) as run_dir:
        engines = open_engines(config, open_one)
        loaded = time.perf_counter()
        plan = make_plan(config, ingested, quarantined, identity(engines))
        if run_dir.is_finished(plan):
            counts = json.loads((run_dir.path / "run.json").read_text(encoding="utf-8"))["counts"]
            return Finished(run_dir.path, counts, _missed(config, run_dir.path), True)
        run_dir.start(plan)
        resumed = _batches(run_dir, plan, config, engines, progress)
        run_dir.assemble()
        generated = time.perf_counter()
        _score(run_dir, plan, config, identity(engines))
        counts = _counts(run_dir, plan, resumed)
        covered = manifest.coverage(brief for part in run_dir.results() for brief in part.outputs)
        timings = {"load_s": loaded - began, "generate_s": generated - loaded, "total_s": time.perf_counter() - began}
        record = {**_manifest(config, engines, counts, timings), "coverage": covered}
        run_dir.write_json("run.json", record)  # the report shows it; written again when the run is finished
        run_dir.write_text("report.html", render_report(load_run(run_dir.path)))
        run_dir.finish(record)
        return Finished(run_dir.path, counts, _missed(config, run_dir.path), False)


def ingest(config: Config) -> tuple[list[Ingested], list[Quarantined]]:
    """The articles of the input, at most `input.limit` of them."""
    return read_configured(config.input)


def _batches(run_dir: RunDir, plan: Plan, config: Config, engines: Engines, progress: Progress) -> int:
    """Work on every batch that has no result yet; the number of articles that had one."""
    done: list[tuple[Batch, Part]] = []
    open_batches = []
    for batch in plan.batches:
        part = run_dir.load(batch)
        if part is None:
            open_batches.append(batch)
        else:
            done.append((batch, part))
    resumed = sum(len(part.outputs) for _, part in done)
    finished = sum(len(batch.articles) for batch, _ in done)
    total = sum(len(batch.articles) for batch in plan.batches)
    execute = EXECUTORS[config.run.executor]
    progress(finished, total, "")
    for batch, part in zip(open_batches, execute(lambda b: work(b, config, engines), open_batches), strict=True):
        run_dir.commit(batch, part)
        finished += len(batch.articles)
        progress(finished, total, batch.articles[-1].id)
    return resumed


def _score(run_dir: RunDir, plan: Plan, config: Config, engine: str) -> None:
    """scores.json, where scoring is on and an article has references of a kind that was written."""
    references = {i.article.id: i.references for i in plan.ingested if i.references is not None}
    outputs = {b.id: Outputs.from_brief(b) for part in run_dir.results() for b in part.outputs}
    references = {id_: found for id_, found in references.items() if id_ in outputs}
    if not config.score.enabled or not any(_referenced(outputs[id_], found) for id_, found in references.items()):
        return
    scored = score(
        {id_: outputs[id_] for id_ in references},
        references,
        {i.article.id: i.article for i in plan.ingested},
        engine=engine.split("|")[0] if " ; " not in engine else "mixed",
        seed=config.run.seed,
        samples=config.score.bootstrap_samples,
        use_stemmer=config.score.stemmer,
        profile=config.score.profile,
        multi_ref=config.score.multi_reference,
        baselines=config.score.baselines,
        evaluate=config.score.evaluate,
        models=Models(**config.score.models.model_dump()),
    )
    run_dir.write_json("scores.json", scored)


def _referenced(outputs: Outputs, references: References) -> bool:
    """Whether a kind that was written has a reference; the gaps of the others are listed in scores.json."""
    return not output_texts(outputs).keys().isdisjoint(reference_texts(references))


def _counts(run_dir: RunDir, plan: Plan, resumed: int) -> JsonObject:
    parts = list(run_dir.results())
    given_up = len(plan.quarantined) + sum(len(part.quarantined) for part in parts)
    briefs = [brief for part in parts for brief in part.outputs]
    return manifest.counts(len(plan.ingested) + len(plan.quarantined), briefs, resumed, given_up)


def _manifest(config: Config, engines: Engines, counts: JsonObject, timings: dict[str, float]) -> JsonObject:
    return {
        "precis": manifest.versions(["precis"])["precis"],
        "name": config.name,
        "versions": manifest.versions(),
        "engine": _engines(engines),
        "config_digest": digest(config),
        "seed": config.run.seed,
        "timings": {name: round(seconds, 2) for name, seconds in timings.items()},
        "counts": counts,
    }


def _engines(engines: Engines) -> JsonObject:
    """Name, model and identity; of every kind by itself where they differ."""
    by_kind: dict[str, JsonObject] = {
        kind: {"name": settings.name, "model": dict(engine.model), "identity": engine.identity}
        for kind, (settings, engine) in engines.items()
    }
    first, *others = by_kind.values()
    if all(other == first for other in others):
        return first
    return {"name": "mixed", "identity": identity(engines), "kinds": by_kind}


def _missed(config: Config, path: Path) -> tuple[str, ...]:
    """The thresholds of `score.fail_under` that the run's scores miss, those of a finished run included."""
    scores = path / "scores.json"
    return missed(config.score.fail_under, json.loads(scores.read_text(encoding="utf-8")) if scores.exists() else None)
