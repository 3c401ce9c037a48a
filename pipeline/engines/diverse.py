"""Diverse beam search (Vijayakumar et al. 2018, sections 3–4) over transformers' ordinary beam search.

The beams are split into groups, and a group pays `penalty` for a token as often as beams of earlier groups took it at
the same step. A group depends on earlier ones only, so that each is a beam search of its own, one after the other:
equal to the group beam search that transformers 4 had, which stepped all groups together, but for the last token of a
text that reaches the longest length (nothing tells a later group which one earlier groups took there).
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

import torch
from transformers import LogitsProcessor, LogitsProcessorList

from pipeline.errors import InputError

NOTHING: Mapping[str, Any] = {}


@dataclass
class HammingDiversity(LogitsProcessor):  # type: ignore[misc]
    """Lowers what beams of `earlier` groups took at this step, and keeps what the beams of this group take.

    `earlier` and `taken`: by step, tokens (texts, beams). With several beams transformers hands over log-probabilities.
    """

    penalty: float
    texts: int
    earlier: list[list[torch.Tensor]]
    taken: list[torch.Tensor] = field(default_factory=list)
    prompt: int | None = None

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        if self.prompt is None:
            self.prompt = input_ids.shape[1]
        else:
            self.taken.append(input_ids[:, -1].view(self.texts, -1).clone())
        step = input_ids.shape[1] - self.prompt
        used = [group[step] for group in self.earlier if step < len(group)]
        if not used:
            return scores
        counts = token_counts(torch.cat(used, dim=1), scores.shape[-1]).to(scores)
        return scores - self.penalty * counts.repeat_interleave(len(scores) // self.texts, dim=0)


def token_counts(tokens: torch.Tensor, size: int) -> torch.Tensor:
    """How often each of `size` tokens stands in each row: (rows, tokens) → (rows, size)."""
    counts = torch.zeros(len(tokens), size, device=tokens.device)
    return counts.scatter_add_(1, tokens, torch.ones_like(tokens, dtype=counts.dtype))


def diverse_sequences(
    model: Any,
    inputs: dict[str, torch.Tensor],
    config: Any,
    groups: int,
    penalty: float,
    handed: Mapping[str, Any] = NOTHING,
) -> torch.Tensor:
    """The `config.num_return_sequences` best of all groups per text: (texts × sequences, tokens), padded.

    `handed`: more arguments of `generate`. `config`: a GenerationConfig whose `num_beams` counts the beams of all
    groups together. InputError unless these are shared out evenly, two or more a group, and hold the sequences asked
    for.
    """
    beams, wanted, texts = config.num_beams, config.num_return_sequences or 1, len(inputs["input_ids"])
    if beams % groups or beams == groups or wanted > beams or config.do_sample:
        raise InputError(
            f"{beams} beams in {groups} groups for {wanted} sequences",
            fix="num_beams must be a multiple of num_beam_groups, at least twice as large, hold num_return_sequences, "
            "and nothing be sampled",
        )
    each = deepcopy(config)
    each.update(num_beams=beams // groups, num_return_sequences=beams // groups)
    each.update(return_dict_in_generate=True, output_scores=True)
    earlier: list[list[torch.Tensor]] = []
    found: list[list[tuple[float, torch.Tensor]]] = [[] for _ in range(texts)]
    for _ in range(groups):
        diversity = HammingDiversity(penalty, texts, earlier)
        own = LogitsProcessorList([*(handed.get("logits_processor") or ()), diversity])
        out = model.generate(**inputs, generation_config=each, **{**handed, "logits_processor": own})
        earlier.append(diversity.taken)
        for i, (score, ids) in enumerate(zip(out.sequences_scores.tolist(), out.sequences, strict=True)):
            found[i // each.num_beams].append((score, ids))
    best = [sorted(row, key=lambda pair: -pair[0])[:wanted] for row in found]
    rows = [ids for row in best for _, ids in row]
    return torch.nn.utils.rnn.pad_sequence(rows, batch_first=True, padding_value=config.pad_token_id or 0)
