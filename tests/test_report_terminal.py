"""Flags, score tables, comparisons and briefs as plain text."""

from __future__ import annotations

import re

import pytest
from report_sample import OUTPUT, SCORES

from pipeline.records import Brief, Passage, Prose
from pipeline.report import flags as flag_words
from pipeline.report.scores import read_scores
from pipeline.report.terminal import brief_text, score_table


@pytest.mark.parametrize(
    ("flag", "level", "words"),
    [
        ("fallback:extractive", "note", "taken from the article as it stands"),
        ("too_short", "note", "shorter than asked for, there was little text to use"),
        ("language:ru", "note", "the article is not in a language the model knows: ru"),
        ("unsupported:number:1,200", "alert", "a number the article does not support: 1,200"),
        ("unsupported:name:A: {B}", "alert", "a name the article does not support: A: {B}"),
        ("unsupported:other:x", "alert", "not supported by the article: other:x"),
        ("negation", "alert", "may say the opposite of the article"),
        ("unsupported:speaker:Ann", "alert", "words given to another speaker than in the article: Ann"),
        ("repaired:number:11->12", "note", "mended from the article: number, “11” became “12”"),
        ("repaired:oddly", "note", "mended from the article: oddly"),
        ("never_seen:1", "alert", "never seen:1"),
    ],
)
def test_flags_in_plain_words(flag: str, level: str, words: str) -> None:
    assert (flag_words.level(flag), flag_words.describe(flag)) == (level, words)


def test_tables_of_scores() -> None:
    summary, headlines = read_scores(SCORES).tables
    assert [row.system for row in summary.rows] == ["fake", "lead", "oracle"]
    assert [(c.number, c.interval) for c in summary.rows[0].cells if c] == [
        ("40.00", "35.00–44.00"),
        ("41.00", "36.00–45.00"),
        ("43.00", "38.00–47.00"),
    ]
    assert [cell and cell.number for cell in summary.rows[0].extras] == ["50.00", "3.50"]
    assert [row.cells[1:] for row in headlines.rows] == [(None, None)]


def test_score_table_on_the_terminal() -> None:
    table = score_table(SCORES)
    rows = [re.split(r"\s{2,}", line.strip()) for line in table.splitlines()]
    assert ["fake", "40.00 35.00–44.00", "41.00 36.00–45.00", "43.00 38.00–47.00", "50.00"] in rows
    assert ["fake", "25.00 20.00–29.00", "–", "–", "–"] in rows
    assert table.index("fake") < table.index("lead") < table.index("oracle")
    assert "rouge|v:1.0|seed:13\nnot computed: bertscore: no model here\n" in table
    assert score_table({"systems": {}}) == "no scores\n"


def test_brief_on_the_terminal_from_a_record() -> None:
    text = brief_text({**OUTPUT, "flags": ["too_short"]}, width=60)
    assert text.startswith("flood\nTitle ")
    assert "  1. Headline one" in text
    assert "  2. Headline two\n     ~ taken from the article as it stands" in text
    assert "  ! a number the article does not support: 77" in text
    assert "  • Bullet one" in text
    assert "  ~ shorter than asked for, there was little text to use" in text
    assert max(map(len, text.splitlines())) <= 60


def test_brief_on_the_terminal_from_a_brief_without_control_characters() -> None:
    brief = Brief(
        "x",
        "",
        9,
        None,
        "fake",
        summary=Prose("Red \x1b[31m text.", ((0, 9),), ((),)),
        bullets=(Passage("Point\x07"),),
        headlines=(),
    )
    text = brief_text(brief)
    assert "\x1b" not in text
    assert "\x07" not in text
    assert text == "x\n─\n\nSummary\n  Red  [31m text.\n\nBullets\n  • Point\n"
