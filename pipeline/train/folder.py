"""The output folder of `precis train`: the model at its top, everything needed to resume below `work/`.

A part that is made in one go (a tokenizer, prepared pairs) is written beside its place and moved there when whole.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from pipeline.errors import ConfigError, InputError
from pipeline.files import Lock, write_json, write_text
from pipeline.files import remove_temporaries as _remove
from pipeline.train.load import Plan, differing_keys, load_plan, to_yaml

HEADER = "# The resolved settings of precis train; `precis train` with this file repeats it.\n"
DONE = "train.json"  # written last
WEIGHTS = "model.safetensors"


@contextmanager
def opened(out: Path, plan: Plan, fresh: bool) -> Iterator[Path]:
    """Claim `out` for `plan` and lock it; the result is its `work/`.

    ConfigError if the folder holds something else, or was begun with settings that differ (it names the keys).
    """
    _check_owner(out)
    work = out / "work"
    try:
        work.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError([f"--out: cannot be used: {error.strerror}"], where=str(out)) from error
    lock = Lock(work / ".lock")
    try:
        if fresh:
            _clear(out)
        _check_settings(out, plan)
        _remove(out)
        write_text(out / "train.yaml", HEADER + to_yaml(plan))
        yield work
    finally:
        lock.release()


def made(place: Path, make: Callable[[Path], None]) -> Path:
    """The folder `place`; if it is not there yet, `make` fills one beside it that is then moved there."""
    if not place.is_dir():
        part = place.with_name(place.name + ".part")
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        make(part)
        part.rename(place)
    return place


def check_same(work: Path, data: Mapping[str, str]) -> None:
    """Remember the data a training was begun with (name → sha256); InputError if these are others."""
    path = work / "data.json"
    if path.exists():
        old = json.loads(path.read_text(encoding="utf-8"))
        changed = sorted(name for name in {*old, *data} if old.get(name) != data.get(name))
        if changed:
            raise InputError(
                f"the data changed since this training began: {', '.join(changed)}",
                where=str(work.parent),
                fix="use --fresh to begin again, or another --out",
            )
    write_json(path, dict(data))


def sha256(path: Path) -> str:
    """Of a file's bytes, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def told_sha256(model: str) -> str:
    """`, sha256 …` of a model folder's weights, for a card; empty for a hub name."""
    weights = Path(model) / WEIGHTS
    return f", sha256 {sha256(weights)}" if weights.is_file() else ""


def is_finished(out: Path, limit: int | None) -> bool:
    """Whether the training in `out` came to its end and its model is there; ConfigError if --limit was another."""
    if not ((out / DONE).is_file() and (out / WEIGHTS).is_file()):
        return False
    before = json.loads((out / DONE).read_text(encoding="utf-8"))["limit"]
    if before != limit:
        fault = f"holds a training with --limit {before}, not {limit} (--fresh begins again, or another --out)"
        raise ConfigError([fault], where=str(out))
    return True


def _check_owner(out: Path) -> None:
    config = out / "train.yaml"
    if out.exists() and not out.is_dir():
        raise ConfigError(["--out: not a folder"], where=str(out))
    ours = config.is_file() and config.read_text(encoding="utf-8", errors="replace").startswith(HEADER)
    strangers = [name for name in ("config.json", WEIGHTS, "train.yaml", "README.md") if (out / name).exists()]
    strangers += ["work"] if any(path.name != ".lock" for path in (out / "work").glob("*")) else []
    if strangers and not ours:
        fault = f"--out: holds {', '.join(strangers)} that precis train did not write; choose another folder"
        raise ConfigError([fault], where=str(out))


def _check_settings(out: Path, plan: Plan) -> None:
    stored = out / "train.yaml"
    if not stored.is_file():
        return
    try:
        old = load_plan(stored)
    except ConfigError as error:
        advice = "the settings of the training in this folder cannot be read; use --fresh to begin again"
        raise ConfigError([advice, *error.faults], where=str(out)) from error
    keys = differing_keys(old, plan) if type(old) is type(plan) else ["kind"]
    if keys:
        fault = f"holds a training with other settings: {', '.join(keys)} (--fresh begins again, or another --out)"
        raise ConfigError([fault], where=str(out))


def _clear(out: Path) -> None:
    """Remove what an earlier training wrote; train.yaml, which marks it as ours, last."""
    for path in sorted((out / "work").iterdir()):
        if path.name == ".lock":
            continue
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    shutil.rmtree(out / "selector", ignore_errors=True)
    for name in (DONE, *MODEL_FILES, "README.md", "loss.svg", "log.jsonl", "train.yaml"):
        (out / name).unlink(missing_ok=True)


MODEL_FILES = (WEIGHTS, "config.json", "generation_config.json", "tokenizer.json", "tokenizer_config.json")


def move_model(made_in: Path, out: Path) -> None:
    """Put the files of an exported model at the top of `out`, one by one, whole."""
    for path in sorted(made_in.iterdir()):
        if path.is_file():
            copy_file(path, out / path.name)


def copy_file(path: Path, to: Path) -> None:
    """A copy that is whole or not there."""
    part = to.with_name(f".precis-{to.name}.tmp")
    shutil.copyfile(path, part)
    part.replace(to)
