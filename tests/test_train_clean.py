"""Site furniture leaves titles and bodies, each removal under its rule; news stays as it is."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.train.clean import clean, clean_line, clean_title, paragraphs
from pipeline.train.documents import document_sentences
from pipeline.train.titles import sentence_cased, teases

NEWS = (
    "The council of Bramley voted on Monday to close the swimming pool on Mill Road.",
    "Residents can sign up for the new bus pass until Friday, the council said.",
    "Advertising revenue at the Bramley Gazette fell by a third to $2.6m, its owners (the Holt family) said.",
    "“Follow the money,” said Ms. Orme, who photographed the mill for a newsletter of the society.",
    "ALDHAM's mayor, a Copyright lawyer, said: more cuts are needed in 2031 - and soon.",
    "Two people were hurt (one of them badly) when a tram hit a van near the AP building.",
)


@pytest.mark.parametrize("line", NEWS)
def test_news_is_left_alone(line: str) -> None:
    removed: Counter[str] = Counter()
    assert clean_line(line, removed) == line
    assert not removed


@pytest.mark.parametrize(
    ("line", "left", "rule"),
    [
        ("BRAMLEY, England (Reuters) - The pool will close.", "The pool will close.", "agency"),
        ("(CNN) -- The pool will close.", "The pool will close.", "agency"),
        ("ALDHAM MILLS, Calif. – The pool will close.", "The pool will close.", "dateline"),
        ("(BRAMLEY, England) — The pool will close.", "The pool will close.", "dateline"),
        ("Bramley, England -- The pool will close.", "The pool will close.", "dateline"),
        ("Read more: Pool to close", "", "more to read"),
        ("( PHOTOS: The pool in pictures)", "", "more to read"),
        ("Click here to see the pool in pictures.", "", "more to read"),
        ("Get the pool news delivered to your inbox. Sign up today.", "", "newsletter"),
        ("Copyright © 2031 The Bramley Gazette", "", "copyright"),
        ("By Jane Holt, Bramley Gazette", "", "by-line"),
        ("Jane Holt for MailOnline.", "", "by-line"),
        ("Kit Orme contributed to this report.", "", "contributors"),
        ("Enlarge this image toggle caption Kit Orme/AP Kit Orme/AP", "", "picture"),
        ("The pool on Monday. (Kit Orme/Reuters)", "The pool on Monday.", "picture"),
        ("The pool will close. pic.twitter.com/abc", "The pool will close. ", "tweet"),
        (
            "Mayor Kit Orme Kit OrmePool to close after vote Baths: what now MORE (D-Bramley) said no.",
            "Mayor Kit Orme (D-Bramley) said no.",
            "links of The Hill",
        ),
    ],
)
def test_furniture_is_removed_and_counted(line: str, left: str, rule: str) -> None:
    removed: Counter[str] = Counter()
    assert clean_line(line, removed) == left
    assert removed == {f"body: {rule}": 1}


@pytest.mark.parametrize(
    ("title", "left", "rule"),
    [
        ("OPINION: Close the pool in Bramley now", "Close the pool in Bramley now", "label in front"),
        ("Bramley pool will close in May (+video)", "Bramley pool will close in May", "label in brackets"),
        ("Bramley pool will close in May | Bramley Gazette", "Bramley pool will close in May", "site after a bar"),
        ("Bramley pool will close in May : NPR", "Bramley pool will close in May", "site"),
        ("Bramley pool will close in May — Watch", "Bramley pool will close in May", "prompt at the end"),
        ("Watchdog: Bramley pool will close in May", "Watchdog: Bramley pool will close in May", None),
        ("Orme: Pool in Bramley - and baths - to close", "Orme: Pool in Bramley - and baths - to close", None),
        ("Council&#8217;s pool will close in May", "Council's pool will close in May", None),
    ],
)
def test_titles(title: str, left: str, rule: str | None) -> None:
    removed: Counter[str] = Counter()
    assert clean_title(title, removed) == left
    assert removed == ({f"title: {rule}": 1} if rule else {})


def test_a_document_keeps_its_sentences_and_loses_what_surrounds_them() -> None:
    document = (
        "BRAMLEY, England (AP) — The pool on Mill Road will close in May.\n\nAdvertisement\n\n"
        "The pool, empty. | AP Photo Bramley votes to close its pool Swimmers are angry.\n\n"
        "The roof would cost $2.6m. Follow @@ kitorme. Nobody wanted to pay for it."
    )
    removed: Counter[str] = Counter()
    record = {"document": document, "headline": "Bramley votes to close its pool"}
    assert document_sentences(record, removed=removed) == [
        "The pool on Mill Road will close in May.",
        "The roof would cost $2.6m.",
        "Nobody wanted to pay for it.",
    ]
    assert removed["body: title repeated"] == removed["body: agency"] == removed["body: advertisement"] == 1


@given(st.lists(st.sampled_from([*NEWS, "Advertisement", "Read more: x", "toggle caption", "© 2031"]), max_size=8))
def test_paragraphs_are_the_news_in_order(lines: list[str]) -> None:
    assert list(paragraphs("\n\n".join(lines))) == [line for line in lines if line in NEWS]


@settings(deadline=None)  # the first slip of encoding loads a table
@given(st.text(max_size=300))
def test_any_text_is_cleaned_to_something_shorter_or_its_repair(text: str) -> None:
    cleaned = clean_line(text)
    assert clean_line(cleaned) == clean_line(cleaned.strip()) or cleaned.strip() != cleaned
    assert set(cleaned) - set(text) <= set("\"'\n ") or any(sign in text for sign in "&Ââ\u200b\ufeff�Ã")
    assert clean(clean(text)) == clean(text)


@pytest.mark.parametrize(
    ("title", "cased"),
    [
        ("Orme's Council Votes To Close Pool In Texas", "Orme's council votes to close pool in Texas"),
        ("COUNCIL VOTES TO CLOSE BRAMLEY POOL", "Council votes to close Bramley pool"),
        ("U.S. Swimmers Say They're Angry About UNESCO", "U.S. swimmers say they're angry about UNESCO"),
        ("Council votes to close Bramley pool", "Council votes to close Bramley pool"),
    ],
)
def test_titles_in_title_case_become_sentences(title: str, cased: str) -> None:
    document = "The council of Bramley votes, Orme said. They're angry swimmers, and UNESCO may close the pool."
    assert sentence_cased(title, document) == cased


@pytest.mark.parametrize(
    ("title", "teaser"),
    [
        ("Will the pool in Bramley close?", True),
        ("Why the pool in Bramley will close", True),
        ("What you need to know about the pool", True),
        ("Written Reply to Parliamentary Question on Pools", True),
        ("Opening address at the pool in Bramley", True),
        ("Orme: 'I will close the pool in Bramley'", False),
        ("Orme says 'we' will pay for the pool", False),
        ("Council to hear speech on pool in Bramley", False),
    ],
)
def test_teasers_and_kinds_of_documents_are_no_headlines(title: str, teaser: bool) -> None:
    assert teases(title) == teaser
