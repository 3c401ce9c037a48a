"""Site furniture taken out of titles and bodies; every removal names its rule (`furniture.py`) and is counted."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache

from pipeline.text.characters import clean_characters
from pipeline.train.furniture import HAS, INSIDE, OPENS, TITLE, Inside

LONGEST_LINE = 400  # characters: a longer paragraph is no box of a site
QUOTES = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'", "\u00a0": " ", "–": "-"})
_SLIPS = ("â€", "Ã", "&", "\u200b", "\ufeff", "Â")


def clean(text: str) -> str:
    """Quotes as the tokenizer was trained on, no space before a full stop or comma, single spaces."""
    return re.sub(r"\s+([.,;:!?])", r"\1", " ".join(text.translate(QUOTES).split()))


def clean_title(title: str, removed: Counter[str] | None = None) -> str:
    """A title without labels, site names and by-lines; what was removed is counted as `title: RULE`."""
    whole = clean(_repaired(title))
    text = _cut(whole, TITLE, "title", removed)
    return text.strip(" -|:") if len(text) >= 10 else whole


def clean_line(line: str, removed: Counter[str] | None = None) -> str:
    """One paragraph or sentence without site furniture, "" if it is nothing else; counts `body: RULE`."""
    rule = line_rule(line)
    if rule:
        if removed is not None:
            removed[f"body: {rule}"] += 1
        return ""
    return _cut(_repaired(line), INSIDE, "body", removed)


def line_rule(line: str) -> str:
    """The rule by which a whole paragraph or sentence is furniture, or ""."""
    if len(line) > LONGEST_LINE:
        return ""
    low = line.lower().lstrip(" *•·-–—")
    opened = next((name for words, name in _by_opening().get(low[:1], ()) if low.startswith(words)), "")
    return opened or next((name for name, phrases in HAS.items() if any(p in low for p in phrases)), "")


@lru_cache(1)
def _by_opening() -> dict[str, list[tuple[str, str]]]:
    """First character → (opening, rule)."""
    found: dict[str, list[tuple[str, str]]] = {}
    for name, openings in OPENS.items():
        for words in openings:
            bare = words.lstrip(" *•·-–—")
            found.setdefault(bare[:1], []).append((bare, name))
    return found


def _cut(text: str, rules: Sequence[Inside], place: str, removed: Counter[str] | None) -> str:
    low = text.lower()
    for name, word, pattern, left in rules:
        if word and word not in low:
            continue
        text, n = pattern.subn(left, text)
        if n and removed is not None:
            removed[f"{place}: {name}"] += n
    return text


def _repaired(text: str) -> str:
    """Encoding slips and entities undone, where there is a sign of any."""
    return clean_characters(text) if any(sign in text for sign in _SLIPS) else text


def paragraphs(document: str, removed: Counter[str] | None = None) -> Iterable[str]:
    """The paragraphs of a document, one by one, without furniture."""
    for line in document.split("\n"):
        if line.strip() and (text := clean_line(line.strip(), removed).strip()):
            yield text
