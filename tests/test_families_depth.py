"""BART, T5, PEGASUS, LED and M2M100 against plain `generate` of transformers, and what is particular to each.

The oracle loads the checkpoint by itself and states every setting in its call.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
import transformers
from family_sample import CORPUS, Made, bart, bert2bert, opened, request

from pipeline.engines.families import own_prefix
from pipeline.errors import EngineError

TEXT = CORPUS[3][:60]
# prefix, tokens it may write (142, or its positions less start and end), first token forced
DEEP = {
    "bart": ("", 94, "<s>"),
    "t5": ("summarize: ", 142, None),
    "pegasus": ("", 94, None),
    "led": ("", 62, None),
    "m2m_100": ("", 94, "__en__"),
}


@pytest.mark.parametrize("name", DEEP)
def test_texts_and_scores_equal_those_of_plain_transformers(made: Made, name: str) -> None:
    prefix, limit, first = DEEP[name]
    (found,) = opened(made(name), beams=3).generate([request(TEXT, words=None)], 13)
    tokenizer = transformers.AutoTokenizer.from_pretrained(made(name))
    model = transformers.AutoModelForSeq2SeqLM.from_pretrained(made(name)).eval()
    inputs = tokenizer([prefix + TEXT], return_tensors="pt")
    inputs.pop("token_type_ids", None)
    if name == "led":
        inputs["global_attention_mask"] = torch.zeros_like(inputs["input_ids"])
        inputs["global_attention_mask"][0, 0] = 1
    forced = None if first is None else tokenizer.convert_tokens_to_ids(first)
    sequences = model.generate(
        **inputs, num_beams=3, num_return_sequences=2, max_new_tokens=limit, min_new_tokens=0, length_penalty=1.0,
        no_repeat_ngram_size=3, early_stopping=False, forced_bos_token_id=forced, forced_eos_token_id=None,
    )  # fmt: skip
    texts = tokenizer.batch_decode(sequences, skip_special_tokens=True)
    assert [text.text for text in found] == [text.replace("<n>", "\n").strip() for text in texts]
    for text, row in zip(found, sequences, strict=True):
        assert text.logprob == pytest.approx(mean_logprob(model, inputs, row, forced), abs=1e-4)


def mean_logprob(model: Any, inputs: Any, row: torch.Tensor, forced: int | None) -> float:
    """The mean log-probability of a row's tokens by one forward pass; a forced token has none to lose."""
    with torch.inference_mode():
        logits = model(**inputs, decoder_input_ids=row[None, :-1]).logits[0]
    written = row[1:]
    sure = logits.log_softmax(-1).gather(1, written[:, None])[:, 0][written != model.config.pad_token_id]
    if forced is not None:
        assert written[0] == forced
        sure[0] = 0.0
    return float(sure.mean())


def test_the_task_settings_name_the_prefix(made: Made, tmp_path: Path) -> None:
    assert opened(made("t5")).prefix == "summarize: "  # by task_specific_params
    assert opened(made("flan_t5")).prefix == "summarize: "  # by its family
    assert opened(made("mt5")).prefix == opened(made("longt5")).prefix == opened(made("bart")).prefix == ""
    assert opened(made("t5"), "engine.prefix='tell: '").prefix == "tell: "
    assert opened(made("t5"), "engine.prefix=''").prefix == ""
    copy = shutil.copytree(made("t5"), tmp_path / "t5")
    change(copy / "config.json", task_specific_params={"summarization": {"prefix": "shorten: "}})
    assert opened(copy).prefix == "shorten: "
    assert own_prefix(transformers.T5Config(task_specific_params={"translation_en_to_de": {"prefix": "de: "}})) == (
        "summarize: "
    )


def change(path: Path, **values: object) -> None:
    path.write_text(json.dumps({**json.loads(path.read_text()), **values}))


def test_a_prefix_changes_what_t5_writes(made: Made) -> None:
    with_prefix = opened(made("t5")).generate([request(TEXT)], 13)
    assert with_prefix != opened(made("t5"), "engine.prefix=''").generate([request(TEXT)], 13)


def test_leds_first_token_sees_the_whole_text(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    engine, seen = opened(made("led")), list[dict[str, Any]]()
    model = engine.checkpoint.model
    plain = model.generate
    monkeypatch.setattr(model, "generate", lambda **how: (seen.append(how), plain(**how))[1])
    texts = [" ".join(CORPUS[:2])[:150], TEXT]
    engine.generate([request(text) for text in texts], 13)
    mask = seen[0]["global_attention_mask"]
    assert mask.shape == seen[0]["input_ids"].shape
    assert mask.sum(0).tolist() == [2, *[0] * (mask.shape[1] - 1)]
    ids = {key: seen[0][key] for key in ("input_ids", "attention_mask")}
    with torch.inference_mode():
        wide = model.get_encoder()(**ids, global_attention_mask=mask).last_hidden_state
        narrow = model.get_encoder()(**ids).last_hidden_state
    # Beyond the window of 4 tokens on each side, twice for two layers, only the first token passes anything on.
    assert (wide - narrow)[0, 0].abs().max() > 0.01
    assert (wide - narrow)[0, 20:60].abs().max() > 0.001


OLD = {"min_length": 56, "max_length": 57, "num_beams": 6, "early_stopping": True, "no_repeat_ngram_size": 1,
       "length_penalty": 9.0, "repetition_penalty": 3.0, "forced_eos_token_id": 2, "do_sample": True}  # fmt: skip


@pytest.mark.parametrize("file", ["generation_config.json", "config.json"])
def test_stored_generation_settings_do_not_decide(made: Made, tmp_path: Path, file: str) -> None:
    copies = [shutil.copytree(made("bart"), tmp_path / name) for name in ("plain", "stored")]
    for copy in copies:
        change(copy / "config.json", forced_bos_token_id=0, decoder_start_token_id=2)
        if file == "config.json":
            (copy / "generation_config.json").unlink()  # as before transformers 4.26
    (copies[0] / "generation_config.json").write_text(json.dumps({"decoder_start_token_id": 2, "forced_bos_token_id": 0,
                                                                  "eos_token_id": 2, "pad_token_id": 1}))  # fmt: skip
    change(copies[1] / file, **OLD)
    plain, stored = (opened(copy).generate([request(TEXT)], 13) for copy in copies)
    assert plain == stored


def test_a_text_cut_at_its_limit_is_not_taken_for_a_finished_one(tmp_path: Path) -> None:
    """The checkpoint forces its end token at the limit, as BART's does."""
    engine = opened(bart(tmp_path))
    (found,) = engine.generate([request(TEXT, words=1)], 13)
    assert all("unfinished" in text.flags for text in found)


def test_the_parts_of_a_pair_get_start_end_and_padding_from_the_tokenizer(made: Made, tmp_path: Path) -> None:
    generation = opened(made("bert2bert")).checkpoint.model.generation_config
    names = {"decoder_start_token_id": "[CLS]", "eos_token_id": "[SEP]", "pad_token_id": "[PAD]"}
    tokenizer = transformers.AutoTokenizer.from_pretrained(made("bert2bert"))
    for key, token in names.items():
        assert getattr(generation, key) == tokenizer.convert_tokens_to_ids(token)
    stated = opened(bert2bert(tmp_path, decoder_start_token_id=7)).checkpoint.model.generation_config
    assert stated.decoder_start_token_id == 7


def test_a_pair_that_nothing_says_how_to_begin_is_an_error(made: Made, tmp_path: Path) -> None:
    copy = shutil.copytree(made("bert2bert"), tmp_path / "copy")
    engine = opened(copy)
    tokenizer = engine.checkpoint.tokenizer
    bare = transformers.PreTrainedTokenizerFast(tokenizer_object=tokenizer.backend_tokenizer, pad_token="[PAD]")
    (copy / "tokenizer_config.json").unlink()
    bare.save_pretrained(copy)
    with pytest.raises(EngineError, match="decoder start token") as caught:
        opened(copy)
    assert "decoder_start_token_id in its config.json" in str(caught.value)


def test_a_copy_prior_keeps_to_the_source(made: Made) -> None:
    source = "the mayor thanked the people"
    for name in ("bert2bert", "bart"):
        free, bound = opened(made(name)), opened(made(name), "engine.copy_prior=20", "engine.no_repeat_ngram=0")
        tokenizer = free.checkpoint.tokenizer
        allowed = {tokenizer.decode([i]) for i in tokenizer(source, add_special_tokens=False)["input_ids"]}
        used = set("".join(allowed).replace(" ", ""))
        (texts,) = bound.generate([request(source)], 13)
        assert all(set(text.text.replace(" ", "")) <= used for text in texts)
        (texts,) = free.generate([request(source)], 13)
        assert not all(set(text.text.replace(" ", "")) <= used for text in texts)
