"""A checkpoint behind the old call: texts → tokens → `generate` → texts, batch by batch in the order given."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any, Unpack

import torch

from pipeline.compat.defaults import HANDED_ON, settled
from pipeline.compat.options import Options, checked, truncates
from pipeline.compat.reading import token_ids
from pipeline.compat.shape import Answers, Record, answers
from pipeline.engines.diverse import diverse_sequences

log = logging.getLogger("pipeline.compat")
NAMES = {"summarization": "summary", "text2text-generation": "generated"}  # task → what its records' keys begin with


@dataclass(frozen=True, slots=True)
class Text2Text:
    """What `pipeline(task, model=…)` returns; `options` hold for every call that does not say otherwise."""

    task: str
    model: Any
    tokenizer: Any
    generation_config: Any
    prefix: str
    options: Options

    @property
    def device(self) -> torch.device:
        """Where the model lies."""
        device: torch.device = next(self.model.parameters()).device
        return device

    def __call__(self, texts: object, **options: Unpack[Options]) -> Answers:
        """Records `{"summary_text": …}` (or `generated_text`), in the shapes `shape.answers` describes.

        `batch_size` texts (1) go through the model together, padded to the longest. With `return_tensors` records
        hold `…_token_ids` in place of the text. Raises TypeError (unknown option) and InputError (no text, or one
        too long that is not to be truncated).
        """
        given = checked({**self.options, **options})
        cut = truncates(given)

        def write(first: int, batch: list[str]) -> list[list[Record]]:
            return self._write(first, batch, given, cut)

        return answers(texts, given.get("batch_size", 1), write)

    def _write(self, first: int, texts: list[str], options: Options, cut: bool) -> list[list[Record]]:
        ids = [
            token_ids(self.prefix + text, self.model, self.tokenizer, truncate=cut, number=number)
            for number, text in enumerate(texts, start=first)
        ]
        config = settled(self.generation_config, options, self.tokenizer)
        if self.task == "summarization":
            _warn_of_lengths(first, max(map(len, ids)), config)
        sequences = self._generate(ids, config, options)
        each = len(sequences) // len(texts)
        return [[self._record(row, options) for row in sequences[i * each : (i + 1) * each]] for i in range(len(texts))]

    def _generate(self, ids: list[list[int]], config: Any, options: Options) -> torch.Tensor:
        """Token ids (texts × sequences returned, tokens)."""
        inputs = {"input_ids": ids}
        padded = self.tokenizer.pad(inputs, return_tensors="pt") if len(ids) > 1 else _single(ids[0])
        tensors = {name: padded[name].to(self.device) for name in ("input_ids", "attention_mask")}
        handed = {name: options[name] for name in HANDED_ON if name in options}  # type: ignore[literal-required]
        groups = options.get("num_beam_groups", 1)
        if groups > 1:
            penalty = options.get("diversity_penalty", 0.0)
            return diverse_sequences(self.model, tensors, config, groups, penalty, handed)
        sequences: torch.Tensor = self.model.generate(**tensors, generation_config=config, **handed)
        return sequences

    def _record(self, ids: torch.Tensor, options: Options) -> Record:
        name = NAMES[self.task]
        if options.get("return_tensors"):
            return {f"{name}_token_ids": ids}
        clean = options.get("clean_up_tokenization_spaces", False)
        text = self.tokenizer.decode(ids, skip_special_tokens=True, clean_up_tokenization_spaces=clean)
        return {f"{name}_text": text}


def _single(ids: list[int]) -> dict[str, torch.Tensor]:
    """One text needs no padding, and so no padding token."""
    row = torch.tensor([ids])
    return {"input_ids": row, "attention_mask": torch.ones_like(row)}


def _warn_of_lengths(first: int, tokens: int, config: Any) -> None:
    """Say what transformers 4 said: wishes that contradict each other, and a summary that may outgrow its text."""
    low, high = config.min_length or 0, config.max_length
    if high is not None and high < low:
        log.warning("min_length (%d) is over max_length (%d)", low, high)
    if high is not None and tokens < high:
        log.warning(
            "text %d: it has %d tokens, and max_length is %d: a summary is meant to be shorter, try max_length=%d",
            first, tokens, high, tokens // 2,
        )  # fmt: skip
