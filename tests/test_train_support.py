"""What supports a target: inflections, aliases and number words do; invented words, numbers and names do not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.text.words import WORD
from pipeline.train.events import Told, day_of, paraphrases, same_event, stands_alone
from pipeline.train.pairs import Pair, fitting, telling
from pipeline.train.support import fault, hard_words

SOURCE = (
    "Iranian officials told the United States on Monday that twelve sailors had been freed. The Supreme Court chose "
    "not to hear the appeal of Senator Kit Orme, a Republican from Bramley, who resigned after the killings of 2019. "
    "Repairs would cost $2.6 million, the Food and Drug Administration said during the crisis."
)


@pytest.mark.parametrize(
    ("target", "why"),
    [
        ("Iran frees 12 sailors, officials tell U.S.", ""),
        ("SCOTUS chooses not to hear GOP senator's appeal", ""),
        ("Senator's resignation follows killings", ""),
        ("FDA says repairs cost $2.6m", ""),
        ("Orme resigns after killing", ""),
        ("Sen. Orme resigned after 2019 killings", ""),
        ("Iran frees 14 sailors, officials tell U.S.", "number"),
        ("FDA says repairs cost $2.6bn", "number"),
        ("Orme resigns after killings in Texas", "name"),
        ("Texas frees sailors, officials say", "name"),
        ("Orme marries singer after concert", "words"),
        ("Orme resigned", "words"),
        ("ISIL frees sailors, officials say", "name"),
    ],
)
def test_faults(target: str, why: str) -> None:
    assert fault(target, SOURCE, 0.66) == why


@given(st.data())
def test_a_part_of_the_source_is_always_supported_by_it(data: st.DataObject) -> None:
    words = SOURCE.split()
    start = data.draw(st.integers(0, len(words) - 6))
    part = " ".join(words[start : start + data.draw(st.integers(6, 14))])
    assert fault(part, SOURCE, 1.0) in ("", "words")
    assert fault(part, SOURCE, 1.0) == "" or len(WORD.findall(part)) < 12


@given(st.text(max_size=80), st.text(max_size=200))
def test_any_texts_can_be_compared(target: str, source: str) -> None:
    assert fault(target, source, 0.5) in ("", "words", "number", "name")
    assert hard_words(target) >= hard_words(target.lower()) - {""}


def test_telling_sentences_stay_within_what_the_model_reads() -> None:
    sentences = [f"The council of Bramley met for the {n}th time on {'a long ' * n}day." for n in range(1, 20)]
    sentences[9] = "Swimmers signed a petition against Orme."
    chosen = telling(["swimm", "petition", "orm"], sentences, 200)
    assert chosen[0] == 0
    assert 9 in chosen
    assert len(" ".join(sentences[i] for i in chosen)) <= 200
    assert fitting(sentences, 60) == sentences[0][:60]


def report(*sentences: str, day: str = "2031-05-02") -> Told:
    return Told(day_of(day), sentences)


EVENT = report(
    "The council of Bramley voted by 9 to 2 on Monday to close the swimming pool on Mill Road next spring.",
    "Councillors said the leaking roof would cost $2.6 million, more than the little town can pay.",
    "Swimmers wept in the gallery when Mayor Kit Orme read out the result.",
)
SAME = report(
    "Bramley's pool on Mill Road is to close in spring after councillors backed the plan by 9 votes to 2.",
    "Repairs to a leaking roof had been put at $2.6 million, a sum the council of the town cannot pay.",
    "Mayor Orme read out the result as swimmers in the gallery wept.",
    day="2031-05-03",
)
OTHER = report(
    "A tram hit a van near the station in Aldham on Friday, hurting two people.",
    "Police said the driver of the van had not seen the signal in the fog.",
    "Trams were stopped for three hours while engineers looked at the rails.",
)


def test_reports_on_one_event_are_found_and_aligned() -> None:
    reports = [EVENT, OTHER, SAME]
    assert same_event(reports) == [(0, 2)]
    found = list(paraphrases(reports, [(0, 2)]))
    pairs = [p for p in found if isinstance(p, Pair)]
    assert {p.target for p in pairs} >= {SAME.sentences[2]}
    for pair in pairs:
        assert pair.task == "brief"
        assert pair.novelty >= 2
        assert pair.kind == "paraphrase: same event"
        assert not fault(pair.target, pair.focus, 0.7)


def test_reports_days_apart_are_no_event_and_the_same_wording_no_paraphrase() -> None:
    late = Told(day_of("2031-06-20"), SAME.sentences)
    assert same_event([EVENT, late]) == []
    assert set(paraphrases([EVENT, EVENT], [(0, 1)])) == {"paraphrase: same wording"}


@pytest.mark.parametrize(
    ("sentence", "alone"),
    [
        ("The council voted on Monday to close the pool.", True),
        ("On Monday, he voted with the council to close it.", False),
        ("But the council voted on Monday to close the pool.", False),
        ("The council \"voted on Monday to close the old pool.", False),
        ("Did the council vote on Monday to close the pool?", False),
        ("The council voted.", False),
    ],
)  # fmt: skip
def test_what_can_stand_alone(sentence: str, alone: bool) -> None:
    assert stands_alone(sentence) == alone


def test_days() -> None:
    assert day_of("2031-05-02 10:11:12") == day_of("2031-05-02")
    assert day_of("May 2") is None
    assert day_of(None) is None
