"""Batches of a run and the part files their results are saved in: what makes a run resumable.

A batch is named by everything its result depends on: the settings, the engine and its articles. Its part
file bears that name, so a part is either exactly right for a batch or is not looked at. A part that is torn,
altered or of another layout counts as missing, and its batch is generated again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from pipeline.config import Config, digest
from pipeline.errors import InputError
from pipeline.files import JsonObject, to_line, write_text
from pipeline.records import Article, Brief, Ingested, Quarantined
from pipeline.serial import (
    article_to_dict,
    brief_from_dict,
    brief_to_dict,
    quarantined_from_dict,
    quarantined_to_dict,
    references_to_dict,
)

LAYOUT = "1"
FITTED = ("selector.json", "headlines.json")  # weights of stages, beside those of the engines


@dataclass(frozen=True, slots=True)
class Batch:
    """Articles finished and saved together; `key` (sha256, hex) names everything the result depends on."""

    key: str
    articles: tuple[Article, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """The result of a batch: every article of it is in `outputs` or in `quarantined`.

    `candidates` are records of candidates.jsonl (`serial.ranked_to_dict`).
    """

    outputs: tuple[Brief, ...]
    candidates: tuple[JsonObject, ...] = ()
    quarantined: tuple[Quarantined, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run has to do, and `digest` (sha256, hex), equal for two plans that end with the same files."""

    digest: str
    batches: tuple[Batch, ...]
    ingested: tuple[Ingested, ...]
    quarantined: tuple[Quarantined, ...]


def _fitted() -> str:
    """sha256 (hex) of what choosing and ranking were fitted to."""
    folder = files("pipeline").joinpath("weights", "selector")
    return _sha256([folder.joinpath(name).read_text(encoding="utf-8") for name in FITTED])


def make_plan(
    config: Config, ingested: Sequence[Ingested], quarantined: Sequence[Quarantined], engine: str
) -> Plan:
    """Form batches of `run.batch_articles` articles in input order.

    `quarantined` is what ingest gave up. `engine` is the identity of all engines in use: weights, versions,
    whatever an output depends on besides settings and article. ValueError if two articles share an id.
    """
    ids = [item.article.id for item in ingested]
    if len(set(ids)) < len(ids):
        raise ValueError("two articles share an id; duplicates belong in quarantine")
    size, base = config.run.batch_articles, [LAYOUT, digest(config), engine, _fitted()]
    groups = [ingested[at : at + size] for at in range(0, len(ingested), size)]
    batches = tuple(_batch(base, [item.article for item in group]) for group in groups)
    lines = [to_line(article_to_dict(item.article)) for item in ingested]
    lines += [to_line(references_to_dict(i.article.id, i.references)) for i in ingested if i.references]
    lines += [to_line(quarantined_to_dict(item)) for item in quarantined]
    whole = _sha256([*base, *(batch.key for batch in batches), *lines])
    return Plan(whole, batches, tuple(ingested), tuple(quarantined))


def write_part(folder: Path, batch: Batch, part: Part) -> None:
    """Save the result of a batch atomically, in the batch's order; ValueError if an article is lost."""
    order = {article.id: place for place, article in enumerate(batch.articles)}
    ended = [brief.id for brief in part.outputs] + [str(item.id) for item in part.quarantined]
    if sorted(ended) != sorted(order):
        raise ValueError("every article of a batch must be finished or quarantined, once")
    done = sorted(part.outputs, key=lambda brief: order[brief.id])
    record = {
        "outputs": [brief_to_dict(brief) for brief in done],
        "candidates": list(part.candidates),
        "quarantine": [quarantined_to_dict(item) for item in part.quarantined],
    }
    line = to_line(record)
    write_text(part_path(folder, batch), f"{_sha256([LAYOUT, batch.key, line])}\n{line}\n")


def read_part(folder: Path, batch: Batch) -> Part | None:
    """The saved result of a batch, or None if there is none that can be trusted."""
    try:
        checksum, line, end = (
            part_path(folder, batch).read_text(encoding="utf-8", errors="strict").split("\n")
        )
        if end or checksum != _sha256([LAYOUT, batch.key, line]):
            return None
        record = json.loads(line)
        outputs = tuple(brief_from_dict(brief) for brief in record["outputs"])
        given_up = tuple(quarantined_from_dict(item) for item in record["quarantine"])
        part = Part(outputs, tuple(record["candidates"]), given_up)
    except (OSError, ValueError, KeyError, TypeError, InputError):
        return None
    origins = {article.origin for article in batch.articles}
    return part if all(item.origin in origins for item in given_up) else None  # None: the input has moved


def part_path(folder: Path, batch: Batch) -> Path:
    """Where the part of a batch is kept."""
    return folder / f"{batch.key}.json"


def _batch(base: Sequence[str], articles: Sequence[Article]) -> Batch:
    records = [{**article_to_dict(article), "origin": ""} for article in articles]
    return Batch(_sha256([*base, *(to_line(record) for record in records)]), tuple(articles))


def _sha256(texts: Sequence[str]) -> str:
    joined = json.dumps(list(texts), ensure_ascii=True)
    return hashlib.sha256(joined.encode("ascii")).hexdigest()
