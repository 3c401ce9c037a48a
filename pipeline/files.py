"""Files that are whole or absent: atomic writes, JSON Lines, and the lock of a run directory.

JSON is written as UTF-8 with fixed separators. The three characters beyond ASCII's controls that some
readers take for line ends are escaped, and so are lone surrogates (of undecodable file names).
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Any

from pipeline.errors import ConfigError, InputError

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

JsonObject = dict[str, Any]
TEMPORARY = ".precis-*.tmp"
_LINE_ENDS = {ord(char): f"\\u{ord(char):04x}" for char in "\x85\u2028\u2029"}


def to_line(record: Mapping[str, Any]) -> str:
    """One JSON object as one line without its line end; ValueError for NaN and infinities."""
    text = json.dumps(record, ensure_ascii=False, allow_nan=False, separators=(", ", ": "))
    return _escaped(text)


def write_text(path: Path, text: str) -> None:
    """Write `text` to `path` atomically."""
    _write(path, (text,))


def write_json(path: Path, record: Mapping[str, Any]) -> None:
    """Write one JSON object to `path` atomically, indented."""
    text = json.dumps(record, ensure_ascii=False, allow_nan=False, indent=2)
    _write(path, (_escaped(text), "\n"))


def write_jsonl(path: Path, records: Iterable[Mapping[str, Any]]) -> None:
    """Write one JSON object a line to `path` atomically."""
    _write(path, (to_line(record) + "\n" for record in records))


def read_jsonl(path: Path) -> Iterator[JsonObject]:
    """The JSON objects of `path` (.gz and .xz are unpacked), blank lines skipped.

    InputError names the file and line of what is no UTF-8, no JSON object or damaged; OSError if there is no such file.
    """
    return (record for _, record in located_jsonl(path))


def located_jsonl(path: Path) -> Iterator[tuple[str, JsonObject]]:
    """`file:line` and the object of each line, read as `read_jsonl` reads them."""
    for where, line in _lines(path):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise InputError(f"not valid JSON: {error}", where=where) from error
        if not isinstance(record, dict):
            raise InputError("should be a JSON object", where=where)
        yield where, record


def _lines(path: Path) -> Iterator[tuple[str, str]]:
    """`file:line` and the text of every line."""
    from pipeline.decoding import UNREADABLE, decode, fault, open_bytes  # loads gzip and lzma: only for a reader

    number = 0
    with open_bytes(path) as lines:
        try:
            for number, line in enumerate(lines, 1):
                yield f"{path}:{number}", decode(line)
        except UNREADABLE as error:
            raise InputError(f"the file is damaged: {fault(error)}", where=f"{path}:{number + 1}") from error
        except ValueError as error:
            raise InputError(str(error), where=f"{path}:{number}") from error


def remove_temporaries(folder: Path) -> None:
    """Remove what a killed writer left behind in `folder`; call it under the lock only."""
    for path in folder.glob(TEMPORARY):
        path.unlink(missing_ok=True)


def _escaped(text: str) -> str:
    """JSON whose strings hold no line ends and no lone surrogates: both as \\u escapes."""
    return text.translate(_LINE_ENDS).encode("utf-8", "backslashreplace").decode("utf-8")


def _write(path: Path, chunks: Iterable[str]) -> None:
    """Write a neighbouring temporary file, flush it to the disk, and rename it over `path`."""
    temporary = path.with_name(f".precis-{os.getpid()}-{path.name}.tmp")
    try:
        with temporary.open("wb") as file:
            for chunk in chunks:
                file.write(chunk.encode("utf-8", "backslashreplace"))
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    if sys.platform == "win32":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class Lock:
    """An exclusive lock on a file, held by one process; it ends with the process, however that ends."""

    def __init__(self, path: Path) -> None:
        """Take the lock; ConfigError if another process holds it or the folder cannot be locked."""
        self._file = path.open("a+b")
        try:
            self._take()
        except BlockingIOError:
            self._file.close()
            fault = (
                "another precis process is working in this directory; wait for it or choose another run.out"
            )
            raise ConfigError([fault], where=str(path.parent)) from None
        except OSError as error:
            self._file.close()
            raise ConfigError([f"cannot be locked: {error.strerror}"], where=str(path.parent)) from error

    def _take(self) -> None:
        if sys.platform == "win32":
            try:
                msvcrt.locking(self._file.fileno(), msvcrt.LK_NBLCK, 1)
            except PermissionError as error:
                raise BlockingIOError from error
        else:
            fcntl.flock(self._file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)

    def release(self) -> None:
        """Give the lock back; twice is harmless."""
        self._file.close()


def _sha256(path: Path) -> bytes:
    """Taken of a file at one go, so that other threads may run meanwhile."""
    with path.open("rb") as stream:
        try:
            with mmap(stream.fileno(), 0, access=ACCESS_READ) as content:
                return hashlib.sha256(content).digest()
        except (OSError, ValueError):  # an empty file, or a file system that cannot map
            return hashlib.file_digest(stream, "sha256").digest()


@lru_cache(maxsize=8)
def weights_sha256(folder: str) -> str:
    """sha256 (hex) over the weight files of a folder in order of name; empty if there are none."""
    files = sorted(p for p in Path(folder).glob("*") if p.suffix in (".safetensors", ".bin"))
    if not files:
        return ""
    total = hashlib.sha256()
    for path in files:
        total.update(_sha256(path))
    return total.hexdigest()
