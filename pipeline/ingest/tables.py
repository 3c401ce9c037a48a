"""Records (JSON Lines, JSON, CSV) to articles through Hugging Face `datasets`; faults keep their line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.ingest.fields import raw_record
from pipeline.ingest.raw import Outcome, Raw
from pipeline.records import Quarantined, References

if TYPE_CHECKING:
    from datasets import Dataset

Record = tuple[int, Mapping[str, object]]


def read_records(path: Path, name: str, records: Iterable[Record | Quarantined]) -> Iterator[Outcome]:
    """Rejected records first, then the articles, in file order; a record without an id is `<name>-<line>`.

    `datasets` infers one type per column and fails as a whole on a file that has two, so that records are
    checked one by one and only good ones, brought to one schema, go into the table.
    """
    good: list[Raw] = []
    for record in records:
        outcome = record if isinstance(record, Quarantined) else raw_record(path, *record, f"{name}-{record[0]}")
        if isinstance(outcome, Raw):
            good.append(outcome)
        else:
            yield outcome
    if good:
        yield from map(_raw, to_dataset(good))


def to_dataset(articles: list[Raw]) -> Dataset:
    """The articles (at least one) as an in-memory `datasets.Dataset` of a fixed schema; nothing is cached."""
    from datasets import Dataset, Features, List, Value

    text, texts = Value("string"), List(Value("string"))
    references = {"summary": texts, "bullets": List(texts), "headline": texts, "rewrite": texts}
    features = Features(
        {
            "id": text,
            "text": text,
            "source": text,
            "line": Value("int64"),
            "title": text,
            "references": references,
            "key_points": texts,
        }
    )
    empty = asdict(References())
    rows = [asdict(article) for article in articles]
    return Dataset.from_list([{**row, "references": row["references"] or empty} for row in rows], features=features)


def _raw(row: Mapping[str, Any]) -> Raw:
    kept = row["references"]
    references = References(
        summary=tuple(kept["summary"]),
        bullets=tuple(map(tuple, kept["bullets"])),
        headline=tuple(kept["headline"]),
        rewrite=tuple(kept["rewrite"]),
    )
    return Raw(
        id=row["id"],
        text=row["text"],
        source=row["source"],
        line=row["line"],
        title=row["title"],
        references=references if references != References() else None,
        key_points=tuple(row["key_points"]),
    )
