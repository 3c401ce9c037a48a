"""Two small articles with outputs and references, for the tests of scoring."""

from __future__ import annotations

from pipeline.metrics.texts import Outputs
from pipeline.records import Article, Prose, References
from pipeline.text.sentences import split_sentences

FLOOD = (
    "The river Sal rose overnight and flooded 40 houses. Nobody was hurt. "
    "Firefighters moved the families to a school. The mayor, Ann Poole, thanked them. "
    "The river will fall on Sunday."
)
VOTE = (
    "The council of Stannick voted for a new bridge. It will cost 3 million. Work starts in May. "
    "Some disagree."
)


def article(article_id: str, text: str) -> Article:
    return Article(article_id, text, tuple(split_sentences(text)))


ARTICLES = {"flood": article("flood", FLOOD), "vote": article("vote", VOTE)}
OUTPUTS = {
    "flood": Outputs(
        summary=Prose("A river flooded 40 houses. No one was hurt, mayor Ann Poole said.", (), ()),
        bullets=("River Sal floods 40 houses", "Families sleep in a school"),
        headlines=("Mayor thanks firefighters", "River floods 40 houses"),
    ),
    "vote": Outputs(
        summary=Prose("Stannick will get a bridge.", ((0, 27),), ()),
        bullets=("Bridge to cost 3 million",),
        headlines=("Stannick votes for bridge",),
    ),
}
REFERENCES = {
    "flood": References(
        summary=("The river Sal flooded houses. Nobody was hurt.", "Forty houses were flooded."),
        bullets=(("40 houses flooded", "Nobody hurt"), ("Families moved to school",)),
        headline=("River floods 40 houses",),
    ),
    "vote": References(
        summary=("Stannick votes for a bridge.",),
        bullets=(("Bridge costs 3 million",),),
        headline=("Bridge vote",),
    ),
}
