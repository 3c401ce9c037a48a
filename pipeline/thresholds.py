"""Least scores that a run must reach: `--fail-under` as given, and which of them a scores.json misses."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.baselines import BASELINES
from pipeline.errors import ConfigError
from pipeline.score_names import threshold_faults


def parse_thresholds(given: Sequence[str]) -> dict[str, float]:
    """`summary.rouge1.f=0.35` strings as key → least score; ConfigError naming every one that cannot be read."""
    found: dict[str, float] = {}
    faults = []
    for text in given:
        key, equals, number = text.partition("=")
        try:
            least = float(number) if equals else math.nan
        except ValueError:
            least = math.nan
        if not math.isfinite(least):
            faults.append(f"{text}: write it as KIND.METRIC.PART=NUMBER, as in summary.rouge1.f=0.35")
        found[key.strip()] = least
    if faults:
        raise ConfigError(faults, where="--fail-under")
    return found


def check_thresholds(least: Mapping[str, float]) -> None:
    """ConfigError naming every key that is no score, with the nearest one that is."""
    faults = threshold_faults(least)
    if faults:
        raise ConfigError(faults, where="--fail-under")


def missed(least: Mapping[str, float], scores: Mapping[str, Any] | None) -> tuple[str, ...]:
    """The thresholds that the scores (the object of scores.json) miss, a line each: score, value, threshold.

    Every system has to reach them, the extractive baselines excepted; the lines name it where there are several. A
    score that is not there counts as missed.
    """
    systems: Mapping[str, Any] = (scores or {}).get("systems", {})
    own = {name: kinds for name, kinds in systems.items() if name not in BASELINES} or {"": {}}
    found = []
    for name, kinds in own.items():
        head = f"{name}: " if len(own) > 1 else ""
        for key, wanted in least.items():
            value = _at(kinds, key)
            if value is None:
                found.append(f"{head}{key}: no such score, at least {wanted:g} is asked for")
            elif value < wanted:
                found.append(f"{head}{key}: {value:.4f} is under {wanted:g}")
    return tuple(found)


def _at(node: Any, key: str) -> float | None:
    for part in key.split("."):
        node = node.get(part) if isinstance(node, Mapping) else None
    return float(node) if isinstance(node, int | float) else None
