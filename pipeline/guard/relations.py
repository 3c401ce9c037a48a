"""Joints invented between two things: "forecast for dearer fuel" where the evidence makes up for dearer fuel."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.facts import BREAK, Word
from pipeline.facts.statements import BOUNDS, is_content, meet
from pipeline.guard.evidence import Reading
from pipeline.lexicon import word_set
from pipeline.records import Reason

_CONNECTIVES = word_set("for over after amid despite because due")
_LINKS = BOUNDS - {"after", "because"}


@dataclass(frozen=True, slots=True)
class _Joint:
    """`word` joins what stands before it in its clause to what follows; words of meaning, nearest first."""

    word: Word
    left: tuple[Word, ...]
    right: tuple[Word, ...]


def invented(candidate: Reading, evidence: Reading) -> Iterator[Reason]:
    """`unsupported:relation` for a connective whose two sides the evidence has, while the same connective there joins
    the right side to something else only."""
    known = list(_joints(evidence.facts.words, reach=10))
    for joint in _joints(candidate.facts.words, reach=2):
        same = [k for k in known if k.word.key == joint.word.key and meet(k.right[:1], joint.right[:1])]
        told = meet(joint.left[:1], evidence.facts.words)
        if same and told and not any(meet(joint.left, k.left) for k in same):
            yield Reason("unsupported:relation", (joint.word.start, joint.word.end), joint.word.text)
            return


def _joints(words: Sequence[Word], reach: int) -> Iterator[_Joint]:
    for i, word in enumerate(words):
        if word.key in _CONNECTIVES:
            left = tuple(_side(words, range(i - 1, -1, -1), reach))
            right = tuple(_side(words, range(i + 1, len(words)), 2))
            if left and right:
                yield _Joint(word, left, right)


def _side(words: Sequence[Word], indices: Sequence[int], reach: int) -> Iterator[Word]:
    found = 0
    for j in indices:
        if words[j].key == BREAK or words[j].key in _LINKS or found == reach:
            return
        if is_content(words[j]):
            found += 1
            yield words[j]
