"""Word files (.docx) through python-docx: paragraphs, headings and lists; tables, notes and boxes are left out."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from typing import Any

from pipeline.decoding import MOST_BYTES
from pipeline.errors import MissingExtra
from pipeline.ingest.documents import Document

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
# Elements that are no running text, and what a reader of the flags is told about them.
_LEFT_OUT = {
    "tbl": ("table", "tables"),
    "txbxContent": ("text box", "text boxes"),
    "footnoteReference": ("footnote", "footnotes"),
    "endnoteReference": ("endnote", "endnotes"),
}
# What zipfile and python-docx raise over broken files beside python-docx's own errors; RuntimeError: an archive with a
# password, or one that is packed in an unknown way.
_BROKEN = (
    zipfile.BadZipFile, zlib.error, EOFError, OSError, LookupError, TypeError, ValueError, AttributeError, RuntimeError,
)  # fmt: skip
_HIDDEN = frozenset(f"{_W}{name}" for name in ("moveFrom", "del", "tbl", "txbxContent"))  # deleted, moved, or apart
_CHARACTERS = {f"{_W}tab": "\t", f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}noBreakHyphen": "-", f"{_W}softHyphen": ""}


def docx_document(data: bytes) -> Document:
    """The paragraphs of a Word file, tracked changes accepted; a flag counts tables, notes and boxes left out.

    The title is the paragraph in the style Title, else that of the properties, else a heading that opens the text.
    ValueError for a file that is no Word file, is encrypted or has no text; MissingExtra without python-docx.
    """
    try:
        import docx
        from docx.exceptions import PythonDocxError
        from docx.opc.exceptions import OpcError
        from docx.oxml.exceptions import XmlchemyError
        from lxml.etree import LxmlError
    except ImportError:
        raise MissingExtra("python-docx", "documents") from None
    _check_archive(data)
    try:
        opened = docx.Document(io.BytesIO(data))
        styled = list(_paragraphs(opened))
        given = (opened.core_properties.title or "").strip()
    except (PythonDocxError, OpcError, XmlchemyError, LxmlError, *_BROKEN) as error:
        raise ValueError(f"not a readable Word file: {' '.join(str(error).split())[:120]}") from error
    title, styled = _title(styled, given)
    text = "\n\n".join(f"- {text}" if style == "list" else text for style, text in styled)
    if not text.strip():
        raise ValueError("the Word file has no text outside tables and boxes")
    return Document(text, title, _flags(opened.element.body))


def _check_archive(data: bytes) -> None:
    """ValueError unless it is a zip archive that unpacks to no more than MOST_BYTES."""
    if data[:4] == b"\xd0\xcf\x11\xe0":
        raise ValueError("is encrypted, or a .doc file: save it as .docx without a password first")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            size = sum(entry.file_size for entry in archive.infolist() if entry.filename.endswith((".xml", ".rels")))
    except _BROKEN as error:
        raise ValueError(f"not a readable Word file: {error}") from error
    if size > MOST_BYTES:
        raise ValueError(f"its text unpacks to more than {MOST_BYTES >> 20} MiB, the limit for one document")


def _paragraphs(opened: Any) -> Iterator[tuple[str, str]]:
    """`(style, text)` of the body's paragraphs: style is title, heading, list or text; empty ones are left out."""
    from docx.text.paragraph import Paragraph

    body = opened.element.body
    for element in body.iter(f"{_W}p"):
        if any(parent.tag in _HIDDEN for parent in element.iterancestors()):
            continue
        text = "".join(_text(element)).strip()
        if text:
            style = Paragraph(element, opened).style
            yield _role(element, (style.name or "") if style is not None else ""), text


def _text(element: Any) -> Iterator[str]:
    """The text of a paragraph without what is deleted and what stands in a box."""
    for child in element:
        if child.tag == f"{_W}t":
            yield child.text or ""
        elif child.tag in _CHARACTERS:
            yield _CHARACTERS[child.tag]
        elif child.tag not in _HIDDEN and child.tag != f"{_W}pPr":
            yield from _text(child)


def _role(element: Any, style: str) -> str:
    if style == "Title":
        return "title"
    if style.startswith("Heading"):
        return "heading"
    numbered = element.find(f"{_W}pPr/{_W}numPr") is not None
    return "list" if numbered or style.startswith("List ") else "text"


def _title(styled: list[tuple[str, str]], given: str) -> tuple[str | None, list[tuple[str, str]]]:
    """The title and the paragraphs without the one that shows it."""
    place = next((i for i, (style, _) in enumerate(styled) if style == "title"), None)
    if place is None and styled and styled[0][0] == "heading" and given in ("", styled[0][1]):
        place = 0
    if place is None or len(styled) == 1:
        return given or None, styled
    return styled[place][1], styled[:place] + styled[place + 1 :]


def _flags(body: Any) -> tuple[str, ...]:
    found: Counter[str] = Counter()
    for element in body.iter():
        name = str(element.tag).removeprefix(_W)
        if name not in _LEFT_OUT:
            continue
        inside = {parent.tag for parent in element.iterancestors()}
        fallback = any(str(tag).endswith("}Fallback") for tag in inside)  # a second copy of a box, for old readers
        if not fallback and not inside & _HIDDEN:
            found[name] += 1
    words = ", ".join(f"{count} {_LEFT_OUT[name][count > 1]}" for name, count in found.items())
    return (f"left_out:{words}",) if words else ()
