"""Headline variants worth choosing from: told apart by angle and length, chosen by maximal marginal relevance.

MMR (Carbonell and Goldstein 1998, section 2): again and again the headline with the highest
λ × score − (1 − λ) × (its greatest overlap with a chosen one − NEW for an angle and for a length not there yet),
where 1 − λ is the setting `outputs.headlines.diversity`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from pipeline.lexicon import looks_proper, word_set
from pipeline.records import Judged
from pipeline.text.words import content_set

Angle = Literal["question", "number", "consequence", "who", "what"]
LENGTHS = (40, 60, 90)  # characters: short, medium, long
NEW = 0.25
FIGURE = re.compile(r"\d")
COUNTED = word_set("two three four five six seven eight nine ten eleven twelve twenty hundreds thousands millions half")
CONSEQUENCE = word_set(
    """after as amid because despite following forces forced leaves leads led prompts prompted sparks sparked causes
    caused means over so threatens thanks unless until"""
)


def angle(text: str) -> Angle:
    """What a headline tells first of all: a question, a figure, why or with what result, who did it, or what happened.

    `consequence`: it names a cause or a result by a connecting word; `who`: it opens with a name.
    """
    words = [word.strip(".,;:\"'“”‘’()") for word in text.split()]
    low = [word.lower() for word in words]
    if is_question(text):
        return "question"
    if FIGURE.search(text) or not COUNTED.isdisjoint(low):
        return "number"
    if not CONSEQUENCE.isdisjoint(low[1:]):
        return "consequence"
    opens = len(words) > 1 and words[0][:1].isupper() and (words[1][:1].isupper() or looks_proper(words[0]))
    return "who" if opens else "what"


def is_question(text: str) -> bool:
    """Whether a headline asks, as its mark shows."""
    return "?" in text


def length(text: str) -> int:
    """The class in LENGTHS that a headline falls into; the last also holds anything longer."""
    return next((i for i, most in enumerate(LENGTHS) if len(text) <= most), len(LENGTHS) - 1)


def similarity(a: str, b: str) -> float:
    """Jaccard similarity of content words, 0–1."""
    left, right = content_set(a), content_set(b)
    return len(left & right) / len(left | right) if left | right else 0.0


def next_best(items: Sequence[Judged], chosen: Sequence[Judged], diversity: float = 0.5) -> Judged:
    """The item of highest marginal relevance; of equals the first. With nothing chosen yet: of highest score.

    `diversity`, 0–1, is 1 − λ: at 0 only scores count, at 1 only what the chosen do not have.
    """
    if not chosen:
        return max(items, key=lambda item: item.score)
    texts = [item.candidate.text for item in chosen]
    angles, lengths = {angle(text) for text in texts}, {length(text) for text in texts}

    def relevance(item: Judged) -> float:
        text = item.candidate.text
        same = max(similarity(text, other) for other in texts)
        new = (angle(text) not in angles) + (length(text) not in lengths)
        return (1 - diversity) * item.score - diversity * (same - NEW * new)

    return max(items, key=relevance)
