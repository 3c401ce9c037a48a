"""Names: runs of capitalised words, with the small words inside them ("Bank of England", "Osama bin Laden")."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.facts.dates import MONTHS, WEEKDAYS
from pipeline.facts.words import Word
from pipeline.lexicon import is_english, word_set
from pipeline.records import Span

FUNCTION_WORDS = word_set(
    """a about above after again against all also although am among an and another any anybody anyone anything are as
    at be because been before being below between both but by can cannot could did do does down during each either
    else enough even ever every everybody everyone everything few fewer first for from further get had has have he her
    here hers herself him himself his how however i if in instead into is it its itself just last later least less
    let like many may maybe me meanwhile might mine more most much must my myself neither never next no nobody none
    nor not nothing now of off often on once one only onto or other others our ours out over own perhaps per please
    quite rather really same second several shall she should since so some somebody someone something soon still such
    than thank that the their theirs them themselves then there therefore these they this those though through thus
    to today together tomorrow too two under unless until up upon us very via was we well were what whatever when
    whenever where whereas whether which while who whoever whom whose why will with within without would yes yesterday
    yet you your yours yourself ms three four five six seven eight nine ten amid despite across around along
    according"""
)
_INSIDE = word_set("of de del della da di du la le van von der den bin ibn al el y")


@dataclass(frozen=True, slots=True)
class Name:
    """A run of capitalised words: `keys` as in `Word.key`, the small words inside it left out.

    `whole` keeps them. `initial`: its first word opens a sentence, so that its capital says nothing.
    """

    span: Span
    text: str
    keys: tuple[str, ...]
    whole: tuple[str, ...]
    initial: bool
    spans: tuple[Span, ...]


def find_names(text: str, words: Sequence[Word]) -> tuple[Name, ...]:
    """Names of `words`, in order.

    A single word that opens a sentence is left out if it is ordinary English, unless it is capitalised elsewhere within
    a sentence.
    """
    elsewhere = {w.key for w in words if w.is_capital and not w.initial}
    found: list[Name] = []
    for run in _runs(words):
        name = _name(text, run)
        if name is None:
            continue
        lone = len(name.keys) == 1 and name.initial
        if lone and name.keys[0] not in elsewhere and is_english(name.text) and not name.text.isupper():
            continue
        found.append(name)
    return tuple(found)


def is_capitalised(word: Word) -> bool:
    """Whether a word can be part of a name: a capital, and neither "I", nor "Mr.", nor a date."""
    if not word.is_capital or word.text == "I" or word.text[:2] in ("I'", "I’") or word.key in ("mr", "mrs", "ms"):
        return False
    return word.key not in WEEKDAYS and (word.key not in MONTHS or word.key in ("may", "march", "mar", "dec"))


def _runs(words: Sequence[Word]) -> Iterator[Sequence[Word]]:
    i = 0
    while i < len(words):
        if not is_capitalised(words[i]):
            i += 1
            continue
        last = i
        while step := _step(words, last):
            last += step
        yield words[i : last + 1]
        i = last + 1


def _step(words: Sequence[Word], i: int) -> int:
    """How far after `i` the next capitalised word of the same name stands; 0 if the name ends here."""
    if words[i].possessive:
        return 0
    for gap in (1, 2, 3):
        if i + gap >= len(words):
            return 0
        after, inside = words[i + gap], [w.key for w in words[i + 1 : i + gap]]
        if not is_capitalised(after) or after.initial:
            continue
        hyphen = inside == ["-"] and after.joined
        if not inside or hyphen or words[i + 1].text == "&" or (inside[0] in _INSIDE and inside[1:] in ([], ["the"])):
            return gap
        return 0
    return 0


def _name(text: str, run: Sequence[Word]) -> Name | None:
    while run and _is_small(run[0]):
        run = run[1:]
    while run and (_is_small(run[-1]) or not run[-1].is_capital):
        run = run[:-1]
    if not run:
        return None
    span = (run[0].start, run[-1].end)
    proper = [w for w in run if w.is_capital]
    whole = tuple(w.key for w in run if w.key not in ("-", "|"))
    spans = tuple((w.start, w.end) for w in proper)
    return Name(span, text[slice(*span)], tuple(w.key for w in proper), whole, run[0].initial, spans)


def _is_small(word: Word) -> bool:
    """Whether a word at the edge of a run is no part of a name ("The", "However"); "WHO" and "IT" are."""
    return word.key in FUNCTION_WORDS and (len(word.text) == 1 or not word.text.isupper())
