"""The call of transformers 4: same shapes, same defaults, the same tokens as the plain loop, and clear errors."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from compat_sample import POSITIONS, TEXTS, checkpoint, decoded, expected

from pipeline.compat import pipeline
from pipeline.compat.embedded import contract
from pipeline.compat.options import KNOWN
from pipeline.errors import EngineError, InputError

LONG = " ".join(TEXTS * 2)
SUMMARY = {"max_length": 18, "min_length": 5, "num_beams": 3, "no_repeat_ngram_size": 3, "early_stopping": True}
OWN = {"num_beams": 2, "max_length": 12, "length_penalty": 0.6}


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Checkpoints with task settings and prefix (bart, t5), with their own settings (pegasus), and with none."""
    root = tmp_path_factory.mktemp("checkpoints")
    return {
        "bart": checkpoint(root / "bart", "bart", prefix=" ", params={"summarization": SUMMARY}, generation=OWN),
        "t5": checkpoint(root / "t5", "t5", params={"summarization": {**SUMMARY, "prefix": "summarize: "}}),
        "pegasus": checkpoint(root / "pegasus", "pegasus", generation=OWN),
        "legacy": checkpoint(root / "legacy", "bart", legacy=True, generation=OWN),
        "plain": checkpoint(root / "plain", "bart"),
        "unlimited": checkpoint(root / "unlimited", "bart", limit=None),
    }


def ids_of(records: Any) -> list[list[int]]:
    return [record["summary_token_ids"].tolist() for record in records]


@pytest.mark.parametrize(
    ("name", "settings", "prefix"),
    [
        ("bart", {**OWN, **SUMMARY}, " "),
        ("t5", SUMMARY, "summarize: "),
        ("pegasus", OWN, ""),
        ("legacy", OWN, ""),
    ],
)
def test_defaults_are_the_checkpoints_then_the_tasks(
    folders: dict[str, Path], name: str, settings: dict[str, Any], prefix: str
) -> None:
    pipe = pipeline("summarization", model=str(folders[name]))
    alone = [expected(folders[name], [text], settings, prefix=prefix)[0] for text in TEXTS]
    assert ids_of(pipe(TEXTS, return_tensors=True)) == alone
    assert pipe(TEXTS) == [{"summary_text": text} for text in decoded(folders[name], alone)]


@pytest.mark.parametrize(
    ("given", "settings"),
    [
        ({"max_length": 9}, {**SUMMARY, "max_length": 9}),
        ({"max_new_tokens": 7}, {**SUMMARY, "max_length": 8}),
        ({"max_length": 10, "min_length": 8}, {**SUMMARY, "max_length": 10, "min_length": 8}),
        ({"max_length": 14, "min_new_tokens": 9}, {**SUMMARY, "max_length": 14, "min_length": 10}),
        ({"num_beams": 1}, {**SUMMARY, "num_beams": 1, "early_stopping": False}),
        ({"length_penalty": 3.0, "early_stopping": False}, {**SUMMARY, "length_penalty": 3.0, "early_stopping": False}),
        ({"repetition_penalty": 1.7}, {**SUMMARY, "repetition_penalty": 1.7}),
        ({"no_repeat_ngram_size": 1}, {**SUMMARY, "no_repeat_ngram_size": 1}),
    ],
)
def test_options_of_the_call_and_of_the_pipeline_win(
    folders: dict[str, Path], given: dict[str, Any], settings: dict[str, Any]
) -> None:
    wanted = expected(folders["t5"], TEXTS[:1], settings, prefix="summarize: ")
    at_call = pipeline("summarization", folders["t5"])(TEXTS[:1], return_tensors=True, **given)
    before = pipeline("summarization", folders["t5"], return_tensors=True, **given)(TEXTS[:1])
    assert ids_of(at_call) == ids_of(before) == wanted


def test_without_any_settings_four_beams_write_up_to_256_tokens(folders: dict[str, Path]) -> None:
    defaults = pipeline("text2text-generation", folders["plain"]).generation_config
    room = POSITIONS - 1  # its decoder has positions for so many after the start
    assert (defaults.num_beams, defaults.max_new_tokens, defaults.max_length) == (4, room, None)
    t5 = pipeline("text2text-generation", folders["t5"]).generation_config
    assert (t5.num_beams, t5.max_new_tokens, t5.max_length) == (4, 256, None)
    defaults = pipeline("text2text-generation", folders["legacy"]).generation_config
    assert (defaults.num_beams, defaults.max_new_tokens, defaults.max_length) == (2, None, 12)


def test_a_batch_is_padded_as_the_plain_loop_pads(folders: dict[str, Path]) -> None:
    pipe = pipeline("summarization", folders["t5"], batch_size=2)
    both = expected(folders["t5"], TEXTS[:2], SUMMARY, prefix="summarize: ")
    last = expected(folders["t5"], TEXTS[2:], SUMMARY, prefix="summarize: ")
    assert ids_of(pipe(TEXTS, return_tensors=True)) == both + last


def test_shapes(folders: dict[str, Path]) -> None:
    pipe = pipeline("text2text-generation", folders["pegasus"])
    one = pipe(TEXTS[0])
    assert [list(record) for record in one] == [["generated_text"]]
    assert pipe(TEXTS) == [pipe(text)[0] for text in TEXTS]
    assert pipe([]) == []
    two = pipe(TEXTS[:2], num_return_sequences=2)
    assert [len(records) for records in two] == [2, 2]
    assert two[0][0] == one[0] != two[0][1]
    assert pipe(TEXTS[0], num_return_sequences=2) == two[0]

    seen: list[int] = []

    def stream() -> Iterator[str]:
        for number, text in enumerate(TEXTS):
            seen.append(number)
            yield text

    answers = pipe(stream())
    assert seen == []
    assert next(answers) == one
    assert seen == [0]
    assert list(answers) == [pipe(text) for text in TEXTS[1:]]

    class Column:  # what KeyDataset of transformers 4 is: length and items, no iterator
        def __len__(self) -> int:
            return len(TEXTS)

        def __getitem__(self, number: int) -> str:
            return TEXTS[number]

    assert list(pipe(Column())) == [pipe(text) for text in TEXTS]


def test_loaded_objects_are_used_and_left_as_they_are(folders: dict[str, Path]) -> None:
    named = pipeline("summarization", str(folders["t5"]), dtype="float32", device=-1, revision="main")
    before = named.model.generation_config.to_dict()
    pipe = pipeline("summarization", model=named.model, tokenizer=named.tokenizer, torch_dtype=torch.float16)
    assert pipe(TEXTS[0]) == named(TEXTS[0])
    assert (pipe.device.type, pipe.model.dtype) == ("cpu", torch.float32)
    assert named.model.generation_config.to_dict() == before
    assert pipeline("summarization", folders["t5"], torch_dtype=torch.bfloat16).model.dtype == torch.bfloat16


def test_a_longer_text_is_refused_or_cut_and_said(folders: dict[str, Path], caplog: pytest.LogCaptureFixture) -> None:
    for name in ("bart", "unlimited"):
        pipe = pipeline("summarization", folders[name])
        refused = rf"text 2: it has \d+ tokens, and the model reads {POSITIONS}.*truncation"
        with pytest.raises(InputError, match=refused):
            pipe([TEXTS[1], LONG])
        caplog.clear()
        cut = pipe([TEXTS[1], LONG], truncation=True, max_length=10)
        said = [r.getMessage() for r in caplog.records if "cut off" in r.getMessage()]
        assert len(said) == 1
        assert said[0].startswith("text 2: ")
        total = len(pipe.tokenizer(pipe.prefix + LONG, verbose=False)["input_ids"])
        assert f"{total - POSITIONS} of its {total} tokens" in said[0]
        assert len(cut) == 2
    settings = {**OWN, **SUMMARY, "max_length": 10}
    kept = expected(folders["bart"], [LONG], settings, prefix=" ", truncation=True)
    assert ids_of(pipeline("summarization", folders["bart"])([LONG], truncation=True, max_length=10,
                                                             return_tensors=True)) == kept  # fmt: skip


def test_relative_positions_have_no_limit_until_truncation_is_asked(
    folders: dict[str, Path], caplog: pytest.LogCaptureFixture
) -> None:
    pipe = pipeline("summarization", folders["t5"], return_tensors=True)
    whole = expected(folders["t5"], [LONG], SUMMARY, prefix="summarize: ")
    assert ids_of(pipe([LONG])) == whole
    assert "cut off" not in caplog.text
    cut = expected(folders["t5"], [LONG], SUMMARY, prefix="summarize: ", truncation=True)
    assert ids_of(pipe([LONG], truncation=True)) == cut
    assert "56 of its 104 tokens were cut off" in caplog.text


def test_warnings_of_old(folders: dict[str, Path], caplog: pytest.LogCaptureFixture) -> None:
    pipe = pipeline("summarization", folders["pegasus"], framework="tf")
    assert "framework='tf' is ignored" in caplog.text
    with pytest.raises(EngineError):
        pipeline("summarization", str(folders["t5"].parent / "nowhere"), device=1, device_map="auto")
    assert "device=1 is ignored" in caplog.text
    caplog.clear()
    pipe(TEXTS[1], max_length=30)
    tokens = len(pipe.tokenizer(TEXTS[1])["input_ids"])
    assert f"{tokens} tokens, and max_length is 30" in caplog.text
    assert f"max_length={tokens // 2}" in caplog.text
    caplog.clear()
    pipe(LONG[:60], max_length=6, min_length=8)
    assert "min_length (8) is over max_length (6)" in caplog.text
    caplog.clear()
    pipeline("text2text-generation", folders["pegasus"])(TEXTS[1], max_length=30)
    assert "max_length" not in caplog.text


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"max_lenght": 5}, "did you mean 'max_length'"),
        ({"modell": "x"}, "did you mean 'model'"),
        ({"beams_num": 5}, "did you mean 'num_beams'"),
        ({"xyzzy": 5}, "migration"),
        ({"penalty_alpha": 0.6}, "contrastive search"),
        ({"force_words_ids": [[1]]}, "constrained"),
    ],
)
def test_unknown_options_name_the_nearest(folders: dict[str, Path], options: dict[str, Any], message: str) -> None:
    with pytest.raises(TypeError, match=message):
        pipeline("summarization", folders["t5"], **options)
    if "modell" not in options:
        with pytest.raises(TypeError, match=message):
            pipeline("summarization", folders["t5"])(TEXTS[0], **options)


@pytest.mark.parametrize("texts", [b"bytes", 5, {"text": "a"}, [TEXTS[0], 7], [[TEXTS[0]]], ({"text": "a"},)])
def test_what_is_no_text(folders: dict[str, Path], texts: Any) -> None:
    with pytest.raises(InputError, match="is no text|not a text"):
        pipeline("summarization", folders["t5"])(texts)


def test_wrong_uses_are_one_clear_message(folders: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(InputError, match="not one of summarization, text2text-generation.*forced_bos"):
        pipeline("translation_en_to_fr", folders["t5"])
    with pytest.raises(InputError, match=r"transformers\.pipeline"):
        pipeline("text-generation", folders["t5"])
    with pytest.raises(InputError, match="needs a model"):
        pipeline("text2text-generation")
    with pytest.raises(InputError, match="without its model"):
        pipeline("summarization", tokenizer="x")
    with pytest.raises(InputError, match="needs its tokenizer"):
        pipeline("summarization", pipeline("summarization", folders["t5"]).model)
    with pytest.raises(EngineError, match="nowhere: it cannot be loaded"):
        pipeline("summarization", str(folders["t5"].parent / "nowhere"))
    for wrong in ({"batch_size": 0}, {"truncation": "only_second"}, {"num_return_sequences": 99}):
        with pytest.raises(InputError, match=next(iter(wrong))):
            pipeline("summarization", folders["t5"])(TEXTS[0], **wrong)  # type: ignore[arg-type]


def test_every_option_reaches_generate_or_is_used(folders: dict[str, Path]) -> None:
    from transformers import GenerationConfig

    from pipeline.compat.defaults import NOT_GENERATION

    unknown = set(KNOWN) - set(NOT_GENERATION) - set(GenerationConfig().to_dict())
    assert unknown == set()


ARTICLE = (
    "The ferry Aldine ran aground near Port Marle on Tuesday with 214 passengers aboard. "
    "The harbour office said nobody was hurt in the accident. "
    "Divers examined the hull during the night and found a crack two metres long. "
    "The operator cancelled all crossings until Friday and promised refunds. "
    "Travellers slept in a school gym while buses were arranged. "
    "Investigators will study the radar record of the last hour."
)


def test_without_a_model_the_embedded_one_summarises(caplog: pytest.LogCaptureFixture) -> None:
    pipe = pipeline("summarization", device=0, num_beams=2)
    assert "runs on the CPU" in caplog.text
    (record,) = pipe(ARTICLE, max_length=40, top_k=5, truncation=True)
    assert "these options do nothing: top_k" in caplog.text
    assert list(record) == ["summary_text"]
    assert 5 <= len(record["summary_text"].split()) <= 30
    assert pipe([ARTICLE], max_length=40) == [record]
    assert len(pipe.opened) == 1
    with pytest.raises(InputError, match="not token ids"):
        pipe(ARTICLE, return_tensors=True)


def test_what_shapes_samples_does_nothing_where_none_are_drawn(caplog: pytest.LogCaptureFixture) -> None:
    pipe = pipeline("summarization", num_beams=2)
    plain = pipe(ARTICLE)
    assert "do nothing" not in caplog.text
    assert pipe(ARTICLE, temperature=0.7, top_p=0.9) == plain
    assert "these options do nothing: temperature, top_p" in caplog.text
    caplog.clear()
    pipe(ARTICLE, temperature=0.7, do_sample=True)
    assert "do nothing" not in caplog.text


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, {}),
        ({"max_length": 130}, {"max_words": 100, "max_sentences": 5, "min_words": 35, "min_sentences": 2}),
        ({"max_length": 26, "min_length": 13}, {"max_words": 20, "max_sentences": 1, "min_words": 10,
                                                "min_sentences": 1}),
        ({"max_new_tokens": 2}, {"max_words": 5, "max_sentences": 1, "min_words": 5, "min_sentences": 1}),
        ({"min_length": 260}, {"min_words": 200, "max_words": 400, "max_sentences": 20}),
    ],
)  # fmt: skip
def test_lengths_in_tokens_become_the_contracts_words(options: Any, expected: dict[str, int]) -> None:
    assert contract(options) == expected
