"""The engine for any encoder-decoder, with a tiny random BART: chunks, map-reduce, fallbacks, and clear errors."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from flow_sample import flow_config, write_articles
from tokenizers import Tokenizer, models, pre_tokenizers, processors, trainers
from transformers import BartConfig, BartForConditionalGeneration, PreTrainedTokenizerFast

from pipeline.cli import main
from pipeline.config import load_config
from pipeline.engines import Engine, open_engine
from pipeline.engines.seq2seq import Seq2SeqEngine
from pipeline.errors import EngineError
from pipeline.files import read_jsonl
from pipeline.job import run
from pipeline.plan import plan
from pipeline.records import KINDS, Request
from pipeline.text.article import make_article

TEXT = " ".join(f"The council of town number {i} voted on Monday to close the bridge for repairs." for i in range(30))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A BART of some thousand weights that knows words and byte pairs."""
    path = tmp_path_factory.mktemp("bart")
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)  # type: ignore[assignment]
    trainer = trainers.BpeTrainer(
        vocab_size=400,
        special_tokens=["<s>", "<pad>", "</s>", "<unk>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator([TEXT], trainer)
    tokenizer.post_processor = processors.TemplateProcessing(  # type: ignore[assignment]
        single="<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, bos_token="<s>", eos_token="</s>", pad_token="<pad>", unk_token="<unk>"
    )
    fast.save_pretrained(path)
    torch.manual_seed(3)
    shape = BartConfig(
        vocab_size=len(fast), d_model=16, encoder_layers=1, decoder_layers=1, encoder_attention_heads=2,
        decoder_attention_heads=2, encoder_ffn_dim=16, decoder_ffn_dim=16, max_position_embeddings=256,
    )  # fmt: skip
    BartForConditionalGeneration(shape).save_pretrained(path)
    return path


def opened(folder: Path, *overrides: str) -> Engine:
    values = ["engine.name=seq2seq", f"engine.model={folder}", "engine.beams=2", "engine.candidates=2", *overrides]
    return open_engine(load_config(None, values).engine)


def test_a_long_article_is_chunked_within_the_budget_and_nothing_is_lost(folder: Path) -> None:
    engine = opened(folder, "engine.max_source_tokens=64")
    assert engine.budget == 62  # without <s> and </s>
    article = make_article("a", TEXT)
    requests = plan(article, ("summary",), load_config(None).outputs, engine)
    assert len(requests) > 3
    assert " ".join(r.source for r in requests).split() == TEXT.split()
    assert all(engine.count_tokens(r.source) <= engine.budget for r in requests)


def test_the_models_own_limit_counts_without_a_setting(folder: Path) -> None:
    assert opened(folder).budget == 254
    assert opened(folder, "engine.prefix='summarize: '").budget < 254
    assert opened(folder, "engine.max_source_tokens=4000").budget == 254


def test_n_best_within_the_length_and_the_same_again(folder: Path) -> None:
    engine = opened(folder)
    requests = [Request(f"r{i}", "a", "summary", TEXT[: 60 * i], (0,), ("summary",), words=10) for i in (1, 2, 3)]
    found = engine.generate(requests, 13)
    assert [len(texts) for texts in found] == [2, 2, 2]
    for texts in found:
        scores = [t.logprob for t in texts if t.logprob is not None]
        assert all(s <= 0 for s in scores)
        assert all(len(t.text) > 0 or t.flags for t in texts)
    assert engine.generate(requests, 13) == found


def test_sampling_depends_on_the_seed_alone(folder: Path) -> None:
    engine = opened(folder, "engine.sample=true")
    request = [Request("r", "a", "summary", TEXT[:100], (0,), ("summary",), words=10)]
    assert engine.generate(request, 5) == engine.generate(request, 5)
    assert engine.generate(request, 5) != engine.generate(request, 6)


@pytest.mark.parametrize("limit", [48, 200])
def test_a_run_of_nonsense_ends_in_flagged_fallbacks(folder: Path, tmp_path: Path, limit: int) -> None:
    articles = write_articles(tmp_path / "in", ("bakery",))
    config = flow_config(
        articles, tmp_path / "out", "engine.name=seq2seq", f"engine.model={folder}", "engine.beams=2",
        "engine.candidates=2", f"engine.max_source_tokens={limit}", "outputs.rewrite.enabled=true",
        "outputs.summary.max_words=35", "outputs.bullets.max_words=7",
    )  # fmt: skip
    done = run(config)
    assert (done.counts["done"], done.counts["quarantined"]) == (1, 0)
    assert done.counts["fallbacks"] == 1
    stored = {r["id"]: r for r in read_jsonl(tmp_path / "out" / "articles.jsonl")}
    for record in read_jsonl(tmp_path / "out" / "outputs.jsonl"):
        assert "fallback:extractive" in record["summary"]["flags"]
        own = {stored[record["id"]]["text"][a:b] for a, b, _ in stored[record["id"]]["sentences"]}
        assert {record["summary"]["text"][a:b] for a, b in record["summary"]["sentences"]} <= own
        assert record["bullets"]
        assert record["headlines"]
    kinds = {c["kind"] for c in read_jsonl(tmp_path / "out" / "candidates.jsonl") if c["logprob"] is not None}
    assert kinds - {None} == set(KINDS)  # null: a step between article and outputs
    model = next(iter(read_jsonl(tmp_path / "out" / "outputs.jsonl")))["engine"]
    assert model.startswith("seq2seq|")


def test_too_small_a_limit_says_what_to_raise(folder: Path) -> None:
    with pytest.raises(EngineError, match="max_source_tokens"):
        opened(folder, "engine.max_source_tokens=16")


@pytest.mark.parametrize("kind", ["empty folder", "broken config", "no folder"])
def test_an_unloadable_model_is_status_2(kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str],
                                         monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    path = tmp_path / "model"
    if kind != "no folder":
        path.mkdir()
    if kind == "broken config":
        (path / "config.json").write_text("{")
    articles = write_articles(tmp_path / "in", ("bus",))
    command = ["run", "--input", str(articles), "--out", str(tmp_path / "out"), "--set", "engine.name=seq2seq"]
    assert main([*command, "--set", f"engine.model={path}"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert str(path) in err
    assert "cannot be loaded" in err
    assert "Traceback" not in err


def test_an_ordinary_bart_is_not_the_embedded_engine(folder: Path) -> None:
    with pytest.raises(EngineError, match="task and length tokens"):
        opened(folder, "engine.name=embedded")


def test_the_identity_changes_with_the_weights(folder: Path, tmp_path: Path) -> None:
    engine = opened(folder)
    assert isinstance(engine, Seq2SeqEngine)
    copy = tmp_path / "copy"
    engine.checkpoint.tokenizer.save_pretrained(copy)
    model = BartForConditionalGeneration.from_pretrained(folder)
    model.model.shared.weight.data[5] += 1
    model.save_pretrained(copy)
    assert opened(copy).model["sha256"] != engine.model["sha256"]
    assert opened(copy).identity != engine.identity
