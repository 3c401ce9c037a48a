"""Words with an opposite ("rose" and "fell"), each as an axis and a sign, and where a text uses them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.facts.forms import forms
from pipeline.facts.statements import BOUNDS, is_content, negates
from pipeline.facts.words import BREAK, Word

# One axis a row: base forms that point one way / the other way.
_AXES = """rise increase grow climb gain jump surge soar rally up raise boost lift expand higher upward growth hike /
 fall decrease drop decline slump plunge sink shrink down slide tumble dip cut reduce lower slash plummet downward
more higher above over exceed greater bigger larger / less fewer lower below under smaller
longer / shorter
highest most biggest largest / lowest least smallest
best better improve / worst worse worsen deteriorate
strong stronger strengthen / weak weaker weaken
faster quicker speed hasten / slower slow delay
older oldest / younger youngest
before / after
earlier / later
win victory triumph / lose loss
buy acquire purchase / sell
hire recruit / fire dismiss
support back endorse favor favour / oppose
approve accept pass adopt / reject refuse deny veto
allow permit / ban bar prohibit forbid block
acquit clear / convict
open reopen / close shut
start begin launch / end stop finish
arrive enter / leave exit
import / export
alive survive / dead die kill
guilty / innocent
legal / illegal
majority / minority
profit / loss
surplus / deficit
optimistic / pessimistic
safe / dangerous unsafe
widen / narrow
lend / borrow
richer rich / poorer poor
hotter warmer hot warm / colder cooler cold cool
maximum / minimum
north northern / south southern
east eastern / west western
with / without
despite / because"""
_MEASURED = frozenset(
    ("up", "down", "over", "under", "above", "below", "more", "less", "fewer")
)  # mean it with a number
_LINKS = frozenset(("before", "after", "with", "without", "despite", "because"))
_ENDS = BOUNDS - {"than"}
NEAR = 3  # words of meaning that tell what a direction is said of


@dataclass(frozen=True, slots=True)
class Direction:
    """A word that has an opposite: its axis, +1 or -1, and the nearest words of meaning around it.

    `link`: it joins what stands on its two sides; then `near` holds only the first word after it.
    """

    word: Word
    axis: int
    sign: int
    near: tuple[frozenset[str], ...]
    negated: bool
    link: bool


def _table() -> dict[str, list[tuple[int, int]]]:
    table: dict[str, list[tuple[int, int]]] = {}
    rows = [row.split(" / ") for row in _AXES.replace(" /\n", " / ").replace("  ", " ").split("\n")]
    for axis, sides in enumerate(rows):
        for sign, side in zip((1, -1), sides, strict=True):
            for word in side.split():
                table.setdefault(word, []).append((axis, sign))
    return table


_TABLE = _table()


def read_directions(words: Sequence[Word]) -> tuple[Direction, ...]:
    """All words of `words` that have an opposite, once per axis, in order."""
    return tuple(found for i, word in enumerate(words) if word.is_word for found in _directions(words, i))


def _directions(words: Sequence[Word], i: int) -> Iterator[Direction]:
    word = words[i]
    places = {place for form in forms(word.key) for place in _TABLE.get(form, ())}
    if not places or (word.is_capital and not word.initial) or (word.key in _MEASURED and not _is_measured(words, i)):
        return
    link = word.key in _LINKS
    after = list(_nearest(words, range(i + 1, len(words))))
    near = after[:1] if link else [*after, *_nearest(words, range(i - 1, -1, -1))]
    negated = any(negates(w) for w in words[max(0, i - 4) : i])
    for axis, sign in sorted(places):
        yield Direction(word, axis, sign, tuple(near), negated, link)


def _is_measured(words: Sequence[Word], i: int) -> bool:
    """Whether "up", "over", "more" … speaks of an amount: a number, "from" or "than" follows within two words."""
    return any(w.is_number or w.text in "$£€" or w.key in ("than", "from") for w in words[i + 1 : i + 3])


def _nearest(words: Sequence[Word], indices: Sequence[int]) -> Iterator[frozenset[str]]:
    found = 0
    for j in indices:
        word = words[j]
        if word.key == BREAK or word.key in _ENDS or found == NEAR:
            return
        if is_content(word) or word.is_number:
            found += 1
            yield forms(word.key)
