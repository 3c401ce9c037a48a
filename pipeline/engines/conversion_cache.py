"""Conversions for CTranslate2, kept in the user's cache folder under a hash of all they depend on.

`PRECIS_CACHE` names the folder; otherwise it is `precis` in `XDG_CACHE_HOME` or `~/.cache`. A conversion is written
beside its place and moved there whole, so that several processes may convert the same checkpoint at once and a killed
one leaves nothing that could be taken for a conversion; one whose files are not as they were written is made anew.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from pipeline.errors import EngineError, first_line
from pipeline.files import write_json

DONE = "conversion.json"
KEPT = "ctranslate2"  # the folder below the cache's


class NoCache(EngineError):
    """Conversions cannot be kept: nothing is wrong with the model."""


def cache_folder() -> Path:
    """Where conversions are kept; NoCache if that is below a home that the system does not know."""
    stated, caches = os.environ.get("PRECIS_CACHE"), os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    folder = Path(stated) if stated else Path(caches) / "precis"
    try:
        return folder.expanduser()
    except RuntimeError as error:
        raise NoCache("there is no such home folder", where=str(folder), fix="set PRECIS_CACHE") from error


def writable() -> bool:
    """Whether a conversion could be kept in `cache_folder()`; nothing is made."""
    place = cache_folder() / KEPT
    try:
        above = next((folder for folder in (place, *place.parents) if folder.exists()), None)
    except OSError:  # a folder above may not be entered
        return False
    return above is not None and above.is_dir() and os.access(above, os.W_OK | os.X_OK)


def size() -> tuple[int, int]:
    """How many conversions are kept, and their bytes; any of them may be deleted, it is made anew."""
    try:
        found = [path for path in (cache_folder() / KEPT).glob("*") if (path / DONE).is_file()]
        return len(found), sum(file.stat().st_size for path in found for file in path.iterdir())
    except OSError:
        return 0, 0


def kept(name: str, make: Callable[[Path], None]) -> Path:
    """The folder of the conversion `name`; `make` fills it if it is not there. NoCache if it cannot be kept."""
    path = cache_folder() / KEPT / name
    if is_whole(path):
        return path
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(
            prefix=f".{path.name}-", dir=path.parent, ignore_cleanup_errors=True
        ) as made:
            part = Path(made) / "model"
            make(part)
            write_json(part / DONE, {"files": {p.name: p.stat().st_size for p in sorted(part.iterdir())}})
            _put(part, path, Path(made) / "old")
    except OSError as error:
        raise NoCache(
            f"no conversion can be kept there: {error.strerror or first_line(error)}",
            where=str(path.parent),
            fix="set PRECIS_CACHE",
        ) from error
    return path


def name_of(facts: Sequence[object]) -> str:
    """The name of a conversion by all that it depends on, whose `repr` tells it."""
    return hashlib.sha256(repr(facts).encode()).hexdigest()[:32]


def file_sha256(path: Path) -> str | None:
    """The hash (hex) of a file; None if there is no such file."""
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else None


@contextmanager
def opening(path: Path) -> Iterator[None]:
    """What CTranslate2 says of a conversion that it cannot load, as an EngineError."""
    try:
        yield
    except (RuntimeError, ValueError) as error:
        raise EngineError(
            f"the conversion cannot be loaded: {error}", where=str(path), fix="delete that folder, it is made anew"
        ) from error


def is_whole(path: Path) -> bool:
    """Whether every file of a conversion is there in its full size."""
    try:
        sizes = json.loads((path / DONE).read_text(encoding="utf-8"))["files"]
        return all((path / name).stat().st_size == size for name, size in sizes.items())
    except (OSError, ValueError, KeyError, AttributeError, TypeError):
        return False


def _put(made: Path, path: Path, old: Path) -> None:
    """Move a conversion to its place; one that another process put there first is as good."""
    if path.exists() and not is_whole(path):
        with suppress(FileNotFoundError):  # another process moved it
            path.rename(old)
    try:
        made.rename(path)
    except OSError:
        if not is_whole(path):
            raise
