"""The tokenizers that metrics count in; those of the ROUGE profiles stand in `profiles.py`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import cache
from typing import Any

from pipeline.metrics.porter155 import stem as stem_155

_GOOGLE = re.compile(r"[a-z0-9]+")
_PERL = re.compile(r"[A-Za-z0-9]+")
_WORD = re.compile(r"[^\W_]+")
_STEMMED = 1 << 17  # words whose stems are kept, about 20 MB: a stream of pairs must not fill the memory

# Scripts written without spaces between words: each character, with the marks that belong to it, is a token.
_UNSPACED = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"


class Stems(dict[str, str]):
    """Word → stem, each made once; words of up to three characters are left alone. Bounded: it starts anew when full."""

    def __init__(self, stem: Callable[[str], str]) -> None:
        super().__init__()
        self._stem = stem

    def __missing__(self, word: str) -> str:
        if len(self) >= _STEMMED:
            self.clear()
        found = self[word] = self._stem(word) if len(word) > 3 else word
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
    return _stems[token] if len(token) > 3 else _porter(token)


def google_tokens(text: str, *, stem: bool) -> list[str]:
    """Tokens as rouge-score 0.1.2 makes them: runs of [a-z0-9] of the lowercased text.

    With `stem`, tokens longer than three characters are reduced by nltk's Porter stemmer (with its
    extensions).
    """
    found = _GOOGLE.findall(text.lower())
    return [_stems[token] for token in found] if stem else found


def perl_tokens(text: str, *, stem: bool) -> list[str]:
    """Tokens as ROUGE-1.5.5 makes them: runs of ASCII letters and digits, lowercased; all else separates.

    It works on bytes, so unlike rouge-score it never makes an ASCII letter of another one (of the Kelvin sign,
    of a dotted capital I). With `stem`, tokens longer than three characters are reduced by its own stemmer.
    """
    found = [token.lower() for token in _PERL.findall(text)]
    return [_stems_155[token] for token in found] if stem else found


@cache
def _unicode_patterns() -> tuple[Any, Any]:
    import regex  # imported late: most scoring does without it

    invisible = regex.compile(r"\p{Cf}+")  # soft hyphens, joiners, direction marks
    return invisible, regex.compile(
        rf"[{_UNSPACED}]\p{{M}}*|(?:(?![{_UNSPACED}])[\p{{L}}\p{{N}}])(?:(?![{_UNSPACED}])[\p{{L}}\p{{N}}\p{{M}}])*"
    )


def unicode_tokens(text: str, *, stem: bool) -> list[str]:
    """Runs of letters, marks and digits of any script after NFKC and case folding.

    Accents and vowel signs stay with their letter; Han, kana and the scripts of South-East Asia count by
    character. Of ASCII text the tokens are those of `google_tokens`, stems included.
    """
    if text.isascii():
        return google_tokens(text, stem=stem)
    invisible, token = _unicode_patterns()
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    found: list[str] = token.findall(invisible.sub("", folded))
    return [_stems_unicode[word] for word in found] if stem else found


def words(text: str) -> list[str]:
    """Case-folded runs of letters and digits of any script; punctuation and underscores separate them."""
    return _WORD.findall(text.casefold())
