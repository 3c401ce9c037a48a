"""The tokenizers that metrics count in; those of the ROUGE profiles stand in `profiles.py`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from itertools import chain
from typing import Any

from pipeline.metrics.porter155 import stem as stem_155

Lines = list[list[str]]
# Byte → itself for [a-z0-9] and line feeds, a blank for all else: the bytes of letters outside ASCII among them.
_GOOGLE = bytes(byte if chr(byte) in "abcdefghijklmnopqrstuvwxyz0123456789\n" else 32 for byte in range(256))
_PERL = bytes(range(256)).lower().translate(_GOOGLE)
_WORD = re.compile(r"[^\W_]+")
_STEMMED = 1 << 17  # words whose stems are kept, about 20 MB: a stream of pairs must not fill the memory

# Scripts written without spaces between words: each character, with the marks that belong to it, is a token.
_UNSPACED = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"


class Stems:
    """Word → stem, each made once; words of up to three characters are left alone. It starts anew when full."""

    def __init__(self, stem: Callable[[str], str]) -> None:
        self._stem = stem
        self._known: dict[str, str] = {}

    def __len__(self) -> int:
        return len(self._known)

    def of(self, lines: Iterable[Sequence[str]]) -> Lines:
        """The stems of the words of each line."""
        known = self._known.__getitem__
        try:
            return [list(map(known, line)) for line in lines]
        except KeyError:
            return [[self.one(word) for word in line] for line in lines]

    def one(self, word: str) -> str:
        """The stem of a word."""
        found = self._known.get(word)
        if found is None:
            if len(self._known) >= _STEMMED:
                self._known.clear()
            found = self._known[word] = self._stem(word) if len(word) > 3 else word
        return found


@cache
def _stemmer() -> Any:
    from nltk.stem.porter import PorterStemmer  # imported late: nltk takes seconds to load

    return PorterStemmer()


def _porter(word: str) -> str:
    return str(_stemmer().stem(word))


def _ascii_porter(word: str) -> str:
    """The stemmer knows English: words with other letters than a to z are left as they are."""
    return _porter(word) if word.isascii() else word


_stems, _stems_155, _stems_unicode = Stems(_porter), Stems(stem_155), Stems(_ascii_porter)


def porter_stem(token: str) -> str:
    """The Porter stem of a lowercase word of any length, from nltk (with its extensions, as rouge-score uses it)."""
    return _stems.one(token) if len(token) > 3 else _porter(token)


def google_lines(text: str, *, stem: bool) -> Lines:
    """Tokens as rouge-score 0.1.2 makes them, line by line: runs of [a-z0-9] of the lowercased text.

    With `stem`, tokens longer than three characters are reduced by nltk's Porter stemmer (with its
    extensions).
    """
    return _split(text.lower().encode("utf-8", "replace").translate(_GOOGLE), _stems if stem else None)


def google_tokens(text: str, *, stem: bool) -> list[str]:
    """`google_lines` without the lines."""
    return list(chain.from_iterable(google_lines(text, stem=stem)))


def perl_lines(text: str, *, stem: bool) -> Lines:
    """Tokens as ROUGE-1.5.5 makes them: runs of ASCII letters and digits, lowercased; all else separates.

    It works on bytes, so unlike rouge-score it never makes an ASCII letter of another one (of the Kelvin sign,
    of a dotted capital I). With `stem`, tokens longer than three characters are reduced by its own stemmer.
    """
    return _split(text.encode("utf-8", "replace").translate(_PERL), _stems_155 if stem else None)


def _split(cleaned: bytes, stems: Stems | None) -> Lines:
    lines = [line.split() for line in cleaned.decode("ascii").split("\n")]
    return lines if stems is None else stems.of(lines)


@cache
def _unicode_patterns() -> tuple[Any, Any]:
    import regex  # imported late: most scoring does without it

    invisible = regex.compile(r"\p{Cf}+")  # soft hyphens, joiners, direction marks
    return invisible, regex.compile(
        rf"[{_UNSPACED}]\p{{M}}*|(?:(?![{_UNSPACED}])[\p{{L}}\p{{N}}])(?:(?![{_UNSPACED}])[\p{{L}}\p{{N}}\p{{M}}])*"
    )


def unicode_lines(text: str, *, stem: bool) -> Lines:
    """Runs of letters, marks and digits of any script after NFKC and case folding.

    Accents and vowel signs stay with their letter; Han, kana and the scripts of South-East Asia count by
    character. Of ASCII text the tokens are those of `google_lines`, stems included.
    """
    if text.isascii():
        return google_lines(text, stem=stem)
    invisible, token = _unicode_patterns()
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    found: Lines = [token.findall(line) for line in invisible.sub("", folded).split("\n")]
    return _stems_unicode.of(found) if stem else found


def words(text: str) -> list[str]:
    """Case-folded runs of letters and digits of any script; punctuation and underscores separate them."""
    return _WORD.findall(text.casefold())
