"""Sentences that are not the news: the author, opinions, captions; and that nothing else is taken for them."""

from __future__ import annotations

import pytest

from pipeline.plan import plan
from pipeline.settings_outputs import OutputSettings
from pipeline.text.article import make_article
from pipeline.text.asides import asides

NEWS = "The council of Port Marle voted on Tuesday to close the old ferry."
ASIDES = [
    "Ana Reyes is a columnist for the Marle Courier.",
    "Ana Reyes, a former judge, is the Legal Affairs Columnist for the Courier.",
    "Ana B. Reyes is author of The Last Ferry: A Life and professor of history at Dresnik.",
    "The opinions expressed by columnists are their own.",
    "The views expressed here are those of the author.",
    "Follow @anareyes on Twitter.",
    "Editor's note: Ana Reyes is a columnist and the author of two books.",
    "Opinions expressed by columnists are their own.",
    "FILE PHOTO: The old ferry is seen in Port Marle.",
    "The mayor holds a news conference in Port Marle, December 17, 2019.",
]
NO_ASIDES = [
    "The ferry is the last of its kind in the country.",
    "The mayor was born on December 17, 2019, in Dresnik.",
    "Reyes said the ferry would be missed.",
    "The opinion of the court was read aloud.",
    "The views are breathtaking from the tower.",
    "Emma Marlow was elected president of Strande on Saturday.",
    "Jane Doe was shot dead outside the home of her editor.",
    "Port Marle is set to host the summit in May.",
    "Real Dresnik are hosts on Sunday.",
    "Olan Bell is the first sitting president to visit Marle.",
    "The deadline for applications is Tuesday, December 17, 2019.",
    "The trial is to begin in Dresnik, March 3, 2020.",
]


@pytest.mark.parametrize("text", ASIDES)
def test_an_aside_is_told_from_the_news(text: str) -> None:
    assert asides([text, NEWS]) == {0}
    assert asides([NEWS, text]) == {1}
    assert asides([text]) == frozenset()  # there is nothing else


@pytest.mark.parametrize("text", NO_ASIDES)
def test_news_is_none(text: str) -> None:
    assert asides([NEWS, text]) == frozenset()


def test_somebody_with_an_office_whom_the_article_names_again_is_news() -> None:
    assert asides([ASIDES[0], NEWS, "Reyes was dismissed on Friday."]) == frozenset()
    assert asides([ASIDES[0], NEWS, "The views expressed here are those of Ana Reyes."]) == {0, 2}
    assert asides([NEWS, NEWS, NEWS, ASIDES[0], *[NEWS] * 4]) == frozenset()  # in the middle, nobody is introduced


class Words:
    """An engine that counts words and rates no sentence."""

    strategy, budget = "sentences", 160

    def count_tokens(self, text: str) -> int:
        return len(text.split())

    def rate_sentences(self, texts: object, features: object) -> None:
        return None


def test_nothing_is_asked_of_an_aside() -> None:
    story = f"{ASIDES[0]} {NEWS} It will sail for the last time in May. " + " ".join(
        f"Passenger number {n} of the crossing spoke of memory {n} and harbour {n}." for n in range(8)
    )
    requests = plan(make_article("a", story), ("summary", "bullets", "headlines"), OutputSettings(), Words())
    assert requests and all(0 not in request.sentences and "columnist" not in request.source for request in requests)
