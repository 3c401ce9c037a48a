"""`against_sources(predictions, sources, metrics)`: the metrics that need the article, as one function."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

from pipeline.errors import ConfigError, InputError
from pipeline.metrics import SOURCE_METRICS
from pipeline.metrics.source import Source
from pipeline.metrics.support import check_facts
from pipeline.metrics.texts import sentence_lines

Columns = dict[str, list[float | None]]


def against_sources(
    predictions: Sequence[str], sources: Sequence[str], metrics: Sequence[str] = tuple(SOURCE_METRICS)
) -> Columns:
    """Value → one number per prediction, None where there is nothing to count; `metrics` as in SOURCE_METRICS.

    Predictions are split at line ends and into sentences. Raises InputError (unequal counts, wrong types) or
    ConfigError (unknown metric).
    """
    unknown = [name for name in metrics if name not in SOURCE_METRICS]
    if unknown:
        raise ConfigError([f"unknown metric {name!r}: known are {', '.join(SOURCE_METRICS)}" for name in unknown])
    rows: list[Mapping[str, float | None]] = []
    _check(predictions, sources)
    for lines, source in _opened(predictions, sources):
        row: dict[str, float | None] = {}
        for name in metrics:
            row.update(SOURCE_METRICS[name](lines, source))
        rows.append(row)
    return {value: [row[value] for row in rows] for value in (rows[0] if rows else ())}


def unsupported_facts(predictions: Sequence[str], sources: Sequence[str]) -> list[list[dict[str, Any]]]:
    """For each prediction the facts that its source lacks: `kind`, `text` and `span`, in code points of its sentences
    joined by line ends."""
    _check(predictions, sources)
    return [
        [{"kind": one.kind, "text": one.text, "span": list(one.span)} for one in check_facts(lines, source).unsupported]
        for lines, source in _opened(predictions, sources)
    ]


def mean_columns(columns: Columns) -> dict[str, float | None]:
    """The mean of each column over the predictions that have it; None where none has."""
    known = {name: [value for value in column if value is not None] for name, column in columns.items()}
    return {name: sum(values) / len(values) if values else None for name, values in known.items()}


def _check(predictions: Sequence[str], sources: Sequence[str]) -> None:
    for name, given in (("predictions", predictions), ("sources", sources)):
        if isinstance(given, str):
            raise InputError(f"{name} is one text; give a list of texts")
        wrong = next(((i, text) for i, text in enumerate(given, start=1) if not isinstance(text, str)), None)
        if wrong:
            raise InputError(f"{name} {wrong[0]} is {type(wrong[1]).__name__}, not text")
    if len(predictions) != len(sources):
        raise InputError(f"{len(predictions)} predictions and {len(sources)} sources: one for each")


def _opened(predictions: Sequence[str], sources: Sequence[str]) -> Iterator[tuple[tuple[str, ...], Source]]:
    """Sentences and article of each prediction; one article is open at a time, those of a run of equals once."""
    for source, pairs in groupby(zip(sources, predictions, strict=True), key=itemgetter(0)):
        opened = Source(source)
        for _, text in pairs:
            yield sentence_lines(text), opened
