"""Saved outputs or references in a Parquet file, as the objects of a JSON Lines file would be."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pipeline.errors import InputError
from pipeline.files import JsonObject

SUFFIX = ".parquet"
_FIELDS = ("id", "summary", "bullets", "headline", "headlines", "rewrite")
_PROSE = ("summary", "rewrite")  # beside whose text an export keeps the spans of its sentences


def located_parquet(path: Path) -> Iterator[tuple[str, JsonObject]]:
    """`file:row` (from 1) and the fields of each row, other columns left unread; InputError for a damaged file."""
    import pyarrow
    from pyarrow import parquet

    at = 0
    try:
        with parquet.ParquetFile(path, pre_buffer=False, buffer_size=2**16) as file:
            present = file.schema_arrow.names
            columns = [name for name in (*_FIELDS, *(f"{kind}_sentences" for kind in _PROSE)) if name in present]
            for batch in file.iter_batches(256, columns=columns):
                for row in batch.to_pylist():
                    at += 1
                    yield f"{path}:{at}", _nested(row)
    except (OSError, pyarrow.ArrowException, UnicodeDecodeError) as error:
        reason = " ".join(str(error).split())
        raise InputError(f"the file is damaged: {reason:.200}", where=f"{path}:{at + 1}") from error


def _nested(row: JsonObject) -> JsonObject:
    """A running text with the spans of its sentences, where they were saved with it."""
    record = {name: value for name, value in row.items() if not name.endswith("_sentences")}
    for kind in _PROSE:
        spans = row.get(f"{kind}_sentences")
        if isinstance(record.get(kind), str) and spans:
            record[kind] = {"text": record[kind], "sentences": [[span["start"], span["end"]] for span in spans]}
    return record
