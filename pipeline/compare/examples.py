"""The articles on which systems differ most, with the texts themselves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipeline.compare.pair import Values
from pipeline.compare.systems import MetricOf, Systems
from pipeline.metrics.measure import Scored
from pipeline.metrics.paired import TIE
from pipeline.metrics.texts import ScoredKind, join, reference_texts
from pipeline.records import References


@dataclass(frozen=True, slots=True)
class Shown:
    """A system's output (sentences or bullets in lines), its score, and its difference to the baseline's."""

    system: str
    value: float
    difference: float
    text: str


@dataclass(frozen=True, slots=True)
class Example:
    """One article under one metric: the baseline's output first, then those furthest above and below it."""

    kind: ScoredKind
    metric: str
    id: str
    references: tuple[str, ...]
    outputs: tuple[Shown, ...]


def most_different(
    found: Systems, systems: Sequence[Scored], references: Mapping[str, References], count: int
) -> tuple[Example, ...]:
    """For the first metric of every kind, the `count` articles where a system is furthest from the baseline.

    Articles on which all tie are left out, and so is the best of all headlines: its texts are those of the headlines.
    """
    return tuple(
        example
        for metric, values in _first_metrics(found)
        for example in _examples(metric, values, found.baseline, systems, references, count)
    )


def _first_metrics(found: Systems) -> Iterator[tuple[MetricOf, Mapping[str, Values]]]:
    """The values of all that can be compared, under the first metric of each kind that the baseline has."""
    seen: set[ScoredKind] = {"headlines_best"}
    odd = {system for system, _ in found.problems}
    for (kind, metric), values in found.values.items():
        if kind not in seen and found.baseline in values:
            seen.add(kind)
            yield (kind, metric), {system: own for system, own in values.items() if system not in odd}


def _examples(
    metric: MetricOf,
    values: Mapping[str, Values],
    baseline: str,
    systems: Sequence[Scored],
    references: Mapping[str, References],
    count: int,
) -> Iterator[Example]:
    kind, name = metric
    differences = {article_id: _differences(article_id, values, baseline) for article_id in values[baseline]}
    far = {article_id: max(map(abs, own.values()), default=0.0) for article_id, own in differences.items()}
    for article_id in sorted(far, key=lambda i: -far[i])[:count]:
        if far[article_id] < TIE:
            return
        own = differences[article_id]
        ends = [max(own, key=lambda s: own[s]), min(own, key=lambda s: own[s])]
        told = [system for system in dict.fromkeys(ends) if abs(own[system]) >= TIE]
        texts = {
            scored.system: next((item.prediction for item in scored.rows[kind] if item.id == article_id), "")
            for scored in systems
            if scored.system in (baseline, *told)
        }
        outputs = [Shown(baseline, values[baseline][article_id], 0.0, texts[baseline])]
        outputs += [Shown(s, values[s][article_id], own[s], texts[s]) for s in told]
        expected = reference_texts(references[article_id]).get(kind, ()) if article_id in references else ()
        yield Example(kind, name, article_id, tuple(map(join, expected)), tuple(outputs))


def _differences(article_id: str, values: Mapping[str, Values], baseline: str) -> dict[str, float]:
    own = values[baseline][article_id]
    return {s: v[article_id] - own for s, v in values.items() if s != baseline and article_id in v}
