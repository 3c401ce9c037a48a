"""`read_input`: a file, a folder, a data set or stdin to articles with references, and everything rejected."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.decoding import decode
from pipeline.errors import InputError
from pipeline.ingest.columns import Columns, choose
from pipeline.ingest.discover import discover
from pipeline.ingest.formats import read_file
from pipeline.ingest.hub import SCHEME, DatasetPart, is_dataset, read_dataset
from pipeline.ingest.raw import STDIN, Outcome, Raw, rejected
from pipeline.records import ColumnRole, Ingested, Quarantined, References
from pipeline.text.article import KeyPointsUse, make_article

if TYPE_CHECKING:
    from pipeline.settings import InputSettings

WHOLE = DatasetPart()
NO_COLUMNS: Mapping[ColumnRole, str | None] = {}


def read_input(
    path: str,
    *,
    key_points: KeyPointsUse = "reference",
    limit: int | None = None,
    part: DatasetPart = WHOLE,
    columns: Mapping[ColumnRole, str | None] = NO_COLUMNS,
) -> tuple[list[Ingested], list[Quarantined]]:
    """`(articles, rejected)` of a file, a folder (see `discover`), a data set (see `hub`) or `-`, plain text on stdin.

    Every article or record is in exactly one of the two lists; of several with one id the first is kept. Reading ends
    with the `limit`-th article, and what follows is in neither. `key_points` says what becomes of an article's own
    box: "reference" keeps it apart and adds it as one more reference for bullets, "keep" leaves it in the text, "drop"
    removes it. `part` chooses within a data set, `columns` names those of records that are not found by their names.
    Raises InputError when `path` cannot be used at all or holds neither articles nor rejected records.
    """
    ingested: dict[str, Ingested] = {}
    lost: list[Quarantined] = []
    chosen = _options(part, columns)
    for raw in _outcomes(path, part, choose(columns)):
        outcome = _ingest(raw, key_points, ingested) if isinstance(raw, Raw) else raw
        if isinstance(outcome, Quarantined):
            lost.append(replace(outcome, retry=outcome.retry + chosen))
            continue
        ingested[outcome.article.id] = outcome
        if len(ingested) == limit:
            break
    if not ingested and not lost:
        raise InputError("no articles in this file", where=path)
    return list(ingested.values()), lost


def read_configured(given: InputSettings, path: str | None = None) -> tuple[list[Ingested], list[Quarantined]]:
    """As `read_input`, by the settings of a run; `path` in the place of `input.path`, whatever split that has."""
    part = DatasetPart(given.split, given.config_name, given.revision, given.streaming)
    if path is not None and not is_dataset(path):
        part = WHOLE
    return read_input(
        path or given.path, key_points=given.key_points, limit=given.limit, part=part, columns=given.columns
    )


def _outcomes(path: str, part: DatasetPart, columns: Columns) -> Iterable[Outcome]:
    if path != STDIN and is_dataset(path):
        return read_dataset(path, part, columns)
    if part.split is not None:
        raise InputError(
            f"is no data set, and has no split {part.split!r}",
            where=path,
            fix=f"input.split is for {SCHEME}OWNER/NAME and folders of save_to_disk; give the split's own file",
        )
    return _stdin() if path == STDIN else _files(Path(path), columns)


def _files(path: Path, columns: Columns) -> Iterator[Outcome]:
    """The outcomes of every file; a table that cannot be used at all is a fault, in a folder one quarantined file."""
    for file, name in discover(path):
        try:
            yield from read_file(file, name, columns)
        except InputError as error:
            if not path.is_dir():
                raise
            yield rejected(file, error.what)


def _stdin() -> Iterator[Outcome]:
    try:
        yield Raw(id="stdin", text=decode(sys.stdin.buffer.read()), source=STDIN)
    except ValueError as error:
        yield rejected(STDIN, str(error), article_id="stdin")


def _options(part: DatasetPart, columns: Mapping[ColumnRole, str | None]) -> str:
    """The settings, as on a command line, without which the input would be read otherwise."""
    changed = [(f.name, getattr(part, f.name)) for f in fields(part) if getattr(part, f.name) != getattr(WHOLE, f.name)]
    changed += [(f"columns.{role}", name) for role, name in columns.items()]
    values = [f"input.{key}={'' if value is None else value}" for key, value in changed]
    return "".join(f" --set {shlex.quote(value)}" for value in values)


def _ingest(raw: Raw, use: KeyPointsUse, seen: dict[str, Ingested]) -> Ingested | Quarantined:
    if raw.id in seen:
        reason = f"the id {raw.id!r} was taken by {seen[raw.id].article.origin}"
        return rejected(raw.source, reason, line=raw.line, article_id=raw.id)
    try:
        article = make_article(
            raw.id,
            raw.text,
            title=raw.title,
            origin=raw.origin,
            key_points_given=raw.key_points,
            key_points=use,
            flags=raw.flags,
        )
    except InputError as error:
        return rejected(raw.source, error.what, line=raw.line, article_id=raw.id)
    return Ingested(article, _with_points(raw.references, article.key_points))


def _with_points(references: References | None, points: tuple[str, ...]) -> References | None:
    """The article's own key points are one more reference for bullets."""
    if not points:
        return references
    references = references or References()
    return replace(references, bullets=(*references.bullets, points))
