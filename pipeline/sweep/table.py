"""The finished runs of a sweep → their comparison; scored anew, all alike, from what lies in their directories."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.baselines import EXTRACTIVE
from pipeline.compare import compare_systems, most_different
from pipeline.compare.record import Entrant, differing, differing_in, to_record
from pipeline.errors import InputError
from pipeline.files import JsonObject
from pipeline.job import Finished
from pipeline.metrics.measure import Scored
from pipeline.records import References
from pipeline.saved import read_articles, read_outputs, read_references
from pipeline.score import score_systems
from pipeline.score_names import SOURCE, split_metric
from pipeline.sweep.load import Combination, Sweep
from pipeline.sweep.settings import DEFAULT_METRICS

EXAMPLES = 5  # articles of each kind whose texts are kept for the page
Ended = tuple[str, str, Finished | None]


def comparison(sweep: Sweep, ended: Mapping[str, Ended]) -> JsonObject:
    """The content of sweep.json; `ended` is each run's status, what went wrong, and its result, by name."""
    done = [one for one in sweep.combinations if ended[one.name][2] is not None]
    scored, notes = _scored(sweep, done)
    score, seed = _reference(sweep).config.score, _reference(sweep).config.run.seed
    systems = compare_systems(
        scored, sweep.baseline, sweep.metrics, samples=score.bootstrap_samples, trials=sweep.trials, seed=seed
    )
    configs = [one.config for one in sweep.combinations]
    keys = differing_in(configs)
    values = differing([config.model_dump(mode="json") for config in configs], keys)
    entrants = [
        Entrant(one.name, *ended[one.name][:2], path=one.name, settings=own, counts=_counts(ended[one.name][2]))
        for one, own in zip(sweep.combinations, values, strict=True)
    ]
    known = {one.system for one in scored}
    entrants += [Entrant(name, extract=True) for name in EXTRACTIVE if name in known]
    signature = scored[0].signature if scored else ""
    if scored and sweep.metrics != tuple(map(split_metric, DEFAULT_METRICS)):  # those are of kinds not asked for
        empty = [f"{kind}.{metric}" for kind, metric in sweep.metrics if (kind, metric) not in systems.values]
        notes += [f"{name} is not tabled: no run has a value" for name in empty]
    examples = most_different(systems, scored, _references(_reference(sweep)), EXAMPLES)
    return to_record(sweep.name, entrants, keys, systems, signature=signature, examples=examples, notes=notes)


def _reference(sweep: Sweep) -> Combination:
    """The combination whose articles the extractive baselines are scored on, and whose seed all scoring has."""
    return next((one for one in sweep.combinations if one.name == sweep.baseline), sweep.combinations[0])


def _scored(sweep: Sweep, done: Sequence[Combination]) -> tuple[list[Scored], list[str]]:
    """Every run's scores and, from one of them, those of the extractive baselines; and why some are missing."""
    found: list[Scored] = []
    extracts: list[Scored] = []
    notes = []
    for one in sorted(done, key=lambda one: one is not _reference(sweep)):
        try:
            rows = _rows(sweep, one, () if extracts else EXTRACTIVE)
        except InputError as error:
            notes.append(f"{one.name} has no scores: {error}")
            continue
        found.append(rows[one.name])
        extracts = extracts or [rows[name] for name in EXTRACTIVE if name in rows]
    order = [one.name for one in sweep.combinations]
    return sorted(found, key=lambda scored: order.index(scored.system)) + extracts, notes


def _rows(sweep: Sweep, one: Combination, baselines: Sequence[str]) -> dict[str, Scored]:
    path, common = one.config.out_dir, _reference(sweep).config
    outputs = read_outputs(path / "outputs.jsonl")
    references = _references(one)
    names = [metric for _, metric in sweep.metrics]
    needed = bool(baselines) or any(name in SOURCE for name in names)  # splitting articles into sentences takes time
    return score_systems(
        outputs,
        {id_: found for id_, found in references.items() if id_ in outputs},
        read_articles(path) if needed else None,
        engine=one.name,
        seed=common.run.seed,
        samples=common.score.bootstrap_samples,
        metrics=list(dict.fromkeys(SOURCE.get(name, name) for name in names)),
        use_stemmer=common.score.stemmer,
        profile=common.score.profile,
        multi_ref=common.score.multi_reference,
        baselines=baselines,
    )


def _references(one: Combination) -> Mapping[str, References]:
    path = one.config.out_dir
    return read_references(path) if (path / "references.jsonl").is_file() else {}


def _counts(finished: Finished | None) -> Mapping[str, Any]:
    return {} if finished is None else finished.counts
