"""A small run directory, made by hand, with everything a report has to survive."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

SCRIPT = "<script>alert(1)</script>"
IMAGE = '"><img src=x onerror=alert(2)>'
TEXT = f"The 🛶 river rose 3 feet & fell. 𝔘nder {SCRIPT} it lay.\n\nCrews worked all night. Nobody slept."
FIRST = "The 🛶 river rose 3 feet & fell."
OVER = "rose 3 feet & fell. 𝔘nder"
ACROSS = "it lay.\n\nCrews worked"
LAST = "Nobody slept."


def span(part: str) -> list[int]:
    start = TEXT.index(part)
    return [start, start + len(part)]


def rouge(f: float) -> dict[str, Any]:
    return {"p": f, "r": f, "f": f, "ci95": [f - 0.05, f + 0.04]}


def metrics(f: float) -> dict[str, Any]:
    names = ("rouge1", "rouge2", "rougeL", "rougeLsum")
    scored: dict[str, Any] = {name: rouge(f + step / 100) for step, name in enumerate(names)}
    return {"n": 2, **scored, "novel_bigrams": {"value": 0.5, "ci95": [0.4, 0.6]}, "density": {"value": 3.5}}


SCORES: dict[str, Any] = {
    "signature": "rouge|v:1.0|seed:13",
    "systems": {
        "oracle": {"summary": metrics(0.6)},
        "lead": {"summary": metrics(0.3)},
        "fake": {"summary": metrics(0.4), "headlines": {"n": 2, "rouge1": rouge(0.25)}},
    },
    "missing": [{"metric": "bertscore", "why": "no model here"}],
}
SUMMARY = f"River rose. Crews {SCRIPT} worked 77 hours."
REWRITE = "River rose. 12 crews worked.\n\nNobody slept."
OUTPUT: dict[str, Any] = {
    "id": "flood",
    "article": {"sha256": "0", "words": 16, "title": f"Title {IMAGE}"},
    "headlines": [
        {"text": f"Headline one {IMAGE}", "evidence": [span(FIRST)], "flags": []},
        {"text": "Headline two", "evidence": [], "flags": ["fallback:extractive"]},
    ],
    "summary": {
        "text": SUMMARY,
        "sentences": [[0, 11], [12, len(SUMMARY)]],
        "evidence": [[span(FIRST), span(OVER)], [span(ACROSS)]],
        "flags": ["unsupported:number:77"],
    },
    "bullets": [{"text": "Bullet one", "evidence": [span(OVER)], "flags": ["brand_new:flag"]}],
    "rewrite": {
        "text": REWRITE,
        "sentences": [[0, 11], [12, 28], [30, len(REWRITE)]],
        "evidence": [[span(FIRST)], [span(ACROSS)], [span(LAST)]],
        "flags": ["repaired:number:11->12", "verbatim"],
    },
    "engine": "fake|1",
}
CLEAN: dict[str, Any] = {
    "id": "crews",
    "article": {"sha256": "1", "words": 4, "title": None},
    "headlines": [{"text": "Crews at work", "evidence": [[0, 22]], "flags": ["verbatim"]}],
    "summary": {"text": "All night.", "sentences": [[0, 10]], "evidence": [[[0, 22]]], "flags": []},
    "engine": "fake|1",
}
FILES: dict[str, list[dict[str, Any]]] = {
    "articles.jsonl": [
        {
            "id": "flood",
            "text": TEXT,
            "title": "t",
            "key_points": ["Key <b>point</b>"],
            "origin": "in/flood.txt",
        },
        {"id": "crews", "text": "Crews worked all night.", "origin": "/home/someone/in/crews/article.md"},
        {"id": "waiting", "text": "Later."},
    ],
    "outputs.jsonl": [OUTPUT, CLEAN],
    "references.jsonl": [
        {
            "id": "flood",
            "summary": ["Reference summary", "The river rose and crews worked all night."],
            "bullets": [["Ref point A", "Ref point B"]],
        }
    ],
    "candidates.jsonl": [
        {
            "id": "flood",
            "kind": "headlines",
            "rank": None,
            "text": "Lost 99 candidate",
            "task": "headline",
            "score": 0.5,
            "logprob": -1.0,
            "ok": False,
            "reasons": [{"code": "unsupported:number", "span": [5, 7], "detail": "99"}],
            "why": "rejected by the guard",
            "sentences": [0],
        },
        {"id": "flood", "kind": "headlines", "rank": 0, "text": "Won candidate", "ok": True, "why": "best"},
    ],
    "quarantine.jsonl": [
        {
            "id": None,
            "origin": "bad.jsonl:3",
            "stage": "ingest",
            "reason": "not JSON",
            "retry": "precis run x",
        }
    ],
}


def write_run(folder: Path) -> Path:
    """Write the sample into the new `folder`, as a finished run leaves it."""
    folder.mkdir()
    for name, records in FILES.items():
        lines = (json.dumps(record, ensure_ascii=False) + "\n" for record in records)
        (folder / name).write_text("".join(lines), encoding="utf-8")
    run = {"precis": "0.1.0", "engine": {"name": "fake", "model": {"id": "tiny/x"}}, "seed": 13}
    (folder / "run.json").write_text(json.dumps(run), encoding="utf-8")
    (folder / "scores.json").write_text(json.dumps(SCORES), encoding="utf-8")
    (folder / "config.yaml").write_text("input:\n  path: https://example.org/feed\n", encoding="utf-8")
    return folder
