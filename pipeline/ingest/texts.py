"""Plain text and Markdown to running text."""

from __future__ import annotations

import re

from pipeline.decoding import decode
from pipeline.ingest.documents import Document

_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_IMAGE = re.compile(r"!\[[^\]]*\]\([^)\s]*(?:\s\"[^\"]*\")?\)")
_LINK = re.compile(r"\[([^\]]+)\]\([^)\s]*(?:\s\"[^\"]*\")?\)")
_STRONG = re.compile(r"(\*\*\*|\*\*|\*|__)(?=\S)([^*_\n]+?)(?<=\S)\1")
_QUOTE = re.compile(r"^[^\S\n]*>[^\S\n]?", re.MULTILINE)


def text_document(data: bytes) -> Document:
    """UTF-8 text as it stands."""
    return Document(decode(data))


def markdown_document(data: bytes) -> Document:
    """UTF-8 text without Markdown's marks for links, images, emphasis, quotations and comments."""
    return Document(plain(decode(data)))


def plain(markdown: str) -> str:
    """Markdown as running text: `[label](url)` becomes its label, emphasis loses its marks."""
    text = _IMAGE.sub("", _COMMENT.sub("", markdown))
    return _QUOTE.sub("", _STRONG.sub(r"\2", _LINK.sub(r"\1", text)))
