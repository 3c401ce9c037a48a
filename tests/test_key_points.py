"""The article's own key-points box."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.text.article import make_article
from pipeline.text.key_points import extract_key_points

INPUT = Path(__file__).parents[2] / "shared" / "input" / "article.txt"
MESSY = """The town’s only bridge will shut for good on 3 May, the council said on Tuesday. It cost $1.2bn.
What You Need To Know
-
- The bridge over the Wend closes on 3 May after a crack was found
-
- It is the town’s second closure in a year
-
-
- The bridge over the Wend closes on 3 May after a crack was found
-
-
-
- It is the town’s second closure in a year
The bridge over the Wend, which opened in 1931, carried 4,000 cars a day. It is the town’s second closure in a year
It is the town’s second closure in a year
“We had no choice,” said Gen. Orla Finch, who leads the council. “It was not safe.”
"""


def test_messy_page_goes_through_clean() -> None:
    article = make_article("bridge", MESSY)
    assert article.key_points == (
        "The bridge over the Wend closes on 3 May after a crack was found",
        "It is the town's second closure in a year",
    )
    assert [s.text for s in article.sentences] == [
        "The town's only bridge will shut for good on 3 May, the council said on Tuesday.",
        "It cost $1.2bn.",
        "The bridge over the Wend, which opened in 1931, carried 4,000 cars a day.",
        "It is the town's second closure in a year",
        "It is the town's second closure in a year",
        '"We had no choice," said Gen. Orla Finch, who leads the council.',
        '"It was not safe."',
    ]
    assert "Need To Know" not in article.text


@pytest.mark.skipif(not INPUT.exists(), reason="the shared input is not beside this checkout")
def test_the_shared_input_goes_through_clean() -> None:
    raw = INPUT.read_text(encoding="utf-8")
    article = make_article("article", raw)
    assert len(article.key_points) == len(set(article.key_points)) == 4
    lines = article.text.split("\n")
    assert len(lines) == len(set(lines)) == 12
    assert not [line for line in lines if line.strip(" -–—•*") != line or not line]
    straight = raw.translate(str.maketrans("“”’", '""\'')).split("\n")
    body = [line for line in straight if not line.startswith("-") and line != "What You Need To Know"]
    assert lines == body
    assert len(article.sentences) == 22


@pytest.mark.parametrize(
    "heading",
    [
        "Key points",
        "KEY POINTS:",
        "## Key takeaways",
        "**Story highlights**",
        "Highlights",
        "At a glance",
        "In brief",
        "What you need to know about the bridge",
        "*What to know:*",
    ],
)
@pytest.mark.parametrize("marker", ["- ", "* ", "• ", "– ", "1. ", "2) "])
def test_headings_and_markers(heading: str, marker: str) -> None:
    text = f"Before.\n{heading}\n\n{marker}It shut.\n{marker}Nobody minded\n\nAfter."
    body, points = extract_key_points(text)
    assert points == ("It shut.", "Nobody minded")
    assert body.split() == ["Before.", "After."]


@pytest.mark.parametrize(
    "text",
    [
        "Key points\nThere are none.",
        "The key points were these:\n- one\n- two",
        "Highlights of the match\n- one",
        "Body.\nAt a glance",
        "- an ordinary list\n- of two",
        "",
    ],
)
def test_what_is_no_box_stays(text: str) -> None:
    assert extract_key_points(text) == (text, ())


def test_several_boxes_are_taken_together_once_each() -> None:
    text = "Key points\n- One\n- Two.\nBody.\nIn brief\n- two\n- Three\nEnd."
    assert extract_key_points(text) == ("Body.\nEnd.", ("One", "Two.", "Three"))


@settings(deadline=None)
@given(st.lists(st.sampled_from(["Key points", "- a", "- b", "-", "", "Body.", "- a."]), max_size=12))
def test_nothing_is_lost_or_doubled(lines: list[str]) -> None:
    body, points = extract_key_points("\n".join(lines))
    assert len({point.rstrip(".") for point in points}) == len(points)
    assert body.count("Body.") == lines.count("Body.")
    for line in filter(None, lines):
        assert line in ("-", "Key points") or line in body or line[2:].rstrip(".") in [p.rstrip(".") for p in points]
