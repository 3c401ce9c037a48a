"""Rounds → figures: medians with their spread, ratios round by round, equal outputs, ROUGE differences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import median

from pipeline.compare.pair import Paired, deltas, values_of, words_of
from pipeline.files import JsonObject
from pipeline.metrics.measure import Scored
from pipeline.metrics.texts import Outputs, output_texts, reference_texts
from pipeline.records import KINDS, References
from pipeline.score import score_systems
from pipeline.serial import brief_from_dict

TYPES = ("rouge1", "rouge2", "rougeLsum")
Records = Sequence[JsonObject]  # of outputs.jsonl
DIGITS = 4


def spread(values: Sequence[float]) -> JsonObject:
    """Median, least and greatest of at least one value, and the values in the order of the rounds."""
    rounded = [rounded_to(value) for value in values]
    return {"median": rounded_to(median(values)), "low": min(rounded), "high": max(rounded), "rounds": rounded}


def rounded_to(value: float, digits: int = DIGITS) -> float:
    """`value` to so many significant digits, so that files can be read."""
    return float(f"{value:.{digits}g}")


def ratio(own: Sequence[float], reference: Sequence[float]) -> JsonObject | None:
    """The spread of own / reference over the rounds that both have; None without one, or where the reference is 0.

    Ratios are taken within a round, whose processes ran one after another: what slowed the machine slowed both.
    """
    pairs = [(a, b) for a, b in zip(own, reference, strict=False) if b]
    return spread([a / b for a, b in pairs]) if pairs else None


def identical(own: Records, reference: Records) -> dict[str, float]:
    """Share of the articles of both whose text of a kind is the same, by kind; all headline variants count as one."""
    theirs = {record["id"]: record for record in reference}
    found: dict[str, float] = {}
    for kind in KINDS:
        both = [(record, theirs[record["id"]]) for record in own if record["id"] in theirs]
        texts = [(written(a, kind), written(b, kind)) for a, b in both if kind in a and kind in b]
        if texts:
            found[kind] = sum(a == b for a, b in texts) / len(texts)
    return found


def written(record: JsonObject, kind: str) -> list[str]:
    """The texts of a kind in a record of outputs.jsonl."""
    output = record[kind]
    return [output["text"]] if isinstance(output, dict) else [item["text"] for item in output]


def rouge_scores(name: str, records: Records, references: Mapping[str, References], seed: int) -> Scored | None:
    """ROUGE of every output that has a reference; None where none has."""
    outputs = {brief.id: Outputs.from_brief(brief) for brief in map(brief_from_dict, records)}
    common = {
        id_: found
        for id_, found in references.items()
        if id_ in outputs and not output_texts(outputs[id_]).keys().isdisjoint(reference_texts(found))
    }
    if not common:
        return None
    own = {id_: outputs[id_] for id_ in common}
    scored = score_systems(own, common, engine=name, seed=seed, metrics=TYPES)
    return next(iter(scored.values()))


def rouge_differences(own: Scored, reference: Scored, *, trials: int, seed: int) -> JsonObject:
    """kind → ROUGE type → F of both and own − reference with the paired bootstrap's 95 % interval, as fractions."""
    pairs = []
    for kind in own.rows:
        a, b = values_of(reference.rows.get(kind, ())), values_of(own.rows[kind])
        for metric in TYPES:
            ids = tuple(id_ for id_ in b[metric] if id_ in a.get(metric, {}))
            if ids:
                lengths = words_of(reference.rows[kind]), words_of(own.rows[kind])
                pairs.append(Paired(kind, metric, ids, a[metric], b[metric], *lengths))
    found: JsonObject = {}
    for delta in deltas(pairs, trials=trials, seed=seed):
        found.setdefault(delta.kind, {})[delta.metric] = {
            "n": delta.n,
            "f": delta.b,
            "reference_f": delta.a,
            "difference": delta.difference,
            "ci95": list(delta.test.ci95),
        }
    return found
