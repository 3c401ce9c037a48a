"""Faithfulness by facts: shares worked out by hand, with the guilty spans."""

from __future__ import annotations

import pytest
from score_sample import ARTICLES, OUTPUTS, REFERENCES

from pipeline.metrics.plain_numbers import find_numbers
from pipeline.metrics.source import Source
from pipeline.metrics.support import FACTS, Unsupported, check_facts, support
from pipeline.score import score_systems

ARTICLE = Source(
    "Tarnwick, led by Priya Holmqvist, made $84m in March, up 38% from $61 million. "
    "“We will not sell Cray Heath,” she said on Tuesday. It employs 1,204 people and paid 12 million euros in tax."
)


def guilty(*lines: str, source: Source = ARTICLE) -> list[tuple[str, str]]:
    """Kind and text of every unsupported fact; each span is checked against the joined lines."""
    found = check_facts(lines, source).unsupported
    assert all("\n".join(lines)[slice(*one.span)] == one.text for one in found)
    return [(one.kind, one.text) for one in found]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("Profit at Tarnwick rose 38% to $84 million", []),
        ("Profit rose to £84 million", [("quantities", "£84 million")]),  # the value is there, the unit is not
        ("Profit rose by 12%", [("numbers", "12"), ("quantities", "12%")]),  # 12 is there, but in millions
        ("It employs about 1,200 people.", [("numbers", "1,200")]),  # a rounding says that it is one
        ("It was sold on Friday.", [("dates", "Friday")]),
        ("Results came in March.", []),
        ("The boss, Ann Holmqvist, spoke.", [("names", "Ann Holmqvist")]),
        ("The boss, Holmqvist, spoke.", []),
        ("She said: “We will not sell.”", []),
        ("She said: “We would not sell.”", [("quotations", "We would not sell.")]),
        ("She said `` we will sell '' on Tuesday .", [("quotations", "we will sell")]),  # marks of tokenized text
        ("No one was hurt.", []),
    ],
)
def test_guilty_spans(line: str, found: list[tuple[str, str]]) -> None:
    assert guilty(line) == found


def test_shares_and_spans_over_several_lines() -> None:
    lines = ("Tarnwick made $84m on Tuesday", "Boss Ann Holmqvist saw 13% and $61m in June")
    assert support(lines, ARTICLE) == {
        "facts_supported": pytest.approx(4 / 7),
        "numbers_supported": pytest.approx(2 / 3),
        "quantities_supported": pytest.approx(2 / 3),
        "dates_supported": pytest.approx(1 / 2),
        "names_supported": pytest.approx(1 / 2),
        "quotations_supported": None,
    }
    found = [("names", "Boss Ann Holmqvist"), ("numbers", "13"), ("quantities", "13%"), ("dates", "June")]
    assert guilty(*lines) == found


def test_nothing_stated_is_none_not_zero() -> None:
    assert set(support(["nothing here"], ARTICLE).values()) == {None}
    assert set(support([], ARTICLE).values()) == {None}
    assert support(["nothing here"], ARTICLE).keys() == {"facts_supported", *(f"{kind}_supported" for kind in FACTS)}


def test_names_are_found_where_capitals_say_nothing() -> None:
    small = Source("tarnwick is led by priya holmqvist. the firm makes pumps.")
    assert guilty("the firm is led by priya lindqvist", source=small) == [("names", "lindqvist")]
    assert guilty("the firm tarnwick is led by priya lindqvist") == [("names", "lindqvist")]
    assert support(["the firm is led by priya holmqvist"], small)["names_supported"] == 1.0
    assert guilty("Big Profit Lifts Every Lindqvist") == [("names", "Lindqvist")]  # title case
    assert guilty("the firm makes lindqvists") == []  # an article with capitals, and none of its names written small


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("1,200 people, 3.5% and 2019", [1200, 3.5, 2019]),
        ("$1.2bn, $1.2 billion, 1.2 Billion-dollar", [1.2e9] * 3),
        ("38m, 38 million, 38 metres", [38e6, 38e6, 38]),
        ("twenty-five, two hundred and six, three million, a dozen", [25, 206, 3e6, 12]),
        ("between two and three; five or six", [2, 3, 5, 6]),
        ("no one knew, one million did", [1e6]),
        ("the 21st of May, the 1990s", [21, 1990]),
        ("G7, B2B, someone, tension, weight", []),
        ("3,4 and 12,34", [3, 4, 12, 34]),
    ],
)
def test_plain_numbers(text: str, values: list[float]) -> None:
    assert [value for _, value in find_numbers(text)] == values


def test_the_items_of_a_system_name_the_guilty_spans() -> None:
    rows = score_systems(OUTPUTS, REFERENCES, ARTICLES, engine="mine")["mine"].rows
    assert {item.id: item.unsupported for item in rows["summary"]} == {"flood": (), "vote": ()}
    wrong = {**OUTPUTS, "vote": type(OUTPUTS["vote"])(bullets=("It votes", "Bridge to cost 5 million"))}
    items = score_systems(wrong, REFERENCES, ARTICLES, engine="mine")["mine"].rows["bullets"]
    (item,) = (item for item in items if item.id == "vote")
    assert item.unsupported == (
        Unsupported("numbers", "5 million", (24, 33)),
        Unsupported("quantities", "5 million", (24, 33)),
    )
    assert item.prediction[24:33] == "5 million"
