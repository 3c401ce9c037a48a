"""Logits processors that keep a small model to words that exist: the source's own, or ordinary English.

A model with a sub-word vocabulary can spell words nobody has written ("Scocks" for "Scalise"). At each step the
word in progress may only go on towards a word of the source or of the lexicon, a number only towards a number of the
source, and a capitalised word inside the sentence only towards a capitalised word of the source.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import torch
from transformers import LogitsProcessor, PreTrainedTokenizerBase

SPACE = "Ġ"  # how byte-level BPE writes the space before a word
UNITS = frozenset("am pm m bn tn k km kg cm mm mph st nd rd th s x p".split())  # may follow a digit without a space
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
# In the byte-level alphabet every character beyond ASCII is a byte of a letter or sign (but Ġ and Ċ, white space).
LETTERS = re.compile("[A-Za-z\u0080-\u0109\u010b-\u011f\u0121-\u0143]+")
DIGITS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Spellings:
    """What the words of one source allow, in the byte-level alphabet of the tokenizer."""

    words: frozenset[str]
    capitals: frozenset[str]
    digits: frozenset[str]


class Vocabulary:
    """The tokenizer's tokens sorted by what they may do to the word in progress."""

    def __init__(self, tokenizer: PreTrainedTokenizerBase, lexicon: Iterable[str]) -> None:
        by_token = tokenizer.get_vocab()
        self.pieces = [""] * (max(by_token.values()) + 1)
        for token, index in by_token.items():
            self.pieces[index] = token
        special = set(tokenizer.all_special_ids)
        bare = [piece.removeprefix(SPACE) for piece in self.pieces]
        self.alphabetic = [i not in special and bool(LETTERS.fullmatch(b)) for i, b in enumerate(bare)]
        self.numeric = [i not in special and bool(DIGITS.fullmatch(b)) for i, b in enumerate(bare)]
        self.commands = torch.tensor([i in special and i != tokenizer.eos_token_id for i in range(len(bare))])
        self.bare = bare
        self.starts = [piece.startswith(SPACE) for piece in self.pieces]
        self.more_letters = {b: i for i, b in enumerate(bare) if self.alphabetic[i] and not self.starts[i]}
        self.more_digits = {b: i for i, b in enumerate(bare) if self.numeric[i] and not self.starts[i]}
        self.lexicon = sorted(w for w in lexicon if w.isalpha() and w.isascii() and (len(w) > 3 or w in SHORT))
        self.words = frozenset(self.lexicon)
        self.number = torch.tensor(self.numeric)
        self.more_numeric = self.number & ~torch.tensor(self.starts)
        self.more_alphabetic = torch.tensor(self.alphabetic) & ~torch.tensor(self.starts)
        self.capital = torch.tensor([a and b[0].isupper() for a, b in zip(self.alphabetic, bare, strict=True)])
        self.clitic = torch.tensor(  # "'S", "'T": capitals that no word begins
            [
                i not in special and not a and any(c.isupper() for c in b)
                for i, (a, b) in enumerate(zip(self.alphabetic, bare, strict=True))
            ]
        )
        self.unit = torch.tensor([b in UNITS for b in bare])
        self.unknown_start = torch.tensor(
            [a and not self._begins(b) for a, b in zip(self.alphabetic, bare, strict=True)]
        )
        self.by_text: dict[str, list[int]] = {}
        for i, b in enumerate(bare):
            self.by_text.setdefault(b, []).append(i)
        self._pre = tokenizer.backend_tokenizer.pre_tokenizer
        self._continuations: dict[str, frozenset[int]] = {}

    def _begins(self, prefix: str) -> bool:
        """Whether a word of the lexicon begins so."""
        at = bisect_left(self.lexicon, prefix.lower())
        return at < len(self.lexicon) and self.lexicon[at].startswith(prefix.lower())

    def prefixes(self, words: Iterable[str]) -> list[int]:
        """The tokens, with or without a space, that one of `words` begins with."""
        texts = {word[:k] for word in words for k in range(1, len(word) + 1)}
        return [i for text in texts for i in self.by_text.get(text, ())]

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

    def known(self, prefix: str) -> frozenset[int]:
        """Tokens that lead `prefix` on towards a word of the lexicon (lower case)."""
        found = self._continuations.get(prefix)
        if found is None:
            low = bisect_left(self.lexicon, prefix)
            high = bisect_left(self.lexicon, prefix + "\uffff")
            rests = [word[len(prefix) :] for word in self.lexicon[low:high]]
            found = self._continuations[prefix] = lead_on(rests, self.more_letters)
        return found


def lead_on(rests: Iterable[str], tokens: dict[str, int]) -> frozenset[int]:
    """The tokens that are prefixes of one of `rests`."""
    return frozenset(
        tokens[start] for start in {rest[:k] for rest in rests for k in range(1, len(rest) + 1)} if start in tokens
    )


@dataclass
class SpellingGuard(LogitsProcessor):  # type: ignore[misc]
    """Masks every token that would leave the words allowed; row r belongs to source r // beams."""

    vocabulary: Vocabulary
    sources: Sequence[Spellings]
    beams: int
    prompt: int = 1
    masks: dict[tuple[int, str, bool], torch.Tensor] = field(default_factory=dict)
    starts: dict[tuple[int, bool], torch.Tensor] = field(default_factory=dict)

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        rows = [self._mask(ids, r // self.beams) for r, ids in enumerate(input_ids.tolist())]
        return scores.masked_fill(torch.stack(rows).to(scores.device), float("-inf"))

    def _mask(self, ids: list[int], source: int) -> torch.Tensor:
        word, opening = self._in_progress(ids)
        key = (source, word, opening)
        found = self.masks.get(key)
        if found is None:
            found = self.masks[key] = self._forbidden(word, opening, self.sources[source])
        return found

    def _in_progress(self, ids: list[int]) -> tuple[str, bool]:
        """The letters or digits that the last tokens spell, and whether that word opens the text."""
        vocabulary, word, at = self.vocabulary, "", len(ids)
        kind = next((k for k in (vocabulary.alphabetic, vocabulary.numeric) if ids and k[ids[-1]]), None)
        while kind is not None and at > self.prompt and kind[ids[at - 1]]:
            at -= 1
            word = vocabulary.bare[ids[at]] + word
            if vocabulary.starts[ids[at]]:
                break
        return word, at <= self.prompt

    def _forbidden(self, word: str, opening: bool, source: Spellings) -> torch.Tensor:
        """Bool (vocabulary,): the tokens that may not follow."""
        vocabulary = self.vocabulary
        allowed, complete = self._onward(word, opening, source)
        if not complete:
            mask = torch.ones(len(vocabulary.pieces), dtype=torch.bool)
        else:
            mask = self._false_starts(opening and not word, source).clone()
            if word.isdigit():
                mask |= vocabulary.more_alphabetic & ~vocabulary.unit
            if word:
                mask |= vocabulary.more_numeric if word.isdigit() else vocabulary.more_alphabetic
            mask |= vocabulary.commands
        mask[list(allowed)] = False
        return mask

    def _onward(self, word: str, opening: bool, source: Spellings) -> tuple[frozenset[int], bool]:
        """Tokens that may go on with the word in progress, and whether it may end here."""
        vocabulary = self.vocabulary
        if not word:
            return frozenset(), True
        if word.isdigit():
            rests = [d[len(word) :] for d in source.digits if d.startswith(word)]
            return lead_on(rests, vocabulary.more_digits), word in source.digits
        inner_capital = word[0].isupper() and not opening
        pool = source.capitals if inner_capital else source.words
        opened = opening and word[0].isupper()
        own = {w[:1].upper() + w[1:] if opened else w for w in pool} | (set(pool) if opened else set())
        found = lead_on([w[len(word) :] for w in own if w.startswith(word)], vocabulary.more_letters)
        if inner_capital:
            return found, word in own
        return found | vocabulary.known(word.lower()), word in own or word.lower() in vocabulary.words

    def _false_starts(self, opening: bool, source: Spellings) -> torch.Tensor:
        """Bool (vocabulary,): tokens that begin a word or number which cannot be finished."""
        key = (id(source), opening)
        if key not in self.starts:
            vocabulary = self.vocabulary
            words = source.words | ({w[:1].upper() + w[1:] for w in source.words} if opening else frozenset())
            mask = vocabulary.unknown_start.clone()
            if not opening:
                mask |= vocabulary.capital
            mask[vocabulary.prefixes(words if opening else {w for w in words if w[0].islower()} | source.capitals)] = (
                False
            )
            mask |= vocabulary.number | vocabulary.clitic
            mask[vocabulary.prefixes(source.digits)] = False
            self.starts[key] = mask
        return self.starts[key]


@dataclass
class CopyPrior(LogitsProcessor):  # type: ignore[misc]
    """Adds `strength` to the log-odds of tokens of the source and of the end, then normalises again."""

    bonus: torch.Tensor
    beams: int

    @classmethod
    def of(cls, source_ids: torch.Tensor, size: int, end: int, strength: float, beams: int) -> CopyPrior:
        """From padded source ids (batch, tokens)."""
        bonus = torch.zeros(len(source_ids), size)
        bonus.scatter_(1, source_ids, strength)
        bonus[:, end] = strength
        return cls(bonus, beams)

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        bonus = self.bonus.to(scores.device).repeat_interleave(self.beams, dim=0)
        return torch.log_softmax(scores + bonus, dim=-1)
