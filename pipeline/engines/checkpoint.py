"""Loading a Hugging Face model from a folder or the hub, and naming exactly what was loaded."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import transformers

from pipeline.engines.families import family_of, source_limit
from pipeline.engines.loading import loading
from pipeline.errors import EngineError
from pipeline.files import weights_sha256
from pipeline.settings_engine import EngineSettings

Read = Callable[[Any, Mapping[str, str]], Any]  # config, revision → tokenizer


@dataclass(frozen=True, slots=True)
class Loaded:
    """A model in evaluation mode on its device, its tokenizer, and what names them."""

    model: Any
    tokenizer: Any
    identity: str
    facts: Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A loaded model in evaluation mode, its tokenizer, its identity and the tokens its encoder is to read at once."""

    model: Any
    tokenizer: Any
    identity: str
    max_tokens: int
    facts: Mapping[str, str | None]


def load_checkpoint(settings: EngineSettings, path: str) -> Checkpoint:
    """The encoder-decoder at `path` (folder or hub name); EngineError says what is wrong and what to do."""

    def read(config: Any, revision: Mapping[str, str]) -> Any:
        _demand_encoder_decoder(config, path)
        return load_tokenizer(config, path, revision)

    found = load(settings, path, "AutoModelForSeq2SeqLM", read)
    limit = source_limit(found.model.config, found.tokenizer, settings.max_source_tokens)
    return Checkpoint(found.model, found.tokenizer, found.identity, limit, found.facts)


def load(settings: EngineSettings, path: str, auto: str, read: Read) -> Loaded:
    """The model at `path` as transformers' class `auto` loads it, on `settings.device`.

    `read` gives the tokenizer for a config and a revision, and refuses what is no model of the kind wanted before its
    weights are read. EngineError or MissingExtra if the model cannot be loaded.
    """
    device = pick_device(settings)
    quiet()
    if settings.threads is not None:
        torch.set_num_threads(settings.threads)
    revision = pinned(settings)
    with loading(path, named=f"a folder or hub model that {auto} loads"):
        config = transformers.AutoConfig.from_pretrained(path, **revision)
        tokenizer = read(config, revision)
        dtype = _dtype(settings, config, device)
        model = getattr(transformers, auto).from_pretrained(path, dtype=dtype, **revision)
        model.eval().to(device)
    facts = facts_of(settings, path, model.config)
    return Loaded(model, tokenizer, _identity(settings, facts, device), facts)


def quiet() -> None:
    """No messages or progress bars of transformers."""
    transformers.utils.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()


def pinned(settings: EngineSettings) -> Mapping[str, str]:
    """The revision asked for, as `from_pretrained` takes it; empty if none is."""
    return {} if settings.revision is None else {"revision": settings.revision}


def pick_device(settings: EngineSettings) -> torch.device:
    """Where the model is to run. `auto`: the first CUDA device if there is one, else the CPU; the embedded model always
    stays on the CPU then. EngineError if the device named is not there.
    """
    name = settings.device
    if name == "auto":
        name = "cuda" if settings.name != "embedded" and torch.cuda.is_available() else "cpu"
    device = torch.device(name)
    if device.type == "cuda" and (device.index or 0) >= torch.cuda.device_count():
        count = torch.cuda.device_count()
        raise EngineError(
            "there is no CUDA device here" if not count else f"there are only {count} CUDA devices here, from cuda:0",
            where=f"engine.device: {name}",
            fix="use auto or cpu",
        )
    if device.type == "mps" and not torch.backends.mps.is_available():
        raise EngineError("there is no MPS device here", where=f"engine.device: {name}", fix="use auto or cpu")
    return device


def device_of(model: Any) -> torch.device:
    """Where the model's weights lie."""
    device: torch.device = next(model.parameters()).device
    return device


def _demand_encoder_decoder(config: Any, path: str) -> None:
    """EngineError for a model of another kind, with the engine that is made for it."""
    if config.is_encoder_decoder:
        return
    writes = type(config) in transformers.MODEL_FOR_CAUSAL_LM_MAPPING
    raise EngineError(
        f"a {config.model_type} model is no encoder-decoder",
        where=path,
        fix="use engine.name: chat for it, if it has a chat template" if writes else "it writes no text: name another",
    )


def load_tokenizer(config: Any, path: str, revision: Mapping[str, str]) -> Any:
    """The checkpoint's tokenizer; AutoTokenizer wants a tokenizer.json of some families that have a vocabulary only."""
    try:
        return transformers.AutoTokenizer.from_pretrained(path, **revision)
    except ValueError:
        name = family_of(config).tokenizer
        if name is None:
            raise
        return getattr(transformers, name).from_pretrained(path, **revision)


def _dtype(settings: EngineSettings, config: Any, device: torch.device) -> Any:
    """The number type to load; half precision stays off the CPU, where it is slow and, with some models, overflows."""
    if settings.number_type != "auto":
        return {"float32": torch.float32, "bfloat16": torch.bfloat16}[settings.number_type]
    stored = getattr(config, "dtype", None)
    return torch.float32 if device.type == "cpu" and stored in (torch.float16, "float16") else "auto"


def facts_of(settings: EngineSettings, path: str, config: Any) -> dict[str, str | None]:
    """Name (or path), revision and sha256 of what was loaded; a hub model is known by its commit."""
    local = Path(path).is_dir()
    commit = getattr(config, "_commit_hash", None) or settings.revision
    name = settings.model or settings.name
    return {"name": name, "revision": commit, "sha256": weights_sha256(path) if local else None}


def _identity(settings: EngineSettings, facts: Mapping[str, str | None], device: torch.device) -> str:
    """What texts depend on; the device only where it is not the CPU, and not which one of several."""
    weights = (facts["sha256"] or facts["revision"] or "unpinned")[:16]
    versions = f"transformers:{transformers.__version__}|torch:{torch.__version__}"
    place = "" if device.type == "cpu" else f"|{device.type}"
    return f"{settings.name}|{Path(facts['name'] or '').name}|{weights}|{settings.number_type}|{versions}{place}"
