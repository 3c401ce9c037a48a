"""A checkpoint's own generation settings: which of them are kept, and the tokens that must be known to decode.

Checkpoints store how their authors decoded (`min_length: 56`, `num_beams: 6`, `forced_eos_token_id` …), and
`generate` fills whatever a call leaves open from there. Here the config of the run decides, so only what belongs to
the weights stays.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from transformers import GenerationConfig

from pipeline.engines.families import family_of
from pipeline.engines.languages import Languages
from pipeline.errors import EngineError

# Not kept: forced_eos_token_id, which would end a text at its limit as if it were finished.
KEPT = ("bad_words_ids", "suppress_tokens", "begin_suppress_tokens", "renormalize_logits", "forced_bos_token_id")


def stored_ids(model: Any) -> tuple[int | None, ...]:
    """The stored tokens that may name a target language: the forced first one, then the decoder's start."""
    return _stored(model, "forced_bos_token_id"), _stored(model, "decoder_start_token_id")


def own_generation(model: Any, tokenizer: Any, languages: Languages) -> GenerationConfig:
    """The generation config for our calls; EngineError if start, end or padding cannot be found anywhere."""
    kept = {key: getattr(model.generation_config, key, None) for key in KEPT}
    start = _stored(model, "decoder_start_token_id")
    if languages.written is not None:
        if start in languages.ids.values() or (start is None and _ends_with_language(tokenizer, languages)):
            start = languages.written  # mBART-25 begins with the language, later models force it after the start
        else:
            kept["forced_bos_token_id"] = languages.written
            start = tokenizer.eos_token_id if start is None else start
    end = _first(_stored(model, "eos_token_id"), tokenizer.eos_token_id, tokenizer.sep_token_id)
    pad = _first(_stored(model, "pad_token_id"), tokenizer.pad_token_id, end)
    t5 = family_of(model.config).relative is not None  # T5 and its kin begin with padding
    start = _first(start, pad if t5 else None, tokenizer.cls_token_id, tokenizer.bos_token_id)
    tokens = {"decoder_start_token_id": start, "eos_token_id": end, "pad_token_id": pad}
    for key in (key for key, value in tokens.items() if value is None):
        name = key.removesuffix("_id").replace("_", " ")
        raise EngineError(
            f"neither the config nor the tokenizer names the {name}",
            where=model.config.name_or_path,
            fix=f"set {key} in its config.json",
        )
    begin = _first(_stored(model, "bos_token_id"), tokenizer.bos_token_id)
    return GenerationConfig(**kept, **tokens, bos_token_id=begin)


def pad_with(tokenizer: Any, pad: int) -> None:
    """Give a tokenizer that has no padding token the model's."""
    if tokenizer.pad_token_id is None:
        tokenizer.pad_token = tokenizer.convert_ids_to_tokens(pad)


def _stored(model: Any, key: str) -> Any:
    """A value of the generation config, else of the config, else of the decoder's half."""
    places = (model.generation_config, model.config, getattr(model.config, "decoder", None))
    return _first(*(getattr(place, key, None) for place in places))


def _ends_with_language(tokenizer: Any, languages: Languages) -> bool:
    ids: list[int] = tokenizer("")["input_ids"]
    return ids[-1:] == [languages.read]


def _first(*values: Any) -> Any:
    candidates: Iterable[Any] = (value for value in values if value is not None)
    return next(iter(candidates), None)
