"""The profiles `perl` and `unicode`, and several references.

The golden file holds what perl itself computes; how it was made stands in its head.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from nltk.stem.porter import PorterStemmer
from rouge_score import rouge_scorer

from pipeline.metrics.porter155 import stem
from pipeline.metrics.resampled import resampled
from pipeline.metrics.tokens import google_lines, perl_lines, unicode_lines
from pipeline.score import rouge

GOLDEN: dict[str, Any] = yaml.safe_load(
    (Path(__file__).parent / "golden" / "rouge155.yaml").read_text(encoding="utf-8")
)
RUNS = [pytest.param(run, id=f"{run['multi_ref']}-{'stemmed' if run['stem'] else 'plain'}") for run in GOLDEN["runs"]]
TYPES = ("rouge1", "rouge2", "rougeL", "rougeLsum")
WORDS = st.sampled_from(["the", "river", "rivers", "flooded", "flooding", "Sal", "\n"])
TEXTS = st.lists(WORDS, max_size=12).map(" ".join)


def perl_scores(run: dict[str, Any]) -> dict[str, list[Any]]:
    predictions = ["\n".join(item["prediction"]) for item in GOLDEN["items"]]
    references = [["\n".join(lines) for lines in item["references"]] for item in GOLDEN["items"]]
    return rouge(predictions, references, list(run["scores"]), run["stem"], True, run["multi_ref"], "perl")


@pytest.mark.parametrize("run", RUNS)
def test_items_are_rouge_1_5_5s(run: dict[str, Any]) -> None:
    ours = perl_scores(run)
    for rouge_type, expected in run["scores"].items():
        assert [list(score) for score in ours[rouge_type]] == [pytest.approx(one, abs=1e-12) for one in expected]


@pytest.mark.parametrize("run", RUNS)
def test_averages_and_intervals_are_rouge_1_5_5s(run: dict[str, Any]) -> None:
    """Eleven items, so the order of the names as strings matters, and perl's random numbers."""
    ours = perl_scores(run)
    for rouge_type, expected in run["averages"].items():
        means, intervals = resampled(ours[rouge_type], 1000)
        for part, (average, low, high) in expected.items():
            column = "prf".index(part)
            assert [means[column], *intervals[column]] == pytest.approx([average, low, high], abs=1e-12)


def test_means_of_the_function_are_the_averages() -> None:
    run = GOLDEN["runs"][0]
    item = GOLDEN["items"][0]
    ours = rouge(["\n".join(item["prediction"])], ["\n".join(item["references"][0])], ["rouge1"], False, profile="perl")
    assert ours["rouge1"]["f"] == run["scores"]["rouge1"][0][2]


def test_stems_are_rouge_1_5_5s() -> None:
    assert {word: stem(word) for word in GOLDEN["stems"]} == GOLDEN["stems"]


ENDINGS = ["", "s", "ed", "ing", "ational", "izer", "iveness", "ful", "able", "ive", "ies", "eed", "ly", "ll", "e", "y"]


@settings(max_examples=500)
@given(st.text(alphabet="abcdeilmnoprstuvyz1", min_size=1, max_size=6), st.sampled_from(ENDINGS))
def test_but_for_step_4_stems_are_porters(start: str, ending: str) -> None:
    """nltk with Martin Porter's own extensions is the oracle where the endings of the changed step do not occur."""
    word = start + ending
    if not any(part in word for part in ("ent", "ion", "sion", "ement")):
        assert stem(word) == PorterStemmer(mode="MARTIN_EXTENSIONS").stem(word)


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("Twenty-two $5.5m U.S.", ["twenty", "two", "5", "5m", "u", "s"]),
        ("caf\u00e9 \u212aelvin \u0130stanbul", ["caf", "elvin", "stanbul"]),  # bytes outside ASCII separate words
        ("under_score - --", ["under", "score"]),
    ],
)
def test_perl_tokens(text: str, tokens: list[str]) -> None:
    assert perl_lines(text, stem=False) == [tokens]


def test_perl_rouge_l_is_over_lines() -> None:
    ours = rouge(["a b\nc d"], ["c d\na b"], ["rougeL", "rougeLsum"], profile="perl")
    assert ours["rougeL"]["f"] == ours["rougeLsum"]["f"] == 1.0
    assert rouge(["a b\nc d"], ["c d\na b"], ["rougeL"])["rougeL"]["f"] == 0.5


SCRIPTS = {
    "Russian": "Совет проголосовал за новый мост.\nОн обойдётся в 3 миллиона.",
    "Chinese": "市议会投票赞成新建一座桥。\n它将耗资三百万。",
    "Japanese": "市議会は新しい橋に賛成した。\n費用は300万。",
    "Arabic": "صوّت المجلس لصالح جسر جديد.\nستبلغ تكلفته ٣ ملايين.",
    "Hindi": "परिषद ने नए पुल के लिए मतदान किया।\nइसकी लागत तीस लाख होगी।",
    "Thai": "สภาลงมติสร้างสะพานใหม่\nใช้เงินสามล้าน",
    "Korean": "시의회가 새 다리에 찬성했다.\n비용은 300만이다.",
    "Greek": "Το συμβούλιο ψήφισε νέα γέφυρα.",
    "Czech": "Rada schválila nový most přes řeku.",
}


@pytest.mark.parametrize("text", SCRIPTS.values(), ids=SCRIPTS)
def test_identical_texts_of_any_script_score_1(text: str) -> None:
    scores = rouge([text], [text], TYPES, profile="unicode")
    assert all(one == {"p": 1.0, "r": 1.0, "f": 1.0} for one in scores.values())


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("Caf\u00e9 cafe\u0301", ["caf\u00e9", "caf\u00e9"]),  # composed or not
        ("STRASSE Straße", ["strasse", "strasse"]),
        ("पुल हिन्दी", ["पुल", "हिन्दी"]),  # vowel signs and viramas stay
        ("新しい橋 300万", ["新", "し", "い", "橋", "300", "万"]),
        ("สะพาน", ["ส", "ะ", "พ", "า", "น"]),
        ("می\u200cروم", ["میروم"]),  # a joiner does not part a word
        ("３．５％", ["3", "5"]),
        ("über_all’s", ["über", "all", "s"]),
    ],
)
def test_unicode_tokens(text: str, tokens: list[str]) -> None:
    assert unicode_lines(text, stem=False) == [tokens]


@given(st.text(alphabet=st.characters(max_codepoint=127), max_size=80), st.booleans())
def test_of_ascii_text_unicode_tokens_are_googles(text: str, stemmed: bool) -> None:
    assert unicode_lines(text, stem=stemmed) == google_lines(text, stem=stemmed)


@given(st.text(max_size=60))
def test_line_ends_separate_tokens_in_every_profile(text: str) -> None:
    for lines in (google_lines, perl_lines, unicode_lines):
        assert len(lines(text, stem=False)) == text.count("\n") + 1
        assert all(token and not any(map(str.isspace, token)) for line in lines(text, stem=False) for token in line)


ORACLE = rouge_scorer.RougeScorer(list(TYPES), use_stemmer=True)


@settings(deadline=None, max_examples=150)
@given(TEXTS, st.lists(TEXTS, min_size=1, max_size=4))
def test_mean_and_jackknife_are_made_of_rouge_scores(prediction: str, references: list[str]) -> None:
    """Lin 2004, section 2.1: the best of each set that leaves one reference out, averaged."""
    mean = rouge([prediction], [references], TYPES, per_item=True, multi_ref="mean")
    jackknife = rouge([prediction], [references], TYPES, per_item=True, multi_ref="jackknife")
    sets = (
        [references[:i] + references[i + 1 :] for i in range(len(references))] if len(references) > 1 else [references]
    )
    each = [ORACLE.score(reference, prediction) for reference in references]
    best = [ORACLE.score_multi(left, prediction) for left in sets]
    for name in TYPES:
        for ours, theirs in ((mean[name][0], each), (jackknife[name][0], best)):
            expected = [sum(column) / len(theirs) for column in zip(*(one[name] for one in theirs), strict=True)]
            assert list(ours) == pytest.approx(expected, abs=1e-12)
