"""Character clean-up: encoding slips, entities, invisible characters, quotes and line ends."""

from __future__ import annotations

import re
import unicodedata
from html.entities import html5

_NEWLINES = re.compile(r"\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_ENTITY = re.compile(r"&(?:amp;|#38;|#x26;)*(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|([A-Za-z][A-Za-z0-9]{1,31}));")
# Soft hyphen, zero-width space, word joiner, byte-order mark, direction marks, control characters.
_INVISIBLE = re.compile(
    r"[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]"
)
# Joiners mean something in emoji and in Persian or Indic words, not beside Latin letters, spaces or nothing.
_JOINERS = re.compile(r"(?<![^\x00-\u024f])[\u200c\u200d]+|[\u200c\u200d]+(?![^\x00-\u024f\u200c\u200d])")
_SURROGATES = re.compile(r"[\ud800-\udfff]")
# UTF-8 once read as Latin-1 or Windows-1252; ftfy then decides whether it really was.
_MOJIBAKE = re.compile(r"[ÂÃâð][\u0080-\u00bf\u20ac\u0152\u0153\u0160-\u017e\u0192\u02c6\u02dc\u2018-\u203a\u2122]")
_QUOTES = str.maketrans({**dict.fromkeys("“”„‟″＂", '"'), **dict.fromkeys("‘’‚‛′ʼ＇", "'")})
_TEX_QUOTES = re.compile(r"(?<!`)``(?!`)|(?<!')''(?!')")


def clean_characters(text: str) -> str:
    """`text` in NFC with one spelling of quotes and line ends, nothing invisible; lines stay as they are."""
    if _MOJIBAKE.search(text):
        import ftfy

        text = ftfy.fix_encoding(text)
    text = _ENTITY.sub(_unescaped, text)
    text = replace_surrogates(text)
    text = _NEWLINES.sub("\n", text)
    text = _JOINERS.sub("", _INVISIBLE.sub("", text))
    text = _TEX_QUOTES.sub('"', text.translate(_QUOTES))
    return unicodedata.normalize("NFC", text)


def replace_surrogates(text: str) -> str:
    """`text` with U+FFFD for lone surrogates, which JSON can spell and UTF-8 cannot."""
    return _SURROGATES.sub("\ufffd", text)


def _unescaped(entity: re.Match[str]) -> str:
    """The character an HTML entity names (however often its ampersand was escaped), or the entity itself."""
    decimal, hexadecimal, name = entity.groups()
    if name:
        return html5.get(f"{name};", entity[0])
    code = int(decimal) if decimal else int(hexadecimal, 16)
    return chr(code) if 0 < code <= 0x10FFFF else "\ufffd"
