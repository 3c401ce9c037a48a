"""Who said it, said elsewhere in the sentence: "X said S", "S, X said", "According to X, S". Never left out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.rewrite.grammar import PRONOUNS, QUOTED, Spelling, lower_first, parts, split_end, upper_first, verbs

SAID = r"said|says|added|announced|warned|argued|reported|noted|confirmed|told reporters|told \w+ that"
DAY = r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day(?: (?:morning|afternoon|night|evening))?"
WHEN = rf"(?: (?:on |late |early |last )?{DAY})?"
WHERE = r"(?: in an? (?:\w+ ){0,2}(?:statement|interview|email|report|letter|speech|post|blog post|press release))?"
_FRONT = re.compile(rf"(?P<who>[^,;:\"]{{2,70}}?) (?P<verb>{SAID})(?P<when>{WHEN}{WHERE})(?P<that> that)? (?P<what>.+)")
_BACK = re.compile(rf"(?P<who>[^,;:\"]{{2,70}}?) (?P<verb>said|says|warned|added)(?P<when>{WHEN}{WHERE})")
_INVERTED = re.compile(rf"(?P<verb>said|says|warned|added)(?P<when>{WHEN}) (?P<who>[^,;:\"]{{2,70}})")
_ACCORDING = re.compile(r"according to (?P<who>[^,;:\"]{2,80})")
OTHER_VERBS = frozenset("to not nothing and or of about something so yes no goodbye farewell".split())


def attribution_to_end(text: str, spelling: Spelling) -> Iterator[str]:
    """ "The harbour office said (that) nobody was hurt." → "Nobody was hurt, the harbour office said." """
    found = _said_first(text)
    if found is None:
        return
    what, end = split_end(found["what"])
    if found["verb"] in ("said", "says", "warned", "added") and "," not in what and len(what.split()) <= 22:
        yield f"{upper_first(what)}, {lower_first(found['who'], spelling)} {found['verb']}{found['when']}{end}"


def according_to(text: str, spelling: Spelling) -> Iterator[str]:
    """ "X said S." or "S, X said." → "According to X, S."; a pronoun stays with its "said"."""
    found = _said_first(text)
    if found is not None and found["verb"] in ("said", "says", "reported") and not found["when"]:
        yield from _according(found["who"], found["what"], spelling)
    what, who, tail = _said_last(text)
    if who and not tail.strip() and who.split()[0].lower() not in PRONOUNS:
        yield f"According to {who}, {lower_first(what, spelling)}{split_end(text)[1]}"


def _according(who: str, what: str, spelling: Spelling) -> Iterator[str]:
    if who.lower() not in PRONOUNS:
        yield f"According to {lower_first(who, spelling)}, {lower_first(what, spelling)}"


def attribution_to_front(text: str, spelling: Spelling) -> Iterator[str]:
    """ "Nobody was hurt, the harbour office said." → "The harbour office said that nobody was hurt." """
    what, who, tail = _said_last(text)
    if who and _is_clause(what):
        yield f"{upper_first(who)} said{tail} that {lower_first(what, spelling)}{split_end(text)[1]}"
    body, end = split_end(text)
    *before, last = parts(body)
    match = _ACCORDING.fullmatch(last)
    if match and before and not QUOTED.search(text):
        yield f"According to {match['who']}, {lower_first(', '.join(before), spelling)}{end}"


def according_to_last(text: str, _: Spelling) -> Iterator[str]:
    """ "According to the office, nobody was hurt." → "Nobody was hurt, according to the office." """
    body, end = split_end(text)
    found = parts(body)
    if len(found) == 2 and end and found[0].startswith("According to ") and not QUOTED.search(text):
        yield f"{upper_first(found[1])}, a{found[0][1:]}{end}"


def that_toggled(text: str, _: Spelling) -> Iterator[str]:
    """ "said the" → "said that the", "said that" → "said"."""
    match = re.search(r"\b(said|says|believes|announced) that (?=(?:the|he|she|it|they|there|[A-Z])\b)", text)
    if match and not _quoted(text, match.start()) and match[1] != "announced":
        yield f"{text[: match.end(1)]} {text[match.end() :]}"
    match = re.search(r"(?<=[\w,] )(?:said|says) (?=(?:the|his|her|its|their|he|she|it|they|there) \w)", text)
    if match and not _quoted(text, match.start()) and verbs(text[match.end() :]) and not _inverted(text, match.start()):
        yield f"{text[: match.end()]}that {text[match.end() :]}"


def quotation_last(text: str, _: Spelling) -> Iterator[str]:
    """`"Q," X said.` or `"Q," said X.` → `X said: "Q."`, the words of the quotation as they stand."""
    match = re.fullmatch(rf'"([^"]+?),?" (?:{_BACK.pattern}|{_INVERTED.pattern.replace("?P<", "?P<i_")})\.', text)
    if match is None or match[1].endswith((".", "?")):
        return
    who = match["who"] or match["i_who"]
    if len(who.split()) > 6:
        return
    if who.split()[0].lower() in PRONOUNS and len(who.split()) == 1 and match["verb"] is None:
        return
    verb = (match["verb"] or match["i_verb"]) + (match["when"] or match["i_when"] or "")
    yield f'{upper_first(who)} {verb}: "{match[1]}."'


def _said_first(text: str) -> re.Match[str] | None:
    """The sentence as who, verb and what, if it opens with its only attribution and what was said is a clause."""
    if QUOTED.search(text) or "told" in text.split()[:12]:
        return None
    match = _FRONT.fullmatch(text)
    if match is None or verbs(match["who"]) or match["what"].split()[0].lower() in OTHER_VERBS:
        return None
    clause = _is_clause(match["what"])
    again = re.search(rf"\b(?:{SAID})\b|;|\band that\b", match["what"])
    return match if clause and not again and match["who"].split()[0].lower() not in ("if", "when", "but") else None


def _is_clause(what: str) -> bool:
    """Whether a text has a subject and its verb near its beginning."""
    return 1 <= next(iter(verbs(what)), 0) <= 8


def _said_last(text: str) -> tuple[str, str, str]:
    """(what, who, when and where) of a sentence that ends with its attribution and quotes nobody; else empty."""
    body, _ = split_end(text)
    *before, last = parts(body)
    match = _BACK.fullmatch(last) or _INVERTED.fullmatch(last)
    if (
        match is None
        or not before
        or QUOTED.search(text)
        or verbs(match["who"])
        or match["verb"] not in ("said", "says")
    ):
        return "", "", ""
    return ", ".join(before), match["who"], match["when"]


def _quoted(text: str, at: int) -> bool:
    return any(m.start() <= at < m.end() for m in QUOTED.finditer(text))


def _inverted(text: str, at: int) -> bool:
    """Whether the "said" at `at` follows its clause: ", said the mayor"."""
    return text[:at].rstrip().endswith((",", '"'))
