"""What is exported of a run directory: its outputs one by one beside their articles, and what the card tells."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.errors import InputError
from pipeline.files import JsonObject, read_jsonl
from pipeline.manifest import flag_name
from pipeline.records import Brief, Kind
from pipeline.serial import brief_from_dict


@dataclass(slots=True)
class Tally:
    """Counts over the exported articles; `absent` are articles of the run without an output."""

    rows: int = 0
    absent: int = 0
    kinds: set[Kind] = field(default_factory=set)
    languages: Counter[str] = field(default_factory=Counter)
    flags: Counter[str] = field(default_factory=Counter)
    engines: Counter[str] = field(default_factory=Counter)


def briefs(run_dir: Path) -> Iterator[tuple[Brief, JsonObject]]:
    """Every finished article with its record of articles.jsonl, one at a time, in input order.

    InputError if the folder is no run directory or an output has no article.
    """
    for name in ("outputs.jsonl", "articles.jsonl"):
        if not (run_dir / name).is_file():
            raise InputError(f"there is no {name}", where=str(run_dir), fix="give the directory of a run")
    articles = read_jsonl(run_dir / "articles.jsonl")  # in the same order, some perhaps without an output
    for record in read_jsonl(run_dir / "outputs.jsonl"):
        brief = brief_from_dict(record)
        article = next((article for article in articles if article.get("id") == brief.id), None)
        if article is None:
            raise InputError(f"has no article {brief.id!r}", where=str(run_dir / "articles.jsonl"))
        yield brief, article


def tally(run_dir: Path) -> Tally:
    """The counts of a run directory; InputError as in `briefs`, and for a run without any output."""
    found = Tally()
    for brief, article in briefs(run_dir):
        found.rows += 1
        found.kinds |= _kinds(brief)
        found.engines[brief.engine] += 1
        flags = [*brief.flags, *article.get("flags", ())]
        found.languages[next((f.split(":")[1] for f in flags if f.startswith("language:")), "en")] += 1
        found.flags.update({flag_name(flag) for flag in (*flags, *_flags(brief))})
    if not found.rows:
        raise InputError("the run has no outputs yet", where=str(run_dir))
    unread = sum(item.get("stage") == "ingest" for item in _lines(run_dir / "quarantine.jsonl"))
    found.absent = sum(1 for _ in read_jsonl(run_dir / "articles.jsonl")) + unread - found.rows
    return found


def manifest(run_dir: Path) -> JsonObject:
    """run.json, empty for a run that is not finished."""
    return _json(run_dir / "run.json")


def scores(run_dir: Path) -> JsonObject:
    """scores.json, empty without references."""
    return _json(run_dir / "scores.json")


def _json(path: Path) -> JsonObject:
    if not path.is_file():
        return {}
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise InputError(f"not valid JSON: {error}", where=str(path)) from error
    if not isinstance(value, dict):
        raise InputError("not a JSON object", where=str(path))
    return value


def _lines(path: Path) -> Iterator[JsonObject]:
    return read_jsonl(path) if path.is_file() else iter(())


def _kinds(brief: Brief) -> set[Kind]:
    made: dict[Kind, object] = {
        "summary": brief.summary,
        "bullets": brief.bullets,
        "headlines": brief.headlines,
        "rewrite": brief.rewrite,
    }
    return {kind for kind, output in made.items() if output is not None}


def _flags(brief: Brief) -> Iterator[str]:
    for prose in (brief.summary, brief.rewrite):
        yield from prose.flags if prose is not None else ()
    for passage in (*(brief.bullets or ()), *(brief.headlines or ())):
        yield from passage.flags
