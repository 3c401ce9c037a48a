"""The model in the package: sentence rewriting and headlines on a CPU, offline.

`engine.backend` says what computes it: numpy (`pipeline.engines.lean`) or transformers; both write the same texts.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path
from typing import Protocol

from pipeline.engines.base import BLOCK, SENTENCE_TOKENS, Generated, Strategy
from pipeline.engines.embedded_prompts import FOCUS_TOKENS, Prompt, Reader, open_reader
from pipeline.engines.loading import loading
from pipeline.errors import EngineError
from pipeline.files import weights_sha256
from pipeline.records import Request
from pipeline.settings_engine import EngineSettings


class Writer(Protocol):
    """What computes: prompts → n-best texts, and the selector's log-odds, if there is a selector."""

    @property
    def identity(self) -> str: ...
    def write(self, prompts: Sequence[Prompt], seed: int) -> list[list[Generated]]: ...
    def rate(self, sentences: Sequence[Sequence[int]], features: Sequence[Sequence[float]]) -> list[float] | None: ...


@dataclass(frozen=True, slots=True)
class EmbeddedEngine:
    """A BART with task and length tokens; it forms its own batches (`pooled`)."""

    reader: Reader
    writer: Writer
    identity: str
    model: Mapping[str, str | None]
    strategy: Strategy = "sentences"
    budget: int = FOCUS_TOKENS
    pooled: bool = True

    def count_tokens(self, text: str) -> int:
        return len(self.reader.ids(text))

    def rate_sentences(self, texts: Sequence[str], features: Sequence[Sequence[float]]) -> list[float] | None:
        """Log-odds that an article's highlights tell each of its sentences; None if the model has no selector."""
        odds: list[float] = []
        for start in range(0, len(texts), BLOCK):
            tokens = [self.reader.ids(f" {text}")[:SENTENCE_TOKENS] for text in texts[start : start + BLOCK]]
            found = self.writer.rate(tokens, features[start : start + BLOCK])
            if found is None:
                return None
            odds += found
        return odds or None

    def generate(self, requests: Sequence[Request], seed: int) -> list[list[Generated]]:
        prompts = [self.reader.prompt(request) for request in requests]
        found = self.writer.write(prompts, seed)
        return [
            [replace(g, flags=g.flags + prompt.flags) for g in texts]
            for texts, prompt in zip(found, prompts, strict=True)
        ]


def open_engine(settings: EngineSettings) -> EmbeddedEngine:
    """The model of the package, or another of its kind from `settings.model` (a result of `precis train`)."""
    path = settings.model or str(files("pipeline").joinpath("weights"))
    folder = _folder(path, settings.revision)
    reader = open_reader(folder, spell_guard=settings.spell_guard, shortlist=settings.shortlist)
    stored = folder / "selector" / "selector.safetensors"
    selector = stored if settings.selector and stored.is_file() else None
    writer = _writer(settings, folder, reader, selector)
    sha256 = weights_sha256(str(folder))
    name = settings.model or settings.name
    identity = f"{settings.name}|{Path(name).name}|{sha256[:16]}|{settings.dtype}|{writer.identity}"
    if selector is not None:
        identity += f"|selector:{weights_sha256(str(selector.parent))[:8]}"
    if reader.shortlist is not None:
        identity += f"|shortlist:{hashlib.sha256(reader.shortlist.tobytes()).hexdigest()[:8]}"
    return EmbeddedEngine(reader, writer, identity, {"name": name, "revision": settings.revision, "sha256": sha256})


def _folder(path: str, revision: str | None) -> Path:
    """A folder, or the copy on this disk of a model of the hub, fetched if it may be."""
    if Path(path).is_dir():
        return Path(path)
    from huggingface_hub import snapshot_download

    with loading(path):
        return Path(snapshot_download(path, revision=revision, allow_patterns=["*.json", "*.safetensors"]))


def _writer(settings: EngineSettings, folder: Path, reader: Reader, selector: Path | None) -> Writer:
    """The backend asked for; `auto` is numpy wherever it computes this model as transformers does."""
    why = _unsuitable(settings, folder)
    if settings.backend == "lean" and why:
        raise EngineError(f"the backend lean cannot compute this: {why}", where=str(folder), fix="engine.backend: auto")
    if settings.backend == "transformers" or why:
        from pipeline.engines.embedded_torch import open_writer as open_torch

        return open_torch(str(folder), settings, selector)
    from pipeline.engines.lean.writer import open_writer as open_lean

    return open_lean(folder, reader, settings, selector)


def _unsuitable(settings: EngineSettings, folder: Path) -> str | None:
    """Why numpy would not give what transformers gives; None if it would."""
    if settings.device not in ("auto", "cpu"):
        return f"engine.device is {settings.device}, and it runs on the CPU only"
    if settings.dtype != "float32":
        return f"engine.dtype is {settings.dtype}, and it has float32 only"
    config = _json(folder / "config.json")
    for key, value in {"model_type": "bart", "activation_function": "gelu", "tie_word_embeddings": True}.items():
        if config.get(key, value) != value:
            return f"{key} in config.json is {config[key]}, not {value}"
    if config.get("scale_embedding"):
        return "scale_embedding in config.json is set"
    forcing = [key for key, value in _json(folder / "generation_config.json").items() if key in FORCING and value]
    if forcing:
        return f"generation_config.json sets {', '.join(forcing)}"
    return None if (folder / "model.safetensors").is_file() else "there is no model.safetensors"


def _json(path: Path) -> Mapping[str, object]:
    """A JSON object from `path`; empty if there is none."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


FORCING = (  # what else a checkpoint may ask of `generate`
    "forced_bos_token_id", "forced_eos_token_id", "early_stopping", "min_length", "min_new_tokens", "bad_words_ids",
    "suppress_tokens", "begin_suppress_tokens", "encoder_no_repeat_ngram_size", "num_beam_groups", "diversity_penalty",
)  # fmt: skip
