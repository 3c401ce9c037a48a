"""Sentences made short by leaving whole constituents out: for bullets and headlines, where every word counts.

Cuts are tried from the right: a closing clause or phrase, a phrase of time, an apposition, an opening phrase. A cut
counts only if `deletions.unsafe_deletions` finds nothing wrong with it and a finite verb is left.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from pipeline.deletions import CLAUSE_HEADS, CLAUSES, DETERMINERS, JOINS, MEASURES, NEGATION, PAUSE, unsafe_deletions
from pipeline.finite import AUXILIARIES, PREPOSITIONS, has_finite_verb
from pipeline.fragments import TOKEN
from pipeline.lexicon import word_set
from pipeline.rewrite.grammar import PRONOUNS, SUBORDINATORS, bare, is_finite, split_end, upper_first, verbs
from pipeline.rewrite.shorten import SPEECH

LEAST_WORDS, LEAST_TITLE = 5, 4
MOST = 40  # texts kept of one sentence
DAY = r"(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|yesterday|today)"
WHEN = re.compile(
    rf" (?:(?:late |early )?on (?:late |early )?)?{DAY}(?: (?:morning|afternoon|evening|night))?(?=[ ,.]|$)"
)
TELLING = re.compile(
    r"(?:The |A |An )?(?P<who>[^,;:\"]{3,44}?) (?:said|announced|ruled|found)"
    rf"(?: (?:on|late|early) {DAY}| {DAY}|,)? that (?P<what>[^\"]+)"
)
SETTING = re.compile(r"(?:At|By|On|In|After|During|Before|Since|From|Last|Under)\b[^,;:\"]{2,50}, (?=[A-Za-z\"])")
INNER = re.compile(r" (?:who|which|when|after|while|because|where) [^,;:\"]+(?=,)")
PRESENT = {"said": "says", "ruled": "rules", "announced": "announces", "found": "finds", "reported": "reports"}
REPORTED = re.compile(
    rf", (?:the |a |an )?(?P<who>[^,;:\"]{{3,44}}?) (?P<verb>{'|'.join(PRESENT)})"
    rf"(?: (?:(?:late|early) )?(?:on )?{DAY})?$"
)
ASIDE = re.compile(r", (?:who|which|whose|where|the|a|an|its|his|her|their|including|\d+(?=,)|of)\b")
CLAUSAL = re.compile(r"\b(?:because|that|who|which|when|where|while|although|though)\b")
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
LINKED = re.compile(r"(?:But|And|So|Yet) (?=[a-z])")
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
STUMP = re.compile(  # a word after a comma; a genitive; one of which? spent how?
    r", [a-z]+$|['’]s$|s['’]$|\bone of [^,;]{1,40}$"
    r"|\bspen(?:d|ds|ding|t) (?:[\w’']+ ){0,3}(?:morning|afternoon|evening|night|day|week|month|year|hour)s?$"
)
ASKING = word_set("who what how why whether where when")  # "counts [who came home]": what a verb asks for
PARTITIVE = re.compile(r", (?:most|all|some|many|half|each|both|few|one|two|three|\d+) of (?:them|it|these|those)$")
PAUSED_VERB = re.compile(r", ([a-z]+)\b")


def shortenings(sentence: str, *, keep_source: bool = True) -> list[str]:
    """Everything that up to four cuts leave of a sentence, the least cut first; without the sentence itself.

    `keep_source`: who said it may not go.
    """
    if sentence.count('"') % 2 or any(sign in sentence for sign in ("“", "?", "...")):
        return []
    found = dict.fromkeys([sentence])
    fresh = [sentence]
    for _ in range(4):
        fresh = [made for text in fresh for made in _cuts(text) if _sound(made, sentence)]
        fresh = [made for made in dict.fromkeys(fresh) if made not in found][: MOST - len(found)]
        if keep_source and SPEECH.search(sentence):
            fresh = [made for made in fresh if SPEECH.search(made)]
        found |= dict.fromkeys(fresh)
    return list(found)[1:]


def headlines_of(sentence: str) -> list[str]:
    """Headlines made of a sentence or a part of it, without its first article, reports in the present."""
    made = [sentence, *shortenings(sentence, keep_source=False), *_source_last(sentence), *_source_kept(sentence)]
    return list(dict.fromkeys(_headlinese(split_end(text)[0]) for text in made))


def shorter_titles(title: str) -> list[str]:
    """What is left of an article's own title without its closing phrase or clause; headlinese is understood."""
    places, found = list(TOKEN.finditer(title)), []
    for first, before, token in zip(places, places[1:], places[2:], strict=False):
        kept, between = title[: before.end()], title[before.end() : token.start()]
        opens = _may_open_an_end(first[0].lower(), before[0].lower(), between, token[0].lower())
        opens = opens and not (token[0].lower() in ASKING and not PAUSE.search(between))
        safe = opens and unsafe_deletions(kept, [title], headline=True) == 0
        if safe and len(kept.split()) >= LEAST_TITLE and has_finite_verb(kept, headline=True):
            found.append(kept)
    return found[::-1]


def _headlinese(text: str) -> str:
    text = REPORTED.sub(lambda m: f", {m['who'].split(' of ')[0]} {PRESENT[m['verb']]}", text)
    return upper_first(re.sub(r"^(?:The|A|An) (?=[a-z])", "", text))


def _source_kept(sentence: str) -> Iterator[str]:
    """Of "S, the ministry said on Monday", and what may follow: shorter forms of S, and its source."""
    body = split_end(sentence)[0]
    for text in [body, *(split_end(made)[0] for made in shortenings(sentence))]:
        match = REPORTED.search(text)
        if match is not None:
            short = shortenings(f"{text[: match.start()]}.")
            yield from (split_end(made)[0] + text[match.start() :] for made in short)


def _source_last(sentence: str) -> Iterator[str]:
    """Of a reported statement: "The ministry said on Monday that S" → "S, ministry says"."""
    match = TELLING.fullmatch(split_end(sentence)[0])
    if match is None or len(match["who"].split()) > 5 or bare(match["who"].split()[0]) in PRONOUNS:
        return
    what = upper_first(match["what"])
    for text in [what, *(split_end(made)[0] for made in shortenings(f"{what}."))]:
        yield f"{text}, {match['who']} says"


def _cuts(text: str) -> Iterator[str]:
    body, end = split_end(text)
    for match in WHEN.finditer(text):
        if " on " in match[0] or bare((text[: match.start()].split() or [""])[-1]) in PRESENT:
            yield (text[: match.start()] + text[match.end() :]).replace("..", ".")
    opening = SETTING.match(text)
    if opening and verbs(text[opening.end() :].split(",")[0]):
        yield upper_first(text[opening.end() :])
    if LINKED.match(text):
        yield upper_first(LINKED.sub("", text))
    yield from _closings(body, end)
    for match in INNER.finditer(text):
        enough = len(verbs(match[0])) >= max(1, len(CLAUSAL.findall(match[0])))
        if enough and text[match.start() - 1] != "," and bare(text[: match.start()].split()[-1]) not in MEASURES:
            yield text[: match.start()] + text[match.end() :]
    commas = [m.start() for m in re.finditer(r",(?=\s)", text)]
    for a, b in pairwise(commas):
        clause = CLAUSAL.match(text, a + 2)
        if ASIDE.match(text, a) and (clause or not verbs(text[a:b])):
            yield text[:a] + text[b + 1 :]


def _closings(body: str, end: str) -> Iterator[str]:
    """Without what a comma, a preposition or a conjunction opens, to the end; the shortest loss first."""
    places = list(TOKEN.finditer(body))
    for i in range(len(places) - 1, 1, -1):
        first, before, token = places[i - 2 : i + 1]
        between = body[before.end() : token.start()]
        opens = _may_open_an_end(first[0].lower(), before[0].lower(), between, token[0].lower())
        opens = opens or _purpose(body[: before.end()], before[0].lower(), token[0])
        opens = opens and not (token[0] == "as" and not TAKES_AS.isdisjoint(body[: before.end()].lower().split()))
        opens = opens and not (token[0] in JOINS and _listed(body, before, places[i + 1 : i + 2]))
        opens = opens and not _denied(body[: before.end()], between)
        if opens and _complete(body[: before.end()]) and not _takes_the_verb(body[token.start() :]):
            yield body[: before.end()] + (end or ".")


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


def _listed(body: str, before: re.Match[str], after: Sequence[re.Match[str]]) -> bool:
    """Whether an "and" before which the text would stop joins two names or closes an enumeration."""
    names = before[0][:1].isupper() and bool(after) and after[0][0][:1].isupper()
    last = re.split(r", |: ", body[: before.end()])
    return names or (len(last) > 1 and len(last[-1].split()) <= 6)


def _purpose(kept: str, before: str, word: str) -> bool:
    """Whether a "to" comes so long after the verb that it tells a purpose."""
    found = verbs(kept)
    return (
        word == "to"
        and before not in HANGING
        and not before.endswith(("ed", "ing"))
        and bool(found)
        and len(kept.split()) - found[-1] > 5
    )


def _may_open_an_end(first: str, before: str, between: str, word: str) -> bool:
    """Whether a sentence may stop before `word`: something opens there, and nothing is left hanging."""
    if " " not in between or before in HANGING or word in ("of", "to"):
        return False
    if PAUSE.search(between):
        return word not in AUXILIARIES and not is_finite(word)
    if word == "that":
        return False
    verb = is_finite(before) or first in AUXILIARIES | NON_FINITE or first == "to" or before in PARTICLES
    return word in ENDING and not verb and before not in MEASURES


def _complete(text: str) -> bool:
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


def _sound(text: str, sentence: str) -> bool:
    return (
        len(text.split()) >= LEAST_WORDS
        and text.count('"') % 2 == 0
        and text.count("(") == text.count(")")
        and has_finite_verb(text)
        and unsafe_deletions(text, [sentence]) == 0
    )
