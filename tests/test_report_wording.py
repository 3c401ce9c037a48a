"""What the report says two texts have in common, and which losing candidates it shows."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.report import flags as flag_words
from pipeline.report.beside import beside
from pipeline.report.lines import Block, Line
from pipeline.report.losers import group_candidates
from pipeline.report.marks import Segment, cut
from pipeline.report.wording import against_source, runs, shared_pairs, vocabulary

TEXTS = st.text(alphabet="aB ß1.,'\n", max_size=40)


def words(text: str) -> list[str]:
    return [word.casefold() for word in re.findall(r"[^\W_]+", text)]


def test_runs_are_the_words_of_shared_ngrams() -> None:
    source = vocabulary(["The river rose 3 feet on Monday.", "Crews worked all night"], 3)
    text = "On Monday, the River rose 3 feet; crews worked all day"
    assert [text[a:b] for a, b in runs(text, source)] == ["the River rose 3 feet", "crews worked all"]
    assert [text[a:b] for label, (a, b) in against_source(text, source) if label == "new"] == ["day"]


def test_runs_that_only_touch_stay_apart_and_lines_are_not_joined() -> None:
    known = vocabulary(["one two", "three four"], 2)
    assert runs("one two three four", known) == [(0, 7), (8, 18)]
    assert runs("two three", known) == []


@given(TEXTS, TEXTS, st.integers(1, 3))
def test_a_word_is_in_a_run_exactly_if_an_ngram_over_it_is_shared(text: str, source: str, n: int) -> None:
    found = runs(text, vocabulary([source], n))
    assert all(0 <= a < b <= len(text) for a, b in found)
    assert all(one[1] <= two[0] for one, two in zip(found, found[1:], strict=False))
    theirs = words(source)
    grams = {tuple(theirs[i : i + n]) for i in range(len(theirs) - n + 1)}
    own = list(re.finditer(r"[^\W_]+", text))
    for place, match in enumerate(own):
        starts = range(max(0, place - n + 1), min(place, len(own) - n) + 1)
        shared = any(tuple(m.group().casefold() for m in own[i : i + n]) in grams for i in starts)
        assert shared == any(a <= match.start() and match.end() <= b for a, b in found)


@given(TEXTS, TEXTS)
def test_marking_never_changes_a_text(text: str, source: str) -> None:
    parts = cut(text, against_source(text, vocabulary([source], 3)))
    assert "".join(part.text for part in parts) == text


def test_shared_pairs_count_each_pair_once() -> None:
    assert shared_pairs(vocabulary(["a b c"], 2), vocabulary(["b c b c d"], 2)) == (1, 3)


def line(text: str, *labels: str) -> Line:
    return Line("s1", (Segment(text, labels),), ())


def test_ours_beside_every_reference_of_its_kind() -> None:
    blocks = (Block("summary", (line("The river rose."), line("Nobody slept."))),)
    found = beside(blocks, {"summary": ["Then the river fell", "Quiet"], "headline": ["River up"], "id": "x"})
    assert [one.kind for one in found] == ["headlines", "summary"]
    headline, summary = found
    assert headline.ours == ()
    marked = [part.text for parts in summary.ours for part in parts if part.labels]
    assert marked == ["The river"]
    assert [(one.shared, one.pairs) for one in summary.references] == [(1, 3), (0, 0)]


def test_share_of_copied_words() -> None:
    block = Block("summary", (line("one two three", "copied"), line("four")))
    assert (block.share("copied"), block.share("new"), block.words) == (75, 0, 4)
    assert Block("summary", ()).share("copied") == 0


def test_paragraphs_of_a_running_text() -> None:
    one, two, three = (Line(f"r{n}", (), (), gap=gap) for n, gap in enumerate([" ", "\n\n", ""], 1))
    assert Block("rewrite", (one, two, three)).paragraphs == ((one, two), (three,))


def candidate(text: str, why: str, **more: Any) -> dict[str, Any]:
    return {"kind": "summary", "text": text, "why": why, "rank": None, **more}


def test_losers_take_turns_so_that_every_reason_is_seen() -> None:
    records = [candidate(f"enough {n}", "enough", score=1 - n / 10) for n in range(5)]
    records += [candidate("bad", "rejected", ok=False), candidate("enough 0", "enough", score=0.1)]
    records += [candidate("won", "chosen", rank=0)]
    (group,) = group_candidates(records, shown=3)
    assert ["".join(part.text for part in one.parts) for one in group.lost] == ["enough 0", "enough 1", "bad"]
    assert [one.rank for one in group.chosen] == [1]
    assert group.reasons == (("enough", 6), ("rejected", 1))
    assert (group.written, group.hidden) == (8, 4)


def test_only_what_an_alert_blames_is_marked_in_a_candidate() -> None:
    reasons = [{"code": "verbatim", "span": [0, 9]}, {"code": "unsupported:number", "span": [4, 6], "detail": "99"}]
    (group,) = group_candidates([candidate("All 99 of", "rejected", reasons=reasons)], shown=1)
    assert [part.text for part in group.lost[0].parts if part.labels] == ["99"]
    assert group.lost[0].reasons == ("verbatim", "unsupported:number:99")


@pytest.mark.parametrize(
    ("flag", "expected"),
    [
        ("repaired:number:1,200->1,300", flag_words.Repair("number", "1,200", "1,300")),
        ("repaired:name:A: B->C->D", flag_words.Repair("name", "A: B", "C->D")),
        ("repaired:name:Ann->", flag_words.Repair("name", "Ann", "")),
        ("repaired:number", None),
        ("repaired", None),
        ("unsupported:number:1->2", None),
    ],
)
def test_parts_of_a_repair(flag: str, expected: flag_words.Repair | None) -> None:
    assert flag_words.repair(flag) == expected


def test_tally_counts_families_alerts_first() -> None:
    flags = ["verbatim", "trimmed", "verbatim", "unsupported:number:1", "unsupported:number:2"]
    assert flag_words.tally(flags) == (("unsupported:number", 2), ("verbatim", 2), ("trimmed", 1))
