"""grid, list and random → named settings; nothing is checked against the run config here."""

from __future__ import annotations

import hashlib
import itertools
import json
import math
import random
import re
from collections.abc import Mapping, Sequence
from typing import Any, get_args

from pipeline.settings import walk
from pipeline.sweep.settings import RandomSettings, SweepSettings

MOST = 1000  # combinations of one sweep
LARGEST = 1e300  # the span of a range must itself be a number
LONGEST = 90  # characters of a combination's name
Values = dict[str, Any]
Option = tuple[str, Values]


def expand(settings: SweepSettings) -> tuple[list[Option], list[str]]:
    """(name, dotted keys to values) of every combination: list, then grid, then random; and what is wrong."""
    found: list[Option] = [(entry.name, dict(entry.values)) for entry in settings.named]
    axes, faults = _axes(settings.grid)
    parts = {
        "list": len(settings.named),
        "grid": math.prod(map(len, axes)) if axes else 0,
        "random": settings.random.draws if settings.random else 0,
    }
    if sum(parts.values()) > MOST:
        told = ", ".join(f"{name} {count}" for name, count in parts.items() if count)
        return found, [*faults, f"gives {sum(parts.values())} combinations ({told}), at most {MOST} are allowed"]
    found += [_joined(options) for options in itertools.product(*axes)] if axes else []
    if settings.random is not None:
        drawn, wrong = _draw(settings.random)
        found += drawn
        faults += wrong
    if not found and not faults:
        faults.append("it gives no combination: add grid, list or random")
    return found, faults


def _axes(grid: Mapping[str, Any]) -> tuple[list[list[Option]], list[str]]:
    lasts = [key.rpartition(".")[2] for key in grid]
    axes, faults = [], []
    for key, values in grid.items():
        if isinstance(values, list) and values:
            last = key.rpartition(".")[2]
            short = last if lasts.count(last) == 1 else key
            axes.append([(f"{short}={_shown(value)}", {key: value}) for value in values])
        elif isinstance(values, dict) and values and all(isinstance(group, dict) for group in values.values()):
            axes.append([(_slug(label), dict(group)) for label, group in values.items()])
        else:
            faults.append(
                f"grid.{key}: should be a list of values, or a mapping of names to settings ({{engine.beams: 1, …}})"
            )
    return axes, faults + _twice(axes)


def _twice(axes: Sequence[Sequence[Option]]) -> list[str]:
    """Keys that two axes set: one of them would have no effect."""
    keys = [key for axis in axes for key in dict.fromkeys(key for _, values in axis for key in values)]
    return [f"grid: {key} is set by two of its parts" for key in dict.fromkeys(keys) if keys.count(key) > 1]


def _joined(options: Sequence[Option]) -> Option:
    name = ",".join(label for label, _ in options)
    if len(name) > LONGEST:
        name = f"{name[: LONGEST - 9]}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"
    return name, {key: value for _, values in options for key, value in values.items()}


def _draw(settings: RandomSettings) -> tuple[list[Option], list[str]]:
    """`draws` different combinations; every key has a stream of its own, so that adding one leaves the others."""
    faults = [fault for key, values in settings.keys.items() for fault in _range_faults(key, values)]
    if faults:
        return [], faults
    streams = {key: random.Random(f"{settings.seed}:{key}") for key in settings.keys}
    found: dict[str, Values] = {}
    for _ in range(100 * settings.draws):
        values = {key: _one(key, settings.keys[key], stream) for key, stream in streams.items()}
        found.setdefault(json.dumps(values, sort_keys=True), values)
        if len(found) == settings.draws:
            break
    else:
        return [], [f"random.draws: only {len(found)} different combinations were found, {settings.draws} are wanted"]
    return [(f"random-{n}", values) for n, values in enumerate(found.values(), start=1)], []


def _range_faults(key: str, values: Any) -> list[str]:
    where = f"random.keys.{key}"
    if isinstance(values, list) and values:
        return []
    if not isinstance(values, dict) or not {"low", "high"} <= set(values) <= {"low", "high", "log"}:
        return [f"{where}: should be a list of choices or a range {{low: …, high: …, log: false}}"]
    low, high, log = values["low"], values["high"], values.get("log", False)
    if not _number(low) or not _number(high) or not isinstance(log, bool):
        return [f"{where}: low and high should be numbers (up to {LARGEST:g}) and log true or false"]
    if low >= high:
        return [f"{where}: low ({low}) should be below high ({high})"]
    if _whole(key) and math.ceil(low) > math.floor(high):
        return [f"{where}: there is no whole number from {low} to {high}"]
    return [f"{where}: a range with log: true should begin above 0"] if log and low <= 0 else []


def _one(key: str, values: Any, stream: random.Random) -> Any:
    """A choice, or a number of the key's own type: whole where the setting is, else rounded to four digits."""
    if isinstance(values, list):
        return stream.choice(values)
    low, high = values["low"], values["high"]
    if _whole(key):
        low, high = math.ceil(low), math.floor(high)
    if values.get("log"):
        drawn = math.exp(stream.uniform(math.log(low), math.log(high)))
    else:
        drawn = stream.randint(low, high) if _whole(key) else stream.uniform(low, high)
    kept = max(low, min(high, round(drawn) if _whole(key) else float(f"{drawn:.4g}")))
    return kept if _whole(key) else float(kept)


def _whole(key: str) -> bool:
    field = dict(walk()).get(key)
    kinds = (field.annotation, *get_args(field.annotation)) if field is not None else ()
    return int in kinds


def _number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and -LARGEST <= value <= LARGEST


def _shown(value: Any) -> str:
    return _slug(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


def _slug(text: str) -> str:
    return re.sub(r"[^\w.+-]+", "-", text).rstrip("-")
