"""What is bound to what: roles, speakers, moods, directions, who did what to whom, numbers in their places."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.guard import CHECKS, Checks, judge, read_text
from pipeline.settings import GuardSettings

ARTICLE = """Defense Secretary Lloyd Austin met President Marta Velden in Kyiv on Tuesday.
“We will not leave our friends alone,” Austin said. “They can count on us.”
Piet Amsel, an economist at Quillan Bank, warned that the plan may cost $40 million.
Republican Sen. Odile Brandt told reporters: “This is a waste of money.” Democratic Gov. Ruth Kessler backed the plan.
Vice President Ines Halloran was not there. Jan Corvin, the mayor of Torsk, spoke for the towns. He said: “It is late.”
"""
SPOKEN = [
    ("“We will not leave our friends alone,” Austin said.", None),
    ("“We will not leave our friends alone,” Lloyd Austin told reporters.", None),
    ("“We will not leave our friends alone,” Velden said.", "Velden"),
    ("“They can count on us,” said Piet Amsel.", "Piet Amsel"),
    ("Austin said: “They can count on us.”", None),
    ("Velden said this was “a waste of money” again.", "Velden"),
    ("Brandt called it “a waste of money” again.", None),
    ("“It is late,” Velden said on the day.", None),  # "he" is not resolved
    ("‘They can count on us,’ Amsel said on the day.", "Amsel"),
]


@pytest.mark.parametrize(("text", "guilty"), SPOKEN)
def test_speakers_of_quotations(text: str, guilty: str | None) -> None:
    assert blamed(text, None, "unsupported:speaker") == guilty


INDIRECT = "Piet Amsel, an economist at Quillan Bank, warned that the plan may cost $40 million."


@pytest.mark.parametrize(
    ("text", "guilty"),
    [
        ("Amsel said the plan may cost $40 million.", None),
        ("Velden said the plan may cost $40 million.", "Velden"),
        ("The plan may cost $40 million, Amsel says.", None),
        ("The plan may cost $40 million, the bank says.", None),
    ],
)
def test_speakers_of_indirect_speech(text: str, guilty: str | None) -> None:
    assert blamed(text, INDIRECT, "unsupported:speaker") == guilty


@pytest.mark.parametrize(
    ("text", "guilty"),
    [
        ("Defense Secretary Lloyd Austin met her on the day.", None),
        ("They met defense secretary Lloyd Austin there.", None),
        ("They met President Lloyd Austin there.", "President"),
        ("They met Lloyd Austin, the president, there.", "president"),
        ("They met President Halloran there.", "President"),
        ("They met Vice President Halloran there.", None),
        ("They met former President Halloran there.", None),
        ("They met President Lloyd Austin there and then left.", "President"),
        ("They met Mayor Jan Corvin there.", None),
        ("They met Mayor Kessler there.", "Mayor"),
        ("They met Republican Ruth Kessler there.", "Republican"),
        ("They met Democratic Gov. Ruth Kessler there.", None),
        ("They met Gov. Kessler there.", None),
    ],
)
def test_roles(text: str, guilty: str | None) -> None:
    assert blamed(text, None, "unsupported:role") == guilty


@pytest.mark.parametrize(
    ("text", "evidence", "guilty"),
    [
        ("The plan will cost millions.", "The plan may cost millions.", "will"),
        ("The plan cost millions.", "The plan may cost millions.", None),  # "cost" may be a noun
        ("The board approved the merger.", "The board may approve the merger.", "approved"),
        ("The board has approved the merger.", "The board is expected to approve the merger.", "approved"),
        ("The board will approve the merger.", "The board is expected to approve the merger.", "will"),
        ("The board will approve the merger.", "The board plans to approve the merger.", "will"),
        ("Board to approve the merger.", "The board plans to approve the merger.", None),
        ("The board may approve the merger.", "The board approved the merger.", "may"),
        ("The board may approve the merger.", "The board will approve the merger.", "may"),
        ("The board could approve the merger.", "The board might approve the merger.", None),
        ("The man stole a car.", "The man allegedly stole a car.", "stole"),
        ("The man is accused of theft as he stole a car.", "The man allegedly stole a car.", None),
        ("The board plans to approve the merger.", "The board approved the merger.", "plans"),
        ("The board will approve it.", "The board will approve it, though a court may block it.", None),
        ("The trial could be a turning point.", "The trial will be a turning point.", "could"),
    ],
)
def test_moods(text: str, evidence: str, guilty: str | None) -> None:
    assert blamed(text, evidence, "unsupported:modality") == guilty


@pytest.mark.parametrize(
    ("text", "evidence", "guilty"),
    [
        ("Profit at the firm fell 8 percent.", "Profit at the firm rose 8 percent.", "fell"),
        ("Profit at the firm climbed 8 percent.", "Profit at the firm rose 8 percent.", None),
        ("Profit fell and sales rose.", "Profit rose 8 percent while sales fell.", None),
        ("Less than 40 people came.", "More than 40 people came.", "Less"),
        ("Rates are below 4 percent.", "Rates are above 4 percent.", "below"),
        ("They met after the vote.", "They met before the vote.", "after"),
        ("They met after the talks.", "They met before the vote and after the talks.", None),
        ("The home team lost the final.", "The home team won the final.", "lost"),
        ("The No. 2 team lost the final.", "The No. 2 team won the final.", "lost"),
        ("Profit did not rise last year.", "Profit fell last year.", None),
        ("The plan won over shoppers.", "The plan won over shoppers; its rival lost.", None),
    ],
)
def test_directions(text: str, evidence: str, guilty: str | None) -> None:
    assert blamed(text, evidence, "unsupported:comparison") == guilty


@pytest.mark.parametrize(
    ("text", "evidence", "swapped"),
    [
        ("Amsel sued Velden on the day.", "Velden sued Amsel on the day.", True),
        ("Amsel was sued by Velden on the day.", "Velden sued Amsel on the day.", False),
        ("Velden was sued by Amsel on the day.", "Velden sued Amsel on the day.", True),
        ("The rebels attacked the army.", "The army has attacked the rebels.", True),
        ("The army beat the rebels.", "The rebels beat the army.", True),
        ("The army attacks the rebels.", "The army has attacked the rebels.", False),
        ("Amsel met Velden on the day.", "Velden met Amsel on the day.", False),
        ("The army attacked.", "The army has attacked the rebels.", False),
    ],
)
def test_swaps(text: str, evidence: str, swapped: bool) -> None:
    guilty = blamed(text, evidence, "unsupported:swap")
    assert (guilty is not None) == swapped
    assert guilty is None or guilty in text


@pytest.mark.parametrize(
    ("text", "evidence", "code", "guilty"),
    [
        ("It sent 50 mines there.", "It sent 1,200 mines after 50 civilians died.", "number", "50"),
        ("It sent 1,200 mines there.", "It sent 1,200 mines after 50 civilians died.", "number", None),
        ("It sent 12 mines there.", "It sent 1,200 mines there.", "number", "12"),
        ("They voted on Friday there.", "They voted on Monday there.", "date", "Friday"),
        ("They spoke with Amsel in Laos.", "They spoke with Velden in Laos.", "name", "Amsel"),
        ("They spoke with Velden in Laos.", "They spoke with her in Laos.", "name", None),
    ],
)
def test_places_of_facts(text: str, evidence: str, code: str, guilty: str | None) -> None:
    source = evidence + " A batch of 12 was lost on Friday. Amsel, the head of Velden's office, left."
    assert blamed(text, evidence, f"unsupported:{code}", source) == guilty


JOINT = "Tarnwick lifts revenue forecast as full freezers make up for dearer fuel."


@pytest.mark.parametrize(
    ("text", "guilty"),
    [
        ("Tarnwick raises full-year forecast for dearer fuel", "for"),
        ("Full freezers make up for dearer fuel at Tarnwick", None),
        ("Freezers at Tarnwick pay for dearer fuel", None),
    ],
)
def test_joints(text: str, guilty: str | None) -> None:
    assert blamed(text, JOINT, "unsupported:relation", JOINT + " Its year went well. They pay more.") == guilty


@pytest.mark.parametrize(
    ("text", "evidence", "guilty"),
    [
        ("She expects a deal.", "She expects a deal. He does not expect one.", None),
        ("It is a good idea.", "It is not a good idea.", "good"),
        ("It is not a good idea.", "It is a good idea, and nobody denies it.", "not"),
        ("The song reached No. 1 there.", "The song topped the chart there.", None),
    ],
)
def test_negations_around_a_word(text: str, evidence: str, guilty: str | None) -> None:
    assert blamed(text, evidence, "unsupported:negation") == guilty


@pytest.mark.parametrize(
    ("text", "supported"),
    [
        ("The law was backed by five justices.", True),
        ("The law was backed by 5 justices.", False),
        ("The law was backed by five lawyers.", False),  # the article counts those
        ("The law was backed by five dancers.", False),
        ("Washington says the law is fair.", True),
        ("The law was drawn up in Washington.", False),
        ("Moscow says the law is fair.", False),
    ],
)
def test_what_a_writer_derives(text: str, supported: bool) -> None:
    source = read_text("The U.S. backed the law. The justices agreed with two lawyers: Amsel, Brandt and Velden.")
    codes = {r.code for r in judge(text, source, kind="summary").reasons}
    assert codes.isdisjoint({"unsupported:number", "unsupported:name"}) == supported


ROUNDED = [
    ("a 1,000-day war", "lasted 1,000 days", True),
    ("lasted 1,000 days", "a 1,000-day war", True),
    ("lost 1,000 days", "a 1,000-week war", False),
    ("sent twelve men", "sent 12 men", True),
    ("sent 12 men", "sent twelve men", True),
    ("worth $1.2bn", "worth $1.2 billion", True),
    ("worth $1.2 billion", "worth $1.2bn", True),
    ("worth $1.2m", "worth $1.2 billion", False),
    ("lost nearly 50 men", "lost 49 men", True),
    ("lost nearly 50 men", "lost 51 men", False),
    ("lost more than 100 men", "lost 116 men", True),
    ("lost more than 120 men", "lost 116 men", False),
    ("lost over $1 billion", "lost $1.2 billion", True),
    ("lost about 50 men", "lost 49 men", True),
    ("marked the 20th anniversary", "marked 20 years", True),
]


@pytest.mark.parametrize(("text", "known", "supported"), ROUNDED)
def test_numbers_with_units_and_rounding(text: str, known: str, supported: bool) -> None:
    evidence = f"The army {known} there."
    assert (blamed(f"The army {text} there.", evidence, "unsupported:number", evidence) is None) == supported


SWITCHES = {
    "roles": ("They met President Lloyd Austin there.", INDIRECT),
    "speakers": ("“They can count on us,” said Piet Amsel.", INDIRECT),
    "negation": ("The plan may not cost $40 million.", INDIRECT),
    "modality": ("The plan will cost $40 million.", INDIRECT),
    "comparisons": ("The plan rose by $40 million.", "The plan fell by $40 million."),
    "swaps": ("Austin sued Velden there.", "Velden sued Austin there."),
    "relations": ("Austin raised plan for friends.", "Austin raised plan as Velden cared for friends."),
    "bindings": ("Amsel met Austin on Tuesday.", "Amsel met Austin on Monday."),
}


@pytest.mark.parametrize("switch", SWITCHES)
def test_each_check_has_its_switch(switch: str) -> None:
    text, evidence = SWITCHES[switch]
    source = read_text(ARTICLE)
    only = {f.name: False for f in fields(Checks)} | {"verbatim": "off"}
    on = only | {switch: True} | ({"dates": True} if switch == "bindings" else {})
    off = on | {switch: False}
    for checks, expected in ((on, 1), (off, 0)):
        verdict = judge(text, source, kind="summary", settings=replace(CHECKS, **checks), evidence=evidence)
        assert len(verdict.reasons) == expected


def test_the_settings_have_every_check() -> None:
    assert GuardSettings(enabled=True).model_dump(exclude={"enabled"}) == {
        f.name: getattr(CHECKS, f.name) for f in fields(Checks)
    }


WORDS = st.sampled_from(
    """Velden Austin sued said may will not rose fell before after for over President “we will go,” “no” the plan to
    approve was by and as 50 mines 1,200 civilians on Monday Friday in Kyiv allegedly stole expected , . ‘so it
    is’""".split()
)


@given(st.lists(WORDS, min_size=3, max_size=25).map(" ".join), st.lists(WORDS, max_size=25).map(" ".join))
@settings(max_examples=200, deadline=None)
def test_spans_stay_in_the_candidate_and_copies_pass(text: str, more: str) -> None:
    source = read_text(f"{text}\n{more}")
    verdict = judge(text, source, kind="summary", evidence=more)
    assert all(0 <= r.span[0] < r.span[1] <= len(text) for r in verdict.reasons)
    copied = {r.code for r in judge(text, source, kind="summary", evidence=text).reasons}
    assert copied.isdisjoint(
        f"unsupported:{code}" for code in ("modality", "comparison", "swap", "relation", "negation", "number", "date")
    )


def blamed(text: str, evidence: str | None, code: str, source: str = ARTICLE) -> str | None:
    """The guilty words of the first reason of this code; None if there is none."""
    verdict = judge(text, read_text(f"{source}\n{evidence or ''}"), kind="summary", evidence=evidence)
    return next((text[slice(*r.span)] for r in verdict.reasons if r.code == code), None)
