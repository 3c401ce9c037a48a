"""The score of candidates: how they were put together from their source, case by case."""

from __future__ import annotations

import pytest

from pipeline.fragments import back_jumps, fragments, novel_words, tokens
from pipeline.ranking import doubts, rate
from pipeline.records import Article, Candidate, Judged, Kind, Origin, Sentence, Verdict
from pipeline.rewrite.worth import refused
from pipeline.signs import (
    cut_short,
    drops_condition,
    drops_span,
    half_a_sentence,
    hangs,
    loses_condition,
    loses_connector,
    loses_head,
    mixed_clauses,
    stutters,
)
from pipeline.text.casing import restore_capitals, title_case

SOURCE = "The mayor, who took office in May, said on Friday that the bridge would stay closed until repairs end."
TEXT = f"{SOURCE} Ferries will run twice an hour instead."
ARTICLE = Article(
    id="bridge",
    text=TEXT,
    sentences=(Sentence(SOURCE, 0, len(SOURCE), 0), Sentence(TEXT[len(SOURCE) + 1 :], len(SOURCE) + 1, len(TEXT), 0)),
)


def judged(text: str, *, logprob: float = -0.5, task: str = "brief", sentences: tuple[int, ...] = (0,)) -> Judged:
    candidate = Candidate("r", task, text, logprob, sentences, ("summary",))  # type: ignore[arg-type]
    return Judged(candidate, Verdict(True))


def score(text: str, kind: Kind = "summary", **more: object) -> float:
    return rate(judged(text, **more), kind, ARTICLE).score  # type: ignore[arg-type]


def test_fragments_cover_the_text_in_order() -> None:
    found = fragments(tokens("The bridge would stay closed, the mayor said again"), tokens(SOURCE))
    assert sum(f.size for f in found) == len(tokens("The bridge would stay closed, the mayor said again"))
    assert back_jumps(found) == 1
    assert novel_words(found) == 1


def test_fewer_joins_score_higher() -> None:
    assert score("The bridge would stay closed until repairs end.") > score("The bridge stay until closed repairs.")


FREE = "Ferries run more often, the mayor says, while repairs keep the bridge closed."


def of_whole_article(text: str, kind: Kind, logprob: float | None) -> Judged:
    task = "headline" if kind == "headlines" else "summary"
    candidate = Candidate("r", task, text, logprob, (0, 1), (kind,), origin=Origin((0, len(TEXT))))  # type: ignore[arg-type]
    return rate(Judged(candidate, Verdict(True)), kind, ARTICLE)


@pytest.mark.parametrize("logprob", [None, -0.5])
@pytest.mark.parametrize("kind", ["summary", "bullets", "rewrite"])
def test_what_was_written_from_a_whole_article_may_be_put_together_freely(kind: Kind, logprob: float | None) -> None:
    assert doubts(rate(judged(FREE), kind, ARTICLE), kind) == "too loosely put together"
    told = of_whole_article(FREE, kind, logprob)
    assert doubts(told, kind) == ""
    assert refused(told, ARTICLE) == ""
    worse = (SOURCE, FREE.replace("Ferries run", "They run"), "Ferries instead of the closed bridge.")
    assert told.score > max(of_whole_article(text, kind, logprob).score for text in worse)


def test_a_headline_of_a_whole_article_may_join_its_sentences() -> None:
    text = "Ferries will run until repairs end"
    assert doubts(rate(judged(text, task="headline", sentences=(0, 1)), "headlines", ARTICLE), "headlines") == (
        "joins words of several sentences"
    )
    for logprob in (None, -0.5):
        assert doubts(of_whole_article(text, "headlines", logprob), "headlines") == ""


def test_an_engine_that_states_probabilities_is_taken_at_its_word() -> None:
    assert of_whole_article(FREE, "summary", -0.2).score > of_whole_article(FREE, "summary", -0.6).score
    assert doubts(of_whole_article(FREE, "summary", -1.4), "summary") == "the model itself doubts it"


def test_a_copy_of_the_sentence_scores_lower_than_a_rewrite_of_it() -> None:
    assert score(SOURCE) < score("The mayor said that the bridge would stay closed until repairs end.")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The mayor said on Friday that the bridge would stay.", True),
        ("The mayor said on Friday that the bridge would stay closed.", False),
        ("The mayor said on Friday that the bridge would stay closed until repairs end.", False),
        ("It is shut between Monday.", True),
    ],
)
def test_cut_short(text: str, expected: bool) -> None:
    assert cut_short(text, fragments(tokens(text), tokens(SOURCE)), SOURCE) is expected


@pytest.mark.parametrize(
    ("text", "source", "expected"),
    [
        ("A mine may kill many years", "A mine may kill many years after it was laid", True),
        ("A mine may kill after many years", "A mine may kill after many years, it said", False),
        ("It warms the air 27 times", "It warms the air 27 times as much as the other gas", True),
        ("It stood for 90 seconds, as long", "It stood for 90 seconds, as long as the music would last", True),
        ("The sale took six weeks", "The sale took six weeks and cost a fortune", False),
        ("Prices rose in March", "Prices rose in March after a drought", False),
        ("The fight may not end", "The fight may not end in Karlsby", True),
        ("The fight may not end", "The fight may not end, she said", False),
        ("It had not ended, and went on", "It had not ended, and went on in May", False),
    ],
)
def test_a_measure_needs_what_it_measures(text: str, source: str, expected: bool) -> None:
    assert cut_short(text, fragments(tokens(text), tokens(source)), source) is expected


def test_an_opening_may_go_on_with_a_participle() -> None:
    focus = "When Lind scored again, running on to a long pass to lift the ball home, it seemed settled."
    assert hangs("When Lind scored again, running on to a long pass", focus)
    assert not hangs("When Lind scored again, it seemed settled", focus)
    assert not hangs("At noon, parking is free", "At noon, parking is free.")


def test_openings_alone_hang() -> None:
    focus = "At nine, after a long debate, the council closed the street."
    assert hangs("At nine after a long debate.", focus)
    assert not hangs("At nine the council closed the street.", focus)
    assert not hangs("The council closed the street.", focus)


def test_a_lost_connector_is_noticed() -> None:
    source = "Company raises forecast as full stores make up for fuel"
    broken = "Company raises full stores make up for fuel"
    whole = "Company raises forecast as full stores make up"
    for text, expected in ((broken, True), (whole, False)):
        assert loses_connector(fragments(tokens(text), tokens(source)), tokens(text), tokens(source)) is expected


def test_a_lost_condition_is_noticed() -> None:
    trial = "The trial would end if the number of visitors falls by a tenth"
    found = "What Jonas carried down from the attic was a tin"
    for source, text, expected in (
        (trial, "The number of visitors falls by a tenth", True),
        (trial, "The trial would end if the number of visitors falls", False),
        (found, "Jonas carried down from the attic", True),
        (found, "What Jonas carried down was a tin", False),
    ):
        assert loses_condition(fragments(tokens(text), tokens(source)), tokens(text), tokens(source)) is expected


def test_clauses_of_several_sentences_are_counted() -> None:
    sentences = ["Ukraine will be allowed to use mines", "It may also fire missiles"]
    assert mixed_clauses("Ukraine will be allowed to use missiles", sentences) == 1
    assert mixed_clauses("Ukraine will use mines, fire missiles", sentences) == 0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("They meet this week this week.", True),
        ("It was used or used.", True),
        ("Errors in every 1,000 shifts in every 1.000 shifts.", True),
        ("It was used and sold.", False),
        ("New York is larger than New Haven.", False),
    ],
)
def test_stutters(text: str, expected: bool) -> None:
    assert stutters(text) is expected


@pytest.mark.parametrize(
    ("item", "kind", "reason"),
    [
        (judged("The bridge stays closed.", logprob=-1.4), "summary", "doubts"),
        (judged("It stays closed", task="headline"), "headlines", "pronoun"),
        (judged("The move aims to close bridge", task="headline"), "headlines", "pronoun"),
        (judged("Mayor and mayor keep bridge closed", task="headline"), "headlines", "repeats"),
        (judged("We keep the bridge closed."), "summary", "person"),
        (judged("Bridge stays closed until repairs end", task="headline"), "headlines", ""),
    ],
)
def test_doubts(item: Judged, kind: Kind, reason: str) -> None:
    found = doubts(item, kind)
    assert reason in found
    assert bool(found) is bool(reason)


def test_capitals_are_restored_and_articles_fitted() -> None:
    document = "The Internal Revenue Service replied. An internal memo said so. The Health Board met."
    assert restore_capitals("the health board met", document) == "The Health Board met"
    assert restore_capitals("An internal memo , , and a answer", document) == "An internal memo, and an answer"
    assert restore_capitals("A union got $ 5", document) == "A union got $5"


def test_title_case() -> None:
    assert title_case("council to close the road in May") == "Council to Close the Road in May"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mayor: a plan for day-to-day work", "Mayor: A Plan for Day-to-Day Work"),
        ("iPhone maker raises $1.2bn at 10 a.m. in U.S.", "iPhone Maker Raises $1.2bn at 10 a.m. in U.S."),
        ("aide tied to al-Qaida and bin Laden", "Aide Tied to al-Qaida and bin Laden"),
        ("the 1,000-day wait and what to hope for", "The 1,000-Day Wait and What to Hope For"),
        ("'we will win,' says the WHO", "'We Will Win,' Says the WHO"),
    ],
)
def test_title_case_keeps_names_and_lowers_small_words(text: str, expected: str) -> None:
    assert title_case(text) == expected
    assert title_case(expected) == expected


def test_fragments_and_headless_phrases_score_lower() -> None:
    assert score("The bridge would stay closed.") > score("The bridge staying in use.") + 0.3
    source = "Half an hour of bright light cut mistakes"
    for text, expected in (
        ("Half of bright light cut mistakes", True),
        ("An hour of bright light cut mistakes", False),
    ):
        assert loses_head(fragments(tokens(text), tokens(source)), tokens(text), tokens(source)) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("As the president heads to India on his first trip next week", True),
        ("When the levee broke on Monday", True),
        ("As the levee broke, crews fled", False),
        ("As many as 40 killed in blast at factory", False),
        ("Since 1990 crime has fallen by half", False),
        ("Council votes to close the ferry", False),
    ],
)
def test_a_side_clause_alone_is_no_headline(text: str, expected: bool) -> None:
    assert half_a_sentence(text) is expected
    judged = Judged(Candidate("r#headline:0", "headline", text, -0.4, (0,), ("headlines",)), Verdict(True), -1.0)
    assert (doubts(judged, "headlines") == "a side clause alone") is expected


def test_an_if_behind_the_text_is_a_condition() -> None:
    source = ["Some states would end the plan earlier than 2024 if the bill becomes law.", "It may fail."]
    assert drops_condition("Some states would end the plan earlier than 2024", source)
    assert not drops_condition("Some states would end the plan earlier than 2024 if the bill becomes law", source)
    assert not drops_condition("She will resign in May", ["She will resign in May.", "If it fails, he stays."])


def test_a_file_photo_is_a_caption() -> None:
    text = "FILE PHOTO The court is seen in Washington"
    judged = Judged(Candidate("r#headline:0", "headline", text, -0.4, (0,), ("headlines",)), Verdict(True), -1.0)
    assert doubts(judged, "headlines") == "a picture's caption or credit"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Keeper sends Penhallow to first final", True),
        ("Keeper sends Penhallow to first final since 1987", False),
        ("Keeper sends Penhallow to first-final", True),
        ("Keeper sends Penhallow to final since 1987", True),
        ("Keeper sends Penhallow to final", False),
        ("Keeper has been with Penhallow since May", False),
    ],
)
def test_a_first_keeps_the_time_it_holds_for(text: str, expected: bool) -> None:
    assert drops_span(text, ["A keeper sent Penhallow to its first cup final since 1987."]) is expected
    assert not drops_span(text, ["A keeper sent Penhallow to its first final."])


def test_a_number_of_years_is_a_time_as_well() -> None:
    assert drops_span("Penhallow reaches first final", ["It is their first final in more than thirty years."])
    assert not drops_span("Penhallow reaches first final in years", ["It is their first final in thirty years."])


def test_a_score_is_not_cut_in_two() -> None:
    source = "In the only final so far, in 1987, they lost 1–0 to Brackwater."
    text = "In the only final so far, in 1987, they lost 1"
    assert cut_short(text, fragments(tokens(text), tokens(source)), source)
