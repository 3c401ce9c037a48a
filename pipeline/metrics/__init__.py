"""Metrics beyond ROUGE, by name in two literal tables. Nothing here imports torch, transformers or evaluate.

ROUGE is in `pipeline.metrics.rouge`; metrics by a model that a config names are in `pipeline.metrics.by_model`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from pipeline.metrics.abstractiveness import abstractiveness
from pipeline.metrics.grounding import grounding
from pipeline.metrics.source import Source
from pipeline.metrics.support import support
from pipeline.metrics.texts import Lines, ScoredKind
from pipeline.metrics.wording import diversity, length, redundancy


class Metric(Protocol):
    """Measures one output, given as its sentences or bullets; None: there is nothing to count."""

    def __call__(self, lines: Sequence[str], source: Source, /) -> Mapping[str, float | None]: ...


class Measure(Protocol):
    """Measures an output's variants (one, except for `headlines_best`), beside the texts of its references."""

    def __call__(self, variants: Sequence[Lines], references: Sequence[str], /) -> Mapping[str, float | None]: ...


@dataclass(frozen=True, slots=True)
class TextMetric:
    """A metric that needs no article, and the kinds of output it is for."""

    kinds: tuple[ScoredKind, ...]
    measure: Measure


# Against the article, for all kinds but headlines_best.
SOURCE_METRICS: Mapping[str, Metric] = {
    "abstractiveness": abstractiveness,
    "support": support,
    "grounding": grounding,
}
TEXT_METRICS: Mapping[str, TextMetric] = {
    "length": TextMetric(("summary", "bullets", "headlines", "rewrite"), length),
    "redundancy": TextMetric(("summary", "bullets", "rewrite"), redundancy),
    "diversity": TextMetric(("headlines_best",), diversity),
}
