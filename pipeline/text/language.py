"""Language identification, offline and deterministic (py3langid's packaged model)."""

from __future__ import annotations

UNDETERMINED = "und"
_ENOUGH_LETTERS = 20
_READ = 4000  # characters; more does not change the answer


def detect_language(text: str) -> str:
    """The ISO 639 code of the text's language, or `und` when it has too few letters to tell."""
    if sum(map(str.isalpha, text[:_READ])) < _ENOUGH_LETTERS:
        return UNDETERMINED
    from py3langid import classify

    language: str = classify(text[:_READ])[0]
    return language


def looks_english(text: str) -> bool:
    """Is the text English, or too short to say otherwise?"""
    return detect_language(text) in ("en", UNDETERMINED)
