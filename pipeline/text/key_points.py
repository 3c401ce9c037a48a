"""An article's own key points: the box headed "What You Need To Know", "Key points", "Story highlights" …"""

from __future__ import annotations

import re

from pipeline.text.lines import is_lone_mark, item_text

_HEADINGS = frozenset(
    {
        "what you need to know",
        "what to know",
        "things to know",
        "key points",
        "key point",
        "the key points",
        "key takeaways",
        "takeaways",
        "key facts",
        "main points",
        "the main points",
        "story highlights",
        "article highlights",
        "highlights",
        "at a glance",
        "in brief",
        "in short",
        "tl;dr",
    }
)
_ABOUT = re.compile(
    r"(what you need to know|what to know|things to know|key points|key takeaways) (about|on|from) .{1,60}"
)
_DECORATION = "#*_:|>~ \t-–—"


def extract_key_points(text: str) -> tuple[str, tuple[str, ...]]:
    """`(text without the box, points)`: the list under a key-points heading, wherever it stands.

    The box is the heading line and every list item after it, with the lone dashes and blank lines between;
    it ends at the first line that is none of these. Points lose their markers and come once each, in order
    (compared ignoring case, white space and a final stop). A heading with no list after it stays in the text,
    and body paragraphs are left alone even when they repeat a point. Several boxes are taken together.
    """
    lines = text.split("\n")
    body: list[str] = []
    points: dict[str, str] = {}
    position = 0
    while position < len(lines):
        end = _box_end(lines, position + 1) if is_heading(lines[position]) else position
        if end == position:
            body.append(lines[position])
            position += 1
            continue
        for point in filter(None, map(_point, lines[position + 1 : end])):
            points.setdefault(_key(point), point)
        position = end
    return "\n".join(body), tuple(points.values())


def is_heading(line: str) -> bool:
    """Does the line, apart from heading marks and a colon, say that the article's key points follow?"""
    words = " ".join(line.strip(_DECORATION).casefold().split())
    return words in _HEADINGS or _ABOUT.fullmatch(words) is not None


def _box_end(lines: list[str], start: int) -> int:
    """The index after the last item of the list at `start`, or `start - 1` (the heading) if there is none."""
    end = start - 1
    for index in range(start, len(lines)):
        if _point(lines[index]):
            end = index + 1
        elif not is_lone_mark(lines[index].strip()):
            break
    return end


def _point(line: str) -> str | None:
    return item_text(line.strip())


def _key(point: str) -> str:
    return " ".join(point.casefold().split()).rstrip(" .")
