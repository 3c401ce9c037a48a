"""Line clean-up: wrapped paragraphs joined, lone list marks and repeated blocks dropped."""

from __future__ import annotations

import re
from itertools import groupby, pairwise

_ITEM = re.compile(r"(?:[-–—−*•·●▪◦‣⁃+]|\(?\d{1,3}[.)])\s+(?=\S)")
_LONE_MARKS = re.compile(r"[\s\-–—−*•·●▪◦‣⁃_=~+#>|]+")
_HEADING_MARK = re.compile(r"#{1,6}\s+")
_SPACES = re.compile(r"\s+")
_INDENT = re.compile(r"(?:\t|\s{2,})\S")
_WRAP_WIDTHS = range(40, 101)  # characters: the columns that prose is wrapped at
_LONGEST_REPLY = 5  # words: "Yes." may be said twice in an interview


def item_text(line: str) -> str | None:
    """The text of a list item without its bullet or number, or None when the line is no item."""
    marker = _ITEM.match(line)
    return line[marker.end() :].strip() if marker else None


def is_lone_mark(line: str) -> bool:
    """Is the line blank or nothing but dashes, bullets or rules?"""
    return not line or _LONE_MARKS.fullmatch(line) is not None


def tidy_lines(text: str) -> str:
    """One paragraph, heading or item a line: white space collapsed, hard wraps joined, lone marks dropped.

    Blank lines that separate blocks are kept, one at a time.
    """
    lines = [line for line in _joined_items(text.split("\n")) if not line or not is_lone_mark(line)]
    tidy: list[str] = []
    for kind, group in groupby(lines, _kind):
        run = list(group)
        tidy += [""] if kind == "blank" else [_unwrapped(run)] if kind == "text" and _is_wrapped(run) else run
    return "\n".join(tidy).strip("\n")


def drop_repeats(text: str) -> str:
    """Drop lines that stood before (ignoring case, white space, sort of bullet); short replies may recur."""
    seen: set[tuple[bool, str]] = set()
    kept = []
    for line in text.split("\n"):
        body = item_text(line)
        key = (body is not None, _SPACES.sub(" ", body or line).casefold())
        if line and key in seen and (body is not None or not _is_reply(line)):
            continue
        seen.add(key)
        kept.append(line)
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip("\n")


def _joined_items(raw: list[str]) -> list[str]:
    """Lines with single spaces and no heading marks; a line indented under a list item belongs to it."""
    lines: list[str] = []
    for line in raw:
        words = _HEADING_MARK.sub("", _SPACES.sub(" ", line).strip(), count=1)
        if lines and item_text(lines[-1]) and _INDENT.match(line) and not _is_mark_or_item(words):
            lines[-1] = f"{lines[-1]} {words}"
        else:
            lines.append(words)
    return lines


def _is_mark_or_item(line: str) -> bool:
    return is_lone_mark(line) or item_text(line) is not None


def _kind(line: str) -> str:
    return "item" if item_text(line) is not None else "text" if line else "blank"


def _is_wrapped(run: list[str]) -> bool:
    """Was this paragraph wrapped at a column?

    No line could have taken the next line's first word, and at least one line starts in lower case.
    """
    width = max(map(len, run))
    full = (len(line) + 1 + len(after.split()[0]) > width for line, after in pairwise(run))
    return width in _WRAP_WIDTHS and any(line[0].islower() for line in run[1:]) and all(full)


def _unwrapped(run: list[str]) -> str:
    text = run[0]
    for line in run[1:]:
        broken_word = re.search(r"[^\W\d_]-$", text) and line[0].islower()
        text += line if broken_word else f" {line}"
    return text


def _is_reply(line: str) -> bool:
    """A few words with an end mark; "Advertisement" is none."""
    return len(line.split()) <= _LONGEST_REPLY and line.rstrip("\"'").endswith((".", "?", "!"))
