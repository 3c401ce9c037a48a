"""The evaluate modules, loaded by Hugging Face evaluate from their paths, offline."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from score_sample import ARTICLES, OUTPUTS
from score_sample import REFERENCES as REFERENCES_SAMPLE

from pipeline.errors import ConfigError, InputError
from pipeline.metrics import evaluate_metric, source_api
from pipeline.metrics.evaluate_metric import compute_with_evaluate
from pipeline.metrics.source import Source
from pipeline.metrics.source_api import against_sources, unsupported_facts
from pipeline.metrics.texts import Outputs
from pipeline.records import References
from pipeline.score import rouge, score

FOLDER = Path(evaluate_metric.__file__).parent
MODULE = FOLDER / "evaluate_rouge"
PREDICTIONS = ["The cat sat.\nIt slept.", "dogs"]
REFERENCES = [["A cat sat down.\nIt was sleeping.", "cats sit"], ["a dog"]]


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """An empty home for evaluate's copies, and no network."""
    folder = tmp_path_factory.mktemp("evaluate")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("HF_HUB_OFFLINE", "HF_EVALUATE_OFFLINE", "HF_DATASETS_OFFLINE"):
            patch.setenv(name, "1")
        patch.setenv("HF_MODULES_CACHE", str(folder / "modules"))
        yield folder


@pytest.fixture(scope="module")
def metric(cache: Path) -> Any:
    import evaluate

    return evaluate.load(str(MODULE), cache_dir=str(cache))


def test_it_equals_the_function(metric: Any) -> None:
    result = metric.compute(predictions=PREDICTIONS, references=REFERENCES)
    expected = rouge(PREDICTIONS, REFERENCES)
    assert {name: result[name] for name in expected} == {name: part["f"] for name, part in expected.items()}
    assert result["rougeLsum_recall"] == expected["rougeLsum"]["r"]


def test_single_references_and_no_aggregation(metric: Any) -> None:
    result = metric.compute(
        predictions=["a b", "c"], references=["a", "c"], rouge_types=["rouge1"], use_aggregator=False
    )
    assert result == {
        "rouge1": [pytest.approx(2 / 3), 1.0],
        "rouge1_precision": [0.5, 1.0],
        "rouge1_recall": [1.0, 1.0],
    }


def test_profile_references_and_tokenizer_are_those_of_the_function(metric: Any) -> None:
    options = {"multi_ref": "mean", "profile": "unicode", "tokenizer": str.split}
    result = metric.compute(predictions=["été là", "b"], references=[["été", "là haut"], ["c", "b"]], **options)
    expected = rouge(["été là", "b"], [["été", "là haut"], ["c", "b"]], **options)
    assert {name: result[name] for name in expected} == {name: part["f"] for name, part in expected.items()}
    assert result["rouge1"] == pytest.approx(((2 / 3 + 1 / 2) / 2 + 1 / 2) / 2)


def test_it_can_be_combined(metric: Any, cache: Path) -> None:
    import evaluate

    result = evaluate.combine([metric]).compute(predictions=["a"], references=["a"])
    assert result["rouge1"] == 1.0


SOURCES = ["A cat sat down at noon. It slept for 3 hours.", "Some dogs ran."]


def test_three_modules_combine_by_path(cache: Path) -> None:
    import evaluate

    names = ("evaluate_rouge", "evaluate_faithfulness", "evaluate_abstractiveness")
    combined = evaluate.combine([str(FOLDER / name) for name in names])
    texts = ["The cat sat.\nIt slept 5 hours.", "dogs"]
    result = combined.compute(predictions=texts, references=REFERENCES, sources=SOURCES)
    assert result["rouge1"] == rouge(texts, REFERENCES)["rouge1"]["f"]
    assert result["quantities_supported"] == 0.0
    assert result["dates_supported"] is None
    own = against_sources(texts, SOURCES)
    assert result["coverage"] == pytest.approx(sum(own["coverage"]) / 2)  # type: ignore[arg-type]
    assert result["novel_bigrams"] == own["novel_bigrams"][0]  # the other has no pair of words
    assert result.keys() - {key for key in result if key.startswith("rouge")} == own.keys()


def test_faithfulness_item_by_item_names_the_guilty_spans(cache: Path) -> None:
    import evaluate

    module = evaluate.load(str(FOLDER / "evaluate_faithfulness"), cache_dir=str(cache))
    result = module.compute(predictions=["It slept 5 hours."] * 2, sources=SOURCES, use_aggregator=False)
    assert result["numbers_supported"] == [0.0, 0.0]
    assert result["unsupported"][0] == [
        {"kind": "numbers", "text": "5", "span": [9, 10]}, {"kind": "quantities", "text": "5 hours", "span": [9, 16]},
    ]  # fmt: skip


def test_a_module_against_the_article_is_missing_where_there_is_none(cache: Path) -> None:
    path = str(FOLDER / "evaluate_abstractiveness")
    values, missing = compute_with_evaluate(path, ["a"], [["b"]])
    assert values == {}
    assert missing == {"metric": path, "why": "it needs sources, and the article texts are not known"}
    values, missing = compute_with_evaluate(path, ["a b"], [["b"]], ["a c"])
    assert missing is None
    assert values["coverage"] == 0.5


@pytest.mark.parametrize(
    ("predictions", "sources", "part"),
    [
        (["a"], [], "1 predictions and 0 sources"),
        ("a", ["a"], "one text"),
        (["a", None], ["a", "b"], "predictions 2 is NoneType"),
    ],
)
def test_bad_input_of_the_function_is_named(predictions: Any, sources: Any, part: str) -> None:
    with pytest.raises(InputError, match=part):
        against_sources(predictions, sources)
    with pytest.raises(ConfigError, match="unknown metric 'rouge'"):
        against_sources(["a"], ["b"], ["rouge"])


def test_compute_by_path(cache: Path) -> None:
    values, missing = compute_with_evaluate(str(MODULE), PREDICTIONS, REFERENCES)
    assert missing is None
    assert values["rouge2"] == rouge(PREDICTIONS, REFERENCES)["rouge2"]["f"]


def test_a_failure_is_missing_with_its_reason(tmp_path: Path, cache: Path) -> None:
    values, missing = compute_with_evaluate("bertscore", ["a"], [["a"]])
    assert values == {}
    assert missing is not None
    assert "local" in missing["why"]
    broken = tmp_path / "broken" / "broken.py"
    broken.parent.mkdir()
    broken.write_text("import a_package_that_nobody_has\n", encoding="utf-8")
    _, missing = compute_with_evaluate(str(broken), ["a"], [["a"]])
    assert missing is not None
    assert "a_package_that_nobody_has" in missing["why"]


def test_named_in_score(cache: Path) -> None:
    outputs = {"1": Outputs(headlines=("a b", "c")), "2": Outputs(headlines=("d",))}
    references = {"1": References(headline=("a",)), "2": References(headline=("d", "e"))}
    result = score(
        outputs, references, None, engine="mine", samples=100, evaluate=[str(MODULE), "missing/path"]
    )
    headlines = result["systems"]["mine"]["headlines"]
    assert headlines["evaluate_rouge_rouge1"] == {"value": headlines["rouge1"]["f"], "n": 2}
    assert [entry["metric"] for entry in result["missing"] if "rouge" not in entry["metric"]][
        -1
    ] == "missing/path"


def test_named_in_score_with_articles(cache: Path) -> None:
    module = str(FOLDER / "evaluate_faithfulness")
    result = score(OUTPUTS, REFERENCES_SAMPLE, ARTICLES, engine="mine", samples=100, baselines=(), evaluate=[module])
    summary = result["systems"]["mine"]["summary"]
    for name in ("source_rouge2", "numbers_supported"):
        assert summary[f"evaluate_faithfulness_{name}"]["value"] == pytest.approx(summary[name]["value"])


def test_an_article_of_several_predictions_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    read = []
    monkeypatch.setattr(source_api, "Source", lambda text: read.append(text) or Source(text))
    found = unsupported_facts(["It cost 9 pounds.", "It cost 7 pounds.", "About 9 came."], ["It cost 7 pounds."] * 3)
    assert [bool(facts) for facts in found] == [True, False, True]
    assert read == ["It cost 7 pounds."]
