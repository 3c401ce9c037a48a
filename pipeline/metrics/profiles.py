"""The ROUGE profiles: whose conventions a score follows. What each convention is, and how known: docs/scoring.md."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
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
Tokenize = Callable[[str], Sequence[str]]


def profile_named(name: str) -> Profile:
    """The profile; ConfigError if there is none of this name."""
    if name not in PROFILES:
        raise ConfigError([f"unknown ROUGE profile {name!r}: use {', '.join(PROFILES)}"])
    return PROFILES[name]


def with_tokenizer(profile: Profile, tokenize: Tokenize | None) -> Profile:
    """The profile with the words that `tokenize` makes of each line, not stemmed; None: the profile itself.

    ConfigError if it cannot be called.
    """
    if tokenize is None:
        return profile
    if not callable(tokenize):
        raise ConfigError([f"tokenizer: a function from a text to its words, not {type(tokenize).__name__}"])

    def lines(text: str, *, stem: bool) -> list[list[str]]:  # noqa: ARG001  # as Tokenizer has it
        return [list(tokenize(line)) if line else [] for line in text.split("\n")]

    return replace(profile, lines=lines, tok="custom", stem="none")
