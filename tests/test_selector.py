"""The trained sentence selector: what it reads, that a stored one is the trained one, and its training."""

from __future__ import annotations

import json
import shutil
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors.torch import load_file, save_file
from test_train_kill import killed
from train_sample import make_tiny_bart, record, write_data
from transformers import BartForConditionalGeneration

from pipeline.cli import main
from pipeline.engines import open_engine
from pipeline.engines.base import BLOCK
from pipeline.engines.selector import Adapted, Selector, load_selector, merge, read_form, stored_form, trained
from pipeline.engines.windows import FEATURES, WINDOW, windows
from pipeline.errors import EngineError, PrecisError
from pipeline.records import Article, Request
from pipeline.salience import features_without_title, spread
from pipeline.settings_engine import EngineSettings
from pipeline.text.article import make_article
from pipeline.train.selection import Settings, batch_of, batches, check, new_selector, train
from pipeline.train.selection_data import Labelled, labelled, load, pack, save

CONFIG = """kind: selector
model: {model}
sets: [one]
steps: {steps}
batch: 2
warmup_steps: 1
save_every: 2
check_articles: 3
"""


@pytest.fixture(scope="module")
def bart(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_tiny_bart(tmp_path_factory.mktemp("bart") / "tiny")


def stirred(folder: Path, features: int = 18) -> Selector:
    """A selector whose changes are not zero."""
    selector = new_selector(str(folder), features, 5)
    with torch.no_grad():
        for name, value in trained(selector).items():
            if name.endswith(".up"):
                value.normal_(generator=torch.Generator().manual_seed(len(name)))
    return selector.eval()


@given(st.lists(st.lists(st.integers(5, 300), max_size=600), max_size=12))
def test_windows_hold_every_sentence_whole_and_in_order(sentences: list[list[int]]) -> None:
    read = windows(sentences)
    assert all(len(ids) <= WINDOW and ids[0] == 0 and ids[-1] == 2 for ids, _ in read)
    assert [n for _, sizes in read for n in sizes] == [min(len(s), WINDOW - 2) for s in sentences]
    assert [i for ids, _ in read for i in ids[1:-1]] == [i for s in sentences for i in s[: WINDOW - 2]]


def test_a_sentence_is_the_mean_of_its_own_tokens(bart: Path) -> None:
    selector = stirred(bart)
    sentences = [[10, 11, 12], [13], [14, 15] * 110, [16] * 100]  # two windows
    vectors = selector._pooled(windows(sentences, selector.window))
    first = selector.encoder(input_ids=torch.tensor([[0, *sentences[0], *sentences[1], *sentences[2], 2]]))
    second = selector.encoder(input_ids=torch.tensor([[0, *sentences[3], 2]]))
    assert torch.allclose(vectors[0], first.last_hidden_state[0, 1:4].mean(0), atol=1e-5)
    assert torch.allclose(vectors[1], first.last_hidden_state[0, 4], atol=1e-5)
    assert torch.allclose(vectors[3], second.last_hidden_state[0, 1:101].mean(0), atol=1e-5)


def test_articles_of_a_batch_do_not_see_each_other(bart: Path) -> None:
    selector = stirred(bart)
    one, two = [[10, 11], [12, 13, 14], [15]], [[20, 21, 22], [23]]
    features = torch.rand(5, 18, generator=torch.Generator().manual_seed(1))
    together = selector([one, two], features)
    assert torch.allclose(together[:3], selector([one], features[:3]), atol=1e-5)
    assert torch.allclose(together[3:], selector([two], features[3:]), atol=1e-5)


def test_a_stored_selector_rates_as_the_trained_one_and_leaves_the_model_alone(bart: Path, tmp_path: Path) -> None:
    selector = stirred(bart)
    save_file(stored_form(trained(selector)), tmp_path / "s.safetensors")
    encoder = BartForConditionalGeneration.from_pretrained(bart, dtype=torch.float32).get_encoder().eval()
    before = {name: value.clone() for name, value in encoder.state_dict().items()}
    loaded = load_selector(tmp_path / "s.safetensors", encoder)
    article, features = [[10, 11], [12, 13, 14]], torch.rand(2, 18)
    with torch.no_grad():
        assert torch.allclose(loaded([article], features), selector([article], features), atol=0.02)
    assert not any(isinstance(module, Adapted) for module in loaded.modules())
    assert all(torch.equal(value, before[name]) for name, value in encoder.state_dict().items())
    assert loaded.encoder.embed_tokens.weight.data_ptr() == encoder.embed_tokens.weight.data_ptr()


@given(st.lists(st.lists(st.floats(-50, 50, width=16), min_size=3, max_size=3), min_size=1, max_size=5))
def test_a_stored_matrix_is_exact_to_half_a_step(rows: list[list[float]]) -> None:
    exact = torch.tensor(rows)
    found = read_form(stored_form({"m": exact, "v": exact[0]}))
    step = exact.abs().amax(1, keepdim=True) / 127
    assert bool(((found["m"] - exact).abs() <= 0.6 * step + 1e-4 * exact.abs() + 1e-5).all())
    assert torch.equal(found["v"], exact[0])


def test_merging_changes_nothing_but_the_layers(bart: Path) -> None:
    selector = stirred(bart)
    ids = torch.tensor([[0, 10, 11, 12, 2]])
    with torch.no_grad():
        before = selector.encoder(input_ids=ids).last_hidden_state
        merge(selector.encoder)
        assert torch.allclose(selector.encoder(input_ids=ids).last_hidden_state, before, atol=1e-4)


def test_a_selector_of_another_model_is_refused(bart: Path, tmp_path: Path) -> None:
    encoder = BartForConditionalGeneration.from_pretrained(bart).get_encoder()
    kept = stored_form(trained(stirred(bart)))
    del kept["head.place.weight"], kept["head.place.weight.scale"]
    save_file(kept, tmp_path / "s.safetensors")
    with pytest.raises(EngineError, match="does not fit"):
        load_selector(tmp_path / "s.safetensors", encoder)


def backwards(n: int) -> dict[str, object]:
    """An article whose highlights are told at its end."""
    found = record(n)
    return {**found, "document": "\n".join(reversed(str(found["document"]).split("\n")))}


def packed(bart: Path, numbers: range) -> Labelled:
    from tokenizers import Tokenizer

    pairs = [pair for n in numbers if (pair := labelled(backwards(n))) is not None]
    return pack(pairs, Tokenizer.from_file(str(bart / "tokenizer.json")))


def test_labels_are_the_oracles_and_survive_the_file(bart: Path, tmp_path: Path) -> None:
    article, chosen = labelled(record(7)) or (Article("", "", ()), ())
    told = " ".join(article.sentences[i].text for i in chosen)
    assert "million pounds" in told and "petition" in told  # what the two highlights say
    assert labelled({"id": "x", "document": "One sentence only.", "bullets": ["One."]}) is None
    assert labelled({"id": "x", "document": str(record(7)["document"])}) is None
    data = packed(bart, range(6))
    save(data, tmp_path / "d.npz")
    for name in Labelled.__slots__:
        assert np.array_equal(getattr(load(tmp_path / "d.npz"), name), getattr(data, name))
    tokens, features, labels = batch_of(data, np.array([1]), 40)
    assert sum(map(len, tokens[0])) <= 40 and len(features) == len(labels) == len(tokens[0])


def test_every_epoch_reads_every_article_once(bart: Path) -> None:
    data = packed(bart, range(7))
    s = Settings(3, 8, 2, 1e-3, 1, 100, 3)
    for epoch in range(2):
        rows = np.concatenate(list(islice(batches(data, s, 4 * epoch), 4)))
        assert sorted(rows.tolist()) == list(range(len(data)))


def test_it_learns_which_sentences_highlights_tell(bart: Path, tmp_path: Path) -> None:
    train_on, val = packed(bart, range(40)), packed(bart, range(500, 520))
    s = Settings(3, 60, 8, 3e-3, 5, 60, 20)
    selector = train(s, str(bart), train_on, val, tmp_path, lambda text: None)
    found = check(selector, val, 20)
    before = check(new_selector(str(bart), 18, 3), val, 20)
    assert found["val_loss"] < 0.7 * before["val_loss"]
    assert found["val_top3"] > found["val_lead3"]


@pytest.mark.slow
def test_a_killed_training_ends_with_the_same_bytes(bart: Path, tmp_path: Path) -> None:
    data = write_data(tmp_path / "data")
    (tmp_path / "s.yaml").write_text(CONFIG.format(model=bart, steps=9), encoding="utf-8")
    killed(tmp_path / "s.yaml", data, tmp_path, ["work/labelled", "work/state.pt", "work/log.jsonl"])
    whole, other = (load_file(tmp_path / name / "selector" / "selector.safetensors") for name in ("whole", "killed"))
    assert whole.keys() == other.keys() and all(torch.equal(whole[k], other[k]) for k in whole)


def test_the_embedded_engine_chooses_with_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = write_data(tmp_path / "data", 4)
    (tmp_path / "s.yaml").write_text(CONFIG.format(model="embedded", steps=2), encoding="utf-8")
    command = ["train", str(tmp_path / "s.yaml"), "--data", str(data), "--out", str(tmp_path / "out")]
    assert main(command) == 0
    assert json.loads((tmp_path / "out" / "train.json").read_text())["kind"] == "selector"
    engine = open_engine(EngineSettings(model=str(tmp_path / "out")))
    article = make_article("a", str(record(3)["document"]))
    odds = engine.rate_sentences([s.text for s in article.sentences], features_without_title(article))
    assert odds is not None and len(odds) == len(article.sentences) and len(set(odds)) > 1
    best = spread(article, 1, odds, redundancy=0.0)[0]
    assert odds[best] == max(odds)
    assert "|selector:" in engine.identity
    assert main(command) == 0 and "nothing to do" in capsys.readouterr().err


@pytest.mark.parametrize("dtype", ["float32", "bfloat16", "auto"])
def test_the_shipped_selector_leaves_the_engine_able_to_write(dtype: str) -> None:
    engine = open_engine(EngineSettings.model_validate({"dtype": dtype, "beams": 1, "candidates": 1}))
    article = make_article("a", str(record(3)["document"]))
    texts = [s.text for s in article.sentences]
    odds = engine.rate_sentences(texts, features_without_title(article))
    assert odds is not None and len(odds) == len(texts)
    written_by = "lean" if dtype == "float32" else "transformers"  # numpy has float32 only
    assert f"|{dtype}|{written_by}:" in engine.identity
    request = Request("r", "a", "brief", texts[0], (0,), ("summary",), words=12)
    assert engine.generate([request], 1)[0][0].text


def test_a_long_article_is_rated_in_blocks() -> None:
    engine = open_engine(EngineSettings())
    texts = [f"Sentence {n} tells of the pool." for n in range(BLOCK + 30)]
    features = [[0.1] * FEATURES for _ in texts]
    odds = engine.rate_sentences(texts, features)
    assert odds is not None and len(odds) == len(texts)
    assert odds[BLOCK:] == pytest.approx(engine.rate_sentences(texts[BLOCK:], features[BLOCK:]), abs=1e-4)


def test_a_selector_for_other_features_is_refused(bart: Path, tmp_path: Path) -> None:
    encoder = BartForConditionalGeneration.from_pretrained(bart).get_encoder()
    save_file(stored_form(trained(stirred(bart, features=17))), tmp_path / "s.safetensors")
    with pytest.raises(EngineError, match="does not fit"):
        load_selector(tmp_path / "s.safetensors", encoder)
    (tmp_path / "t.safetensors").write_bytes(b"no tensors")
    with pytest.raises(EngineError, match="does not fit"):
        load_selector(tmp_path / "t.safetensors", encoder)


def test_what_is_left_out_is_counted_and_nothing_held_out_is_trained_on(bart: Path, tmp_path: Path) -> None:
    data = write_data(tmp_path / "data", 6)
    (tmp_path / "data" / "train" / "own.jsonl").write_text(
        "".join(json.dumps(r) + "\n" for r in (record(700), record(1000), {"document": "No highlights here."})) + "{\n",
        encoding="utf-8",
    )  # the second also lies in val/one
    (tmp_path / "data" / "val" / "own.jsonl").write_text(json.dumps(record(800)) + "\n", encoding="utf-8")
    (tmp_path / "s.yaml").write_text(CONFIG.format(model=bart, steps=2).replace("[one]", "[own]"), encoding="utf-8")
    out = tmp_path / "out"
    assert main(["train", str(tmp_path / "s.yaml"), "--data", str(data), "--out", str(out)]) == 0
    dropped = json.loads((out / "work" / "labelled" / "dropped.json").read_text())
    assert dropped["train"]["kept"] == 1 and dropped["train"]["leak: document in val"] == 1
    assert sum(dropped["train"].values()) == 4 and any("own.jsonl:4" in what for what in dropped["train"])
    card = (out / "README.md").read_text()
    assert "leak: document in val" in card and "not valid JSON" in card


def test_a_training_that_diverges_in_its_last_step_is_not_finished(bart: Path, tmp_path: Path) -> None:
    data = packed(bart, range(6))
    with pytest.raises(PrecisError, match="step 1"):
        train(Settings(3, 1, 4, 1e30, 0, 1, 3), str(bart), data, data, tmp_path, lambda text: None)
    assert not (tmp_path / "state.pt").exists()


def test_the_base_is_never_cleared(bart: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    base = shutil.copytree(bart, tmp_path / "base")
    (tmp_path / "s.yaml").write_text(CONFIG.format(model=base, steps=2), encoding="utf-8")
    data = write_data(tmp_path / "data", 2)
    command = ["train", str(tmp_path / "s.yaml"), "--data", str(data), "--out", str(base), "--fresh"]
    assert main(command) == 2
    assert "holds the model that this training starts from" in capsys.readouterr().err
    assert (base / "model.safetensors").is_file()


def test_what_is_missing_is_said_before_any_work(
    bart: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "s.yaml"
    config.write_text(CONFIG.format(model=bart, steps=2).replace("[one]", "[none]"), encoding="utf-8")
    data = write_data(tmp_path / "data", 2)
    assert main(["train", str(config), "--data", str(data), "--out", str(tmp_path / "o")]) == 2
    assert "no train/SET.jsonl (or .gz, .xz) for none" in capsys.readouterr().err
    assert main(["train", str(config), "--data", str(data), "--out", str(tmp_path / "o"), "--processes", "2"]) == 2
    assert "one process" in capsys.readouterr().err
