"""What a recipe begins with: a folder with a BART, its tokenizer, and where they come from."""

from __future__ import annotations

import shutil
from pathlib import Path

import torch
from transformers import BartConfig, BartForConditionalGeneration

from pipeline.errors import InputError
from pipeline.train.settings import MADE, Recipe
from pipeline.train.tokenizer import texts_of, train_tokenizer
from pipeline.train.warm import minilm_folder, warm_start

NEEDED = ("config.json", "model.safetensors", "tokenizer.json")


def check_start(recipe: Recipe) -> None:
    """Fail before any work if the start cannot be used: InputError or MissingExtra."""
    if recipe.start == "minilm":
        minilm_folder()
    elif recipe.start not in MADE:
        lost = [name for name in NEEDED if not (Path(recipe.start) / name).is_file()]
        if lost:
            raise InputError(
                f"no checkpoint there: {', '.join(lost)} missing",
                where=f"start: {recipe.start}",
                fix="name a folder with a BART and its tokenizer, minilm or random",
            )
        if BartConfig.get_config_dict(recipe.start)[0].get("model_type") != "bart":
            raise InputError("not a BART", where=f"start: {recipe.start}", fix="fine-tune others with kind: finetune")


def make_start(recipe: Recipe, data: Path, out: Path) -> None:
    """Write the tokenizer and the first weights into the folder `out`."""
    if recipe.tokenizer is None:
        for name in NEEDED:
            shutil.copyfile(Path(recipe.start) / name, out / name)
        return
    sets = dict.fromkeys(name for stage in recipe.stages for name in stage.data)
    tokenizer = train_tokenizer(texts_of(data, sets, recipe.tokenizer.documents), recipe.tokenizer.vocabulary)
    tokenizer.save(str(out / "tokenizer.json"))
    shape = bart_shape(recipe, tokenizer.get_vocab_size())
    if recipe.start == "minilm":
        model = warm_start(minilm_folder(), tokenizer, shape, recipe.seed)
    else:
        torch.manual_seed(recipe.seed)
        model = BartForConditionalGeneration(shape)
    model.save_pretrained(out)


def bart_shape(recipe: Recipe, vocabulary: int) -> BartConfig:
    """The configuration of a BART made here."""
    shape = recipe.shape
    return BartConfig(
        vocab_size=vocabulary,
        d_model=shape.width,
        encoder_layers=shape.encoder_layers,
        decoder_layers=shape.decoder_layers,
        encoder_attention_heads=shape.heads,
        decoder_attention_heads=shape.heads,
        encoder_ffn_dim=shape.feed_forward,
        decoder_ffn_dim=shape.feed_forward,
        max_position_embeddings=shape.positions,
        forced_eos_token_id=None,
    )
