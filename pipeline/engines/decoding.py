"""One forward call of `generate`: n-best texts with mean log-probabilities."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from transformers import LogitsProcessorList
from transformers.modeling_outputs import BaseModelOutput

from pipeline.engines.base import WEAKEST, Generated
from pipeline.settings_engine import EngineSettings


def n_best(
    model: Any,
    tokenizer: Any,
    inputs: dict[str, torch.Tensor],
    settings: EngineSettings,
    *,
    encoded: BaseModelOutput | None = None,
    max_new_tokens: int,
    min_new_tokens: int = 0,
    seed: int = 0,
    processors: LogitsProcessorList | None = None,
    decode: Callable[[torch.Tensor], list[str]] | None = None,
) -> list[list[Generated]]:
    """`settings.candidates` texts per row of `inputs`, best first; beam search, or sampling from `seed`.

    `encoded` is what an encoder-decoder's encoder made of the inputs; without it, it is asked here.
    `decode` turns token ids (rows, tokens) into texts; by default the tokenizer does, without special tokens.
    """
    count, rows = settings.candidates, len(inputs["input_ids"])
    how: dict[str, Any] = {"num_beams": settings.beams, "length_penalty": settings.length_penalty}
    if settings.early_stopping:
        how["early_stopping"] = True
    if settings.sample:
        torch.manual_seed(seed)
        how = {"do_sample": True, "num_beams": 1, "temperature": settings.temperature, "top_p": settings.top_p}
    if encoded is not None:
        how["encoder_outputs"] = encoded
    with torch.inference_mode():
        out = model.generate(
            **inputs,
            **how,
            num_return_sequences=count,
            max_new_tokens=max_new_tokens,
            min_new_tokens=max(min_new_tokens, settings.min_new_tokens),
            repetition_penalty=settings.repetition_penalty,
            no_repeat_ngram_size=settings.no_repeat_ngram,
            logits_processor=processors or LogitsProcessorList(),
            return_dict_in_generate=True,
            output_scores=True,
        )
    indices = getattr(out, "beam_indices", None)
    scores = model.compute_transition_scores(out.sequences, out.scores, indices, normalize_logits=indices is None)
    texts = decode(out.sequences) if decode else tokenizer.batch_decode(out.sequences, skip_special_tokens=True)
    ends = _ends(model, tokenizer)
    found: list[list[Generated]] = [[] for _ in range(rows)]
    for i, text in enumerate(texts):
        tokens = out.sequences[i][-scores.shape[1] :]
        real = torch.isfinite(scores[i]) & (tokens != tokenizer.pad_token_id)
        sure = scores[i][real]
        mean = float(sure.mean()) if len(sure) else None
        weakest = float(sure.topk(min(WEAKEST, len(sure)), largest=False).values.mean()) if len(sure) else None
        flags = () if ends & set(tokens.tolist()) else ("unfinished",)
        found[i // count].append(Generated(text.strip(), mean, flags, weakest))
    return found


def _ends(model: Any, tokenizer: Any) -> set[int]:
    """The tokens that end a text; a tokenizer such as BERT's names none, its model does."""
    stated = model.generation_config.eos_token_id
    if stated is None:
        stated = tokenizer.eos_token_id
    return set(stated) if isinstance(stated, list) else {stated}
