"""How a long article was read: the texts between article and outputs as a tree, last step first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.records import Span
from pipeline.report import flags as flag_words
from pipeline.report.lines import KINDS

Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Node:
    """One text: `name` is its step ("map 3") or the outputs made last, which have no `text` here; `span` is what of
    the article it tells, `parts` what it was made from (nothing: the article itself)."""

    name: str
    span: Span
    text: str = ""
    flags: tuple[str, ...] = ()
    parts: tuple[Node, ...] = ()


def reading_tree(records: Sequence[Record]) -> tuple[Node, ...]:
    """From an article's records of candidates.jsonl: a tree for every last request, kinds of like origin together,
    then the steps that nothing was made of; empty if the article was read at once."""
    steps = {str(r["request"]): r for r in records if r.get("step") and r.get("rank") == 0}
    if not steps:
        return ()
    last: dict[tuple[Span, tuple[str, ...]], dict[str, None]] = {}
    for record in records:
        if not record.get("step") and record.get("span"):
            last.setdefault((_span(record), _reads(record)), {})[str(record["kind"])] = None
    roots = [
        Node(", ".join(kind for kind in KINDS if kind in kinds), span, parts=_parts(reads, steps))
        for (span, reads), kinds in sorted(last.items(), key=lambda item: item[0])
    ]
    used = {name for root in roots for name in _names(root)}
    spare = [node for node in _parts(list(steps), steps) if node.name not in used]
    inner = {name for node in spare for part in node.parts for name in _names(part)}
    return (*roots, *(node for node in spare if node.name not in inner))


def tree_lines(nodes: Sequence[Node], depth: int = 1) -> Iterator[str]:
    """The tree as indented lines."""
    for node in nodes:
        notes = "".join(f"  ({flag_words.describe(flag)})" for flag in node.flags)
        yield f"{'  ' * depth}{node.name}  [{node.span[0]}–{node.span[1]}]{notes}"
        if node.text:
            yield f"{'  ' * (depth + 1)}{node.text}"
        yield from tree_lines(node.parts, depth + 1)


def _parts(names: Sequence[str], steps: Mapping[str, Record]) -> tuple[Node, ...]:
    return tuple(_node(steps[name], steps) for name in names if name in steps)


def _node(record: Record, steps: Mapping[str, Record]) -> Node:
    name = str(record["request"]).rsplit("#", 1)[-1].replace(":", " ")
    flags = tuple(map(str, record.get("flags") or ()))
    return Node(name, _span(record), str(record["text"]), flags, _parts(_reads(record), steps))


def _names(node: Node) -> Iterator[str]:
    yield node.name
    for part in node.parts:
        yield from _names(part)


def _span(record: Record) -> Span:
    start, end = record["span"]
    return int(start), int(end)


def _reads(record: Record) -> tuple[str, ...]:
    return tuple(map(str, record.get("reads") or ()))
