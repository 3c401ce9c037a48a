"""The trained sentence selector: which sentences of an article its highlights tell, read off the model's own encoder.

As BertSumExt (Liu and Lapata 2019): the encoder reads the article window by window, a sentence is the mean of its
tokens, one more transformer layer lets sentences see each other, and a linear layer gives log-odds. The encoder is
that of the embedded model with low-rank changes of its weights (LoRA, Hu et al. 2022), so that the whole selector takes
little room beside it and the model itself stays as it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import nn

from pipeline.engines.windows import (
    ALPHA,
    FEATURES,
    HEADS,
    LAYERS,
    PAD,
    PLACES,
    RANK,
    TOGETHER,
    WIDTH,
    WINDOW,
    windows,
)
from pipeline.errors import EngineError


class Adapted(nn.Module):
    """A linear layer with a low-rank change: y = (W + ALPHA·B·A)x + b. B starts at zero."""

    def __init__(self, base: nn.Linear) -> None:
        super().__init__()
        self.base = base.requires_grad_(False)
        self.down = nn.Parameter(torch.randn(RANK, base.in_features) * base.in_features**-0.5)
        self.up = nn.Parameter(torch.zeros(base.out_features, RANK))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        found: torch.Tensor = self.base(x) + ALPHA * ((x @ self.down.T) @ self.up.T)
        return found

    def merged(self) -> nn.Linear:
        """The plain layer that computes the same."""
        with torch.no_grad():
            self.base.weight += ALPHA * self.up @ self.down
        return self.base


def adapt(encoder: Any) -> None:
    """Give the linear layers of a BART encoder's last LAYERS low-rank changes; those and their norms can be trained."""
    encoder.requires_grad_(False)
    for layer in encoder.layers[-LAYERS:]:
        for parent in list(layer.modules()):
            for name, child in list(parent.named_children()):
                if isinstance(child, nn.Linear):
                    setattr(parent, name, Adapted(child))
                elif isinstance(child, nn.LayerNorm):
                    child.requires_grad_(True)


def merge(encoder: Any) -> None:
    """Undo `adapt`, the changes added to the weights."""
    for layer in encoder.layers[-LAYERS:]:
        for parent in list(layer.modules()):
            for name, child in list(parent.named_children()):
                if isinstance(child, Adapted):
                    setattr(parent, name, child.merged())


class Head(nn.Module):
    """Sentence vectors and features → log-odds; sentences of one article see each other."""

    def __init__(self, width: int, features: int) -> None:
        super().__init__()
        self.enter = nn.Linear(width + features, WIDTH)
        self.place = nn.Embedding(PLACES, WIDTH)
        self.layer = nn.TransformerEncoderLayer(WIDTH, HEADS, 2 * WIDTH, 0.1, "gelu", batch_first=True)
        self.leave = nn.Linear(WIDTH, 1)

    def forward(self, vectors: torch.Tensor, features: torch.Tensor, sizes: Sequence[int]) -> torch.Tensor:
        """vectors (sentences, width), features (sentences, features), sentences of each article → (sentences,)."""
        x = self.enter(torch.cat([vectors, features], 1))
        x = nn.utils.rnn.pad_sequence(x.split(list(sizes)), batch_first=True)
        numbers = torch.arange(x.shape[1], device=x.device)
        there = numbers[None] < torch.tensor(sizes, device=x.device)[:, None]
        x = self.layer(x + self.place(numbers.clamp(max=PLACES - 1)), src_key_padding_mask=~there)
        odds: torch.Tensor = self.leave(x)[..., 0][there]
        return odds


class Selector(nn.Module):
    """Encoder and head together."""

    def __init__(self, encoder: Any, head: Head) -> None:
        super().__init__()
        self.encoder, self.head = encoder, head
        self.window = min(WINDOW, encoder.config.max_position_embeddings)

    def forward(
        self, articles: Sequence[Sequence[Sequence[int]]], features: torch.Tensor
    ) -> torch.Tensor:
        """Log-odds (all sentences in order,) of articles given as token ids of their sentences."""
        read = [window for article in articles for window in windows(article, self.window)]
        vectors = self._pooled(read)
        odds: torch.Tensor = self.head(vectors, features, [len(article) for article in articles])
        return odds

    def _pooled(self, read: Sequence[tuple[Sequence[int], Sequence[int]]]) -> torch.Tensor:
        """The mean of every sentence's tokens, (sentences, width)."""
        longest = max(len(ids) for ids, _ in read)
        ids = torch.full((len(read), longest), PAD)
        owner = torch.zeros((len(read), longest), dtype=torch.long)  # 0: no sentence's
        number = 0
        for row, (tokens, sizes) in enumerate(read):
            ids[row, : len(tokens)] = torch.tensor(tokens)
            at = 1
            for size in sizes:
                number += 1
                owner[row, at : at + size] = number
                at += size
        ids, owner = ids.to(self.head.leave.weight.device), owner.to(self.head.leave.weight.device)
        parts = [
            self.encoder(input_ids=part, attention_mask=(part != PAD).long()).last_hidden_state.float()
            for part in ids.split(TOGETHER)
        ]
        hidden, flat = torch.cat(parts), owner.flatten()
        total = hidden.new_zeros(number + 1, hidden.shape[-1]).index_add(0, flat, hidden.flatten(0, 1))
        means: torch.Tensor = total[1:] / torch.bincount(flat, minlength=number + 1)[1:, None].clamp(min=1)
        return means


def trained(selector: Selector) -> Mapping[str, torch.Tensor]:
    """What `adapt` left to train, and the head, by name."""
    return {name: value for name, value in selector.named_parameters() if value.requires_grad}


def stored_form(values: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Matrices as int8 with one fp16 scale a row (`NAME.scale`), the rest as fp16: half the room of fp16 alone."""
    found: dict[str, torch.Tensor] = {}
    for name, value in values.items():
        exact = value.detach().float().cpu()
        if exact.dim() != 2:
            found[name] = exact.half().contiguous()
            continue
        scale = (exact.abs().amax(1, keepdim=True) / 127).clamp(min=1e-7).half()
        found[name] = (exact / scale.float()).round().clamp(-127, 127).to(torch.int8).contiguous()
        found[f"{name}.scale"] = scale.contiguous()
    return found


def read_form(stored: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """The inverse of `stored_form`, in fp32."""
    return {
        name: value.float() * stored[f"{name}.scale"].float() if f"{name}.scale" in stored else value.float()
        for name, value in stored.items()
        if not name.endswith(".scale")
    }


@torch.no_grad()
def load_selector(path: Path, encoder: Any) -> Selector:
    """The selector stored at `path` over a copy of `encoder`, in evaluation mode; EngineError if the two do not fit.

    The copy is fp32; from an fp32 encoder it shares what is not adapted (embeddings, lower layers).
    """
    try:
        stored = read_form(load_file(path))
        kept = [*encoder.embed_tokens.parameters(), *encoder.layers[:-LAYERS].parameters()]
        exact = all(p.dtype is torch.float32 for p in kept)  # else the copy is made fp32, and may share nothing
        own = deepcopy(encoder, {id(p): p for p in kept} if exact else {}).float()
        adapt(own)
        head = Head(own.config.d_model, FEATURES)
        selector = Selector(own, head)
        differing = set(trained(selector)) ^ set(stored)
        if differing:
            raise RuntimeError(f"{len(differing)} tensors differ, {min(differing)} first")
        selector.load_state_dict(stored, strict=False)
    except (SafetensorError, OSError, RuntimeError, KeyError, AttributeError) as error:
        raise EngineError(f"the sentence selector does not fit the model: {error}", where=str(path)) from error
    merge(own)
    return selector.eval()
