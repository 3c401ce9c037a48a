"""Rules that overrule the segmentation library: does a sentence end at this place?"""

from __future__ import annotations

import re

from pipeline.text.abbreviations import (
    ABBREVIATIONS,
    CAPITALISED,
    NAME_PARTS,
    OPENERS,
    PERSON_TITLES,
    SPEECH_VERBS,
    ZONES_AND_DATES,
)

# White space after a mark and its closing quotes or brackets: where a sentence may end.
CANDIDATE = re.compile(r"(?<=[.!?…\"'”’)\]»])\s+(?=\S)")
_END = re.compile(r"([^\s\"'“‘(\[]*?)([.!?…]+)([\"'”’)\]»]*)\s*$")
_NEXT = re.compile(r"([\"'“‘(\[]*)([^\W_]+)([.'’]?)")
_FOOTNOTES = re.compile(r"[.!?…][\"'”’)]*(?:\[\w{1,3}\])+\s+$")
_STRAY_CLOSERS = re.compile(r"[”’)\]»]+(?:\s|$)|[\"']+$")
_DOTTED = re.compile(r"(?:[a-z]{1,2}\.)+[a-z]{1,3}")
_SPEAKER = re.compile(r"[A-Z][\w.'’-]*(?:\s+[A-Z][\w.'’-]*){0,3}\s+(\w+)")
_REACH = 60  # characters on either side that the rules look at


def sentence_ends(line: str, position: int) -> bool | None:
    """Does a sentence of `line` end before `position`, which follows white space?

    True or False where a rule decides, None where the library's judgement stands.
    """
    before = line[max(0, position - _REACH) : position]
    after = line[position : position + _REACH]
    if _STRAY_CLOSERS.match(after):
        return False
    end = _END.search(before)
    follower = _NEXT.match(after)
    if _FOOTNOTES.search(before) and follower and follower[2][0].isupper():
        return True
    if end is None:
        return None
    word, mark, closers = end.groups()
    if mark == ".":
        opens_line = position <= _REACH and not before[: end.start()].strip()
        return _after_stop(word, follower, opens_line) if follower else None
    if mark.startswith("…") or set(mark) == {"."}:
        return None
    return _after_shout(closers, after)


def _after_stop(word: str, follower: re.Match[str], opens_line: bool) -> bool | None:
    """A single full stop after `word`: is it an abbreviation's, and is that all it is?"""
    low, following = word.lower(), follower[2]
    dotted = _DOTTED.fullmatch(low) is not None
    if following[0].islower():
        return False if dotted or low in ABBREVIATIONS else None
    if low in PERSON_TITLES and word[0].isupper():
        return False
    if low in CAPITALISED and word.islower():
        return following[0].isupper() or None
    if low in ("a.m", "p.m") and following[0].isalpha():
        return following.lower() not in ZONES_AND_DATES
    may_end = dotted or low in ABBREVIATIONS or len(word) == 1
    if may_end and not opens_line and following.lower() in OPENERS and follower[3] != ".":
        return True
    return False if low in NAME_PARTS and following[0].isupper() else None


def _after_shout(closers: str, after: str) -> bool | None:
    """A question or exclamation mark: part of a name, or of a quotation whose speaker follows?"""
    if not closers:
        goes_on = after[:1].islower() and after.split(maxsplit=1)[0][1:].islower()
        return False if goes_on or after[:1] in "-–—" else None
    speaker = _SPEAKER.match(after)
    if speaker is None or not set(closers) & set("\"'”’"):
        return None
    opener = speaker[0].split()[0].lower()
    return False if speaker[1] in SPEECH_VERBS and opener not in OPENERS else None
