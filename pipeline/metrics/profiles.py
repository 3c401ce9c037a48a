"""The ROUGE profiles: whose conventions a score follows. What each convention is, and how known: docs/scoring.md."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from pipeline.errors import ConfigError
from pipeline.metrics.tokens import google_lines, perl_lines, unicode_lines


class Tokenizer(Protocol):
    """A text → its lines' tokens, stemmed or not."""

    def __call__(self, text: str, *, stem: bool) -> list[list[str]]: ...


@dataclass(frozen=True, slots=True)
class Profile:
    """`tok` and `stem` name tokenizer and stemmer in the signature.

    `pooled`: the arithmetic of ROUGE-1.5.5. ROUGE-L is over lines, P, R and F are rounded to five decimals and F
    is that of the rounded ones, several references are pooled (`mean`) or the best by recall is taken (`max`), and
    the mean over articles is the mean of its bootstrap resamples.
    """

    name: str
    lines: Tokenizer
    tok: str
    stem: str
    pooled: bool = False


PROFILES: Mapping[str, Profile] = {
    "google": Profile("google", google_lines, "google", "porter"),
    "perl": Profile("perl", perl_lines, "perl", "porter155", pooled=True),
    "unicode": Profile("unicode", unicode_lines, f"unicode-{unicodedata.unidata_version}", "porter"),
}
GOOGLE = PROFILES["google"]


def profile_named(name: str) -> Profile:
    """The profile; ConfigError if there is none of this name."""
    if name not in PROFILES:
        raise ConfigError([f"unknown ROUGE profile {name!r}: use {', '.join(PROFILES)}"])
    return PROFILES[name]
