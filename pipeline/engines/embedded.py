"""The model in the package: sentence rewriting and headlines on a CPU, offline.

The encoder reads `<s> <task> <w1–w6> <n1–n3> focus <context> context </s>`, as `pipeline.train.pack` writes it; a
Request's `words` picks the length token, its `novelty` the novelty token.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import torch
from transformers import LogitsProcessorList

from pipeline.engines.base import Generated, Strategy
from pipeline.engines.checkpoint import Checkpoint, device_of, load_checkpoint
from pipeline.engines.decoding import n_best
from pipeline.engines.selector import BLOCK, SENTENCE_TOKENS, Selector, load_selector
from pipeline.engines.spelling import CopyPrior, SpellingGuard, Vocabulary
from pipeline.errors import EngineError
from pipeline.files import weights_sha256
from pipeline.lexicon import english_words
from pipeline.records import Request
from pipeline.settings_outputs import EngineSettings

FOCUS_TOKENS, CONTEXT_TOKENS = 160, 64
BOUNDS = {"headline": (6, 8, 10, 12, 15), "brief": (7, 10, 13, 17, 23)}  # words; bucket 1 is the shortest
NEW_TOKENS = {"headline": 28, "brief": 60}


@dataclass(frozen=True, slots=True)
class EmbeddedEngine:
    """A BART with task and length tokens."""

    checkpoint: Checkpoint
    settings: EngineSettings
    vocabulary: Vocabulary | None
    special: re.Pattern[str]
    identity: str
    selector: Selector | None = None
    strategy: Strategy = "sentences"
    budget: int = FOCUS_TOKENS

    @property
    def model(self) -> Mapping[str, str | None]:
        """Name, revision and sha256 of the weights."""
        return self.checkpoint.facts

    def count_tokens(self, text: str) -> int:
        return len(self._ids(text))

    def rate_sentences(self, texts: Sequence[str], features: Sequence[Sequence[float]]) -> list[float] | None:
        """Log-odds that an article's highlights tell each of its sentences; None if the model has no selector."""
        if self.selector is None or not texts:
            return None
        odds: list[float] = []
        for start in range(0, len(texts), BLOCK):
            tokens = [self._ids(f" {text}")[:SENTENCE_TOKENS] for text in texts[start : start + BLOCK]]
            with torch.inference_mode():
                odds += self.selector([tokens], torch.tensor(features[start : start + BLOCK])).tolist()
        return odds

    def generate(self, requests: Sequence[Request], seed: int) -> list[list[Generated]]:
        tasks = {request.task for request in requests}
        if len(tasks) != 1 or not tasks <= set(NEW_TOKENS):
            raise EngineError(f"the embedded model writes {' and '.join(NEW_TOKENS)}, one kind a batch; asked: {tasks}")
        sources = [self._source_ids(request) for request in requests]
        tokenizer, model = self.checkpoint.tokenizer, self.checkpoint.model
        inputs = tokenizer.pad({"input_ids": [ids for ids, _ in sources]}, return_tensors="pt").to(device_of(model))
        found = n_best(
            model,
            tokenizer,
            {"input_ids": inputs["input_ids"], "attention_mask": inputs["attention_mask"]},
            self.settings,
            max_new_tokens=NEW_TOKENS[requests[0].task],
            seed=seed,
            processors=self._processors(requests, inputs["input_ids"]),
        )
        return [
            [replace(g, flags=g.flags + flags) for g in texts]
            for texts, (_, flags) in zip(found, sources, strict=True)
        ]

    def _processors(self, requests: Sequence[Request], source_ids: torch.Tensor) -> LogitsProcessorList:
        beams = self.settings.candidates if self.settings.sample else self.settings.beams
        processors = LogitsProcessorList()
        if self.settings.copy_prior:
            size, end = self.checkpoint.model.config.vocab_size, self.checkpoint.tokenizer.eos_token_id
            processors.append(CopyPrior.of(source_ids.cpu(), size, end, self.settings.copy_prior, beams))
        if self.vocabulary is not None:
            spellings = [self.vocabulary.spellings(f"{r.source} {r.context}") for r in requests]
            processors.append(SpellingGuard(self.vocabulary, spellings, beams))
        return processors

    def _source_ids(self, request: Request) -> tuple[list[int], tuple[str, ...]]:
        """Encoder input of a request, and flags if its source or its context did not fit."""
        tokenizer = self.checkpoint.tokenizer
        focus, context = self._ids(request.source), self._ids(request.context)
        flags: tuple[str, ...] = ("truncated_input",) if len(focus) > FOCUS_TOKENS else ()
        flags += ("truncated_context",) if len(context) > CONTEXT_TOKENS else ()
        size = [] if request.words is None else [f"<w{1 + sum(request.words > b for b in BOUNDS[request.task])}>"]
        novelty = [token for token in (f"<n{request.novelty}>",) if self.special.fullmatch(token)]
        head = tokenizer.convert_tokens_to_ids(["<s>", f"<{request.task}>", *size, *novelty])
        tail = [tokenizer.convert_tokens_to_ids("<context>"), *context[:CONTEXT_TOKENS]] if context else []
        return [*head, *focus[:FOCUS_TOKENS], *tail, tokenizer.eos_token_id], flags

    def _ids(self, text: str) -> list[int]:
        """Token ids of plain text; what looks like a special token is text with a gap in it, never a command."""
        plain = self.special.sub(lambda m: m[0].replace("<", "< "), text)
        ids: list[int] = self.checkpoint.tokenizer(plain, add_special_tokens=False)["input_ids"]
        return ids


def open_engine(settings: EngineSettings) -> EmbeddedEngine:
    """The model of the package, or another of its kind from `settings.model` (a result of `precis train`)."""
    path = settings.model or str(files("pipeline").joinpath("weights"))
    checkpoint = load_checkpoint(settings, path)
    special = _special(checkpoint.tokenizer)
    if not all(special.fullmatch(token) for token in ("<headline>", "<brief>", "<context>", "<w1>", "<w6>")):
        raise EngineError("this model has no task and length tokens", where=path, fix="use the engine seq2seq for it")
    vocabulary = Vocabulary(checkpoint.tokenizer, english_words()) if settings.spell_guard else None
    stored = Path(path) / "selector" / "selector.safetensors"
    if not (settings.selector and stored.is_file()):
        return EmbeddedEngine(checkpoint, settings, vocabulary, special, checkpoint.identity)
    selector = load_selector(stored, checkpoint.model.get_encoder())
    identity = f"{checkpoint.identity}|selector:{weights_sha256(str(stored.parent))[:8]}"
    return EmbeddedEngine(checkpoint, settings, vocabulary, special, identity, selector)


def _special(tokenizer: Any) -> re.Pattern[str]:
    return re.compile("|".join(re.escape(token) for token in tokenizer.all_special_tokens))
