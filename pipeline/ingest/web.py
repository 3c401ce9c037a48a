"""The text of a web page through trafilatura, its key-points box included."""

from __future__ import annotations

import re
from typing import Any

from pipeline.decoding import decode
from pipeline.ingest.documents import Document
from pipeline.text.key_points import is_heading

_CHARSET = re.compile(rb"<meta[^>]{0,80}?charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
_HEADING_TAGS = ("h1", "h2", "h3", "h4", "h5", "h6", "strong", "b", "p", "span", "div", "summary", "header")


def html_document(data: bytes) -> Document:
    """The text and title of a page; ValueError when it has no text or is not in UTF-8 or a declared encoding.

    The key-points box is taken out first and put below the text: extraction may treat it as furniture.
    """
    import trafilatura

    tree = trafilatura.load_html(_decoded(data))
    if tree is None:
        raise ValueError("not an HTML page")
    box = _take_box(tree)
    page: Any = trafilatura.bare_extraction(tree, include_comments=False, include_tables=False, with_metadata=True)
    if page is None or not page.text:
        raise ValueError("no article text was found on the page")
    return Document(f"{page.text}\n\n{box}", page.title or None)


def _decoded(data: bytes) -> str:
    try:
        return decode(data)
    except ValueError:
        declared = _CHARSET.search(data[:2048])
        if declared is None:
            raise
    try:
        return data.decode(declared[1].decode("ascii"))
    except (LookupError, UnicodeDecodeError) as error:
        raise ValueError(f"not text in its declared encoding: {error}") from None


def _take_box(tree: Any) -> str:
    """Remove every key-points heading with the list after it from `tree`; the boxes as lines of text."""
    lines: list[str] = []
    for heading in [node for node in tree.iter(*_HEADING_TAGS) if is_heading(_words(node))]:
        points = _list_after(heading)
        if points is None:
            continue
        lines += [_words(heading), *(f"- {_words(item)}" for item in points.iter("li")), ""]
        for node in (points, heading):
            if node.getparent() is not None:
                node.drop_tree()
    return "\n".join(lines)


def _list_after(heading: Any) -> Any:
    """The list that is the heading's next neighbour, or that of a wrapper which holds nothing else."""
    node = heading
    for _ in range(3):
        after = node.getnext()
        if after is not None:
            inner = after if after.tag in ("ul", "ol") else next(after.iter("ul", "ol"), None)
            return inner if inner is not None and _words(inner) == _words(after) else None
        node = node.getparent()
        if node is None or _words(node) != _words(heading):
            return None
    return None


def _words(node: Any) -> str:
    return " ".join(node.text_content().split())
