"""Saved outputs and references as plain text: one item a line.

The ids are the line numbers from 1, and an empty line is an empty item.
"""

from __future__ import annotations

from pathlib import Path

from pipeline.errors import InputError
from pipeline.metrics.texts import Outputs
from pipeline.records import Kind, Prose, References


def lines_of(path: Path) -> list[tuple[str, str]]:
    """(line number from 1, line): line feeds alone end lines, and one at the file's end ends the last."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"it is not UTF-8 text: {error.reason} at byte {error.start}", where=str(path)) from error
    lines = text.removesuffix("\n").split("\n") if text else []
    return [(str(number), line.removesuffix("\r")) for number, line in enumerate(lines, start=1)]


def plain_output(text: str, kind: Kind) -> Outputs:
    """A line as an output of a kind."""
    if kind in ("summary", "rewrite"):
        prose = Prose(text, (), ())
        return Outputs(summary=prose) if kind == "summary" else Outputs(rewrite=prose)
    items = (text,) if text.strip() else ()
    return Outputs(bullets=items) if kind == "bullets" else Outputs(headlines=items)


def plain_reference(text: str, kind: Kind) -> References:
    """A line as the reference of a kind."""
    if kind == "bullets":
        return References(bullets=((text,),))
    if kind == "headlines":
        return References(headline=(text,))
    return References(summary=(text,)) if kind == "summary" else References(rewrite=(text,))
