"""Lines of printed pages to paragraphs: running heads and feet dropped, lines joined, broken words mended."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median, median_low

from pipeline.lexicon import is_english
from pipeline.text.lines import item_text

_EDGE = 3  # lines at the top and at the bottom of a page where a running head or foot may stand
_NUMBER = re.compile(r"\W*(?:page\s*|p\.\s*)?(\d{1,4})\W*(?:(?:of|/)\s*(\d{1,4})\W*)?", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_BROKEN = re.compile(r"([^\W\d_]+(?:-[^\W\d_]+)*)([-\u00ad\u2010])$")
_END = (".", "!", "?", ":", '."', ".”", '!"', '?"', "!”", "?”", ".)", ".’", ".'")


@dataclass(frozen=True, slots=True)
class Line:
    """A printed line; `x` and `y` are where it begins (y grows upwards) and `size` its font's, in points."""

    text: str
    x: float
    y: float
    size: float


def body_size(pages: Sequence[Sequence[Line]]) -> float:
    """The font size in which most characters are set; 0 without any."""
    sizes: Counter[float] = Counter()
    for page in pages:
        for line in page:
            sizes[round(line.size, 1)] += len(line.text)
    return max(sizes, key=lambda size: (sizes[size], -size), default=0.0)


def without_furniture(pages: Sequence[Sequence[Line]]) -> list[list[Line]]:
    """The pages without lines that recur at the edges of at least two pages and a third of them, and page numbers.

    Lines are the same at the same height with the same words, ignoring case and digits. A lone number is a page number
    if it counts with the pages.
    """
    edges = [_edges(page) for page in pages]
    counts = Counter(key for edge in edges for key in {_key(line) for line in edge})
    least = max(2, len(pages) / 3)
    offsets = _offsets(edges)
    return [
        [
            line
            for line in page
            if line not in edge or not (counts[_key(line)] >= least or _is_number(line, number, offsets))
        ]
        for number, (page, edge) in enumerate(zip(pages, edges, strict=True))
    ]


def paragraphs(pages: Sequence[Sequence[Line]]) -> list[str]:
    """The paragraphs in order, each one line of text; one that a page or column divides is put together."""
    lines = [line for page in pages for line in page]
    breaks = set(_page_starts(pages))
    known = frozenset(word.lower() for line in lines for word in _WORD.findall(line.text))
    width = median([len(line.text) for line in lines]) if lines else 0.0
    leading = _leading(lines)
    found: list[str] = []
    for index, line in enumerate(lines):
        before = lines[index - 1] if index else None
        if before is None or _begins(before, line, index in breaks, width, leading):
            found.append(line.text.strip())
        else:
            found[-1] = joined(found[-1], line.text.strip(), known)
    return found


def joined(left: str, right: str, known: frozenset[str]) -> str:
    """Two lines as one; `known` are the words of the document in lower case.

    A hyphen at the line's end goes unless the document has the compound elsewhere, or the halves are words and the
    whole is none.
    """
    broken = _BROKEN.search(left)
    head = _WORD.match(right)
    if broken is None or head is None:
        return f"{left} {right}"
    stem, whole = broken[1], broken[1] + head[0]
    if broken[2] == "\u00ad":
        return left[:-1] + right
    if not right[0].islower() or f"{stem}-{head[0]}".lower() in known:
        return f"{left}{right}"
    if whole.lower() in known or is_english(whole):
        return left[:-1] + right
    is_compound = is_english(stem) and is_english(head[0]) and min(len(stem), len(head[0])) > 2
    return f"{left}{right}" if is_compound else left[:-1] + right


def _edges(page: Sequence[Line]) -> list[Line]:
    ordered = sorted(page, key=lambda line: -line.y)
    return [*ordered[:_EDGE], *ordered[max(_EDGE, len(ordered) - _EDGE) :]]


def _key(line: Line) -> tuple[str, int]:
    """What is the same in a running head on every page: its words, digits aside, and its height."""
    return re.sub(r"\d+", "#", " ".join(line.text.casefold().split())), round(line.y)


def _offsets(edges: Sequence[Sequence[Line]]) -> frozenset[int]:
    """Printed number minus page index: 1, and what holds on at least two pages."""
    counts: Counter[int] = Counter()
    for index, edge in enumerate(edges):
        counts.update({int(found[1]) - index for line in edge if (found := _NUMBER.fullmatch(line.text.strip()))})
    return frozenset({1, *(offset for offset, count in counts.items() if count > 1)})


def _is_number(line: Line, index: int, offsets: frozenset[int]) -> bool:
    found = _NUMBER.fullmatch(line.text.strip())
    return found is not None and int(found[1]) - index in offsets


def _page_starts(pages: Sequence[Sequence[Line]]) -> Iterator[int]:
    start = 0
    for page in pages:
        yield start
        start += len(page)


def _leading(lines: Sequence[Line]) -> float:
    """The usual distance from one line to the next, in font sizes: the lower median of those that go down a little."""
    steps = [(a.y - b.y) / a.size for a, b in pairwise(lines) if a.size and 0 < a.y - b.y < 3 * a.size]
    return median_low(steps) if steps else 1.2


def _begins(before: Line, line: Line, after_page: bool, width: float, leading: float) -> bool:
    """Does `line` begin a paragraph?"""
    if abs(line.size - before.size) > 0.15 * max(line.size, before.size) or item_text(line.text.strip()):
        return True
    ended = before.text.rstrip().endswith(_END)
    if after_page or line.y > before.y:  # the next page or column
        return ended
    indented = line.x - before.x > 0.8 * line.size and item_text(before.text.strip()) is None  # else it hangs
    if before.y - line.y > 1.3 * leading * before.size or indented:
        return True
    return ended and len(before.text) < 0.7 * width
