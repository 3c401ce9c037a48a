"""Language codes of multilingual encoder-decoders: what is read, what is written, and what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
import transformers
from family_sample import CORPUS, Made, m2m, mbart, opened, request

from pipeline.config import load_config
from pipeline.engines.seq2seq import Seq2SeqEngine
from pipeline.errors import ConfigError, EngineError

TEXT = CORPUS[3][:50]


def written(engine: Seq2SeqEngine, monkeypatch: pytest.MonkeyPatch) -> tuple[list[str], list[list[str]]]:
    """The tokens of an input, and those of every text, the decoder's start included."""
    model, tokenizer = engine.checkpoint.model, engine.checkpoint.tokenizer
    plain, inputs, outputs = model.generate, list[Any](), list[torch.Tensor]()

    def spy(**how: Any) -> Any:
        found = plain(**how)
        inputs.append(how["input_ids"][0].tolist())
        outputs.append(found.sequences)
        return found

    monkeypatch.setattr(model, "generate", spy)
    engine.generate([request(TEXT)], 13)
    return tokenizer.convert_ids_to_tokens(inputs[0]), [tokenizer.convert_ids_to_tokens(r) for r in outputs[0].tolist()]


# Where the source's language stands, and with what a text begins.
CASES = {
    "mbart": ([-1], "{}", ["{}"]),
    "mbart50": ([0], "{}", ["</s>", "{}"]),
    "m2m_100": ([0], "__{}__", ["</s>", "__{}__"]),
    "nllb": ([0], "{}", ["</s>", "{}"]),
}
CODES = {
    "mbart": ("en_XX", "de_DE", "fr_XX"), "m2m_100": ("en", "de", "fr"), "nllb": ("eng_Latn", "deu_Latn", "fra_Latn"),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_english_by_default_and_a_summary_in_the_articles_language(
    made: Made, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (place,), form, begin = CASES[name]
    english, german, french = CODES[name.removesuffix("50")]
    for settings, (read, wrote) in {
        (): (english, english),
        (f"engine.source_language={german}",): (german, german),
        (f"engine.target_language={french}",): (english, french),
        (f"engine.source_language={german}", f"engine.target_language={french}"): (german, french),
    }.items():
        source, texts = written(opened(made(name), *settings), monkeypatch)
        assert source[place] == form.format(read)
        for text in texts:
            assert text[: len(begin)] == [part.format(wrote) for part in begin]


def test_a_stored_target_language_is_kept_until_another_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "m2m").mkdir()
    (tmp_path / "mbart").mkdir()
    folder = m2m(tmp_path / "m2m")
    german = transformers.AutoTokenizer.from_pretrained(folder).get_lang_id("de")
    again = m2m(folder, forced_bos_token_id=german)
    _, texts = written(opened(again), monkeypatch)
    assert {text[1] for text in texts} == {"__de__"}
    _, texts = written(opened(again, "engine.target_language=en"), monkeypatch)
    assert {text[1] for text in texts} == {"__en__"}
    folder = mbart(tmp_path / "mbart")
    romanian = transformers.AutoTokenizer.from_pretrained(folder).convert_tokens_to_ids("ro_RO")
    _, texts = written(opened(mbart(folder, decoder_start_token_id=romanian)), monkeypatch)
    assert {text[0] for text in texts} == {"ro_RO"}


def test_marian_reads_the_target_language_before_the_text(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = made("marian_multilingual")
    plain, german = opened(folder), opened(folder, "engine.target_language=deu")
    assert german.budget == plain.budget - 1
    source, texts = written(german, monkeypatch)
    assert source[0] == ">>deu<<"
    assert not any(">>" in "".join(text) for text in texts if text[0] != "<pad>")
    source, _ = written(plain, monkeypatch)
    assert source[0] != ">>deu<<"
    with pytest.raises(EngineError, match="source language from its weights"):
        opened(made("marian_multilingual"), "engine.source_language=deu")


@pytest.mark.parametrize(
    ("name", "setting", "parts"),
    [("m2m_100", "source_language=english", ["engine.source_language: english", "valid: af, am, ar"]),
     ("m2m_100", "target_language=en_XX", ["engine.target_language: en_XX", "did you mean en?"]),
     ("mbart", "target_language=de", ["does not know the language", "did you mean de_DE?", "ar_AR, cs_CZ"]),
     ("nllb", "source_language=en", ["valid: deu_Latn, eng_Latn, fra_Latn, zho_Hans"]),
     ("marian_multilingual", "target_language=spa", ["valid: deu, fra"]),
     ("bart", "source_language=en_XX", ["has no language codes", "leave it out"]),
     ("marian", "target_language=fra", ["has no language codes"]),
     ("mt5", "target_language=en", ["has no language codes"])],
)  # fmt: skip
def test_a_code_that_a_model_does_not_know_is_refused(made: Made, name: str, setting: str, parts: list[str]) -> None:
    with pytest.raises(EngineError) as caught:
        opened(made(name), f"engine.{setting}")
    assert all(part in str(caught.value) for part in parts), str(caught.value)


@pytest.mark.parametrize("engine", ["embedded", "lead", "fake"])
def test_engines_without_languages_refuse_them_in_the_config(engine: str) -> None:
    with pytest.raises(ConfigError, match="engine.target_language: has no effect on the engine"):
        load_config(None, [f"engine.name={engine}", "engine.target_language=en"])
