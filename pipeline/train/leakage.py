"""Near-duplicates between splits by MinHash (Broder 1997) with banding (Leskovec et al., Massive Datasets, 3.4).

A document is compared by the word trigrams of its first 300 words, and of its first 60, since a wire report is
printed with other endings; a pair found by the bands counts only if its true Jaccard similarity reaches `NEAR`.
Headlines are compared by their content words.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.text.words import content_words
from pipeline.train.clean import paragraphs

Hashes = npt.NDArray[np.uint64]
NEAR = 0.4  # Jaccard similarity of trigrams
WINDOWS = (300, 60)  # words from the start
LEAST = 20  # words: less says nothing
BANDS, ROWS = 20, 3  # found with probability 1 - (1 - s^3)^20: 0.73 at s = 0.4, 0.93 at 0.5, 0.999 at 0.65
TITLE_WORDS, LOOSE_WORDS = 5, 7  # content words of a headline to be compared at all; and with one of them changed
_RNG = np.random.default_rng(20)
_A = _RNG.integers(1, 1 << 63, BANDS * ROWS, np.uint64) | np.uint64(1)
_B = _RNG.integers(0, 1 << 63, BANDS * ROWS, np.uint64)
_P, _Q = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F)
_WORD = re.compile(r"\w+")


def trigrams(text: str, words: int) -> Hashes:
    """Sorted distinct hashes (uint64) of the word trigrams of the first `words` words, case and marks ignored."""
    found = [zlib.crc32(w.encode()) for w in _WORD.findall(text[: 12 * words].lower())[:words]]
    h = np.asarray(found, np.uint64)
    return np.unique((h[:-2] * _P + h[1:-1]) * _Q + h[2:]) if len(h) >= LEAST else np.zeros(0, np.uint64)


def signature(hashes: Hashes) -> npt.NDArray[np.uint32]:
    """MinHash values (BANDS * ROWS,) of a non-empty set of hashes."""
    mixed = (hashes[:, None] * _A + _B) >> np.uint64(32)
    return np.asarray(mixed.min(axis=0), np.uint32)


def jaccard(a: Hashes, b: Hashes) -> float:
    """|a ∩ b| / |a ∪ b| of sorted distinct hashes; 0.0 if both are empty."""
    both = len(np.intersect1d(a, b, assume_unique=True))
    return both / max(1, len(a) + len(b) - both)


def title_keys(title: str) -> Iterator[frozenset[str]]:
    """What equal headlines share: their content words; of long ones also every set with one word left out."""
    words = frozenset(content_words(title))
    if len(words) >= TITLE_WORDS:
        yield words
    if len(words) >= LOOSE_WORDS:
        yield from (words - {word} for word in sorted(words))


@dataclass(slots=True)
class Index:
    """Documents and headlines of the splits that must not be trained on, each under the split's name."""

    bands: dict[tuple[int, int, bytes], list[int]] = field(default_factory=dict)
    texts: list[tuple[str, Hashes]] = field(default_factory=list)
    titles: dict[frozenset[str], set[str]] = field(default_factory=dict)

    def add(self, split: str, record: Mapping[str, Any]) -> None:
        """Remember a record of `split`."""
        for window, hashes in _windows(record):
            for key in _bands(window, hashes):
                self.bands.setdefault(key, []).append(len(self.texts))
            self.texts.append((split, hashes))
        for title in _titles(record):
            for words in title_keys(title):
                self.titles.setdefault(words, set()).add(split)

    def leak(self, record: Mapping[str, Any], splits: frozenset[str]) -> str:
        """ "document" or "headline" with the split one of `splits` that has a near-duplicate of it; "" if none has."""
        for window, hashes in _windows(record):
            seen: set[int] = set()
            for key in _bands(window, hashes):
                seen.update(self.bands.get(key, ()))
            for i in sorted(seen):
                split, other = self.texts[i]
                if split in splits and jaccard(hashes, other) >= NEAR:
                    return f"document in {split}"
        for title in _titles(record):
            for words in title_keys(title):
                if found := sorted(self.titles.get(words, set()) & splits):
                    return f"headline in {found[0]}"
        return ""


def _windows(record: Mapping[str, Any]) -> Iterator[tuple[int, Hashes]]:
    """(window, trigrams) of the whole document and of each report in it, if it holds several."""
    for text in (str(record["document"]), *(r.text for r in reports(record))):
        opening = _opening(text)
        for window in WINDOWS:
            hashes = trigrams(opening, window)
            if len(hashes):
                yield window, hashes


def _opening(text: str) -> str:
    """The first paragraphs without site furniture, which unrelated reports of a site share, up to what is compared."""
    kept, left = [], WINDOWS[0]
    for paragraph in paragraphs(text):
        kept.append(paragraph)
        left -= paragraph.count(" ") + 1
        if left <= 0:
            break
    return "\n".join(kept)


def _bands(window: int, hashes: Hashes) -> list[tuple[int, int, bytes]]:
    rows = signature(hashes).reshape(BANDS, ROWS)
    return [(window, band, row.tobytes()) for band, row in enumerate(rows)]


def _titles(record: Mapping[str, Any]) -> Iterable[str]:
    return dict.fromkeys(filter(None, (record.get("headline"), *(r.title for r in reports(record)))))


@dataclass(frozen=True, slots=True)
class Report:
    """One outlet's report in a record that holds several: its title line and its text."""

    title: str
    text: str


def reports(record: Mapping[str, Any]) -> list[Report]:
    """The reports of a document that is a roundup: blocks that each open with one of the `headline_variants`."""
    titles = frozenset(record.get("headline_variants") or ())
    lines = [line.strip() for line in str(record["document"]).split("\n")]
    if len(titles) < 2 or lines[0] not in titles:
        return []
    starts = [i for i, line in enumerate(lines) if line in titles]
    blocks = [lines[a:b] for a, b in zip(starts, [*starts[1:], len(lines)], strict=True)]
    return [Report(block[0], "\n".join(block[1:])) for block in blocks if any(block[1:])]
