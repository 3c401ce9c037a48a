"""Encoder-decoders in CTranslate2: several times faster than torch, int8 or float, on CPU or GPU.

What is read, written and known of languages is as with the engine seq2seq; the texts are nearly the same, since sums
are rounded otherwise. There are no logits processors, and so no copy prior; and no sampling, since its random numbers
cannot be seeded call by call.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import torch
import transformers

from pipeline.engines.base import WEAKEST, Generated, Strategy
from pipeline.engines.checkpoint import (
    Checkpoint,
    facts_of,
    load_checkpoint,
    load_tokenizer,
    pick_device,
    pinned,
    quiet,
)
from pipeline.engines.families import source_limit, target_limit
from pipeline.engines.loading import loading
from pipeline.engines.seq2seq import Seq2SeqEngine, reading
from pipeline.errors import EngineError, MissingExtra
from pipeline.records import Request
from pipeline.settings_engine import EngineSettings

try:
    import ctranslate2
except ImportError as missing:
    raise MissingExtra("ctranslate2", "ctranslate2") from missing

from pipeline.engines.conversions import converted, demand_support, token_id


@dataclass(frozen=True, slots=True)
class CTranslate2Engine:
    """A converted model; `reader` is the engine seq2seq without its model: prompts, limits, texts."""

    reader: Seq2SeqEngine
    translator: Any
    begin: tuple[str, ...]  # tokens every text begins with: where the conversion states none the start, then the forced
    forced: int  # how many of `begin` are forced upon the text
    identity: str
    strategy: Strategy = "whole"

    @property
    def budget(self) -> int:
        return self.reader.budget

    @property
    def model(self) -> Mapping[str, str | None]:
        """Name, revision and sha256 of the weights."""
        return self.reader.model

    def count_tokens(self, text: str) -> int:
        return self.reader.count_tokens(text)

    def rate_sentences(self, texts: Sequence[str], features: Sequence[Sequence[float]]) -> None:
        """None: it has no selector."""

    def generate(self, requests: Sequence[Request], seed: int) -> list[list[Generated]]:
        sources = [self._source(request) for request in requests]
        model = self.reader.checkpoint.model
        results = self.translator.translate_batch(
            sources,
            target_prefix=[list(self.begin)] * len(sources) if self.begin else None,
            max_decoding_length=min(self.reader.most_tokens(requests), target_limit(model.config)),
            min_decoding_length=0,
            max_input_length=0,
            return_end_token=True,
            no_repeat_ngram_size=self.reader.settings.no_repeat_ngram,
            suppress_sequences=self._suppressed(),
            beam_size=self.reader.settings.beams,
            num_hypotheses=self.reader.settings.candidates,
            length_penalty=self.reader.settings.length_penalty,
        )
        written = [[self._written(tokens) for tokens in result.hypotheses] for result in results]
        sums = iter(self._logprobs(sources, written))
        return [
            [self._generated(request, tokens, next(sums)) for tokens in texts]
            for request, texts in zip(requests, written, strict=True)
        ]

    def _source(self, request: Request) -> list[str]:
        """The tokens of an input; the plan keeps to the budget, a word that alone is longer is cut."""
        tokenizer, most = self.reader.checkpoint.tokenizer, self.reader.checkpoint.max_tokens
        text = self.reader.input_text(" ".join(filter(None, (request.context, request.source))))
        ids = tokenizer(text, truncation=True, max_length=most)["input_ids"]
        tokens: list[str] = tokenizer.convert_ids_to_tokens(ids)
        return tokens

    def _suppressed(self) -> list[list[str]] | None:
        """What the checkpoint must not write."""
        generation, tokenizer = self.reader.checkpoint.model.generation_config, self.reader.checkpoint.tokenizer
        ids = [*(generation.bad_words_ids or []), *([token] for token in generation.suppress_tokens or [])]
        if self.reader.checkpoint.model.config.model_type == "marian":
            ids = [words for words in ids if words != [tokenizer.pad_token_id]]  # its conversion has no such token
        return [tokenizer.convert_ids_to_tokens(words) for words in ids] or None

    def _written(self, tokens: Sequence[str]) -> list[str]:
        """A text's tokens without those that stand for the start."""
        start = list(self.begin[: len(self.begin) - self.forced])
        return list(tokens[len(start) :] if list(tokens[: len(start)]) == start else tokens)

    def _logprobs(self, sources: Sequence[list[str]], written: Sequence[Sequence[list[str]]]) -> list[list[float]]:
        """The log-probability of every written token, by one forward pass; a forced token has none to lose."""
        end = self.reader.checkpoint.tokenizer.eos_token
        start = list(self.begin[: len(self.begin) - self.forced])
        pairs = [(source, tokens) for source, texts in zip(sources, written, strict=True) for tokens in texts]
        scored = self.translator.score_batch(
            [source for source, _ in pairs],
            [[*start, *(tokens[:-1] if tokens[-1:] == [end] else tokens)] for _, tokens in pairs],
            max_input_length=0,
            max_batch_size=self.reader.settings.batch_size,
        )
        found = []
        for result, (_, tokens) in zip(scored, pairs, strict=True):
            own = list(result.log_probs)[-len(tokens) - (tokens[-1:] != [end]) :][: len(tokens)]
            found.append([0.0] * self.forced + own[self.forced :])
        return found

    def _generated(self, request: Request, tokens: Sequence[str], logprobs: Sequence[float]) -> Generated:
        tokenizer = self.reader.checkpoint.tokenizer
        ids = [token_id(tokenizer, token) for token in tokens]
        (text,) = self.reader.texts(torch.tensor([ids], dtype=torch.long))
        flags = () if tokenizer.eos_token_id in ids else ("unfinished",)
        if self.count_tokens(request.source) > self.budget:
            flags = (*flags, "truncated_input")
        least = sorted(logprobs)[:WEAKEST]
        if not least:
            return Generated(text.strip(), None, flags)
        return Generated(text.strip(), sum(logprobs) / len(logprobs), flags, sum(least) / len(least))


def open_engine(settings: EngineSettings) -> CTranslate2Engine:
    """The model that `settings.model` names, converted if it is not yet; EngineError if that cannot be done."""
    if settings.model is None:
        raise EngineError("there is no model to convert", where="engine.model", fix="name a folder or hub model")
    device = pick_device(settings)
    if device.type == "mps":
        raise EngineError("CTranslate2 runs on CPU and CUDA", where="engine.device: mps", fix="use auto or cpu")
    checkpoint = _described(settings, settings.model)
    reader = reading(settings, checkpoint)
    facts, model = checkpoint.facts, checkpoint.model
    weights = facts["sha256"] or facts["revision"] or _unpinned(settings.model)

    def load() -> Any:
        plain = settings.model_copy(update={"name": "seq2seq", "device": "cpu", "dtype": "float32"})
        return load_checkpoint(plain, str(settings.model)).model

    folder = converted(weights, model, checkpoint.tokenizer, settings.number_type, load)
    translator = _translator(folder, settings, device)
    begin, forced = _begin(checkpoint, folder)
    place = "" if device.type == "cpu" else f"|{device.type}"
    version = f"ctranslate2:{ctranslate2.__version__}"
    identity = f"ctranslate2|{Path(settings.model).name}|{weights[:16]}|{translator.compute_type}|{version}{place}"
    return CTranslate2Engine(reader, translator, begin, forced, identity)


def _described(settings: EngineSettings, path: str) -> Checkpoint:
    """A checkpoint without its weights: what its config, generation config and tokenizer say."""
    quiet()
    revision = pinned(settings)
    with loading(path):
        config = transformers.AutoConfig.from_pretrained(path, **revision)
        demand_support(config.model_type, path)
        tokenizer = load_tokenizer(config, path, revision)
    try:
        generation = transformers.GenerationConfig.from_pretrained(path, **revision)
    except OSError:  # there is none
        generation = transformers.GenerationConfig.from_model_config(config)
    model = SimpleNamespace(config=config, generation_config=generation)
    limit = source_limit(config, tokenizer, settings.max_source_tokens)
    return Checkpoint(model, tokenizer, "", limit, facts_of(settings, path, config))


def _translator(folder: Path, settings: EngineSettings, device: torch.device) -> Any:
    kind = "auto" if settings.number_type == "auto" else settings.number_type
    if kind != "auto" and not _offers(kind, device):
        offered = ", ".join(sorted(ctranslate2.get_supported_compute_types(device.type, device.index or 0)))
        raise EngineError(
            f"CTranslate2 does not compute in {kind} here", where="engine.dtype", fix=f"it does in {offered}; or auto"
        )
    try:
        return ctranslate2.Translator(
            str(folder),
            device=device.type,
            device_index=device.index or 0,
            compute_type=kind,
            intra_threads=settings.threads or 0,
        )
    except (RuntimeError, ValueError) as error:
        raise EngineError(
            f"the conversion cannot be loaded: {error}", where=str(folder), fix="delete that folder, it is made anew"
        ) from error


def _offers(kind: str, device: torch.device) -> bool:
    offered = ctranslate2.get_supported_compute_types(device.type, device.index or 0)
    return kind in offered or (kind == "int8" and any(name.startswith("int8") for name in offered))


def _begin(checkpoint: Checkpoint, folder: Path) -> tuple[tuple[str, ...], int]:
    """The tokens that every text is begun with, and how many of them are the text's own."""
    generation, tokenizer = checkpoint.model.generation_config, checkpoint.tokenizer
    stated = json.loads((folder / "config.json").read_text(encoding="utf-8")).get("decoder_start_token")
    start = [] if stated else [generation.decoder_start_token_id]
    forced = [] if generation.forced_bos_token_id is None else [generation.forced_bos_token_id]
    return tuple(tokenizer.convert_ids_to_tokens([*start, *forced])), len(forced)


def _unpinned(path: str) -> str:
    raise EngineError(
        "the weights of this model are not pinned by a commit", where=path, fix="set engine.revision, or name a folder"
    )
