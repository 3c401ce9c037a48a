"""The beams of one request: which continuations go on, which texts are finished, and when nothing can improve.

As transformers' beam search does it, `early_stopping` off: of 2·beams continuations the best that do not end go on;
those among the first `beams` that end are kept if they beat what is kept, by sum of log-probabilities over
length ** `penalty`; the search stops when `beams` texts are kept and the best running beam, at its present length,
does not beat the worst of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

NEVER = -1e9  # the score of beams that have not begun and of texts not found yet, as in transformers


class Continuation(NamedTuple):
    """A beam's next token: the beam's score with it, and the token's own log-probability."""

    score: float
    beam: int
    token: int
    logprob: float


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """Tokens without the start, their log-probabilities, and the score: the sum, or the mean once it is finished."""

    score: float
    tokens: tuple[int, ...] = ()
    logprobs: tuple[float, ...] = ()


@dataclass
class Beams:
    """The state of one request's search."""

    width: int
    end: int
    limit: int  # tokens of a text, the end included
    penalty: float
    running: list[Hypothesis] = field(init=False)
    finished: list[Hypothesis] = field(init=False)

    def __post_init__(self) -> None:
        self.running = [Hypothesis(0.0), *[Hypothesis(NEVER)] * (self.width - 1)]
        self.finished = [Hypothesis(NEVER)] * self.width

    def advance(self, found: Sequence[Continuation]) -> tuple[list[int], bool]:
        """Go on with the best 2·width continuations, best first: the parents of the beams, and whether to stop."""
        grown = [self._grown(one) for one in found]
        length = len(grown[0].tokens)
        over = [length >= self.limit or one.token == self.end for one in found]
        scale = length**self.penalty
        ended = [
            Hypothesis(one.score / scale, one.tokens, one.logprobs)
            for one, done in zip(grown[: self.width], over, strict=False)
            if done
        ]
        self.finished = sorted([*self.finished, *ended], key=lambda h: -h.score)[: self.width]
        going = sorted(range(len(found)), key=lambda i: (over[i], -grown[i].score))[: self.width]
        self.running = [grown[i] for i in going]
        return [found[i].beam for i in going], all(over) or self._settled(length)

    def _grown(self, one: Continuation) -> Hypothesis:
        parent = self.running[one.beam]
        return Hypothesis(one.score, (*parent.tokens, one.token), (*parent.logprobs, one.logprob))

    def _settled(self, length: int) -> bool:
        worst = self.finished[-1].score
        best: float = self.running[0].score / length**self.penalty
        return worst > NEVER and not best > worst or best == float("-inf")
