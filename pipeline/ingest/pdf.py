"""PDF files through pypdf: pages of lines with their place and size, or why there is no text in them."""

from __future__ import annotations

import io
import logging
import re
import struct
import unicodedata
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from pipeline.errors import MissingExtra
from pipeline.ingest.documents import Document
from pipeline.ingest.pdf_lines import Line, body_size, paragraphs, without_furniture

# What pypdf raises over broken files beside its own errors.
_BROKEN = (
    ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError, ArithmeticError, AssertionError,
    NotImplementedError, OSError, EOFError, zlib.error, struct.error,
)  # fmt: skip
_UNMAPPED = re.compile(r"[\ufffd\ue000-\uf8ff\x00-\x08\x0e-\x1f]")
_LIGATURES = {code: unicodedata.normalize("NFKC", chr(code)) for code in range(0xFB00, 0xFB07)}  # ﬀ to ﬆ
_MOST_UNMAPPED = 0.1  # of the characters
_FILE_NAME = re.compile(r"(microsoft word - .*|untitled.*|.*\.(docx?|pdf|indd|rtf|odt|tex|qxd|pages))", re.IGNORECASE)
_HEADING = 1.2  # times the size of the body


def pdf_document(data: bytes) -> Document:
    """The paragraphs of a PDF file and its title, without running heads, feet and page numbers.

    The title is that of the metadata if the first page shows it too, else the largest lines of the first page.
    ValueError for a file that is encrypted, broken, or has no text (scanned pages); MissingExtra without pypdf.
    """
    try:
        import pypdf
    except ImportError:
        raise MissingExtra("pypdf", "documents") from None
    with _silent():
        try:
            reader = pypdf.PdfReader(io.BytesIO(data))
            if reader.is_encrypted and not reader.decrypt(""):
                raise _Unusable("is encrypted: save a copy without a password first")
            pages = [_lines(page) for page in reader.pages]
            metadata = reader.metadata.title if reader.metadata else None
        except _Unusable:
            raise
        except pypdf.errors.DependencyError:
            raise _Unusable("is encrypted with AES: save a copy without encryption first") from None
        except (pypdf.errors.PyPdfError, *_BROKEN) as error:
            raise _Unusable(f"not a readable PDF file: {_reason(error)}") from error
    _check_text(pages)
    return _document(pages, metadata)


class _Unusable(ValueError):
    """Why a PDF file cannot be read."""


def _document(pages: Sequence[Sequence[Line]], metadata: str | None) -> Document:
    empty = sum(not page for page in pages)
    flags = (f"left_out:{empty} of {len(pages)} pages, without text",) if empty else ()
    bare = without_furniture(pages)
    kept = bare if any(bare) else pages
    title, heading = _title(pages[0] if pages else (), metadata)
    rest = [[line for line in page if line not in heading] for page in kept]
    text = "\n\n".join(paragraphs(rest))
    return Document(text or "\n\n".join(paragraphs(kept)), title, flags)


def _check_text(pages: Sequence[Sequence[Line]]) -> None:
    text = "".join(line.text for page in pages for line in page)
    if not text.strip():
        raise _Unusable(f"has no text on its {len(pages)} pages (scanned?): run text recognition (OCR) first")
    if len(_UNMAPPED.findall(text)) > _MOST_UNMAPPED * len(text):
        raise _Unusable("its fonts do not say which characters they show: run text recognition (OCR) first")


def _title(page: Sequence[Line], metadata: str | None) -> tuple[str | None, Sequence[Line]]:
    """The title and the lines of the first page that show it, which are no part of the text."""
    given = " ".join((metadata or "").split())
    largest = max((line.size for line in page), default=0.0)
    heading = [line for line in page if line.size > 0.95 * largest]
    shown = " ".join(line.text.strip() for line in heading)
    first = next((i for i, line in enumerate(page) if line in heading), 0)
    together = list(page[first : first + len(heading)]) == heading
    if largest < _HEADING * body_size([page]) or not together or len(heading) == len(page):
        heading, shown = [], ""
    if given and (not shown or _folded(given) in _folded(shown)):
        known = not _FILE_NAME.fullmatch(given)
        return (given if known else shown or None), heading
    return (shown or None), heading


def _folded(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


def _lines(page: Any) -> tuple[Line, ...]:
    """The lines of a page in the order in which the file gives them; y grows upwards, all in points."""
    lines: list[Line] = []
    parts: list[tuple[str, float, float, float]] = []

    def close() -> None:
        text = "".join(part[0] for part in parts)
        if text.strip():
            _, x, y, size = next(part for part in parts if part[0].strip())
            lines.append(Line(text.rstrip().translate(_LIGATURES), x, y, size))
        parts.clear()

    def visit(text: str, cm: Sequence[float], tm: Sequence[float], font: Any, size: float | None) -> None:
        del font
        x, y = tm[4] * cm[0] + tm[5] * cm[2] + cm[4], tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
        scale = abs(tm[3] * cm[3]) or abs(tm[1] * cm[2]) or 1.0
        for number, piece in enumerate(text.split("\n")):
            if number:
                close()
            if piece:
                parts.append((piece, x, y, scale * (size or 1.0)))

    page.extract_text(visitor_text=visit)
    close()
    return tuple(lines)


@contextmanager
def _silent() -> Iterator[None]:
    """pypdf reports what it repairs to its logger, which would print it on stderr."""
    logger = logging.getLogger("pypdf")
    before = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(before)


def _reason(error: BaseException) -> str:
    return " ".join(str(error).split())[:120] or type(error).__name__
