"""Beam search or sampling over many requests at once; one that is done makes room for the next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.engines.lean.bart import Bart, Columns
from pipeline.engines.lean.cache import Decoder
from pipeline.engines.lean.draws import Draws
from pipeline.engines.lean.hypotheses import Beams
from pipeline.engines.lean.layers import Floats
from pipeline.engines.lean.scores import Rules, constrained, continuations


@dataclass(frozen=True, slots=True)
class Job:
    """One request: the encoder's tokens, the rules of its scores, and where its search stands."""

    source: Sequence[int]
    rules: Rules
    state: Beams | Draws


def search(model: Bart, jobs: Sequence[Job], together: int) -> None:
    """Finish every job's `state`; at most `together` jobs, all of one kind and width, are in flight.

    The longest sources go first, so that what is in flight is of like length; who is in flight with whom depends on
    `jobs` alone.
    """
    waiting = sorted(range(len(jobs)), key=lambda i: (len(jobs[i].source), -i))
    decoder = Decoder.empty(model, jobs[0].state.width if jobs else 1)
    columns = model.columns(np.zeros(0, np.int64))
    flight: list[int] = []
    while waiting or flight:
        if waiting and 2 * len(flight) <= together:
            new = [waiting.pop() for _ in range(min(together - len(flight), len(waiting)))]
            decoder.admit(*model.encoder([jobs[i].source for i in new]))
            flight += new
            columns = _columns(model, [jobs[i].rules for i in flight])
        going = _step(decoder, columns, [jobs[i] for i in flight])
        flight = [i for i, goes in zip(flight, going, strict=True) if goes]


def _columns(model: Bart, flight: Sequence[Rules]) -> Columns:
    """What the requests in flight may write, with their rules made for it; one that may write anything widens it."""
    written = [rules.written for rules in flight if rules.written is not None]
    columns = model.columns(np.unique(np.concatenate(written))) if len(written) == len(flight) else model.whole
    for rules in flight:
        rules.settle(columns)
    return columns


def _step(decoder: Decoder, columns: Columns, jobs: Sequence[Job]) -> list[bool]:
    """One token more for every beam of the jobs in flight; which of them go on."""
    running, start = [job.state.running for job in jobs], decoder.model.shape.start
    tokens = np.array([[h.tokens[-1] if h.tokens else start for h in row] for row in running])
    logits = columns(decoder.step(tokens))
    scores = constrained(logits, [(job.rules, past) for job in jobs for past in job.state.running])
    moves = _moves(scores, columns, jobs)
    decoder.follow(np.array([parents for parents, _ in moves]))
    going = [not over for _, over in moves]
    decoder.keep(going)
    return going


def _moves(scores: Floats, columns: Columns, jobs: Sequence[Job]) -> list[tuple[list[int], bool]]:
    """The parents of every job's beams, and whether it is done."""
    drawn = [
        job.state.advance(rows, columns.tokens)
        for job, rows in zip(jobs, np.split(scores, len(jobs)), strict=True)
        if isinstance(job.state, Draws)
    ]
    beams = [job.state for job in jobs if isinstance(job.state, Beams)]
    if not beams:
        return drawn
    found = continuations(scores, columns, [state.running for state in beams])
    return [state.advance(options) for state, options in zip(beams, found, strict=True)]
