"""Ordinary English words: what counts as a word at all, and which words can open a sentence.

The list is the English dictionary of the package pyspellchecker (MIT), about 160,000 lower-case forms, read on
first use (0.1 s) and kept. A few words younger than that list are added here.
"""

from __future__ import annotations

import gzip
import json
import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from importlib.resources import files


def word_set(words: str) -> frozenset[str]:
    """The words of a table written as one text."""
    return frozenset(words.split())


_YOUNGER = word_set(
    """app apps bitcoin blockchain blog blogger blogging brexit chatbot clickbait coronavirus counterterrorism covid
    crowdfund crowdfunded crowdfunding cryptocurrency cyber cyberattack cybersecurity deepfake doxing drone ebook
    emoji esports fentanyl fintech geolocation gerrymander gerrymandered gerrymandering hashtag healthcare influencer
    infographic ivermectin lockdown livestream livestreamed mansplain megachurch meme memes metaverse microplastic
    misgender mpox naloxone nonbinary nongovernmental offline offshoring omicron onscreen opioid opioids paywall
    podcast podcaster quarantined ransomware redistrict redistricting reopen reopened retweet ridesharing selfie
    selfies sexting smartphone smartphones smartwatch spyware startup streaming superdelegate superdelegates
    supermajority telehealth telework texted texting trackpad unfollow unfriend upvote vape vaped vaping
    vlog vlogger voicemail watchdog deja admin webinar website whistleblower wildfire wildfires workflow workplace"""
)
_OUR = """color favor honor labor neighbor behavior harbor humor rumor vapor armor flavor odor rigor savor savior tumor
vigor endeavor glamor parlor splendor candor clamor demeanor fervor valor discolor disfavor dishonor"""
_DOUBLE_L = "travel cancel model label fuel signal counsel level marvel panel quarrel rival total dial jewel fulfil"
_OTHER_BRITISH = """center:centre theater:theatre fiber:fibre meter:metre liter:litre kilometer:kilometre somber:sombre
caliber:calibre defense:defence offense:offence license:licence pretense:pretence program:programme gray:grey
maneuver:manoeuvre pediatric:paediatric hemorrhage:haemorrhage skeptic:sceptic plow:plough mustache:moustache
fulfill:fulfil enroll:enrol skillful:skilful check:cheque tire:tyre aluminum:aluminium jewelry:jewellery
analog:analogue catalog:catalogue dialog:dialogue draft:draught curb:kerb pajama:pyjama mom:mum"""
_CLITICS = ("n't", "'s", "'re", "'ve", "'ll", "'d", "'m", "'")
_PREFIXES = (
    "anti", "bio", "co", "counter", "cyber", "de", "dis", "eco", "ex", "inter", "mega", "micro", "mid", "mini", "mis",
    "multi", "non", "out", "over", "post", "pre", "pro", "re", "semi", "sub", "super", "trans", "un", "under",
)  # fmt: skip
_ENDINGS = (
    ("ies", "y"), ("ied", "y"), ("ier", "y"), ("iest", "y"), ("es", ""), ("s", ""), ("ed", ""), ("ed", "e"),
    ("ing", ""), ("ing", "e"), ("er", ""), ("er", "e"), ("ers", ""), ("ers", "e"), ("est", ""), ("est", "e"),
    ("ly", ""), ("ness", ""),
)  # fmt: skip
_ORDINARY_ENDINGS = (
    "ing", "ly", "tion", "tions", "ment", "ments", "ness", "ers", "ors", "ists", "ity", "ies", "less", "ful", "ous",
    "ive", "able", "ible", "ship", "ance", "ence", "men", "women", "ated", "ized", "ised", "ually",
)  # fmt: skip
_TOWN_ENDINGS = word_set("son ton man ham ford ville berg land well field wood ley port burg den ner lin")
_FREQUENT = 9_000  # counts in the dictionary: given names and places lie below ("john" 6,920), function words far above


@cache
def _counts() -> dict[str, int]:
    """Word → count, as shipped in pyspellchecker's `resources/en.json.gz`."""
    packed = files("spellchecker").joinpath("resources", "en.json.gz").read_bytes()
    counts: dict[str, int] = json.loads(gzip.decompress(packed))
    return counts


@cache
def english_words() -> frozenset[str]:
    """Every known lower-case form, about 170,000, with British spellings; straight apostrophes ("don't")."""
    return frozenset(ordered_words())


@cache
def ordered_words() -> tuple[str, ...]:
    """The same, each once, in the order of their code points."""
    american = sorted([*_counts(), *(_YOUNGER - _counts().keys())])  # the dictionary is in order, which makes it quick
    british = {*_softened(american), *_respelled(american)}.difference(_counts(), _YOUNGER)
    return tuple(sorted([*american, *sorted(british)]))


@lru_cache(maxsize=1 << 16)
def is_english(word: str) -> bool:
    """Whether `word` is ordinary English, in any case.

    A hyphenated compound needs every part to be; possessives, contractions, regular inflections and common prefixes
    of known words count. Words without a letter do not.
    """
    parts = word.lower().replace("’", "'").strip("-'").split("-")
    return all(_is_known(part) for part in parts)


@lru_cache(maxsize=1 << 16)
def bases(word: str) -> tuple[str, ...]:
    """The lower-case forms that `word` may be a regular inflection of, the word itself first."""
    low = word.lower()
    found = [low]
    for ending, rest in _ENDINGS:
        stem = low[: len(low) - len(ending)]
        if low.endswith(ending) and len(stem) >= 3 and not (stem[-1] == "s" and ending[0] in "ei" and not rest):
            found.append(stem + rest)
            if not rest and len(stem) > 3 and stem[-1] == stem[-2]:
                found.append(stem[:-1])
        elif low.endswith(ending) and stem.endswith("ss"):
            found.append(stem)
    return tuple(found)


@cache
def looks_proper(word: str) -> bool:
    """Whether a capitalised word that is not known to be a name should be read as one.

    True for every word that is not English; for the names that the dictionary also lists ("austin", "ryan"), a guess
    from its counts and the word's form: rare, no derived forms, no ending of an ordinary noun, verb or adverb.
    """
    low = word.lower().replace("’", "'")
    if not is_english(low):
        return True
    counts = _counts()
    if counts.get(low, 0) >= _FREQUENT or low in _YOUNGER or low in _PREFIXES or "-" in low:
        return False
    if low.endswith(_ORDINARY_ENDINGS):
        return False
    if low.endswith("s") and low[:-1] in counts and low + "'" not in counts:
        return False
    if low.endswith(("ed", "ing", "ier", "iest")) and any(base in counts for base in bases(low)[1:]):
        return False
    if any(low.startswith(prefix) and low[len(prefix) :] in counts for prefix in _PREFIXES) or _is_compound(low):
        return False
    if low.endswith("er") and low[:-1] + "st" in counts:
        return False
    stem = low.removesuffix("e")
    derived = (
        stem + "ed",
        stem + "ing",
        low + "ly",
        low + "ness",
        low + "y",
        low + "ment",
        "un" + low,
        stem + "er",
    )
    return not any(form in counts for form in derived)


def _is_compound(low: str) -> bool:
    """Whether two frequent words make up a rare one ("manhunt"); endings of surnames and towns do not count."""
    counts = _counts()
    splits = ((low[:i], low[i:]) for i in range(3, len(low) - 2))
    return any(min(counts.get(a, 0), counts.get(b, 0)) >= 1000 and b not in _TOWN_ENDINGS for a, b in splits)


def _softened(words: Iterable[str]) -> list[str]:
    """British spellings with -ise and -yse of the words that have -ize or -yze."""
    candidates = [word for word in words if "z" in word]
    return [re.sub(r"(?<=...)([iy])z(?=e|i|a)", r"\1s", w) for w in candidates if "iz" in w[3:] or "yz" in w[3:]]


def _respelled(words: Sequence[str]) -> list[str]:
    """British spellings by the table, of the `words` (in order) that begin with one of its stems."""
    found = []
    for american, british in _british_stems():
        last = american + "\uffff" if len(american) > 3 else american + " "  # "mom" is not the beginning of "moment"
        places = range(bisect_left(words, american), bisect_left(words, last))
        found += [british + words[i][len(american) :] for i in places]
    return found


def _british_stems() -> list[tuple[str, str]]:
    """American stem → British stem."""
    stems = [(stem, stem[:-1] + "ur") for stem in _OUR.split()]
    stems += [(stem + end, stem + "l" + end) for stem in _DOUBLE_L.split() for end in ("ed", "ing", "er")]
    return stems + [(pair.split(":")[0], pair.split(":")[1]) for pair in _OTHER_BRITISH.split()]


def _is_known(part: str) -> bool:
    words = english_words()
    if part in words:
        return True
    for clitic in _CLITICS:
        if part.endswith(clitic) and part.removesuffix(clitic) in words:
            return True
    if any(base in words for base in bases(part)):
        return True
    return any(
        part.startswith(prefix) and len(part) - len(prefix) >= 4 and part[len(prefix) :] in words
        for prefix in _PREFIXES
    )
