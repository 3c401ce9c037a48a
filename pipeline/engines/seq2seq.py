"""Any Hugging Face encoder-decoder: whole articles (in chunks, if need be) in, texts out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pipeline.engines.base import Generated, Strategy
from pipeline.engines.checkpoint import Checkpoint, device_of, load_checkpoint
from pipeline.engines.decoding import n_best
from pipeline.errors import EngineError
from pipeline.records import Request
from pipeline.settings_outputs import EngineSettings

WORD_TOKENS = 1.6  # tokens a word may take, for turning a length in words into a limit


@dataclass(frozen=True, slots=True)
class Seq2SeqEngine:
    """A summariser from the hub or a folder; `prefix` is what its model wants before the text."""

    checkpoint: Checkpoint
    settings: EngineSettings
    prefix: str
    identity: str
    budget: int
    strategy: Strategy = "whole"

    @property
    def model(self) -> Mapping[str, str | None]:
        """Name, revision and sha256 of the weights."""
        return self.checkpoint.facts

    def count_tokens(self, text: str) -> int:
        return len(self.checkpoint.tokenizer(text, add_special_tokens=False)["input_ids"])

    def rate_sentences(self, texts: Sequence[str], features: Sequence[Sequence[float]]) -> None:
        """None: it has no selector."""

    def generate(self, requests: Sequence[Request], seed: int) -> list[list[Generated]]:
        model, tokenizer = self.checkpoint.model, self.checkpoint.tokenizer
        texts = [self.prefix + request.source for request in requests]
        inputs = tokenizer(texts, return_tensors="pt", padding=True, truncation=False)
        longest = max((request.words or 0 for request in requests), default=0)
        limit = min(int(longest * WORD_TOKENS) + 8 if longest else 142, _writes_at_most(model.config))
        wanted = {k: v.to(device_of(model)) for k, v in inputs.items() if k in ("input_ids", "attention_mask")}
        flags = [("truncated_input",) if "truncated_input" in request.flags else () for request in requests]
        found = n_best(model, tokenizer, wanted, self.settings, max_new_tokens=limit, seed=seed)
        return [
            [replace(g, text=g.text.replace("<n>", " "), flags=(*g.flags, *flag)) for g in texts]
            for texts, flag in zip(found, flags, strict=True)
        ]


def open_engine(settings: EngineSettings) -> Seq2SeqEngine:
    """The model that `settings.model` names; EngineError if it cannot be loaded or its limit is too small."""
    if settings.model is None:
        raise EngineError("the engine seq2seq needs a model", where="engine.model", fix="name a folder or hub model")
    checkpoint = load_checkpoint(settings, settings.model)
    prefix = settings.prefix if settings.prefix is not None else own_prefix(checkpoint.model.config)
    extra = len(checkpoint.tokenizer(prefix)["input_ids"])
    limit = min(checkpoint.max_tokens, settings.max_source_tokens or checkpoint.max_tokens)
    if limit - extra < 16:
        raise EngineError(
            f"only {limit} tokens are left for a source, {extra} of them taken by the prefix",
            where="engine.max_source_tokens",
            fix="raise it or shorten engine.prefix",
        )
    return Seq2SeqEngine(checkpoint, settings, prefix, checkpoint.identity, limit - extra)


def _writes_at_most(config: Any) -> int:
    """Tokens the decoder has positions for, the start and end left out; no bound where the config states none."""
    names = ("max_decoder_position_embeddings", "max_target_positions", "max_position_embeddings")
    stated = [getattr(config, name, None) for name in names]
    return next((int(n) - 2 for n in stated if n), 1_000_000)


def own_prefix(config: Any) -> str:
    """What the checkpoint's own task settings put before a text to summarise."""
    tasks = getattr(config, "task_specific_params", None) or {}
    prefix = (tasks.get("summarization") or {}).get("prefix")
    if prefix is None:
        prefix = "summarize: " if getattr(config, "model_type", "") == "t5" else ""
    return str(prefix)
