"""Logits processors of the embedded model for transformers' `generate`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from transformers import LogitsProcessor

from pipeline.engines.spelling import SpellingGuard


@dataclass
class SpellingMask(LogitsProcessor):  # type: ignore[misc]
    """Masks every token that a source's guard forbids; row r belongs to source r // beams."""

    guards: Sequence[SpellingGuard]
    beams: int

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        rows = [self.guards[r // self.beams].forbidden(ids) for r, ids in enumerate(input_ids.tolist())]
        return scores.masked_fill(torch.from_numpy(np.stack(rows)).to(scores.device), float("-inf"))


@dataclass
class Confined(LogitsProcessor):  # type: ignore[misc]
    """Masks every token that a request may not write, and normalises again; row r belongs to request r // beams."""

    outside: torch.Tensor
    beams: int

    @classmethod
    def of(cls, written: Sequence[NDArray[np.int64]], size: int, beams: int) -> Confined:
        """From the tokens that each request may write, of `size` tokens in all."""
        outside = torch.ones(len(written), size, dtype=torch.bool)
        for row, tokens in zip(outside, written, strict=True):
            row[torch.from_numpy(tokens)] = False
        return cls(outside, beams)

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        outside = self.outside.to(scores.device).repeat_interleave(self.beams, dim=0)
        return torch.log_softmax(scores.masked_fill(outside, float("-inf")), dim=-1)


@dataclass
class CopyPrior(LogitsProcessor):  # type: ignore[misc]
    """Adds `strength` to the log-odds of tokens of the source and of the end, then normalises again."""

    bonus: torch.Tensor
    beams: int

    @classmethod
    def of(cls, source_ids: torch.Tensor, size: int, end: int, strength: float, beams: int) -> CopyPrior:
        """From padded source ids (batch, tokens)."""
        bonus = torch.zeros(len(source_ids), size)
        bonus.scatter_(1, source_ids, strength)
        bonus[:, end] = strength
        return cls(bonus, beams)

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        bonus = self.bonus.to(scores.device).repeat_interleave(self.beams, dim=0)
        return torch.log_softmax(scores + bonus, dim=-1)
