"""What can be left out of a sentence so that the rest still says what it said. Attributions and conditions stay."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.rewrite.grammar import (
    AUXILIARY,
    PRONOUNS,
    QUOTED,
    Spelling,
    bare,
    is_finite,
    is_name,
    parts,
    split_end,
    upper_first,
    verbs,
)
from pipeline.text.casing import LETTERS

LEAST_WORDS = 6
_ASIDE = re.compile(r"(?:who|which|whose|where|the|a|an|its|his|her|their|including|along|especially|particularly)\b")
_TAIL = re.compile(
    r"(?:which|who|whose|where|including|while|although|though|with|as|after)\b|(?!during|nothing|according)[a-z]+ing\b"
)
_OPENING = re.compile(
    r"(?:In|On|At|During|After|Amid|Among|Following|Since|From|By|Over|Last|Earlier|Meanwhile|Also)\b"
)
_BRACKETS = re.compile(r" \([^)]*\)")
_DASHES = re.compile(r"\s+(?:--|[–—])\s+[^–—;]+?\s+(?:--|[–—])\s+")
SPEECH = re.compile(r"\b(?:said|says|say|according|told|added|writes?|wrote|believes?|thinks?|argued?|argues)\b")
_WHERE_SAID = re.compile(
    r"\b(said|says|announced) in an? (?:\w+ ){0,2}(?:statement|interview|email|report|news release|press release)\b"
)


def middle_out(text: str, _: Spelling) -> Iterator[str]:
    """Without an apposition or relative clause between commas: "The driver, who was 41, died." """
    found = parts(text)
    for k in range(1, len(found) - 1):
        following = found[k + 1].split()
        verb_next = following and following[0][0].islower() and is_finite(bare(following[0]))
        aside = _ASIDE.match(found[k]) or re.fullmatch(r"\d+|of .+", found[k])
        if aside and verb_next and not SPEECH.search(found[k]) and not QUOTED.search(found[k]):
            yield _joined([*found[: k - 1], f"{found[k - 1]} {found[k + 1]}", *found[k + 2 :]])


def tail_out(text: str, _: Spelling) -> Iterator[str]:
    """Without a closing relative, participle or side clause: "…, sending water into the streets." """
    body, end = split_end(text)
    found = parts(body)
    if len(found) < 2 or not end or not _TAIL.match(found[-1]) or SPEECH.search(found[-1]) or '"' in found[-1]:
        return
    if verbs(", ".join(found[:-1])) and not _is_opening(found[0], len(found)):
        yield _joined(found[:-1]) + end


def opening_out(text: str, _: Spelling) -> Iterator[str]:
    """Without a phrase of time, place or circumstance at its head."""
    found = parts(text)
    if len(found) >= 2 and _OPENING.match(found[0]) and not SPEECH.search(found[0]) and verbs(found[1]):
        opens = found[1].split()[0]
        if verbs(found[0]) and not re.match(r"(?:After|Since)\b", found[0]):
            return
        if '"' not in found[0] and len(found[0].split()) <= 14 and not is_finite(opens) and not opens.endswith("ing"):
            yield upper_first(_joined(found[1:]))


def aside_out(text: str, _: Spelling) -> Iterator[str]:
    """Without brackets and asides between dashes."""
    yield _DASHES.sub(" ", _BRACKETS.sub("", text))


def second_half_out(text: str, _: Spelling) -> Iterator[str]:
    """The first of two main clauses: "S, and/but/while S."; the second alone if it does not point back."""
    match = re.fullmatch(r'([^"]+?)(?:, (?:and|but|while) |; )([^"]+)', text)
    if match is None:
        return
    left, right = match.groups()
    first = right.split()[0].lower()
    last = left.split()[-1]
    if (
        verbs(left)[:1] not in ([], [len(left.split()) - 1])
        and last not in AUXILIARY
        and verbs(right)
        and 0 < verbs(right)[0] <= 5
        and not re.match(r"(?:If|Unless|When|While)\b", left)
    ):
        yield left + "."
        if first not in PRONOUNS and len(right.split()) > 4 and not SPEECH.search(text):
            yield upper_first(right)


def place_of_saying_out(text: str, _: Spelling) -> Iterator[str]:
    """ "said in a statement" → "said"."""
    yield _WHERE_SAID.sub(r"\1", text)


def _joined(found: list[str]) -> str:
    return ", ".join(part for part in found if part)


def _is_opening(part: str, count: int) -> bool:
    """Whether what would be left is an opening phrase and no clause."""
    return count == 2 and (not verbs(part) or not LETTERS.search(part) or is_name(part))
