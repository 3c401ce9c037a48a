"""Paired comparisons of scored systems; never generates anything."""

from __future__ import annotations

from pipeline.compare.examples import Example, most_different
from pipeline.compare.pair import Delta
from pipeline.compare.systems import MetricOf, Standing, Systems, Table, compare_systems

__all__ = ["Delta", "Example", "MetricOf", "Standing", "Systems", "Table", "compare_systems", "most_different"]
