"""Paired comparisons of scored systems; never generates anything."""

from __future__ import annotations

from pipeline.compare.pair import Comparison, Delta, compare
from pipeline.compare.systems import LEVEL, Standing, Systems, Table, compare_systems

__all__ = ["LEVEL", "Comparison", "Delta", "Standing", "Systems", "Table", "compare", "compare_systems"]
