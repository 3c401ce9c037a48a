"""Metrics of one output against its article; names are looked up in one literal table.

ROUGE, which needs references, is in `pipeline.metrics.rouge`. Nothing here imports torch, transformers or
evaluate.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from pipeline.metrics.abstractiveness import Source, abstractiveness
from pipeline.metrics.support import support


class Metric(Protocol):
    """Measures one output, given as its sentences or bullets; None: there is nothing to count."""

    def __call__(self, lines: Sequence[str], source: Source, /) -> Mapping[str, float | None]: ...


SOURCE_METRICS: Mapping[str, Metric] = {
    "abstractiveness": abstractiveness,
    "support": support,
}
