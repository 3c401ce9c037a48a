"""Reference texts beside ours, with the words that both have in a row marked in each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.report.lines import Block
from pipeline.report.marks import Segment, cut
from pipeline.report.wording import SHARED, Vocabulary, runs, shared_pairs, vocabulary

Marked = tuple[Segment[str], ...]
# kind of output -> the names its references have in references.jsonl
REFERENCE_KEYS = {
    "headlines": ("headline", "headlines"),
    "summary": ("summary",),
    "bullets": ("bullets",),
    "rewrite": ("rewrite",),
}


@dataclass(frozen=True, slots=True)
class Reference:
    """One reference: its lines, and how many of its `pairs` of neighbouring words ours has too."""

    lines: tuple[Marked, ...]
    shared: int
    pairs: int


@dataclass(frozen=True, slots=True)
class Beside:
    """Our lines of one kind (none if it was not asked for) and the references of that kind."""

    kind: str
    ours: tuple[Marked, ...]
    references: tuple[Reference, ...]


def beside(blocks: Sequence[Block], references: Mapping[str, Any]) -> tuple[Beside, ...]:
    """Every kind that has references, in the order of the page; nothing but text is taken from the record."""
    own = {block.kind: [line.text for line in block.lines] for block in blocks}
    found = []
    for kind, keys in REFERENCE_KEYS.items():
        alternatives = [_lines(one) for key in keys for one in references.get(key) or ()]
        if alternatives:
            found.append(_beside(kind, own.get(kind, []), alternatives))
    return tuple(found)


def _lines(reference: str | Sequence[str]) -> list[str]:
    lines = reference.splitlines() if isinstance(reference, str) else map(str, reference)
    return [line for line in lines if line.strip()]


def _beside(kind: str, ours: Sequence[str], alternatives: Sequence[Sequence[str]]) -> Beside:
    known = vocabulary(ours, SHARED)
    theirs = [vocabulary(lines, SHARED) for lines in alternatives]
    return Beside(
        kind,
        mark_shared(ours, theirs),
        tuple(
            Reference(mark_shared(lines, [known]), *shared_pairs(known, own))
            for lines, own in zip(alternatives, theirs, strict=True)
        ),
    )


def mark_shared(lines: Sequence[str], others: Sequence[Vocabulary]) -> tuple[Marked, ...]:
    """The lines with every run of words that any of the `others` has too labelled `same`."""
    known = Vocabulary(frozenset(), frozenset().union(*(one.ngrams for one in others)), SHARED)
    return tuple(cut(line, [("same", span) for span in runs(line, known)]) for line in lines)
