"""The layers of a transformer over float32 arrays, for inference."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]
EPSILON = 1e-5  # of layer normalisation, as in BART
BLOCK = 1 << 16  # elements that an activation works on at once: they stay in the cache of one core
# Φ(-a) = (c1 t + … + c5 t⁵) exp(-a²/2) / 2 with t = 1 / (1 + p a / √2): Abramowitz and Stegun 1964, 7.1.26; within 1e-7
RATE = np.float32(0.3275911 / 2**0.5)
SERIES = [np.float32(c / 2) for c in (1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592)]


@dataclass(frozen=True, slots=True)
class Linear:
    """y = xW + b; `weight` is (in, out)."""

    weight: Floats
    bias: Floats

    def __call__(self, x: Floats) -> Floats:
        found: Floats = x @ self.weight
        found += self.bias
        return found


@dataclass(frozen=True, slots=True)
class Norm:
    """Layer normalisation over the last axis."""

    weight: Floats
    bias: Floats

    def __call__(self, x: Floats) -> Floats:
        centred: Floats = x - x.mean(axis=-1, keepdims=True)
        variance = np.einsum("...i,...i->...", centred, centred)[..., None] / np.float32(x.shape[-1])
        centred *= 1 / np.sqrt(variance + np.float32(EPSILON))
        centred *= self.weight
        centred += self.bias
        return centred


def gelu(x: Floats) -> Floats:
    """The exact Gaussian error linear unit, xΦ(x), in place: max(x, 0) - |x|Φ(-|x|)."""
    flat = x.reshape(-1)
    for start in range(0, len(flat), BLOCK):
        part = flat[start : start + BLOCK]
        size = np.abs(part)
        t = size * RATE
        t += 1
        np.reciprocal(t, out=t)
        tail = t * SERIES[0]
        for term in SERIES[1:]:
            tail += term
            tail *= t
        np.multiply(part, part, out=t)
        t *= np.float32(-0.5)
        tail *= np.exp(t, out=t)
        tail *= size
        np.maximum(part, 0, out=part)
        part -= tail
    return x


def softmax(x: Floats) -> Floats:
    """Over the last axis, in place; every row needs a finite entry."""
    x -= x.max(axis=-1, keepdims=True)
    np.exp(x, out=x)
    x /= x.sum(axis=-1, keepdims=True)
    return x


def attend(queries: Floats, keys: Floats, values: Floats, bias: Floats | np.float32) -> Floats:
    """Attention of (…, heads, n, width) queries over (…, heads, m, width) keys, `bias` added to (…, heads, n, m)."""
    scores = np.matmul(queries, keys.swapaxes(-1, -2))
    scores += bias
    found: Floats = np.matmul(softmax(scores), values)
    return found
