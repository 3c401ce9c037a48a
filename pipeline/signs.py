"""What shows how a candidate was put together, and where it may have broken: signs read off its words and its source's.

Each is one question with a yes or no, or a count; what the answers are worth is decided elsewhere (`ranking`,
`headline_score`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from pipeline.deletions import JOINS, MEASURES, NEGATION
from pipeline.finite import PREPOSITIONS, has_finite_verb
from pipeline.fragments import TOKEN, Fragment, tokens
from pipeline.records import Span
from pipeline.salience import PRONOUNS
from pipeline.text.words import content_set, stem

ANAPHORS = frozenset("move decision announcement step change comment comments remarks reason news measure".split())
POINTING = frozenset("it they he she these those them him".split())
FIRST_PERSON = frozenset("i we you me us my our your".split())
OPENERS = frozenset(
    """while when if after as although because since before once unless whereas at in on by for with from of under
    during despite amid over through among between until against""".split()
)
CONNECTORS = frozenset("as after while because which who whose when if but before although since unless".split())
CONDITIONS = frozenset("if unless whether what".split())  # "what he carried was a tin" says not that he carried
SIDE = frozenset("as while when if although though because unless whereas".split())
QUANTITIES = frozenset("many much few little of long soon late early".split())
IF = re.compile(r"(?<=\w),? (?:if|unless) ")
SPAN_WORDS = frozenset("since years decades months weeks days generations century".split())
RANK_OF_A_SPAN = re.compile(
    r"\b(?P<rank>(?i:first|only|last|most|fewest|best|worst|[a-z]{3,}est))\b[^.;:]{0,60}?"
    r"\b(?P<span>since [\w-]+|in (?:(?:more|less) than |over |nearly |almost |about |at least )?[\w-]+ "
    r"(?:years|decades|months|weeks|generations))\b"
)
REACH = 3  # words before an "if" by which its clause is known again
TIES = frozenset("and or to for in on at by with from says say said that".split())
INCOMPLETE = frozenset(  # verbs that say nothing without what follows them
    """come comes coming go goes going live lives living lie lies stand stands put puts spend spends spending become
    becomes remain remains consist consists depend depends lead leads result results stem stems last lasts""".split()
)
MEASURED = MEASURES | frozenset("much many long far soon".split())
POINTS = re.compile(r"(?<=\d)[.,](?=\d)")
CLITIC = re.compile(r"['’].*")
CLAUSE_END = re.compile(r"[,:;](?=\s)|\b(?:as|after|while|amid)\b")
GOES_ON = frozenset(
    """and or but to in on at for from by with as after before when while where who which that if because since until
    during amid over under about against into through without despite including following according said says
    than""".split()
)


def stutters(text: str) -> bool:
    """Whether a word or pair of words is said again at once ("this week this week", "threatened or threatened")."""
    words = [POINTS.sub("", word) for word in tokens(text)]
    pairs = list(zip(words, words[1:], strict=False))
    near = any(pair in pairs[i + 1 : i + 6] for i, pair in enumerate(pairs))
    return near or any(a == c and b in ("or", "and") for a, b, c in zip(words, words[1:], words[2:], strict=False))


def opens_with_pronoun(text: str) -> bool:
    """Whether the first words point at something said before ("It …", "The move …", "Or that …")."""
    first = [CLITIC.sub("", token) for token in tokens(text)[:6]]  # "he's" is "he"
    if not first or first[0] in PREPOSITIONS:  # "Of these, 3,870 will …", "Of late it has …"
        return not POINTING.isdisjoint(first)
    pointing = first[0] == "the" and first[1:2] != [] and first[1] in ANAPHORS
    return pointing or first[0] in PRONOUNS or first[0] in ("or", "nor")


def cut_short(text: str, found: list[Fragment], source: str) -> bool:
    """Whether the text ends where its source goes on without a pause, or leaves a `between` without its `and`."""
    words = tokens(text)
    if words and words[-1] in INCOMPLETE and words[-1] != (tokens(source) or [""])[-1]:
        return True
    if "between" in words and "and" not in words[words.index("between") :]:
        return True
    last = next((f for f in reversed(found) if f.source >= 0), None)
    if last is None or last.at + last.size < len(words):
        return False
    places = _places(source)
    end = last.source + last.size
    if end >= len(places):
        return False
    start, stop = places[end]
    between = source[places[end - 1][1] : start]
    if between.strip():
        return not any(map(str.isspace, between))  # "lost 1[–0]"
    follows = source[start:stop].lower()
    if follows in JOINS:
        return False
    return follows not in GOES_ON or words[-1] in MEASURED or NEGATION.search(CLAUSE_END.split(text)[-1]) is not None


@lru_cache(maxsize=256)
def _places(source: str) -> tuple[Span, ...]:
    """Where the tokens of a source stand."""
    return tuple(match.span() for match in TOKEN.finditer(source))


def mixed_clauses(text: str, sentences: Sequence[str]) -> int:
    """Clauses that no single sentence holds: where two true facts may have become a false one.

    A clause ends at a comma, colon or semicolon, and before "as", "after", "while" or "amid"; words that no
    sentence has do not count.
    """
    held = [content_set(sentence) for sentence in sentences]
    known = frozenset[str]().union(*held)
    clauses = [content_set(clause) & known for clause in CLAUSE_END.split(text)]
    return sum(bool(clause) and not any(clause <= words for words in held) for clause in clauses)


def hangs(text: str, focus: str) -> bool:
    """Whether the text holds no more than the opening phrases of its sentence ("At 9.40 p.m., after a long debate")."""
    opening: set[str] = set()
    for part in (tokens(part) for part in re.split(r",\s", focus)):
        participle = bool(part) and part[0].endswith("ing") and not (opening and has_finite_verb(" ".join(part)))
        if not part or not (part[0] in OPENERS or participle):
            break
        opening |= set(part)
    return bool(opening) and set(tokens(text)) <= opening and set(tokens(focus)) != opening


def loses_connector(found: list[Fragment], text: list[str], source: list[str]) -> bool:
    """Whether a fragment stands without the "as", "after" or "who" that tied it to the sentence."""
    for fragment in found:
        at = fragment.source - 1
        if fragment.at and at >= 0 and source[at] in CONNECTORS and text[fragment.at - 1] not in CONNECTORS | TIES:
            return True
    return False


def loses_condition(found: list[Fragment], text: list[str], source: list[str]) -> bool:
    """Whether what the source says under an "if" is said as a fact."""
    return any(
        f.source > 0 and source[f.source - 1] in CONDITIONS and not (f.at and text[f.at - 1] in CONDITIONS)
        for f in found
    )


def drops_condition(text: str, sentences: Sequence[str]) -> bool:
    """Whether a text stops before the "if" that a sentence goes on with."""
    own = tokens(text)
    if not CONDITIONS.isdisjoint(own):
        return False
    runs = {tuple(own[i : i + REACH]) for i in range(len(own) - REACH + 1)}
    return any(tuple(tokens(s[: m.start()])[-REACH:]) in runs for s in sentences for m in IF.finditer(s))


def drops_span(text: str, sentences: Sequence[str]) -> bool:
    """Whether a "first" or "highest" is told without the time that it holds for, or that "since" without it: of "first
    final since 1987", "first final" and "final since 1987"."""
    own = set(re.split(r"[ -]", " ".join(tokens(text))))
    found = [match for sentence in sentences for match in RANK_OF_A_SPAN.finditer(sentence)]
    return any(
        own.isdisjoint(SPAN_WORDS) if match["rank"].lower() in own else match["span"] in text for match in found
    )


def half_a_sentence(text: str) -> bool:
    """Whether a text is a side clause and nothing else ("As the president heads to India next week")."""
    first = tokens(text)[:2]
    quantity = first[1:] and first[1] in QUANTITIES  # "As many as 40 killed"
    return bool(first) and first[0] in SIDE and not quantity and "," not in text and ":" not in text


def loses_head(found: list[Fragment], text: list[str], source: list[str]) -> bool:
    """Whether an "of" follows another word than in the source ("half an hour of light" → "half of light")."""
    return any(
        f.at and f.source > 0 and source[f.source] == "of" and stem(text[f.at - 1]) != stem(source[f.source - 1])
        for f in found
    )


def speaks_as_one_of_us(text: str) -> bool:
    """Whether a word of the first or second person stands outside quotations."""
    return not FIRST_PERSON.isdisjoint(_outside_quotes(text))


def _outside_quotes(text: str) -> list[str]:
    return tokens(re.sub(r'"[^"]*"|“[^”]*”', " ", text))
