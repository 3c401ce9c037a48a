"""One system's outputs on the items of a measure → one row: ROUGE with intervals, and how it writes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from bench.checker import Alarm, Known, check
from bench.sets import Item
from pipeline.metrics.abstractiveness import novel_share, repetition
from pipeline.metrics.bootstrap import ci95_columns
from pipeline.metrics.multi import score_variants
from pipeline.metrics.rouge import Prepared
from pipeline.metrics.source import Source
from pipeline.metrics.texts import Lines, join
from pipeline.metrics.tokens import words

Alarmed = tuple[str, str, tuple[Alarm, ...]]
TYPES = ("rouge1", "rouge2", "rougeLsum")
SEED, SAMPLES = 13, 1000


@dataclass(frozen=True)
class Score:
    """F of one ROUGE type as a fraction, with its 95 % bootstrap interval."""

    f: float
    low: float
    high: float


@dataclass(frozen=True)
class Row:
    """Rates are fractions, over the articles (`novel`, `repetition`) or over all sentences (`verbatim`, `copied`);
    None where nothing could be counted.

    `alarmed` holds (article id, text, alarms) of outputs with an alarm, None where the checker was not asked; `items`
    the F of every article in the order of `TYPES`.
    """

    system: str
    n: int
    rouge: dict[str, Score]
    novel: float | None
    verbatim: float | None
    copied: float | None
    repetition: float | None
    alarmed: tuple[Alarmed, ...] | None
    items: tuple[tuple[float, ...], ...]


def row(system: str, items: Sequence[Item], outputs: Sequence[Lines], common: frozenset[str] | None) -> Row:
    """The row of `outputs`, one for each item; an empty output scores 0. At least one item.

    `common` are the ordinary words for the checker; None: it is not asked.
    """
    scores = [_scores(output, item) for output, item in zip(outputs, items, strict=True)]
    intervals = ci95_columns(np.array(scores), samples=SAMPLES, seed=SEED)
    means = np.array(scores).mean(axis=0)
    rouge = {t: Score(float(f), *ci) for t, f, ci in zip(TYPES, means, intervals, strict=True)}
    sources = [_source(item.article.text) for item in items]
    lines = [[words(line) for line in output] for output in outputs]
    kept = [_kept(own, item) for output, item in zip(lines, items, strict=True) for own in output if own]
    return Row(
        system=system,
        n=len(items),
        rouge=rouge,
        novel=_mean([novel_share(own, source, 2) for own, source in zip(lines, sources, strict=True)]),
        verbatim=_mean([whole for whole, _ in kept]),
        copied=_mean([run for _, run in kept]),
        repetition=_mean([repetition(own) for own in lines]),
        alarmed=None if common is None else tuple(_alarmed(items, outputs, common)),
        items=tuple(map(tuple, scores)),
    )


def differences(one: Row, other: Row) -> list[Score]:
    """Mean paired difference of F (one − other) with its bootstrap interval, by ROUGE type."""
    paired = np.array(one.items) - np.array(other.items)
    intervals = ci95_columns(paired, samples=SAMPLES, seed=SEED)
    return [Score(float(mean), *interval) for mean, interval in zip(paired.mean(axis=0), intervals, strict=True)]


def alarms(lines: Lines, text: str, common: frozenset[str]) -> tuple[Alarm, ...]:
    """What the independent checker says of one output, line by line."""
    return tuple(alarm for line in lines for alarm in check(line, _known(text), common))


def _alarmed(items: Sequence[Item], outputs: Sequence[Lines], common: frozenset[str]) -> list[Alarmed]:
    found = ((i.article.id, join(o), alarms(o, i.article.text, common)) for i, o in zip(items, outputs, strict=True))
    return [one for one in found if one[2]]


def _scores(output: Lines, item: Item) -> list[float]:
    own = [Prepared(join(output))]
    references = [Prepared(join(lines)) for lines in item.references]
    return [score.f for score in score_variants(own, references, TYPES).values()]


def _kept(own: list[str], item: Item) -> tuple[bool, bool]:
    """Whether a line has exactly the words of a sentence of the article; whether its words stand there in one run."""
    spaced = f" {' '.join(own)} "
    whole, flat = _flat(item.article.text, tuple(sentence.text for sentence in item.article.sentences))
    return spaced in whole, spaced in flat


@lru_cache(maxsize=2000)
def _flat(text: str, sentences: tuple[str, ...]) -> tuple[frozenset[str], str]:
    return frozenset(f" {' '.join(words(sentence))} " for sentence in sentences), f" {' '.join(words(text))} "


@lru_cache(maxsize=2000)
def _source(text: str) -> Source:
    return Source(text)


@lru_cache(maxsize=2000)
def _known(text: str) -> Known:
    return Known(text)


def _mean(values: Sequence[float | bool | None]) -> float | None:
    counted = [float(value) for value in values if value is not None]
    return sum(counted) / len(counted) if counted else None
