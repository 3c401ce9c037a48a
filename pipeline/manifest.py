"""What run.json says about a run: its counts and the versions it was made with."""

from __future__ import annotations

import platform
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from importlib import metadata

from pipeline.files import JsonObject
from pipeline.records import Brief

PACKAGES = ("precis", "torch", "transformers", "tokenizers", "datasets", "evaluate", "rouge-score", "numpy")
TWO_PART = frozenset({"unsupported", "fallback", "language"})


def counts(articles: int, outputs: Iterable[Brief], resumed: int, quarantined: int) -> JsonObject:
    """The `counts` of run.json; `articles` and `quarantined` include what ingest gave up.

    `fallbacks` and `truncated` count articles, `flags` counts occurrences in outputs by name, in order of name,
    `limits` hard limits hit on the way (docs/long.md), whatever became of the text. An article counts as truncated
    if any text was asked of an input that was cut.
    """
    done = fallbacks = truncated = 0
    names: Counter[str] = Counter()
    limits: Counter[str] = Counter()
    for brief in outputs:
        flags = list(_flags(brief))
        done += 1
        fallbacks += any(flag.split(":")[0] == "fallback" for flag in flags)
        truncated += "truncated_input" in (*flags, *(name for name, _ in brief.limits))
        limits.update(dict(brief.limits))
        names.update(flag_name(flag) for flag in flags)
    return {
        "articles": articles,
        "done": done,
        "resumed": resumed,
        "quarantined": quarantined,
        "fallbacks": fallbacks,
        "truncated": truncated,
        "flags": dict(sorted(names.items())),
        "limits": dict(sorted(limits.items())),
    }


def coverage(outputs: Iterable[Brief]) -> dict[str, float]:
    """Mean share of the articles' tenths that the evidence reaches, of `all` outputs and by kind."""
    found: dict[str, list[float]] = {}
    for brief in outputs:
        for name, share in brief.coverage.shares if brief.coverage is not None else ():
            found.setdefault(name, []).append(share)
    return {name: round(sum(shares) / len(shares), 3) for name, shares in found.items()}


def flag_name(flag: str) -> str:
    """A flag without its detail: `unsupported:number` of `unsupported:number:1,200`."""
    parts = flag.split(":")
    return ":".join(parts[:2]) if parts[0] in TWO_PART else parts[0]


def versions(packages: Sequence[str] = PACKAGES) -> dict[str, str | None]:
    """The versions of Python and of `packages`, without importing them; null if not installed."""
    found: dict[str, str | None] = {"python": platform.python_version()}
    for package in packages:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            found[package] = None
    return found


def _flags(brief: Brief) -> Iterator[str]:
    yield from brief.flags
    for prose in (brief.summary, brief.rewrite):
        yield from prose.flags if prose is not None else ()
    for passage in (*(brief.bullets or ()), *(brief.headlines or ())):
        yield from passage.flags
