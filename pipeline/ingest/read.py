"""`read_input`: a file, a folder or stdin to articles with references, and everything that was rejected."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from pipeline.decoding import decode
from pipeline.errors import InputError
from pipeline.ingest.discover import discover
from pipeline.ingest.formats import READERS, suffix_of
from pipeline.ingest.raw import STDIN, Outcome, Raw, rejected
from pipeline.records import Ingested, Quarantined, References
from pipeline.text.article import KeyPointsUse, make_article


def read_input(path: str, *, key_points: KeyPointsUse = "reference") -> tuple[list[Ingested], list[Quarantined]]:
    """`(articles, rejected)` of a file, a folder (see `discover`) or `-`, which is plain text on stdin.

    Every article or record is in exactly one of the two lists; of several with one id the first is kept.
    `key_points` says what becomes of an article's own box: "reference" keeps it apart and adds it as one more
    reference for bullets, "keep" leaves it in the text, "drop" removes it.
    Raises InputError when `path` cannot be used at all or holds neither articles nor rejected records.
    """
    ingested: dict[str, Ingested] = {}
    lost: list[Quarantined] = []
    for raw in _outcomes(path):
        outcome = _ingest(raw, key_points, ingested) if isinstance(raw, Raw) else raw
        if isinstance(outcome, Quarantined):
            lost.append(outcome)
        else:
            ingested[outcome.article.id] = outcome
    if not ingested and not lost:
        raise InputError("no articles in this file", where=path)
    return list(ingested.values()), lost


def _outcomes(path: str) -> Iterable[Outcome]:
    return _stdin() if path == STDIN else _files(Path(path))


def _files(path: Path) -> Iterator[Outcome]:
    for file, name in discover(path):
        yield from READERS[suffix_of(file) or ""](file, name)


def _stdin() -> Iterator[Outcome]:
    try:
        yield Raw(id="stdin", text=decode(sys.stdin.buffer.read()), source=STDIN)
    except ValueError as error:
        yield rejected(STDIN, str(error), article_id="stdin")


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
