"""Is a training target supported by its input? A model trained on unsupported targets learns to invent."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.text.words import STOP, WORD, content_words, stem


def hard_words(text: str) -> set[str]:
    """Stems of what must not be invented: numbers, and capitalised words after the first word."""
    words = WORD.findall(text)
    return {stem(w) for i, w in enumerate(words) if w[0].isdigit() or (i and w[0].isupper())} - STOP


def recall(target: Sequence[str], source: set[str]) -> float:
    """Share of the target's content words (stems) found in the source; 0.0 for an empty target."""
    return sum(w in source for w in target) / len(target) if target else 0.0


def supported(target: str, source: set[str], share: float) -> bool:
    """At least `share` of the content words, and every number and name, occur in the source stems."""
    words = content_words(target)
    return len(words) >= 3 and recall(words, source) >= share and hard_words(target) <= source
