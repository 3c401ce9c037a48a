"""Readers of files that hold one article: plain text, Markdown and HTML."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from pipeline.decoding import decode, fault
from pipeline.ingest.raw import Outcome, Raw, rejected
from pipeline.ingest.references import read_references
from pipeline.ingest.web import page_text

_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_IMAGE = re.compile(r"!\[[^\]]*\]\([^)\s]*(?:\s\"[^\"]*\")?\)")
_LINK = re.compile(r"\[([^\]]+)\]\([^)\s]*(?:\s\"[^\"]*\")?\)")
_STRONG = re.compile(r"(\*\*\*|\*\*|\*|__)(?=\S)([^*_\n]+?)(?<=\S)\1")
_QUOTE = re.compile(r"^[^\S\n]*>[^\S\n]?", re.MULTILINE)


def read_text(path: Path, name: str) -> Iterator[Outcome]:
    """The article of a UTF-8 text file, with the references beside it if the file is an `article.*`."""
    try:
        yield _article(path, name, decode(path.read_bytes()))
    except (OSError, ValueError) as error:
        yield rejected(path, fault(error), article_id=name)


def read_markdown(path: Path, name: str) -> Iterator[Outcome]:
    """As `read_text`, without Markdown's marks for links, images, emphasis, quotations and comments."""
    try:
        yield _article(path, name, plain(decode(path.read_bytes())))
    except (OSError, ValueError) as error:
        yield rejected(path, fault(error), article_id=name)


def read_html(path: Path, name: str) -> Iterator[Outcome]:
    """The article of a web page, without its navigation; the title is the page's own."""
    try:
        text, title = page_text(path.read_bytes())
        yield _article(path, name, text, title)
    except (OSError, ValueError) as error:
        yield rejected(path, fault(error), article_id=name)


def plain(markdown: str) -> str:
    """Markdown as running text: `[label](url)` becomes its label, emphasis loses its marks."""
    text = _IMAGE.sub("", _COMMENT.sub("", markdown))
    return _QUOTE.sub("", _STRONG.sub(r"\2", _LINK.sub(r"\1", text)))


def _article(path: Path, name: str, text: str, title: str | None = None) -> Raw:
    references = read_references(path.parent) if path.stem == "article" else None
    return Raw(id=name, text=text, source=str(path), title=title, references=references)
