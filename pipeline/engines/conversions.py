"""Checkpoints converted for CTranslate2."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import ctranslate2
import torch
import transformers
from ctranslate2.converters import TransformersConverter

from pipeline.engines.conversion_cache import kept
from pipeline.engines.families import CONVERTIBLE
from pipeline.errors import EngineError
from pipeline.files import write_json

VERSION = 1  # of what is written below
UNUSED = "<unused row "  # beginning of the name of a token that only the model has


def demand_support(model_type: str, where: str) -> None:
    """EngineError for a family that CTranslate2 does not convert."""
    if model_type not in CONVERTIBLE:
        raise EngineError(
            f"CTranslate2 converts no {model_type} model; it does {', '.join(CONVERTIBLE)}",
            where=where,
            fix="use the engine seq2seq for it",
        )


def converted(weights: str, model: Any, tokenizer: Any, dtype: str, load: Callable[[], Any]) -> Path:
    """The folder of the conversion of a checkpoint, made if it is not there.

    `weights` names the weights (a hash, a commit), `model` holds their config and generation config, `load` gives the
    torch model. EngineError if it cannot be made.
    """
    name = _key(weights, model, tokenizer, dtype)
    return kept(name, lambda folder: convert(model, tokenizer, dtype, load, folder))


def _key(weights: str, model: Any, tokenizer: Any, dtype: str) -> str:
    """Everything a conversion depends on, as one name."""
    tokens = sorted(tokenizer.get_vocab().items(), key=lambda item: (item[1], item[0]))
    start = model.generation_config.decoder_start_token_id
    facts = [VERSION, ctranslate2.__version__, transformers.__version__, weights, model.config.to_json_string()]
    text = json.dumps([*facts, tokens, start, dtype])
    return hashlib.sha256(text.encode()).hexdigest()[:32]


class _Converter(TransformersConverter):  # type: ignore[misc]
    """The converter, given a model and a tokenizer instead of names to load them by."""

    def __init__(self, model: Any, tokenizer: Any) -> None:
        super().__init__("")
        self.model, self.tokenizer = model, tokenizer

    def load_model(self, *_: Any, **__: Any) -> Any:
        return self.model

    def load_tokenizer(self, *_: Any, **__: Any) -> Any:
        return self.tokenizer


class _Vocabulary:
    """A tokenizer with as many tokens as the model has rows for: filled up, or without what was added behind them."""

    num_madeup_words = 0

    def __init__(self, tokenizer: Any, size: int) -> None:
        self._tokenizer, self._size = tokenizer, size

    def __getattr__(self, name: str) -> Any:
        return getattr(self._tokenizer, name)

    def get_vocab(self) -> dict[str, int]:
        known = {i: token for token, i in self._tokenizer.get_vocab().items()}
        return {known.get(i, f"{UNUSED}{i}>"): i for i in range(self._size)}


def token_id(tokenizer: Any, token: str) -> int:
    """The id of a token of a conversion; those that the tokenizer does not know are named by their ids."""
    if token.startswith(UNUSED):
        return int(token[len(UNUSED) : -1])
    found: int = tokenizer.convert_tokens_to_ids(token)
    return found


def convert(model: Any, tokenizer: Any, dtype: str, load: Callable[[], Any], folder: Path) -> None:
    """Write the conversion; arguments as for `converted`."""
    whole = load()
    for name, value in CONVERTIBLE[model.config.model_type].items():
        setattr(whole.config, name, value)
    whole.config.decoder_start_token_id = model.generation_config.decoder_start_token_id
    whole.config.dtype = torch.float32
    with tempfile.TemporaryDirectory() as config:
        whole.config.save_pretrained(config)
        converter = _Converter(whole, _Vocabulary(tokenizer, whole.get_input_embeddings().num_embeddings))
        converter._model_name_or_path = config
        try:
            converter.convert(str(folder), quantization=None if dtype == "auto" else dtype)
        except (ValueError, KeyError, AttributeError, NotImplementedError, RuntimeError) as error:
            raise EngineError(
                f"CTranslate2 cannot convert this model: {error}",
                where=model.config.name_or_path,
                fix="use the engine seq2seq for it",
            ) from error
    _name_tokens(folder / "config.json", tokenizer)


def _name_tokens(path: Path, tokenizer: Any) -> None:
    """Fill in the tokens that the tokenizer does not name: CTranslate2 wants a name for each."""
    config = json.loads(path.read_text(encoding="utf-8"))
    for key in ("bos_token", "unk_token"):
        if key in config and config[key] is None:
            config[key] = tokenizer.eos_token
    write_json(path, config)
