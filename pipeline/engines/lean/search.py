"""Beam search or sampling over many requests at once; one that is done makes room for the next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.engines.lean.bart import Bart
from pipeline.engines.lean.cache import Decoder
from pipeline.engines.lean.draws import Draws
from pipeline.engines.lean.hypotheses import Beams, Hypothesis
from pipeline.engines.lean.layers import Floats
from pipeline.engines.lean.scores import Rules, constrained, continuations


@dataclass(frozen=True, slots=True)
class Job:
    """One request: the encoder's tokens, the rules of its scores, and where its search stands."""

    source: Sequence[int]
    rules: Rules
    state: Beams | Draws


def search(model: Bart, jobs: Sequence[Job], together: int) -> list[list[Hypothesis]]:
    """The texts of every job; at most `together` jobs, all of one kind and width, are in flight.

    The longest sources go first, so that what is in flight is of like length; who is in flight with whom depends on
    `jobs` alone.
    """
    waiting = sorted(range(len(jobs)), key=lambda i: (len(jobs[i].source), -i))
    decoder = Decoder.empty(model, jobs[0].state.width if jobs else 1)
    flight: list[int] = []
    while waiting or flight:
        if waiting and 2 * len(flight) <= together:
            new = [waiting.pop() for _ in range(min(together - len(flight), len(waiting)))]
            decoder.admit(*model.encoder([jobs[i].source for i in new]))
            flight += new
        going = _step(model, decoder, [jobs[i] for i in flight])
        flight = [i for i, goes in zip(flight, going, strict=True) if goes]
    return [job.state.finished for job in jobs]


def _step(model: Bart, decoder: Decoder, jobs: Sequence[Job]) -> list[bool]:
    """One token more for every beam of the jobs in flight; which of them go on."""
    running = [job.state.running for job in jobs]
    tokens = np.array([[h.tokens[-1] if h.tokens else model.shape.start for h in row] for row in running])
    logits = model.logits(decoder.step(tokens))
    scores = constrained(logits, [(job.rules, past) for job in jobs for past in job.state.running])
    moves = _moves(scores, jobs)
    decoder.follow(np.array([parents for parents, _ in moves]))
    going = [not over for _, over in moves]
    decoder.keep(going)
    return going


def _moves(scores: Floats, jobs: Sequence[Job]) -> list[tuple[list[int], bool]]:
    """The parents of every job's beams, and whether it is done."""
    drawn = [
        job.state.advance(rows)
        for job, rows in zip(jobs, np.split(scores, len(jobs)), strict=True)
        if isinstance(job.state, Draws)
    ]
    beams = [job.state for job in jobs if isinstance(job.state, Beams)]
    if not beams:
        return drawn
    found = continuations(scores, [state.running for state in beams])
    return [state.advance(options) for state, options in zip(beams, found, strict=True)]
