"""What an article says, prepared once so that each candidate is compared in well under a millisecond."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.facts import BREAK, Date, Facts, extract_facts, phrase, split_words
from pipeline.facts.forms import forms
from pipeline.facts.names import is_capitalised
from pipeline.facts.places import RELATIVES, place_stems
from pipeline.facts.roles import Role, read_roles
from pipeline.facts.speech import Saying, read_sayings
from pipeline.lexicon import bases
from pipeline.records import Article


@dataclass(frozen=True, slots=True, eq=False)  # told apart by identity: comparisons with it are remembered
class Source:
    """An article's text and title as the guard compares with them. All keys are those of `facts.Word`.

    `quantities` maps a rounded value to its units; `mentions` holds each name's keys, `alone` those of one word;
    `counted`: forms of the words within three after a number;
    `running` is the text as one phrase with marks, `plain` without; `sentences` are plain phrases.
    """

    facts: Facts
    quantities: dict[float, frozenset[str]]
    dates: frozenset[str]
    mentions: frozenset[tuple[str, ...]]
    alone: frozenset[str]
    capitalised: frozenset[str]
    stems: frozenset[str]
    acronyms: frozenset[str]
    capitals: frozenset[str]
    keys: frozenset[str]
    bases: frozenset[str]
    running: str
    plain: str
    sentences: frozenset[str]
    counted: frozenset[str]
    roles: tuple[Role, ...]
    sayings: tuple[Saying, ...]


def read_source(article: Article) -> Source:
    """Prepare `article` (its title and text; key points are not part of it) for `judge`."""
    lines = [article.title] if article.title else []
    return read_text("\n".join((*lines, article.text)), [s.text for s in article.sentences] + lines)


def read_text(text: str, sentences: Iterable[str] = ()) -> Source:
    """Prepare plain `text` for `judge`; `sentences` (its lines, if none) are what a candidate may copy."""
    facts = extract_facts(text)
    words = facts.words
    keys = frozenset(w.key for w in words if w.key not in (BREAK, "-"))
    capitalised = frozenset(w.key for w in words if is_capitalised(w))
    mentions = frozenset(name.keys for name in facts.names)
    return Source(
        facts=facts,
        quantities=_values(facts),
        dates=frozenset(value for date in facts.dates for value in (date.value, _decade(date))),
        mentions=mentions,
        alone=frozenset(keys[0] for keys in mentions if len(keys) == 1),
        capitalised=capitalised,
        stems=frozenset(stem for key in capitalised for stem in _all_stems(key)),
        acronyms=frozenset(_acronyms(facts)),
        capitals=frozenset(w.key for w in words if w.is_word and len(w.key) >= 3 and w.text.isupper()),
        keys=keys | frozenset(part for w in words if w.is_word for part in w.text.lower().split("'")),
        bases=frozenset(base for key in keys for base in bases(key)),
        running=phrase(words, marks=True),
        plain=phrase(words, marks=False),
        sentences=frozenset(phrase(split_words(s), marks=False) for s in list(sentences) or text.splitlines()),
        counted=frozenset(_counted(facts)),
        roles=read_roles(words, facts.names),
        sayings=read_sayings(words, facts.names, facts.quotations),
    )


def rounded(value: float) -> float:
    """`value` to nine significant digits, so that 1.2 × 10⁹ written two ways is one key."""
    return float(f"{value:.9g}")


def _values(facts: Facts) -> dict[float, frozenset[str]]:
    units: dict[float, set[str]] = {}
    for quantity in facts.quantities:
        units.setdefault(rounded(quantity.value), set()).add(quantity.unit)
    for date in facts.dates:
        number = date.value.split()[-1].removesuffix("s")
        if number.isdigit():
            units.setdefault(float(number), set()).add("ordinal" if date.kind == "day" else "")
        if date.kind == "year":
            units.setdefault(float(number[2] + "0"), set()).add("decade")
    return {value: frozenset(found) for value, found in units.items()}


def _counted(facts: Facts) -> Iterable[str]:
    ends = {quantity.span[1] for quantity in facts.quantities}
    for i, word in enumerate(facts.words):
        if word.end in ends:
            for after in facts.words[i + 1 : i + 4]:
                yield from forms(after.key)


def _decade(date: Date) -> str:
    return f"{date.value[:3]}0s" if date.kind == "year" else date.value


def _all_stems(key: str) -> Iterable[str]:
    for relative in RELATIVES.get(key, (key,)):
        yield from place_stems(relative)


def _acronyms(facts: Facts) -> Iterable[str]:
    """Initials of every capitalised run, with and without the small words in it: "Food and Drug Administration"."""
    for name in facts.names:
        if len(name.keys) >= 2:
            yield "".join(key[0] for key in name.keys)
            yield "".join(key[0] for key in name.whole)
    words = facts.words
    for i, word in enumerate(words):
        initials = ""
        for following in words[i : i + 8]:
            if is_capitalised(following):
                initials += following.key[0]
                if len(initials) >= 3:
                    yield initials
            elif following.key not in ("of", "and", "for", "the", "on", "in") or word is following:
                break
