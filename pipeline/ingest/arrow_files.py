"""Readers of Parquet and Arrow files: only the columns that are wanted, a batch of rows at a time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.decoding import fault
from pipeline.ingest.columns import Columns, wanted
from pipeline.ingest.raw import rejected
from pipeline.ingest.tables import Record, check_columns
from pipeline.records import Quarantined

if TYPE_CHECKING:
    import pyarrow

ROWS = 256  # rows of a batch: what is held of a file beside its articles
BUFFER = 2**16  # bytes of a column; without it a whole row group is read at once


def parquet_records(path: Path, columns: Columns) -> Iterator[Record | Quarantined]:
    """The rows of a Parquet file, counted from 1; InputError if its columns do not fit."""
    return _records(path, columns, _parquet_batches(path, columns))


def arrow_records(path: Path, columns: Columns) -> Iterator[Record | Quarantined]:
    """The rows of an Arrow file (its stream or its file format), counted from 1; InputError as in Parquet."""
    return _records(path, columns, _arrow_batches(path))


def chosen(source: Path | str, present: list[str], columns: Columns) -> dict[str, str]:
    """Column → the name it is read under; InputError if the columns do not fit."""
    names = wanted(present, columns)
    check_columns(source, [names.get(column, column) for column in present], columns)
    return names


def _records(path: Path, columns: Columns, batches: Iterator[pyarrow.RecordBatch]) -> Iterator[Record | Quarantined]:
    """Rows before a damage are kept; the rest of the file is one entry of the quarantine."""
    import pyarrow

    row = 0
    try:
        for batch in batches:
            names = chosen(path, batch.schema.names, columns)
            for start in range(0, batch.num_rows, ROWS):
                part = batch.select(list(names)).slice(start, ROWS)
                for number, record in enumerate(_rows(path, row + 1, part), row + 1):
                    yield record if isinstance(record, Quarantined) else (number, _renamed(record, names))
                row += part.num_rows
    except (OSError, pyarrow.ArrowException) as error:
        reason = f"cannot be read from row {row + 1} on: {fault(error):.200}"
        yield rejected(path, reason, line=row + 1 if row else None)


def _rows(path: Path, number: int, batch: pyarrow.RecordBatch) -> list[dict[str, object] | Quarantined]:
    """The rows of a batch that begins with row `number`; text that is not UTF-8 costs its own row."""
    try:
        return list(batch.to_pylist())
    except UnicodeDecodeError as error:
        if batch.num_rows == 1:
            return [rejected(path, f"not UTF-8 text: {error.reason}", line=number)]
    singles = (_rows(path, number + i, batch.slice(i, 1)) for i in range(batch.num_rows))
    return [row for rows in singles for row in rows]


def _renamed(row: dict[str, object], names: dict[str, str]) -> dict[str, object]:
    return {names[column]: value for column, value in row.items()}


def _parquet_batches(path: Path, columns: Columns) -> Iterator[pyarrow.RecordBatch]:
    from pyarrow import parquet

    with parquet.ParquetFile(path, pre_buffer=False, buffer_size=BUFFER) as file:
        names = chosen(path, file.schema_arrow.names, columns)
        yield from file.iter_batches(ROWS, columns=list(names))


def _arrow_batches(path: Path) -> Iterator[pyarrow.RecordBatch]:
    import pyarrow

    with pyarrow.memory_map(str(path)) as source:
        try:
            file = pyarrow.ipc.open_file(source)
        except pyarrow.ArrowInvalid:
            source.seek(0)
            yield from pyarrow.ipc.open_stream(source)
            return
        for number in range(file.num_record_batches):
            yield file.get_batch(number)
