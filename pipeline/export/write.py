"""Writes an export: whole or not at all, nothing overwritten unasked, a few rows held at a time."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import pyarrow as pa
from pyarrow import parquet

from pipeline.errors import InputError
from pipeline.export.card import card
from pipeline.export.schema import row, schema
from pipeline.export.source import Tally, briefs, manifest, scores, tally
from pipeline.files import JsonObject, write_text

GROUP = 500  # rows of a row group
SHARD = 50_000  # rows of a file of a data set
FORCE = "choose another place, or --force"


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written; `absent` are articles of the run without an output."""

    path: Path
    rows: int
    absent: int


def export_parquet(run_dir: Path, out: Path, *, with_text: bool = True, force: bool = False) -> Exported:
    """Write the outputs of `run_dir` to the Parquet file `out`; InputError if it is there and not `force`."""
    if out.is_dir():
        raise InputError("is a folder", where=str(out), fix="name a file, or export a data set")
    if out.exists() and not force:
        raise InputError("is there already", where=str(out), fix=FORCE)
    found = tally(run_dir)
    out.parent.mkdir(parents=True, exist_ok=True)
    _write(out, _rows(run_dir, with_text))
    return Exported(out, found.rows, found.absent)


def export_dataset(run_dir: Path, out: Path, *, with_text: bool = True, force: bool = False) -> Exported:
    """Write a folder that `datasets.load_dataset(out)` reads: README.md and data/train-*.parquet.

    InputError if `out` is a file, or holds anything and not `force`; then README.md and the data are replaced and
    other files left alone.
    """
    if out.exists() and not out.is_dir():
        raise InputError("is a file", where=str(out), fix="name a folder, or export Parquet")
    if out.is_dir() and any(out.iterdir()) and not force:
        raise InputError("the folder is not empty", where=str(out), fix=FORCE)
    found, run = tally(run_dir), manifest(run_dir)
    text = card(str(run.get("name") or run_dir.resolve().name), found, run, scores(run_dir), with_text=with_text)
    out.mkdir(parents=True, exist_ok=True)
    _replace_data(out, run_dir, found, with_text)
    write_text(out / "README.md", text)
    return Exported(out, found.rows, found.absent)


def _replace_data(out: Path, run_dir: Path, found: Tally, with_text: bool) -> None:
    """New shards are complete before the old ones go."""
    fresh = out / f".precis-{os.getpid()}-data.tmp"
    fresh.mkdir()
    try:
        rows, shards = _rows(run_dir, with_text), -(-found.rows // SHARD)
        for number in range(shards):
            _write(fresh / f"train-{number:05d}-of-{shards:05d}.parquet", islice(rows, SHARD))
        data = out / "data"
        data.mkdir(exist_ok=True)
        for old in data.glob("train-*.parquet"):
            old.unlink()
        for file in sorted(fresh.iterdir()):
            file.replace(data / file.name)
    finally:
        shutil.rmtree(fresh)


def _rows(run_dir: Path, with_text: bool) -> Iterator[JsonObject]:
    for brief, article in briefs(run_dir):
        yield row(brief, str(article["text"]) if with_text else None)


def _write(path: Path, rows: Iterator[JsonObject]) -> None:
    """A Parquet file in groups of rows, by a temporary file that is renamed."""
    temporary = path.with_name(f".precis-{os.getpid()}-{path.name}.tmp")
    try:
        with parquet.ParquetWriter(temporary, schema(), compression="zstd") as writer:
            while group := list(islice(rows, GROUP)):
                writer.write_table(pa.Table.from_pylist(group, schema=schema()))
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
