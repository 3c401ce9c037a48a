"""(Request, output settings) → the request with its contract, for engines that are told in words what to write."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from pipeline.records import Contract, Kind, Request
from pipeline.settings_outputs import OutputSettings

SPARE_HEADLINES = 2  # asked for beyond the count: the guard rejects some, some are alike
SHORTEST = 0.7  # of a rewrite's or a note's target, in words
CHARS_PER_WORD = 4  # of a headline with the blank: how many words its characters may hold at most


def with_contract(request: Request, outputs: OutputSettings) -> Request:
    """The request of a whole article, of a part of it or of notes, with what its text should be like."""
    kind = request.serves[0] if request.serves else None
    return replace(request, contract=_contract(kind, _material(request), request.words or 100, outputs))


def _material(request: Request) -> Literal["article", "part", "notes"]:
    if request.origin is not None and request.origin.reads:
        return "notes"
    return "article" if request.serves and request.id.endswith(":final") else "part"


def _contract(
    kind: Kind | None, material: Literal["article", "part", "notes"], words: int, outputs: OutputSettings
) -> Contract:
    if kind == "summary":
        s = outputs.summary
        return Contract(kind, material, s.min_words, s.max_words, s.min_sentences, s.max_sentences)
    if kind == "bullets":
        b = outputs.bullets
        return Contract(kind, material, 3, b.max_words, b.min, b.max)
    if kind == "headlines":
        h = outputs.headlines
        most = max(h.min_words, h.max_chars // CHARS_PER_WORD)
        count = h.count + SPARE_HEADLINES
        return Contract(kind, material, h.min_words, most, count, count, h.max_chars, h.question)
    style = outputs.rewrite.style if kind == "rewrite" else "news"
    return Contract(kind, material, round(SHORTEST * words), words, style=style)
