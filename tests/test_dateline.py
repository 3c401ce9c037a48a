"""Datelines: found where news has them, and nowhere else."""

from pathlib import Path

import pytest

from pipeline.files import write_jsonl
from pipeline.saved import read_articles
from pipeline.serial import article_to_dict
from pipeline.text.article import make_article

WITH = [
    ("HALVERN, Strande — Ulmeria refused to sign.", "Ulmeria refused to sign."),
    ("CORBIN'S FERRY — The siren began to sound.", "The siren began to sound."),
    ("DRESNIK, Valmara, Feb. 18 — Her coalition collapsed on Tuesday.", "Her coalition collapsed on Tuesday."),
    ("(CNN) -- A man was found in the river.", "A man was found in the river."),
    ("LONDON, March 3 (Reuters) - Shares fell for a third day.", "Shares fell for a third day."),
    ("New York (CNN) -- The mayor has left office.", "The mayor has left office."),
    ("Washington (CNN) The court has released the tape.", "The court has released the tape."),
    ("(CNN) Nobody has claimed the prize yet.", "Nobody has claimed the prize yet."),
]
WITHOUT = [
    "NATO-led forces said they had left.",
    "IBM - the company - said it would leave.",
    "TFB must now - he said - return the money.",
    "The U.S.-led coalition has broken up.",
    "Associated Press (AP) President Gary Bell said the seizure was wrong.",
    "Rain — a lot of it — fell on the town.",
]


@pytest.mark.parametrize(("text", "sentence"), WITH)
def test_the_first_sentence_begins_after_the_dateline(text: str, sentence: str) -> None:
    article = make_article("a", text)
    first = article.sentences[0]
    assert first.text == sentence == article.text[first.start : first.end]
    assert article.text == text


@pytest.mark.parametrize("text", WITHOUT)
def test_other_sentences_stay_whole(text: str) -> None:
    assert make_article("a", text).sentences[0].text == text


def test_an_agency_may_stand_behind_a_line_about_the_author() -> None:
    text = "Ana Reyes writes on courts. (CNN) The mayor won everything on Tuesday. He thanked (CNN) The Times for it."
    sentences = make_article("a", text).sentences
    assert [s.text for s in sentences][1] == "The mayor won everything on Tuesday."
    assert "(CNN)" in sentences[2].text and all(text[s.start : s.end] == s.text for s in sentences)


def test_a_saved_article_has_the_same_sentences(tmp_path: Path) -> None:
    article = make_article("a", WITH[0][0])
    write_jsonl(tmp_path / "articles.jsonl", [article_to_dict(article)])
    assert read_articles(tmp_path / "articles.jsonl")["a"].sentences == article.sentences
