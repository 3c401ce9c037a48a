"""A long article of our own from a handful of parts, and engines that read whole articles, well-behaved and not."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from pipeline.engines.base import Generated
from pipeline.records import Request

PLACES = "Harwick Bramley Aldham Tarnwick Dean Marle Stannick Sallow Corby Fenton".split()
THINGS = "bridge library school clinic reservoir theatre market harbour museum station".split()
PEOPLE = "Petra Lindqvist|Amos Bell|Ida Moreno|Ruth Carver|Liam Doyle|Nora Hart".split("|")
DONE = "closed reopened repaired bought inspected painted flooded praised measured visited".split()


def long_text(words: int, seed: int = 1) -> str:
    """A made-up report of about so many words, three sentences a paragraph."""
    draw = random.Random(seed)
    sentences: list[str] = []
    for _ in range(max(1, words // 20)):
        place, thing, other = draw.choice(PLACES), draw.choice(THINGS), draw.choice(THINGS)
        who, done, number = draw.choice(PEOPLE), draw.choice(DONE), draw.randint(2, 9000)
        sentences.append(
            draw.choice(
                (
                    f"The {thing} in {place} was {done} by {who} on Monday, and {number} visitors came to see the "
                    f"{other} beside it.",
                    f"{who} said that the {thing} in {place} would cost {number} dollars more than the {other} next to "
                    "it had.",
                    f'"We never {done} the {thing} at all," said {who}, who has led the council of {place} for '
                    f"{number} days.",
                )
            )
        )
    return "\n\n".join(" ".join(sentences[i : i + 3]) for i in range(0, len(sentences), 3))


def first_words(request: Request) -> str:
    """The opening of the source, as long as was asked for."""
    return " ".join(request.source.split()[: request.words or 8]).rstrip(".") + "."


@dataclass
class Whole:
    """Reads whole articles, answers with `says`, counts words as tokens and notes what it was asked."""

    budget: int = 60
    says: Callable[[Request], str] = first_words
    identity: str = "whole"
    strategy: str = "whole"
    model: dict[str, str | None] = field(default_factory=dict)
    asked: list[Request] = field(default_factory=list)

    def count_tokens(self, text: str) -> int:
        return len(text.split())

    def rate_sentences(self, texts: Sequence[str], features: Sequence[Sequence[float]]) -> None:
        """None: it has no selector."""

    def generate(self, requests: Sequence[Request], seed: int) -> list[list[Generated]]:
        self.asked += requests
        return [[Generated(self.says(request), -0.5)] for request in requests]
