"""Bytes to text: UTF-8 or a fault that says where; no encoding is guessed."""

from __future__ import annotations

import gzip
import lzma
import zlib
from io import BufferedIOBase
from pathlib import Path

UNREADABLE = (OSError, EOFError, lzma.LZMAError, zlib.error)


def open_bytes(path: Path) -> BufferedIOBase:
    """The bytes of `path`, decompressed when its name ends in .gz or .xz."""
    if path.suffix == ".gz":
        return gzip.open(path, "rb")
    if path.suffix == ".xz":
        return lzma.open(path, "rb")
    return path.open("rb")


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
