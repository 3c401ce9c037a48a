"""A check of a model that is being fine-tuned: what it writes for validation examples, scored with ROUGE."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from transformers import LogitsProcessorList

from pipeline.engines.processors import CopyPrior
from pipeline.files import read_jsonl
from pipeline.score import rouge
from pipeline.text.sentences import split_sentences
from pipeline.train.batching import collate
from pipeline.train.pack import TARGET_TOKENS, Packed, load
from pipeline.train.settings import FineTune
from pipeline.train.tunable import PRIOR, Base

TYPES = ("rouge1", "rouge2", "rougeL", "rougeLsum")
AT_ONCE = 16  # examples


@dataclass(frozen=True, slots=True)
class Check:
    """Calling it writes the fixed sample anew and measures it."""

    model: Any
    objective: torch.nn.Module
    base: Base
    plan: FineTune
    val: Packed
    references: Sequence[str]

    def __call__(self) -> dict[str, float]:
        """Loss per target token, and ROUGE F of the sample (0 to 1)."""
        self.model.eval()
        with torch.no_grad():
            found = {"val_loss": self._loss(self._sample())}
        written = self.texts()
        self.model.train()
        kept = sorted(written)
        scores = rouge([by_lines(written[i]) for i in kept], [by_lines(self.references[i]) for i in kept], TYPES)
        return found | {name: round(scores[name]["f"], 4) for name in TYPES}

    @torch.no_grad()
    def texts(self) -> dict[int, str]:
        """What the model, in evaluation mode, writes for the sample, by the example's place in `val`."""
        self.model.eval()
        rows = self._sample()
        parts = [rows[i : i + AT_ONCE] for i in range(0, len(rows), AT_ONCE)]
        return {int(k): text for part in parts for k, text in zip(part, self._write(part), strict=True)}

    def _sample(self) -> np.ndarray:
        """The examples of every check, those of like length beside each other."""
        rows = np.random.default_rng(self.plan.seed).permutation(len(self.val))[: self.plan.check_examples]
        return rows[np.argsort(np.diff(self.val.source_at)[rows], kind="stable")]

    def _loss(self, rows: np.ndarray) -> float:
        total = tokens = 0.0
        smoothing = self.objective.smoothing
        self.objective.smoothing = 0.0  # type: ignore[assignment]
        for i in range(0, len(rows), AT_ONCE):
            source, target = collate(self.val, rows[i : i + AT_ONCE], self.base.pad)
            device = next(self.model.parameters()).device
            with torch.autocast(device.type, dtype=torch.bfloat16):
                total += float(self.objective(source.to(device), target.to(device)))
            tokens += float(target.ne(-100).sum())
        self.objective.smoothing = smoothing
        return round(total / tokens, 4)

    def _write(self, rows: np.ndarray) -> list[str]:
        source, _ = collate(self.val, rows, self.base.pad)
        device = next(self.model.parameters()).device
        processors = LogitsProcessorList()
        prior = PRIOR if self.plan.prior is None else self.plan.prior
        if self.base.ours and prior:
            size, end = self.model.config.vocab_size, self.base.tokenizer.eos_token_id
            processors.append(CopyPrior.of(source, size, end, prior, self.plan.beams))
        out = self.model.generate(
            input_ids=source.to(device),
            attention_mask=source.ne(self.base.pad).to(device),
            num_beams=self.plan.beams,
            do_sample=False,
            max_new_tokens=min(self.plan.max_target_tokens, TARGET_TOKENS if self.base.ours else 10_000),
            no_repeat_ngram_size=3,
            logits_processor=processors,
        )
        texts: list[str] = self.base.tokenizer.batch_decode(out, skip_special_tokens=True)
        return [text.strip() for text in texts]


def by_lines(text: str) -> str:
    """One sentence a line, as ROUGE-Lsum wants it."""
    return "\n".join(s.text for line in text.split("\n") for s in split_sentences(line))


def make_check(
    model: Any, objective: torch.nn.Module, base: Base, plan: FineTune, examples: Path
) -> Callable[[], dict[str, float]]:
    """The check of examples written by `examples.write_examples`."""
    references = [str(line["reference"]) for line in read_jsonl(examples / "references.jsonl")]
    return Check(model, objective, base, plan, load(examples / "val.npz"), references)
