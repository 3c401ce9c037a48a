"""What may be left out of a sentence: a table of sound and broken compressions, and properties of the count."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.deletions import unsafe_deletions

RULING = (
    "The Supreme Court ruled on Wednesday that a bank that overrode its own alarm must repay a retired piano teacher."
)
TREATY = (
    "Ulmeria refused on Thursday to sign a treaty on sharing the Ashvel River with Karevia, its upstream neighbour, "
    "nine days after its own negotiators had put their initials to every page of it."
)
MINE = (
    "A conventional mine may still be able to kill many years after it was laid, which is why the battery-powered kind "
    "is considered far less of a danger to civilians."
)
BOG = "A bog that was drained for sheep in the 1950s and flooded again in 2016 takes in more carbon than it gives off."
SOUND = [
    ("Ulmeria refused to sign a treaty on sharing the Ashvel River with Karevia.", TREATY),
    ("Ulmeria refused on Thursday to sign a treaty on sharing the Ashvel River.", TREATY),
    ("The Supreme Court ruled that a bank that overrode its own alarm must repay a piano teacher.", RULING),
    ("The trial starts on 6 April.", "The trial starts on 6 April and will run for 18 months."),
    ("Korvald said she would not resign.", "Korvald, 51, said she would not resign."),
    ("Officials said the bridge was closed.", "Officials said on Monday that the old bridge was closed."),
    ("The ministry did not answer.", "The ministry did not answer on Monday."),
    ("It did not answer.", "It did not answer in June."),
    ("The council built a wall after the protest.", "The council built a wall after the protest to keep order."),
    ("He met the mayor last week.", "He met the mayor last week to discuss the ferry."),
    ("The pact was signed.", "The pact, named the Ashvel Treaty, was signed."),
    ("The council built a wall.", "The council built a wall to keep the river out."),
    ("Lloyd Austin was visiting Laos.", "Defense Secretary Lloyd Austin was also visiting Laos."),
]
BROKEN = [
    ("The Supreme Court ruled that overrode its own alarm must repay a piano teacher.", RULING),
    ("A conventional mine is considered far less of a danger to civilians.", MINE),
    ("Sheep in 2016 takes in more carbon than it gives off.", BOG),
    ("Net profit climbed to $1.12 a share from $61m.", "Net profit climbed to $84m, or $1.12 a share, from $61m."),
    ("Jonas Pettibon was a biscuit tin.", "What Jonas Pettibon carried down from the attic was a biscuit tin."),
    ("On Saturday, will be heard for the first time.", "On Saturday, it will be heard for the first time."),
    ("Two were found and three missing.", "Two were found and three were missing."),
    ("Half of bright light cuts mistakes.", "Half an hour of bright light cuts mistakes."),
    ("The council will vote.", "The council will vote if the mayor agrees."),
    ("It has not backed a Republican since 1984.", "It has not backed a Republican for president since 1984."),
    ("No Republican has won.", "No Republican has won since 1984."),
    ("The senator did not vote on Monday.", "The senator did not vote for the bill on Monday."),
    ("The survivor spoke.", "The only survivor spoke."),
    ("Police hold the killer.", "Police hold the alleged killer."),
    ("She played only because Joss, her rival.", "She played only because Joss, her rival, hurt her wrist."),
    ("The goal, his first.", "The goal, his first, sealed the match."),
    ("She has the Masters left to win.", "She only has the Masters left to win."),
    ("He will be the fourth player.", "He will be the fourth player to appear on the show."),
    ("Leeds and York are watching him.", "Hull, Leeds and York are watching him."),
    ("He scored both but his first, in the final.", "He scored both but his first, in the final, was lucky."),
    ("They sold 1,248 bicycle.", "They sold 1,248 bicycles."),
    ("The depots shut, or 4.5% of the staff.", "The depots shut, with the loss of 640 jobs, or 4.5% of the staff."),
]  # fmt: skip


@pytest.mark.parametrize(("text", "source"), SOUND)
def test_whole_constituents_may_go(text: str, source: str) -> None:
    assert unsafe_deletions(text, [source]) == 0


@pytest.mark.parametrize(("text", "source"), BROKEN)
def test_what_breaks_a_sentence_counts(text: str, source: str) -> None:
    assert unsafe_deletions(text, [source]) > 0


def test_headlines_may_lose_articles_and_forms_of_be() -> None:
    source = "The levee was rated poor."
    assert unsafe_deletions("Levee rated poor", [source]) > 0
    assert unsafe_deletions("Levee rated poor", [source], headline=True) == 0


def test_whole_sentences_may_go() -> None:
    assert unsafe_deletions("Rain fell.", ["Nobody spoke.", "Rain fell.", "It was late."]) == 0


@given(st.lists(st.sampled_from("the old bank of it ruled on Monday, that said if crowns.".split()), min_size=1))
def test_a_copy_is_safe(words: list[str]) -> None:
    text = " ".join(words)
    assert unsafe_deletions(text, [text]) == 0


def test_a_question_word_lost_counts_twice() -> None:
    sentences = ["Nobody spoke.", "What Ana carried was a tin."]
    assert unsafe_deletions("Ana was a tin", sentences, headline=True) > unsafe_deletions(
        "Ana was a tin", ["Then Ana carried was a tin."], headline=True
    )
