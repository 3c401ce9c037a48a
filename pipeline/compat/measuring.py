"""Scores of predictions by one or several metrics, with bootstrap intervals if asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import InputError
from pipeline.metrics.bootstrap import resampled_means
from pipeline.score import rouge

F = 2  # place of F in (precision, recall, F)


@dataclass(frozen=True, slots=True)
class Columns:
    """Texts and their references, in the same order."""

    predictions: Sequence[str]
    references: Sequence[Any]

    def drawn(self, rows: Sequence[int]) -> Columns:
        """The texts of these rows."""
        return Columns([self.predictions[i] for i in rows], [self.references[i] for i in rows])


def measure(
    metric: Any, columns: Columns, strategy: str, confidence: float, resamples: int, seed: int | None
) -> dict[str, Any]:
    """Name → score, or with `strategy="bootstrap"` name → score, interval and standard error.

    ROUGE is a mean over texts, so its resampled means come from one matrix product; a module is computed anew for
    every resample, as evaluate does. The interval holds the middle `confidence` of the resampled scores, the standard
    error is their standard deviation. InputError for unknown strategies and metrics and for names given twice.
    """
    if strategy not in ("simple", "bootstrap"):
        raise InputError(f"strategy is {strategy!r}", fix="use 'simple' or 'bootstrap'")
    if not 0 < confidence < 1 or resamples < 2:
        raise InputError("confidence_level lies between 0 and 1, and n_resamples is at least 2")
    found: dict[str, Any] = {}
    drawn: dict[str, NDArray[np.float64]] = {}
    for one in metric if isinstance(metric, Sequence) and not isinstance(metric, str) else [metric]:
        scores, means = _one(one, columns, resamples if strategy == "bootstrap" else 0, seed)
        twice = sorted(found.keys() & scores.keys())
        if twice:
            raise InputError(f"two metrics give a score of the same name: {', '.join(twice)}")
        found |= scores
        drawn |= means
    if strategy == "simple":
        return found
    return {name: _interval(found[name], drawn[name], confidence) for name in drawn}


Scores = tuple[dict[str, Any], dict[str, NDArray[np.float64]]]


def _one(metric: Any, columns: Columns, resamples: int, seed: int | None) -> Scores:
    if metric == "rouge":
        return _rouge(columns, resamples, seed)
    if not hasattr(metric, "compute"):
        raise InputError(
            f"{metric!r} is no metric", fix="give 'rouge', a module of evaluate.load(…), or a list of them"
        )
    scores = _computed(metric, columns)
    rows = np.random.default_rng(seed).integers(0, len(columns.predictions), (resamples, len(columns.predictions)))
    anew = [_computed(metric, columns.drawn(row)) for row in rows.tolist()]
    numbers = [name for name, value in scores.items() if isinstance(value, Real)]
    return scores, {name: np.array([float(one[name]) for one in anew]) for name in numbers} if resamples else {}


def _rouge(columns: Columns, resamples: int, seed: int | None) -> Scores:
    items = rouge(columns.predictions, columns.references, use_stemmer=False, per_item=True)
    values = np.array([[item[F] for item in scores] for scores in items.values()]).T
    means = dict(zip(items, values.mean(axis=0).tolist(), strict=True))
    if not resamples:
        return means, {}
    chosen = int(np.random.default_rng(seed).integers(2**32)) if seed is None else seed
    return means, dict(zip(items, resampled_means(values, resamples, chosen).T, strict=True))


def _computed(metric: Any, columns: Columns) -> dict[str, Any]:
    found = metric.compute(predictions=list(columns.predictions), references=list(columns.references))
    if isinstance(found, Mapping):
        return dict(found)
    return {getattr(metric, "name", type(metric).__name__): found}


def _interval(score: Any, drawn: NDArray[np.float64], confidence: float) -> dict[str, Any]:
    low, high = np.quantile(drawn, ((1 - confidence) / 2, (1 + confidence) / 2))
    return {
        "score": score,
        "confidence_interval": (float(low), float(high)),
        "standard_error": float(drawn.std(ddof=1)),
    }
