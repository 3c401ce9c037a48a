"""Readers of JSON Lines (one record a line, plain, .gz or .xz) and JSON (a record or a list of records)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from pipeline.decoding import UNREADABLE, decode, fault, open_bytes
from pipeline.ingest.raw import Outcome, rejected
from pipeline.ingest.tables import Record, read_records
from pipeline.records import Quarantined

_MALFORMED = (ValueError, RecursionError)


def read_jsonl(path: Path, name: str) -> Iterator[Outcome]:
    """One outcome for each line that is not blank."""
    return read_records(path, name, _lines(path))


def read_json(path: Path, name: str) -> Iterator[Outcome]:
    """One outcome for each record of the list (numbered from 1), or one for a file that is no valid JSON."""
    try:
        value = json.loads(decode(path.read_bytes()))
    except (OSError, *_MALFORMED) as error:
        yield rejected(path, fault(error))
        return
    records = value if isinstance(value, list) else [value]
    yield from read_records(path, name, (_checked(path, n, record) for n, record in enumerate(records, 1)))


def _lines(path: Path) -> Iterator[Record | Quarantined]:
    number = 0
    try:
        with open_bytes(path) as file:
            for number, line in enumerate(file, 1):
                if line.strip():
                    yield _parsed(path, number, line)
    except UNREADABLE as error:  # a damaged archive: what came before the damage is kept
        yield rejected(path, fault(error), line=number + 1)


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
