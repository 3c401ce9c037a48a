"""Reader of CSV files with a header row."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path

from pipeline.decoding import MOST_BYTES, UNREADABLE, fault, read_lines
from pipeline.errors import InputError
from pipeline.ingest.columns import Columns, wanted
from pipeline.ingest.raw import rejected
from pipeline.ingest.references import KINDS
from pipeline.ingest.tables import Record, check_columns
from pipeline.records import Quarantined


def csv_records(path: Path, columns: Columns) -> Iterator[Record | Quarantined]:
    """The rows below the header, by line; a cell of references may hold a JSON list. A packed file is unpacked.

    A quotation mark that is never closed makes one faulty row of the rest of the file. InputError if no column fits.
    """
    previous = csv.field_size_limit(MOST_BYTES)  # csv refuses cells over 131,072 characters unless told otherwise
    line = 0
    try:
        for record in _records(path, columns):
            line = record[0] if isinstance(record, tuple) else line
            yield record
    except UNREADABLE as error:  # a damaged archive: what came before the damage is kept
        yield rejected(path, fault(error), line=line + 1 if line else None)
    except ValueError as error:
        yield rejected(path, fault(error), line=line + 1)
    finally:
        csv.field_size_limit(previous)


def _lines(path: Path) -> Iterator[str]:
    """Lines as csv counts them; bytes that are not UTF-8 become surrogates, so that only their own row is lost."""
    encoding = "utf-8-sig"
    for block in read_lines(path):
        for line in block.splitlines(keepends=True):
            yield line.decode(encoding, "surrogateescape")
            encoding = "utf-8"


def _records(path: Path, columns: Columns) -> Iterator[Record | Quarantined]:
    reader = csv.reader(_lines(path), strict=True)
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
            header = _header(path, row, columns)
        else:
            yield _record(path, line, header, row, columns)


def _header(path: Path, row: list[str], columns: Columns) -> list[str]:
    names = [name.strip() for name in row]
    if len({name.lower() for name in names}) < len(names):
        raise InputError("two columns have the same name", where=str(path))
    read_as = wanted(names, columns)
    header = [read_as.get(name, name) for name in names]
    check_columns(path, header, columns)
    return header


def _record(path: Path, line: int, header: list[str], row: list[str], columns: Columns) -> Record | Quarantined:
    if len(row) != len(header):
        return rejected(path, f"has {len(row)} cells where the header has {len(header)}", line=line)
    if any("\udc80" <= char <= "\udcff" for cell in row for char in cell):
        return rejected(path, "not UTF-8 text", line=line)
    lists = {name for role in (*KINDS, "key_points") for name in columns[role]}
    return line, {name: _value(cell, name in lists) for name, cell in zip(header, row, strict=True)}


def _value(cell: str, may_be_list: bool) -> object:
    """The cell's text, None when empty, and the list that a cell of references spells in JSON."""
    if may_be_list and cell.lstrip().startswith("["):
        try:
            return json.loads(cell)
        except ValueError:
            return cell
    return cell or None
