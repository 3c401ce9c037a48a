"""A small data folder of invented records, laid out as the bench reads them."""

from __future__ import annotations

import json
import lzma
from pathlib import Path
from typing import Any

from flow_sample import ARTICLES, MORE

Records = list[dict[str, Any]]


def realsumm_records() -> Records:
    """Two articles, each with a reference and the outputs of two systems."""
    return [
        {
            "id": f"realsumm-{name}",
            "document": f"{ARTICLES[name]} {MORE}",
            "reference": [f"{first} .", "residents were told by letter ."],
            "systems": {
                "abs/good": {"summary": [f"{first} .", "residents were told ."], "litepyramid_recall": 0.5},
                "ext/empty": {"summary": [], "litepyramid_recall": 0.0},
            },
        }
        for name in ("bakery", "bridge")
        for first in [ARTICLES[name].split(". ")[0].lower()]
    ]


def news_records(**fields: Any) -> Records:
    """Every article with its first words as headline, bullets, and other subjects."""
    return [
        {
            "id": f"news-{name}",
            "document": f"{text} {MORE}",
            "headline": " ".join(text.split()[:7]),
            "headlines": [" ".join(text.split()[:7]), "Another subject"],
            "bullets": [" ".join(text.split()[:9]), "Residents were told by letter"],
            **fields,
        }
        for name, text in ARTICLES.items()
    ]


def write_records(path: Path, records: Records) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with lzma.open(path, "wt", encoding="utf-8") as lines:
        lines.writelines(json.dumps(record) + "\n" for record in records)


def write_data(folder: Path) -> Path:
    """A data folder with a file for every set of both splits."""
    for split in ("val", "test"):
        for name in ("allsides_abp", "cnn_highlights_allsides", "aeslc", "cnndm_partial"):
            write_records(folder / split / f"{name}.jsonl.xz", news_records())
    write_records(folder / "judged" / "realsumm.jsonl.xz", realsumm_records())
    return folder
