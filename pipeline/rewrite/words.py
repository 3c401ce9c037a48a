"""Single words: numbers as words or digits, "will" and "going to", contractions opened, modifiers that can go."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from pipeline.facts.number_words import SMALL, TENS
from pipeline.lexicon import word_set
from pipeline.rewrite.grammar import Spelling

WRITTEN = {str(n): word for word, n in (SMALL | TENS).items() if n >= 10}
DIGITS = {word: str(n) for word, n in SMALL.items() if n >= 2}
_UNIT = "days|weeks|months|years|hours|minutes|seconds|miles|kilometres|kilometers|metres|meters|feet|inches|votes"
_DIGITS = re.compile(
    rf"(?<=[a-z] )(?<!age )(?<!to )(?<!number )({'|'.join(WRITTEN)}) (?=[a-z]{{3,}})(?!percent|per|million|billion)"
)
_WRITTEN = re.compile(rf"\b(?<![-–])({'|'.join(DIGITS)}) (?=(?:{_UNIT})\b)")
_MILLIONS = re.compile(r"([$£€]\d[\d,.]*)(m|bn)\b")
_WILL = re.compile(r"\b(\w+) will (?=(?!have\b|not\b)[a-z]+)")
ADVERBS = word_set(
    """also already actually really very quite simply indeed clearly extremely highly deeply eventually immediately
    finally quickly rapidly suddenly strongly sharply heavily fiercely carefully quietly simultaneously
    desperately"""
)
ADJECTIVES = word_set(
    """large big small huge major significant considerable substantial similar strong severe serious heavy
    growing rising current existing important critical crucial wide broad bitter fierce fresh simple complex difficult
    modern popular famous prominent leading nearby neighbouring neighboring surrounding local quiet busy rare modest
    sharp steep sudden rapid slow quick bright dark fine great young elderly old long massive intense extensive
    careful detailed powerful dramatic historic controversial longstanding devastating deadly tiny vast brief"""
)
_ADVERB = re.compile(rf"(?<=[a-z]) (?:{'|'.join(sorted(ADVERBS))}) (?=[a-z])(?!(?:and|or|but|as|to|because)\b)")
_ADJECTIVE = re.compile(
    rf"\b(a|an|the|its|his|her|their) (?:{'|'.join(sorted(ADJECTIVES))}) (?=[a-z]{{4,}})"
    r"(?!(?:and|than|enough|that|with|from|number|deal|part|amount|time|term|range|majority|as|age|man|men|people|ago)\b)"
)
CONTRACTIONS = (("didn't", "did not"), ("doesn't", "does not"), ("wasn't", "was not"), ("weren't", "were not"),
                ("isn't", "is not"), ("aren't", "are not"), ("hasn't", "has not"), ("haven't", "have not"),
                ("hadn't", "had not"), ("won't", "will not"), ("wouldn't", "would not"), ("couldn't", "could not"),
                ("can't", "cannot"), ("don't", "do not"), ("shouldn't", "should not"))  # fmt: skip


def numbers_restyled(text: str, _: Spelling) -> Iterator[str]:
    """ "14 bays" → "fourteen bays", "six months" → "6 months"."""
    made = _outside(text, _DIGITS, lambda m: f"{WRITTEN[m[1]]} ")
    yield _outside(made, _WRITTEN, lambda m: f"{DIGITS[m[1]]} ") if made == text else made


def millions_written(text: str, _: Spelling) -> Iterator[str]:
    """ "$310m" → "$310 million", all of them."""
    made = _MILLIONS.sub(lambda m: f"{m[1]} {'million' if m[2] == 'm' else 'billion'}", text)
    if '"' not in text:
        yield made


def going_to(text: str, _: Spelling) -> Iterator[str]:
    """ "The trial will end" → "The trial is going to end"."""
    match = _WILL.search(text)
    before = text[: match.end(1)].split() if match else []
    if (
        match
        and len(before) <= 4
        and not {"of", "and", "or", "who", "that", "which"} & set(before)
        and "," not in before
    ):
        word = match[1]
        several = word.endswith("s") and not word.endswith(("ss", "us", "is")) or word.lower() in ("they", "we", "you")
        if '"' in text[: match.start()] or word == "I" or (word[0].isupper() and len(before) == 1 and not several):
            return
        yield f"{text[: match.end(1)]} {'are' if several else 'is'} going to {text[match.end() :]}"


def contractions_opened(text: str, _: Spelling) -> Iterator[str]:
    """ "didn't" → "did not", outside quotations."""
    for short, long in CONTRACTIONS:
        place = re.search(rf"\b{short}\b", text)
        if place and text[: place.start()].count('"') % 2 == 0:
            yield text[: place.start()] + long + text[place.end() :]


def adverb_out(text: str, _: Spelling) -> Iterator[str]:
    """Without an adverb that adds nothing of its own."""
    yield _outside(text, _ADVERB, lambda _m: " ")


def adjective_out(text: str, _: Spelling) -> Iterator[str]:
    """Without an adjective of size, age or force after a determiner: what is left is still true."""
    yield _outside(text, _ADJECTIVE, lambda m: f"{_article(m[1], text[m.end() :])} ")


def _article(word: str, after: str) -> str:
    if word not in ("a", "an"):
        return word
    return "an" if after[:1] in "aeio" and not after.startswith(("one", "once")) else "a"


def _outside(text: str, pattern: re.Pattern[str], put: Callable[[re.Match[str]], str]) -> str:
    """The first match outside quotations replaced."""
    for match in pattern.finditer(text):
        if text[: match.start()].count('"') % 2 == 0:
            return text[: match.start()] + put(match) + text[match.end() :]
    return text
