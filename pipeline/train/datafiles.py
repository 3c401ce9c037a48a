"""The records of a data folder: our sets and a user's own, split into train and val; bad records named, not lost.

A set NAME is `DATA/train/NAME.jsonl` and `DATA/val/NAME.jsonl` (also .jsonl.gz, .jsonl.xz), or one file
`DATA/NAME.jsonl`, of which every twentieth record, by a hash of its text, is for validation.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.decoding import UNREADABLE, decode, fault, open_bytes

TEXT_FIELDS = ("text", "article", "document", "body", "content")
REFERENCE_FIELDS = {
    "summary": ("summary",),
    "bullets": ("bullets", "highlights"),
    "headline": ("headline", "headlines"),
}
SUFFIXES = (".jsonl.xz", ".jsonl.gz", ".jsonl")
VAL_SHARE = 20  # one record in so many is held out of a file that has no split of its own
MOST_EXAMPLES = 5  # bad lines a report names one by one


@dataclass(frozen=True, slots=True)
class BadRecord:
    """A line that is no usable record: where it stands and why."""

    where: str
    reason: str


def set_file(data: Path, split: str, name: str) -> tuple[Path, bool] | None:
    """The file of a set's split and whether it holds both splits; None if there is none."""
    for folder, both in ((data / split, False), (data, True)):
        for suffix in SUFFIXES:
            if (folder / f"{name}{suffix}").is_file():
                if both and any((data / s / f"{name}{x}").is_file() for s in ("train", "val") for x in SUFFIXES):
                    return None
                return folder / f"{name}{suffix}", both
    return None


def read_records(data: Path, split: str, name: str) -> Iterator[dict[str, Any] | BadRecord]:
    """The records of one split of a set as `checked` makes them, bad ones as `BadRecord`; nothing without a file."""
    found = set_file(data, split, name)
    if found is None:
        return
    path, both = found
    for record in read_file(path):
        if isinstance(record, dict) and both and (_is_held_out(record) == (split == "train")):
            continue
        if isinstance(record, dict) or split == "train" or not both:
            yield record


def read_set(path: Path) -> Iterator[dict[str, Any]]:
    """The usable records of one JSONL file, compressed or not."""
    for record in read_file(path):
        if isinstance(record, dict):
            yield record


def read_file(path: Path) -> Iterator[dict[str, Any] | BadRecord]:
    """Every line of a JSONL file that is not blank, as a record or as what is wrong with it."""
    number = 0
    try:
        with open_bytes(path) as lines:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    yield _parsed(line, path, number)
    except UNREADABLE as error:  # a damaged archive: what came before the damage is kept
        yield BadRecord(f"{path.name}:{number + 1}", f"file damaged: {fault(error)}")


def _parsed(line: bytes, path: Path, number: int) -> dict[str, Any] | BadRecord:
    where = f"{path.name}:{number}"
    try:
        value = json.loads(decode(line))
    except (ValueError, RecursionError):
        return BadRecord(where, "not valid JSON in UTF-8")
    if not isinstance(value, dict):
        return BadRecord(where, "not a JSON object")
    return checked(value, where)


def checked(value: Mapping[str, Any], where: str) -> dict[str, Any] | BadRecord:
    """The record with its text as `document`, highlights as `bullets` and an id; or what is wrong with it."""
    text = next((value[name] for name in ("document", *TEXT_FIELDS) if value.get(name) is not None), None)
    if not isinstance(text, str):
        return BadRecord(where, "no document" if text is None else "the document is not text")
    if not text.strip():
        return BadRecord(where, "the document is empty")
    record = dict(value)
    for kind in ("summary", "headline", "bullets"):
        given = next((value[n] for n in REFERENCE_FIELDS[kind] if value.get(n) is not None), None)
        if not _is_reference(given):
            return BadRecord(where, f"{kind} is neither text nor a list of texts")
        record[kind] = given
    if isinstance(record["headline"], list):
        record["headlines"] = record["headline"]
        record["headline"] = record["headline"][0] if record["headline"] else None
    if isinstance(record["summary"], list):
        record["summary"] = " ".join(record["summary"])
    if isinstance(record["bullets"], str):
        record["bullets"] = [line for line in record["bullets"].split("\n") if line.strip()]
    return record | {"document": text, "id": str(value.get("id") or where)}


def _is_reference(value: object) -> bool:
    is_list = isinstance(value, list) and all(isinstance(v, str) for v in value)
    return value is None or isinstance(value, str) or is_list


def _is_held_out(record: Mapping[str, Any]) -> bool:
    digest = hashlib.sha256(str(record["document"]).encode("utf-8", "replace")).digest()
    return int.from_bytes(digest[:4], "big") % VAL_SHARE == 0
