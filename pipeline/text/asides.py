"""Sentences of an article that are not its news: who its author is, whose opinions they are, what a photo shows."""

from __future__ import annotations

import re
from collections.abc import Sequence

_NAME = r"[A-Z][\w.'’-]+(?: [A-Z][\w.'’-]*){0,2} (?P<surname>[A-Z][\w'’-]+)"
_OFFICE = (
    r"(?i:columnist|contributor|author|co-author|correspondent|anchor|editor|fellow|professor|historian|host|analyst|"
    r"commentator|reporter|strategist|writer|journalist|blogger|director|president|chairman|founder)"
)
BYLINE = re.compile(
    rf"{_NAME},?(?: [^,.;:]{{1,60}},)? (?:is|was|are) (?:(?:an?|the|also|currently) )?[^.;]{{0,60}}?\b{_OFFICE}s?\b"
)
OPINION = re.compile(
    r"(?:The )?(?:views|opinions?) (?:expressed|here|in this|are)\b|(?:Follow|E-?mail) (?:him|her|us|@)"
)
_MONTH = "(?:January|February|March|April|May|June|July|August|September|October|November|December)"
CAPTION = re.compile(rf"FILE (?:PHOTO|PIC|IMAGE)|.*, {_MONTH} \d{{1,2}}, \d{{4}}\.?$")


def asides(sentences: Sequence[str]) -> frozenset[int]:
    """The places of such sentences; all but none if nothing else is there.

    An author is somebody with an office whom no other sentence names.
    """
    found = frozenset(i for i, text in enumerate(sentences) if _is_aside(i, text, sentences))
    return found if len(found) < len(sentences) else frozenset()


def _is_aside(i: int, text: str, sentences: Sequence[str]) -> bool:
    byline = BYLINE.match(text)
    if byline is not None:
        return not any(byline["surname"] in other for j, other in enumerate(sentences) if j != i)
    return OPINION.match(text) is not None or CAPTION.match(text) is not None
