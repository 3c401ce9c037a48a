"""The values of the metrics by model, put beside the other scores of every output."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from pipeline.metrics.by_model import Case, Measured, Models, measure
from pipeline.metrics.measure import ItemScore
from pipeline.metrics.texts import ScoredKind, Texts

Rows = dict[str, dict[ScoredKind, list[ItemScore]]]


def with_models(
    rows: Rows, references: Mapping[str, Texts], sentences: Mapping[str, tuple[str, ...]], models: Models
) -> tuple[Rows, Measured]:
    """The rows with the values of every metric that `models` names, by item, and what could not be computed.

    `references` and `sentences` (of the article) are by article id; the latter may lack some. Left alone is
    `headlines_best`. Nothing is loaded if no model is named.
    """
    if not models.wanted():
        return rows, Measured((), {}, ())
    places = sorted(
        ((i, system, kind) for system, kinds in rows.items() for kind in kinds for i in range(len(kinds[kind]))),
        key=lambda place: place[0],  # outputs for one article together: its texts are read once
    )
    places = [place for place in places if place[2] != "headlines_best"]
    measured = measure([_case(rows[s][k][i], k, references, sentences) for i, s, k in places], models)
    found = {system: {kind: list(items) for kind, items in kinds.items()} for system, kinds in rows.items()}
    for (i, system, kind), values in zip(places, measured.values, strict=True):
        item = found[system][kind][i]
        found[system][kind][i] = replace(item, source={**item.source, **values})
    return found, measured


def _case(
    item: ItemScore,
    kind: ScoredKind,
    references: Mapping[str, Texts],
    sentences: Mapping[str, tuple[str, ...]],
) -> Case:
    alternatives: Sequence[Sequence[str]] = references[item.id][kind]
    lines = tuple(line for line in item.prediction.split("\n") if line)
    return Case(lines, tuple(" ".join(text) for text in alternatives), sentences.get(item.id))
