"""The engine ctranslate2 against transformers, and the cache of its conversions."""

from __future__ import annotations

import multiprocessing
import os
import resource
from pathlib import Path
from typing import Any

import pytest
import torch
from family_sample import CORPUS, Made, opened, request

pytest.importorskip("ctranslate2")

from pipeline.engines.conversion_cache import DONE, cache_folder, is_whole  # noqa: E402
from pipeline.engines.conversions import token_id  # noqa: E402
from pipeline.errors import ConfigError, EngineError  # noqa: E402

FAMILIES = (
    "bart", "mbart", "mbart50", "pegasus", "t5", "flan_t5", "mt5", "marian", "marian_multilingual", "m2m_100", "nllb",
)  # fmt: skip
REQUEST = request(CORPUS[3][:60], words=None)


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PRECIS_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache" / "ctranslate2"


def ct2(folder: Path, *overrides: str, beams: int = 2) -> Any:
    return opened(folder, "engine.name=ctranslate2", *overrides, beams=beams)


@pytest.mark.parametrize("name", FAMILIES)
def test_a_family_writes_what_transformers_writes(made: Made, name: str) -> None:
    greedy = ("engine.beams=1", "engine.candidates=1")
    reference, engine = opened(made(name), *greedy), ct2(made(name), *greedy)
    assert engine.budget == reference.budget
    (own,), (theirs,) = engine.generate([REQUEST], 13), reference.generate([REQUEST], 13)
    assert own[0].text == theirs[0].text
    assert own[0].flags == theirs[0].flags


@pytest.mark.parametrize("name", ["bart", "t5", "pegasus", "m2m_100"])
def test_n_best_with_the_scores_of_a_forward_pass(made: Made, name: str) -> None:
    engine, reference = ct2(made(name), beams=4), opened(made(name), beams=4)
    requests = [REQUEST, request(CORPUS[5][:90], words=6)]
    found = engine.generate(requests, 13)
    assert [len(texts) for texts in found] == [2, 2]
    model = reference.checkpoint.model
    source = engine.reader.checkpoint.tokenizer.convert_tokens_to_ids(engine._source(REQUEST))
    start = model.generation_config.decoder_start_token_id
    result = engine.translator.translate_batch(
        [engine._source(REQUEST)], beam_size=4, num_hypotheses=2, no_repeat_ngram_size=3, return_end_token=True,
        target_prefix=[list(engine.begin)] if engine.begin else None, max_input_length=0, min_decoding_length=0,
        max_decoding_length=engine.reader.most_tokens(requests),
    )  # fmt: skip
    for tokens, text in zip(result[0].hypotheses, found[0], strict=True):
        ids = [token_id(engine.reader.checkpoint.tokenizer, token) for token in tokens]
        with torch.no_grad():
            inputs = torch.tensor([source])
            logits = model(input_ids=inputs, decoder_input_ids=torch.tensor([[start, *ids[:-1]]])).logits[0]
        sure = logits.log_softmax(-1).gather(1, torch.tensor(ids)[:, None])[:, 0]
        sure[: engine.forced] = 0.0
        assert text.logprob == pytest.approx(float(sure.mean()), abs=1e-3)
        assert text.weakest == pytest.approx(float(sure.topk(3, largest=False).values.mean()), abs=1e-2)
    assert found == engine.generate(requests, 13)


def test_int8_writes_and_says_so(made: Made) -> None:
    engine = ct2(made("bart"), "engine.dtype=int8")
    (texts,) = engine.generate([REQUEST], 13)
    assert len(texts) == 2 and texts[0].text
    assert "|int8" in engine.identity and "ctranslate2:" in engine.identity


def test_a_conversion_is_made_once_and_again_when_it_is_not_whole(made: Made, cache: Path) -> None:
    first = ct2(made("bart")).generate([REQUEST], 13)
    (folder,) = cache.iterdir()
    made_at = (folder / "model.bin").stat().st_mtime_ns
    assert ct2(made("bart")).generate([REQUEST], 13) == first
    assert (folder / "model.bin").stat().st_mtime_ns == made_at
    for spoil in (lambda: (folder / "model.bin").write_bytes(b"cut short"), lambda: (folder / DONE).unlink()):
        spoil()
        assert not is_whole(folder)
        assert ct2(made("bart")).generate([REQUEST], 13) == first
        assert is_whole(folder)
    assert list(cache.iterdir()) == [folder]


def test_other_weights_are_another_conversion(made: Made, cache: Path) -> None:
    ct2(made("bart"))
    ct2(made("bart"), "engine.dtype=int8")
    ct2(made("t5"))
    assert len(list(cache.iterdir())) == 3


def _converting(folder: str, there: Any, results: Any) -> None:
    there.wait()  # both begin at once
    results.put(ct2(Path(folder)).generate([REQUEST], 13)[0][0].text)


def test_two_processes_may_convert_at_once(made: Made, cache: Path) -> None:
    context = multiprocessing.get_context("fork")
    there, results = context.Barrier(2), context.Queue()
    workers = [context.Process(target=_converting, args=(str(made("pegasus")), there, results)) for _ in range(2)]
    for worker in workers:
        worker.start()
    texts = {results.get(timeout=120) for _ in workers}
    for worker in workers:
        worker.join()
    assert len(texts) == 1
    (folder,) = cache.iterdir()
    assert is_whole(folder)


def test_what_cannot_be_done_is_said(made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(EngineError, match=r"converts no led model; it does bart.*seq2seq"):
        ct2(made("led"))
    with pytest.raises(EngineError, match="cannot be loaded"):
        ct2(tmp_path / "nothing")
    with pytest.raises(ConfigError, match="no copy prior"):
        ct2(made("bart"), "engine.copy_prior=2.0")
    with pytest.raises(ConfigError, match="cannot repeat its draws"):
        ct2(made("bart"), "engine.sample=true")
    with pytest.raises(ConfigError, match="only the engine ctranslate2 takes int8"):
        opened(made("bart"), "engine.dtype=int8")
    (tmp_path / "file").write_text("no folder", encoding="utf-8")
    monkeypatch.setenv("PRECIS_CACHE", str(tmp_path / "file"))
    with pytest.raises(EngineError, match="PRECIS_CACHE"):
        ct2(made("bart"))


def test_the_cache_lies_where_the_environment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    assert cache_folder() == Path(os.environ["PRECIS_CACHE"])
    monkeypatch.delenv("PRECIS_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", "/var/kept")
    assert cache_folder() == Path("/var/kept/precis")
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert cache_folder() == Path("~/.cache/precis").expanduser()


def test_a_conversion_that_cannot_be_written_is_one_message_and_leaves_nothing(made: Made, cache: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))  # as on a full disk, a write fails
    try:
        with pytest.raises(EngineError, match=r"no conversion can be kept there: .*PRECIS_CACHE"):
            ct2(made("bart"))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert list(cache.iterdir()) == []
    assert ct2(made("bart")).generate([REQUEST], 13)
