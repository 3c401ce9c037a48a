"""Offices given to the wrong person: "President Austin" where the article has another president."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.facts.roles import TITLE_KEYS, Role, read_roles
from pipeline.guard.evidence import Reading
from pipeline.guard.source import Source
from pipeline.lexicon import word_set
from pipeline.records import Reason

# Offices of which an article seldom has two holders: another's is then not this one's
_UNIQUE = word_set(
    "president chancellor speaker pope king queen mayor ceo chairman premier director minister secretary"
)
_PARTIES = word_set("republican democrat")
_BELOW = word_set("vice deputy assistant lieutenant shadow")
_LATER = word_set("former ex once then")
NEAR = 3  # words before an office in which these make it a former one


def misgiven(candidate: Reading, source: Source) -> Iterator[Reason]:
    """`unsupported:role` for an office beside a name, if the article gives this person another, or it to others only.

    A former office may be what nobody has now.
    """
    words = candidate.facts.words
    for role in read_roles(words, candidate.facts.names):
        at = words.index(role.word)
        past = any(word.key in _LATER for word in words[max(0, at - NEAR) : at])
        if role.holder and not past and role.holder in source.keys and _is_anothers(role, source):
            yield Reason("unsupported:role", (role.word.start, role.word.end), role.word.text)
            return


def _is_anothers(role: Role, source: Source) -> bool:
    same = [r for r in source.roles if r.key == role.key and _agrees(role, r)]
    if any(r.holder == role.holder or (not r.holder and role.holder in r.beside) for r in same):
        return False
    own = {r.key for r in source.roles if r.holder == role.holder} & TITLE_KEYS
    if role.key in _PARTIES:
        return bool(own & _PARTIES)
    return bool(own - _PARTIES) or (role.key in _UNIQUE and any(r.holder for r in same))


def _agrees(role: Role, known: Role) -> bool:
    """Whether two offices of one word can be the same: a secretary may be any, a vice president is no president."""
    one, two = role.qualifier, known.qualifier
    return one == two or (not (one and two) and not {one, two} & _BELOW)
