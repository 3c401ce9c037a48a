"""Phrases said another way: times put first or last, genitives, passives of regular verbs, ages."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.rewrite.grammar import (
    AUXILIARY,
    PAST,
    PRONOUNS,
    QUOTED,
    Spelling,
    bare,
    is_finite,
    lower_first,
    parts,
    split_end,
    upper_first,
    verbs,
)

DAY = r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day(?: (?:morning|afternoon|evening|night))?"
MONTH = r"(?:January|February|March|April|May|June|July|August|September|October|November|December)"
TIME = "|".join(
    (
        rf"(?:on|late on|early on) {DAY}",
        rf"in (?:early |late |mid-)?{MONTH}(?: \d{{4}})?",
        rf"on {MONTH} \d{{1,2}}",
        r"in (?:19|20)\d\d",
        "(?:last|this) (?:week|month|year|spring|summer|autumn|fall|winter)",
        "earlier this (?:week|month|year)",
        "two years ago",
        "a (?:year|month|week) ago",
    )
)
_LAST = re.compile(rf"(?P<main>[^,;:]+) (?P<time>{TIME})")
_AFTER_VERB = re.compile(rf"(?P<main>[^,;:]{{3,60}}?) (?P<time>on {DAY}) (?P<rest>(?:that|to) .+)")
_FIRST = re.compile(rf"(?P<time>{TIME}),? (?P<main>[^,;:]+)", re.IGNORECASE)
_BARE_DAY = re.compile(rf"(?P<verb>\b[a-z]+) (?P<day>{DAY})\b(?!'| \w+ed\b)")
_UNSAFE = re.compile(r"\b(?:that|who|which|when|where|because|after|before|while|whether|if|to|since|until|as)\b")
_AFTER_NOUN = "is|are|was|were|has|have|had|will|would|said|says|in|on|at|by|for|and|to"
_OF = re.compile(
    rf"\bthe (?P<head>[a-z]+) of (?P<owner>the [a-z]+|[A-Z]\w+(?: [A-Z]\w+)?)(?=[,.;]| (?:{_AFTER_NOUN})\b)"
)
_GENITIVE = re.compile(
    rf"(?P<owner>\b[Tt]he [a-z]+(?<!s))'s (?P<head>[a-z]+)(?=[,.;]| (?:{_AFTER_NOUN}|after|before)\b)"
)
HEADS = frozenset(
    """leader chairman chairwoman head director president founder owner mayor governor author captain manager editor
    future size population economy capital results members effects causes history price cost value policies aims goals
    decision success failure role plan plans proposal behaviour behavior performance standards demands supporters
    critics opponents findings details schedule budget finances profits sales shares strategy leaders owners parents
    residents streets schools hospitals government parliament army police borders territory constitution website office
    offices headquarters employees workers staff crew engine roof walls entrance surface""".split()
)  # fmt: skip
_PERSON = "man|woman|boy|girl|driver|student|pupil|farmer|teacher|suspect|cyclist|passenger"
_AGED = re.compile(rf"\b([Aa]) (\d{{1,3}})-year-old ({_PERSON})\b")
_PASSIVE = re.compile(
    r"(?P<what>(?:The|A|An|His|Her|Its|Their) (?:[a-z-]+ ){1,4})(?P<be>was|were) (?P<verb>[a-z]+ed) by "
    r"(?P<who>(?:the|a|an|its|his|her|their) (?:[a-z-]+ ?){1,3}|[A-Z]\w+(?: [A-Z]\w+){0,2} ?)"
    r"(?P<rest>(?:(?:on|in|at|after|during|for|to|with) .+)?)"
)


def time_first(text: str, spelling: Spelling) -> Iterator[str]:
    """ "The council met on Tuesday." → "On Tuesday, the council met."; also a day right after the first verb."""
    body, end = split_end(text)
    match = _LAST.fullmatch(body) if end and not QUOTED.search(text) else None
    if match and len(verbs(match["main"])) == 1 and not _UNSAFE.search(match["main"]):
        yield f"{upper_first(match['time'])}, {lower_first(match['main'], spelling)}{end}"
    match = _AFTER_VERB.fullmatch(text) if not QUOTED.search(text) else None
    if match and verbs(match["main"]) == [len(match["main"].split()) - 1]:
        yield f"{upper_first(match['time'])}, {lower_first(match['main'], spelling)} {match['rest']}"


def time_last(text: str, _: Spelling) -> Iterator[str]:
    """ "On Tuesday, the council met." → "The council met on Tuesday." """
    body, end = split_end(text)
    match = _FIRST.fullmatch(body) if end and not QUOTED.search(text) else None
    if match and match["time"][0].isupper() and len(verbs(match["main"])) == 1 and not _UNSAFE.search(match["main"]):
        yield f"{upper_first(match['main'])} {match['time'][0].lower()}{match['time'][1:]}{end}"


def day_with_on(text: str, _: Spelling) -> Iterator[str]:
    """ "announced Tuesday" → "announced on Tuesday"."""
    for match in _BARE_DAY.finditer(text):
        told = is_finite(match["verb"]) and match["verb"] not in AUXILIARY | {"spent"}
        if told and text[: match.start()].count('"') % 2 == 0:
            yield f"{text[: match.start('day')]}on {text[match.start('day') :]}"
            return


def of_to_genitive(text: str, _: Spelling) -> Iterator[str]:
    """ "the leader of the party said" → "the party's leader said", for heads that can be owned so."""
    for match in _OF.finditer(text):
        if match["head"] in HEADS and not match["owner"].endswith("s") and text[: match.start()].count('"') % 2 == 0:
            yield f"{text[: match.start()]}{match['owner']}'s {match['head']}{text[match.end() :]}"


def genitive_to_of(text: str, _: Spelling) -> Iterator[str]:
    """ "the party's leader said" → "the leader of the party said"."""
    for match in _GENITIVE.finditer(text):
        if match["head"] in HEADS and text[: match.start()].count('"') % 2 == 0:
            put = f"the {match['head']} of {match['owner'][0].lower()}{match['owner'][1:]}"
            yield text[: match.start()] + (upper_first(put) if match["owner"][0] == "T" else put) + text[match.end() :]


def aged(text: str, _: Spelling) -> Iterator[str]:
    """ "a 41-year-old man" → "a man aged 41"."""
    match = _AGED.search(text)
    if match and text[: match.start()].count('"') % 2 == 0:
        yield f"{text[: match.start()]}{match[1]} {match[3]} aged {match[2]}{text[match.end() :]}"


def active(text: str, spelling: Spelling) -> Iterator[str]:
    """ "The plan was approved by the council on Monday." → "The council approved the plan on Monday." """
    body, end = split_end(text)
    match = _PASSIVE.fullmatch(body)
    if match and end and match["who"].split()[0].lower() not in PRONOUNS - {"its", "his", "her", "their"}:
        rest = f" {match['rest']}" if match["rest"] else ""
        if len(verbs(body)) == 1 and not match["who"].strip().endswith("ing"):
            what = lower_first(match["what"].strip(), spelling)
            yield f"{upper_first(match['who'].strip())} {match['verb']} {what}{rest}{end}"


def participle_inside(text: str, _: Spelling) -> Iterator[str]:
    """ "Speaking in Lyon, Ana Reyes said …" → "Ana Reyes, speaking in Lyon, said …"."""
    found = parts(text)
    if (
        len(found) < 2
        or not re.match(r"(?!According|Including|Following|During)[A-Z][a-z]+ing ", found[0])
        or verbs(found[0])
        or QUOTED.search(text)
    ):
        return
    words = found[1].split()
    first = verbs(found[1])[:1]
    if first and 1 <= first[0] <= 4 and words[0].lower() not in PRONOUNS and bare(words[first[0]]) not in AUXILIARY:
        subject, rest = " ".join(words[: first[0]]), " ".join(words[first[0] :])
        yield ", ".join([f"{upper_first(subject)}", found[0][0].lower() + found[0][1:], " ".join([rest])] + found[2:])


def participle_to_past(text: str, _: Spelling) -> Iterator[str]:
    """ "The wall fell, killing two people." → "The wall fell and killed two people." """
    body, end = split_end(text)
    found = parts(body)
    word, _space, rest = found[-1].partition(" ")
    if len(found) < 2 or word not in PASTS or QUOTED.search(text) or not rest or "said" in body:
        return
    before = verbs(found[-2])
    last = [bare(w) for w in found[-2].split()][before[-1]] if before else ""
    if last and (last.endswith("ed") or last in PAST) and not last.endswith("s") and len(before) == 1:
        yield f"{', '.join(found[:-1])} and {PASTS[word]} {rest}{end}"


PASTS = {
    "killing": "killed", "injuring": "injured", "wounding": "wounded", "leaving": "left", "sending": "sent",
    "forcing": "forced", "causing": "caused", "making": "made", "taking": "took", "giving": "gave", "adding": "added",
    "bringing": "brought", "raising": "raised", "ending": "ended", "putting": "put", "beating": "beat",
    "winning": "won", "losing": "lost", "destroying": "destroyed", "damaging": "damaged", "blocking": "blocked",
    "trapping": "trapped", "prompting": "prompted", "triggering": "triggered", "setting": "set", "cutting": "cut",
    "closing": "closed", "becoming": "became", "finishing": "finished", "scoring": "scored", "defeating": "defeated",
}  # fmt: skip


def relative_reduced(text: str, _: Spelling) -> Iterator[str]:
    """ "a wall that was built in 1951" → "a wall built in 1951"; ", who was 41," → ", 41,"."""
    for match in _REDUCIBLE.finditer(text):
        if text[: match.start()].count('"') % 2 == 0:
            yield text[: match.start()] + text[match.end() :]


_REDUCIBLE = re.compile(
    r"(?<=[a-z]{3})(?<!said)(?<!says)(?<!so)(?<!fact) (?:who|which|that) (?:is|are|was|were)"
    r"(?= (?!expected|supposed|interested|needed)[a-z]+ed (?:in|by|on|at|from|to|for|with)\b)"
    r"|(?<=, )who (?:is|was) (?=\d{2},)"
)


def place_and_day(text: str, _: Spelling) -> Iterator[str]:
    """ "in Lyon on Monday" → "on Monday in Lyon", and back."""
    match = re.search(rf"\b(in [A-Z]\w+(?: [A-Z]\w+)?) (on {DAY})(?=[.,])", text)
    if match and text[: match.start()].count('"') % 2 == 0:
        yield f"{text[: match.start()]}{match[2]} {match[1]}{text[match.end() :]}"
    match = re.search(rf"\b(on {DAY}) (in [A-Z]\w+(?: [A-Z]\w+)?)(?=[.,])", text)
    if match and text[: match.start()].count('"') % 2 == 0:
        yield f"{text[: match.start()]}{match[2]} {match[1]}{text[match.end() :]}"


def age_first(text: str, _: Spelling) -> Iterator[str]:
    """ "said Roland Teague, 81, who" → "said 81-year-old Roland Teague, who"."""
    match = re.search(r"(?<=[a-z] )((?:[A-Z][\w'-]+ ){1,2}[A-Z][\w'-]+), (\d{2}),(?= )", text)
    if match and text[: match.start()].split()[-1].islower() and text[: match.start()].count('"') % 2 == 0:
        after = text[match.end() :]
        comma = "," if re.match(r" (?:who|which|whose|a|an|the|of|from)\b", after) else ""
        yield f"{text[: match.start()]}{match[2]}-year-old {match[1]}{comma}{after}"
