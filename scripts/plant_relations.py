"""Plant errors in who, whom, how surely and which way: what `measure_guard.py` judges beside `plant_errors.py`.

The tables know nothing of the guard's. Every function takes a true sentence and returns a false one, or None.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence

SURNAME = r"[A-Z][a-z]{2,}(?: [A-Z][a-z]{2,})*"
SPEECH = "said|says|told|added|wrote|warned|argued|insisted|noted|declared"
SPEAKER = re.compile(
    rf"\b((?!He\b|She\b|They\b|And\b|Who\b|But\b){SURNAME})(?= (?:{SPEECH})\b)|(?<=said )({SURNAME})\b"
)
OFFICES = """President|Vice President|Senator|Sen.|Rep.|Gov.|Governor|Mayor|Judge|Justice|Secretary|Attorney General
Chairman|Prime Minister|Chancellor|Sheriff|Ambassador|Speaker|Gen.|Coach|Director"""
OFFICE = re.compile(
    rf"(?<![A-Z][a-z] )(?<!\w)({'|'.join(re.escape(o) for row in OFFICES.split(chr(10)) for o in row.split('|'))}) "
    rf"(?={SURNAME})"
)
DOUBT = re.compile(r"\b(may|might|could) (?!not\b|have\b)(?=[a-z]+\b)")
PLAN = re.compile(
    r"\b(?:(?:is|are) (?:expected|likely|planning|hoping|seeking)|plans?|hopes?|wants?|seeks?|intends?) to\b"
)
FUTURE = re.compile(r"\bwill (?!not\b)(?=[a-z]+\b)")
FLIPS = """rose:fell|increased:decreased|rise:fall|increase:decrease|higher:lower|more than:less than|above:below|
before:after|won:lost|win:lose|best:worst|climbed:dropped|jumped:plunged|supported:opposed|support:oppose|
approved:rejected|accepted:refused|up from:down from|stronger:weaker|larger:smaller|older:younger|faster:slower|
bought:sold|opened:closed|started:ended|grew:shrank|improved:worsened|better:worse|earlier:later|raised:lowered|
raise:reduce|majority:minority|widened:narrowed|highest:lowest|most:least|allowed:banned|surged:slumped|
growing:shrinking|rising:falling|longer:shorter|hired:fired|over $:under $"""
_PAIRS = [tuple(pair.split(":")) for pair in FLIPS.replace("\n", "").split("|")]
FLIP = {a: b for pair in _PAIRS for a, b in (pair, pair[::-1])}
FLIPPED = re.compile(rf"(?<!\w)({'|'.join(sorted(map(re.escape, FLIP), key=len, reverse=True))})(?!\w)")
ACTS = re.compile(
    rf"\b({SURNAME}) ((?:has |had )?(?:[a-z]+ed|beat|won|hit|told|met|sent|gave|led|shot|sought)) ({SURNAME})\b"
)


JOINED = re.compile(
    r"(\b[a-z]{4,}) (?:as|while|and|but|when) (?:[\w'’-]+ ){2,7}?(for|over|after|amid|despite|due to) (?=\w)"
)


def relation_plants(
    sentence: str, text: str, numbers: Sequence[re.Match[str]], dice: random.Random
) -> dict[str, str | None]:
    """Kind → false sentence. `text`: the article's; `numbers`: where the sentence has numbers."""
    speakers = [a or b for a, b in SPEAKER.findall(text)]
    quoted = "speaker:quoted" if re.search(r"[\"“]", sentence) else "speaker:indirect"
    return {
        "number:sentence": exchanged_numbers(sentence, numbers),
        "role": another(OFFICE, sentence, OFFICE.findall(text), dice),
        quoted: another(SPEAKER, sentence, speakers, dice),
        "modality:may→will": DOUBT.sub("will ", sentence, count=1),
        "modality:plan→will": PLAN.sub("will", sentence, count=1),
        "modality:will→may": FUTURE.sub("may ", sentence, count=1),
        "comparison": flip(sentence, dice),
        "relation": JOINED.sub(r"\1 \2 ", sentence, count=1),
        "swap": exchanged_actors(sentence),
    }


def exchanged_numbers(sentence: str, found: Sequence[re.Match[str]]) -> str | None:
    """The first two different numbers of a sentence in each other's place."""
    for one, two in zip(found, found[1:], strict=False):
        if one.group(1) != two.group(1):
            (a, b), (c, d) = one.span(1), two.span(1)
            return sentence[:a] + two.group(1) + sentence[b:c] + one.group(1) + sentence[d:]
    return None


def another(pattern: re.Pattern[str], sentence: str, pool: Sequence[str], dice: random.Random) -> str | None:
    """What the pattern finds exchanged for something else of the pool that shares no word with the sentence."""
    hit = next(iter(pattern.finditer(sentence)), None)
    if hit is None:
        return None
    group = next(i for i, text in enumerate(hit.groups(), start=1) if text)
    words = set(sentence.replace(".", "").split())
    fresh = sorted({name for name in pool if not words & set(name.replace(".", "").split())})
    if not fresh:
        return None
    return sentence[: hit.start(group)] + dice.choice(fresh) + sentence[hit.end(group) :]


def flip(sentence: str, dice: random.Random) -> str | None:
    """One word of direction exchanged for its opposite."""
    hits = list(FLIPPED.finditer(sentence))
    if not hits:
        return None
    hit = dice.choice(hits)
    return sentence[: hit.start()] + FLIP[hit.group(1)] + sentence[hit.end() :]


def exchanged_actors(sentence: str) -> str | None:
    """ "A sued B" as "B sued A"; both are names."""
    hit = ACTS.search(sentence)
    if hit is None or hit.group(1) == hit.group(3):
        return None
    return f"{sentence[: hit.start()]}{hit.group(3)} {hit.group(2)} {hit.group(1)}{sentence[hit.end() :]}"
