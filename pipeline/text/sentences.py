"""Sentence segmentation with exact offsets: nupunkt's boundaries, mended by a few rules for news English."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from importlib.metadata import version
from itertools import pairwise
from typing import TYPE_CHECKING

from pipeline.records import Sentence
from pipeline.text.boundaries import CANDIDATE, sentence_ends

if TYPE_CHECKING:
    from nupunkt import PunktSentenceTokenizer

RULES = 1  # raise when a rule or a list in boundaries.py or abbreviations.py changes what is split
_LINE = re.compile(r"[^\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+")


def splitter_signature() -> str:
    """What splits the sentences, for score signatures: library, its version and the revision of our rules."""
    return f"nupunkt-{version('nupunkt')}+precis{RULES}"


def split_sentences(text: str) -> list[Sentence]:
    """The sentences of `text` in order, with code-point offsets: `text[s.start:s.end] == s.text`.

    They are non-empty, do not overlap, neither begin nor end with white space, and cover all the rest.
    A line end always ends a sentence (`normalise` joins hard-wrapped lines beforehand), so list items and
    headings stand alone; `paragraph` counts the lines that are not blank, from 0.
    """
    sentences: list[Sentence] = []
    lines = (match for match in _LINE.finditer(text) if match[0].strip())
    for paragraph, line in enumerate(lines):
        for start, end in _spans(line[0]):
            left = line.start()
            sentences.append(Sentence(line[0][start:end], left + start, left + end, paragraph))
    return sentences


def _spans(line: str) -> Iterator[tuple[int, int]]:
    """Stripped, non-empty spans between the boundaries of one line."""
    cuts = [0, *_boundaries(line), len(line)]
    for left, right in pairwise(cuts):
        piece = line[left:right]
        start = left + len(piece) - len(piece.lstrip())
        end = left + len(piece.rstrip())
        if start < end:
            yield start, end


def _boundaries(line: str) -> list[int]:
    """Positions after white space where a sentence starts; the library decides where no rule does."""
    candidates = {match.end() for match in CANDIDATE.finditer(line)}
    if not candidates:
        return []
    proposed = {start for start, _ in _library().span_tokenize(line) if start and line[start - 1].isspace()}
    chosen = []
    for position in sorted(candidates | proposed):
        verdict = sentence_ends(line, position)
        if position in proposed if verdict is None else verdict:
            chosen.append(position)
    return chosen


@lru_cache(maxsize=1)
def _library() -> PunktSentenceTokenizer:
    """The library with its packaged model (nothing is downloaded) and our abbreviations for its own."""
    from nupunkt import load_default_model

    from pipeline.text.abbreviations import ABBREVIATIONS

    tokenizer = load_default_model()
    for entry in [a for a in tokenizer.abbreviations if "." not in a and a not in ABBREVIATIONS]:
        tokenizer.remove_abbreviation(entry)
    tokenizer.add_abbreviations(sorted(ABBREVIATIONS))
    return tokenizer
