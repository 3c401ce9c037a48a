"""What a text binds together: moods, directions, roles, speakers, and the places of its facts."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.facts import extract_facts
from pipeline.facts.forms import forms, is_past
from pipeline.facts.opposites import read_directions
from pipeline.facts.roles import read_roles
from pipeline.facts.slots import read_slots
from pipeline.facts.speech import read_sayings
from pipeline.facts.statements import Statement, read_statements


def statement(text: str, word: str) -> Statement:
    return next(s for s in read_statements(extract_facts(text).words) if s.word.text == word)


@pytest.mark.parametrize(
    ("one", "two", "same"),
    [
        ("rose", "risen", True),
        ("sued", "suing", True),
        ("cities", "city", True),
        ("sold", "sells", True),
        ("sold", "sole", False),
        ("rose", "fell", False),
    ],
)
def test_inflections_meet(one: str, two: str, same: bool) -> None:
    assert forms(one).isdisjoint(forms(two)) != same


def test_past_forms() -> None:
    assert all(is_past(word) for word in ("sued", "approved", "rose", "written"))
    assert not any(is_past(word) for word in ("need", "speed", "hundred", "rise", "suing"))


@pytest.mark.parametrize(
    ("text", "word", "mood", "cue"),
    [
        ("The board may approve it.", "approve", "may", "may"),
        ("The board might soon approve it.", "approve", "may", "might"),
        ("The board will not approve it.", "approve", "will", "will"),
        ("The board plans to approve it.", "approve", "aim", "plans"),
        ("The board is going to approve it.", "approve", "will", "going"),
        ("The board has approved it.", "approved", "fact", None),
        ("The board approved it.", "approved", "fact", None),
        ("The approved plan is late.", "approved", "", None),
        ("He allegedly stole it.", "stole", "claim", "allegedly"),
        ("He was accused of stealing it.", "stealing", "claim", "accused"),
        ("If the board approved it, they left.", "approved", "other", None),
        ("The board began to approve it.", "approve", "other", "began"),
        ("It could have been approved.", "approved", "may", "could"),
    ],
)
def test_moods(text: str, word: str, mood: str, cue: str | None) -> None:
    found = statement(text, word)
    assert (found.mood, found.cue.text if found.cue else None) == (mood, cue)


def test_who_acts() -> None:
    active = statement("On Monday, the army has attacked the rebels in Kyiv.", "attacked")
    assert [w.text for w in active.before] == ["army"]
    assert [w.text for w in active.after] == ["rebels"]
    passive = statement("The rebels were attacked by the army.", "attacked")
    assert passive.passive
    assert [w.text for w in passive.agent] == ["army"]
    assert statement("He did not attack them.", "attack").negated


@pytest.mark.parametrize(
    ("text", "signs"),
    [
        ("Profit rose 8 percent.", [("Profit", 1), ("rose", 1)]),
        ("More than 40 came.", [("More", 1)]),
        ("He set up a shop over the weekend.", []),
        ("They met before the vote.", [("before", 1)]),
        ("They met after the vote.", [("after", -1)]),
    ],
)
def test_directions(text: str, signs: list[tuple[str, int]]) -> None:
    assert [(d.word.text, d.sign) for d in read_directions(extract_facts(text).words)] == signs


@pytest.mark.parametrize(
    ("text", "roles"),
    [
        ("They met Defense Secretary Lloyd Austin.", [("secretary", "defense", "austin")]),
        ("They met Lloyd Austin, the defense secretary, there.", [("secretary", "defense", "austin")]),
        ("They met Vice President Halloran.", [("president", "vice", "halloran")]),
        ("The president spoke of Austin.", [("president", "", "")]),
        ("They met Republican Sen. Brandt.", [("republican", "", "brandt"), ("senator", "", "brandt")]),
        ("They met the president’s friend Austin.", [("president", "", "")]),
    ],
)
def test_roles(text: str, roles: list[tuple[str, str, str]]) -> None:
    facts = extract_facts(text)
    assert [(r.key, r.qualifier, r.holder) for r in read_roles(facts.words, facts.names)] == roles


@pytest.mark.parametrize(
    ("text", "speakers"),
    [
        ("“We will go,” said Piet Amsel.", ["Piet Amsel", "Piet Amsel"]),
        ("“We will go,” Amsel said. “We must.”", ["Amsel", "Amsel", "Amsel"]),
        ("Amsel, an economist at a bank, said: “We will go.”", ["Amsel", "Amsel"]),
        ("“We will go,” he said.", [None, None]),
        ("“We will go.” Amsel left. He said so.", [None, None]),
        ("The friends of Amsel said the plan was late.", [None]),
        ("Amsel's office said the plan was late.", [None]),
        ("The plan is late, says Amsel.", ["Amsel"]),
        ("Velden, an economist, said Amsel left the room.", ["Velden"]),
    ],
)
def test_speakers(text: str, speakers: list[str | None]) -> None:
    facts = extract_facts(text)
    found = read_sayings(facts.words, facts.names, facts.quotations)
    assert [s.name.text if s.name else None for s in found] == speakers


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("He called it ‘a waste of money’ again", ["a waste of money"]),
        ("He called it 'a waste of money' again", ["a waste of money"]),
        ("The voters' rights and the workers' rights", []),
        ("It's the '90s and rock 'n' roll", []),
        ("“He called it 'a waste of money' again,” she said", ["He called it 'a waste of money' again,"]),
    ],
)
def test_single_marks(text: str, quoted: list[str]) -> None:
    assert [q.text for q in extract_facts(text).quotations] == quoted


def test_slots() -> None:
    facts = extract_facts("On Tuesday the army sent 1,200 mines to Kyiv.")
    slots = {s.text: s for s in read_slots(facts.words, facts.quantities, facts.dates, facts.names)}
    assert slots["1,200"].kind == "number"
    assert "mine" in slots["1,200"].right[0]
    assert "send" in slots["1,200"].left[0]
    assert (slots["Kyiv"].lead, slots["Tuesday"].lead) == ("to", "on")


@given(st.text(alphabet="aB“”'‘’\",. \n1$sid", max_size=60))
@settings(max_examples=200, deadline=None)
def test_any_text_can_be_read(text: str) -> None:
    facts = extract_facts(text)
    sayings = read_sayings(facts.words, facts.names, facts.quotations)
    assert len([s for s in sayings if s.quoted.strip()]) <= len(facts.quotations)
    slots = read_slots(facts.words, facts.quantities, facts.dates, facts.names)
    assert all(text[slice(*s.span)] == s.text for s in slots)
    assert all(text[s.word.start : s.word.end] == s.word.text for s in read_statements(facts.words))
