"""A file that holds one article: its bytes, unpacked and parsed, with the references beside it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pipeline.decoding import UNREADABLE, fault, read_bytes
from pipeline.ingest.raw import Outcome, Raw, rejected
from pipeline.ingest.references import read_references


@dataclass(frozen=True, slots=True)
class Document:
    """What a parser made of a file: running text with a blank line between paragraphs, and what it left out."""

    text: str
    title: str | None = None
    flags: tuple[str, ...] = ()


def read_document(path: Path, name: str, parse: Callable[[bytes], Document], *, is_article: bool) -> Outcome:
    """The article of a file; one named `article.*` has the references of its folder. `parse` raises ValueError."""
    try:
        document = parse(read_bytes(path))
        references = read_references(path.parent) if is_article else None
    except (*UNREADABLE, ValueError) as error:
        return rejected(path, fault(error), article_id=name)
    return Raw(
        id=name,
        text=document.text,
        source=str(path),
        title=document.title,
        references=references,
        flags=document.flags,
    )
