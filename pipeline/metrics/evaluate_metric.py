"""Metrics written for Hugging Face evaluate, loaded from a local path when a config names one."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from pipeline.errors import PrecisError
from pipeline.metrics.measure import mean_entry
from pipeline.metrics.texts import ScoredKind

# What loading and computing a foreign metric is known to raise; each becomes an entry of `missing`.
_FAILURES = (
    PrecisError,
    ImportError,
    OSError,
    SyntaxError,
    NameError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
    ArithmeticError,
    RuntimeError,
    AssertionError,
)
Missing = dict[str, str]
Row = tuple[str, ScoredKind]


@dataclass(frozen=True, slots=True)
class Batch:
    """Texts of one system and kind: `references[i]` are the alternatives for `predictions[i]`, `sources[i]` its article
    (None: not all are known)."""

    predictions: Sequence[str]
    references: Sequence[Sequence[str]]
    sources: Sequence[str] | None = None


@lru_cache(maxsize=16)
def _load(path: str) -> Any:
    if not Path(path).exists():
        raise FileNotFoundError(f"no such file or folder: {path} (only local modules are loaded)")
    import evaluate  # imported late: it loads datasets

    return evaluate.load(str(Path(path).resolve()), keep_in_memory=True)


def compute_with_evaluate(
    name_or_path: str,
    predictions: Sequence[str],
    references: Sequence[Sequence[str]],
    sources: Sequence[str] | None = None,
) -> tuple[dict[str, Any], Missing | None]:
    """What the evaluate module at a local path computes, or ({}, an entry for `missing` with the reason).

    References are passed as plain strings where every prediction has exactly one, else as lists of strings; `sources`
    to a module that has an input of this name.
    """
    single = all(len(alternatives) == 1 for alternatives in references)
    expected = [next(iter(alternatives)) if single else list(alternatives) for alternatives in references]
    try:
        module = _load(name_or_path)
        inputs = {"predictions": list(predictions), "references": expected}
        if "sources" in _inputs(module):
            if sources is None:
                return {}, {"metric": name_or_path, "why": "it needs sources, and the article texts are not known"}
            inputs["sources"] = list(sources)
        result = module.compute(**inputs)
    except _FAILURES as error:
        return {}, {"metric": name_or_path, "why": _why(error)}
    if not isinstance(result, Mapping):
        return {}, {"metric": name_or_path, "why": f"it returned {type(result).__name__}, not a dict"}
    return dict(result), None


def _inputs(module: Any) -> set[str]:
    """Names of the inputs a module takes, in any of its forms."""
    forms = module.features if isinstance(module.features, list) else [module.features]
    return {name for form in forms for name in form}


def evaluate_entries(
    paths: Sequence[str], batches: Mapping[Row, Batch], *, samples: int, seed: int
) -> tuple[dict[Row, dict[str, Any]], list[Missing]]:
    """Values of every module for every row, named `evaluate_MODULE_KEY`, and what could not be computed.

    A list with one number per article gets a bootstrap interval; a single number has none.
    """
    entries: dict[Row, dict[str, Any]] = {row: {} for row in batches}
    missing: list[Missing] = []
    for path in paths:
        try:
            _load(path)
        except _FAILURES as error:
            missing.append({"metric": path, "why": _why(error)})
            continue
        for (system, kind), batch in batches.items():
            result, failure = compute_with_evaluate(path, batch.predictions, batch.references, batch.sources)
            failures = [failure] if failure else []
            for key, value in result.items():
                name = f"{_prefix(path)}_{key}"
                numbers = _numbers(value, len(batch.predictions))
                if numbers is None:
                    failures.append({"metric": name, "why": "it is no finite number, nor one per article"})
                elif len(numbers) == 1:
                    entries[system, kind][name] = {"value": numbers[0], "n": len(batch.predictions)}
                else:
                    entries[system, kind][name] = mean_entry(numbers, samples=samples, seed=seed)
            missing += [failure | {"system": system, "kind": kind} for failure in failures]
    return entries, missing


def _prefix(path: str) -> str:
    stem = Path(path).stem
    return stem if stem.startswith("evaluate_") else f"evaluate_{stem}"


def _numbers(value: Any, n: int) -> list[float] | None:
    listed = list(value) if isinstance(value, (list, tuple)) and len(value) == n else [value]
    try:
        numbers = [float(number) for number in listed]
    except (TypeError, ValueError):
        return None
    return numbers if all(map(math.isfinite, numbers)) else None


def _why(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}".split("\n", 1)[0]
