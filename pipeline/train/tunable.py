"""The model that is fine-tuned: ours, with its task tokens and copy prior, or any encoder-decoder of transformers."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import torch
import transformers
from tokenizers import Tokenizer

from pipeline.engines.families import own_prefix
from pipeline.errors import ConfigError, EngineError, first_line
from pipeline.train.batching import PAD
from pipeline.train.objective import CopyObjective, loss_of, start_model
from pipeline.train.pack import NEW_TOKENS
from pipeline.train.settings import FineTune

OURS = ("<headline>", "<brief>", "<context>", "<w1>")
DROPOUTS = ("dropout", "dropout_rate")  # what configs call it
PRIOR = 2.0  # as the embedded engine decodes


@dataclass(frozen=True, slots=True)
class Base:
    """A model to begin with, not loaded yet. `ours`: it has task tokens; `tokenizer` is transformers' for others."""

    path: str
    ours: bool
    tokenizer: Any
    config: Any
    prefix: str

    @property
    def pad(self) -> int:
        return PAD if self.ours else int(self.tokenizer.pad_token_id)


class Seq2SeqObjective(torch.nn.Module):
    """Sum of the cross-entropies of a batch's target tokens, for any encoder-decoder of transformers."""

    def __init__(self, model: Any, pad: int, smoothing: float, compiled: bool) -> None:
        super().__init__()
        self.model, self.pad, self.smoothing = model, pad, smoothing
        self.body: Any = torch.compile(model, dynamic=True) if compiled else model

    def forward(self, source: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
        out = self.body(input_ids=source, attention_mask=source.ne(self.pad), labels=target, use_cache=False)
        wanted = target.ne(-100)
        return loss_of(out.logits[wanted].float(), target[wanted], self.smoothing, "sum")


def open_base(plan: FineTune) -> Base:
    """Find the model and its tokenizer; EngineError if it is no encoder-decoder that can be read, ConfigError for
    settings that it has no use for."""
    path = str(files("pipeline").joinpath("weights")) if plan.model == "embedded" else plan.model
    revision = {} if plan.revision is None else {"revision": plan.revision}
    try:
        config = transformers.AutoConfig.from_pretrained(path, **revision)
        tokenizer = transformers.AutoTokenizer.from_pretrained(path, **revision)
    except (OSError, ValueError, KeyError, ImportError) as error:
        raise _unusable(plan.model, error) from error
    if not getattr(config, "is_encoder_decoder", False):
        raise EngineError("not an encoder-decoder", where=f"model: {plan.model}", fix="name a BART, T5, PEGASUS, …")
    vocabulary = tokenizer.get_vocab()
    ours = config.model_type == "bart" and all(token in vocabulary for token in OURS)
    faults = _idle(plan) if not ours else []
    if ours and plan.prefix is not None:
        faults.append("prefix: this model has task tokens instead; give `task`")
    if not ours and tokenizer.pad_token_id is None:
        faults.append("model: its tokenizer has no padding token")
    if faults:
        raise ConfigError(faults, where=plan.model)
    prefix = "" if ours else (plan.prefix if plan.prefix is not None else own_prefix(config))
    return Base(path, ours, tokenizer, config, prefix)


def load_base(base: Base, plan: FineTune, device: torch.device) -> tuple[Any, torch.nn.Module]:
    """The model in fp32, in training mode, and what is minimised."""
    if base.ours:
        ours = start_model(base.path, vocabulary(base).get_vocab_size(), plan.dropout, device)
        prior = PRIOR if plan.prior is None else plan.prior
        return ours, CopyObjective(ours, prior, plan.label_smoothing, plan.compile)
    for name in DROPOUTS:
        if hasattr(base.config, name):
            setattr(base.config, name, plan.dropout)
    eager = {"attn_implementation": "eager"} if device.type == "cpu" else {}
    try:
        model = transformers.AutoModelForSeq2SeqLM.from_pretrained(
            base.path, config=base.config, dtype=torch.float32, revision=plan.revision or "main", **eager
        )
    except (OSError, ValueError, KeyError, ImportError, RuntimeError) as error:
        raise _unusable(plan.model, error) from error
    model.config.task_specific_params = {"summarization": {"prefix": base.prefix}}  # the engine reads it there
    model.train()
    model.to(device)
    return model, Seq2SeqObjective(model, base.pad, plan.label_smoothing, plan.compile)


def vocabulary(base: Base) -> Tokenizer:
    """The tokenizer of one of our models, with all control tokens."""
    tokenizer = Tokenizer.from_file(str(Path(base.path) / "tokenizer.json"))
    tokenizer.add_special_tokens(list(NEW_TOKENS))
    return tokenizer


def _idle(plan: FineTune) -> list[str]:
    """Settings that only one of our models has a use for."""
    given = {"task": plan.task, "prior": plan.prior}
    return [f"{key}: has no effect on this model; only the embedded one has it" for key, v in given.items() if v]


def _unusable(model: str, error: Exception) -> EngineError:
    return EngineError(
        f"the model cannot be loaded: {first_line(error)}",
        where=f"model: {model}",
        fix="embedded, or a folder or hub model that AutoModelForSeq2SeqLM loads; offline, it must be on this disk",
    )
