"""Every family of encoder-decoders through the engine seq2seq, with tiny random checkpoints loaded as hub models are.

The numbers of tokens come from the checkpoints' shapes (tests/family_sample.py); what an input holds is counted with a
tokenizer of its own.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from types import SimpleNamespace
from typing import Any

import pytest
import torch
import transformers
from family_sample import CHECKPOINTS, CORPUS, Made, opened, request

from pipeline.config import load_config
from pipeline.engines.decoding import n_best
from pipeline.engines.encodings import Encodings
from pipeline.engines.families import FAMILIES, source_limit
from pipeline.engines.seq2seq import Seq2SeqEngine
from pipeline.generate import generate
from pipeline.plan import plan
from pipeline.text.article import make_article

# Tokens an input may have. Positions less those that no token gets (ProphetNet, RoBERTa: from behind the padding
# token's id; LED: whole windows of 8), or what the tokenizer states if that is less; for T5 and its kin, which have no
# positions, what config or tokenizer state, or what they were trained with.
LIMITS = {
    "bart": 96, "mbart": 80, "mbart50": 80, "pegasus": 96, "pegasus_x": 120, "bigbird_pegasus": 128, "t5": 128,
    "flan_t5": 96, "byt5": 1024, "mt5": 1024, "umt5": 1024, "longt5": 160, "led": 96, "marian": 80,
    "marian_multilingual": 80, "m2m_100": 96, "nllb": 96, "prophetnet": 95, "bert2bert": 96, "roberta2roberta": 94,
}  # fmt: skip
PREFIXES = dict.fromkeys(("t5", "flan_t5", "byt5"), "summarize: ")
SPECIAL = {"bart": 2, "led": 2, "mbart": 2, "mbart50": 2, "m2m_100": 2, "nllb": 2, "bert2bert": 2, "roberta2roberta": 2}
ARTICLE = make_article("a", " ".join(sentence for text in CORPUS for sentence in text.split("; ")))
Ready = Callable[[str], Seq2SeqEngine]


@pytest.fixture(scope="module")
def ready(made: Made) -> Ready:
    """The engine of a family with its defaults, opened once."""
    return cache(lambda name: opened(made(name)))


def test_every_family_has_its_numbers() -> None:
    assert LIMITS.keys() == CHECKPOINTS.keys()


@pytest.mark.parametrize("name", CHECKPOINTS)
def test_a_long_article_goes_in_within_the_limit_and_whole(ready: Ready, name: str) -> None:
    engine, prefix = ready(name), PREFIXES.get(name, "")
    tokenizer = engine.checkpoint.tokenizer
    bare = len(tokenizer(prefix, add_special_tokens=False)["input_ids"])
    assert engine.budget == LIMITS[name] - bare - SPECIAL.get(name, 1)
    chunks = [r.source for r in plan(ARTICLE, ("summary",), load_config(None).outputs, engine)]
    assert len(chunks) > 1
    assert " ".join(chunks).split() == ARTICLE.text.split()
    sizes = [len(tokenizer(prefix + chunk)["input_ids"]) for chunk in chunks]
    assert max(sizes) <= LIMITS[name]
    assert min(sizes[:-1]) > LIMITS[name] / 3
    assert engine.count_tokens(chunks[0]) == sizes[0] - bare - SPECIAL.get(name, 1)


@pytest.mark.parametrize("name", CHECKPOINTS)
def test_the_encoder_reads_as_many_tokens_as_the_limit_says(ready: Ready, name: str) -> None:
    engine = ready(name)
    ids = torch.full((1, LIMITS[name]), engine.checkpoint.tokenizer.convert_tokens_to_ids("."))
    with torch.inference_mode():
        states = engine.checkpoint.model.get_encoder()(input_ids=ids, attention_mask=torch.ones_like(ids))
    assert states.last_hidden_state.shape[1] >= LIMITS[name]
    assert torch.isfinite(states.last_hidden_state).all()


@pytest.mark.parametrize("name", ["bart", "mbart", "pegasus", "led", "marian", "bert2bert", "roberta2roberta"])
def test_one_token_more_has_no_position(made: Made, name: str) -> None:
    engine = opened(made(name), "engine.max_source_tokens=5000")
    ids = torch.full((1, engine.checkpoint.max_tokens + 1), engine.checkpoint.tokenizer.convert_tokens_to_ids("."))
    with torch.inference_mode(), pytest.raises((IndexError, RuntimeError)):
        engine.checkpoint.model.get_encoder()(input_ids=ids, attention_mask=torch.ones_like(ids))


@pytest.mark.parametrize("name", CHECKPOINTS)
def test_n_best_plain_texts_with_scores_the_same_again(ready: Ready, name: str) -> None:
    engine = ready(name)
    requests = [request(CORPUS[0][: 9 * i]) for i in (1, 3, 2)]
    found = engine.generate(requests, 13)
    assert [len(texts) for texts in found] == [2, 2, 2]
    marks = {*engine.checkpoint.tokenizer.all_special_tokens, "<n>", "__", ">>"}
    marks |= {code for code in engine.languages.ids if len(code) > 3}
    for text in (t for texts in found for t in texts):
        assert text.logprob is not None and math.isfinite(text.logprob) and text.logprob < 0
        assert text.weakest is not None and text.weakest <= text.logprob
        assert not [mark for mark in marks if mark in text.text]
    assert engine.generate(requests, 13) == found
    alone = [engine.generate([one], 13)[0] for one in requests]
    assert [[t.text for t in texts] for texts in alone] == [[t.text for t in texts] for texts in found]


def test_bigbird_returns_to_sparse_attention_after_a_short_text(ready: Ready) -> None:
    engine = ready("bigbird_pegasus")
    long, short = request(" ".join(CORPUS[:2])[:100]), request("The mayor")
    fresh = engine.generate([long], 13)
    assert engine.checkpoint.model.get_encoder().attention_type == "block_sparse"
    engine.generate([short], 13)
    assert engine.checkpoint.model.get_encoder().attention_type == "original_full"
    assert engine.generate([long], 13) == fresh
    engine.generate([request(" ".join(CORPUS[1:3])[:100])], 13)
    assert engine.checkpoint.model.get_encoder().attention_type == "block_sparse"


@pytest.mark.parametrize(
    ("name", "text"),
    [("pegasus", "The council voted on Monday<n>the mayor said nobody was hurt"),
     ("bigbird_pegasus", "The council voted on Monday<n>the mayor said nobody was hurt<n>"),
     ("prophetnet", "the council voted on monday [X_SEP] the mayor said nobody was hurt [SEP]")],
)  # fmt: skip
def test_the_mark_between_sentences_ends_a_sentence(
    made: Made, name: str, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = opened(made(name), "engine.candidates=1")
    ids = torch.tensor([engine.checkpoint.tokenizer(text, add_special_tokens=False)["input_ids"]])
    model = engine.checkpoint.model
    monkeypatch.setattr(model, "generate", lambda **_: SimpleNamespace(sequences=ids, scores=(), beam_indices=None))
    monkeypatch.setattr(model, "compute_transition_scores", lambda *_, **__: -torch.ones(ids.shape))
    found = [candidate.text.lower() for candidate in generate([request("x")], engine, 1, 13)]
    assert found == ["the council voted on monday", "the mayor said nobody was hurt"]


@pytest.mark.parametrize("name", ["bart", "t5", "m2m_100", "prophetnet", "marian_multilingual"])
def test_special_tokens_in_an_article_are_text(ready: Ready, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    engine, seen = ready(name), list[torch.Tensor]()
    tokenizer, model = engine.checkpoint.tokenizer, engine.checkpoint.model
    end = tokenizer.eos_token or tokenizer.sep_token
    plain, spy = model.generate, lambda **how: (seen.append(how["input_ids"]), plain(**how))[1]
    monkeypatch.setattr(model, "generate", spy)
    engine.generate([request(f">>deu<< The {end} council __de__ voted {tokenizer.pad_token} twice.")], 13)
    special = [i for i in seen[0][0].tolist() if i in {*tokenizer.all_special_ids, *engine.languages.ids.values()}]
    empty = [i for i in tokenizer(engine.prefix)["input_ids"] if i in tokenizer.all_special_ids]
    unknown = tokenizer.unk_token_id
    assert [i for i in special if i != unknown] == [i for i in empty if i != unknown]


def test_a_word_beyond_the_limit_is_cut_and_flagged(ready: Ready) -> None:
    engine = ready("bart")
    (texts,) = engine.generate([request("A" + "b7" * 200)], 13)
    assert all("truncated_input" in text.flags for text in texts)
    (texts,) = engine.generate([request(CORPUS[0][:40])], 13)
    assert not any("truncated_input" in text.flags for text in texts)


def pair(half: Any) -> Any:
    return transformers.EncoderDecoderConfig.from_encoder_decoder_configs(half, half)


NONE = int(1e30)  # what a tokenizer without a limit states
# Configs as on the hub, what the tokenizer states, what the config of the run wants: tokens to read.
STATED = [
    (transformers.BartConfig(), 1024, None, 1024),
    (transformers.BartConfig(), NONE, None, 1024),
    (transformers.BartConfig(), NONE, 512, 512),
    (transformers.BartConfig(), 512, 4096, 1024),
    (transformers.BartConfig(), 512, None, 512),
    (transformers.PegasusConfig(max_position_embeddings=512), 512, None, 512),
    (transformers.PegasusXConfig(), NONE, None, 16384),
    (transformers.BigBirdPegasusConfig(), 4096, None, 4096),
    (transformers.LEDConfig(attention_window=[1024] * 12), 16384, None, 16384),
    (transformers.LEDConfig(max_encoder_position_embeddings=5000, attention_window=1024), NONE, None, 4096),
    (transformers.T5Config(n_positions=512), 512, None, 512),
    (transformers.T5Config(n_positions=512), 512, 2048, 2048),
    (transformers.T5Config(), NONE, None, 512),
    (transformers.MT5Config(), NONE, None, 1024),
    (transformers.LongT5Config(n_positions=4096), NONE, None, 4096),
    (transformers.LongT5Config(n_positions=4096), 16384, None, 16384),
    (transformers.ProphetNetConfig(), 512, None, 511),
    (transformers.MarianConfig(max_position_embeddings=512), 512, None, 512),
    (pair(transformers.BertConfig()), 512, None, 512),
    (pair(transformers.RobertaConfig(max_position_embeddings=514, pad_token_id=1)), 512, None, 512),
    (pair(transformers.RobertaConfig(max_position_embeddings=514, pad_token_id=1)), NONE, None, 512),
]


@pytest.mark.parametrize(("config", "tokenizer", "wanted", "limit"), STATED)
def test_the_limit_of_configs_as_they_are_on_the_hub(config: Any, tokenizer: int, wanted: Any, limit: int) -> None:
    assert source_limit(config, SimpleNamespace(model_max_length=tokenizer), wanted) == limit


def test_the_tables_name_families_that_transformers_has() -> None:
    known: Any = transformers.models.auto.configuration_auto.CONFIG_MAPPING_NAMES
    assert not FAMILIES.keys() - set(known)


@pytest.mark.parametrize("name", CHECKPOINTS)
def test_a_text_is_encoded_once_for_all_that_is_asked_of_it(
    made: Made, ready: Ready, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Texts and scores are those of transformers' own encoding; the padding of a batch does not reach the encoder."""
    texts = [CORPUS[0][:24], CORPUS[1][:40], CORPUS[0][:40]]
    engine, seen = opened(made(name)), list[int]()
    encoder = engine.checkpoint.model.get_encoder()
    encoder.register_forward_pre_hook(lambda *_, **__: seen.append(1))
    found = [engine.generate([replace(request(text), words=words) for text in texts], 13) for words in (4, 9, 4)]
    assert len(seen) == len(texts)
    assert found[0] == found[2] != found[1]
    for text, own in zip(texts, found[0], strict=True):
        inputs = engine._encoded([request(text)])
        limit = engine.most_tokens([replace(request(text), words=4)])
        (plain,) = n_best(engine.checkpoint.model, engine.checkpoint.tokenizer, inputs, engine.settings,
                          max_new_tokens=limit, decode=engine.texts)  # fmt: skip
        assert [t.text for t in own] == [t.text for t in plain]
        assert [t.logprob for t in own] == pytest.approx([t.logprob for t in plain], abs=1e-4)


def test_encodings_are_kept_within_their_room() -> None:
    made: list[int] = []

    def encode(row: Mapping[str, torch.Tensor]) -> torch.Tensor:
        made.append(int(row["input_ids"][0, 0]))
        return row["input_ids"][..., None].float() * torch.ones(1, 1, 2)

    def inputs(*sizes: int) -> dict[str, torch.Tensor]:
        ids = torch.nn.utils.rnn.pad_sequence([torch.full((n,), n) for n in sizes], batch_first=True)
        return {"input_ids": ids, "attention_mask": (ids > 0).long()}

    encodings = Encodings(tokens=10)
    hidden = encodings.of(inputs(3, 5), encode).last_hidden_state
    assert hidden is not None and hidden.shape == (2, 5, 2)
    assert hidden[0, :, 0].tolist() == [3, 3, 3, 0, 0] and hidden[1, :, 1].tolist() == [5] * 5
    encodings.of(inputs(5, 3), encode)
    assert made == [3, 5]
    encodings.of(inputs(4), encode)  # 12 tokens: 5, which was asked for before 3, goes
    encodings.of(inputs(3), encode)
    encodings.of(inputs(20), encode)  # more than there is room for is kept alone
    encodings.of(inputs(20), encode)
    assert made == [3, 5, 4, 20]
