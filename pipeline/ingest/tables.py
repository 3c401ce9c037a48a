"""Records (of JSON Lines, JSON, CSV, Parquet, Arrow and data sets) to articles; every fault keeps its line or row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from pipeline.errors import InputError
from pipeline.ingest.columns import Columns, missing
from pipeline.ingest.fields import raw_record
from pipeline.ingest.raw import Outcome
from pipeline.records import Quarantined

Record = tuple[int, Mapping[str, object]]
"""A line or row, counted from 1, and its fields."""


def read_records(
    source: Path | str, name: str, records: Iterable[Record | Quarantined], columns: Columns
) -> Iterator[Outcome]:
    """One outcome for each record, in order, one record held at a time; one without an id is `<name>-<line>`."""
    for record in records:
        if isinstance(record, Quarantined):
            yield record
        else:
            line, fields = record
            yield raw_record(source, line, fields, f"{name}-{line}", columns)


def check_columns(source: Path | str, present: Iterable[str], columns: Columns) -> None:
    """InputError, listing the columns that are there, if none is known to hold the text or a named one is missing."""
    lacking = missing(list(present), columns)
    if lacking is not None:
        raise InputError(lacking, where=str(source), fix="name the column, as in --set input.columns.text=NAME")
