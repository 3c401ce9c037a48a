"""The dateline of a news story ("HALVERN, Strande, Feb. 18 (Agency) — "): in the text, not in its first sentence."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from pipeline.records import Sentence
from pipeline.text.sentences import split_sentences

_CAPITALS = r"[A-Z][A-Z'’.-]+(?: [A-Z][A-Z'’.-]+){0,3}"
_FURTHER = r"(?:, [A-Z][\w.'’-]*(?: [A-Z][\w.'’-]*){0,2}(?: \d{1,2})?){0,3}"
_AGENCY = r"\([A-Z][\w./ ]{1,20}\)"
_DASH = r"\s*(?:—|–|--|(?<=\s)-(?=\s))\s*"
DATELINE = re.compile(
    rf"(?:{_CAPITALS}{_FURTHER}(?: {_AGENCY})?|[A-Z][\w.'’-]+(?: [A-Z][\w.'’-]+){{0,2}}{_FURTHER} {_AGENCY}|{_AGENCY})"
    rf"{_DASH}(?=[\"'“‘(]?[A-Z\d])"
)
LEAST_WORDS = 4  # what must be left of the sentence


def article_sentences(text: str) -> tuple[Sentence, ...]:
    """The sentences of an article's text, its dateline left out: the same wherever an article is read."""
    return without_dateline(split_sentences(text))


def without_dateline(sentences: Sequence[Sentence]) -> tuple[Sentence, ...]:
    """The sentences, the first of them beginning after the dateline if it has one."""
    if not sentences:
        return ()
    first = sentences[0]
    match = DATELINE.match(first.text)
    if match is None or len(first.text[match.end() :].split()) < LEAST_WORDS:
        return tuple(sentences)
    shorter = replace(first, text=first.text[match.end() :], start=first.start + match.end())
    return (shorter, *sentences[1:])
