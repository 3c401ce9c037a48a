"""Encode once, decode many: what an encoder made of an input is kept for a while, for all kinds that read that text.

Inputs are encoded one by one, so that what is made of one depends neither on its company nor on what was kept.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping

import torch
from transformers.modeling_outputs import BaseModelOutput

KEPT_TOKENS = 1 << 15  # of all inputs kept together: 128 MiB at a width of 1,024 in float32

Key = tuple[int, ...]
Encode = Callable[[Mapping[str, torch.Tensor]], torch.Tensor]  # one row of an encoder's arguments → (1, tokens, width)


class Encodings:
    """The encodings last asked for, by token ids."""

    def __init__(self, tokens: int = KEPT_TOKENS) -> None:
        self._tokens = tokens
        self._kept: OrderedDict[Key, torch.Tensor] = OrderedDict()

    def of(self, inputs: Mapping[str, torch.Tensor], encode: Encode) -> BaseModelOutput:
        """The hidden states (rows, tokens, width) of padded inputs, zeros where there is padding; `encode` makes what
        is not there yet, from a row of `inputs` without its padding."""
        masks = inputs["attention_mask"].bool()
        rows = [self._row({name: value[i, mask][None] for name, value in inputs.items()}, encode)
                for i, mask in enumerate(masks)]  # fmt: skip
        hidden = rows[0].new_zeros(*masks.shape, rows[0].shape[-1])
        for i, row in enumerate(rows):
            hidden[i, : len(row)] = row
        return BaseModelOutput(last_hidden_state=hidden)

    def _row(self, row: Mapping[str, torch.Tensor], encode: Encode) -> torch.Tensor:
        key = tuple(row["input_ids"][0].tolist())
        found = self._kept.pop(key, None)
        if found is None:
            found = encode(row)[0, : len(key)]
        self._kept[key] = found
        while len(self._kept) > 1 and sum(map(len, self._kept)) > self._tokens:
            self._kept.popitem(last=False)
        return found
