"""Loading: devices, number types, models of other kinds, missing packages, and a model for each output kind."""

from __future__ import annotations

import importlib.util
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
import transformers
from chat_sample import random_chat_model
from family_sample import CORPUS, Made, opened, request
from flow_sample import flow_config, write_articles

from pipeline.config import digest, load_config
from pipeline.engines import open_engine
from pipeline.engines.checkpoint import pick_device
from pipeline.errors import ConfigError, EngineError, MissingExtra, first_line
from pipeline.files import read_jsonl
from pipeline.job import run

TEXT = CORPUS[3][:50]
WEIGHTS = Path(__file__).parents[1] / "pipeline" / "weights"


def test_a_model_for_each_output_kind(made: Made, tmp_path: Path) -> None:
    articles = write_articles(tmp_path / "in", ("bakery",))
    kinds = {"summary": "t5", "headlines": "pegasus"}
    engines = [
        f"outputs.{kind}.engine={{name: seq2seq, model: {made(name)}, beams: 2, candidates: 2}}"
        for kind, name in kinds.items()
    ]
    short = ["outputs.summary.min_words=4", "outputs.summary.max_words=6", "outputs.headlines.max_chars=30"]
    done = run(flow_config(articles, tmp_path / "out", "outputs.bullets.enabled=false", *short, *engines))
    assert done.counts["done"] == 1
    record = json.loads((tmp_path / "out" / "run.json").read_text())["engine"]
    assert record["name"] == "mixed"
    assert record["kinds"].keys() == kinds.keys()
    for kind, name in kinds.items():
        own = record["kinds"][kind]
        assert own["model"]["name"] == str(made(name))
        assert len(own["model"]["sha256"]) == 64
        assert own["identity"] in record["identity"]
        assert own["identity"].startswith(f"seq2seq|{made(name).name}|")
    tasks = {c["kind"]: c["logprob"] for c in read_jsonl(tmp_path / "out" / "candidates.jsonl") if c["logprob"]}
    assert tasks.keys() - {None} == kinds.keys()  # None: of the steps between


@pytest.mark.parametrize(("stored", "loaded"), [("float16", "float32"), ("bfloat16", "bfloat16")])
def test_half_precision_on_a_cpu(made: Made, tmp_path: Path, stored: str, loaded: str) -> None:
    copy = shutil.copytree(made("t5"), tmp_path / "half")
    half = transformers.AutoModelForSeq2SeqLM.from_pretrained(copy).to(getattr(torch, stored))
    half.save_pretrained(copy)
    engine = opened(copy, "engine.dtype=auto", "engine.device=cpu")
    assert next(engine.checkpoint.model.parameters()).dtype == getattr(torch, loaded)
    found = engine.generate([request(TEXT)], 13)
    if stored == "float16":
        assert found == opened(copy, "engine.device=cpu").generate([request(TEXT)], 13)


@pytest.mark.parametrize(
    ("config", "advice"),
    [(transformers.GPT2Config(), "use engine.name: chat"), (transformers.BertConfig(is_decoder=False), "chat"),
     (transformers.ViTConfig(), "it writes no text")],
    ids=["gpt2", "bert", "vit"],
)  # fmt: skip
def test_another_kind_of_model_is_named_with_its_engine(tmp_path: Path, config: Any, advice: str) -> None:
    config.save_pretrained(tmp_path)
    with pytest.raises(EngineError, match="no encoder-decoder") as caught:
        opened(tmp_path)
    assert config.model_type in str(caught.value)
    assert advice in str(caught.value)


@pytest.mark.parametrize(
    ("device", "cuda", "picked"),
    [("auto", 0, "cpu"), ("auto", 2, "cuda"), ("cpu", 2, "cpu"), ("cuda", 1, "cuda"), ("cuda:1", 2, "cuda:1")],
)
def test_the_device(device: str, cuda: int, picked: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: cuda > 0)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: cuda)
    settings = load_config(None, ["engine.name=seq2seq", "engine.model=x", f"engine.device={device}"]).engine
    assert str(pick_device(settings)) == picked
    own = load_config(None, [f"engine.device={device}"]).engine
    assert str(pick_device(own)) == ("cpu" if device == "auto" else picked)


@pytest.mark.parametrize(
    ("device", "cuda", "message"),
    [("cuda", 0, "engine.device: cuda: there is no CUDA device here (use auto or cpu)"),
     ("cuda:2", 2, "engine.device: cuda:2: there are only 2 CUDA devices here, from cuda:0"),
     ("mps", 0, "there is no MPS device here")],
)  # fmt: skip
def test_a_device_that_is_not_there(device: str, cuda: int, message: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "device_count", lambda: cuda)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    with pytest.raises(EngineError) as caught:
        open_engine(load_config(None, ["engine.name=seq2seq", "engine.model=x", f"engine.device={device}"]).engine)
    assert message in str(caught.value)


def test_an_unknown_device_is_a_fault_of_the_config() -> None:
    with pytest.raises(ConfigError, match="engine.device"):
        load_config(None, ["engine.device=gpu"])


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
@pytest.mark.parametrize("name", ["bart", "t5", "pegasus", "led", "m2m_100"])
def test_a_gpu_writes_as_a_cpu_does(made: Made, name: str) -> None:
    requests = [request(TEXT), request(CORPUS[4][:90])]
    here, there = opened(made(name), "engine.device=cpu"), opened(made(name), "engine.device=cuda")
    assert there.identity == f"{here.identity}|cuda"
    texts = [[[t.text for t in row] for row in engine.generate(requests, 13)] for engine in (here, there)]
    assert texts[0] == texts[1]


@pytest.mark.parametrize("engine", ["seq2seq", "chat", "ctranslate2"])
def test_a_missing_package_is_named_with_its_extra(
    made: Made, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, engine: str
) -> None:
    folder = random_chat_model(tmp_path / "chat") if engine == "chat" else made("m2m_100")

    def lacking(*_: Any, **__: Any) -> None:
        raise ImportError("M2M100Tokenizer requires the SentencePiece library but it was not found")

    find = importlib.util.find_spec
    monkeypatch.setattr(transformers.AutoTokenizer, "from_pretrained", lacking)
    absent = lambda name, *rest: None if name == "sentencepiece" else find(name, *rest)  # noqa: E731
    monkeypatch.setattr("pipeline.engines.loading.find_spec", absent)
    with pytest.raises(MissingExtra, match="sentencepiece") as caught:
        opened(folder, f"engine.name={engine}")
    assert "pip install 'precis[sentencepiece]'" in str(caught.value)


@pytest.mark.parametrize("name", ["model.safetensors", "tokenizer.json"])
@pytest.mark.parametrize("engine", ["seq2seq", "chat", "embedded"])
def test_broken_files_are_one_message(made: Made, tmp_path: Path, engine: str, name: str) -> None:
    copy = tmp_path / "copy"
    if engine == "chat":
        random_chat_model(copy)
    else:
        shutil.copytree(made("t5") if engine == "seq2seq" else WEIGHTS, copy)
    (copy / name).write_bytes(b"\x10" * 100)
    with pytest.raises(EngineError, match=f"{copy}: the (model|tokenizer) cannot be loaded") as caught:
        opened(copy, f"engine.name={engine}")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("error", "line"),
    [(ValueError("\n  one\ntwo"), "one"), (ValueError("  \n"), "ValueError"), (KeyError("x"), "'x'"),
     (OSError(2, "gone"), "[Errno 2] gone"), (MemoryError(), "MemoryError")],
)  # fmt: skip
def test_the_first_line_of_an_error(error: BaseException, line: str) -> None:
    assert first_line(error) == line


def test_the_copy_prior_is_each_engines_own_unless_set() -> None:
    def prior(*overrides: str) -> float | None:
        return load_config(None, [*overrides]).engine.copy_prior

    other = ("engine.name=seq2seq", "engine.model=x")
    assert (prior(), prior(*other), prior("engine.name=lead")) == (2.0, 0.0, 0.0)
    assert (prior("engine.copy_prior=1.5"), prior(*other, "engine.copy_prior=1.5")) == (1.5, 1.5)
    assert prior("engine.copy_prior=null") == 2.0
    assert digest(load_config(None)) == digest(load_config(None, ["engine.copy_prior=2.0"]))
