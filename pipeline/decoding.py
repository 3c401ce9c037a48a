"""Bytes to text: compressed files unpacked, UTF-8 or a fault that says where; no encoding is guessed."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import zlib
from collections.abc import Iterator
from io import BufferedIOBase
from pathlib import Path
from typing import cast

PACKED = (".gz", ".xz", ".bz2", ".zst")
UNREADABLE = (OSError, EOFError, lzma.LZMAError, zlib.error)
MOST_BYTES = 64 * 2**20  # of one document, or of one line of a file of records, after unpacking


def open_bytes(path: Path) -> BufferedIOBase:
    """The bytes of `path`, decompressed when its name ends in .gz, .xz, .bz2 or .zst."""
    suffix = path.suffix.lower()
    if suffix == ".gz":
        return gzip.open(path, "rb")
    if suffix == ".xz":
        return lzma.open(path, "rb")
    if suffix == ".bz2":
        return bz2.open(path, "rb")
    return _open_zstandard(path) if suffix == ".zst" else path.open("rb")


def _open_zstandard(path: Path) -> BufferedIOBase:
    """Through pyarrow's codec: the standard library has none before Python 3.14."""
    import pyarrow

    path.open("rb").close()  # its OSError has the plain reason
    stream = pyarrow.input_stream(str(path), compression="zstd")
    return io.BufferedReader(cast(io.RawIOBase, stream))


def read_bytes(path: Path) -> bytes:
    """All bytes of one document, unpacked; ValueError over MOST_BYTES, one of UNREADABLE for a damaged file."""
    with open_bytes(path) as file:
        data = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise ValueError(f"holds more than {MOST_BYTES >> 20} MiB, the limit for one document")
    return data


def read_lines(path: Path) -> Iterator[bytes]:
    """The lines of a file, unpacked, each with its end; ValueError at one over MOST_BYTES.

    No more than a line is held, so that an archive that unpacks to any size stays within memory.
    """
    with open_bytes(path) as file:
        while line := file.readline(MOST_BYTES + 1):
            if len(line) > MOST_BYTES:
                raise ValueError(f"a line holds more than {MOST_BYTES >> 20} MiB; the rest of the file is not read")
            yield line


def decode(data: bytes) -> str:
    """UTF-8 text without a byte-order mark; ValueError says which byte is wrong and what to do."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(
            f"not UTF-8 text (byte 0x{data[error.start]:02x} at offset {error.start}); "
            "convert it first, for instance with iconv -t utf-8"
        ) from None


def fault(error: BaseException) -> str:
    """One line on why bytes could not be read."""
    if isinstance(error, OSError) and error.strerror:
        return f"cannot be read: {error.strerror}"
    return " ".join(str(error).split()) or type(error).__name__
