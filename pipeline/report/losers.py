"""Every candidate of an article, why it was chosen or lost, for the folded part of the report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.report import flags as flag_words
from pipeline.report.marks import Segment, clamp, cut

ORDER = ("headlines", "summary", "bullets", "rewrite")  # as the outputs stand on the page
SHOWN = 16  # candidates per kind on the page; `precis explain` lists them all


@dataclass(frozen=True, slots=True)
class CandidateLine:
    """A candidate: doubted words labelled in `parts`; `rank` counts from 1 and is None for losers."""

    rank: int | None
    parts: tuple[Segment, ...]
    numbers: str
    why: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CandidateGroup:
    """The candidates for one output kind, the chosen first; `hidden` more are not shown."""

    kind: str
    lines: tuple[CandidateLine, ...]
    hidden: int


def group_candidates(records: Sequence[Mapping[str, Any]]) -> tuple[CandidateGroup, ...]:
    """Records of candidates.jsonl by kind: chosen by rank, then losers that passed, then rejected."""
    groups = []
    for kind in ORDER:
        own = sorted((record for record in records if record.get("kind") == kind), key=_order)
        shown = tuple(map(_line, own[:SHOWN]))
        if own:
            groups.append(CandidateGroup(kind, shown, len(own) - len(shown)))
    return tuple(groups)


def _order(record: Mapping[str, Any]) -> tuple[bool, int, bool, float]:
    rank = record.get("rank")
    return (rank is None, rank or 0, not record.get("ok", True), -float(record.get("score") or 0.0))


def _line(record: Mapping[str, Any]) -> CandidateLine:
    text = str(record.get("text", ""))
    reasons: Sequence[Mapping[str, Any]] = record.get("reasons") or []
    spans = [(n, clamp(r["span"], len(text))) for n, r in enumerate(reasons, 1) if r.get("span")]
    numbers = [
        f"{label} {record[key]:.2f}"
        for key, label in (("score", "score"), ("logprob", "log-probability"))
        if isinstance(record.get(key), int | float)
    ]
    rank = record.get("rank")
    return CandidateLine(
        rank=None if rank is None else int(rank) + 1,
        parts=cut(text, spans),
        numbers=", ".join(numbers),
        why=str(record.get("why") or ""),
        reasons=tuple(dict.fromkeys(_words(reason) for reason in reasons)),
    )


def _words(reason: Mapping[str, Any]) -> str:
    about = reason.get("detail")
    return flag_words.describe(
        f"{reason.get('code', '?')}:{about}" if about else str(reason.get("code", "?"))
    )
