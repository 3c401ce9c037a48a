"""The evaluate module, loaded by Hugging Face evaluate from its path, offline."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipeline.metrics import evaluate_metric
from pipeline.metrics.evaluate_metric import compute_with_evaluate
from pipeline.metrics.texts import Outputs
from pipeline.records import References
from pipeline.score import rouge, score

MODULE = Path(evaluate_metric.__file__).parent / "evaluate_rouge"
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


def test_it_can_be_combined(metric: Any, cache: Path) -> None:
    import evaluate

    result = evaluate.combine([metric]).compute(predictions=["a"], references=["a"])
    assert result["rouge1"] == 1.0


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
