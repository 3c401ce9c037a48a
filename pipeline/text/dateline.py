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
_PLACE = rf"(?:{_CAPITALS}|[A-Z][\w.'’-]+(?: [A-Z][\w.'’-]+){{0,2}}){_FURTHER} "
_KNOWN = r"\((?:CNN|AP|AFP|UPI|Reuters|Bloomberg|Xinhua|dpa)\)"
_AGENCY_ITSELF = r"(?![^()]*\b(?:Presse?|Agency|News|International)\b)"  # "Associated Press (AP) President …"
WIRED = re.compile(rf"{_AGENCY_ITSELF}(?:{_PLACE})?{_KNOWN}(?:{_DASH}|\s+)(?=[\"'“‘(]?[A-Z\d])")
EARLY = 4  # sentences among which an agency's dateline may stand: a line about the author may come first
LEAST_WORDS = 4  # what must be left of the sentence


def article_sentences(text: str) -> tuple[Sentence, ...]:
    """The sentences of an article's text, its dateline left out: the same wherever an article is read."""
    return without_dateline(split_sentences(text))


def without_dateline(sentences: Sequence[Sentence]) -> tuple[Sentence, ...]:
    """The sentences; the first of them begins after the dateline if it has one, and so does any of the first EARLY with
    an agency's."""
    patterns = [(DATELINE, WIRED), *[(WIRED,)] * (EARLY - 1)]
    early = [_after(sentence, found) for sentence, found in zip(sentences, patterns, strict=False)]
    return (*early, *sentences[EARLY:])


def _after(sentence: Sentence, datelines: Sequence[re.Pattern[str]]) -> Sentence:
    match = next((found for dateline in datelines if (found := dateline.match(sentence.text))), None)
    if match is None or len(sentence.text[match.end() :].split()) < LEAST_WORDS:
        return sentence
    return replace(sentence, text=sentence.text[match.end() :], start=sentence.start + match.end())
