"""Kinds of files by suffix: documents, which hold one article each, and tables of records."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from pipeline.decoding import PACKED
from pipeline.ingest.arrow_files import arrow_records, parquet_records
from pipeline.ingest.columns import Columns
from pipeline.ingest.csv_files import csv_records
from pipeline.ingest.documents import Document, read_document
from pipeline.ingest.docx import docx_document
from pipeline.ingest.json_files import json_records, jsonl_records
from pipeline.ingest.pdf import pdf_document
from pipeline.ingest.raw import Outcome
from pipeline.ingest.tables import Record, read_records
from pipeline.ingest.texts import markdown_document, text_document
from pipeline.ingest.web import html_document
from pipeline.records import Quarantined

DOCUMENTS: dict[str, Callable[[bytes], Document]] = {
    ".txt": text_document,
    ".md": markdown_document,
    ".html": html_document,
    ".htm": html_document,
    ".pdf": pdf_document,
    ".docx": docx_document,
}
TABLES: dict[str, Callable[[Path, Columns], Iterator[Record | Quarantined]]] = {
    ".jsonl": lambda path, _: jsonl_records(path),
    ".ndjson": lambda path, _: jsonl_records(path),
    ".json": lambda path, _: json_records(path),
    ".csv": csv_records,
    ".parquet": parquet_records,
    ".arrow": arrow_records,
}
NEVER_PACKED = (".parquet", ".arrow")  # they are read in pieces, and compressed inside


def kind_of(path: Path) -> str | None:
    """The key of DOCUMENTS or TABLES that the file's name ends with (any case, packed or not), None if none."""
    packed, plain = "", path.name.lower()
    for suffix in PACKED:
        if plain.endswith(suffix):
            packed, plain = suffix, plain.removesuffix(suffix)
    found = next((kind for kind in (*DOCUMENTS, *TABLES) if plain.endswith(kind)), None)
    return None if packed and found in NEVER_PACKED else found


def stem_of(path: Path) -> str:
    """The file's name without its kind and packing; as it is if it is of no known kind."""
    kind = kind_of(path)
    if kind is None:
        return path.name
    packed = next((len(suffix) for suffix in PACKED if path.name.lower().endswith(suffix)), 0)
    return path.name[: len(path.name) - len(kind) - packed]


def kinds() -> str:
    """What can be read, in words."""
    return f"{', '.join((*DOCUMENTS, *TABLES))}, most also packed ({', '.join(PACKED)})"


def read_file(path: Path, name: str, columns: Columns) -> Iterator[Outcome]:
    """One outcome for the article or for each record of a file of a known kind; `name` is its id or their prefix.

    InputError for a table whose columns do not fit, MissingExtra where a reader is not installed.
    """
    kind = kind_of(path)
    if kind in DOCUMENTS:
        yield read_document(path, name, DOCUMENTS[kind], is_article=stem_of(path) == "article")
    elif kind is not None:
        yield from read_records(path, name, TABLES[kind](path, columns), columns)
