"""Metrics by a model, with tiny random checkpoints: against numpy on the model's own output, and what is missing."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from checkpoint_sample import NLI, POSITIONS, bart, bert, roberta
from flow_sample import write_articles
from numpy.typing import NDArray
from score_sample import ARTICLES, OUTPUTS, REFERENCES
from transformers import AutoModel, AutoModelForSequenceClassification, AutoTokenizer

from pipeline.config import load_config
from pipeline.errors import EngineError
from pipeline.job import run
from pipeline.metrics import bertscore, consistency, embedding
from pipeline.metrics.by_model import Case, Models, measure
from pipeline.metrics.pretrained import load_encoder, read_states
from pipeline.metrics.texts import Outputs
from pipeline.score import score

LONG = "the river rose . it flooded forty house in town . nobody was hurt . the mayor thanked them on sunday . " * 3


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return bert(tmp_path_factory.mktemp("models") / "encoder")


@pytest.fixture(scope="module")
def nli(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return bert(tmp_path_factory.mktemp("models") / "nli", NLI)


def states_of(path: Path, text: str, layer: int) -> NDArray[np.float64]:
    """Normalised hidden states, one text by itself, special tokens at both ends."""
    tokenizer, model = AutoTokenizer.from_pretrained(path), AutoModel.from_pretrained(path).eval()
    with torch.no_grad():
        found = model(**tokenizer(text, return_tensors="pt"), output_hidden_states=True).hidden_states[layer][0]
    states = found.numpy().astype(np.float64)
    return np.asarray(states / np.linalg.norm(states, axis=1, keepdims=True))


def matched(a: NDArray[np.float64], b: NDArray[np.float64]) -> tuple[float, float, float]:
    """Equation of section 3 of Zhang et al. 2020, token by token; only the framing tokens do not count."""
    recall = [max(float(x @ y) for x in a) for y in b[1:-1]]
    precision = [max(float(x @ y) for y in b) for x in a[1:-1]]
    p, r = sum(precision) / len(precision), sum(recall) / len(recall)
    return p, r, 2 * p * r / (p + r)


@pytest.mark.parametrize("layer", [1, 2])
def test_bertscore_is_the_greedy_matching(encoder: Path, layer: int) -> None:
    metric = bertscore.open_metric(str(encoder), Models(bertscore_layer=layer))
    for pair in [("the river rose", "a river flooded the town ."), ("nobody zebra hurt", "the mayor thanked them")]:
        expected = matched(*(states_of(encoder, text, layer) for text in pair))
        assert metric.score(*pair) == pytest.approx(expected, abs=1e-6)
    assert metric.signature.startswith("bertscore|model:encoder@")
    assert f"|layer:{layer}|" in metric.signature


def test_bertscore_of_equal_empty_and_several_references(encoder: Path) -> None:
    metric = bertscore.open_metric(str(encoder), Models())
    assert metric.score("the river rose .", "the river rose .") == pytest.approx((1, 1, 1), abs=1e-6)
    assert metric.score("", "the river rose") == metric.score("the river", " ") == (0, 0, 0)
    near, far = "the river rose .", "nobody was hurt"
    both = metric.values(Case(("the river", "rose ."), (far, near), None))
    assert both["bertscore_f"] == pytest.approx(1, abs=1e-6)


def test_byte_level_tokenizers_read_the_first_word_as_any_other(tmp_path: Path) -> None:
    path = roberta(tmp_path / "roberta")
    metric = bertscore.open_metric(str(path), Models())
    pair = ("the river rose", "a river flooded it")
    expected = matched(*(states_of(path, f" {text}", 2) for text in pair))
    assert metric.score(*pair) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("make", [bert, roberta, bart], ids=lambda make: make.__name__)
def test_a_text_longer_than_the_model_reads_is_read_in_windows(make: Any, tmp_path: Path) -> None:
    loaded = load_encoder(str(make(tmp_path / "model")))
    assert loaded.max_tokens == POSITIONS
    bare = loaded.tokenizer(LONG, add_special_tokens=False)["input_ids"]
    assert len(bare) > POSITIONS
    for batch_size in (1, 16):
        states = read_states(loaded, LONG, (0, -1), batch_size)
        assert int((~states.special).sum()) == len(bare)
        assert [layer.shape for layer in states.layers] == [(len(states.special), 16)] * 2
    start, *_, end = loaded.tokenizer("a")["input_ids"]
    window = [start, *bare[POSITIONS - 2 : 2 * POSITIONS - 4], end]  # the second
    with torch.no_grad():
        alone = loaded.model(input_ids=torch.tensor([window])).last_hidden_state[0]
    assert torch.allclose(states.layers[1][POSITIONS : 2 * POSITIONS], alone, atol=1e-5)


def test_consistency_is_the_best_sentence_averaged_over_lines(nli: Path) -> None:
    tokenizer = AutoTokenizer.from_pretrained(nli)
    model = AutoModelForSequenceClassification.from_pretrained(nli).eval()
    lines = ("the river fell .", "nobody was hurt")
    sentences = ("the river rose .", "it flooded forty houses", "nobody was hurt .", "the mayor thanked them .")

    def classes(premise: str, line: str) -> NDArray[np.float64]:
        with torch.no_grad():
            logits = model(**tokenizer(premise, line, return_tensors="pt")).logits[0].numpy().astype(np.float64)
        return np.asarray(np.exp(logits) / np.exp(logits).sum())

    table = np.array([[classes(premise, line) for line in lines] for premise in sentences])
    expected = {
        "nli_entailment": table[:, :, 2].max(axis=0).mean(),
        "nli_consistency": (table[:, :, 2] - table[:, :, 0]).max(axis=0).mean(),
    }
    assert table[:, :, 2].std() > 0.01  # the sentences do differ
    for batch_size in (1, 3, 16):
        metric = consistency.open_metric(str(nli), Models(batch_size=batch_size))
        assert metric.values(Case(lines, (), sentences)) == pytest.approx(expected, abs=1e-5)
    assert set(metric.values(Case((), (), sentences)).values()) == {None}
    assert set(metric.values(Case(lines, (), None)).values()) == {None}


def test_a_sentence_too_long_for_the_model_counts_in_pieces(nli: Path) -> None:
    metric = consistency.open_metric(str(nli), Models())
    half = (POSITIONS - 4) // 2
    words = LONG.split()
    pieces = tuple(" ".join(words[i : i + half]) for i in range(0, len(words), half))
    whole = metric.values(Case(("nobody was hurt",), (), (LONG,)))
    assert whole == pytest.approx(metric.values(Case(("nobody was hurt",), (), pieces)), abs=1e-6)
    assert metric.values(Case((LONG,), (), ("nobody was hurt",))) == pytest.approx(
        metric.values(Case(pieces, (), ("nobody was hurt",))), abs=1e-6
    )


@pytest.mark.parametrize("pooling", ["mean", "cls"])
def test_embedding_similarity_follows_the_pooling_of_the_checkpoint(tmp_path: Path, pooling: str) -> None:
    path = bert(tmp_path / "encoder")
    if pooling == "cls":
        (path / "1_Pooling").mkdir()
        (path / "1_Pooling" / "config.json").write_text(json.dumps({"pooling_mode_cls_token": True}), encoding="utf-8")
    metric = embedding.open_metric(str(path), Models())
    tokenizer, model = AutoTokenizer.from_pretrained(path), AutoModel.from_pretrained(path).eval()

    def direction(text: str) -> NDArray[np.float64]:
        with torch.no_grad():
            states = model(**tokenizer(text, return_tensors="pt")).last_hidden_state[0].numpy().astype(np.float64)
        pooled = states[0] if pooling == "cls" else states.mean(axis=0)
        return np.asarray(pooled / np.linalg.norm(pooled))

    texts = ("the river rose", "nobody was hurt", "a town")
    own, *others = (direction(text) for text in texts)
    nearest = max(float(own @ other) for other in others)
    found = metric.values(Case(texts[:1], texts[1:], None))
    assert found == {"embedding_similarity": pytest.approx(nearest, abs=1e-6)}
    assert metric.values(Case((), texts[1:], None)) == {"embedding_similarity": None}
    assert f"pooling:{pooling}" in metric.signature


def test_in_scores_with_intervals_and_signatures(encoder: Path, nli: Path) -> None:
    models = Models(bertscore=str(encoder), consistency=str(nli), embedding=str(encoder))
    result = score(OUTPUTS, REFERENCES, ARTICLES, engine="mine", samples=100, baselines=("lead",), models=models)
    for system in ("mine", "lead"):
        for kind in ("summary", "bullets", "headlines"):
            entry = result["systems"][system][kind]
            for name in ("bertscore_p", "bertscore_r", "bertscore_f", "nli_consistency", "embedding_similarity"):
                assert entry[name]["n"] == 2
                assert entry[name]["ci95"][0] <= entry[name]["value"] <= entry[name]["ci95"][1]
    assert "bertscore_f" not in result["systems"]["mine"]["headlines_best"]
    assert result["models"].keys() == {"bertscore", "consistency", "embedding"}
    again = score({"vote": OUTPUTS["vote"]}, REFERENCES, ARTICLES, engine="mine", baselines=(), models=models)
    both = [found["systems"]["mine"]["summary"] for found in (result, again)]
    assert both[0]["bertscore_f"]["value"] != both[1]["bertscore_f"]["value"]  # articles keep their own values
    empty = score({"vote": Outputs(bullets=())}, REFERENCES, ARTICLES, engine="mine", baselines=(), models=models)
    bullets = empty["systems"]["mine"]["bullets"]
    assert bullets["bertscore_f"]["value"] == 0.0
    assert "embedding_similarity" not in bullets
    told = {(entry["metric"], entry.get("kind")) for entry in empty["missing"]}
    assert ("embedding_similarity", "bullets") in told


def test_what_cannot_run_is_missing_with_its_reason(encoder: Path, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    other = bert(tmp_path / "sentiment", {0: "negative", 1: "positive"})
    cases = [Case(("a river",), ("the river",), ("the river rose .",))]
    models = Models(bertscore=str(tmp_path / "gone"), consistency=str(other), embedding=str(encoder))
    found = measure(cases, models)
    assert found.values[0].keys() == {"embedding_similarity"}
    why = {entry["metric"]: entry["why"] for entry in found.missing}
    assert why.keys() == {"bertscore", "consistency"}
    assert "gone" in why["bertscore"]
    assert "negative, positive" in why["consistency"]
    deep = measure(cases, Models(bertscore=str(encoder), bertscore_layer=9))
    assert "has 2 layers" in deep.missing[0]["why"]
    unknown = measure([Case(("a",), ("b",), None)], Models(consistency=str(other)))
    assert unknown.missing == ({"metric": "consistency", "why": "the article texts are not known"},)
    with pytest.raises(EngineError, match="cannot be loaded"):
        load_encoder(str(tmp_path / "gone"))


def test_a_run_scores_with_the_models_its_config_names(encoder: Path, tmp_path: Path) -> None:
    path = write_articles(tmp_path / "articles")
    models = [f"score.models.bertscore={encoder}", f"score.models.consistency={tmp_path / 'gone'}"]
    config = load_config(None, [f"input.path={path}", "engine.name=lead", f"run.out={tmp_path / 'run'}", *models])
    done = run(config)
    scores = json.loads((done.path / "scores.json").read_text(encoding="utf-8"))
    assert 0 < scores["systems"]["lead"]["summary"]["bertscore_f"]["value"] <= 1
    assert [entry["metric"] for entry in scores["missing"] if "gone" in entry["why"]] == ["consistency"]


def test_scoring_without_a_model_imports_none() -> None:
    code = (
        "import sys, pipeline.score as s, pipeline.metrics.source_api; s.rouge(['a'], ['a']); "
        "print([m for m in ('torch', 'transformers', 'evaluate', 'datasets') if m in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
