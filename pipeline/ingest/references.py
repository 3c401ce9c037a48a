"""References of an article, from `references.yaml` beside it or from the fields of a record."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pipeline import strict_yaml
from pipeline.decoding import decode
from pipeline.records import ColumnRole, References
from pipeline.text.characters import clean_characters

FILE_NAME = "references.yaml"
KINDS: tuple[ColumnRole, ...] = ("summary", "bullets", "headline", "rewrite")


def read_references(folder: Path) -> References | None:
    """The references of the article in `folder`, None without a file; ValueError lists every fault."""
    path = folder / FILE_NAME
    if not path.is_file():
        return None
    value, faults = strict_yaml.parse(decode(path.read_bytes()))
    if not faults and not isinstance(value, dict):
        faults = ["should map summary, bullets, headline or rewrite to lists"]
    if faults:
        raise ValueError(f"{FILE_NAME}: {'; '.join(faults)}")
    unknown = sorted(set(value) - set(KINDS))
    faults = [f"unknown key {key!r} (known: {', '.join(KINDS)})" for key in unknown]
    references, wrong = parse_references(value)
    if faults or wrong:
        raise ValueError(f"{FILE_NAME}: {'; '.join((*faults, *wrong))}")
    return references


def parse_references(fields: Mapping[str, object]) -> tuple[References | None, list[str]]:
    """`(references, faults)` of a mapping that may hold any of the four kinds; None when there is no text.

    A kind is a list of texts, or one text. `bullets` is a list of lists of points, or one list of points, or
    one text with a point a line. Null and empty texts are absent; any other type is a fault.
    """
    faults: list[str] = []
    texts = {kind: _texts(kind, fields.get(kind), faults) for kind in KINDS if kind != "bullets"}
    references = References(bullets=_bullets(fields.get("bullets"), faults), **texts)
    return (references if references != References() and not faults else None), faults


def _texts(kind: str, value: object, faults: list[str]) -> tuple[str, ...]:
    items = [value] if isinstance(value, str) else value if value is not None else []
    if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
        faults.append(f"{kind} should be a text or a list of texts")
        return ()
    return tuple(filter(None, map(_tidy, items)))


def _bullets(value: object, faults: list[str]) -> tuple[tuple[str, ...], ...]:
    if isinstance(value, str):
        value = value.splitlines()
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        value = [value]
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(points, list) for points in value):
        faults.append("bullets should be a list of points or a list of such lists")
        return ()
    return tuple(filter(None, (_texts("bullets", points, faults) for points in value)))


def _tidy(text: str) -> str:
    """One spelling of quotes and characters, as in the article, and single spaces within lines."""
    lines = (" ".join(line.split()) for line in clean_characters(text).split("\n"))
    return "\n".join(filter(None, lines))
