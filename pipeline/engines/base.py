"""What an engine is: something that turns requests into texts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, runtime_checkable

from pipeline.records import Request

SENTENCE_TOKENS = 96  # what a selector reads of one sentence
BLOCK = 200  # sentences that a selector lets see each other; a longer article is rated block by block

Strategy = Literal["sentences", "whole", "lead", "textrank"]
WEAKEST = 3  # tokens, of `Generated.weakest`


@dataclass(frozen=True, slots=True)
class Generated:
    """One text. `logprob`: mean natural-log probability per token, `weakest`: that of its three least likely ones.

    Both are None if the engine knows none.
    """

    text: str
    logprob: float | None = None
    flags: tuple[str, ...] = ()
    weakest: float | None = None


class Engine(Protocol):
    """Generates n-best texts for requests.

    `strategy` says what the plan should ask for: single sentences to rewrite (`sentences`), whole articles in chunks
    (`whole`), or the sentences an extractive baseline picks. `identity` names everything its texts depend on, `model`
    what was loaded: name, revision and sha256 of the weights.
    """

    @property
    def strategy(self) -> Strategy: ...
    @property
    def identity(self) -> str: ...
    @property
    def budget(self) -> int: ...
    @property
    def model(self) -> Mapping[str, str | None]: ...

    def count_tokens(self, text: str) -> int:
        """Tokens of `text` in the engine's own tokenizer, without special tokens."""
        ...

    def rate_sentences(
        self, texts: Sequence[str], features: Sequence[Sequence[float]]
    ) -> Sequence[float] | None:
        """Log-odds that an article's highlights tell each of its sentences, from the texts and `salience`'s features
        (sentences, 18); None if the engine has no selector of its own."""
        ...

    def generate(self, requests: Sequence[Request], seed: int) -> list[list[Generated]]:
        """One list of texts, best first, per request, in order."""
        ...


@runtime_checkable
class Pooled(Protocol):
    """An engine that wants all requests at once, of every task, and forms its own batches of them."""

    @property
    def pooled(self) -> bool: ...
