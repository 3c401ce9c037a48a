"""Which tokens may follow, so that a small model keeps to words that exist: the source's own, or ordinary English.

A model with a sub-word vocabulary can spell words nobody has written ("Scocks" for "Scalise"). At each step the
word in progress may only go on towards a word of the source or of the lexicon, a number only towards a number of the
source, and a capitalised word inside the sentence only towards a capitalised word of the source.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from pipeline.engines.pieces import DIGITS, LETTERS, SPACE, UNITS, Pieces

Mask = NDArray[np.bool_]
SHORT = frozenset(  # the lexicon's words of one to three letters are mostly fragments: only these count
    """a i am an as at be by do go he if in is it me my no of oh ok on or so to up us we add age ago aid aim air all and
    any are arm art ask ate bad bag ban bar bed beg bet bid big bit box boy bus but buy can cap car cat cow cry cup cut
    dad day did die dig dog dry due ear eat egg end era eve eye fan far fed fee few fit fix fly for fun fur gap gas get
    god got gun guy gym had has hat her hid him his hit hot how ice ill its jet job joy key kid law lay led leg let lie
    lip lot low mad man map may men met mix mob mom mud net new nor not now nun nut oak odd off oil old one our out owe
    own pay per pet pie pig pit pop pot put ran rat raw red rid rip row run sad sat saw say sea see set sex she
    shy sin sit six ski sky son spy sue sum sun tap tax tea ten the tie tip too top toy try two use van via vow war was
    way web wet who why win won yes yet you zoo""".split()
)
CLITICS = frozenset("s t d m re ve ll".split())  # may follow an apostrophe



@dataclass(frozen=True, slots=True)
class Spellings:
    """What the words of one source allow, in the byte-level alphabet of the tokenizer."""

    words: frozenset[str]
    capitals: frozenset[str]
    digits: frozenset[str]


class Onward(NamedTuple):
    """What may follow: the tokens not in `forbidden` (None: no token), and those of `allowed` besides."""

    forbidden: Mask | None
    allowed: list[int]


class Vocabulary:
    """The lexicon, the words of a source, and (made when first asked for) the tokens by what they may do."""

    def __init__(self, tokenizer: Tokenizer, lexicon: Iterable[str], end: int = 2) -> None:
        self._given = tuple(lexicon)
        self._tokenizer, self._end, self._pre = tokenizer, end, tokenizer.pre_tokenizer
        self._continuations: dict[str, list[int]] = {}

    def knows(self, word: str) -> bool:
        """Whether a lower-case word counts as one of the lexicon's."""
        return word in self._all and _counts(word)

    @cached_property
    def _all(self) -> frozenset[str]:
        return frozenset(self._given)

    @cached_property
    def lexicon(self) -> list[str]:
        """The words of the lexicon that count, in the order of their code points."""
        return sorted([word for word in self._given if _counts(word)])

    @cached_property
    def tokens(self) -> Pieces:
        """The tokenizer's tokens; a search that is not steered step by step has no use for them."""
        return Pieces(self._tokenizer, self._begins, self._end)

    def _begins(self, prefix: str) -> bool:
        """Whether a word of the lexicon begins so."""
        low = prefix.lower()
        at = bisect_left(self.lexicon, low)
        return at < len(self.lexicon) and self.lexicon[at].startswith(low)

    def spellings(self, source: str) -> Spellings:
        """The words, capitalised words and numbers of a source text."""
        pieces = [p.removeprefix(SPACE) for p, _ in self._pre.pre_tokenize_str(" " + source)]
        parts = {part for p in pieces for part in (p, *LETTERS.findall(p))}
        words = frozenset(p for p in parts if LETTERS.fullmatch(p))
        return Spellings(
            words | {p.lower() for p in words},
            frozenset(p for p in words if not p[0].islower()),
            frozenset(DIGITS.findall(source)),  # whole runs: the tokenizer splits "1996" into "199" and "6"
        )

    def known(self, prefix: str) -> list[int]:
        """Tokens that lead `prefix` on towards a word of the lexicon (lower case)."""
        found = self._continuations.get(prefix)
        if found is None:
            low = bisect_left(self.lexicon, prefix)
            high = bisect_left(self.lexicon, prefix + "\uffff")
            found = self._continuations[prefix] = lead_on(prefix, self.lexicon[low:high], self.tokens.more_letters)
        return found


def _counts(word: str) -> bool:
    return (len(word) > 3 or word in SHORT) and word.isalpha() and word.isascii()


def lead_on(prefix: str, words: Iterable[str], tokens: dict[str, int]) -> list[int]:
    """The tokens that lead `prefix` on towards one of `words`, all of which begin with it."""
    size = len(prefix)
    starts = {word[size:k] for word in words for k in range(size + 1, len(word) + 1)}
    return [tokens[start] for start in starts if start in tokens]


@dataclass
class SpellingGuard:
    """Which tokens would leave the words allowed, for one source; what was found is kept."""

    vocabulary: Vocabulary
    source: Spellings
    prompt: int = 1
    found: dict[tuple[str, bool], Onward] = field(default_factory=dict)
    masks: dict[tuple[bool, str], Mask] = field(default_factory=dict)
    pools: dict[tuple[bool, bool], frozenset[str]] = field(default_factory=dict)

    def onward(self, ids: Sequence[int]) -> Onward:
        """What may follow the tokens `ids`, the prompt included."""
        key = self._in_progress(ids)
        found = self.found.get(key)
        if found is None:
            found = self.found[key] = self._onward(*key)
        return found

    def forbidden(self, ids: Sequence[int]) -> Mask:
        """Bool (vocabulary,): the tokens that may not follow."""
        mask, allowed = self.onward(ids)
        whole = np.ones(len(self.vocabulary.tokens.pieces), bool) if mask is None else mask.copy()
        whole[allowed] = False
        return whole

    def spells(self, text: str) -> bool:
        """Whether every word and number of a finished text, in the byte-level alphabet, is one that may stand there.

        A search that `onward` steers writes no other, but this allows a little more: a number and letters behind it
        that the source joins as well ("£45million").
        """
        known, pool = self.vocabulary.knows, self._pool
        for run in LETTERS.finditer(text):
            word, before = run[0], text[: run.start()]
            if word in (CLITICS if before.endswith("'") else UNITS if before[-1:].isdigit() else ()):
                continue
            opening = not LETTERS.search(before)
            inner = word[0].isupper() and not opening
            if word not in pool(inner, opening and word[0].isupper()) and (inner or not known(word.lower())):
                return False
        return all(number in self.source.digits for number in DIGITS.findall(text))

    def _in_progress(self, ids: Sequence[int]) -> tuple[str, bool]:
        """The letters or digits that the last tokens spell, and whether that word opens the text."""
        pieces, word, at = self.vocabulary.tokens, "", len(ids)
        kind = next((k for k in (pieces.alphabetic, pieces.numeric) if ids and k[ids[-1]]), None)
        while kind is not None and at > self.prompt and kind[ids[at - 1]]:
            at -= 1
            word = pieces.bare[ids[at]] + word
            if pieces.starts[ids[at]]:
                break
        return word, at <= self.prompt

    def _onward(self, word: str, opening: bool) -> Onward:
        vocabulary, pieces, source = self.vocabulary, self.vocabulary.tokens, self.source
        if not word:
            return Onward(self._mask(opening, ""), [])
        if word.isdigit():
            rests = [d for d in source.digits if d.startswith(word)]
            whole = word in source.digits
            return Onward(self._mask(False, "digit") if whole else None, lead_on(word, rests, pieces.more_digits))
        inner = word[0].isupper() and not opening
        own = self._pool(inner, opening and word[0].isupper())
        allowed = lead_on(word, [w for w in own if w.startswith(word)], pieces.more_letters)
        whole = word in own
        if not inner:
            allowed = [*allowed, *vocabulary.known(word.lower())]
            whole = whole or vocabulary.knows(word.lower())
        return Onward(self._mask(False, "letter") if whole else None, allowed)

    def _pool(self, inner: bool, opened: bool) -> frozenset[str]:
        """The source's words for a place: all, those with capitals, or all with a capital in front as well."""
        found = self.pools.get((inner, opened))
        if found is None:
            pool = self.source.capitals if inner else self.source.words
            raised = {w[:1].upper() + w[1:] for w in pool} if opened else frozenset()
            found = self.pools[inner, opened] = pool | raised
        return found

    def _mask(self, opening: bool, after: str) -> Mask:
        """Bool (vocabulary,): what may not follow a finished word, number or nothing (`after`)."""
        found = self.masks.get((opening, after))
        if found is None:
            pieces = self.vocabulary.tokens
            found = self._false_starts(opening) | pieces.commands
            if after == "digit":
                found |= (pieces.more_alphabetic & ~pieces.unit) | pieces.more_numeric
            elif after == "letter":
                found |= pieces.more_alphabetic
            self.masks[opening, after] = found
        return found

    def _false_starts(self, opening: bool) -> Mask:
        """Bool (vocabulary,): tokens that begin a word or number which cannot be finished."""
        pieces, source = self.vocabulary.tokens, self.source
        mask: Mask = pieces.unknown_start.copy()
        if opening:
            words = source.words | {w[:1].upper() + w[1:] for w in source.words}
        else:
            mask |= pieces.capital
            words = frozenset(w for w in source.words if w[0].islower()) | source.capitals
        mask[pieces.prefixes(words)] = False
        mask |= pieces.number | pieces.clitic
        mask[pieces.prefixes(source.digits)] = False
        return mask
