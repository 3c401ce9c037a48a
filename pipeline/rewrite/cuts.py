"""Sentences made short by leaving whole constituents out: for bullets and headlines, where every word counts.

Cuts are tried from the right: a closing clause or phrase, a phrase of time, an apposition, an opening phrase. A cut
counts only if `deletions.unsafe_deletions` finds nothing wrong with it and a finite verb is left.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from pipeline.deletions import MEASURES, PAUSE, unsafe_deletions
from pipeline.finite import PREPOSITIONS, has_finite_verb
from pipeline.fragments import TOKEN
from pipeline.lexicon import word_set
from pipeline.rewrite.endings import CLAUSAL, closings, may_open_an_end
from pipeline.rewrite.grammar import PRONOUNS, SUBORDINATORS, bare, split_end, upper_first, verbs
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
CREDITED = re.compile(rf", [^,;:\"]{{3,60}} (?:{'|'.join(PRESENT)})\b[^,]*$")  # ", a source said" keeps its comma
LINKED = re.compile(r"(?:But|And|So|Yet) (?=[a-z])")
DESCRIBED = re.compile(r"\b[a-z]+er (?P<name>[A-Z][\w'’-]+ )(?=[a-z]+s )")  # "Teenage keeper [Halloran] sends …"
ASKING = word_set("who what how why whether where when")  # "counts [who came home]": what a verb asks for
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
    """What is left of an article's own title without its closing phrase or clause, or without a surname behind a
    description; headlinese is understood."""
    places, found = list(TOKEN.finditer(title)), []
    for first, before, token in zip(places, places[1:], places[2:], strict=False):
        kept, between = title[: before.end()], title[before.end() : token.start()]
        opens = may_open_an_end(first[0].lower(), before[0].lower(), between, token[0].lower())
        opens = opens and not (token[0].lower() in ASKING and not PAUSE.search(between))
        safe = opens and unsafe_deletions(kept, [title], headline=True) == 0
        if safe and len(kept.split()) >= LEAST_TITLE and has_finite_verb(kept, headline=True):
            found.append(kept)
    return [*found[::-1], *_unnamed(title)]


def _unnamed(title: str) -> Iterator[str]:
    """A title in sentence case without the surname of somebody whom it describes, too."""
    words = title.split()
    if sum(word[0].isupper() for word in words) <= len(words) / 2:
        yield from (title[: m.start("name")] + title[m.end("name") :] for m in DESCRIBED.finditer(title))


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
    yield from closings(body, end)
    for match in INNER.finditer(text):
        enough = len(verbs(match[0])) >= max(1, len(CLAUSAL.findall(match[0])))
        if enough and text[match.start() - 1] != "," and bare(text[: match.start()].split()[-1]) not in MEASURES:
            yield text[: match.start()] + text[match.end() :]
    commas = [m.start() for m in re.finditer(r",(?=\s)", text)]
    for a, b in pairwise(commas):
        clause = CLAUSAL.match(text, a + 2)
        if ASIDE.match(text, a) and (clause or not verbs(text[a:b])):
            leads = bare(text.split()[0]) in PREPOSITIONS | SUBORDINATORS and not verbs(text[:a]) and a == commas[0]
            if not leads:  # "In 2018, [a stimulus,] in the form of tax cuts, allowed …"
                yield text[:a] + (text[b:] if CREDITED.match(text, b) else text[b + 1 :])


def _sound(text: str, sentence: str) -> bool:
    return (
        len(text.split()) >= LEAST_WORDS
        and text.count('"') % 2 == 0
        and text.count("(") == text.count(")")
        and has_finite_verb(text)
        and unsafe_deletions(text, [sentence]) == 0
    )
