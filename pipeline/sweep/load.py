"""A sweep file → every run it asks for, all of them checked before any begins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from pipeline.baselines import BASELINES, EXTRACTIVE
from pipeline.compare import MetricOf
from pipeline.config import ALIASES, Config, Raw, digest, parse_overrides, put_all, read_raw, resolve_aliases
from pipeline.config_faults import describe
from pipeline.errors import ConfigError
from pipeline.score_names import split_metric
from pipeline.settings_base import Settings
from pipeline.strict_yaml import dump, parse
from pipeline.sweep.expand import Option, expand
from pipeline.sweep.settings import Named, RandomSettings, SweepSettings

FILES = ("sweep.yaml", "sweep.json", "comparison.html")  # beside the run directories
CACHE = "candidates.sqlite"  # beside them until all runs are finished
OWN = "the sweep names its runs and where they lie"
SAME_ARTICLES = "all runs read the same articles; give it in base, in set or after --set"
SCORED_ALIKE = "all runs are scored alike; give it in base, in set or after --set"
# Config keys a combination cannot set, and why.
INPUT = ("path", "split", "config_name", "revision", "streaming", "columns", "limit")
FIXED = {"name": OWN, "run.out": OWN, **{f"input.{key}": SAME_ARTICLES for key in INPUT}, "score": SCORED_ALIKE}


@dataclass(frozen=True, slots=True)
class Combination:
    """One run: its name, what it changes in the base, and the whole config."""

    name: str
    values: Mapping[str, Any]
    config: Config


@dataclass(frozen=True, slots=True)
class Sweep:
    """Everything a sweep file asks for; `baseline` is a combination or an extractive baseline."""

    name: str
    out: Path
    base: Raw
    combinations: tuple[Combination, ...]
    baseline: str
    metrics: tuple[MetricOf, ...]
    trials: int


def load_sweep(
    path: Path, overrides: Sequence[str] = (), values: Mapping[str, object] | None = None, out: str | None = None
) -> Sweep:
    """Read the sweep file `path` and check every config it gives; ConfigError lists all faults at once.

    `overrides` are `a.b=value` strings as `--set` takes them, `values` ready values by dotted key: both are for all
    runs. `out` is the folder instead of the file's own.
    """
    settings, faults = _read(path)
    pairs, wrong = parse_overrides(overrides)
    pairs += [(ALIASES.get(key, key), value) for key, value in (values or {}).items()]
    faults += wrong
    if settings is None:
        raise ConfigError(faults, where=str(path))
    options, wrong = expand(settings)
    faults += wrong + _idle(options, pairs)
    base, wrong = _base(settings, path, pairs)
    faults += wrong
    folder = Path(out or settings.out or f"runs/sweep-{settings.name}")
    combinations: list[Combination] = []
    if not wrong:
        combinations, bad = _combine(base, options, folder)
        faults += bad
    names = [name for name, _ in options]
    faults += _name_faults(names, settings.baseline) + _twins(combinations)
    if faults:
        raise ConfigError(list(dict.fromkeys(faults)), where=str(path))
    metrics = tuple(split_metric(name) for name in settings.metrics)
    baseline = settings.baseline or names[0]
    return Sweep(settings.name, folder, base, tuple(combinations), baseline, metrics, settings.trials)


def to_yaml(sweep: Sweep) -> str:
    """The sweep with its base inline and every combination in `list`; a sweep file that repeats it in its folder."""
    return dump(
        {
            "name": sweep.name,
            "out": str(sweep.out),
            "base": sweep.base,
            "list": [{"name": one.name, "set": dict(one.values)} for one in sweep.combinations],
            "baseline": sweep.baseline,
            "metrics": [f"{kind}.{metric}" for kind, metric in sweep.metrics],
            "trials": sweep.trials,
        }
    )


def _read(path: Path) -> tuple[SweepSettings | None, list[str]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return None, ["there is no such sweep file"]
    except (OSError, UnicodeDecodeError) as error:
        return None, [f"cannot be read: {error}"]
    data, faults = parse(text)
    if not isinstance(data, dict):
        return None, faults or ["the file should hold a mapping: base, grid, list, random, baseline, metrics"]
    try:
        return SweepSettings.model_validate({"name": path.stem, **data}), faults
    except ValidationError as error:
        return None, faults + describe(error, unknown=_unknown)


def _unknown(path: str) -> str:
    parent, _, last = path.rpartition(".")
    models: dict[str, type[Settings]] = {"random": RandomSettings, "": SweepSettings}
    model = models.get(parent, Named)
    valid = [field.alias or name for name, field in model.model_fields.items()]
    near = get_close_matches(last, valid, n=1)
    return f"unknown key; did you mean {near[0]}?" if near else f"unknown key; valid here: {', '.join(valid)}"


def _base(settings: SweepSettings, path: Path, pairs: list[tuple[str, object]]) -> tuple[Raw, list[str]]:
    """The settings that all runs start from, as they stand before they are checked, without `name` and `run.out`."""
    faults: list[str] = []
    if isinstance(settings.base, str):
        file = path.parent / settings.base
        try:
            raw, wrong = read_raw(file)
        except ConfigError as error:
            return {}, [f"base: {file}: {fault}" for fault in error.faults]
        faults += [f"base: {file}: {fault}" for fault in wrong]
        raw.pop("name", None)
        if isinstance(raw.get("run"), dict):
            raw["run"] = {key: value for key, value in raw["run"].items() if key != "out"}
    else:
        raw, faults = resolve_aliases({str(key): value for key, value in settings.base.items()})
        faults = [f"base: {fault}" for fault in faults]
        own = [key for key in ("name", "run.out") if _holds(raw, key)]
        faults += [f"base.{key}: cannot be given; {OWN}" for key in own]
    common = [(ALIASES.get(key, key), value) for key, value in settings.values.items()]
    faults += [f"set.{key}: cannot be given; {OWN}" for key, _ in common if FIXED.get(key) == OWN]
    faults += [f"{key}: cannot be given; {OWN} (from --set)" for key, _ in pairs if FIXED.get(key) == OWN]
    raw, blocked = put_all(raw, common, source=" (in set)")
    raw, more = put_all(raw, pairs)
    return raw, faults + blocked + more


def _holds(raw: Raw, key: str) -> bool:
    first, _, rest = key.partition(".")
    if not rest or first not in raw:
        return first in raw
    return isinstance(raw[first], dict) and _holds(raw[first], rest)


def _idle(options: Sequence[Option], given: Sequence[tuple[str, object]]) -> list[str]:
    """What is given after --set but would have no effect in a combination, which sets it anew."""
    found = []
    for key, value in given:
        swept_in = ((name, _full(swept)) for name, values in options for swept in values)
        hidden = next(((name, swept) for name, swept in swept_in if _hides(swept, key, value)), None)
        if hidden is not None:
            name, swept = hidden
            how = "" if swept == key else f" as {swept}"
            found.append(f"{key}: is swept here{how} (in {name}), so it cannot be fixed (from --set)")
    return found


def _full(key: str) -> str:
    return ALIASES.get(key, key)


def _hides(swept: str, key: str, value: object) -> bool:
    """Whether a combination's key replaces `value` at `key`, or a part of it."""
    if swept.startswith(f"{key}."):
        return isinstance(value, dict) and _holds(value, swept.removeprefix(f"{key}."))
    return key == swept or key.startswith(f"{swept}.")


def _combine(base: Raw, options: Sequence[tuple[str, Raw]], folder: Path) -> tuple[list[Combination], list[str]]:
    """A config for each; a fault that all of them share is told once, others with the combination's name."""
    found, wrong = [], []
    for name, values in options:
        values = {_full(key): value for key, value in values.items()}
        faults = [f"{key}: cannot be swept; {why}" for key, why in _fixed(values)]
        own = {"name": name, "run.out": str(folder / name)}
        raw, blocked = put_all(base, [*values.items(), *own.items()], source="")
        try:
            found.append(Combination(name, values, Config.model_validate(raw)))
        except ValidationError as error:
            faults += describe(error)
        wrong.append((name, faults + blocked))
    shared = [fault for fault in wrong[0][1] if all(fault in faults for _, faults in wrong)] if len(wrong) > 1 else []
    single = [f"{name}: {fault}" for name, faults in wrong for fault in faults if fault not in shared]
    return found, shared + single


def _fixed(values: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [
        (key, why)
        for key in values
        for fixed, why in FIXED.items()
        if key == fixed or key.startswith(f"{fixed}.") or fixed.startswith(f"{key}.")
    ]


def _name_faults(names: Sequence[str], baseline: str | None) -> list[str]:
    """Names are folders, also on disks that do not tell capitals apart, and rows of a table."""
    folded = [name.casefold() for name in names]
    faults = [f"two combinations are named {name!r}" for i, name in enumerate(names) if folded[i] in folded[:i]]
    faults += [
        f"{name}: is the row of an extractive baseline; choose another name" for name in names if name in BASELINES
    ]
    faults += [f"{name}: is a file of the sweep; choose another name" for name in names if name in (*FILES, CACHE)]
    if baseline is not None and baseline not in (*names, *EXTRACTIVE):
        near = get_close_matches(baseline, [*names, *EXTRACTIVE], n=1, cutoff=0.4)
        hint = f"; did you mean {near[0]}?" if near else f"; there are {', '.join(names[:8])}"
        faults.append(f"baseline: there is no combination {baseline!r}{hint}")
    return faults


def _twins(combinations: Sequence[Combination]) -> list[str]:
    first: dict[str, str] = {}
    faults = []
    for one in combinations:
        key = digest(one.config)
        if key in first:
            faults.append(f"{one.name}: has the settings of {first[key]}; leave one of them out")
        first.setdefault(key, one.name)
    return faults
