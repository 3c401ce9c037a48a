"""Sampling, and the greedy choice: every beam of a request is a text of its own, written token by token."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from pipeline.engines.lean.hypotheses import Hypothesis
from pipeline.engines.lean.layers import Floats, Ints

TOP_K = 50  # most likely tokens that are drawn from at all, transformers' default


@dataclass
class Draws:
    """The state of one request's texts; each ends by itself. Without `random` the likeliest token is taken."""

    width: int
    end: int
    limit: int
    temperature: float = 1.0
    top_p: float = 1.0
    random: np.random.Generator | None = None
    running: list[Hypothesis] = field(init=False)
    stuck: set[int] = field(default_factory=set)  # texts that no token may follow

    def __post_init__(self) -> None:
        self.running = [Hypothesis(0.0)] * self.width

    @property
    def finished(self) -> list[Hypothesis]:
        """The texts, in the order of the beams."""
        return self.running

    def advance(self, scores: Floats, tokens: Ints) -> tuple[list[int], bool]:
        """Write one token more for every text that goes on, from log-probabilities (beams, columns) of `tokens`."""
        for i, row in enumerate(scores):
            if not self._over(i):
                self._grow(i, row, tokens)
        return list(range(self.width)), all(map(self._over, range(self.width)))

    def _over(self, i: int) -> bool:
        tokens = self.running[i].tokens
        return i in self.stuck or bool(tokens) and (tokens[-1] == self.end or len(tokens) >= self.limit)

    def _grow(self, i: int, row: Floats, tokens: Ints) -> None:
        if not np.isfinite(row.max()):
            self.stuck.add(i)
            return
        place, logprob = likeliest(row) if self.random is None else self._draw(row, self.random)
        past = self.running[i]
        logprobs = (*past.logprobs, logprob)
        self.running[i] = Hypothesis(sum(logprobs) / len(logprobs), (*past.tokens, int(tokens[place])), logprobs)

    def _draw(self, row: Floats, random: np.random.Generator) -> tuple[int, float]:
        """A place from the distribution that temperature, TOP_K and top_p leave, and its log-probability there."""
        places = np.argpartition(row, -TOP_K)[-TOP_K:] if len(row) > TOP_K else np.arange(len(row))
        places = places[np.argsort(-row[places], kind="stable")]
        scaled = row[places].astype(np.float64) / self.temperature
        odds = np.exp(scaled - scaled[0])
        odds /= odds.sum()
        before = np.concatenate([[0.0], np.cumsum(odds)[:-1]])
        odds[before >= self.top_p] = 0  # the token that reaches top_p still counts
        odds /= odds.sum()
        at = int(random.choice(len(places), p=odds))
        return int(places[at]), float(np.log(odds[at]))


def likeliest(row: Floats) -> tuple[int, float]:
    """The place of the highest score, and its log-probability among those that have one."""
    place = int(row.argmax())
    return place, -float(np.log(np.exp(row - row[place]).sum()))
