"""Will this config run here, offline? One check per thing it needs."""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from pipeline.config import Config
from pipeline.doctor.check import Check
from pipeline.doctor.everything import describe, embedded_backend, embedded_model, engine_check
from pipeline.doctor.models import Model, cached_datasets, cached_models, find_model
from pipeline.doctor.needs import ENGINE_NEEDS, FORMAT_NEEDS, METRIC_NEEDS, remedy
from pipeline.errors import InputError
from pipeline.ingest.discover import discover
from pipeline.ingest.formats import kind_of
from pipeline.machine import GIB, gpus, memory_gib
from pipeline.records import KINDS
from pipeline.settings_engine import EngineSettings

ROOM = 2.0  # a model takes about this many times its size on the disk while it is loaded
HUB = "hf://"
SERVER = "http://localhost:8000/v1"  # where the engine endpoint looks without a setting
WAIT_S = 2.0


def config_checks(config: Config, cache: Path | None = None) -> list[Check]:
    """A check for the input, every engine and its model, every metric's model, and the run directory."""
    cached, _ = cached_models(cache)
    found = [*_input(config, cache), *_engines(config, cached), *_metrics(config, cached), _out(config)]
    return [replace(check, group=f"config {config.name}") for check in found]


def engines_of(config: Config) -> dict[str, EngineSettings]:
    """The engines that write the wanted kinds, by the key that names them, without repeats."""
    found: dict[str, EngineSettings] = {}
    for kind in KINDS:
        wanted = getattr(config.outputs, kind)
        key = "engine" if wanted.engine is None else f"outputs.{kind}.engine"
        if wanted.enabled:
            found[key] = wanted.engine or config.engine
    return found


def _input(config: Config, cache: Path | None) -> Iterator[Check]:
    path = config.input.path
    if path == "-":
        yield Check("", "input.path", True, "stdin", needed=True)
    elif path.startswith(HUB):
        there = path.removeprefix(HUB) in cached_datasets(cache)
        told = "in the cache" if there else "not in the cache: it would be read from the Hub"
        yield Check("", "input.path", there, f"{path}: {told}", needed=True)
    else:
        yield from _files(path)


def _files(path: str) -> Iterator[Check]:
    try:
        files = [file for file, _ in discover(Path(path))]
    except InputError as error:
        yield Check("", "input.path", False, str(error), needed=True)
        return
    shut = [file for file in files if not os.access(file, os.R_OK)]
    told = f"{len(files)} file{'s' * (len(files) != 1)} in {path}" + (f", not readable: {shut[0]}" if shut else "")
    yield Check("", "input.path", not shut, told, needed=True)
    for suffix in sorted({kind for file in files if (kind := kind_of(file))}):
        lost = remedy(FORMAT_NEEDS[suffix])
        if lost:
            yield Check("", f"input {suffix}", False, lost, needed=True)


def _engines(config: Config, cached: Sequence[Model]) -> Iterator[Check]:
    for key, settings in engines_of(config).items():
        needs = ENGINE_NEEDS[settings.name]
        ready = engine_check(settings.name, (), needed=True)
        yield replace(ready, what=key, detail=ready.detail if not ready.ok else settings.name)
        if settings.model is not None and needs.model in ("package", "named"):
            yield _model(f"{key}.model", settings.model, settings.revision, settings.name, cached)
        elif needs.model == "package":
            yield replace(embedded_model(), what=f"{key}.model")
        elif settings.name == "fake" and settings.model is not None:
            yield _file(f"{key}.model", settings.model)
        elif needs.model == "server":
            yield from _server(key, settings)
        if settings.name == "embedded" and (settings.model is None or Path(settings.model).is_dir()):
            yield replace(embedded_backend(settings), what=f"{key}.backend")
        yield from _surroundings(key, settings)


def _model(what: str, name: str, revision: str | None, use: str, cached: Sequence[Model]) -> Check:
    """Whether the model is whole, of the right kind, and not larger than what is free of the memory."""
    model = find_model(name, revision, cached)
    if model is None:
        version = f" --revision {revision}" if revision else ""
        fix = "no such folder" if name.startswith((".", "/", "~")) else f"fetch it once: hf download {name}{version}"
        return Check("", what, False, f"{name}: not on this disk; {fix}", needed=True)
    told = f"{name}: {describe(model)}"
    if model.lacks:
        return Check("", what, False, told, needed=True)
    if use not in model.use:
        return Check("", what, False, f"{told}; not for {use}", needed=True)
    takes, free = ROOM * model.mib / 1024, memory_gib()[1]
    if free is not None and takes > free:
        return Check("", what, False, f"{told}; takes about {takes:.1f} GiB, {free} are free", needed=True)
    return Check("", what, True, told, needed=True)


def _file(what: str, name: str) -> Check:
    there = Path(name).is_file()
    return Check("", what, there, name if there else f"{name}: no such file", needed=True)


def _server(key: str, settings: EngineSettings) -> Iterator[Check]:
    """Whether something listens where the server should be, and the variable of its key is set, which is not shown."""
    address = urlsplit(settings.base_url or SERVER)
    port = address.port or (443 if address.scheme == "https" else 80)
    place = f"{address.hostname}:{port}"
    try:
        socket.create_connection((address.hostname, port), timeout=WAIT_S).close()
        yield Check("", f"{key}.base_url", True, f"{place} answers", needed=True)
    except OSError as error:
        yield Check("", f"{key}.base_url", False, f"{place}: {error.strerror or error}", needed=True)
    name = settings.api_key_env
    if name:
        there = bool(os.environ.get(name))
        yield Check("", f"{key}.api_key_env", there, f"{name} is {'' if there else 'not '}set", needed=True)


def _surroundings(key: str, settings: EngineSettings) -> Iterator[Check]:
    """The prompts' folder and the graphics card, where settings name them."""
    prompts = settings.prompts
    if prompts:
        there = Path(prompts).is_dir()
        yield Check("", f"{key}.prompts", there, prompts if there else f"{prompts}: no such folder", needed=True)
    device = settings.device
    if device.startswith("cuda"):
        cards = gpus()
        yield Check("", f"{key}.device", bool(cards), ", ".join(cards) or f"{device}: no driver", needed=True)


def _metrics(config: Config, cached: Sequence[Model]) -> Iterator[Check]:
    if not config.score.enabled:
        return
    for name, needs in METRIC_NEEDS.items():
        model = getattr(config.score.models, name, None)
        if model is not None:
            lost = remedy(needs)
            what = f"score.models.{name}"
            yield Check("", what, False, lost, needed=True) if lost else _model(what, model, None, name, cached)
    for path in config.score.evaluate:
        there = Path(path).exists()
        yield Check("", "score.evaluate", there, path if there else f"{path}: no such module", needed=True)


def _out(config: Config) -> Check:
    """Whether the run directory can be written, and the room there."""
    place = config.out_dir.resolve()
    above = next(folder for folder in (place, *place.parents) if folder.exists())
    if not above.is_dir() or not os.access(above, os.W_OK | os.X_OK):
        return Check("", "run.out", False, f"{config.out_dir}: cannot be written", needed=True)
    free = shutil.disk_usage(above).free / GIB
    return Check("", "run.out", True, f"{config.out_dir}, {free:.1f} GiB free", needed=True)
