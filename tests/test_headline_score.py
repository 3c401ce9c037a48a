"""What a headline is worth: its signs case by case, and that the stored weights are those the verdicts give."""

from __future__ import annotations

import csv
import json
import math
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import pytest
from fit_headlines import LABELS, SHRINK, labels, plain
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from pipeline.headline_score import FEATURES, headline_features, headline_score
from pipeline.records import Article, Candidate
from pipeline.text.article import make_article

TEXT = (
    "The council of Bramley voted on Monday to close the swimming pool on Mill Road, the mayor said.\n\n"
    "What Anna Holt carried down from the attic was a biscuit tin.\n\n"
    "The pool was opened in 1971, and about 900 residents had signed a petition to keep the swimming pool open."
)
ARTICLE = make_article("pool", TEXT)
TITLED = make_article("pool", f"# Bramley council votes to close pool\n\n{TEXT}")


def candidate(text: str, *, logprob: float = -0.4, sentences: tuple[int, ...] = (0,)) -> Candidate:
    return Candidate("r", "headline", text, logprob, sentences, ("headlines",), weakest=3 * logprob)


def signs(text: str, article: Article = ARTICLE, **more: object) -> dict[str, float]:
    return headline_features(candidate(text, **more), article)  # type: ignore[arg-type]


def test_every_feature_is_there_and_finite() -> None:
    found = signs("Bramley council votes to close pool")
    assert set(found) == set(FEATURES)
    assert all(math.isfinite(value) for value in found.values())


def test_signs_of_one_text_by_hand() -> None:
    found = signs("Council voted to close the swimming pool, mayor said")
    assert found["words"] == pytest.approx(0.9)
    assert found["longest_run"] == pytest.approx(5 / 9)  # "to close the swimming pool"
    assert (found["novel"], found["repeated"], found["commas"], found["says"]) == (0, 0, 1, 1)
    assert (found["speaker_added"], found["first"], found["place"], found["several"]) == (0, 1, 0, 0)


@pytest.mark.parametrize(
    ("text", "more", "sign"),
    [
        ("Anna Holt was a biscuit tin", {"sentences": (1,)}, "any_unsafe"),
        ("Closing of the swimming pool on Mill Road", {}, "verbless"),
        ("Pool closes: pool council closes", {}, "repeated"),
        ("It was opened in 1971", {"sentences": (2,)}, "pronoun"),
        ("Anna Holt carried down a biscuit tin, police said", {"sentences": (1,)}, "speaker_added"),
        ("Council closes museum", {}, "novel"),
        ('Mayor: "close the pool"', {}, "quotes"),
    ],
)
def test_what_is_wrong_shows(text: str, more: dict[str, object], sign: str) -> None:
    assert signs(text, **more)[sign] > 0
    assert signs("The council of Bramley voted on Monday to close the swimming pool on Mill Road")[sign] == 0


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ("Council votes to close the swimming pool on Mill Road", "Council pool votes swimming close on"),
        ("Council voted to close the swimming pool", "Voted to close the swimming pool on"),
    ],
)
def test_sound_headlines_come_first(better: str, worse: str) -> None:
    assert headline_score(candidate(better), ARTICLE) > headline_score(candidate(worse), ARTICLE)


def test_an_unlikely_text_and_a_late_sentence_are_worth_less() -> None:
    text = "About 900 residents had signed a petition"
    likely, unlikely = (headline_score(candidate(text, logprob=value), ARTICLE) for value in (-0.2, -1.5))
    assert likely > unlikely
    early = headline_score(candidate("Council voted to close the pool"), ARTICLE)
    assert early > headline_score(candidate(text, sentences=(2,)), ARTICLE)


def test_the_articles_own_title_counts() -> None:
    text = "Bramley council votes to close swimming pool"
    assert headline_score(candidate(text), TITLED) > headline_score(candidate("The pool was opened in 1971"), TITLED)
    words = headline_features(candidate(text), TITLED)
    assert words["novel"] < signs(text)["novel"]  # the title is evidence too


def test_a_condition_told_as_a_fact_and_a_repaired_text_lose() -> None:
    article = make_article("bank", "If the deal fails next week, the bank will cut 400 jobs, ministers said on Monday.")
    plain = candidate("The bank will cut 400 jobs if the deal fails next week")
    told = candidate("The deal fails next week, ministers said")
    assert headline_score(told, article) < headline_score(plain, article) - 1
    mended = replace(plain, flags=("repaired:number:300->400",))
    assert headline_score(mended, article) < headline_score(plain, article)


def test_an_opening_phrase_alone_shows_with_and_without_a_title() -> None:
    text = "After a long debate in the chamber, the council of Bramley voted to close the pool on Mill Road."
    for article in (make_article("a", text), make_article("a", f"# Pool to close\n\n{text}")):
        assert headline_features(candidate("After a long debate in the chamber"), article)["hangs"] == 1
        assert headline_features(candidate("Bramley council voted to close the pool"), article)["hangs"] == 0


def test_stored_weights_cover_the_features() -> None:
    stored = json.loads(files("pipeline").joinpath("weights", "selector", "headlines.json").read_text(encoding="utf-8"))
    for name in ("sound", "tells", "close"):
        assert set(stored[name]) == {*FEATURES, "bias"}
    with LABELS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == stored["measured"]["labelled"]
    assert {row[k] for row in rows for k in "TG"} == {"0", "1"} and {row["N"] for row in rows} == {"0", "1", "2"}
    assert not any(int(row["N"]) and not (int(row["T"]) and int(row["G"])) for row in rows)


def test_the_verdicts_give_the_stored_weights() -> None:
    stored = json.loads(files("pipeline").joinpath("weights", "selector", "headlines.json").read_text(encoding="utf-8"))
    x, judged, _ = labels()
    answers = {"sound": judged[:, 0] * judged[:, 1], "tells": (judged[:, 2] > 0).astype(int)}
    for name, y in answers.items():
        model = make_pipeline(StandardScaler(), LogisticRegression(C=SHRINK, max_iter=3000)).fit(x, y)
        assert plain(model) == pytest.approx(stored[name], abs=2e-3)


def test_the_labels_hold_no_text() -> None:
    with Path(LABELS).open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            assert all(math.isfinite(float(value)) for key, value in row.items() if key != "article")
