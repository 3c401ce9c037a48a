"""The model in the package: sentence rewriting and headlines on a CPU, offline.

What computes it is chosen in `pipeline.engines.embedded_backends`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path

from pipeline.engines.base import BLOCK, SENTENCE_TOKENS, Generated, Strategy
from pipeline.engines.embedded_backends import Writer, open_writer
from pipeline.engines.embedded_prompts import FOCUS_TOKENS, Prompt, Reader, open_reader
from pipeline.engines.loading import loading
from pipeline.engines.shortlist import over_all
from pipeline.files import weights_sha256
from pipeline.records import Request
from pipeline.settings_engine import EngineSettings


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
        prompts = self.reader.prompts(requests)
        found = self.writer.write(prompts, seed)
        return [[_told(g, prompt) for g in texts] for texts, prompt in zip(found, prompts, strict=True)]


def _told(generated: Generated, prompt: Prompt) -> Generated:
    """A text with the prompt's flags, and with log-probabilities that do not depend on the shortlist."""
    found = replace(generated, flags=generated.flags + prompt.flags)
    return found if prompt.written is None else over_all(prompt.request.task, found)


def open_engine(settings: EngineSettings) -> EmbeddedEngine:
    """The model of the package, or another of its kind from `settings.model` (a result of `precis train`)."""
    path = settings.model or str(files("pipeline").joinpath("weights"))
    folder = _folder(path, settings.revision)
    stored = folder / "selector" / "selector.safetensors"
    selector = stored if settings.selector and stored.is_file() else None
    with ThreadPoolExecutor(1) as pool:  # the hash leaves the interpreter free
        hashed = pool.submit(weights_sha256, str(folder))
        reader = open_reader(folder, spell_guard=settings.spell_guard, shortlist=settings.shortlist)
        sha256 = hashed.result()
    writer = open_writer(settings, folder, sha256, reader, selector)
    name = settings.model or settings.name
    identity = f"{settings.name}|{Path(name).name}|{sha256[:16]}|{writer.identity}"
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
