"""The trained sentence selector in numpy: the same log-odds as `pipeline.engines.selector` gives in torch."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file
from threadpoolctl import ThreadpoolController

from pipeline.engines.lean.bart import Encoder, Tensor, encoder_layer, tensors
from pipeline.engines.lean.layers import Floats, Linear, Norm, attend, gelu
from pipeline.engines.windows import ALPHA, HEADS, LAYERS, PLACES, WINDOW, windows
from pipeline.errors import EngineError

Window = tuple[Sequence[int], Sequence[int]]  # token ids with both ends, and how many of them each sentence has


@dataclass(frozen=True, slots=True)
class Head:
    """Sentence vectors and features → log-odds, one transformer layer between."""

    enter: Linear
    place: Floats
    joint: Linear
    out: Linear
    first: Norm
    widen: Linear
    narrow: Linear
    second: Norm
    leave: Linear

    def __call__(self, vectors: Floats, features: Floats) -> Floats:
        """(sentences, width), (sentences, features) → (sentences,)."""
        x = self.enter(np.concatenate([vectors, features], axis=1))
        x += self.place[np.minimum(np.arange(len(x)), PLACES - 1)]
        queries, keys, values = self.joint(x).reshape(len(x), 3, HEADS, -1).transpose(1, 2, 0, 3)
        queries = queries * np.float32(queries.shape[-1] ** -0.5)
        mixed = attend(queries, np.ascontiguousarray(keys), np.ascontiguousarray(values), np.float32(0))
        x = self.first(x + self.out(mixed.swapaxes(0, 1).reshape(len(x), -1)))
        x = self.second(x + self.narrow(gelu(self.widen(x))))
        found: Floats = self.leave(x)[:, 0]
        return found


@dataclass(frozen=True, slots=True)
class Selector:
    """Encoder and head together: `read` gives the vectors of a window's tokens (tokens, width).

    Up to `threads` windows of at most `window` tokens are read at once, each with its share of the cores: numpy's
    matrix products are told so.
    """

    read: Callable[[Sequence[int]], Floats]
    head: Head
    window: int
    threads: int
    libraries: ThreadpoolController

    def __call__(self, sentences: Sequence[Sequence[int]], features: Sequence[Sequence[float]]) -> list[float]:
        """Log-odds of one article's sentences, from their token ids and features."""
        vectors = np.concatenate(self._vectors(windows(sentences, self.window)))
        odds: list[float] = self.head(vectors, np.array(features, np.float32)).tolist()
        return odds

    def _vectors(self, found: Sequence[Window]) -> list[Floats]:
        """The sentences' vectors, window by window: nothing is padded, and what is worked on stays in the cache."""
        streams = min(len(found), self.threads)
        with (
            self.libraries.limit(limits=self.threads // streams, user_api="blas"),
            ThreadPoolExecutor(streams) as pool,
        ):
            return list(pool.map(self._means, found))

    def _means(self, window: Window) -> Floats:
        """The mean of every sentence's tokens, (sentences, width); a sentence without tokens has zeros."""
        ids, inner = window
        hidden = self.read(ids)
        sizes = np.array([1, *inner, 1])  # both ends of a window are nobody's
        own = np.array([False, *[True] * len(inner), False])
        ends = np.cumsum(sizes)
        total = np.zeros((len(hidden) + 1, hidden.shape[1]))
        np.cumsum(hidden, axis=0, dtype=np.float64, out=total[1:])
        sums = (total[ends] - total[ends - sizes])[own]
        found: Floats = (sums / np.maximum(sizes[own], 1)[:, None]).astype(np.float32)
        return found


def load_selector(stored_at: Path, model: Path, encoder: Encoder, threads: int) -> Selector:
    """The selector stored at `stored_at`, whose encoder is that of the folder `model` with its last layers changed, to
    run in `threads` threads.

    EngineError if the two do not fit. What is not changed is shared with `encoder`.
    """
    try:
        stored = read_form(stored_at)
        used: set[str] = set()
        with tensors(model) as plain:
            adapted = _adapted(plain, stored, used)
            first = len(encoder.layers) - LAYERS
            changed = [encoder_layer(i, adapted, encoder.shape) for i in range(first, len(encoder.layers))]
        head = make_head(lambda name: _used(stored, f"head.{name}", used))
        if used != set(stored):
            left = set(stored) - used
            raise KeyError(f"{len(left)} tensors too many, {min(left)} first")
        layers = (*encoder.layers[:first], *changed)
        own = Encoder(encoder.shape, encoder.embed, layers)
        window = min(WINDOW, encoder.shape.positions)
        return Selector(lambda ids: own([ids])[0], head, window, threads, ThreadpoolController())
    except (SafetensorError, OSError, KeyError, ValueError) as error:
        raise EngineError(f"the sentence selector does not fit the model: {error}", where=str(stored_at)) from error


def read_form(stored_at: Path) -> dict[str, Floats]:
    """Matrices of int8 with a scale a row, the rest fp16, as `pipeline.engines.selector.stored_form` leaves them."""
    stored: Mapping[str, np.ndarray] = load_file(stored_at)
    return {
        name: value.astype(np.float32) * stored.get(f"{name}.scale", np.float32(1)).astype(np.float32)
        for name, value in stored.items()
        if not name.endswith(".scale")
    }


def _used(stored: Mapping[str, Floats], name: str, used: set[str]) -> Floats:
    used.add(name)
    return stored[name]


def _adapted(plain: Tensor, stored: Mapping[str, Floats], used: set[str]) -> Tensor:
    """The model's tensors with the selector's: low-rank changes added, norms in place of the model's."""

    def tensor(name: str) -> Floats:
        own = name.removeprefix("model.")
        if own in stored:
            return _used(stored, own, used)
        part, _, kind = own.rpartition(".")
        found = plain(name)
        if kind == "weight":
            up, down = (_used(stored, f"{part}.{side}", used) for side in ("up", "down"))
            found = found + np.float32(ALPHA) * (up @ down)
        return found

    return tensor


def make_head(tensor: Tensor) -> Head:
    """The head of the tensors that `tensor` gives by their names within it."""

    def linear(weight: str, bias: str) -> Linear:
        return Linear(np.ascontiguousarray(tensor(weight).T), tensor(bias))

    def norm(name: str) -> Norm:
        return Norm(tensor(f"{name}.weight"), tensor(f"{name}.bias"))

    return Head(
        enter=linear("enter.weight", "enter.bias"),
        place=tensor("place.weight"),
        joint=linear("layer.self_attn.in_proj_weight", "layer.self_attn.in_proj_bias"),
        out=linear("layer.self_attn.out_proj.weight", "layer.self_attn.out_proj.bias"),
        first=norm("layer.norm1"),
        widen=linear("layer.linear1.weight", "layer.linear1.bias"),
        narrow=linear("layer.linear2.weight", "layer.linear2.bias"),
        second=norm("layer.norm2"),
        leave=linear("leave.weight", "leave.bias"),
    )
