"""A run directory as one frozen value for the report: what is shown, nothing about how."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.report import flags as flag_words
from pipeline.report.files import Record, by_id, read_json, read_lines, read_text
from pipeline.report.piece import Piece, build_piece
from pipeline.report.scores import ScoreView, read_scores

# Losing candidates of each kind on the page; fewer in a run of many articles, to keep the file small to open and
# to send. `precis explain` lists them all.
SHOWN, MANY, SHOWN_OF_MANY = 12, 60, 3


@dataclass(frozen=True, slots=True)
class Rejected:
    """An article or record that could not be processed, and the command that tries it again."""

    name: str
    stage: str
    reason: str
    retry: str


@dataclass(frozen=True, slots=True)
class RunView:
    """Everything the report of one run shows. `pending` are ingested articles without an output yet."""

    name: str
    engine: str
    model: str
    counts: tuple[tuple[str, int], ...]
    flags: tuple[tuple[str, int], ...]
    pieces: tuple[Piece, ...]
    quarantined: tuple[Rejected, ...]
    pending: tuple[str, ...]
    scores: ScoreView | None
    facts: tuple[tuple[str, str], ...]
    config: str

    @property
    def warned(self) -> int:
        """Articles with an alert."""
        return sum(bool(piece.alerts) for piece in self.pieces)


def load_run(run_dir: Path) -> RunView:
    """Read a run directory. Raises InputError naming the file and line that cannot be read.

    candidates.jsonl, references.jsonl, quarantine.jsonl, scores.json and config.yaml may be missing.
    """
    run = read_json(run_dir / "run.json")
    articles = by_id(read_lines(run_dir / "articles.jsonl", required=True))
    references = by_id(read_lines(run_dir / "references.jsonl"))
    candidates: dict[str, list[Record]] = {}
    for record in read_lines(run_dir / "candidates.jsonl"):
        candidates.setdefault(str(record.get("id")), []).append(record)
    outputs = read_lines(run_dir / "outputs.jsonl", required=True)
    shown = SHOWN if len(outputs) <= MANY else SHOWN_OF_MANY
    pieces = tuple(
        build_piece(
            number,
            output,
            articles.get(str(output["id"]), {}),
            references.get(str(output["id"]), {}),
            candidates.get(str(output["id"]), []),
            shown,
        )
        for number, output in enumerate(outputs, 1)
    )
    quarantined = tuple(map(_rejected, read_lines(run_dir / "quarantine.jsonl")))
    settled = {piece.id for piece in pieces} | {item.name for item in quarantined}
    scores = read_json(run_dir / "scores.json")
    engine = run.get("engine") or {}
    return RunView(
        name=run_dir.resolve().name,
        engine=str(engine.get("name", "")) if isinstance(engine, Mapping) else str(engine),
        model=_model(engine),
        counts=_counts(run, pieces, quarantined),
        flags=_flags(run, pieces),
        pieces=pieces,
        quarantined=quarantined,
        pending=tuple(name for name in articles if name not in settled),
        scores=read_scores(scores) if scores else None,
        facts=tuple(_facts({key: value for key, value in run.items() if key not in ("counts", "plan", "files")})),
        config=read_text(run_dir / "config.yaml"),
    )


def _model(engine: Any) -> str:
    """The model's name as run.json has it: a string, or a dict with `path`, `name` or `id`."""
    model = engine.get("model") if isinstance(engine, Mapping) else None
    if isinstance(model, Mapping):
        model = next((model[key] for key in ("name", "id", "path", "hub_id") if model.get(key)), None)
    return str(model) if model else ""


def _counts(
    run: Mapping[str, Any], pieces: Sequence[Piece], rejected: Sequence[Rejected]
) -> tuple[tuple[str, int], ...]:
    """The numbers of run.json, `flags` aside; counted from the files where run.json has none."""
    counts: dict[str, int] = {"articles": len(pieces) + len(rejected), "done": len(pieces)}
    counts["quarantined"] = len(rejected)
    stored = run.get("counts") or {}
    counts.update({str(name): n for name, n in stored.items() if isinstance(n, int)})
    return tuple(counts.items())


def _flags(run: Mapping[str, Any], pieces: Sequence[Piece]) -> tuple[tuple[str, int], ...]:
    stored = (run.get("counts") or {}).get("flags")
    raised = stored if isinstance(stored, Mapping) else Counter(f for piece in pieces for f in piece.flags)
    return tuple((flag, int(raised[flag])) for flag in flag_words.distinct(map(str, raised)))


def _rejected(record: Record) -> Rejected:
    name = record.get("id") or record.get("origin") or record.get("file") or "?"
    line = record.get("line")
    return Rejected(
        f"{name}, line {line}" if line else str(name),
        str(record.get("stage", "")),
        str(record.get("reason", "")),
        str(record.get("retry", "")),
    )


def _facts(value: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Nested settings as (dotted name, text) pairs, in the file's order; empty ones are left out."""
    for key, item in value.items():
        if isinstance(item, Mapping):
            yield from _facts(item, f"{prefix}{key}.")
        elif item not in (None, "", [], ()):
            shown = f"{item:.4g}" if isinstance(item, float) else str(item)
            unit = " s" if prefix == "timings." and isinstance(item, int | float) else ""
            yield f"{prefix}{key}".replace("_", " ").replace(".", " "), shown + unit
