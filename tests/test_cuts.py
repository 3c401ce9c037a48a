"""Sentences made short by rule: what is offered, what is not, and that nothing is invented."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.fragments import tokens
from pipeline.rewrite.cuts import headlines_of, shortenings, shorter_titles

RULING = (
    "A bank that overrode its own alarm must repay a retired piano teacher who was fooled by a copy of her son's "
    "voice, the Supreme Court of Merovane ruled on Wednesday, in a decision that could help hundreds of others."
)
TREATY = "Ulmeria refused on Thursday to sign a treaty with Karevia, its upstream neighbour, nine days after the talks."


def test_closing_phrases_days_and_asides_go() -> None:
    found = shortenings(TREATY)
    assert "Ulmeria refused on Thursday to sign a treaty with Karevia." in found
    assert "Ulmeria refused to sign a treaty with Karevia." in found


def test_a_ruling_becomes_a_headline_with_its_source_in_the_present() -> None:
    headline = "Bank that overrode its own alarm must repay a retired piano teacher, Supreme Court rules"
    assert headline in headlines_of(RULING)


def test_a_reported_statement_keeps_its_source_in_prose_but_may_lose_it_in_a_headline() -> None:
    sentence = "Crews will close the old bridge for the whole winter, the ministry said on Monday."
    assert all("ministry said" in text for text in shortenings(sentence))
    assert "Crews will close the old bridge for the whole winter" in headlines_of(sentence)
    assert "Crews will close the old bridge for the whole winter, ministry says" in headlines_of(sentence)


@pytest.mark.parametrize(
    ("sentence", "never"),
    [
        ("The trial starts on 6 April and will run for 18 months.", "will run."),
        ("The recall gave Hestrel until March 31 to complete it.", "gave Hestrel."),
        ("She has asked a retired judge to find out what happened.", "judge."),
        ("At Ames Hollow, in the hills to the north, 14 inches of rain fell.", "north."),
        ("Halloran was playing only because Joss Ruane, the first choice, hurt her wrist.", "Ruane."),
        ("The board opened between 10 a.m. and noon on most days.", "between 10 a.m."),
        ("If Hestrel does no better, some 160,000 of the locks that were sold will be open to attack.", "locks."),
        ("The siren began to sound at 2:15 in the morning.", "at 2."),
        ("Since August 9,450 pupils have been living with the wrong mark.", "living."),
        ("Two hundred chairs had been set out in the hall on Monday.", "set out."),
        ("The orchestra will play with 62 singers, most of them from the town.", "most of them."),
        ("The mayor described the old bridge as a danger to children.", "bridge."),
        ("Mr. Holt was one of twelve members who voted against the plan.", "members."),
        ("Reporters are looking into the young lawmaker's finances after her election.", "lawmaker's."),
        ("Freya Halloran expected to spend Saturday afternoon on the bench.", "afternoon."),
        ("Nurses in the bright group made 14.2 errors for every 1,000 shifts.", "errors."),
        ("The long fight over the licences may not end in Kentucky.", "end."),
        ("The mine may still be able to kill many years after it was laid, which is why it is feared.", "years."),
        ("A young woman from Lindrum held a sign saying \"Not in my name.\"", "saying."),
        ("The student reappeared on March 19 after spending about ten days in hospitals.", "spending."),
        ("Burglars have stolen a collection of 38 pythons after breaking into a flat.", "breaking."),
        ("Leicester scrambled to a 16-12 victory at Kingston Park thanks to a controversial try.", "thanks."),
        ("She has learned to live with the giant in the room, as she likes to call the picture.", "likes."),
        ("The old goalkeeper is soon to become the fourth player to appear on the quiz show.", "player."),
        ("He made her the first sitting minister of the country to be held in contempt.", "country."),
        ("The party wants to see a candidate who can win the town hall.", "candidate."),
        ("Jurors have yet to hear from the fiancée, Ana Reyes, head coach Bill Bell or owner Robert Kell.", "Bell."),
        ("The survey asked 12,000 people to find out how minds in the states and in the capital differed.", "states."),
        ("The charity spent more on office supplies and rent than it did on grants.", "supplies."),
        ("Troops stopped the bus on Friday and found 12.5 pounds (5.7 kilograms) of a white powder.", "pounds."),
        ("The site posted the story late on Monday for its readers.", "late."),
    ],
)
def test_nothing_is_left_hanging(sentence: str, never: str) -> None:
    assert not [text for text in shortenings(sentence) if text.endswith(never)]


def test_a_title_keeps_what_its_verb_asks_for() -> None:
    assert shorter_titles("A year after the storm, Little Orrin counts who came home") == []
    assert "Market Street to lose its cars" in shorter_titles("Market Street to lose its cars as council backs trial")


@given(st.lists(st.sampled_from(TREATY.split() + RULING.split()), min_size=3, max_size=30))
def test_cuts_only_leave_out(words: list[str]) -> None:
    sentence = " ".join(words).rstrip(".,") + "."
    for text in shortenings(sentence):
        rest = iter(tokens(sentence))
        assert all(token in rest for token in tokens(text)), text
        assert len(text) < len(sentence)


def test_who_said_it_keeps_the_comma_before_it() -> None:
    sentence = "The race would include Scott Bran and Ed Marlow, who is thinking about a bid, a party source said."
    found = shortenings(sentence)
    assert "The race would include Scott Bran and Ed Marlow, a party source said." in found
    assert not [text for text in found if "Marlow a party" in text]


def test_a_subject_between_commas_stays() -> None:
    sentence = "In 2018, a hefty stimulus, in the form of tax cuts, allowed the country to shake off its worries."
    assert not [text for text in shortenings(sentence) if "stimulus" not in text]


@pytest.mark.parametrize(
    ("sentence", "kept"),
    [
        ("The officer opened the bridge after more than 12 years of hard work.", "The officer opened the bridge."),
        ("The airline sold the last plane to Boeing, which had waited for years.", "sold the last plane to Boeing."),
        ("The council discussed the new crossing, which was planned for May.", "discussed the new crossing."),
        ("The council built a long wall in the forest after the storm.", "built a long wall in the forest."),
    ],
)
def test_what_may_go_still_goes(sentence: str, kept: str) -> None:
    assert [text for text in shortenings(sentence) if text.endswith(kept)]


def test_a_title_may_lose_the_name_behind_a_description() -> None:
    title = "Teenage keeper Halloran sends Penhallow to first final since 1987"
    assert "Teenage keeper sends Penhallow to first final since 1987" in shorter_titles(title)
    assert not [t for t in shorter_titles("Tyler Bell sends Penhallow to first final since 1987") if "Bell" not in t]
    assert not [t for t in shorter_titles("Teenage Keeper Halloran Sends Penhallow to Final") if "Halloran" not in t]
