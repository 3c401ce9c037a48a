"""Metrics computed by a model that the config names; each is imported, with torch, only when it is asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Protocol, cast

from pipeline.errors import PrecisError

MODEL_METRICS: Mapping[str, str] = {
    "bertscore": "pipeline.metrics.bertscore",
    "consistency": "pipeline.metrics.consistency",
    "embedding": "pipeline.metrics.embedding",
}
NEEDS_ARTICLE = ("consistency",)
# What loading and running a foreign model is known to raise; each becomes an entry of `missing`.
_FAILURES = (PrecisError, ImportError, OSError, LookupError, TypeError, ValueError, RuntimeError)
Values = Mapping[str, float | None]
Missing = dict[str, str]


@dataclass(frozen=True, slots=True)
class Models:
    """Folder or hub name of the model of each metric, None for those that are not wanted.

    `bertscore_layer`: which layer's states are compared; None: the one found best for some well-known models, else the
    last. `batch_size`: texts, or pairs of sentences, per forward pass.
    """

    bertscore: str | None = None
    consistency: str | None = None
    embedding: str | None = None
    bertscore_layer: int | None = None
    batch_size: int = 16

    def wanted(self) -> dict[str, str]:
        """Metric → model, of those that are wanted."""
        named = {name: getattr(self, name) for name in MODEL_METRICS}
        return {name: path for name, path in named.items() if path is not None}


@dataclass(frozen=True, slots=True)
class Case:
    """One output as its lines, its alternative references, and its article's sentences (None: not known)."""

    lines: tuple[str, ...]
    references: tuple[str, ...]
    sentences: tuple[str, ...] | None


class ModelMetric(Protocol):
    """A metric with its model loaded; `signature` says all that its values depend on besides the texts."""

    signature: str

    def values(self, case: Case) -> Values: ...


@dataclass(frozen=True, slots=True)
class Measured:
    """The values of every case, in order; the signatures of what was computed; and what could not be, and why."""

    values: tuple[Values, ...]
    signatures: Mapping[str, str]
    missing: tuple[Missing, ...]


def measure(cases: Iterable[Case], models: Models) -> Measured:
    """Every metric that `models` names, of every case. One that fails is missing from all of them, never 0."""
    cases = tuple(cases)
    values: list[dict[str, float | None]] = [{} for _ in cases]
    signatures: dict[str, str] = {}
    missing: list[Missing] = []
    for name, path in models.wanted().items():
        if name in NEEDS_ARTICLE and all(case.sentences is None for case in cases):
            missing.append({"metric": name, "why": "the article texts are not known"})
            continue
        try:
            metric = cast(ModelMetric, import_module(MODEL_METRICS[name]).open_metric(path, models))
            found = [metric.values(case) for case in cases]
        except _FAILURES as error:
            missing.append({"metric": name, "why": f"{path}: {_told(error)}"})
            continue
        signatures[name] = metric.signature
        for own, more in zip(values, found, strict=True):
            own.update(more)
    return Measured(tuple(values), signatures, tuple(missing))


def _told(error: BaseException) -> str:
    text = str(error).strip().splitlines()
    return f"{type(error).__name__}: {text[0]}" if text and not isinstance(error, PrecisError) else "; ".join(text)
