"""Normalisation: one spelling of characters, spaces, lines and paragraphs, and no block twice."""

from __future__ import annotations

from collections.abc import Callable

from pipeline.text.characters import clean_characters
from pipeline.text.lines import drop_repeats, tidy_lines


def normalise(text: str) -> str:
    """`text` in its normal form, which may be empty; normalising again changes nothing.

    Characters: NFC, mojibake and HTML entities undone, curly quotes straight, invisible characters removed;
    dashes and ellipses stay. Lines: ends are `\\n`, white space is collapsed, hard-wrapped paragraphs joined,
    Markdown heading marks and lines of lone dashes or bullets dropped, at most one blank line between blocks.
    A paragraph or list item that stood before (ignoring case and white space) is dropped.
    """
    return _settled(text, lambda current: drop_repeats(_tidied(current)))


def tidy(text: str) -> str:
    """Everything `normalise` does except dropping repeated blocks: what key points are looked for in."""
    return _settled(text, _tidied)


def _tidied(text: str) -> str:
    return tidy_lines(clean_characters(text))


def _settled(text: str, step: Callable[[str], str]) -> str:
    """Apply `step` until nothing changes: undoing one thing (an entity, say) may uncover another."""
    while (after := step(text)) != text:
        text = after
    return text
