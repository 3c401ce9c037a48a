"""Selection: the contracts hold whatever the candidates are, and every loser knows why."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.plan import extraction_flags
from pipeline.records import Candidate, Judged, Kind, Origin, Reason, Verdict
from pipeline.select import (
    SAME_POINT,
    Selection,
    alike,
    repeats,
    select_bullets,
    select_headlines,
    select_summary,
    words_of,
)
from pipeline.settings_outputs import BulletSettings, HeadlineSettings, SummarySettings
from pipeline.text.article import make_article

ARTICLE = make_article(
    "ferry",
    "The ferry Aldine ran aground near Port Marle on Tuesday with 214 passengers aboard. "
    "Nobody was hurt, the harbour office said. "
    "Divers examined the hull during the night and found a crack two metres long.\n\n"
    "The operator, Northsea Lines, cancelled all crossings until Friday and promised refunds. "
    "Travellers slept in a school gym while buses were arranged. "
    "The captain has sailed this route for nineteen years.\n\n"
    "Investigators will study the radar record, which shows the ship leaving the marked channel. "
    "A similar accident happened in 2011, when fog was to blame.",
)
N = len(ARTICLE.sentences)
VOCABULARY = (
    "ferry aldine aground harbour passengers divers hull crack operator refunds crossings friday travellers school "
    "buses captain route investigators radar channel accident fog ship night gym years record lines"
).split()


@st.composite
def judged(draw: st.DrawFn, kind: Kind, longest: int = 26) -> Judged:
    words = draw(st.lists(st.sampled_from(VOCABULARY), min_size=1, max_size=longest))
    text = " ".join(words).capitalize() + draw(st.sampled_from([".", ".", ""]))
    ok = draw(st.booleans() | st.just(True))
    reasons = () if ok else (Reason("unsupported:number", (0, 1), "9"),)
    sentences = (draw(st.integers(0, N - 1)),)
    candidate = Candidate(f"r{draw(st.integers(0, 99))}", "brief", text, -1.0, sentences, (kind,))
    return Judged(candidate, Verdict(ok, reasons), draw(st.floats(-3, 3)))


def pool(kind: Kind) -> st.SearchStrategy[list[Judged]]:
    return st.lists(judged(kind), max_size=25)


def check_fates(found: Selection, given_in: list[Judged]) -> None:
    """Each candidate has one fate; no rejected one is chosen; losers have reasons; fallbacks are flagged."""
    fates = {id(fate.judged): fate for fate in found.ranked}
    assert len(fates) == len(found.ranked)
    assert {id(j) for j in given_in} <= set(fates)
    assert {id(j) for j in found.chosen} == {id(f.judged) for f in found.ranked if f.rank is not None}
    assert sorted(f.rank for f in found.ranked if f.rank is not None) == list(range(len(found.chosen)))
    for fate in found.ranked:
        assert fate.kind == found.kind
        assert fate.why.strip()
        if not fate.judged.verdict.ok:
            assert fate.rank is None
            assert fate.why == "rejected by the guard"
    own = {id(j) for j in given_in}
    for item in found.chosen:
        if id(item) not in own:
            assert item.candidate.extractive
            assert any(flag.startswith("fallback:") for flag in item.candidate.flags)


def in_source_order(found: Selection) -> bool:
    places = [item.candidate.sentences[0] for item in found.chosen]
    return places == sorted(places)


@settings(max_examples=120, deadline=None)
@given(pool("summary"), st.integers(5, 60), st.integers(0, 60), st.integers(1, 3), st.integers(0, 3))
def test_summary_contract(items: list[Judged], low: int, width: int, fewest: int, more: int) -> None:
    wanted = SummarySettings(min_words=low, max_words=low + width, min_sentences=fewest, max_sentences=fewest + more)
    found = select_summary(items, ARTICLE, wanted)
    check_fates(found, items)
    assert in_source_order(found)
    words = sum(words_of(item.candidate.text) for item in found.chosen)
    assert words <= wanted.max_words
    assert len(found.chosen) <= wanted.max_sentences
    fits = wanted.min_words <= words and wanted.min_sentences <= len(found.chosen)
    assert fits or "too_short" in found.flags or len(found.chosen) == wanted.max_sentences
    for one, other in combinations(found.chosen, 2):
        assert not repeats(one.candidate.text, [other.candidate.text], SAME_POINT)


@settings(max_examples=120, deadline=None)
@given(pool("bullets"), st.integers(1, 4), st.integers(0, 4), st.integers(3, 25), st.booleans())
def test_bullets_contract(items: list[Judged], fewest: int, more: int, longest: int, same: bool) -> None:
    wanted = BulletSettings(min=fewest, max=fewest + more, max_words=longest)
    summary = [item.candidate.text for item in items[:3]] if same else []
    found = select_bullets(items, ARTICLE, wanted, summary)
    check_fates(found, items)
    assert in_source_order(found)
    assert len(found.chosen) <= wanted.max
    assert len(found.chosen) >= wanted.min or "too_few" in found.flags
    assert all(words_of(item.candidate.text) <= longest for item in found.chosen)
    for one, other in combinations(found.chosen, 2):
        assert not repeats(one.candidate.text, [other.candidate.text], SAME_POINT)


@settings(max_examples=120, deadline=None)
@given(pool("headlines"), st.integers(1, 6), st.integers(20, 90), st.integers(1, 4))
def test_headlines_contract(items: list[Judged], count: int, longest: int, fewest: int) -> None:
    wanted = HeadlineSettings(count=count, max_chars=longest, min_words=fewest)
    found = select_headlines(items, ARTICLE, wanted)
    check_fates(found, items)
    assert len(found.chosen) <= count
    assert len(found.chosen) == count or "too_few" in found.flags
    assert all(len(item.candidate.text) <= longest for item in found.chosen)
    assert all(words_of(item.candidate.text) >= fewest for item in found.chosen)
    scores = [item.score for item in found.chosen]
    assert scores == sorted(scores, reverse=True)
    for one, other in combinations(found.chosen, 2):
        assert not alike(one.candidate.text, other.candidate.text)
    ranks = [(f.rank, f.judged.candidate.text) for f in found.ranked if f.rank is not None]
    assert [text for _, text in sorted(ranks)] == [item.candidate.text for item in found.chosen]


def rejected(kind: Kind, text: str = "The ferry carried 999 passengers.") -> Judged:
    candidate = Candidate("r", "brief", text, -0.1, (0,), (kind,))
    return Judged(candidate, Verdict(False, (Reason("unsupported:number", (18, 21), "999"),)), 9.0)


@pytest.mark.parametrize("kind", ["summary", "bullets", "headlines"])
def test_when_nothing_survives_the_articles_own_sentences_answer_and_say_so(kind: Kind) -> None:
    items = [rejected(kind)]
    found = {
        "summary": lambda: select_summary(items, ARTICLE, SummarySettings()),
        "bullets": lambda: select_bullets(items, ARTICLE, BulletSettings()),
        "headlines": lambda: select_headlines(items, ARTICLE, HeadlineSettings()),
    }[kind]()
    check_fates(found, items)
    assert found.chosen
    sentences = {s.text for s in ARTICLE.sentences}
    for item in found.chosen:
        assert "fallback:extractive" in item.candidate.flags
        assert item.candidate.text in sentences
    assert items[0] not in found.chosen


def test_a_headline_falls_back_to_the_title_when_no_sentence_fits() -> None:
    article = make_article("t", f"# Ferry aground\n\n{ARTICLE.text}")
    found = select_headlines([], article, HeadlineSettings(max_chars=16, min_words=2))
    assert [item.candidate.text for item in found.chosen] == ["Ferry aground"]
    assert found.chosen[0].candidate.flags == ("fallback:title",)


def test_better_scores_win_and_losers_say_why() -> None:
    def headline(text: str, score: float) -> Judged:
        return Judged(Candidate("r", "headline", text, -1.0, (0,), ("headlines",)), Verdict(True), score)

    best = headline("Ferry runs aground near Port Marle", 2.0)
    near = headline("Ferry runs aground near Port Marle on Tuesday", 1.5)
    second = headline("Divers find crack in hull", 1.0)
    third = headline("Crossings cancelled until Friday", 0.5)
    long = headline("Investigators study the radar record of the ship which left the channel", 3.0)
    found = select_headlines([third, near, long, best, second], ARTICLE, HeadlineSettings(count=2, max_chars=60))
    assert found.chosen == (best, second)
    why = {f.judged.candidate.text: f.why for f in found.ranked}
    assert why[near.candidate.text] == "like a chosen headline"
    assert why[third.candidate.text] == "enough headlines"
    assert why[long.candidate.text] == "over max_chars"


def test_given_up_flags_are_kept() -> None:
    foreign = make_article("f", "Der Hafen wurde am Dienstag geschlossen, teilte die Behörde am Abend mit. " * 4)
    flags = extraction_flags(foreign)
    assert flags
    for found in (
        select_summary([], foreign, SummarySettings(), flags),
        select_bullets([], foreign, BulletSettings(), (), flags),
        select_headlines([], foreign, HeadlineSettings(), flags),
    ):
        assert set(flags) <= set(found.flags)


def freely(text: str, *sentences: int, kind: Kind = "summary", score: float = 0.0) -> Judged:
    """What an engine wrote from the whole article, beside the sentences that hold its words."""
    origin = Origin((0, len(ARTICLE.text)))
    return Judged(Candidate("r", "summary", text, -0.5, sentences, (kind,), origin=origin), Verdict(True), score)


STRANDED = freely("Passengers were stranded when the ferry Aldine ran aground with no crossings until Friday.", 0, 3)
CRACKED = freely("Divers found a crack two metres long in the hull of the ferry near Port Marle.", 0, 2, score=1.0)
AGAIN = freely("When it ran aground the Aldine had 214 people on board.", 0, score=-1.0)


def test_sentences_of_a_whole_summary_that_share_their_first_evidence_are_all_chosen() -> None:
    wide = SummarySettings(min_words=1, max_words=60, min_sentences=1, max_sentences=3)
    found = select_summary([STRANDED, CRACKED, AGAIN], ARTICLE, wide)
    assert found.chosen == (CRACKED, STRANDED)  # in the order of their evidence; the third tells nothing else
    check_fates(found, [STRANDED, CRACKED, AGAIN])
    bullets = select_bullets([STRANDED, CRACKED, AGAIN], ARTICLE, BulletSettings(min=1, max=3, max_words=20))
    assert bullets.chosen == (CRACKED, STRANDED)
    assert {fate.why for fate in bullets.ranked if fate.rank is None} == {"another wording of its sentence is chosen"}


def test_rewordings_of_one_sentence_are_never_chosen_together() -> None:
    of_sentences = [replace(j, candidate=replace(j.candidate, origin=None)) for j in (STRANDED, CRACKED, AGAIN)]
    wide = SummarySettings(min_words=1, max_words=60, min_sentences=1, max_sentences=3)
    assert select_summary(of_sentences, ARTICLE, wide).chosen == (of_sentences[1],)
    found = select_bullets(of_sentences, ARTICLE, BulletSettings(min=1, max=3, max_words=20))
    assert found.chosen == (of_sentences[1],)
