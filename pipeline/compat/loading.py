"""A model and its tokenizer by name or as objects → the old call around them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
import transformers

from pipeline.compat.defaults import generation_defaults, prefix_of
from pipeline.compat.options import Options
from pipeline.compat.text2text import Text2Text
from pipeline.engines.loading import loading
from pipeline.errors import EngineError, InputError


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to load, from where, and onto what."""

    model: Any
    tokenizer: Any
    revision: str | None
    token: str | bool | None
    device: Any
    device_map: Any
    dtype: Any
    trust_remote_code: bool
    model_kwargs: Mapping[str, Any]


def load(task: str, wanted: Wanted, options: Options) -> Text2Text:
    """The task with its model in evaluation mode on its device; EngineError if it cannot be loaded."""
    if not isinstance(wanted.model, str) and wanted.tokenizer is None:
        raise InputError("a loaded model needs its tokenizer", fix="give tokenizer=… too")
    model, tokenizer = _model(wanted), _tokenizer(wanted)
    if not getattr(model.config, "is_encoder_decoder", False):
        raise EngineError("this is no encoder-decoder", where=str(wanted.model)[:80], fix=f"{task} needs one")
    if wanted.device_map is None and getattr(model, "hf_device_map", None) is None:
        target = device(wanted.device, isinstance(wanted.model, str))
        model = model if target is None else model.to(target)
    model.eval()
    defaults = generation_defaults(model, tokenizer, task)
    return Text2Text(task, model, tokenizer, defaults, prefix_of(model, task), options)


def device(given: Any, free: bool) -> torch.device | None:
    """The torch device that `device=…` of transformers 4 means: a number below 0 is the CPU, others count GPUs.

    None given: a GPU if there is one, but a model the user placed (not `free`) stays where it is.
    """
    if given is None:
        return torch.device("cuda:0" if torch.cuda.is_available() else "cpu") if free else None
    if isinstance(given, int):
        return torch.device("cpu" if given < 0 else f"cuda:{given}")
    return torch.device(given)


def _model(wanted: Wanted) -> Any:
    if not isinstance(wanted.model, str):
        return wanted.model
    own = dict(wanted.model_kwargs)
    dtype = own.pop("torch_dtype", own.pop("dtype", wanted.dtype))
    dtype = torch.float32 if dtype is None else dtype
    if isinstance(dtype, str) and dtype != "auto":
        dtype = getattr(torch, dtype.removeprefix("torch."))
    if wanted.device_map is not None:
        own["device_map"] = wanted.device_map
    return _loaded(transformers.AutoModelForSeq2SeqLM, wanted.model, wanted, {"dtype": dtype, **own})


def _tokenizer(wanted: Wanted) -> Any:
    name = wanted.model if wanted.tokenizer is None else wanted.tokenizer
    return _loaded(transformers.AutoTokenizer, name, wanted, {}) if isinstance(name, str) else name


def _loaded(kind: Any, name: str, wanted: Wanted, own: Mapping[str, Any]) -> Any:
    hub = {"revision": wanted.revision, "token": wanted.token, "trust_remote_code": wanted.trust_remote_code}
    given = {key: value for key, value in hub.items() if value not in (None, False)}
    with loading(name, "it", named="a folder or hub model that AutoModelForSeq2SeqLM loads"):
        return kind.from_pretrained(name, **given, **own)
