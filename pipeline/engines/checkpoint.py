"""Loading a Hugging Face encoder-decoder from a folder or the hub, and naming exactly what was loaded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import transformers

from pipeline.errors import EngineError
from pipeline.files import weights_sha256
from pipeline.settings_outputs import EngineSettings


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A loaded model in evaluation mode, its tokenizer, its identity and the tokens its encoder can read."""

    model: Any
    tokenizer: Any
    identity: str
    max_tokens: int
    facts: Mapping[str, str | None]


def load_checkpoint(settings: EngineSettings, path: str) -> Checkpoint:
    """Load `path` (folder or hub name); EngineError says what is wrong with it and what to do."""
    transformers.utils.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    if settings.threads is not None:
        torch.set_num_threads(settings.threads)
    dtype = {"float32": torch.float32, "bfloat16": torch.bfloat16, "auto": "auto"}[settings.dtype]
    revision = {} if settings.revision is None else {"revision": settings.revision}
    try:
        tokenizer = transformers.AutoTokenizer.from_pretrained(path, **revision)
        model = transformers.AutoModelForSeq2SeqLM.from_pretrained(path, dtype=dtype, **revision)
    except (OSError, ValueError, KeyError, ImportError) as error:
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise EngineError(
            f"the model cannot be loaded: {reason}",
            where=path,
            fix="name a folder or hub model that AutoModelForSeq2SeqLM loads; offline, it must be on this disk",
        ) from error
    model.eval()
    facts = _facts(settings, path, model)
    return Checkpoint(model, tokenizer, _identity(settings, facts), _limit(model, tokenizer), facts)


def device_of(model: Any) -> torch.device:
    """Where the model's weights lie."""
    device: torch.device = next(model.parameters()).device
    return device


def _facts(settings: EngineSettings, path: str, model: Any) -> dict[str, str | None]:
    """Name (or path), revision and sha256 of what was loaded; a hub model is known by its commit."""
    local = Path(path).is_dir()
    commit = getattr(model.config, "_commit_hash", None) or settings.revision
    name = settings.model or settings.name
    return {"name": name, "revision": commit, "sha256": weights_sha256(path) if local else None}


def _identity(settings: EngineSettings, facts: Mapping[str, str | None]) -> str:
    weights = (facts["sha256"] or facts["revision"] or "unpinned")[:16]
    versions = f"transformers:{transformers.__version__}|torch:{torch.__version__}"
    return f"{settings.name}|{Path(facts['name'] or '').name}|{weights}|{settings.dtype}|{versions}"


def _limit(model: Any, tokenizer: Any) -> int:
    """The encoder's maximum length from config and tokenizer; 4096 where neither states one."""
    names = ("max_encoder_position_embeddings", "max_position_embeddings", "n_positions", "max_source_positions")
    stated = [getattr(model.config, name, None) for name in names]
    stated.append(getattr(tokenizer, "model_max_length", None))
    known = [int(n) for n in stated if n is not None and 0 < n < 1_000_000]
    return min(known, default=4096)
