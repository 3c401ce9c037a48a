"""Every candidate of an article, why it was chosen or lost, for the folded part of the report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.report import flags as flag_words
from pipeline.report.lines import KINDS
from pipeline.report.marks import Segment, clamp, cut


@dataclass(frozen=True, slots=True)
class CandidateLine:
    """A candidate: doubted words labelled in `parts`; `rank` counts from 1 and is None for losers."""

    rank: int | None
    parts: tuple[Segment[str], ...]
    numbers: str
    why: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CandidateGroup:
    """The candidates for one output kind: the chosen, some of the losers, and all `reasons` with their counts."""

    kind: str
    chosen: tuple[CandidateLine, ...]
    lost: tuple[CandidateLine, ...]
    reasons: tuple[tuple[str, int], ...]
    written: int

    @property
    def hidden(self) -> int:
        return self.written - len(self.chosen) - len(self.lost)


def group_candidates(records: Sequence[Mapping[str, Any]], shown: int) -> tuple[CandidateGroup, ...]:
    """Records of candidates.jsonl by kind: the chosen by rank, then `shown` losers, the best of every reason first."""
    groups = []
    for kind in KINDS:
        own = sorted((record for record in records if record.get("kind") == kind), key=_order)
        lost = [record for record in own if record.get("rank") is None]
        reasons = Counter(_why(record) for record in lost)
        if own:
            chosen = tuple(_line(record) for record in own if record.get("rank") is not None)
            kept = tuple(map(_line, _mixed(lost, shown)))
            groups.append(CandidateGroup(kind, chosen, kept, tuple(reasons.most_common()), len(own)))
    return tuple(groups)


def _order(record: Mapping[str, Any]) -> tuple[bool, int, bool, float]:
    rank = record.get("rank")
    return (rank is None, rank or 0, not record.get("ok", True), -float(record.get("score") or 0.0))


def _mixed(lost: Iterable[Mapping[str, Any]], shown: int) -> list[Mapping[str, Any]]:
    """The first `shown` of the different texts, taking turns between the reasons, then by reason."""
    by_reason: dict[str, list[Mapping[str, Any]]] = {}
    seen: set[str] = set()
    for record in lost:
        text = str(record.get("text", ""))
        if text not in seen:
            by_reason.setdefault(_why(record), []).append(record)
        seen.add(text)
    turns = [(place, record) for records in by_reason.values() for place, record in enumerate(records)]
    kept = [record for _, record in sorted(turns, key=lambda turn: turn[0])[:shown]]
    return sorted(kept, key=lambda record: list(by_reason).index(_why(record)))


def _why(record: Mapping[str, Any]) -> str:
    return str(record.get("why") or "no reason given")


def _line(record: Mapping[str, Any]) -> CandidateLine:
    text = str(record.get("text", ""))
    reasons: Sequence[Mapping[str, Any]] = record.get("reasons") or []
    doubted = [r for r in reasons if r.get("span") and flag_words.level(str(r.get("code", "?"))) == "alert"]
    numbers = [
        f"{label} {record[key]:.2f}".replace("-", "−")
        for key, label in (("score", "score"), ("logprob", "log probability"))
        if isinstance(record.get(key), int | float)
    ]
    rank = record.get("rank")
    return CandidateLine(
        rank=None if rank is None else int(rank) + 1,
        parts=cut(text, [("doubt", clamp(r["span"], len(text))) for r in doubted]),
        numbers=", ".join(numbers),
        why=_why(record) if rank is None else str(record.get("why") or ""),
        reasons=tuple(dict.fromkeys(map(_flag, reasons))),
    )


def _flag(reason: Mapping[str, Any]) -> str:
    code, about = str(reason.get("code", "?")), reason.get("detail")
    return f"{code}:{about}" if about else code
