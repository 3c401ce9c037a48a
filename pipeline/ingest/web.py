"""The text of a web page through trafilatura, its key-points box included."""

from __future__ import annotations

import codecs
import re
from typing import Any

from pipeline.decoding import decode
from pipeline.ingest.documents import Document
from pipeline.ingest.web_lines import article_lines
from pipeline.text.key_points import is_heading

_DECLARED = re.compile(
    rb"<meta[^>]{0,80}?charset\s*=\s*[\"']?([\w.:-]+)|<\?xml[^>]{0,80}?encoding\s*=\s*[\"']([\w.:-]+)", re.IGNORECASE
)
_DECLARED_WITHIN = 2048  # bytes
# What browsers take these labels for (WHATWG Encoding Standard, section 4.2): pages say the left and mean the right.
_MEANT = {
    "iso-8859-1": "cp1252", "iso8859-1": "cp1252", "latin1": "cp1252", "latin-1": "cp1252", "us-ascii": "cp1252",
    "ascii": "cp1252", "iso-8859-9": "cp1254", "tis-620": "cp874", "iso-8859-11": "cp874", "shift_jis": "cp932",
    "shift-jis": "cp932", "x-sjis": "cp932", "euc-kr": "cp949", "ks_c_5601-1987": "cp949", "gb2312": "gb18030",
    "gbk": "gb18030", "x-gbk": "gb18030", "x-mac-roman": "mac_roman",
}  # fmt: skip
_MARKS = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_HEADING_TAGS = ("h1", "h2", "h3", "h4", "h5", "h6", "strong", "b", "p", "span", "div", "summary", "header")


def html_document(data: bytes) -> Document:
    """The text and title of a page; ValueError when it has no article or is not in UTF-8 or a declared encoding.

    The key-points box is taken out first and put below the text: extraction may treat it as furniture. Lines that
    hold nothing but a time of publication or a link are left out.
    """
    import trafilatura

    tree = trafilatura.load_html(_decoded(data))
    if tree is None:
        raise ValueError("not an HTML page")
    box = _take_box(tree)
    links, headings = ({_words(node) for node in tree.iter(tag)} for tag in ("a", "h1"))
    page: Any = trafilatura.bare_extraction(tree, include_comments=False, include_tables=False, with_metadata=True)
    if page is None or not page.text:
        raise ValueError("no article text was found on the page")
    lines = article_lines(page.text, links, headings)
    if not lines:
        raise ValueError("no article was found on the page, only navigation or notices of the site")
    return Document("\n".join([*lines, "", box]), page.title or None)


def _decoded(data: bytes) -> str:
    """By the byte-order mark, as UTF-8, or in the encoding that the page declares."""
    mark = next((encoding for mark, encoding in _MARKS.items() if data.startswith(mark)), None)
    declared = _DECLARED.search(data[:_DECLARED_WITHIN])
    try:
        if mark is not None:
            return data.decode(mark)
        return decode(data)
    except ValueError:
        if mark is not None or declared is None:
            raise
    label = (declared[1] or declared[2]).decode("ascii").lower()
    try:
        return data.decode(_MEANT.get(label, label))
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
