"""Readers of JSON Lines (one record a line) and JSON (a record or a list of records), packed or not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from pipeline.decoding import UNREADABLE, decode, fault, read_bytes, read_lines
from pipeline.ingest.raw import rejected
from pipeline.ingest.tables import Record
from pipeline.records import Quarantined

_MALFORMED = (ValueError, RecursionError)


def jsonl_records(path: Path) -> Iterator[Record | Quarantined]:
    """Every line that is not blank."""
    number = 0
    try:
        for number, line in enumerate(read_lines(path), 1):
            if line.strip():
                yield _parsed(path, number, line)
    except (*UNREADABLE, ValueError) as error:  # a damaged archive: what came before the damage is kept
        yield rejected(path, fault(error), line=number + 1)


def json_records(path: Path) -> Iterator[Record | Quarantined]:
    """Every record of the list, numbered from 1, or one entry for a file that is no valid JSON."""
    try:
        value = json.loads(decode(read_bytes(path)))
    except (*UNREADABLE, *_MALFORMED) as error:
        yield rejected(path, fault(error))
        return
    for number, record in enumerate(value if isinstance(value, list) else [value], 1):
        yield _checked(path, number, record)


def _parsed(path: Path, number: int, line: bytes) -> Record | Quarantined:
    try:
        value = json.loads(decode(line))
    except json.JSONDecodeError as error:
        return rejected(path, f"not valid JSON: {error.msg} at column {error.colno}", line=number)
    except _MALFORMED as error:
        return rejected(path, fault(error), line=number)
    return _checked(path, number, value)


def _checked(path: Path, number: int, value: object) -> Record | Quarantined:
    if isinstance(value, dict):
        return number, value
    return rejected(path, "the record should be a JSON object", line=number)
