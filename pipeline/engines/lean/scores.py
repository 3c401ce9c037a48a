"""Logits → continuations: the copy prior, what may not repeat, what may be spelled, and the best of the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from pipeline.engines.lean.bart import BLOCKS, NOWHERE, Columns
from pipeline.engines.lean.hypotheses import Continuation, Hypothesis
from pipeline.engines.lean.layers import Floats, Ints
from pipeline.engines.spelling import Onward, SpellingGuard

LOW = np.float32(-np.inf)


@dataclass
class Rules:
    """What one request's source does to the scores of every beam. `source` are the distinct tokens the prior favours,
    `copy_prior` the logits added to them, `no_repeat` the size of an n-gram that may not come twice (0: any may),
    `written` the tokens that may be written, in ascending order (None: all).

    `bonus` and `barred` are for the columns of the requests in flight with it: `settle` makes them.
    """

    source: Ints
    copy_prior: float
    no_repeat: int
    guard: SpellingGuard | None
    start: int
    written: Ints | None = None
    columns: Columns = field(init=False)
    bonus: Floats = field(init=False)
    barred: dict[int, tuple[Floats, Onward]] = field(init=False)

    def settle(self, columns: Columns) -> None:
        """Score these columns from now on."""
        self.columns, self.barred = columns, {}
        self.bonus = np.full(len(columns.tokens), 0 if self.written is None else LOW, np.float32)
        if self.written is not None:
            self.bonus[columns.places[self.written]] = 0
        places = columns.places[self.source]
        self.bonus[places[places != NOWHERE]] += np.float32(self.copy_prior)

    def repeats(self, tokens: Sequence[int]) -> list[int]:
        """The tokens that would end an n-gram which `tokens`, after the start, hold already."""
        size, ids = self.no_repeat, (self.start, *tokens)
        if not size or len(ids) < size:
            return []
        last = ids[len(ids) - size + 1 :]
        return [ids[i + size - 1] for i in range(len(ids) - size + 1) if ids[i : i + size - 1] == last]

    def forget(self, row: Floats, tokens: Sequence[int]) -> None:
        """Give what would repeat an n-gram of `tokens` the score -inf."""
        row[self.columns.places[self.repeats(tokens)]] = LOW

    def bar(self, row: Floats, tokens: Sequence[int]) -> None:
        """Give what may not be spelled after `tokens` the score -inf."""
        if self.guard is None:
            return
        onward = self.guard.onward((self.start, *tokens))
        found = self.barred.get(id(onward))
        if found is None:
            found = self.barred[id(onward)] = (self._lowered(onward), onward)  # kept, so that no other takes its id
        row += found[0]

    def _lowered(self, onward: Onward) -> Floats:
        """0 or -inf for every column; adding it is many times faster than a boolean mask."""
        columns, mask = self.columns, onward.forbidden
        if mask is None:
            lowered = np.full(len(columns.tokens), LOW)
        else:
            forbidden = np.append(mask, np.zeros(len(columns.places) - len(mask), bool))
            lowered = np.where(forbidden[columns.tokens], LOW, np.float32(0))
        places = columns.places[onward.allowed]
        lowered[places[places != NOWHERE]] = 0
        return lowered


def constrained(logits: Floats, rows: Sequence[tuple[Rules, Hypothesis]]) -> Floats:
    """Log-probabilities (rows, columns), in place, after every row's rules.

    With a copy prior a repeating token takes no part in the normalisation, and without one it does; what is barred by
    spelling always does. This is what transformers' processors give in their order.
    """
    for row, (rules, past) in zip(logits, rows, strict=True):
        row += rules.bonus
        if rules.copy_prior:
            rules.forget(row, past.tokens)
    peak = logits.max(axis=1, keepdims=True)
    logits -= peak
    logits -= np.log(np.exp(logits).sum(axis=1, keepdims=True))
    for row, (rules, past) in zip(logits, rows, strict=True):
        if not rules.copy_prior:
            rules.forget(row, past.tokens)
        rules.bar(row, past.tokens)
    return logits


def best(scores: Floats, count: int) -> tuple[Floats, Ints]:
    """The `count` highest entries of every row, in no order, and their places."""
    columns = scores.shape[1] // BLOCKS
    if columns <= count:
        places = np.argpartition(scores, -count, axis=1)[:, -count:]
        return np.take_along_axis(scores, places, axis=1), places
    peaks = scores.reshape(len(scores), BLOCKS, columns).max(axis=1)
    tall = np.argpartition(peaks, -count, axis=1)[:, -count:]  # an entry of the best lies in one of these columns
    cells = (tall[:, :, None] + columns * np.arange(BLOCKS)).reshape(len(scores), -1)
    found = np.take_along_axis(scores, cells, axis=1)
    inner = np.argpartition(found, -count, axis=1)[:, -count:]
    return np.take_along_axis(found, inner, axis=1), np.take_along_axis(cells, inner, axis=1)


def continuations(
    scores: Floats, columns: Columns, running: Sequence[Sequence[Hypothesis]]
) -> list[list[Continuation]]:
    """For every request the best 2·beams continuations of its beams, best first."""
    beams = len(running[0])
    values, places = best(scores, 2 * beams)
    tokens = columns.tokens[places]
    found = []
    for r, hypotheses in enumerate(running):
        own = slice(r * beams, (r + 1) * beams)
        sums = values[own].astype(np.float64) + np.array([h.score for h in hypotheses])[:, None]
        order = np.argsort(-sums, axis=None, kind="stable")[: 2 * beams]
        flat_sums, flat_values, flat_tokens = sums.ravel(), values[own].ravel(), tokens[own].ravel()
        found.append(
            [
                Continuation(float(flat_sums[i]), int(i) // (2 * beams), int(flat_tokens[i]), float(flat_values[i]))
                for i in order
            ]
        )
    return found
