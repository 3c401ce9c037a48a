"""Raw text to an Article: normalised, its title and key points apart, segmented, identified by a hash."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from typing import Literal

from pipeline.errors import InputError
from pipeline.records import Article
from pipeline.text.dateline import article_sentences
from pipeline.text.key_points import extract_key_points
from pipeline.text.language import UNDETERMINED, detect_language
from pipeline.text.normalise import normalise, tidy

KeyPointsUse = Literal["reference", "keep", "drop"]
_TITLE_LINE = re.compile(r"[\s\ufeff]*#[^\S\r\n]+(\S[^\r\n]*)(?:[\r\n]|\Z)")


def make_article(
    article_id: str,
    raw_text: str,
    *,
    title: str | None = None,
    origin: str = "",
    key_points_given: Iterable[str] = (),
    key_points: KeyPointsUse = "reference",
    flags: Iterable[str] = (),
) -> Article:
    """The article of `raw_text`; a leading Markdown heading (`# Title`) is its title unless `title` is given.

    The article's own key-points box goes to `Article.key_points`, after `key_points_given`; with `key_points`
    "keep" it stays in the text, with "drop" it is removed and forgotten. A text that is nothing but its box
    stays whole. `flags` say what its reader left out; `language:xx` is added unless the text is English.
    InputError when no text is left.
    """
    heading, rest = _split_title(raw_text)
    title = normalise(title or heading or "").replace("\n", " ") or None
    text, found = _apart(_without_title(tidy(rest), title), key_points)
    if not text:
        raise InputError("the article has no text", where=origin or article_id)
    points = dict.fromkeys(filter(None, (*map(_one_line, key_points_given), *found)))
    language = detect_language(text)
    return Article(
        id=article_id,
        text=text,
        sentences=article_sentences(text),
        title=title,
        key_points=tuple(points) if key_points == "reference" else (),
        origin=origin,
        sha256=hashlib.sha256(text.encode("utf-8")).hexdigest(),
        flags=(*flags, *(() if language in ("en", UNDETERMINED) else (f"language:{language}",))),
    )


def _split_title(raw: str) -> tuple[str | None, str]:
    """`(title, rest)` of a text that opens with `# Title`, perhaps closed by more marks (`# Title #`)."""
    match = _TITLE_LINE.match(raw)
    if match is None:
        return None, raw
    title = match[1].rstrip()
    bare = title.rstrip("#")
    return (bare if bare.endswith((" ", "\t")) else title), raw[match.end() :]


def _without_title(text: str, title: str | None) -> str:
    """`text` without its first line when that only repeats the title, as web pages do."""
    first, _, rest = text.partition("\n")
    repeated = title is not None and rest and _folded(first) == _folded(title)
    return rest if repeated else text


def _apart(text: str, use: KeyPointsUse) -> tuple[str, tuple[str, ...]]:
    """`(normalised body, key points)`; repeats are dropped last: a point never costs the body a line."""
    if use == "keep":
        return normalise(text), ()
    body, points = extract_key_points(text)
    body = normalise(body)
    return (body, points) if body else (normalise(text), ())


def _one_line(text: str) -> str:
    return " ".join(normalise(text).split())


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())
