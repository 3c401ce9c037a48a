"""The sets that are measured and what of each is scored: one literal table, and its readers.

Of a set the first N articles by a hash of their ids are taken: a sample that does not depend on the file's order, and
a smaller one lies within a larger one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from pipeline.decoding import fault
from pipeline.errors import InputError
from pipeline.files import read_jsonl
from pipeline.ingest import read_input
from pipeline.metrics.texts import Lines, ScoredKind, one_line, reference_texts
from pipeline.records import Article, Kind
from pipeline.text.article import make_article

Alternatives = tuple[Lines, ...]
T = TypeVar("T")
SEEDS = "seeds"


@dataclass(frozen=True)
class Item:
    """An article, the alternative references it is scored against, and what published systems wrote, by name."""

    article: Article
    references: Alternatives
    published: Mapping[str, Lines] = field(default_factory=dict)


def _points(record: dict[str, Any]) -> Alternatives:
    return (tuple(one_line(point) for point in record["bullets"]),)


def _reference(record: dict[str, Any]) -> Alternatives:
    return (tuple(one_line(sentence) for sentence in record["reference"]),)


def _headline(record: dict[str, Any]) -> Alternatives:
    return ((one_line(record["headline"]),),)


def _subjects(record: dict[str, Any]) -> Alternatives:
    return tuple((one_line(subject),) for subject in record["headlines"])


@dataclass(frozen=True)
class Measure:
    """One table: the kind scored, and the kinds the engine is asked for (a summary depends on whether there are
    bullets too; headlines depend on nothing else). `path` is below the data folder, or `seeds`."""

    name: str
    title: str
    path: str
    kind: Kind
    made: tuple[Kind, ...]
    splits: tuple[str, ...] = ("val", "test")
    references: Callable[[dict[str, Any]], Alternatives] = _headline


ALL: tuple[Kind, ...] = ("summary", "bullets", "headlines")
FIRST: tuple[Kind, ...] = ("headlines",)
MEASURES = (
    Measure("realsumm", "REALSumm, summary", "judged/realsumm.jsonl.xz", "summary", ALL, ("test",), _reference),
    Measure("cnndm", "CNN/DM, summary", "{split}/cnndm_partial.jsonl.xz", "summary", ALL, ("val",), _points),
    Measure("cnn", "CNN highlights, bullets", "{split}/cnn_highlights_allsides.jsonl.xz", "bullets", ALL,
            references=_points),
    Measure("allsides", "allsides, first headline", "{split}/allsides_abp.jsonl.xz", "headlines", FIRST,
            references=_headline),
    Measure("aeslc", "AESLC, subject (the writer's)", "{split}/aeslc.jsonl.xz", "headlines", FIRST,
            references=_headline),
    Measure("aeslc", "AESLC, subject (best of writer's and annotators')", "{split}/aeslc.jsonl.xz", "headlines", FIRST,
            references=_subjects),
    *(Measure(SEEDS, f"seeds, {kind}", SEEDS, kind, (*ALL, "rewrite")) for kind in (*ALL, "rewrite")),
)  # fmt: skip
NAMES = tuple(dict.fromkeys(measure.name for measure in MEASURES))


def read_measure(measure: Measure, data: Path, split: str, limit: int | None) -> list[Item]:
    """The items of one measure, a sample of `limit`; InputError if the file is missing or unusable."""
    if measure.path == SEEDS:
        return _sample(list(_seeds(measure.kind)), limit, lambda item: item.article.id)
    path = data / measure.path.format(split=split)
    records = list(read_records(path))
    ids = [str(record.get("id")) for record in records]
    if len(set(ids)) < len(ids):
        raise InputError("two records share an id", where=str(path))
    try:
        return [_item(record, measure) for record in _sample(records, limit, lambda r: str(r["id"]))]
    except KeyError as error:
        raise InputError(f"a record has no field {error}", where=str(path)) from error


def read_records(path: Path) -> Iterator[dict[str, Any]]:
    """The records of a JSON Lines file, packed or not; InputError if it is missing, torn or holds anything else."""
    try:
        yield from read_jsonl(path)
    except OSError as error:
        raise InputError(fault(error), where=str(path)) from error


def _item(record: dict[str, Any], measure: Measure) -> Item:
    systems = record.get("systems") or {}
    published = {name: tuple(one_line(s) for s in found["summary"]) for name, found in systems.items()}
    article = make_article(str(record["id"]), record["document"])
    return Item(article, measure.references(record), published)


def _seeds(kind: ScoredKind) -> Iterator[Item]:
    """The repository's own articles that have a reference of this kind."""
    for ingested in read_input(str(Path(__file__).resolve().parents[2] / SEEDS))[0]:
        references = reference_texts(ingested.references).get(kind) if ingested.references else None
        if references:
            yield Item(ingested.article, references)


def _sample(records: list[T], limit: int | None, name: Callable[[T], str]) -> list[T]:
    return sorted(records, key=lambda r: hashlib.sha256(name(r).encode()).hexdigest())[:limit]
