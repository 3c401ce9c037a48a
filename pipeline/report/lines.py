"""The outputs of one article line by line, each tied to the numbered passages of its source."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.records import Span
from pipeline.report.marks import Segment, clamp, cut, flagged, trim
from pipeline.report.wording import Vocabulary, against_source, count_words

KINDS = ("headlines", "summary", "bullets", "rewrite")  # as they stand on the page
Passages = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence, bullet or headline: `key` names it on the page, `passages` are its evidence numbers.

    `parts` are its text, labelled `doubt`, `mended`, `copied`, `new`; `gap` is the white space that follows it.
    """

    key: str
    parts: tuple[Segment[str], ...]
    passages: Passages
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

    @property
    def words(self) -> int:
        return sum(len(line.text.split()) for line in self.lines)

    def share(self, label: str) -> int:
        """Per cent of the block's words that carry `label`."""
        counts = [(count_words(part.text), label in part.labels) for line in self.lines for part in line.parts]
        total = sum(count for count, _ in counts)
        return round(100 * sum(count for count, has in counts if has) / total) if total else 0

    @property
    def paragraphs(self) -> tuple[tuple[Line, ...], ...]:
        """The lines, parted where a line end follows."""
        parted: list[list[Line]] = [[]]
        for line in self.lines:
            parted[-1].append(line)
            if "\n" in line.gap:
                parted.append([])
        return tuple(tuple(lines) for lines in parted if lines)


def number_passages(output: Mapping[str, Any], text: str) -> dict[Span, int]:
    """Every distinct supporting span of the article's `text`, numbered in source order."""
    lists: list[Any] = []
    for kind in ("summary", "rewrite"):
        lists += (output.get(kind) or {}).get("evidence") or []
    for kind in ("headlines", "bullets"):
        lists += [item.get("evidence") or [] for item in output.get(kind) or []]
    spans = {trim(span, text) for spans in lists for span in spans}
    return {span: n for n, span in enumerate(sorted(s for s in spans if s[0] < s[1]), 1)}


def output_blocks(
    output: Mapping[str, Any], numbers: Mapping[Span, int], text: str, source: Vocabulary
) -> Iterator[Block]:
    """The kinds of output that the record has, in the order of the page."""

    def known(spans: Iterable[Sequence[int]]) -> Passages:
        trimmed = (trim(span, text) for span in spans)
        return tuple(sorted({numbers[span] for span in trimmed if span in numbers}))

    def marked(part: str, flags: Iterable[str]) -> tuple[Segment[str], ...]:
        return cut(part, [*flagged(part, flags), *against_source(part, source)])

    for kind in KINDS:
        found = output.get(kind)
        if isinstance(found, Mapping):
            evidence = [known(spans) for spans in found.get("evidence") or []]
            flags = tuple(map(str, found.get("flags") or ()))
            sentences = enumerate(_sentences(found, evidence), 1)
            lines = (Line(f"{kind[0]}{n}", marked(part, flags), own, gap=gap) for n, (part, own, gap) in sentences)
            yield Block(kind, tuple(lines), flags)
        elif found:
            yield Block(kind, tuple(_item(kind, n, item, known, marked) for n, item in enumerate(found, 1)))


def _item(
    kind: str,
    number: int,
    item: Mapping[str, Any],
    known: Callable[[Iterable[Sequence[int]]], Passages],
    marked: Callable[[str, Iterable[str]], tuple[Segment[str], ...]],
) -> Line:
    flags = tuple(map(str, item.get("flags") or ()))
    parts = marked(str(item.get("text", "")), flags)
    return Line(f"{kind[0]}{number}", parts, known(item.get("evidence") or ()), flags)


def _sentences(prose: Mapping[str, Any], passages: Sequence[Passages]) -> list[tuple[str, Passages, str]]:
    """A running text as (sentence, passages, white space after it); text outside every sentence has no evidence."""
    text = str(prose.get("text", ""))
    pieces: list[tuple[str, Passages]] = []
    at = 0
    for index, raw in enumerate(prose.get("sentences") or []):
        start, end = clamp(raw, len(text))
        if end <= max(start, at):
            continue
        evidence = passages[index] if index < len(passages) else ()
        pieces += [(text[at:start], ()), (text[max(at, start) : end], evidence)]
        at = end
    everything = tuple(dict.fromkeys(n for numbers in passages for n in numbers))
    pieces.append((text[at:], () if at else everything))
    spaced: list[tuple[str, Passages, str]] = []
    for part, numbers in pieces:
        if part.strip():
            spaced.append((part, numbers, ""))
        elif spaced:
            spaced[-1] = (*spaced[-1][:2], part)
    return spaced
