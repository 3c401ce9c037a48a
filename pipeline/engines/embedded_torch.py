"""The embedded model's prompts → texts, computed by transformers: the reference of `pipeline.engines.lean`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
import transformers

from pipeline.engines.base import Generated
from pipeline.engines.batching import batches, seed_of
from pipeline.engines.checkpoint import Checkpoint, device_of, load_checkpoint
from pipeline.engines.decoding import n_best
from pipeline.engines.embedded_prompts import Prompt
from pipeline.engines.processors import Confined, CopyPrior, SpellingMask
from pipeline.engines.selector import Selector, load_selector
from pipeline.settings_engine import EngineSettings


@dataclass(frozen=True, slots=True)
class TorchWriter:
    """A checkpoint; requests of one task and like length are written together."""

    checkpoint: Checkpoint
    settings: EngineSettings
    selector: Selector | None

    @property
    def identity(self) -> str:
        """What computes, and its version."""
        device = device_of(self.checkpoint.model).type
        place = "" if device == "cpu" else f"|{device}"
        return f"{self.settings.number_type}|transformers:{transformers.__version__}|torch:{torch.__version__}{place}"

    def write(self, prompts: Sequence[Prompt], seed: int) -> list[list[Generated]]:
        """`settings.candidates` texts per prompt, best first."""
        own = {prompt.request.id: prompt for prompt in prompts}
        found: dict[str, list[Generated]] = {}
        for batch in batches([prompt.request for prompt in prompts], self.settings.batch_size):
            texts = self._batch([own[request.id] for request in batch], seed_of(seed, batch))
            found |= zip((request.id for request in batch), texts, strict=True)
        return [found[prompt.request.id] for prompt in prompts]

    def rate(self, sentences: Sequence[Sequence[int]], features: Sequence[Sequence[float]]) -> list[float] | None:
        """The selector's log-odds; None if there is none."""
        if self.selector is None:
            return None
        with torch.inference_mode():
            odds: list[float] = self.selector([sentences], torch.tensor(features)).tolist()
        return odds

    def _batch(self, prompts: Sequence[Prompt], seed: int) -> list[list[Generated]]:
        tokenizer, model = self.checkpoint.tokenizer, self.checkpoint.model
        inputs = tokenizer.pad({"input_ids": [list(prompt.ids) for prompt in prompts]}, return_tensors="pt")
        inputs = inputs.to(device_of(model))
        return n_best(
            model,
            tokenizer,
            {"input_ids": inputs["input_ids"], "attention_mask": inputs["attention_mask"]},
            self.settings,
            max_new_tokens=prompts[0].limit,
            seed=seed,
            processors=self._processors(prompts, inputs["input_ids"]),
        )

    def _processors(self, prompts: Sequence[Prompt], source_ids: torch.Tensor) -> transformers.LogitsProcessorList:
        beams = self.settings.candidates if self.settings.sample else self.settings.beams
        processors = transformers.LogitsProcessorList()
        size, end = self.checkpoint.model.config.vocab_size, self.checkpoint.tokenizer.eos_token_id
        written = [prompt.written for prompt in prompts if prompt.written is not None]
        if written:
            processors.append(Confined.of(written, size, beams))
        if self.settings.copy_prior:
            processors.append(CopyPrior.of(source_ids.cpu(), size, end, self.settings.copy_prior, beams))
        guards = [prompt.guard for prompt in prompts if prompt.guard is not None]
        if guards:
            processors.append(SpellingMask(guards, beams))
        return processors


def open_writer(path: str, settings: EngineSettings, selector: Path | None) -> TorchWriter:
    """The model at `path` with the selector stored at `selector`; EngineError if either cannot be loaded."""
    checkpoint = load_checkpoint(settings, path)
    rating = None if selector is None else load_selector(selector, checkpoint.model.get_encoder())
    return TorchWriter(checkpoint, settings, rating)
