"""What works here: the machine, packages, engines, models in the cache, input formats, metrics."""

from __future__ import annotations

import os
import platform
import shutil
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

from pipeline.doctor.check import Check
from pipeline.doctor.models import MIB, Model, cache_folder, cached_models
from pipeline.doctor.needs import CORE, ENGINE_NEEDS, FORMAT_NEEDS, METRIC_NEEDS, Needs, remedy, there, version_of
from pipeline.engines import ENGINES, conversion_cache
from pipeline.engines.embedded_backends import chosen_backend
from pipeline.errors import EngineError
from pipeline.machine import GIB, machine
from pipeline.settings_engine import EngineSettings

WEIGHTS = (
    "config.json", "model.safetensors", "tokenizer.json", "selector/selector.json",
    "selector/headlines.json", "selector/selector.safetensors",
)  # fmt: skip
SLOWER = "numpy in float32, several times slower than ctranslate2"
OFFLINE = ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "HF_DATASETS_OFFLINE")
TRUE = frozenset({"1", "on", "yes", "true"})


def checks(cache: Path | None = None) -> list[Check]:
    """Everything, group by group; `cache` stands in for the Hugging Face cache. Imports nothing
    heavier than CTranslate2."""
    models, damaged = cached_models(cache)
    return [
        *_machine(),
        *_packages(),
        embedded_model(),
        embedded_backend(EngineSettings()),
        *_cached(models, damaged, cache),
        *(engine_check(name, models) for name in ENGINES),
        *_formats(),
        *(_metric(name, needs, models) for name, needs in METRIC_NEEDS.items()),
    ]


def _machine() -> list[Check]:
    here = machine()
    cores = f"{here['cores_usable']} of {here['cores']} usable, {here['cpu']}"
    free = "" if here["memory_free_gib"] is None else f", {here['memory_free_gib']} free"
    disk = shutil.disk_usage(Path.cwd()).free / GIB
    offline = [name for name in OFFLINE if is_set(name)]
    return [
        Check("machine", "python", True, platform.python_version(), needed=True),
        Check("machine", "cores", True, cores),
        Check("machine", "memory", True, f"{here['memory_gib'] or 'unknown'} GiB{free}"),
        Check("machine", "disk", True, f"{disk:.1f} GiB free in the working directory"),
        Check("machine", "gpu", bool(here["gpus"]), ", ".join(here["gpus"]) or "no driver; models run on the CPU"),
        Check("machine", "offline", True, f"{offline[0]} is set: nothing is downloaded" if offline else
              "HF_HUB_OFFLINE is not set: a model that is not here would be downloaded"),
    ]  # fmt: skip


def is_set(name: str) -> bool:
    """Whether an environment variable says yes, as the Hugging Face libraries read it."""
    return os.environ.get(name, "").lower() in TRUE


def _packages() -> list[Check]:
    found = [
        Check("packages", module, there(module), f"{version_of(module)}  {use}".strip(), needed=True)
        for module, use in CORE.items()
    ]
    chromium = shutil.which("chromium") is not None
    return [*found, Check("packages", "chromium", chromium, "for the browser tests only")]


def embedded_model() -> Check:
    """Whether the package holds its own model."""
    weights = files("pipeline").joinpath("weights")
    lost = [name for name in WEIGHTS if not weights.joinpath(*name.split("/")).is_file()]
    detail = f"missing: {', '.join(lost)}" if lost else "in the package"
    return Check("models", "embedded model", not lost, detail, needed=True)


def embedded_backend(settings: EngineSettings) -> Check:
    """What would compute the embedded model with these settings, and where its conversion is kept; imports CTranslate2
    if that is to compute."""
    folder = Path(settings.model or str(files("pipeline").joinpath("weights")))
    try:
        ok, told = _computed_by(chosen_backend(settings, folder), settings)
    except EngineError as error:
        ok, told = False, str(error)
    return Check("models", "embedded backend", ok, told, needed=settings.backend != "auto")


def _computed_by(backend: str, settings: EngineSettings) -> tuple[bool, str]:
    if backend == "lean":
        return True, SLOWER
    if backend == "transformers":
        lost = remedy(Needs(("torch", "transformers")))
        return not lost, lost or f"transformers, {settings.dtype or 'float32'}, device {settings.device}"
    place, (count, size) = conversion_cache.cache_folder(), conversion_cache.size()
    there = f"{count} there, {size / MIB:.0f} MiB"
    if conversion_cache.writable():
        return True, f"ctranslate2 in int8; conversions are kept in {place} ({there})"
    if count:
        return True, f"ctranslate2 in int8 if its conversion is in {place} ({there}; not writable); else {SLOWER}"
    return False, f"nothing can be kept in {place} (set PRECIS_CACHE), which ctranslate2 needs; {SLOWER}"


def _cached(models: Sequence[Model], damaged: Sequence[str], cache: Path | None) -> list[Check]:
    """A row per model in the cache; one row if there is none."""
    place = cache or cache_folder()
    if not models and not damaged:
        return [Check("models", "Hugging Face cache", False, f"no models in {place}")]
    found = [Check("models", _label(model, models), not model.lacks, describe(model)) for model in models]
    return found + [Check("models", "damaged", False, what) for what in damaged]


def _label(model: Model, models: Sequence[Model]) -> str:
    """The model's name, with its revision where the cache has several."""
    several = [other.name for other in models].count(model.name) > 1
    return f"{model.name}@{(model.revision or '')[:8]}" if several else model.name


def describe(model: Model) -> str:
    """Size, what is missing or what it is for."""
    size = f"{model.mib:.1f} MiB" if model.mib < 1000 else f"{model.mib / 1024:.1f} GiB"
    if model.lacks:
        return f"{size}, incomplete: no {', '.join(model.lacks[:3])}{', …' if len(model.lacks) > 3 else ''}"
    return f"{size}, for {', '.join(model.use)}" if model.use else f"{size}, no engine or metric loads it"


def engine_check(name: str, models: Sequence[Model], group: str = "engines", *, needed: bool = False) -> Check:
    """Whether an engine's packages are there, and what it would need besides."""
    needs = ENGINE_NEEDS[name]
    lost = remedy(needs)
    if lost:
        return Check(group, name, False, lost, needed=needed or name == "embedded")
    return Check(group, name, True, _model_told(name, needs, models), needed=needed or name == "embedded")


def _model_told(name: str, needs: Needs, models: Sequence[Model]) -> str:
    if needs.model == "server":
        return "needs the address of a server"
    if needs.model == "named":
        fitting = [model.name for model in models if name in model.use and not model.lacks]
        named = f"of the cache: {', '.join(fitting)}" if fitting else "none in the cache"
        return f"needs a model folder or hub name ({named})"
    return "with the model in the package" if needs.model == "package" else "without a model"


def _formats() -> list[Check]:
    found = []
    for suffix, needs in FORMAT_NEEDS.items():
        lost = remedy(needs)
        told = lost or ", ".join(needs.modules)
        found.append(Check("inputs", suffix, not lost, told, needed=bool(lost) and needs.extra is None))
    return found


def _metric(name: str, needs: Needs, models: Sequence[Model]) -> Check:
    lost = remedy(needs)
    if lost or needs.model == "none":
        return Check("metrics", name, not lost, lost, needed=not needs.extra)
    fitting = [model.name for model in models if name in model.use and not model.lacks]
    named = f"of the cache: {', '.join(fitting)}" if fitting else "none in the cache"
    return Check("metrics", name, True, f"needs a model in score.models.{name} ({named})")
