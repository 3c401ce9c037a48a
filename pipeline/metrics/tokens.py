"""The tokenizers that metrics count in."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Any

_ASCII_WORD = re.compile(r"[a-z0-9]+")
_WORD = re.compile(r"[^\W_]+")


@cache
def _stemmer() -> Any:
    from nltk.stem.porter import PorterStemmer  # imported late: nltk takes seconds to load

    return PorterStemmer()


@lru_cache(maxsize=1 << 18)
def porter_stem(token: str) -> str:
    """The Porter stem of a lowercase word, from nltk (with its extensions, as rouge-score uses it)."""
    return str(_stemmer().stem(token))


def google_tokens(text: str, *, stem: bool) -> list[str]:
    """Tokens as rouge-score 0.1.2 makes them: runs of [a-z0-9] of the lowercased text.

    With `stem`, tokens longer than three characters are reduced by nltk's Porter stemmer (with its
    extensions).
    """
    found = _ASCII_WORD.findall(text.lower())
    return [porter_stem(token) if len(token) > 3 else token for token in found] if stem else found


def words(text: str) -> list[str]:
    """Case-folded runs of letters and digits of any script; punctuation and underscores separate them."""
    return _WORD.findall(text.casefold())
