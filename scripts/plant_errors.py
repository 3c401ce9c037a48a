"""Plant one error in a true sentence of a real article: what `measure_guard.py` judges.

The patterns know nothing of the guard's. `fresh` is something the article does not contain, `within` something it has
elsewhere, `joined` two halves of different names.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from plant_relations import relation_plants

WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
MONTHS = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
]  # fmt: skip
COUNTS = {
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11,
    "twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50,
}  # fmt: skip
NUMBER = re.compile(r"(?<![\w.,/:-])[$£€]?(\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?)(?![\d,.:/]*\d)(?!\w*[A-Z])")
NAME = re.compile(r"(?<=[a-z,] )[A-Z][a-z]{2,}(?: [A-Z][a-z]{2,})*\b")
QUOTED = re.compile(r"[\"“]([^\"“”]{12,})[\"”]")
NEGATION = re.compile(r"\b(is|are|was|were|did|does|do|has|have|had|will|would|could|should) not\b")
AUXILIARY = re.compile(r"\b(is|are|was|were|will|would|could|should|has been|have been)\b (?!not\b|n[o']|never)")
YEARS = [str(year) for year in range(1975, 2024)]
GROUPS = (WEEKDAYS, MONTHS, YEARS)
_DATES = {*WEEKDAYS, *MONTHS, *(month[:3] for month in MONTHS), "Sept"}
_YEAR = re.compile(r"(1[789]|20)\d\d$")
_COUNTED = re.compile(rf"\b({'|'.join(COUNTS)})\b")


@dataclass(frozen=True)
class Pools:
    """What an article offers for planting: its text, its numbers, names, last words of names, plain words, dates."""

    text: str
    low: str
    numbers: tuple[str, ...]
    names: tuple[str, ...]
    tails: tuple[str, ...]
    words: tuple[str, ...]
    dates: tuple[frozenset[str], ...]
    counts: tuple[str, ...]


def read_pools(text: str) -> Pools:
    """Collect them once per article."""
    names = tuple(m.group() for m in NAME.finditer(text) if not _DATES & set(m.group().split()))
    present = [frozenset(name for name in group if _names(name, group is MONTHS, text)) for group in GROUPS]
    counts = [w for w, n in COUNTS.items() if re.search(rf"\b(?:{w}|{n})\b", text, re.IGNORECASE) is None]
    return Pools(
        text,
        text.lower(),
        tuple(m.group(1) for m in NUMBER.finditer(text) if not _YEAR.match(m.group(1))),
        names,
        tuple(name.split()[-1] for name in names if " " in name),
        tuple(re.findall(r"\b[a-z]{4,}\b", text)),
        tuple(present),
        tuple(counts),
    )


def _names(date: str, short: bool, text: str) -> bool:
    return re.search(rf"\b{date[:3] if short else date}", text) is not None


def foreign_names(articles: Sequence[Pools]) -> list[str]:
    """Names of all articles that have no word that some article writes in lower case."""
    common = {word for pools in articles for word in pools.words}
    found = {name for pools in articles for name in pools.names}
    return sorted(name for name in found if not {word.lower() for word in name.split()} & common)


def plants(pools: Pools, sentence: str, names: list[str], dice: random.Random) -> Iterator[tuple[str, str]]:
    """(kind, false sentence) for every kind of error that `sentence` offers a place for."""
    made = {
        "number:fresh": _number(pools, sentence, dice),
        "number:within": _exchange(NUMBER, 1, sentence, pools.numbers, dice),
        "date:fresh": _date(pools, sentence, dice, within=False),
        "date:within": _date(pools, sentence, dice, within=True),
        "name:fresh": _exchange(NAME, 0, sentence, _absent(names, pools, dice), dice),
        "name:within": _exchange(NAME, 0, sentence, pools.names, dice),
        "name:joined": _joined(pools, sentence, dice),
        "quotation": _quotation(pools, sentence, dice),
        "negation:dropped": NEGATION.sub(r"\1", sentence, count=1),
        "negation:added": AUXILIARY.sub(r"\1 not ", sentence, count=1),
        **relation_plants(sentence, pools.text, _numbers(sentence), dice),
    }
    yield from ((kind, text) for kind, text in made.items() if text and text != sentence)


def _numbers(sentence: str) -> list[re.Match[str]]:
    """Where the sentence has numbers that are no years."""
    return [m for m in NUMBER.finditer(sentence) if not _YEAR.match(m.group(1))]


def _swap(text: str, span: tuple[int, int], new: str) -> str:
    return text[: span[0]] + new + text[span[1] :]


def _exchange(
    pattern: re.Pattern[str], group: int, sentence: str, pool: Sequence[str], dice: random.Random
) -> str | None:
    hits = [m for m in pattern.finditer(sentence) if not _DATES & set(m.group().split())]
    hits = [m for m in hits if not _YEAR.match(m.group(group))]
    return _swap(sentence, dice.choice(hits).span(group), dice.choice(pool)) if hits and pool else None


def _absent(names: list[str], pools: Pools, dice: random.Random) -> list[str]:
    return [name for name in dice.sample(names, min(30, len(names))) if name.lower() not in pools.low]


def _number(pools: Pools, sentence: str, dice: random.Random) -> str | None:
    pool = [f"{dice.randint(2, 98)}", f"{dice.randint(101, 999)}", f"{dice.randint(11, 999) * 100:,}"]
    pool = [new for new in pool if not re.search(rf"(?<!\d){re.escape(new)}(?!\d)", pools.text)]
    changed = _exchange(NUMBER, 1, sentence, pool, dice)
    return changed or _exchange(_COUNTED, 0, sentence, pools.counts, dice)


def _date(pools: Pools, sentence: str, dice: random.Random, *, within: bool) -> str | None:
    found: list[tuple[tuple[int, int], list[str]]] = []
    for group, present in zip(GROUPS, pools.dates, strict=True):
        hits = [m for m in re.finditer(rf"\b({'|'.join(group)})\b(?!,\d)", sentence) if m.start()]
        pool = [name for name in group if (name in present) == within]
        found += [(m.span(), [p for p in pool if p != m.group()]) for m in hits]
    found = [(span, pool) for span, pool in found if pool]
    if not found:
        return None
    span, pool = dice.choice(found)
    return _swap(sentence, span, dice.choice(pool))


def _joined(pools: Pools, sentence: str, dice: random.Random) -> str | None:
    """The last word of a name exchanged for the last word of another name of the article."""
    hits = [m for m in NAME.finditer(sentence) if " " in m.group() and not _DATES & set(m.group().split())]
    if not hits or not pools.tails:
        return None
    hit = dice.choice(hits)
    new = f"{hit.group().rsplit(' ', 1)[0]} {dice.choice(pools.tails)}"
    return None if new.lower() in pools.low else _swap(sentence, hit.span(), new)


def _quotation(pools: Pools, sentence: str, dice: random.Random) -> str | None:
    """One word inside a quotation exchanged for another of the article."""
    quoted = next((m for m in QUOTED.finditer(sentence) if sentence[: m.start()].count('"') % 2 == 0), None)
    hits = list(re.finditer(r"\b[a-z]{4,}\b", quoted.group(1))) if quoted else []
    if quoted is None or not hits:
        return None
    hit, start = dice.choice(hits), quoted.start(1)
    new = _swap(quoted.group(1), hit.span(), dice.choice(pools.words))
    return None if new in pools.text else _swap(sentence, (start, quoted.end(1)), new)
