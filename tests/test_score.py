"""scores.json: structure, values against the function API, and everything that is not scored."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from rouge_score import rouge_scorer
from score_sample import ARTICLES, OUTPUTS, REFERENCES

from pipeline.errors import ConfigError
from pipeline.metrics.signature import difference
from pipeline.metrics.texts import Outputs
from pipeline.records import Brief, Passage, Prose
from pipeline.score import rouge, score, score_systems


@pytest.fixture(scope="module")
def scores() -> dict[str, Any]:
    return score(OUTPUTS, REFERENCES, ARTICLES, engine="embedded", samples=200)


def test_structure_is_the_contracts(scores: dict[str, Any]) -> None:
    assert list(scores["systems"]) == ["embedded", "lead", "textrank", "oracle"]
    for kinds in scores["systems"].values():
        assert list(kinds) == ["summary", "bullets", "headlines", "headlines_best"]
        for entry in kinds.values():
            assert entry["n"] == 2
            for name in ("rouge1", "rouge2", "rougeL", "rougeLsum"):
                assert entry[name].keys() == {"p", "r", "f", "ci95"}
                low, high = entry[name]["ci95"]
                assert low <= entry[name]["f"] <= high
    assert scores["systems"]["lead"]["summary"]["novel_bigrams"]["value"] == 0.0
    assert scores["systems"]["embedded"]["summary"]["novel_bigrams"]["value"] > 0.0
    assert all(entry["why"].startswith("nothing to count in the ") for entry in scores["missing"])
    assert scores["problems"] == []
    assert scores["empty"] == {}
    json.dumps(scores, allow_nan=False)


def test_signature_names_every_setting(scores: dict[str, Any]) -> None:
    parts = dict(part.split(":", 1) for part in scores["signature"].split("|")[1:])
    assert parts.keys() == {"v", "profile", "tok", "stem", "split", "multiref", "n", "boot", "seed", "version"}
    assert (parts["tok"], parts["stem"], parts["boot"], parts["seed"]) == ("google", "porter", "200", "13")


def test_values_are_rouge_scores_over_lines(scores: dict[str, Any]) -> None:
    predictions = [
        "A river flooded 40 houses.\nNo one was hurt, mayor Ann Poole said.",
        "Stannick will get a bridge.",
    ]
    references = [
        ["The river Sal flooded houses.\nNobody was hurt.", "Forty houses were flooded."],
        ["Stannick votes for a bridge."],
    ]
    types = ["rouge1", "rouge2", "rougeL", "rougeLsum"]
    oracle = rouge_scorer.RougeScorer(types, use_stemmer=True)
    theirs = [oracle.score_multi(r, p) for p, r in zip(predictions, references, strict=True)]
    for name in types:
        entry = scores["systems"]["embedded"]["summary"][name]
        assert entry["f"] == pytest.approx(sum(item[name].fmeasure for item in theirs) / 2, abs=1e-12)
        assert entry["p"] == pytest.approx(sum(item[name].precision for item in theirs) / 2, abs=1e-12)


def test_headlines_first_and_best(scores: dict[str, Any]) -> None:
    kinds = scores["systems"]["embedded"]
    first = rouge(["Mayor thanks firefighters", "Stannick votes for bridge"], ["River floods 40 houses", "Bridge vote"])
    best = rouge(["River floods 40 houses", "Stannick votes for bridge"], ["River floods 40 houses", "Bridge vote"])
    for name in first:
        assert kinds["headlines"][name]["f"] == pytest.approx(first[name]["f"])
        assert kinds["headlines_best"][name]["f"] == pytest.approx(best[name]["f"])


def test_lead_rows_are_the_first_sentences(scores: dict[str, Any]) -> None:
    lead = ["\n".join(s.text for s in a.sentences[:3]) for a in ARTICLES.values()]
    expected = rouge(lead, [["40 houses flooded\nNobody hurt", "Families moved to school"], "Bridge costs 3 million"])
    assert scores["systems"]["lead"]["bullets"]["rougeLsum"]["f"] == pytest.approx(expected["rougeLsum"]["f"])
    first = [a.sentences[0].text for a in ARTICLES.values()]
    expected = rouge(first, ["River floods 40 houses", "Bridge vote"])
    assert scores["systems"]["lead"]["headlines"]["rouge1"]["f"] == pytest.approx(expected["rouge1"]["f"])


def test_the_oracle_is_not_below_the_lead(scores: dict[str, Any]) -> None:
    systems = scores["systems"]
    assert systems["oracle"]["summary"]["rouge1"]["f"] >= systems["lead"]["summary"]["rouge1"]["f"]


def test_support_has_its_own_n(scores: dict[str, Any]) -> None:
    summary = scores["systems"]["embedded"]["summary"]
    assert summary["numbers_supported"] == {"value": 1.0, "ci95": [1.0, 1.0], "n": 1}


def test_unknown_names_are_config_errors() -> None:
    with pytest.raises(ConfigError, match="rogue"):
        score(OUTPUTS, REFERENCES, None, engine="mine", metrics=("rogue1",))
    with pytest.raises(ConfigError, match="random"):
        score(OUTPUTS, REFERENCES, None, engine="mine", baselines=("random",))


def test_an_engine_named_like_a_baseline_keeps_its_own_row() -> None:
    result = score(OUTPUTS, REFERENCES, ARTICLES, engine="lead", samples=100)
    assert list(result["systems"]) == ["engine:lead", "lead", "textrank", "oracle"]


def test_chosen_metrics_only() -> None:
    result = score(OUTPUTS, REFERENCES, ARTICLES, engine="mine", metrics=("rouge1",), samples=100, baselines=())
    assert result["systems"]["mine"]["bullets"].keys() == {"n", "rouge1", "signature"}
    assert list(result["systems"]) == ["mine"]


def test_briefs_become_outputs() -> None:
    prose = Prose("One. Two.", ((0, 4), (5, 9)), ((), ()))
    brief = Brief("a", "", 9, None, "e", summary=prose, headlines=(Passage("H"),))
    assert Outputs.from_brief(brief) == Outputs(summary=prose, headlines=("H",))


def test_items_match_the_means(scores: dict[str, Any]) -> None:
    items = score_systems(OUTPUTS, REFERENCES, ARTICLES, engine="embedded", samples=200)["embedded"]
    values = [item.rouge["rouge1"].f for item in items.rows["summary"]]
    assert sum(values) / 2 == pytest.approx(scores["systems"]["embedded"]["summary"]["rouge1"]["f"])
    assert [one.field for one in difference(items.signature, scores["signature"])] == ["n"]


def test_scoring_loads_nothing_heavy() -> None:
    code = (
        "import sys\nfrom pipeline.score import score\nfrom score_sample import *\n"
        "score(OUTPUTS, REFERENCES, ARTICLES, engine='x', samples=100)\n"
        "print([m for m in ('torch', 'transformers', 'evaluate', 'datasets') if m in sys.modules])"
    )
    tests = Path(__file__).parent
    env = os.environ | {"PYTHONPATH": os.pathsep.join(map(str, (tests, tests.parent)))}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, env=env)
    assert done.stdout.strip() == "[]", done.stderr
