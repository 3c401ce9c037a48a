"""One article of the report: its outputs, its source, its references and what lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from pipeline.limits import LIMITS
from pipeline.records import Span
from pipeline.report import flags as flag_words
from pipeline.report.beside import Beside, beside
from pipeline.report.lines import Block, Line, number_passages, output_blocks
from pipeline.report.losers import CandidateGroup, group_candidates
from pipeline.report.marks import Segment, paragraphs
from pipeline.report.tree import Node, reading_tree
from pipeline.report.wording import COPIED, vocabulary


@dataclass(frozen=True, slots=True)
class Piece:
    """One article as the report shows it; `users[n]` are the keys of the lines passage n supports.

    `quotes[n]` is the text of passage n, `flags` every flag as often as it was raised, `tree` how a long article was
    read, `covered` the share of the article's tenths that the passages come from, `limits` what was hit and how often.
    """

    number: int
    id: str
    title: str
    origin: str
    words: int
    flags: tuple[str, ...]
    blocks: tuple[Block, ...]
    source: tuple[tuple[Segment[int], ...], ...]
    quotes: Mapping[int, str]
    users: Mapping[int, tuple[str, ...]]
    references: tuple[Beside, ...]
    key_points: tuple[str, ...]
    candidates: tuple[CandidateGroup, ...]
    own_flags: tuple[str, ...] = ()
    tree: tuple[Node, ...] = ()
    covered: float | None = None
    limits: tuple[tuple[str, int], ...] = ()

    @property
    def first(self) -> Line | None:
        """Our first headline, if there is one."""
        return next((line for block in self.blocks if block.kind == "headlines" for line in block.lines), None)

    @property
    def headline(self) -> str:
        """What the index shows: our first headline, else the article's own title, else its id."""
        return (self.first.text if self.first else "") or self.title or self.id

    @property
    def place(self) -> str:
        """Where the article came from, without the folders above: a report is sent to others."""
        return "/".join(PurePath(self.origin).parts[-2:])

    @property
    def alerts(self) -> tuple[str, ...]:
        return tuple(flag for flag in flag_words.distinct(self.flags) if flag_words.level(flag) == "alert")

    @property
    def notes(self) -> tuple[tuple[str, int], ...]:
        """Families of the other flags with how often each was raised."""
        return flag_words.tally(flag for flag in self.flags if flag_words.level(flag) == "note")

    @property
    def quiet(self) -> frozenset[int]:
        """Passages that only the rewrite uses: it uses nearly all, so marking them would mark everything."""
        return frozenset(n for n, keys in self.users.items() if all(key[0] == "r" for key in keys))


def build_piece(
    number: int,
    output: Mapping[str, Any],
    article: Mapping[str, Any],
    references: Mapping[str, Any],
    candidates: Sequence[Mapping[str, Any]],
    shown: int,
) -> Piece:
    """One article's view from its records in outputs, articles, references and candidates.jsonl.

    `shown` is how many losing candidates of each kind are kept.
    """
    text = str(article.get("text", ""))
    numbers = number_passages(output, text)
    blocks = tuple(output_blocks(output, numbers, text, vocabulary(text.split("\n"), COPIED)))
    lines = [line for block in blocks for line in block.lines]
    about = output.get("article") or {}
    own = flag_words.distinct(map(str, [*(output.get("flags") or ()), *(article.get("flags") or ())]))
    raised = [flag for block in blocks for flag in block.flags] + [flag for line in lines for flag in line.flags]
    return Piece(
        number=number,
        id=str(output["id"]),
        title=str(about.get("title") or article.get("title") or ""),
        origin=str(article.get("origin") or ""),
        words=int(about.get("words") or len(text.split())),
        flags=(*own, *raised),
        blocks=blocks,
        source=paragraphs(text, [(n, span) for span, n in numbers.items()]),
        quotes={n: _quote(text, span) for span, n in numbers.items()},
        users={n: tuple(line.key for line in lines if n in line.passages) for n in numbers.values()},
        references=beside(blocks, references.get("references") or references),
        key_points=tuple(map(str, article.get("key_points") or ())),
        candidates=group_candidates(candidates, shown),
        own_flags=own,
        tree=reading_tree(candidates),
        covered=(output.get("coverage") or {}).get("all"),
        limits=tuple((LIMITS.get(name, name), count) for name, count in (output.get("limits") or {}).items()),
    )


def _quote(text: str, span: Span) -> str:
    return " ".join(text[span[0] : span[1]].split())
