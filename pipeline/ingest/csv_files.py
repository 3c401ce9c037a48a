"""Reader of CSV files with a header row."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

from pipeline.decoding import fault
from pipeline.ingest.fields import TEXT_FIELDS
from pipeline.ingest.raw import Outcome, rejected
from pipeline.ingest.tables import Record, read_records
from pipeline.records import Quarantined

_LISTS = ("summary", "bullets", "highlights", "headline", "headlines", "rewrite", "key_points")
_CELL_LIMIT = 2**31 - 1  # csv refuses cells over 131,072 characters unless told otherwise


def read_csv(path: Path, name: str) -> Iterator[Outcome]:
    """One outcome for each row below the header; a cell of references may hold a JSON list.

    A quotation mark that is never closed makes one faulty row of the rest of the file.
    """
    return read_records(path, name, _rows(path))


def _rows(path: Path) -> Iterator[Record | Quarantined]:
    try:
        data = path.read_bytes()
    except OSError as error:
        yield rejected(path, fault(error))
        return
    previous = csv.field_size_limit(_CELL_LIMIT)
    try:
        # Bytes that are not UTF-8 become surrogates, so that only their own row is lost.
        yield from _records(path, data.decode("utf-8-sig", "surrogateescape"))
    finally:
        csv.field_size_limit(previous)


def _records(path: Path, text: str) -> Iterator[Record | Quarantined]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    header: list[str] | None = None
    while True:
        line = reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield rejected(path, f"not valid CSV: {error}", line=line)
            continue
        if not any(row):
            continue
        if header is None:
            header = [name.strip().lower() for name in row]
            if len(set(header)) < len(header):
                yield rejected(path, "two columns have the same name")
                return
            if not set(header) & set(TEXT_FIELDS):
                yield rejected(path, f"no column is named {', '.join(TEXT_FIELDS)} (columns: {', '.join(row)})")
                return
            continue
        yield _record(path, line, header, row)


def _record(path: Path, line: int, header: list[str], row: list[str]) -> Record | Quarantined:
    if len(row) != len(header):
        return rejected(path, f"has {len(row)} cells where the header has {len(header)}", line=line)
    if any("\udc80" <= char <= "\udcff" for cell in row for char in cell):
        return rejected(path, "not UTF-8 text", line=line)
    return line, {name: _value(name, cell) for name, cell in zip(header, row, strict=True)}


def _value(name: str, cell: str) -> object:
    """The cell's text, None when empty, and the list that a cell of references spells in JSON."""
    if name in _LISTS and cell.lstrip().startswith("["):
        try:
            return json.loads(cell)
        except ValueError:
            return cell
    return cell or None
