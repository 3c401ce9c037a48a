"""The evaluator of evaluate: its scores are our ROUGE, its intervals scipy's percentile bootstrap, its keys the old."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from compat_sample import TEXTS, checkpoint
from datasets import Dataset
from scipy.stats import bootstrap

from pipeline.compat import evaluator, pipeline
from pipeline.errors import InputError
from pipeline.score import rouge

TIMES = {"total_time_in_seconds", "samples_per_second", "latency_in_seconds"}
WRITTEN = ["The bridge closes for repairs", "A ferry ran onto rocks", "Crossings are cancelled until Friday"]
LABELS = ["Council closes the old bridge for repairs", "Ferry aground in fog", "All crossings cancelled until Friday"]
ROWS = [{"text": text, "label": label} for text, label in zip(TEXTS, LABELS, strict=True)]


class Canned:
    """A pipeline that knows its summaries."""

    task = "summarization"

    def __init__(self) -> None:
        self.options: dict[str, Any] = {}

    def __call__(self, texts: list[str], **options: Any) -> list[dict[str, str]]:
        self.options = options
        return [{"summary_text": WRITTEN[TEXTS.index(text)]} for text in texts]


class Words:
    """A metric as evaluate's modules are: words per prediction, and of the references."""

    name = "words"

    def compute(self, *, predictions: list[str], references: list[str]) -> dict[str, Any]:
        return {"words": sum(len(p.split()) for p in predictions) / len(predictions), "note": "a text"}


@pytest.mark.parametrize("data", [ROWS, Dataset.from_list(ROWS)])
def test_scores_are_those_of_rouge_and_times_are_consistent(data: Any) -> None:
    pipe = Canned()
    found = evaluator("summarization").compute(pipe, data, generation_kwargs={"max_length": 20})
    assert pipe.options == {"truncation": True, "max_length": 20}
    wanted = rouge(WRITTEN, LABELS, use_stemmer=False)
    assert {name: found[name] for name in wanted} == pytest.approx({name: v["f"] for name, v in wanted.items()})
    assert set(found) == set(wanted) | TIMES
    assert found["samples_per_second"] * found["latency_in_seconds"] == pytest.approx(1)
    assert found["latency_in_seconds"] * 3 == pytest.approx(found["total_time_in_seconds"])


def test_several_metrics_and_references() -> None:
    rows = [{"article": row["text"], "summaries": [row["label"], "another"]} for row in ROWS]
    found = evaluator("summarization").compute(
        Canned(), rows, metric=["rouge", Words()], input_column="article", label_column="summaries"
    )
    wanted = rouge(WRITTEN, [row["summaries"] for row in rows], use_stemmer=False)
    assert found["rougeL"] == pytest.approx(wanted["rougeL"]["f"])
    assert found["words"] == pytest.approx(sum(len(text.split()) for text in WRITTEN) / 3)
    assert found["note"] == "a text"


def test_intervals_are_those_of_scipys_percentile_bootstrap() -> None:
    given: dict[str, Any] = {"strategy": "bootstrap", "n_resamples": 4000, "confidence_level": 0.9, "random_state": 5}
    found = evaluator("summarization").compute(Canned(), ROWS, metric=["rouge", Words()], **given)
    again = evaluator("summarization").compute(Canned(), ROWS, metric=["rouge", Words()], **given)
    items = rouge(WRITTEN, LABELS, use_stemmer=False, per_item=True)
    columns = {name: [item[2] for item in scores] for name, scores in items.items()}
    columns["words"] = [float(len(text.split())) for text in WRITTEN]
    for name, values in columns.items():
        theirs = bootstrap((values,), np.mean, confidence_level=0.9, method="percentile", n_resamples=4000,
                           random_state=7)  # fmt: skip
        own = found[name]
        assert own == again[name]
        assert own["score"] == pytest.approx(np.mean(values))
        assert own["standard_error"] == pytest.approx(theirs.standard_error, rel=0.06)
        assert own["confidence_interval"] == pytest.approx(tuple(theirs.confidence_interval), abs=0.03)
    assert "note" not in found
    assert set(found) >= TIMES


def test_a_model_by_name_or_object(tmp_path: Path) -> None:
    folder = checkpoint(tmp_path / "bart", "bart", generation={"max_length": 8, "num_beams": 2})
    pipe = pipeline("text2text-generation", folder)
    texts = [record["generated_text"] for record in pipe(TEXTS)]
    wanted = rouge(texts, LABELS, use_stemmer=False)["rouge1"]["f"]
    task = evaluator("text2text-generation")
    for model, tokenizer in ((str(folder), None), (pipe.model, pipe.tokenizer), (pipe, None)):
        assert task.compute(model, ROWS, tokenizer=tokenizer)["rouge1"] == wanted


def test_a_data_set_by_name(tmp_path: Path) -> None:
    Dataset.from_list(ROWS).to_json(tmp_path / "validation.jsonl")
    found = evaluator("summarization").compute(Canned(), str(tmp_path))
    assert found["rouge1"] == evaluator("summarization").compute(Canned(), ROWS)["rouge1"]
    half = evaluator("summarization").compute(Canned(), str(tmp_path), split="validation[:1]")
    assert half["rouge1"] == pytest.approx(rouge(WRITTEN[:1], LABELS[:1], use_stemmer=False)["rouge1"]["f"])


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"data": []}, "no records"),
        ({"data": None}, "data is a NoneType"),
        ({"label_column": "summary"}, "label_column is 'summary', and it has text, label"),
        ({"data": ["text"]}, "input_column"),
        ({"metric": "bleu"}, "'bleu' is no metric"),
        ({"metric": ["rouge", "rouge"]}, "same name"),
        ({"strategy": "both"}, "strategy"),
        ({"confidence_level": 95}, "confidence_level"),
        ({"split": "test"}, "data set's name"),
        ({"model_or_pipeline": lambda texts, truncation: ["text"] * len(texts)}, "no record"),
        ({"model_or_pipeline": lambda texts, truncation: []}, "0 outputs for 3"),
    ],
)
def test_faults(given: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        evaluator("summarization").compute(**{"model_or_pipeline": Canned(), "data": ROWS, **given})


def test_tasks() -> None:
    with pytest.raises(InputError, match="not one of"):
        evaluator("question-answering")
    with pytest.raises(InputError, match="for summarization"):
        evaluator("text2text-generation").compute(Canned(), ROWS)
