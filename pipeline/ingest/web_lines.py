"""Which lines of an extracted web page are no article: times of publication, lone links, notices, the title again."""

from __future__ import annotations

import re
from collections.abc import Collection

_STAMP_WORDS = frozenset(
    """published publication first last updated update posted modified created date on at the of by am pm ago read
    min mins minute minutes hour hours day days today yesterday gmt utc bst est edt cet cest et ct mt pt ist
    january february march april may june july august september october november december jan feb mar apr jun jul aug
    sep sept oct nov dec monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thurs fri sat
    sun""".split()
)
_STAMP_NUMBER = re.compile(r"\d+(?:st|nd|rd|th|am|pm|h|m|t\d+|z)?")
_MOST_STAMP_WORDS = 16
_NOTICES = (
    "cookie", "javascript", "your browser", "privacy policy", "terms of use", "terms of service", "copyright",
    "all rights reserved", "page you are looking for", "page not found", "could not be found", "access denied",
    "subscribers only", "subscribe to", "sign in to", "log in to", "log in or", "create an account", "newsletter",
    "personal data", "are you a robot", "ad blocker",
)  # fmt: skip
_MOST_NOTICE_WORDS = 120  # a page whose every paragraph speaks of cookies at greater length is about cookies
_SURELY_PROSE = 150  # characters
_OPENING = 3  # lines in which the page's heading may stand


def article_lines(text: str, links: Collection[str], headings: Collection[str]) -> list[str]:
    """The lines without stamps, without lines that are nothing but a link, and without the heading at the top.

    `links` and `headings` are the texts of the page's links and of its main headings. A link that is a whole sentence
    stays. Empty if what is left holds no sentence, or only the notices of a site.
    """
    kept: list[str] = []
    for line in text.split("\n"):
        is_heading = len(kept) < _OPENING and line in headings
        is_link = line in links and not _is_sentence(line)
        if line and not is_heading and not is_link and not is_stamp(line):
            kept.append(line)
    sentences = [line for line in kept if _is_sentence(line)]
    few = sum(len(line.split()) for line in sentences) <= _MOST_NOTICE_WORDS
    return [] if few and all(map(_is_notice, sentences)) else kept


def is_stamp(line: str) -> bool:
    """Is the line nothing but a time of publication, as in "Updated: 3 March 2031, 10:14 GMT" or "5 min read"?"""
    words = re.findall(r"\w+", line.casefold().replace("a.m.", "am").replace("p.m.", "pm"))
    known = all(word in _STAMP_WORDS or _STAMP_NUMBER.fullmatch(word) for word in words)
    return known and len(words) <= _MOST_STAMP_WORDS and any(word[0].isdigit() for word in words)


def _is_sentence(line: str) -> bool:
    """By its end, or by its length: not every script marks the end."""
    return line.rstrip("\"'”’)").endswith((".", "!", "?", "…", "。", "।")) or len(line) > _SURELY_PROSE


def _is_notice(line: str) -> bool:
    folded = line.casefold()
    return any(words in folded for words in _NOTICES)
