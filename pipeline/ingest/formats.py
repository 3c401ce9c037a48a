"""Kinds of files by suffix, each with its reader."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from pipeline.ingest.csv_files import read_csv
from pipeline.ingest.documents import read_html, read_markdown, read_text
from pipeline.ingest.json_files import read_json, read_jsonl
from pipeline.ingest.raw import Outcome

Reader = Callable[[Path, str], Iterator[Outcome]]
READERS: dict[str, Reader] = {
    ".txt": read_text,
    ".md": read_markdown,
    ".html": read_html,
    ".htm": read_html,
    ".jsonl": read_jsonl,
    ".jsonl.gz": read_jsonl,
    ".jsonl.xz": read_jsonl,
    ".json": read_json,
    ".csv": read_csv,
}


def suffix_of(path: Path, *, as_written: bool = False) -> str | None:
    """The key of READERS that the file's name ends with (any case), None if it is of no known kind."""
    found = next((suffix for suffix in READERS if path.name.lower().endswith(suffix)), None)
    return path.name[-len(found) :] if found and as_written else found
