"""Engines × number types × batch sizes × threads → the combinations that are measured, each with its settings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

from pipeline.config import Config, load_config
from pipeline.engines import ENGINES
from pipeline.errors import ConfigError
from pipeline.records import KINDS
from pipeline.settings_engine import EngineSettings

# What an engine does not look at: it is measured once, whatever was asked for.
DEAF: dict[str, tuple[str, ...]] = {
    "lead": ("dtype", "batch_size", "threads"),
    "textrank": ("dtype", "batch_size", "threads"),
    "fake": ("dtype", "batch_size", "threads"),
    "endpoint": ("dtype", "threads"),
}
MARKS = {"dtype": "", "batch_size": "b", "threads": "t"}
Value = str | int | None
_SETTING = re.compile(r"\+(?=[a-z_]+=)")


@dataclass(frozen=True, slots=True)
class Axes:
    """What is combined. An engine is `NAME`, `NAME:MODEL` or either with settings: `NAME:MODEL+beams=2+…`.

    An empty axis is as the config has it. `batch_articles`: articles worked on at once; None: as many as the batch size
    where `batch_sizes` are given, else as the config has it.
    """

    engines: tuple[str, ...] = ()
    dtypes: tuple[str, ...] = ()
    batch_sizes: tuple[int, ...] = ()
    threads: tuple[int, ...] = ()
    batch_articles: int | None = None


@dataclass(frozen=True, slots=True)
class Combination:
    """One row: `config` is None, and `fault` says why, where these settings cannot be."""

    name: str
    engine: str
    config: Config | None
    fault: str | None = None


@dataclass(frozen=True, slots=True)
class Base:
    """The settings that all combinations share: a config file (None: the defaults), overrides, and dotted values."""

    path: str | None = None
    overrides: tuple[str, ...] = ()
    values: Mapping[str, object] = field(default_factory=dict)

    def config(self, overrides: Sequence[str] = (), values: Mapping[str, object] | None = None) -> Config:
        """The settings with further overrides and values; ConfigError lists every fault."""
        return load_config(self.path, [*self.overrides, *overrides], {**self.values, **(values or {})})


def combinations(shared: Base, axes: Axes) -> list[Combination]:
    """Every combination once, in the order of the engines; ConfigError if none of them can be."""
    _check(axes)
    base = shared.config()
    _check_kinds(base, axes)
    specs = axes.engines or (None,)
    found: dict[str, Combination] = {}
    for spec in specs:
        for settings in _settings(_name(spec) if spec else base.engine.name, axes):
            name = " ".join([_short(spec, specs) if spec else _of(base.engine), *_marks(settings, axes)])
            found.setdefault(name, _combination(name, spec, settings, shared, axes))
    made = list(found.values())
    if all(one.fault for one in made):
        raise ConfigError(list(dict.fromkeys(f"{one.name}: {one.fault}" for one in made)))
    return made


def named(made: Sequence[Combination], reference: str | None) -> str:
    """The name of the reference: the first combination, or the first that has this name or this engine."""
    if reference is None:
        return made[0].name
    for one in made:
        if reference in (one.name, one.engine):
            return one.name
    raise ConfigError([f"no combination is called {reference!r}; there are {', '.join(one.name for one in made)}"],
                      where="--reference")  # fmt: skip


def _combination(name: str, spec: str | None, settings: dict[str, Value], shared: Base, axes: Axes) -> Combination:
    own: dict[str, object] = {f"engine.{key}": value for key, value in settings.items() if value is not None}
    size = axes.batch_articles or (settings.get("batch_size") if axes.batch_sizes else None)
    if size is not None:
        own["run.batch_articles"] = size
    extra: list[str] = []
    if spec:
        engine, model, extra = parse_engine(spec)
        own |= {"engine.name": engine, "engine.model": model}
        own |= {f"outputs.{kind}.engine": None for kind in KINDS}
    try:
        config = shared.config(extra, own)
    except ConfigError as error:
        return Combination(name, spec or "", None, "; ".join(error.faults))
    return Combination(name, spec or config.engine.name, config)


def parse_engine(spec: str) -> tuple[str, str | None, list[str]]:
    """`NAME[:MODEL][+key=value…]` as name, model and `engine.key=value` overrides; ConfigError for an unknown name."""
    whole, *settings = _SETTING.split(spec)
    name, _, model = whole.partition(":")
    if name not in ENGINES:
        raise ConfigError([f"unknown engine {name!r}, of {', '.join(ENGINES)}"], where="--engines")
    return name, model or None, [f"engine.{setting}" for setting in settings]


def _name(spec: str) -> str:
    return parse_engine(spec)[0]


def _settings(engine: str, axes: Axes) -> Iterable[dict[str, Value]]:
    """The settings of an engine's combinations; an axis it does not look at has one value."""
    deaf = DEAF.get(engine, ())
    values: list[Sequence[Value]] = []
    for key, wanted in (("dtype", axes.dtypes), ("batch_size", axes.batch_sizes), ("threads", axes.threads)):
        values.append((None,) if key in deaf or not wanted else tuple(wanted))
    return [dict(zip(MARKS, chosen, strict=True)) for chosen in product(*values)]


def _marks(settings: dict[str, Value], axes: Axes) -> list[str]:
    """What tells a combination from those of the same engine."""
    varied = {"dtype": len(axes.dtypes) > 1, "batch_size": len(axes.batch_sizes) > 1, "threads": len(axes.threads) > 1}
    return [f"{MARKS[key]}{value}" for key, value in settings.items() if value is not None and varied[key]]


def _short(spec: str, specs: Iterable[str | None]) -> str:
    """The engine with the last part of its model's path, where that tells it from the others."""
    own = _last_part(spec)
    return own if [_last_part(other) for other in specs if other].count(own) == 1 else spec


def _last_part(spec: str) -> str:
    name, model, settings = parse_engine(spec)
    more = [setting.removeprefix("engine.") for setting in settings]
    return "+".join([f"{name}:{model.rstrip('/').rpartition('/')[2]}" if model else name, *more])


def _of(settings: EngineSettings) -> str:
    return _last_part(f"{settings.name}:{settings.model}") if settings.model else settings.name


def _check(axes: Axes) -> None:
    faults = [f"{name}: {value} is less than 1" for name, values in _numbers(axes) for value in values if value < 1]
    if faults:
        raise ConfigError(faults)
    for spec in axes.engines:
        parse_engine(spec)


def _numbers(axes: Axes) -> list[tuple[str, tuple[int, ...]]]:
    once = () if axes.batch_articles is None else (axes.batch_articles,)
    return [("--batch-sizes", axes.batch_sizes), ("--threads", axes.threads), ("--batch-articles", once)]


def _check_kinds(base: Config, axes: Axes) -> None:
    """A kind's own engine would not be varied, so varying needs engines that write every kind."""
    own = [kind for kind in KINDS if getattr(base.outputs, kind).engine is not None]
    if own and not axes.engines and (axes.dtypes or axes.batch_sizes or axes.threads):
        why = "a kind's own engine is not varied; name what to measure with --engines"
        raise ConfigError([f"outputs.{kind}.engine: {why}" for kind in own])
