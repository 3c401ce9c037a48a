"""Where a sentence may stop: what may be left out up to its end, and what is then still a sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pipeline.deletions import CLAUSE_HEADS, CLAUSES, DETERMINERS, JOINS, MEASURES, NEGATION, PAUSE, ranked
from pipeline.finite import AUXILIARIES, PREPOSITIONS
from pipeline.fragments import TOKEN
from pipeline.lexicon import word_set
from pipeline.rewrite.grammar import SUBORDINATORS, bare, is_finite, verbs

CLAUSAL = re.compile(
    r"\b(?:because|that|who|which|when|where|while|although|though"
    r"|(?:how|whether|why)(?! (?:to|much|many|long|far|often|soon)\b))\b"
)
HANGING = (
    PREPOSITIONS
    | DETERMINERS
    | CLAUSES
    | JOINS
    | AUXILIARIES
    | word_set(
        """to than not next last late early only perhaps possibly partly even just about both according such due instead
        rather"""
    )
)
ENDING = PREPOSITIONS | CLAUSE_HEADS
JOINED = re.compile(r"\b(?:and|or|but)\b")
GIVING = word_set(
    "put gave give told asked sent brought leave left provides provide provided compared spend spent spends"
)
PARTICLES = word_set("out up down off back away aside")  # "had been set out [in the hall]"
NON_FINITE = word_set("be been being")
TAKES_AS = word_set(  # "described the plan [as a gift]"
    """describe describes described describing regard regards regarded ruled view viewed treat treats treated listed
    classified portray portrays portrayed dismiss dismisses dismissed hailed serve serves served serving act acts acted
    referred saw see sees seen known cast used work works worked"""
)
NOMINAL = word_set(  # what ends in -ing and may end a sentence all the same
    """morning evening meeting building king thing something anything nothing everything wing spring string ring
    housing funding hearing ruling shooting killing bombing opening wedding training filing listing ceiling feeling
    warning finding wellbeing crossing logging"""
)
WANTING = word_set(  # "as she likes [to call it]"
    """like likes want wants hope hopes try tries seem seems appear appears plan plans tend tends need needs refuse
    refuses continue continues begin begins began prefer prefers love loves fail fails happen happens choose chooses
    chose"""
)
IDENTIFYING = word_set("who whose whom which")
MORE = re.compile(
    r"\b(?:more|less|fewer|rather|other|earlier|later|better|worse|higher|lower|larger|smaller|greater|longer|shorter)\b"
)
STUMP = re.compile(  # a word after a comma; a genitive; one of which? spent how?
    r", (?:as )?[a-z]+$|['’]s$|s['’]$|\bone of [^,;]{1,40}$"
    r"|\bspen(?:d|ds|ding|t) (?:[\w’']+ ){0,3}(?:morning|afternoon|evening|night|day|week|month|year|hour)s?$"
)
PARTITIVE = re.compile(r", (?:most|all|some|many|half|each|both|few|one|two|three|\d+) of (?:them|it|these|those)$")
PAUSED_VERB = re.compile(r", ([a-z]+)\b")


def closings(body: str, end: str) -> Iterator[str]:
    """Without what a comma, a preposition or a conjunction opens, to the end; the shortest loss first."""
    places = list(TOKEN.finditer(body))
    for i in range(len(places) - 1, 1, -1):
        kept, between, gone = (
            body[: places[i - 1].end()], body[places[i - 1].end() : places[i].start()], body[places[i].start() :]
        )  # fmt: skip
        if _may_stop(places, i, kept, between, gone) and complete(kept) and not _takes_the_verb(gone):
            yield kept + (end or ".")


def _may_stop(places: Sequence[re.Match[str]], i: int, kept: str, between: str, gone: str) -> bool:
    """Whether something opens at the word `i` that may go, and nothing that is kept waits for it."""
    first, before, word = (place[0].lower() for place in places[i - 2 : i + 1])
    if _participle(places[i - 1][0]) and first not in DETERMINERS and (not PAUSE.search(between) or '"' in between):
        return False  # "reappeared after spending", "held a sign saying"
    opens = may_open_an_end(first, before, between, word) or _purpose(kept, before, gone)
    taken = word == "as" and not TAKES_AS.isdisjoint(kept.lower().split())
    listed = places[i][0] in JOINS and _listed(kept, places[i - 1], places[i + 1 : i + 2])
    measured = "(" in between and re.match(r"[^()]*\) of\b", gone) is not None  # "12 pounds [(5 kilograms) of powder]"
    return opens and not (taken or listed or measured or _denied(kept, between) or _compared(kept, gone))


def _participle(word: str) -> bool:
    return word.endswith("ing") and word[0].islower() and word not in NOMINAL


def _takes_the_verb(gone: str) -> bool:
    """Whether an auxiliary goes that is in no side clause, or a verb right after a comma: the main verb, perhaps."""
    if any(is_finite(match[1]) for match in PAUSED_VERB.finditer(gone)):
        return True
    words = [match[0].lower() for match in TOKEN.finditer(gone)]
    if words[0] in CLAUSE_HEADS:
        return False
    clause = next((i for i, word in enumerate(words) if word in CLAUSES), len(words))
    return not AUXILIARIES.isdisjoint(words[:clause])


def _denied(kept: str, between: str) -> bool:
    """Whether what goes without a pause may be what a "not" denies: "may not end [in Kentucky]"."""
    return not PAUSE.search(between) and NEGATION.search(re.split(r"[,:;]\s", kept)[-1]) is not None


def _compared(kept: str, gone: str) -> bool:
    """Whether a "than" goes, and what is compared stays: "spent more on supplies [and rent than on grants]"."""
    before = re.match(r"(.*?)\bthan\b", gone)
    return before is not None and not MORE.search(before[1]) and " than " not in kept and bool(MORE.search(kept))


def _listed(kept: str, before: re.Match[str], after: Sequence[re.Match[str]]) -> bool:
    """Whether an "and" before which the text would stop joins two names or closes an enumeration."""
    names = before[0][:1].isupper() and bool(after) and after[0][0][:1].isupper()
    last = re.split(r", |: ", kept)
    return names or (len(last) > 1 and (len(last[-1].split()) <= 6 or not verbs(last[-1])))


def _purpose(kept: str, before: str, rest: str) -> bool:
    """Whether a "to" comes so long after the verb that it tells a purpose."""
    found = verbs(kept)
    infinitive = re.match(r"to ([a-z]+)", rest)
    return (
        infinitive is not None
        and infinitive[1] not in DETERMINERS
        and not ranked([word.lower() for word in TOKEN.findall(kept)])
        and not (is_finite(before) or before in WANTING)
        and before not in HANGING
        and not before.endswith(("ed", "ing"))
        and bool(found)
        and len(kept.split()) - found[-1] > 5
    )


def may_open_an_end(first: str, before: str, between: str, word: str) -> bool:
    """Whether a sentence may stop before `word`: something opens there, and nothing is left hanging."""
    if " " not in between or before in HANGING or word in ("of", "to"):
        return False
    if PAUSE.search(between):
        return word not in AUXILIARIES and not is_finite(word)
    if word == "that" or word in IDENTIFYING:
        return False
    verb = is_finite(before) or first in AUXILIARIES | NON_FINITE or first == "to" or before in PARTICLES
    return word in ENDING and not verb and before not in MEASURES


def complete(text: str) -> bool:
    """Whether the main verb has come, and every side clause has its own."""
    last = list(CLAUSAL.finditer(text))
    if re.search(r"\bbetween\b(?!.*\band\b)", text) or PARTITIVE.search(text) or STUMP.search(text):
        return False
    found = [v for v in verbs(text) if bare(text.split()[max(0, v - 1)]) not in DETERMINERS]
    if text.split(" ")[0].lower() in SUBORDINATORS and not verbs(text.partition(", ")[2]):
        return False
    late = bool(last) and not verbs(text[: last[0].start()]) and last[0].start() > 0  # "A bog that was drained …"
    if len(found) < 1 + len(last) + (late and JOINED.search(text) is not None):
        return False
    if not verbs(re.split(r"; |, (?:but|and|so|while) ", text)[-1]):
        return False
    handed = found[-1] if found else 0
    if bare(text.split()[handed]) in GIVING and len(text.split()) - handed <= 4:
        return False
    return not last or bool(verbs(text[last[-1].end() :]))


