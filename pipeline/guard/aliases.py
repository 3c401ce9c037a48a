"""Names of a candidate that its source does not support: each must be one mention of the source, or its alias."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.facts import FUNCTION_WORDS, Facts, Name, Word
from pipeline.facts.names import is_capitalised
from pipeline.facts.places import (
    CAPITALS,
    PEOPLE,
    PLACES,
    RELATIVES,
    ROLES,
    TITLES,
    is_adjective,
    is_place_word,
    place_stems,
)
from pipeline.facts.roles import ROLE_KEYS
from pipeline.guard.source import Source
from pipeline.lexicon import bases, looks_proper
from pipeline.records import Reason, Span

_WHERE = frozenset("in at near outside inside around across to into from of through".split())
_PARTIES = RELATIVES["republican"] | RELATIVES["democrat"]


def unsupported_names(facts: Facts, source: Source) -> Iterator[Reason]:
    """Names that are neither a mention of the source nor an alias of one."""
    counted = counted_words(facts)
    for name in facts.names:
        known = _is_supported(name, source) or _is_government(name, facts, source)
        if not (known or set(name.spans) <= counted or is_fused(name.text, source)):
            yield Reason("unsupported:name", name.span, name.text)
    named = {span for name in facts.names for span in name.spans} | counted
    for word in facts.words:
        opens = word.initial and (word.start, word.end) not in named
        if opens and is_unknown_name(word, source) and not _has_country(word.key, source):
            yield Reason("unsupported:name", (word.start, word.end), word.text)


def unsupported_title_words(facts: Facts, source: Source) -> Iterator[Reason]:
    """For text in title case, where a capital shows nothing: single words that look like names the source lacks."""
    counted = counted_words(facts)
    for word in facts.words:
        if (word.start, word.end) not in counted and is_unknown_name(word, source):
            yield Reason("unsupported:name", (word.start, word.end), word.text)


def is_fused(text: str, source: Source) -> bool:
    """Whether a word unknown to the source is two of its words run together ("BrandtMarket")."""
    cut = next((i for i in range(1, len(text)) if text[i].isupper() and text[i - 1].islower()), 0)
    return cut > 0 and {text[:cut].lower(), text[cut:].lower()} <= source.keys


def counted_words(facts: Facts) -> set[Span]:
    """Spans of the words that belong to a number or date: "Thirteen", the "B" of "$14B"."""
    spans = [quantity.span for quantity in facts.quantities] + [date.span for date in facts.dates]
    return {(w.start, w.end) for w in facts.words for start, end in spans if start <= w.start < end}


def is_unknown_name(word: Word, source: Source) -> bool:
    """Whether a word whose capital shows nothing (it opens a sentence) is a name that the source lacks."""
    if not is_capitalised(word) or word.key in FUNCTION_WORDS or word.key in ROLES or knows(word.key, source):
        return False
    is_name = word.key in PLACES or word.key in PEOPLE or looks_proper(word.text.removesuffix("'s"))
    return is_name and not any(base in source.bases for base in bases(word.key))


def knows(key: str, source: Source) -> bool:
    """Whether the source has this single word: as it is, inflected, as a place's adjective, or as initials."""
    if key in source.keys or key in FUNCTION_WORDS:
        return True
    if key + "s" in source.keys or (key.endswith("s") and key[:-1] in source.keys):
        return True
    if not RELATIVES.get(key, frozenset()).isdisjoint(source.keys):
        return True
    full = TITLES.get(key)
    if full in source.keys:
        return True
    if 2 <= len(key) <= 6 and key in source.acronyms:
        return True
    return _is_place_form(key, source)


def _is_government(name: Name, facts: Facts, source: Source) -> bool:
    """A capital that stands for the government of a country the source names; not where it is a place ("in Rome")."""
    before = next((w.key for w in reversed(facts.words) if w.end <= name.span[0]), "")
    return len(name.keys) == 1 and before not in _WHERE and _has_country(name.keys[0], source)


def _has_country(capital: str, source: Source) -> bool:
    country = CAPITALS.get(capital, "")
    return bool(country) and not RELATIVES.get(country, frozenset((country,))).isdisjoint(source.keys)


def _is_place_form(key: str, source: Source) -> bool:
    stems = place_stems(key) & source.stems
    if not stems:
        return False
    return is_adjective(key) or any(stem + end in source.capitalised for stem in stems for end in ("n", "an", "ian"))


def _is_supported(name: Name, source: Source) -> bool:
    keys = name.keys
    if _is_mention(keys, name.whole, source):
        return True
    ordinary = (keys[0] in source.keys and keys[0] not in source.capitalised) or not looks_proper(name.text.split()[0])
    if name.initial and keys[0] not in source.alone and ordinary:
        return len(keys) == 1 or _is_mention(keys[1:], name.whole[1:], source) or _is_separable(keys[1:], source)
    return _is_separable(keys, source) or _is_apposed(keys, source)


def _is_apposed(keys: tuple[str, ...], source: Source) -> bool:
    """A body and its officer, each a mention of one sentence: "Federal Reserve Chair Piet Amsel"."""
    roles = [i for i, key in enumerate(keys) if i and key in ROLES]
    return any(
        _is_mention(keys[:i], keys[:i], source)
        and _is_mention(keys[i:], keys[i:], source)
        and _share_sentence(keys[i - 1], keys[-1], source)
        for i in roles
    )


def _is_mention(keys: tuple[str, ...], whole: tuple[str, ...], source: Source) -> bool:
    if len(whole) == 1:
        return knows(keys[0], source)
    if f" {' '.join(whole)} " in source.running:
        return True
    if "".join(key[0] for key in keys) in source.capitals:
        return True
    last = whole[-1].removesuffix("s") if whole[-1] + "s" not in source.keys else whole[-1] + "s"
    if f" {' '.join((*whole[:-1], last))} " in source.running:
        return True
    return any(_is_shortened(keys, mention) for mention in source.mentions if mention[-1] == keys[-1])


def _is_shortened(keys: tuple[str, ...], mention: tuple[str, ...]) -> bool:
    """Whether `keys` are words of one longer mention that ends alike: a first name, initial or role left out."""
    return len(keys) <= len(mention) and set(keys) <= set(mention)


def _is_separable(keys: tuple[str, ...], source: Source) -> bool:
    """A name behind words that may stand before any name (roles, titles, nationalities), each known to the source.

    What is left must be a mention; a single word must be one on its own or not be an ordinary English word, so that
    "Reserve" from "Federal Reserve" does not pass as a name in "U.S. Reserve".
    """
    rest = keys
    while rest and (rest[0] in ROLES or is_place_word(rest[0])):
        before, rest = rest[0], rest[1:]
        if not knows(before, source):
            return False
        free = (
            before in _PARTIES
            or before in ROLE_KEYS
            or not rest
            or (is_place_word(before) and (len(rest) > 1 or rest[0] in ROLES))
        )
        if not free and not _share_sentence(before, rest[-1], source):
            return False
        if not rest or (len(rest) > 1 and _is_mention(rest, rest, source)):
            return True
        if len(rest) == 1 and knows(rest[0], source):
            lone = rest[0] in source.alone or rest[0] in ROLES or looks_proper(rest[0])
            return lone or rest[0] in PEOPLE or rest[0] in PLACES
    return False


def _share_sentence(role: str, name: str, source: Source) -> bool:
    """Whether some sentence of the source has both words, as "Austin, the defense secretary" has for its title."""
    forms = RELATIVES.get(role, frozenset((role, role + "s")))
    return any(f" {name} " in line and any(f" {form} " in line for form in forms) for line in source.sentences)
