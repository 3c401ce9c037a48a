"""One article of the report: its outputs line by line, tied to the numbered passages of its source."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.records import Span
from pipeline.report import flags as flag_words
from pipeline.report.losers import CandidateGroup, group_candidates
from pipeline.report.marks import Segment, blamed, clamp, paragraphs, trim


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence, bullet or headline: `key` names it on the page, `passages` are its evidence numbers.

    `parts` are its text with doubted words labelled; `gap` is the white space that follows it.
    """

    key: str
    parts: tuple[Segment, ...]
    passages: tuple[int, ...]
    flags: tuple[str, ...] = ()
    gap: str = ""

    @property
    def text(self) -> str:
        return "".join(part.text for part in self.parts)


@dataclass(frozen=True, slots=True)
class Block:
    """One kind of output: its lines and the flags that concern all of it."""

    kind: str
    lines: tuple[Line, ...]
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Piece:
    """One article as the report shows it; `users[n]` are the keys of the lines passage n supports."""

    number: int
    id: str
    title: str
    origin: str
    words: int
    flags: tuple[str, ...]
    blocks: tuple[Block, ...]
    source: tuple[tuple[Segment, ...], ...]
    passages: Mapping[int, Span]
    users: Mapping[int, tuple[str, ...]]
    references: tuple[tuple[str, tuple[tuple[str, ...], ...]], ...]
    key_points: tuple[str, ...]
    candidates: tuple[CandidateGroup, ...]

    @property
    def headline(self) -> str:
        """What the index shows: our first headline, else the article's own title, else its id."""
        ours = (line.text for block in self.blocks if block.kind == "headlines" for line in block.lines)
        return next(ours, "") or self.title or self.id


def build_piece(
    number: int,
    output: Mapping[str, Any],
    article: Mapping[str, Any],
    references: Mapping[str, Any],
    candidates: Sequence[Mapping[str, Any]],
) -> Piece:
    """One article's view from its records in outputs, articles, references and candidates.jsonl."""
    text = str(article.get("text", ""))
    numbers = number_passages(output, text)
    blocks = tuple(_blocks(output, numbers, text))
    lines = [line for block in blocks for line in block.lines]
    about = output.get("article") or {}
    raised = [*(output.get("flags") or ()), *(article.get("flags") or ())]
    raised += [flag for block in blocks for flag in block.flags]
    raised += [flag for line in lines for flag in line.flags]
    return Piece(
        number=number,
        id=str(output["id"]),
        title=str(about.get("title") or article.get("title") or ""),
        origin=str(article.get("origin") or ""),
        words=int(about.get("words") or len(text.split())),
        flags=flag_words.distinct(raised),
        blocks=blocks,
        source=paragraphs(text, [(n, span) for span, n in numbers.items()]),
        passages={n: span for span, n in numbers.items()},
        users={n: tuple(line.key for line in lines if n in line.passages) for n in numbers.values()},
        references=tuple(_references(references.get("references") or references)),
        key_points=tuple(map(str, article.get("key_points") or ())),
        candidates=group_candidates(candidates),
    )


def number_passages(output: Mapping[str, Any], text: str) -> dict[Span, int]:
    """Every distinct supporting span of the article's `text`, numbered in source order."""
    lists: list[Any] = []
    for kind in ("summary", "rewrite"):
        lists += (output.get(kind) or {}).get("evidence") or []
    for kind in ("headlines", "bullets"):
        lists += [item.get("evidence") or [] for item in output.get(kind) or []]
    spans = {trim(span, text) for spans in lists for span in spans}
    return {span: n for n, span in enumerate(sorted(s for s in spans if s[0] < s[1]), 1)}


def _blocks(output: Mapping[str, Any], numbers: Mapping[Span, int], text: str) -> Iterator[Block]:
    def known(spans: Iterable[Sequence[int]]) -> tuple[int, ...]:
        trimmed = (trim(span, text) for span in spans)
        return tuple(sorted({numbers[span] for span in trimmed if span in numbers}))

    for kind in ("headlines", "summary", "bullets", "rewrite"):
        found = output.get(kind)
        if isinstance(found, Mapping):
            evidence = [known(spans) for spans in found.get("evidence") or []]
            flags = tuple(found.get("flags") or ())
            yield Block(kind, tuple(_sentences(kind, found, evidence, flags)), flags)
        elif found:
            yield Block(kind, tuple(_items(kind, found, [known(x.get("evidence") or ()) for x in found])))


def _items(
    kind: str, items: Sequence[Mapping[str, Any]], passages: Sequence[tuple[int, ...]]
) -> Iterator[Line]:
    for number, (item, numbers) in enumerate(zip(items, passages, strict=True), 1):
        flags = tuple(item.get("flags") or ())
        yield Line(f"{kind[0]}{number}", blamed(str(item.get("text", "")), flags), numbers, flags)


def _sentences(
    kind: str, prose: Mapping[str, Any], passages: Sequence[tuple[int, ...]], flags: tuple[str, ...]
) -> Iterator[Line]:
    """The sentences of a running text; text outside every sentence becomes a line without evidence."""
    text = str(prose.get("text", ""))
    pieces: list[tuple[str, tuple[int, ...]]] = []
    at = 0
    for index, raw in enumerate(prose.get("sentences") or []):
        start, end = clamp(raw, len(text))
        if end <= max(start, at):
            continue
        pieces += [
            (text[at:start], ()),
            (text[max(at, start) : end], passages[index] if index < len(passages) else ()),
        ]
        at = end
    everything = tuple(dict.fromkeys(n for numbers in passages for n in numbers))
    pieces.append((text[at:], () if at else everything))
    spaced: list[list[Any]] = []
    for part, numbers in pieces:
        if part.strip():
            spaced.append([part, numbers, ""])
        elif spaced:
            spaced[-1][2] = part
    for number, (part, numbers, gap) in enumerate(spaced, 1):
        yield Line(f"{kind[0]}{number}", blamed(part, flags), numbers, gap=gap)


def _references(found: Mapping[str, Any]) -> Iterator[tuple[str, tuple[tuple[str, ...], ...]]]:
    """Every kind that has references, each alternative as a tuple of lines."""
    for kind in ("headline", "headlines", "summary", "bullets", "rewrite"):
        texts = found.get(kind) or ()
        if texts:
            yield kind, tuple((one,) if isinstance(one, str) else tuple(map(str, one)) for one in texts)
