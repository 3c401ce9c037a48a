"""Is a training target supported by its input? A model trained on unsupported targets learns to invent.

Two steps: stems decide in microseconds for most targets; what they miss is looked at again with the forms of words
(irregular verbs, derived nouns) and with what the guard knows about names and numbers ("U.S." for "United States",
"Dems", "12" for "twelve"), which takes a millisecond.
"""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from functools import lru_cache

from pipeline.facts import extract_facts
from pipeline.facts.forms import forms
from pipeline.facts.places import RELATIVES
from pipeline.guard.aliases import unsupported_names
from pipeline.guard.source import Source, read_text
from pipeline.guard.support import unsupported_dates, unsupported_numbers
from pipeline.text.words import STOP, WORD, content_words, stem
from pipeline.train.titles import is_name

SHARED_START = 5  # letters that two words of one family must have in common ("resign", "resignation")
# What the source writes → the short forms of it that titles use.
SHORT_FORMS = {
    "supreme court": "SCOTUS", "new york city": "NYC", "new york": "NY N.Y.", "new jersey": "NJ N.J.",
    "los angeles": "LA L.A.",
    "d.c.": "DC", "vice president": "VP veep", "prime minister": "PM",
    "chief executive": "CEO", "justice department": "DOJ", "department of justice": "DOJ", "homeland security": "DHS",
    "affordable care act": "Obamacare ObamaCare", "obamacare": "ACA", "coronavirus": "COVID COVID-19 Covid-19",
    "covid-19": "coronavirus", "islamic state": "ISIS ISIL", "isis": "ISIL", "european union": "EU", "u.n.": "UN",
    "united nations": "UN", "united kingdom": "UK", "attorney general": "AG", "district attorney": "DA",
    "pennsylvania": "Pa", "federal reserve": "Fed", "capitol hill": "Hill", "representative": "Rep",
    "republican": "GOP", "gop": "Republican", "democrat": "Dem Dems", "national security agency": "NSA",
}  # fmt: skip
_FULL = re.compile(rf"(?<!\w)({'|'.join(map(re.escape, sorted(SHORT_FORMS, reverse=True)))})(?=s?(?!\w))")
_NAME_RUN = re.compile(r"[A-Z][\w'-]+(?: (?:of |and |for |the )?[A-Z][\w'-]+)+")
_CAPITALS = re.compile(r"\b[A-Z]")
_stem = lru_cache(1 << 17)(stem)


def hard_words(text: str) -> set[str]:
    """Stems of what must not be invented: numbers, capitalised words after the first, and a name in first place."""
    words = WORD.findall(text)
    hard = {stem(w) for i, w in enumerate(words) if w[0].isdigit() or (w[0].isupper() and (i or is_name(w)))}
    return hard - STOP


def recall(target: Sequence[str], source: Set[str]) -> float:
    """Share of the target's content words (stems) found in the source; 0.0 for an empty target."""
    return sum(w in source for w in target) / len(target) if target else 0.0


def supported(target: str, source: Set[str], share: float) -> bool:
    """At least `share` of the content words, and every number and name, occur in the source stems."""
    words = content_words(target)
    return len(words) >= 3 and recall(words, source) >= share and hard_words(target) <= source


@lru_cache(1 << 10)
def known_stems(text: str) -> frozenset[str]:
    """The stems of all words of a text, as `text.words.stems`; remembered, since sentences are asked for often."""
    return frozenset(_stem(w) for w in WORD.findall(text))


def fault(target: str, source: str, share: float) -> str:
    """Why `source` does not support `target`: "words", "number" or "name"; "" if it does.

    `share` of the content words must be there, in some form, and every number and name, under some alias.
    """
    source = with_short_forms(source)
    known = known_stems(source)
    words = content_words(target)
    if len(words) < 3:
        return "words"
    missing = [w for w in words if w not in known]
    most = (1 - share) * len(words) + 1e-9
    if len(missing) > most:
        forms_of = _families(source)
        if sum(not _has_form(w, forms_of) for w in _surface(target, set(missing))) > most:
            return "words"
    return "" if hard_words(target) <= known else _unknown(target, source)


@lru_cache(256)
def with_short_forms(source: str) -> str:
    """The source, and after it the short forms of names it has in full, one a line."""
    named = dict.fromkeys(_FULL.findall(source.lower()))
    return "\n".join((source, *(form for name in named for form in SHORT_FORMS[name].split())))


def _surface(target: str, wanted: set[str]) -> list[str]:
    """The words of `target` whose stems are `wanted`, as they are written."""
    return [w for w in WORD.findall(target) if _stem(w) in wanted and w.lower() not in STOP]


@lru_cache(64)
def _families(source: str) -> frozenset[str]:
    """What other forms of a source's words share with them: base forms, first letters with "-", initials of names."""
    words = WORD.findall(source)
    low = {w.lower() for w in words}
    starts = {w[:SHARED_START] + "-" for w in low if len(w) > SHARED_START}
    initials = {"".join(w[0] for w in _CAPITALS.findall(run)).lower() for run in _NAME_RUN.findall(source)}
    return frozenset(form for w in low for form in forms(w)).union(starts, initials)


def _has_form(word: str, families: frozenset[str]) -> bool:
    """Whether a word is in them inflected, derived, as the adjective or inhabitant of a place, or as initials."""
    low = word.lower().removesuffix("'s")
    if word.islower() and len(low) > SHARED_START and low[:SHARED_START] + "-" in families:
        return True
    return not (families.isdisjoint(forms(low)) and families.isdisjoint(RELATIVES.get(low, ())))


def _unknown(target: str, source: str) -> str:
    """ "number" or "name" if the guard knows one of the target's from nowhere in the source, else ""."""
    facts, read = extract_facts(target), _read(source)
    if any(unsupported_numbers(facts, read)) or any(unsupported_dates(facts, read)):
        return "number"
    return "name" if any(unsupported_names(facts, read)) else ""


@lru_cache(64)
def _read(source: str) -> Source:
    return read_text(source)
