"""The trained sentence selector with its encoder computed by CTranslate2 in int8; its small head stays in numpy."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import ctranslate2
import numpy as np
from safetensors import SafetensorError
from threadpoolctl import ThreadpoolController

from pipeline.engines.conversion_cache import file_sha256, kept, name_of, opening
from pipeline.engines.lean.layers import Floats
from pipeline.engines.lean.selector import Selector, make_head, read_form
from pipeline.engines.loading import loading
from pipeline.engines.windows import PAD, WINDOW
from pipeline.errors import EngineError

VERSION = 1  # of what is converted


def open_selector(folder: Path, weights: str, stored: Path, threads: int) -> Selector:
    """The selector stored at `stored` for the model in `folder`, whose weights have the hash `weights`.

    The encoder with the selector's changes is converted once. EngineError if it cannot be, or cannot be loaded.
    """
    try:
        facts = [VERSION, ctranslate2.__version__, weights, *map(file_sha256, (folder / "config.json", stored))]
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        parts = read_form(stored)
        head = make_head(lambda name: parts[f"head.{name}"])
    except (SafetensorError, OSError, KeyError, ValueError) as error:
        raise EngineError(f"the sentence selector does not fit the model: {error}", where=str(stored)) from error
    converted = kept(name_of(facts), partial(_convert, folder, stored))
    with opening(converted):
        encoder = ctranslate2.Encoder(str(converted), compute_type="int8", inter_threads=threads, intra_threads=1)

    def read(ids: Sequence[int]) -> Floats:
        found: Floats = np.array(encoder.forward_batch([list(ids)]).last_hidden_state)[0]
        return found

    window = min(WINDOW, config.get("max_position_embeddings", WINDOW))
    return Selector(read, head, window, threads, ThreadpoolController())


def _convert(folder: Path, stored: Path, made: Path) -> None:
    """Write the conversion of the encoder with the selector's changes into `made`."""
    import transformers
    from ctranslate2.converters.transformers import BartLoader
    from ctranslate2.specs.common_spec import Activation
    from ctranslate2.specs.transformer_spec import TransformerEncoderModelSpec, TransformerEncoderSpec

    from pipeline.engines.checkpoint import quiet
    from pipeline.engines.selector import load_selector

    quiet()
    with loading(str(folder)):
        model = transformers.AutoModelForSeq2SeqLM.from_pretrained(str(folder), dtype="float32")
    encoder: Any = load_selector(stored, model.get_encoder()).encoder
    config = encoder.config
    layers = TransformerEncoderSpec(
        config.encoder_layers,
        config.encoder_attention_heads,
        pre_norm=False,
        activation=Activation.GELU,
        layernorm_embedding=True,
    )
    BartLoader().set_encoder(layers, encoder)
    spec = TransformerEncoderModelSpec(layers)
    spec.register_vocabulary([str(i) for i in range(encoder.embed_tokens.num_embeddings)])  # it is asked by ids only
    spec.config.bos_token = spec.config.eos_token = spec.config.unk_token = str(PAD)
    spec.validate()
    spec.optimize(quantization="int8")
    made.mkdir()
    spec.save(str(made))
