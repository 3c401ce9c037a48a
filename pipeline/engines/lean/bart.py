"""BART's weights as arrays, its encoder and its decoder, one token at a time."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from safetensors import SafetensorError, safe_open

from pipeline.engines.lean.layers import Floats, Ints, Linear, Mask, Norm, attend, gelu
from pipeline.errors import EngineError

BLOCKS = 64  # the columns of the logits are filled up to a multiple of it
NOWHERE = -1
GRID = 8  # sources: few enough that those in order of length are of like length
OFFSET = 2  # rows that BART's table of positions begins with for nothing
Tensor = Callable[[str], Floats]
Model = TypeVar("Model")


@dataclass(frozen=True, slots=True)
class Shape:
    """What the config says and the arithmetic needs."""

    heads: int
    start: int
    pad: int
    end: int
    positions: int
    scale: float  # of queries: the inverse root of the width of a head


@dataclass(frozen=True, slots=True)
class Feed:
    """The two linear layers after attention, their residual and norm."""

    enter: Linear
    leave: Linear
    norm: Norm

    def __call__(self, x: Floats) -> Floats:
        return self.norm(x + self.leave(gelu(self.enter(x))))


@dataclass(frozen=True, slots=True)
class EncoderLayer:
    """`joint` gives queries, keys and values of self-attention at once; the queries come scaled."""

    joint: Linear
    out: Linear
    norm: Norm
    feed: Feed


@dataclass(frozen=True, slots=True)
class DecoderLayer:
    """As the encoder's; `query` asks the encoder, whose keys and values `read` gives."""

    joint: Linear
    out: Linear
    norm: Norm
    query: Linear
    read: Linear
    cross_out: Linear
    cross_norm: Norm
    feed: Feed


@dataclass(frozen=True, slots=True)
class Embedding:
    """Tokens and positions → vectors."""

    tokens: Floats
    positions: Floats
    norm: Norm

    def __call__(self, ids: Ints, places: Ints) -> Floats:
        return self.norm(self.tokens[ids] + self.positions[places + OFFSET])


@dataclass(frozen=True, slots=True)
class Encoder:
    """Token ids → the vectors of the last layer."""

    shape: Shape
    embed: Embedding
    layers: tuple[EncoderLayer, ...]

    def __call__(self, sources: Sequence[Sequence[int]]) -> tuple[Floats, Ints]:
        """The vectors of every token of every source, one after the other (tokens, width), and the sources' sizes.

        Sources see only themselves; the linear layers work on the real tokens, attention on padded grids of GRID
        neighbouring sources.
        """
        sizes = np.array([len(source) for source in sources])
        grids = [_there(sizes[i : i + GRID]) for i in range(0, len(sizes), GRID)]
        places = np.concatenate([np.nonzero(grid)[1] for grid in grids])
        x = self.embed(np.concatenate([np.asarray(source) for source in sources]), places)
        for layer in self.layers:
            x = layer.norm(x + layer.out(self._mix(layer.joint(x), grids)))
            x = layer.feed(x)
        return x, sizes

    def _mix(self, joint: Floats, grids: Sequence[Mask]) -> Floats:
        """Self-attention of every source."""
        ends = np.cumsum([grid.sum() for grid in grids])[:-1]
        parts = np.split(joint, ends)
        return np.concatenate([self._attended(part, grid) for part, grid in zip(parts, grids, strict=True)])

    def _attended(self, joint: Floats, grid: Mask) -> Floats:
        padded = np.zeros((*grid.shape, joint.shape[1]), np.float32)
        padded[grid] = joint
        split = padded.reshape(*grid.shape, 3, self.shape.heads, -1).transpose(2, 0, 3, 1, 4)
        queries, keys, values = np.ascontiguousarray(split)
        bias = np.where(grid, np.float32(0), np.float32(-np.inf))[:, None, None, :]
        mixed = attend(queries, keys, values, bias).swapaxes(1, 2)
        found: Floats = mixed.reshape(*grid.shape, -1)[grid]
        return found


def _there(sizes: Ints) -> Mask:
    """Bool (sources, longest): where there are tokens."""
    found: Mask = np.arange(sizes.max()) < sizes[:, None]
    return found


@dataclass(frozen=True)
class Bart:
    """Encoder, the decoder's parts, and the bias of the logits, whose weights are the token table again."""

    shape: Shape
    encoder: Encoder
    embed: Embedding
    layers: tuple[DecoderLayer, ...]
    bias: Floats

    @cached_property
    def whole(self) -> Columns:
        """The layer of the logits for all tokens."""
        return self.columns(np.arange(len(self.bias)))

    def columns(self, tokens: Ints) -> Columns:
        """The layer of the logits for `tokens`, which ascend."""
        more = -len(tokens) % BLOCKS
        places = np.full(len(self.bias), NOWHERE)
        places[tokens] = np.arange(len(tokens))
        weight = np.concatenate([self.embed.tokens[tokens], np.zeros((more, self.embed.tokens.shape[1]), np.float32)])
        bias = np.concatenate([self.bias[tokens], np.full(more, -np.inf, np.float32)])
        return Columns(np.concatenate([tokens, np.zeros(more, np.int64)]), places, Linear(weight.T, bias))


@dataclass(frozen=True, slots=True)
class Columns:
    """The tokens that logits are for: `tokens` by column, `places` the column by token, or NOWHERE.

    Columns of -inf fill them up to a multiple of BLOCKS.
    """

    tokens: Ints
    places: Ints
    head: Linear

    def __call__(self, x: Floats) -> Floats:
        """(rows, width) → logits (rows, columns)."""
        return self.head(x)


@contextmanager
def tensors(folder: Path) -> Iterator[Tensor]:
    """The tensors of the model in `folder` by name, in float32."""
    with safe_open(folder / "model.safetensors", framework="np") as stored:
        yield lambda name: np.asarray(stored.get_tensor(name), np.float32)


def load_bart(folder: Path) -> Bart:
    """The model in `folder`, in float32; EngineError if its weights do not fit its config."""
    return _loaded(folder, _bart)


def load_encoder(folder: Path) -> Encoder:
    """The encoder alone of the model in `folder`; EngineError as `load_bart`."""
    return _loaded(folder, lambda config, tensor: _encoder(_shape(config), config, tensor))


def _loaded(folder: Path, make: Callable[[Mapping[str, Any], Tensor], Model]) -> Model:
    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        with tensors(folder) as tensor:
            return make(config, tensor)
    except (OSError, ValueError, KeyError, TypeError, SafetensorError) as error:
        raise EngineError(f"the model cannot be loaded: {error}", where=str(folder)) from error


def _shape(config: Mapping[str, Any]) -> Shape:
    return Shape(
        heads=config["encoder_attention_heads"],
        start=config["decoder_start_token_id"],
        pad=config["pad_token_id"],
        end=config["eos_token_id"],
        positions=config["max_position_embeddings"],
        scale=(config["d_model"] // config["encoder_attention_heads"]) ** -0.5,
    )


def _encoder(shape: Shape, config: Mapping[str, Any], tensor: Tensor) -> Encoder:
    layers = (encoder_layer(i, tensor, shape) for i in range(config["encoder_layers"]))
    return Encoder(shape, _embedding("model.encoder", tensor, tensor("model.shared.weight")), tuple(layers))


def _bart(config: Mapping[str, Any], tensor: Tensor) -> Bart:
    shape = _shape(config)
    encoder = _encoder(shape, config, tensor)
    decoder = (_decoder_layer(i, tensor, shape.scale) for i in range(config["decoder_layers"]))
    embed = _embedding("model.decoder", tensor, encoder.embed.tokens)
    return Bart(shape, encoder, embed, tuple(decoder), tensor("final_logits_bias")[0])


def _embedding(name: str, tensor: Tensor, tokens: Floats) -> Embedding:
    return Embedding(tokens, tensor(f"{name}.embed_positions.weight"), _norm(f"{name}.layernorm_embedding", tensor))


def encoder_layer(i: int, tensor: Tensor, shape: Shape) -> EncoderLayer:
    """Layer `i` of the encoder."""
    name = f"model.encoder.layers.{i}"
    joint = _joint(f"{name}.self_attn", tensor, "qkv", shape.scale)
    out = _linear(f"{name}.self_attn.out_proj", tensor)
    return EncoderLayer(joint, out, _norm(f"{name}.self_attn_layer_norm", tensor), _feed(name, tensor))


def _decoder_layer(i: int, tensor: Tensor, scale: float) -> DecoderLayer:
    name = f"model.decoder.layers.{i}"
    return DecoderLayer(
        joint=_joint(f"{name}.self_attn", tensor, "qkv", scale),
        out=_linear(f"{name}.self_attn.out_proj", tensor),
        norm=_norm(f"{name}.self_attn_layer_norm", tensor),
        query=_joint(f"{name}.encoder_attn", tensor, "q", scale),
        read=_joint(f"{name}.encoder_attn", tensor, "kv", scale),
        cross_out=_linear(f"{name}.encoder_attn.out_proj", tensor),
        cross_norm=_norm(f"{name}.encoder_attn_layer_norm", tensor),
        feed=_feed(name, tensor),
    )


def _feed(name: str, tensor: Tensor) -> Feed:
    return Feed(
        _linear(f"{name}.fc1", tensor), _linear(f"{name}.fc2", tensor), _norm(f"{name}.final_layer_norm", tensor)
    )


def _joint(name: str, tensor: Tensor, parts: str, scale: float) -> Linear:
    """Several projections as one; the queries' scaled by the root of the width of a head."""
    factors = [np.float32(scale if part == "q" else 1) for part in parts]
    weights = [tensor(f"{name}.{p}_proj.weight") * f for p, f in zip(parts, factors, strict=True)]
    biases = [tensor(f"{name}.{p}_proj.bias") * f for p, f in zip(parts, factors, strict=True)]
    return Linear(np.ascontiguousarray(np.concatenate(weights).T), np.concatenate(biases))


def _linear(name: str, tensor: Tensor) -> Linear:
    return Linear(np.ascontiguousarray(tensor(f"{name}.weight").T), tensor(f"{name}.bias"))


def _norm(name: str, tensor: Tensor) -> Norm:
    return Norm(tensor(f"{name}.weight"), tensor(f"{name}.bias"))
