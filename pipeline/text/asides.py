"""Sentences of an article that are not its news: who its author is, whose opinions they are, what a photo shows."""

from __future__ import annotations

import re
from collections.abc import Sequence

_NAME = r"[A-Z][\w.'’-]+(?: [A-Z][\w.'’-]*){0,2} (?P<surname>[A-Z][\w'’-]+)"
_OFFICE = (
    r"(?i:columnist|contributor|author|co-author|correspondent|editor|fellow|professor|historian|analyst|commentator|"
    r"reporter|strategist|writer|journalist|blogger)|(?:anchor|host|director|founder|president|chairman) of"
)
BYLINE = re.compile(
    rf"(?:Editor['’]s [Nn]ote: )?{_NAME},?(?: [^,.;:]{{1,60}},)? (?:is|are) (?:(?:an?|the|also|currently) )*"
    rf"(?:(?!(?:to|first|set|said|being)\b)[\w'’-]+ ){{0,4}}(?:{_OFFICE})s?\b"
)
OPINION = re.compile(
    r"(?:The )?(?i:views|opinions?)(?:,| and \w+)? (?:expressed|in this)\b|(?:Follow|E-?mail) (?:him|her|us|@)"
)
_MONTH = "(?:January|February|March|April|May|June|July|August|September|October|November|December)"
CAPTION = re.compile(rf"FILE (?:PHOTO|PIC|IMAGE)|.*, {_MONTH} \d{{1,2}}, \d{{4}}\.?$")
TOLD = re.compile(  # in a sentence that ends with a date and is no caption
    r"\b(?:was|were|will|would|had|has|have|said|until|deadline|due|born|died|began|ended|is to)\b|\w{3,6}day\b"
)
FIRST, LAST = 2, 4  # sentences among which an author is introduced


def asides(sentences: Sequence[str]) -> frozenset[int]:
    """The places of such sentences; none if nothing else is there.

    An author is somebody with a writer's office, introduced at the beginning or the end, whom no other sentence names.
    """
    found = {i for i, text in enumerate(sentences) if OPINION.match(text) or _is_caption(text)}
    news = " ".join(text for i, text in enumerate(sentences) if i not in found)
    for i in [*range(len(sentences))[:FIRST], *range(len(sentences))[FIRST:][-LAST:]]:
        byline = BYLINE.match(sentences[i])
        if byline is not None and news.count(byline["surname"]) == sentences[i].count(byline["surname"]):
            found.add(i)
    return frozenset(found) if len(found) < len(sentences) else frozenset()


def _is_caption(text: str) -> bool:
    return CAPTION.match(text) is not None and (text.startswith("FILE") or TOLD.search(text) is None)
