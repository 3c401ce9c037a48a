"""Tiny encoder-decoders with random weights, and what transformers 4 did with such a checkpoint, written out."""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
from transformers import (
    BartConfig,
    BartForConditionalGeneration,
    GenerationConfig,
    PegasusConfig,
    PegasusForConditionalGeneration,
    PreTrainedTokenizerFast,
    T5Config,
    T5ForConditionalGeneration,
)

POSITIONS = 48
TEXTS = [
    "The council of the harbour town voted on Monday to close the old bridge for repairs.",
    "A ferry ran aground in fog.",
    "Divers found a crack in the hull, and all crossings were cancelled until Friday, the operator said.",
]
SHAPES: dict[str, dict[str, Any]] = {
    "bart": {
        "encoder_layers": 1, "decoder_layers": 1, "encoder_attention_heads": 2, "decoder_attention_heads": 2,
        "encoder_ffn_dim": 16, "decoder_ffn_dim": 16, "max_position_embeddings": POSITIONS, "init_std": 0.6,
        "bos_token_id": 0, "pad_token_id": 1, "eos_token_id": 2, "decoder_start_token_id": 2,
    },
    "pegasus": {
        "encoder_layers": 1, "decoder_layers": 1, "encoder_attention_heads": 2, "decoder_attention_heads": 2,
        "encoder_ffn_dim": 16, "decoder_ffn_dim": 16, "max_position_embeddings": POSITIONS, "init_std": 0.6,
        "pad_token_id": 1, "eos_token_id": 2, "decoder_start_token_id": 1,
    },
    "t5": {
        "num_layers": 1, "num_heads": 2, "d_kv": 8, "d_ff": 16, "initializer_factor": 8.0, "n_positions": POSITIONS,
        "pad_token_id": 1, "eos_token_id": 2, "decoder_start_token_id": 1,
    },
}  # fmt: skip
CLASSES: dict[str, tuple[Any, Any]] = {
    "bart": (BartConfig, BartForConditionalGeneration),
    "pegasus": (PegasusConfig, PegasusForConditionalGeneration),
    "t5": (T5Config, T5ForConditionalGeneration),
}


def _tokenizer(family: str, limit: int | None) -> PreTrainedTokenizerFast:
    """Byte pairs; BART's texts begin with <s>, the others' only end with </s>."""
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)  # type: ignore[assignment]
    trainer = trainers.BpeTrainer(
        vocab_size=400,
        special_tokens=["<s>", "<pad>", "</s>", "<unk>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(TEXTS, trainer)
    tokenizer.decoder = decoders.ByteLevel()  # type: ignore[assignment]
    opening = "<s> " if family == "bart" else ""
    tokenizer.post_processor = processors.TemplateProcessing(  # type: ignore[assignment]
        single=f"{opening}$A </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    names = {"bos_token": "<s>", "eos_token": "</s>", "pad_token": "<pad>", "unk_token": "<unk>"}
    limits = {} if limit is None else {"model_max_length": limit}
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, **names, **limits)


def checkpoint(
    folder: Path,
    family: str,
    *,
    params: dict[str, Any] | None = None,
    prefix: str | None = None,
    generation: dict[str, Any] | None = None,
    limit: int | None = POSITIONS,
    legacy: bool = False,
) -> Path:
    """Save a checkpoint; `params` are its task_specific_params, `generation` its own generation settings.

    `legacy`: as before transformers 4.26, the generation settings stand in config.json.
    """
    tokenizer = _tokenizer(family, limit)
    tokenizer.save_pretrained(folder)
    _edit(folder / "tokenizer_config.json", {"tokenizer_class": "PreTrainedTokenizerFast"})  # transformers 4's name
    torch.manual_seed(11)
    config_class, model_class = CLASSES[family]
    config = config_class(vocab_size=len(tokenizer), d_model=16, **SHAPES[family])
    model = model_class(config)
    for name, value in (generation or {}).items():
        setattr(model.generation_config, name, value)
    model.save_pretrained(folder)
    own: dict[str, Any] = {"task_specific_params": params, "prefix": prefix}
    if legacy:
        (folder / "generation_config.json").unlink()
        own |= generation or {}
    _edit(folder / "config.json", {name: value for name, value in own.items() if value is not None})
    return folder


def _edit(path: Path, values: dict[str, Any]) -> None:
    path.write_text(json.dumps(json.loads(path.read_text()) | values))


def expected(
    folder: Path, texts: list[str], settings: dict[str, Any], *, prefix: str = "", truncation: bool = False
) -> list[list[int]]:
    """Token ids that `generate` writes for one padded batch with exactly these settings: the plain loop."""
    family = json.loads((folder / "config.json").read_text())["model_type"]
    model = CLASSES[family][1].from_pretrained(folder, dtype=torch.float32).eval()
    tokenizer = PreTrainedTokenizerFast.from_pretrained(folder)
    inputs = tokenizer([prefix + text for text in texts], return_tensors="pt", padding=True, truncation=truncation)
    config = deepcopy(model.generation_config)
    model.generation_config = GenerationConfig(
        **{name: getattr(config, name) for name in ("bos_token_id", "eos_token_id", "pad_token_id")},
        decoder_start_token_id=config.decoder_start_token_id,
        forced_eos_token_id=config.forced_eos_token_id,
    )
    ids = model.generate(inputs["input_ids"], attention_mask=inputs["attention_mask"], **settings)
    rows: list[list[int]] = ids.tolist()
    return rows


def decoded(folder: Path, rows: list[list[int]]) -> list[str]:
    """The texts of token ids."""
    tokenizer = PreTrainedTokenizerFast.from_pretrained(folder)
    return [tokenizer.decode(row, skip_special_tokens=True, clean_up_tokenization_spaces=False) for row in rows]
