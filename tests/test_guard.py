"""The guard against a table of hand-made cases, and properties that hold for any text."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.guard import CHECKS, Checks, Source, is_title_case, judge, read_source, read_text
from pipeline.records import Article, Sentence

GROUPS: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "golden" / "guard.yaml").read_text("utf-8"))
CASES = [(group, case) for group in GROUPS for case in group["cases"]]


def source_of(group: dict[str, Any]) -> Source:
    text = group["source"]
    title = [group["title"]] if "title" in group else []
    ends = text.replace(".”", "”.").replace("\n", " ").split(". ")
    return read_text("\n".join([*title, text]), [f"{sentence.strip(' .')}." for sentence in ends])


@pytest.fixture(scope="module")
def sources() -> dict[str, Source]:
    return {group["name"]: source_of(group) for group in GROUPS}


@pytest.mark.parametrize(("group", "case"), CASES, ids=[f"{g['name']}: {c[1][:60]}" for g, c in CASES])
def test_golden(group: dict[str, Any], case: list[Any], sources: dict[str, Source]) -> None:
    kind, candidate, flags, *evidence = case
    verdict = judge(candidate, sources[group["name"]], kind=kind, evidence=evidence[0] if evidence else None)
    found = [reason.flag for reason in verdict.reasons]
    if "verbatim" not in flags:
        found = [flag for flag in found if flag != "verbatim"]
    assert sorted(found) == sorted(flags)
    assert verdict.ok == (not set(flags) - {"verbatim"})


def test_the_table_is_large() -> None:
    assert len(CASES) >= 120


def test_spans_point_into_the_candidate() -> None:
    text = "On Monday, Kessler sold 1,300 of them."
    verdict = judge(text, read_text("They sold 1,200 of them on Tuesday."), kind="summary")
    assert [text[slice(*r.span)] for r in verdict.reasons] == ["1,300", "Monday", "Kessler"]


def test_checks_can_be_switched_off() -> None:
    source = read_text("They sold 1,200 of them on Tuesday.")
    text = "On Monday, Kessler sold 1,300 of the the blorfed"
    off = Checks(False, False, False, False, False, False, False, verbatim="off")
    assert judge(text, source, kind="summary", settings=off).reasons == ()


def test_a_copy_is_noted_or_rejected() -> None:
    text = "The council voted to close the old market street to all cars."
    source = read_text(text, [text])
    assert judge(text, source, kind="summary").ok
    assert not judge(text, source, kind="summary", settings=replace(CHECKS, verbatim="reject")).ok


def test_an_article_is_read_with_its_title() -> None:
    text = "It sold 1,200 scales."
    article = Article("a", text, (Sentence(text, 0, len(text), 0),), title="Tarnwick cheers")
    verdict = judge("Tarnwick sold 1,200 scales.", read_source(article), kind="summary")
    assert verdict.ok


def test_title_case() -> None:
    assert is_title_case("Senate Passes Budget After Long Night")
    assert not is_title_case("Senate passes budget after long night in Washington")


ATOMS = st.sampled_from(
    [
        "Gen. Austin", "Kyiv", "the U.S.", "United States", "1,200", "$1.2bn", "twelve", "10 to 15 percent", "Tuesday",
        "Sept. 5", "May 3, 2014", "2014", "he said", "the army", "“we will not go,”", "the Bank of England", "half of",
        "two dozen", "8:30 p.m.", "and", "of", "nearly 50 days", "World Health Organization", "Trump's", "1990s",
        "O'Neill", "first", "7-4", "three-quarters", "not", "over £3 or 4 million", "G20", "a", "(see below)",
        "Ms. Lee", "in March",
    ]
)  # fmt: skip
SENTENCES = st.lists(ATOMS, min_size=4, max_size=14).map(lambda atoms: " ".join(atoms) + ".")


@given(st.lists(SENTENCES, min_size=1, max_size=4))
@settings(max_examples=150, deadline=None)
def test_a_copied_sentence_is_supported(sentences: list[str]) -> None:
    source = read_text(" ".join(sentences), sentences)
    for sentence in sentences:
        verdict = judge(sentence, source, kind="summary", evidence=sentence)
        assert [r.flag for r in verdict.reasons if r.code.startswith("unsupported")] == []


FORMS = st.sampled_from(["{} mines", "${:,}", "{:,} percent", "{} days"])


@given(st.integers(2, 99_999), st.integers(2, 99_999), FORMS)
@settings(max_examples=150, deadline=None)
def test_a_changed_number_is_caught(true: int, planted: int, form: str) -> None:
    source = read_text(f"The ministry counted {form.format(true)} on that day.")
    verdict = judge(f"The ministry counted {form.format(planted)} on that day.", source, kind="summary")
    codes = {r.code for r in verdict.reasons} & {"unsupported:number", "unsupported:date"}
    assert bool(codes) == (true != planted)


@given(st.text(max_size=80), st.text(max_size=200))
@settings(max_examples=150, deadline=None)
def test_any_text_gets_a_verdict(candidate: str, text: str) -> None:
    verdict = judge(candidate, read_text(text), kind="bullets", evidence=text)
    assert all(0 <= r.span[0] <= r.span[1] <= len(candidate) for r in verdict.reasons)


def test_speed() -> None:
    group = GROUPS[0]
    source = source_of(group)
    texts = [case[1] for case in group["cases"]]
    for text in texts:
        judge(text, source, kind="summary")
    started = time.process_time()
    for _ in range(5):
        for text in texts:
            judge(text, source, kind="summary")
    assert (time.process_time() - started) / (5 * len(texts)) < 0.005  # 1 ms is the aim; a loaded machine is slower
