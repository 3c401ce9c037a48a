"""Marking spans of a text: the text is cut at every span boundary, so overlaps need no nesting."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Generic, TypeVar

from pipeline.records import Span
from pipeline.report import flags as flag_words

Label = TypeVar("Label")


@dataclass(frozen=True, slots=True)
class Segment(Generic[Label]):
    """A stretch of text: `labels` of all spans over it, `starts` of those that begin with it."""

    text: str
    labels: tuple[Label, ...] = ()
    starts: tuple[Label, ...] = ()


def clamp(span: Sequence[int], length: int) -> Span:
    """The part of `span` that lies within a text of `length` code points (empty if none does)."""
    start = min(max(span[0], 0), length)
    return (start, min(max(span[1], start), length))


def trim(span: Sequence[int], text: str) -> Span:
    """`span` within `text`, without white space at its ends."""
    start, end = clamp(span, len(text))
    inner = text[start:end]
    if not inner.strip():
        return (start, start)
    return (start + len(inner) - len(inner.lstrip()), start + len(inner.rstrip()))


def cut(text: str, spans: Sequence[tuple[Label, Span]], window: Span | None = None) -> tuple[Segment[Label], ...]:
    """`text` (or its `window`) in segments, cut wherever one of the labelled `spans` begins or ends.

    The segments' texts join to exactly the text of the window; a label stands once in a segment.
    """
    low, high = window or (0, len(text))
    inside = [(label, span) for label, span in spans if span[0] < high and span[1] > low and span[0] < span[1]]
    edges = {low, high} | {min(max(edge, low), high) for _, span in inside for edge in span}
    return tuple(
        Segment(
            text[a:b],
            tuple(dict.fromkeys(label for label, span in inside if span[0] <= a and b <= span[1])),
            tuple(dict.fromkeys(label for label, span in inside if span[0] == a)),
        )
        for a, b in pairwise(sorted(edges))
    )


def paragraphs(text: str, spans: Sequence[tuple[int, Span]]) -> tuple[tuple[Segment[int], ...], ...]:
    """The non-empty lines of `text`, each cut into segments; line ends themselves are left out."""
    windows = (match.span() for match in re.finditer(r"[^\n]*\S[^\n]*", text))
    return tuple(cut(text, spans, window) for window in windows)


def flagged(text: str, flags: Iterable[str]) -> list[tuple[str, Span]]:
    """Where the flags' own words stand in `text`: `doubt` for an alert's detail, `mended` for what a repair put in."""
    wanted: dict[str, str] = {}
    for flag in flags:
        mended = flag_words.repair(flag)
        word = mended.new if mended else flag_words.detail(flag)
        if word and (mended or flag_words.level(flag) == "alert"):
            wanted[word] = "mended" if mended else "doubt"
    return [(label, match.span()) for word, label in sorted(wanted.items()) for match in _occurrences(word, text)]


def _occurrences(word: str, text: str) -> Iterable[re.Match[str]]:
    """Where `word` stands in `text` as a whole word: `12` is not found in `1,200` or `12.5`."""
    return re.finditer(rf"(?<![\w])(?<!\d[.,]){re.escape(word)}(?![\w]|[.,]\d)", text)
