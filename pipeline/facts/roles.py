"""Roles: the offices and parties a text gives to people ("Defense Secretary Lloyd Austin", "Austin, the secretary")."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.facts.names import Name
from pipeline.facts.words import BREAK, Word
from pipeline.lexicon import word_set

# Words that name an office held by few; each is compared as its canonical form.
_OFFICES = """president|minister ministers|secretary|senator senators sen|representative representatives rep
congressman congresswoman|governor governors|general|lieutenant|colonel|captain|sergeant|admiral|attorney lawyer
chancellor|chairman chairwoman chair chairperson|ceo|director|mayor|judge|justice justices|sheriff|ambassador|coach
manager|king|queen|prince|princess|pope|cardinal|bishop|archbishop|spokesman spokeswoman spokesperson|superintendent
commissioner|councilman councilwoman councillor councilor|treasurer|speaker|professor|detective|prosecutor|commander
editor|founder|author|actor actress|singer|striker|midfielder|goalkeeper|defender|analyst|economist|premier
republican republicans gop|democrat democrats democratic|libertarian|conservative|labour"""
_GROUPS = [group.split() for row in _OFFICES.split("\n") for group in row.split("|")]
ROLE_KEYS = {word: group[0] for group in _GROUPS for word in group}
TITLE_KEYS = frozenset(ROLE_KEYS.values()) - {"author", "founder", "editor", "actor", "singer", "analyst", "economist"}
# Words that change which office it is; others before an office ("former", "longtime") do not.
_QUALIFIERS = word_set(
    """vice prime deputy attorney defense defence foreign interior finance treasury state home press assistant
    education energy labor transportation agriculture commerce health justice homeland security shadow first lady
    lieutenant major brigadier"""
)
_APPOSED = word_set("a an the its his her their former who is was")


@dataclass(frozen=True, slots=True)
class Role:
    """An office word at `word`: its canonical `key`, its `qualifier` ("vice") or "", and who holds it.

    `holder`: the last word of the name that it stands directly before, or that it directly follows in apposition;
    "" if it stands free. `beside`: the last words of all names in its sentence.
    """

    word: Word
    key: str
    qualifier: str
    holder: str
    beside: frozenset[str]


def read_roles(words: Sequence[Word], names: Sequence[Name]) -> tuple[Role, ...]:
    """All office words of a text with their holders, in order."""
    owner = {span[0]: name for name in names for span in name.spans}
    found: list[Role] = []
    for line in _lines(words):
        if not any(w.key in ROLE_KEYS for w in line):
            continue
        beside = frozenset(_last(owner[w.start]) for w in line if w.start in owner)
        for i, word in enumerate(line):
            if word.key in ROLE_KEYS:
                before = line[i - 1].key if i else ""
                qualifier = before if before in _QUALIFIERS else ""
                found.append(Role(word, ROLE_KEYS[word.key], qualifier, _holder(line, i, owner), beside))
    return tuple(found)


def _lines(words: Sequence[Word]) -> list[list[Word]]:
    """The words of each sentence."""
    lines: list[list[Word]] = [[]]
    for word in words:
        lines[-1].append(word)
        if word.text in ".!?\n":
            lines.append([])
    return lines


def _holder(words: Sequence[Word], i: int, owner: dict[int, Name]) -> str:
    """Last word of the name after the office (in the same run or next to it), else of the name it is apposed to."""
    j = i + 1
    while j < len(words) and (words[j].key in ROLE_KEYS or words[j].key in _QUALIFIERS):
        j += 1
    if j < len(words) and words[j].start in owner and not words[i].possessive and not words[j].initial:
        return _last(owner[words[j].start])
    return _apposed(words, i, owner)


def _last(name: Name) -> str:
    keys = [key for key in name.keys if key not in ("jr", "sr", "ii", "iii", "iv")]
    return keys[-1] if keys and keys[-1] not in ROLE_KEYS else ""


def _apposed(words: Sequence[Word], i: int, owner: dict[int, Name]) -> str:
    """The name in "NAME, (the) … office": a comma, then at most three words, the first of them a determiner."""
    for j in range(i - 1, max(0, i - 5), -1):
        if words[j].text == "," and j and words[j - 1].start in owner:
            inside = words[j + 1 : i]
            if not inside or inside[0].key in _APPOSED or inside[-1].key in _QUALIFIERS:
                return _last(owner[words[j - 1].start])
        if words[j].key == BREAK:
            return ""
    return ""
