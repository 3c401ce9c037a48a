"""Encoders and classifiers that metrics read with: loaded from a folder or the hub, on the CPU."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import transformers

from pipeline.errors import EngineError, first_line
from pipeline.files import weights_sha256


@dataclass(frozen=True, slots=True)
class Pretrained:
    """A model in evaluation mode and its tokenizer; `identity` names the model and its weights."""

    model: Any
    tokenizer: Any
    identity: str
    max_tokens: int


@dataclass(frozen=True, slots=True)
class States:
    """The hidden states of one text, (tokens, width), at every layer asked for, and which tokens are special."""

    layers: tuple[torch.Tensor, ...]
    special: torch.Tensor


def load_encoder(path: str) -> Pretrained:
    """Any model that AutoModel loads; of an encoder-decoder its encoder. EngineError says why it cannot be loaded."""
    loaded = _load(path, transformers.AutoModel)
    whole = loaded.model
    model = whole.get_encoder() if getattr(whole.config, "is_encoder_decoder", False) else whole
    return Pretrained(model, loaded.tokenizer, loaded.identity, loaded.max_tokens)


def load_classifier(path: str) -> Pretrained:
    """Any model that AutoModelForSequenceClassification loads; EngineError says why it cannot be loaded."""
    return _load(path, transformers.AutoModelForSequenceClassification)


def _load(path: str, auto: Any) -> Pretrained:
    transformers.utils.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    try:
        tokenizer = transformers.AutoTokenizer.from_pretrained(path)
        model = auto.from_pretrained(path, dtype=torch.float32)
    except (OSError, ValueError, KeyError, ImportError) as error:
        raise EngineError(f"the model cannot be loaded: {first_line(error)}", where=path) from error
    model.eval()
    weights = weights_sha256(path) if Path(path).is_dir() else getattr(model.config, "_commit_hash", None)
    identity = f"{Path(path).name if Path(path).is_dir() else path}@{(weights or 'unpinned')[:16]}"
    return Pretrained(model, tokenizer, identity, _limit(model.config, tokenizer))


def _limit(config: Any, tokenizer: Any) -> int:
    """Tokens the model reads at once: the least that config and tokenizer state, 512 where neither does.

    RoBERTa counts positions from its padding token on, so that two fewer can be used.
    """
    positions = getattr(config, "max_position_embeddings", None)
    offset = (config.pad_token_id or 0) + 1 if "roberta" in str(config.model_type) else 0
    stated = [positions - offset if positions else None, getattr(tokenizer, "model_max_length", None)]
    return min((int(n) for n in stated if n and 0 < n < 1_000_000), default=512)


def read_states(encoder: Pretrained, text: str, layers: Sequence[int], batch_size: int) -> States:
    """Hidden states of `text` after `layers` (0: the embeddings; −1: the last).

    A text longer than the model reads is cut into windows that do not overlap, each read by itself: nothing is dropped.
    """
    windows = _windows(encoder, text)
    frame = _frame(encoder.tokenizer)
    parts: list[tuple[torch.Tensor, ...]] = []
    special = []
    for batch in _batches(windows, batch_size):
        inputs = encoder.tokenizer.pad({"input_ids": batch}, return_tensors="pt")
        with torch.inference_mode():
            wanted = {"input_ids": inputs["input_ids"], "attention_mask": inputs["attention_mask"]}
            states = encoder.model(**wanted, output_hidden_states=True).hidden_states
        for row, ids in enumerate(batch):
            parts.append(tuple(states[layer][row, : len(ids)] for layer in layers))
            special.append(torch.tensor([token in frame for token in ids]))
    columns = zip(*parts, strict=True)
    return States(tuple(torch.cat(column) for column in columns), torch.cat(special))


def _frame(tokenizer: Any) -> set[int]:
    """Ids of the tokens that stand around a text; the one for unknown words is not among them."""
    ids = (tokenizer.cls_token_id, tokenizer.sep_token_id, tokenizer.bos_token_id, tokenizer.eos_token_id)
    return {token for token in ids if token is not None}


def _windows(encoder: Pretrained, text: str) -> list[list[int]]:
    found = encoder.tokenizer(
        text, truncation=True, max_length=encoder.max_tokens, stride=0, return_overflowing_tokens=True
    )
    ids: list[list[int]] = found["input_ids"]
    return ids


def _batches(windows: Sequence[list[int]], size: int) -> Iterator[Sequence[list[int]]]:
    for start in range(0, len(windows), size):
        yield windows[start : start + size]
