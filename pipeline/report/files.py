"""Reading the files of a run directory for the report, with errors that name the file and line."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pipeline.errors import InputError
from pipeline.files import read_jsonl

Record = Mapping[str, Any]


def read_text(path: Path) -> str:
    """The file's text, or nothing if there is no such file. Raises InputError if it is not UTF-8."""
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""
    except UnicodeDecodeError as error:
        raise InputError("not UTF-8 text", where=str(path), fix="run the batch again with --fresh") from error


def read_json(path: Path) -> Record:
    """One JSON object; `{}` if there is no such file."""
    text = read_text(path)
    return _parse(text, str(path)) if text.strip() else {}


def read_lines(path: Path, *, required: bool = False) -> list[Record]:
    """The objects of a JSONL file in order; none if there is no such file and it is not `required`."""
    if required and not path.is_file():
        raise InputError(f"{path.name} is missing", where=str(path.parent), fix="give the folder of a precis run")
    return list(read_jsonl(path)) if path.is_file() else []


def by_id(records: Iterable[Record]) -> dict[str, Record]:
    """Records by their `id`, in order."""
    return {str(record.get("id")): record for record in records}


def _parse(text: str, where: str) -> Record:
    fix = "run the batch again: it resumes, and writes this file anew"
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        raise InputError(f"not JSON: {error.msg}", where=where, fix=fix) from error
    if not isinstance(value, dict):
        raise InputError("not a JSON object", where=where, fix=fix)
    return value
