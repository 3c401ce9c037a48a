"""The decoder over requests in flight: one token of every beam at a time, with keys and values kept.

A request has one place in every cache for all its beams. What a beam wrote stays where it was written; `paths` says
which of a request's keys are each beam's own past, so that nothing is moved when beams change their parents.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.engines.lean.bart import Bart, DecoderLayer
from pipeline.engines.lean.layers import Floats, Ints, attend

STEPS = 16  # tokens that the caches grow by
SPARSE = 0.75  # the caches are packed when no more of their places are in use
LOW = np.float32(-np.inf)


@dataclass
class Decoder:
    """The caches; `live` are the places in use, in the order of their requests.

    `read` and `own` (layers, 2, places, heads, keys, width) hold what is attended to: the source, and what was written.
    `hidden` (places, 1, 1, keys) and `paths` (places, 1, beams, keys) are added to the scores: 0, or -inf.
    """

    model: Bart
    beams: int
    read: Floats
    hidden: Floats
    own: Floats
    paths: Floats
    steps: Ints
    live: Ints

    @classmethod
    def empty(cls, model: Bart, beams: int) -> Decoder:
        """No request in flight."""
        heads, width = model.shape.heads, model.embed.tokens.shape[1] // model.shape.heads
        none = np.zeros((len(model.layers), 2, 0, heads, 0, width), np.float32)
        hidden, paths = np.zeros((0, 1, 1, 0), np.float32), np.zeros((0, 1, beams, 0), np.float32)
        return cls(model, beams, none, hidden, none, paths, np.zeros(0, np.int64), np.zeros(0, np.int64))

    def admit(self, vectors: Floats, sizes: Ints) -> None:
        """Add requests behind those in flight, from the encoder's vectors (tokens, width)."""
        self._pack()
        count, longest = len(sizes), int(max(sizes.max(), self.read.shape[4]))
        there = np.arange(longest) < sizes[:, None]
        heads, width = self.read.shape[3], self.read.shape[5]
        read = np.zeros((len(self.model.layers), 2, count, heads, longest, width), np.float32)
        for layer, place in zip(self.model.layers, read, strict=True):
            grid = np.zeros((count, longest, 2 * heads * width), np.float32)
            grid[there] = layer.read(vectors)
            place[:] = grid.reshape(count, longest, 2, heads, width).transpose(2, 0, 3, 1, 4)
        room = self.paths.shape[3]
        hidden = np.where(there, np.float32(0), LOW)[:, None, None]
        self.read = np.concatenate([_widened(self.read, 4, longest), read], axis=2)
        self.hidden = np.concatenate([_widened(self.hidden, 3, longest, LOW), hidden])
        own = np.zeros((*read.shape[:4], room, width), np.float32)
        self.own = np.concatenate([self.own, own], axis=2)
        self.paths = np.concatenate([self.paths, np.full((count, 1, self.beams, room), LOW)])
        self.steps = np.concatenate([self.steps, np.zeros(count, np.int64)])
        self.live = np.arange(len(self.steps))

    def step(self, tokens: Ints) -> Floats:
        """The last layer's vectors (requests·beams, width) after one more token of every beam (requests, beams)."""
        places, beams = self.steps[self.live], np.arange(self.beams)
        self._make_room(int(places.max()) + 1)
        slots = places[:, None] * self.beams + beams
        self.paths[self.live[:, None], 0, beams, slots] = 0
        used = (int(places.max()) + 1) * self.beams
        x = self.model.embed(tokens.reshape(-1), places.repeat(self.beams))
        for layer, own, read in zip(self.model.layers, self.own, self.read, strict=True):
            x = self._layer(layer, x, own, read, slots, used)
        self.steps[self.live] += 1
        return x

    def follow(self, parents: Ints) -> None:
        """Give every beam the past of its parent (requests, beams)."""
        self.paths[self.live, 0] = np.take_along_axis(self.paths[self.live, 0], parents[:, :, None], axis=1)

    def keep(self, going: Sequence[bool]) -> None:
        """Drop the requests that are done."""
        self.live = self.live[np.asarray(going, bool)]
        if len(self.live) <= SPARSE * len(self.steps):
            self._pack()

    def _layer(self, layer: DecoderLayer, x: Floats, own: Floats, read: Floats, slots: Ints, used: int) -> Floats:
        queries, keys, values = self._heads(layer.joint(x), 3)
        for cache, new in zip(own, (keys, values), strict=True):
            cache[self.live[:, None], :, slots] = new.swapaxes(1, 2)
        mixed = self._attend(queries, own[0, :, :, :used], own[1, :, :, :used], self.paths[..., :used])
        x = layer.norm(x + layer.out(mixed))
        (queries,) = self._heads(layer.query(x), 1)
        x = layer.cross_norm(x + layer.cross_out(self._read(queries, read)))
        return layer.feed(x)

    def _read(self, queries: Floats, read: Floats) -> Floats:
        """Attention to the sources: the longest first, and then the others without the padding up to those."""
        asked = self._placed(queries)
        rows, keys = self._cut()
        long = attend(asked[:rows], read[0, :rows], read[1, :rows], self.hidden[:rows])
        short = attend(asked[rows:], read[0, rows:, :, :keys], read[1, rows:, :, :keys], self.hidden[rows:, ..., :keys])
        return self._rows(np.concatenate([long, short]))

    def _cut(self) -> tuple[int, int]:
        """How many places from the first on get all keys, and how many keys the others need: the least work."""
        sizes = (self.hidden[:, 0, 0] == 0).sum(axis=1)
        rest = np.append(np.maximum.accumulate(sizes[::-1])[::-1], 0)  # the longest from a place on
        rows = np.arange(len(sizes) + 1)
        best = int(np.argmin(rows * self.hidden.shape[3] + rows[::-1] * rest))
        return best, int(rest[best])

    def _heads(self, x: Floats, parts: int) -> Floats:
        """(rows, parts·width) → (parts, requests, heads, beams, width of a head)."""
        split = x.reshape(len(self.live), self.beams, parts, self.model.shape.heads, -1)
        return split.transpose(2, 0, 3, 1, 4)

    def _attend(self, queries: Floats, keys: Floats, values: Floats, bias: Floats) -> Floats:
        """Attention of the live requests."""
        return self._rows(attend(self._placed(queries), keys, values, bias))

    def _placed(self, queries: Floats) -> Floats:
        """The queries at their places; requests that are done ask nothing, which costs less than packing each time."""
        if len(self.live) == len(self.steps):
            return np.ascontiguousarray(queries)
        asked = np.zeros((len(self.steps), *queries.shape[1:]), np.float32)
        asked[self.live] = queries
        return asked

    def _rows(self, mixed: Floats) -> Floats:
        """(places, heads, beams, width of a head) → (rows, width) of the live requests."""
        live = mixed if len(self.live) == len(self.steps) else mixed[self.live]
        return live.swapaxes(1, 2).reshape(len(self.live) * self.beams, -1)

    def _make_room(self, steps: int) -> None:
        room = self.paths.shape[3]
        if steps * self.beams > room:
            wanted = -(-steps // STEPS) * STEPS * self.beams
            self.own = _widened(self.own, 4, wanted)
            self.paths = _widened(self.paths, 3, wanted, LOW)

    def _pack(self) -> None:
        """Only the places in use, and no more keys than they hold."""
        if len(self.live) == len(self.steps):
            return
        longest = int((self.hidden[self.live] == 0).sum(axis=3).max(initial=0))
        self.read, self.hidden = self.read[:, :, self.live, :, :longest], self.hidden[self.live, ..., :longest]
        used = -(-int(self.steps[self.live].max(initial=0)) // STEPS) * STEPS * self.beams
        self.own, self.paths = self.own[:, :, self.live, :, :used], self.paths[self.live, ..., :used]
        self.steps = self.steps[self.live]
        self.live = np.arange(len(self.steps))


def _widened(x: Floats, axis: int, size: int, value: float | np.float32 = 0.0) -> Floats:
    """`x` with more places of `value` along an axis."""
    more = list(x.shape)
    more[axis] = size - more[axis]
    return np.concatenate([x, np.full(more, value, np.float32)], axis=axis) if more[axis] else x
