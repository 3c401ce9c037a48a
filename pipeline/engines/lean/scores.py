"""Logits → continuations: the copy prior, what may not repeat, what may be spelled, and the best of the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from pipeline.engines.lean.bart import BLOCKS
from pipeline.engines.lean.hypotheses import Continuation, Hypothesis
from pipeline.engines.lean.layers import Floats, Ints
from pipeline.engines.spelling import Mask, SpellingGuard

LOW = np.float32(-np.inf)


@dataclass
class Rules:
    """What one request's source does to the scores of every beam. `source` are the distinct tokens the prior favours,
    `copy_prior` the logits added to them, `no_repeat` the size of an n-gram that may not come twice (0: any may)."""

    source: Ints
    copy_prior: float
    no_repeat: int
    guard: SpellingGuard | None
    start: int
    barred: dict[int, Floats] = field(default_factory=dict)

    def favour(self, row: Floats) -> None:
        """Add the copy prior to one beam's logits."""
        if self.copy_prior:
            row[self.source] += np.float32(self.copy_prior)

    def repeats(self, tokens: Sequence[int]) -> list[int]:
        """The tokens that would end an n-gram which `tokens`, after the start, hold already."""
        size, ids = self.no_repeat, (self.start, *tokens)
        if not size or len(ids) < size:
            return []
        last = ids[len(ids) - size + 1 :]
        return [ids[i + size - 1] for i in range(len(ids) - size + 1) if ids[i : i + size - 1] == last]

    def bar(self, row: Floats, tokens: Sequence[int]) -> None:
        """Give what may not be spelled after `tokens` the score -inf."""
        if self.guard is None:
            return
        forbidden, allowed = self.guard.onward((self.start, *tokens))
        kept = row[allowed]
        if forbidden is None:
            row.fill(LOW)
        else:
            row += self._lowered(forbidden, len(row))
        row[allowed] = kept

    def _lowered(self, forbidden: Mask, size: int) -> Floats:
        """0 or -inf for every token; adding it is many times faster than a boolean mask."""
        found = self.barred.get(id(forbidden))
        if found is None:
            found = np.zeros(size, np.float32)
            found[: len(forbidden)][forbidden] = LOW
            self.barred[id(forbidden)] = found  # the guard keeps the mask, so that no other takes its id
        return found


def constrained(logits: Floats, rows: Sequence[tuple[Rules, Hypothesis]]) -> Floats:
    """Log-probabilities (rows, vocabulary), in place, after every row's rules.

    With a copy prior a repeating token takes no part in the normalisation, and without one it does; what is barred by
    spelling always does. This is what transformers' processors give in their order.
    """
    for row, (rules, past) in zip(logits, rows, strict=True):
        rules.favour(row)
        if rules.copy_prior:
            row[rules.repeats(past.tokens)] = LOW
    peak = logits.max(axis=1, keepdims=True)
    logits -= peak
    logits -= np.log(np.exp(logits).sum(axis=1, keepdims=True))
    for row, (rules, past) in zip(logits, rows, strict=True):
        if not rules.copy_prior:
            row[rules.repeats(past.tokens)] = LOW
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


def continuations(scores: Floats, running: Sequence[Sequence[Hypothesis]]) -> list[list[Continuation]]:
    """For every request the best 2·beams continuations of its beams, best first."""
    beams = len(running[0])
    values, tokens = best(scores, 2 * beams)
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
