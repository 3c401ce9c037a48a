"""What computes the embedded model: CTranslate2 in int8, numpy, or transformers.

Numpy and transformers write the same texts. CTranslate2's differ here and there, since its int8 products are rounded;
it is several times faster (docs/engines_speed.md).
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

from pipeline.engines.base import Generated
from pipeline.engines.conversion_cache import NoCache
from pipeline.engines.embedded_prompts import Prompt, Reader
from pipeline.errors import EngineError, first_line
from pipeline.settings_engine import Backend, EngineSettings

log = logging.getLogger("pipeline.engines")


class Writer(Protocol):
    """What computes: prompts → n-best texts, and the selector's log-odds, if there is a selector."""

    @property
    def identity(self) -> str: ...
    def write(self, prompts: Sequence[Prompt], seed: int) -> list[list[Generated]]: ...
    def rate(self, sentences: Sequence[Sequence[int]], features: Sequence[Sequence[float]]) -> list[float] | None: ...


def open_writer(
    settings: EngineSettings, folder: Path, weights: str, reader: Reader, selector: Path | None
) -> Writer:
    """The backend asked for; with `auto` the first that can: ctranslate2, lean, transformers. EngineError if it cannot.

    `weights` is the hash of the weights in `folder`, `selector` where the selector is stored. Where `auto` cannot keep
    CTranslate2's conversions, lean takes its place with a warning.
    """
    backend = chosen_backend(settings, folder)
    if backend == "ctranslate2":
        from pipeline.engines.embedded_ct2 import open_writer as open_ct2

        try:
            return open_ct2(folder, weights, reader, settings, selector)
        except NoCache as error:
            if settings.backend != "auto":
                raise
            log.warning("precis: %s; numpy computes instead of ctranslate2, several times slower", error)
            backend = "lean"  # what CTranslate2 can, it can as well
    if backend == "lean":
        from pipeline.engines.lean.writer import open_writer as open_lean

        return open_lean(folder, reader, settings, selector)
    from pipeline.engines.embedded_torch import open_writer as open_torch

    return open_torch(str(folder), settings, selector)


def chosen_backend(settings: EngineSettings, folder: Path) -> Backend:
    """What is to compute; EngineError if what is asked for cannot."""
    cannot: Mapping[Backend, Callable[[EngineSettings, Path], str | None]] = {
        "ctranslate2": _not_ctranslate2,
        "lean": _not_lean,
    }
    backend = settings.backend
    if backend == "auto":
        return next((name for name, why in cannot.items() if why(settings, folder) is None), "transformers")
    reason = cannot[backend](settings, folder) if backend in cannot else None
    if reason is not None:
        raise EngineError(
            f"the backend {backend} cannot compute this: {reason}", where=str(folder), fix="engine.backend: auto"
        )
    return backend


def _not_ctranslate2(settings: EngineSettings, folder: Path) -> str | None:
    """Why CTranslate2 should not compute this model here; None if it should."""
    if find_spec("ctranslate2") is None:
        return "the package ctranslate2 is not installed"
    if settings.dtype is not None:
        return f"engine.dtype is {settings.dtype}, and it computes in int8 (null)"
    if settings.sample:
        return "engine.sample is set, and it cannot repeat its draws"
    return _elsewhere(settings) or _not_plain(folder) or _no_int8()


def _no_int8() -> str | None:
    """Why the package does not work on this machine; None if it does."""
    try:
        import ctranslate2
    except (ImportError, OSError) as error:  # its shared libraries do not fit the system
        return f"the package ctranslate2 cannot be imported: {first_line(error)}"
    if not any(kind.startswith("int8") for kind in ctranslate2.get_supported_compute_types("cpu")):
        return "it does not compute in int8 on this processor"
    return None


def _not_lean(settings: EngineSettings, folder: Path) -> str | None:
    """Why numpy would not give what transformers gives; None if it would."""
    if settings.number_type != "float32":
        return f"engine.dtype is {settings.dtype}, and it has float32 only"
    return _elsewhere(settings) or _not_plain(folder)


def _elsewhere(settings: EngineSettings) -> str | None:
    if settings.device not in ("auto", "cpu"):
        return f"engine.device is {settings.device}, and it runs on the CPU only"
    return None


def _not_plain(folder: Path) -> str | None:
    """What is not as in BART, or is forced upon its texts; None if nothing is."""
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
