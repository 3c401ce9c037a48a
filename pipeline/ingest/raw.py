"""What a reader hands on: the raw text of one article, or why it was rejected."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from pathlib import Path

from pipeline.records import Quarantined, References

STDIN = "-"


@dataclass(frozen=True, slots=True)
class Raw:
    """One article as it was found, before normalisation; `line` is set when its file holds several."""

    id: str
    text: str
    source: str
    line: int | None = None
    title: str | None = None
    references: References | None = None
    key_points: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()

    @property
    def origin(self) -> str:
        return _origin(self.source, self.line)


Outcome = Raw | Quarantined


def rejected(source: Path | str, reason: str, *, line: int | None = None, article_id: str | None = None) -> Quarantined:
    """The quarantine entry of this stage for a file, or for its record that starts at `line`."""
    retry = f"precis run --input {shlex.quote(str(source))}"
    return Quarantined(article_id, _origin(str(source), line), "ingest", reason, retry)


def _origin(source: str, line: int | None) -> str:
    name = "<stdin>" if source == STDIN else source
    return name if line is None else f"{name}:{line}"
