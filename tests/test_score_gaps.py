"""What is not scored is named: missing articles, references, kinds and texts."""

from __future__ import annotations

import pytest
from score_sample import ARTICLES, FLOOD, OUTPUTS, REFERENCES

from pipeline.errors import InputError
from pipeline.metrics.texts import Outputs
from pipeline.records import Prose, References
from pipeline.score import score


def test_without_articles_baselines_are_missing_not_zero() -> None:
    result = score(OUTPUTS, REFERENCES, None, engine="mine", samples=100)
    assert list(result["systems"]) == ["mine"]
    assert {entry["metric"] for entry in result["missing"]} == {
        "abstractiveness", "support", "grounding", "lead", "textrank", "oracle",
    }  # fmt: skip
    assert "novel_bigrams" not in result["systems"]["mine"]["summary"]


def test_nothing_is_dropped_silently() -> None:
    outputs = OUTPUTS | {"extra": Outputs(summary=Prose("x", (), ())), "gap": Outputs(bullets=("a",))}
    references = REFERENCES | {"lost": References(summary=("y",)), "gap": References(summary=("a",))}
    result = score(outputs, references, ARTICLES, engine="mine", samples=100)
    told = {(p["id"], p.get("kind"), p["what"]) for p in result["problems"]}
    assert ("extra", None, "has an output but no references") in told
    assert ("lost", None, "has references but no output") in told
    assert ("gap", "summary", "has no output of this kind") in told
    assert ("gap", "bullets", "has no reference of this kind") in told
    assert result["systems"]["mine"]["summary"]["n"] == 2


def test_unknown_article_text_is_a_problem() -> None:
    result = score(OUTPUTS, REFERENCES, {"flood": ARTICLES["flood"]}, engine="mine", samples=100)
    assert [problem["id"] for problem in result["problems"]] == ["vote"]
    assert result["systems"]["lead"]["summary"]["n"] == 1


def test_empty_predictions_score_zero_and_are_listed() -> None:
    empty = Outputs(summary=Prose("", (), ()), bullets=(), headlines=(" ",))
    result = score({"flood": empty}, REFERENCES, ARTICLES, engine="mine", samples=100)
    assert result["empty"] == {
        kind: ["flood"] for kind in ("summary", "bullets", "headlines", "headlines_best")
    }
    kinds = result["systems"]["mine"]
    assert {kinds[kind]["rouge1"]["f"] for kind in kinds} == {0.0}
    gone = {(m["metric"], m["kind"]): m["why"] for m in result["missing"]}
    assert gone["coverage", "summary"] == "nothing to count in the summary of mine"


def test_a_kind_without_references_is_missing() -> None:
    references = {"flood": References(headline=("River floods 40 houses",))}
    result = score({"flood": OUTPUTS["flood"]}, references, None, engine="mine", samples=100)
    assert list(result["systems"]["mine"]) == ["headlines", "headlines_best"]
    told = [(m["metric"], m.get("kind")) for m in result["missing"]]
    assert ("rouge", "summary") in told


def test_a_rewrite_baseline_reaches_the_references_length() -> None:
    references = {"flood": References(rewrite=(" ".join(["word"] * 25),))}
    outputs = {"flood": Outputs(rewrite=Prose(FLOOD, (), ()))}
    result = score(outputs, references, ARTICLES, engine="mine", samples=100)
    assert result["systems"]["lead"]["rewrite"]["compression"]["value"] < 31 / 20


def test_nothing_in_common_is_an_input_error() -> None:
    with pytest.raises(InputError, match="'flood'.*'other'"):
        score(OUTPUTS, {"other": References(summary=("a",))}, None, engine="mine")
    with pytest.raises(InputError, match="nothing to score"):
        score({}, REFERENCES, None, engine="mine")
