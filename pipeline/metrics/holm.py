"""Correction of several tests of one family (Holm 1979, A simple sequentially rejective multiple test procedure)."""

from __future__ import annotations

from collections.abc import Sequence


def holm(chances: Sequence[float]) -> list[float]:
    """Adjusted p-values in the order of `chances`: rejecting those ≤ α keeps the family-wise error at α.

    The k-th smallest of m (k from 0) is multiplied by m − k, kept at or above the one before it, and at most 1.
    """
    adjusted = [0.0] * len(chances)
    reached = 0.0
    for k, i in enumerate(sorted(range(len(chances)), key=lambda i: chances[i])):
        reached = max(reached, min(1.0, (len(chances) - k) * chances[i]))
        adjusted[i] = reached
    return adjusted
