"""A bench as plain text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.files import JsonObject
from pipeline.report.columns import aligned, printable

HEADER = (
    "engine", "articles/s", "× reference", "tokens/s written", "read", "memory MiB", "cold start s",
    "import + load + first", "same texts",
)  # fmt: skip
ROUGE = {"rouge1": "R1", "rouge2": "R2", "rougeLsum": "RLsum"}


def bench_table(record: JsonObject) -> str:
    """The record of `pipeline.bench.job.bench`: speed and memory, then ROUGE beside the reference, then what failed."""
    rows: Sequence[JsonObject] = record["rows"]
    lines = [_told(record), "", *aligned([HEADER, *(_cells(row, record["reference"]) for row in rows)])]
    differences = _rouge_rows(rows, record["reference"])
    if differences:
        lines += ["", *aligned([("F × 100, minus the reference's", "n", *ROUGE.values()), *differences], left=(0,))]
    elif not record["referenced"]:
        lines += ["", "no references, so no ROUGE"]
    lines += [
        "",
        *(f"{row['name']}: {'' if row['identity'] else 'failed: '}{row['why']}" for row in rows if row["why"]),
    ]
    lines += [f"{row['name']}: its texts differ from round to round" for row in rows if row["repeatable"] is False]
    return "\n".join(printable(line) for line in lines).rstrip() + "\n"


def _told(record: JsonObject) -> str:
    machine = record["machine"]
    rounds, n = record["rounds"], record["articles"]
    return (
        f"{n} article{'s' * (n != 1)} after 1 to warm up, {rounds} round{'s' * (rounds != 1)}: "
        "median (least–greatest). "
        f"{machine['cores_usable']} of {machine['cores']} cores of {machine['cpu']}, load {machine['load']} before; "
        f"reference: {record['reference']}"
    )


def _cells(row: JsonObject, reference: str) -> list[str]:
    if not row["identity"]:
        return [row["name"], "failed", *["–"] * (len(HEADER) - 2)]
    cold, memory, own = row["cold_start_s"], row["memory_mib"], row["name"] == reference
    cuda = f" + {memory['cuda']['median']:.0f} CUDA" if memory["cuda"] else ""
    return [
        row["name"],
        _spread(row["articles_per_s"]),
        "1" if own else _spread((row["ratio"] or {}).get("articles_per_s")),
        f"{row['tokens_written_per_s']['median']:.0f}",
        f"{row['tokens_read_per_s']['median']:.0f}",
        ("–" if not memory["rss"] else f"{memory['rss']['median']:.0f}") + cuda,
        _spread(cold["total"]),
        " + ".join(f"{cold[part]['median']:.2f}" for part in ("import", "load", "first")),
        "–" if own else _shares(row["identical"]),
    ]


def _spread(found: Mapping[str, Any] | None) -> str:
    if found is None:
        return "–"
    middle = _number(found["median"])
    return middle if len(found["rounds"]) < 2 else f"{middle} ({_number(found['low'])}–{_number(found['high'])})"


def _number(value: float) -> str:
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


def _shares(shares: Mapping[str, float]) -> str:
    """Shares in per cent, one number where all kinds agree; what is not quite all or nothing is never rounded to it."""
    told = {kind: _percent(share) for kind, share in shares.items()}
    if len(set(told.values())) == 1:
        return next(iter(told.values()))
    return " ".join(f"{kind} {share}" for kind, share in told.items()) or "–"


def _percent(share: float) -> str:
    return f"{min(max(100 * share, 0.1), 99.9) if 0 < share < 1 else 100 * share:.3g} %"


def _rouge_rows(rows: Sequence[JsonObject], reference: str) -> list[list[str]]:
    return [
        [f"{row['name']}, {kind.replace('_', ' ')}", str(scores["rouge1"]["n"]), *(_score(scores[t]) for t in ROUGE)]
        for row in rows
        if row["rouge"] and row["name"] != reference
        for kind, scores in row["rouge"].items()
    ]


def _score(entry: Mapping[str, Any]) -> str:
    low, high = (100 * end for end in entry["ci95"])
    return f"{100 * entry['f']:.2f}: {100 * entry['difference']:+.2f} ({low:+.2f} to {high:+.2f})"
