"""The folder of a sweep: one writer at a time, nothing foreign overwritten, no other sweep mixed in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from pipeline.claim import check_owner, clear
from pipeline.config import differing_keys
from pipeline.errors import ConfigError
from pipeline.files import Lock, remove_temporaries, write_text
from pipeline.sweep.load import CACHE, FILES, Sweep, load_sweep, to_yaml

HEADER = "# The resolved definition of a precis sweep; `precis sweep` with this file repeats it.\n"


@contextmanager
def claimed(sweep: Sweep, fresh: bool) -> Iterator[Path]:
    """Create or reopen the sweep's folder and hold its lock; `fresh` first removes what an earlier sweep wrote there.

    ConfigError if the folder belongs to something else, is in use, or holds a sweep of other runs (it names them).
    """
    path = sweep.out
    _check_owner(path)
    try:
        path.mkdir(parents=True, exist_ok=True)
        lock = Lock(path / ".lock")
    except OSError as error:
        raise ConfigError([f"cannot be used: {error.strerror}"], where=str(path)) from error
    try:
        stored = path / "sweep.yaml"
        if stored.is_file() and fresh:
            _clear(path, sweep)
        elif stored.is_file():
            _check_same(path, sweep)
        remove_temporaries(path)
        write_text(stored, HEADER + to_yaml(sweep))
        yield path
    finally:
        lock.release()


def differences(old: Sweep, new: Sweep) -> list[str]:
    """What sets the runs of two sweeps apart, one line a combination; empty if they are the same runs.

    The baseline, the metrics and the trials are no part of it: the comparison is made anew every time.
    """
    before = {one.name: one.config for one in old.combinations}
    after = {one.name: one.config for one in new.combinations}
    lines = [f"{name}: is no longer in the sweep" for name in before if name not in after]
    for name, config in after.items():
        if name not in before:
            lines.append(f"{name}: is new")
        elif keys := differing_keys(before[name], config):
            lines.append(f"{name}: {', '.join(keys)}")
    return lines


def _check_owner(path: Path) -> None:
    stored = path / "sweep.yaml"
    mark = HEADER.encode()
    strangers = [name for name in FILES if (path / name).exists()]
    if stored.is_file() and stored.read_bytes()[: len(mark)] == mark:
        strangers = []
    if strangers:
        fault = f"holds {', '.join(strangers)} that precis sweep did not write; choose another --out"
        raise ConfigError([fault], where=str(path))
    if (path / "config.yaml").exists():
        raise ConfigError(["is the folder of a run; choose another --out"], where=str(path))


def _check_same(path: Path, sweep: Sweep) -> None:
    advice = "use --fresh to start it over, or another --out"
    try:
        found = differences(load_sweep(path / "sweep.yaml"), sweep)
    except ConfigError as error:
        fault = f"the sweep in this folder cannot be read; {advice}"
        raise ConfigError([fault, *error.faults], where=str(path)) from error
    if found:
        raise ConfigError([f"holds a sweep with other runs ({advice}):", *found], where=str(path))


def _clear(path: Path, sweep: Sweep) -> None:
    """Remove an earlier sweep: its runs that are not run anew, the kept texts and the comparison."""
    kept = {one.name for one in sweep.combinations}
    for name in _stored_names(path):
        if name not in kept:
            _remove_run(path / name)
    for name in (CACHE, *FILES[1:]):
        (path / name).unlink(missing_ok=True)


def _stored_names(path: Path) -> list[str]:
    """The runs of the sweep in the folder; none if its file cannot be read: those asked for start over anyway."""
    try:
        return [one.name for one in load_sweep(path / "sweep.yaml").combinations]
    except ConfigError:
        return []


def _remove_run(folder: Path) -> None:
    """The files of a run that precis wrote, and the folder if nothing else lies in it; others stay as they are.

    ConfigError if another process works in it.
    """
    if not (folder / "config.yaml").is_file():
        return
    try:
        check_owner(folder)
    except ConfigError:
        return
    lock = Lock(folder / ".lock")
    clear(folder)
    lock.release()
    (folder / ".lock").unlink(missing_ok=True)
    with suppress(OSError):
        (folder / "parts").rmdir()
        folder.rmdir()
