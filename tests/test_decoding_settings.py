"""Decoding settings of seq2seq against transformers' own generate, token for token, and where they do nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from compat_sample import POSITIONS, TEXTS, checkpoint, decoded, expected

from pipeline.config import load_config
from pipeline.engines import open_engine
from pipeline.errors import ConfigError
from pipeline.records import Request

PLAIN: dict[str, Any] = {
    "num_beams": 4,
    "num_return_sequences": 4,
    "no_repeat_ngram_size": 3,
    "forced_eos_token_id": None,  # the engine does not end a text by force: it would look finished
    "max_new_tokens": POSITIONS - 2,  # what its decoder has positions for, the start and the end left out
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return checkpoint(tmp_path_factory.mktemp("decoding") / "bart", "bart")


@pytest.mark.parametrize(
    ("overrides", "settings"),
    [
        ([], {}),
        (["engine.repetition_penalty=1.8"], {"repetition_penalty": 1.8}),
        (["engine.early_stopping=true"], {"early_stopping": True}),
        (["engine.min_new_tokens=12"], {"min_new_tokens": 12}),
        (["engine.length_penalty=-2.0", "engine.no_repeat_ngram=1"], {"length_penalty": -2.0,
                                                                      "no_repeat_ngram_size": 1}),
        (["engine.beams=6"], {"num_beams": 6}),
    ],
)  # fmt: skip
def test_n_best_is_that_of_generate(folder: Path, overrides: list[str], settings: dict[str, Any]) -> None:
    values = ["engine.name=seq2seq", f"engine.model={folder}", "engine.copy_prior=0", *overrides]
    engine = open_engine(load_config(None, values).engine)
    request = Request("r", "a", "summary", TEXTS[0], (0,), ("summary",))
    (found,) = engine.generate([request], 13)
    rows = expected(folder, TEXTS[:1], {**PLAIN, **settings})
    assert [generated.text for generated in found] == [text.strip() for text in decoded(folder, rows)]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (["engine.repetition_penalty=1.2"], "seq2seq only, not on embedded"),
        (["engine.min_new_tokens=5", "engine.name=lead"], "seq2seq only, not on lead"),
        (["engine.early_stopping=true", "engine.name=seq2seq", "engine.model=m", "engine.beams=1",
          "engine.candidates=1"], "no effect without a beam search"),
        (["engine.early_stopping=true", "engine.name=seq2seq", "engine.model=m", "engine.sample=true"], "no effect"),
        (["engine.repetition_penalty=0"], "repetition_penalty"),
        (["outputs.headlines.diversity=1.5"], "diversity"),
    ],
)  # fmt: skip
def test_settings_that_would_do_nothing_are_faults(values: list[str], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        load_config(None, values)
