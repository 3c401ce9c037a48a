"""The tokens of a byte-level tokenizer, sorted by what each may do to the word that is being written."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

import numpy as np
from tokenizers import Tokenizer

SPACE = "Ġ"  # how byte-level BPE writes the space before a word
UNITS = frozenset("am pm m bn tn k km kg cm mm mph st nd rd th s x p".split())  # may follow a digit without a space
# In the byte-level alphabet every character beyond ASCII is a byte of a letter or sign (but Ġ and Ċ, white space).
LETTERS = re.compile("[A-Za-z\u0080-\u0109\u010b-\u011f\u0121-\u0143]+")
DIGITS = re.compile(r"\d+")


class Pieces:
    """Lists and bool arrays by token id, and tokens by their text. `begins` tells whether a word of the lexicon begins
    with a text; `end` is the one special token that may be written."""

    def __init__(self, tokenizer: Tokenizer, begins: Callable[[str], bool], end: int) -> None:
        by_token = tokenizer.get_vocab(with_added_tokens=True)
        self.pieces = [""] * (max(by_token.values()) + 1)
        for token, index in by_token.items():
            self.pieces[index] = token
        special = {i for i, token in tokenizer.get_added_tokens_decoder().items() if token.special}
        self.bare = bare = [piece.removeprefix(SPACE) for piece in self.pieces]
        self.alphabetic = [bool(LETTERS.fullmatch(b)) and i not in special for i, b in enumerate(bare)]
        self.numeric = [bool(DIGITS.fullmatch(b)) and i not in special for i, b in enumerate(bare)]
        self.starts = [piece.startswith(SPACE) for piece in self.pieces]
        self.more_letters = {b: i for i, b in enumerate(bare) if self.alphabetic[i] and not self.starts[i]}
        self.more_digits = {b: i for i, b in enumerate(bare) if self.numeric[i] and not self.starts[i]}
        letters, self.number = np.array(self.alphabetic), np.array(self.numeric)
        inside = ~np.array(self.starts)
        self.commands = np.zeros(len(bare), bool)
        self.commands[list(special - {end})] = True
        self.more_numeric, self.more_alphabetic = self.number & inside, letters & inside
        self.capital = letters & np.array([b[:1].isupper() for b in bare])
        cased = np.array([b != b.lower() and any(c.isupper() for c in b) for b in bare])
        self.clitic = cased & ~letters  # "'S", "'T": capitals that no word begins
        self.clitic[list(special)] = False
        self.unit = np.array([b in UNITS for b in bare])
        self.unknown_start = letters & ~np.array([a and begins(b) for a, b in zip(letters, bare, strict=True)])
        self.by_text: dict[str, list[int]] = {}
        for i, b in enumerate(bare):
            self.by_text.setdefault(b, []).append(i)

    def prefixes(self, words: Iterable[str]) -> list[int]:
        """The tokens, with or without a space, that one of `words` begins with."""
        texts = {word[:k] for word in words for k in range(1, len(word) + 1)}
        return [i for text in texts for i in self.by_text.get(text, ())]
