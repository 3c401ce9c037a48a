"""What is minimised: cross-entropy of a BART with the copy prior, summed over target tokens; its start and its check.

Needs torch, transformers, tokenizers and numpy only: it also runs on a bare training machine.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch
import transformers
from tokenizers import Tokenizer
from transformers import BartForConditionalGeneration

from pipeline.train.batching import EOS, IGNORE, PAD, collate
from pipeline.train.pack import FOCUS_TOKENS, Packed

SAMPLE = 600  # validation examples


class CopyObjective(torch.nn.Module):
    """Sum of the losses of a batch's target tokens, `prior` added to the logits of the source's tokens and `</s>`."""

    def __init__(
        self, model: BartForConditionalGeneration, prior: float, smoothing: float, compiled: bool = False
    ) -> None:
        super().__init__()
        self.model, self.prior, self.smoothing = model, prior, smoothing
        self.body: Any = torch.compile(model.model, dynamic=True) if compiled else model.model

    def forward(self, source: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
        logits, labels = forward(self.model, source, target, self.prior, self.body)
        return loss_of(logits, labels, self.smoothing, "sum")


def forward(
    model: BartForConditionalGeneration, source: torch.Tensor, target: torch.Tensor, prior: float, body: Any = None
) -> tuple[torch.Tensor, torch.Tensor]:
    """Logits (N, vocabulary) and labels (N,) of the N target positions that count, the copy prior added."""
    begin = torch.full_like(target[:, :1], EOS)
    inputs = torch.cat([begin, target[:, :-1]], dim=1).masked_fill(target == IGNORE, PAD)
    inputs[:, 0] = EOS
    run = model.model if body is None else body
    hidden = run(input_ids=source, attention_mask=source.ne(PAD), decoder_input_ids=inputs).last_hidden_state
    wanted = target.ne(IGNORE)
    logits = model.lm_head(hidden[wanted]).float() + model.final_logits_bias.float()
    bonus = torch.zeros(len(source), logits.shape[-1], device=source.device)
    bonus.scatter_(1, source, prior)
    bonus[:, EOS] = prior
    rows = torch.arange(len(source), device=source.device)[:, None].expand_as(target)[wanted]
    return logits + bonus[rows], target[wanted]


def loss_of(logits: torch.Tensor, labels: torch.Tensor, smoothing: float, reduction: str = "mean") -> torch.Tensor:
    """Cross-entropy in nats per target token, or their sum."""
    return torch.nn.functional.cross_entropy(logits, labels, label_smoothing=smoothing, reduction=reduction)


def start_model(start: str, vocabulary: int, dropout: float, device: torch.device) -> BartForConditionalGeneration:
    """The checkpoint in fp32 with at least `vocabulary` tokens: new ones get the mean embedding.

    Attention is eager on a CPU, where the backward pass of scaled-dot-product attention is slow.
    """
    model = BartForConditionalGeneration.from_pretrained(
        start,
        dtype=torch.float32,
        attn_implementation="sdpa" if device.type == "cuda" else "eager",
        dropout=dropout,
    )
    if model.config.vocab_size < vocabulary:
        mean = model.get_input_embeddings().weight.detach().mean(0)
        old = model.config.vocab_size
        model.resize_token_embeddings(vocabulary, mean_resizing=False)
        model.get_input_embeddings().weight.data[old:] = mean
    model.train()
    return model.to(device)


def quiet() -> None:
    """No progress bars and no remarks of transformers on stderr."""
    transformers.utils.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()


def vocabulary_of(pairs: Path) -> int:
    """How many tokens the tokenizer of prepared pairs has."""
    return Tokenizer.from_file(str(pairs / "tokenizer.json")).get_vocab_size()


@torch.no_grad()
def losses(
    model: BartForConditionalGeneration, data: Packed, prior: float, seed: int, device: torch.device
) -> dict[str, float]:
    """Loss per token without smoothing, by task, on a fixed sample of 600 examples."""
    model.eval()
    sample = np.random.default_rng(seed).permutation(len(data))[:SAMPLE]
    sample = sample[np.argsort(np.diff(data.source_at)[sample])]
    found = {}
    for number, task in enumerate(FOCUS_TOKENS):
        rows = sample[data.task[sample] == number]
        total = []
        for i in range(0, len(rows), 32):
            source, target = collate(data, rows[i : i + 32])
            with torch.autocast(device.type, dtype=torch.bfloat16):
                logits, labels = forward(model, source.to(device), target.to(device), prior)
            total.append(float(loss_of(logits, labels, 0.0)))
        if total:
            found[f"val_{task}"] = round(float(np.mean(total)), 4)
    model.train()
    return found
