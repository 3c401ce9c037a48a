"""Judged candidates → the rewrite: one or none per sentence, the total near the target, the wording its own.

A knapsack over the sentences in their order: the state is the number of words so far, whether the paragraph has been
told yet, and whether the sentence before was. 4-grams shared with the article beyond GOAL of all are priced (a Lagrange
multiplier for that share), and the price raised until at most GOAL of the rewrite's 4-grams are the article's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.records import Article, Candidate, Judged, Ranked, Verdict
from pipeline.rewrite.grams import source_grams
from pipeline.rewrite.variants import is_finished
from pipeline.rewrite.worth import Option, options, refused
from pipeline.select import Selection
from pipeline.settings_outputs import RewriteSettings

NEAR, BAND = 0.06, 0.15  # how far from the target is as good as on it, and how far is still the contract
GOAL, MOST = 0.55, 0.60  # share of 4-grams from the article: aimed at, and flagged above
BLOCK = 200  # sentences chosen together
PRICES = (0.0, 0.03, 0.06, 0.1, 0.15, 0.22, 0.32, 0.5, 0.8)
TOLD, DANGLING = 0.8, 0.8  # what telling a paragraph at all is worth; a pronoun whose sentence before is not told
STATES = ((0, 0), (0, 1), (1, 0), (1, 1))  # (paragraph told, sentence before told)
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Step:
    """The best way to one state after a sentence, by number of words: which option, and from which state before."""

    option: NDArray[np.int16]
    before: NDArray[np.int8]


def select_rewrite(
    judged: Sequence[Judged], article: Article, settings: RewriteSettings, given_up: tuple[str, ...] = ()
) -> Selection:
    """The choice for a rewrite of `settings.ratio` × the article's words, in the article's order.

    Flags: `off_target:N` when the length N is over BAND away from the target, `close_wording:N%` when more than MOST
    of the 4-grams are the article's. When no candidate may be used, the article's own sentences answer.
    """
    target = max(1, round(settings.ratio * article.words))
    why = {id(item): refused(item, article) for item in judged}
    usable = [item for item in judged if not why[id(item)]]
    usable = usable or [extract(article, i) for i, s in enumerate(article.sentences) if is_finished(s.text)]
    usable = usable or [extract(article, i) for i in range(len(article.sentences))]
    grams = source_grams(article.text)
    table = options(usable, article, grams, plain=settings.style == "plain")
    chosen: list[Option] = []
    for price in PRICES:
        chosen = in_blocks(table, [s.paragraph for s in article.sentences], target, price)
        if share(chosen) <= GOAL:
            break
    return _close([option.judged for option in chosen], judged, why, given_up + _flags(chosen, target))


def extract(article: Article, i: int) -> Judged:
    """Sentence `i` of the article as it stands, flagged as a fallback."""
    text = article.sentences[i].text
    own = Candidate(f"extract:{i}", "rewrite", text, None, (i,), ("rewrite",), True, ("fallback:extractive",))
    return Judged(own, Verdict(True))


def share(chosen: Sequence[Option]) -> float:
    """Share of the 4-grams of a choice that are the article's; 0.0 without any."""
    total = sum(option.grams for option in chosen)
    return sum(option.shared for option in chosen) / total if total else 0.0


def in_blocks(
    table: Sequence[Sequence[Option]], paragraphs: Sequence[int], target: int, price: float
) -> list[Option]:
    """`best` for every BLOCK sentences, each with its share of the target: the knapsack of a whole long document would
    take memory and time with the square of its length."""
    chosen: list[Option] = []
    for at in range(0, len(table), BLOCK):
        rows = table[at : at + BLOCK]
        share = target if len(table) <= BLOCK else max(1, round(target * len(rows) / len(table)))
        chosen += best(rows, paragraphs[at : at + BLOCK], share, price)
    return chosen


def best(table: Sequence[Sequence[Option]], paragraphs: Sequence[int], target: int, price: float) -> list[Option]:
    """The options of highest total worth whose words come near `target`; `price` per 4-gram shared beyond GOAL."""
    size = max(int(target * (1 + BAND)), min((o.words for row in table for o in row), default=1)) + 1
    start = np.full((4, size), -np.inf)
    start[0, 0] = 0.0
    values, steps = [start], [[Step(np.zeros(size, np.int16), np.zeros(size, np.int8))] * 4]
    for k, row in enumerate(table):
        opens = k == 0 or paragraphs[k] != paragraphs[k - 1]
        value, step = _advance(values, row, price, opens)
        values.append(value)
        steps.append(step)
    words = _nearest(values[-1].max(axis=0), target)
    return _trace(table, steps, int(values[-1][:, words].argmax()), words)


def _advance(values: Sequence[Floats], row: Sequence[Option], price: float, opens: bool) -> tuple[Floats, list[Step]]:
    """One sentence further: dropped, or told by one of its options. Told states of a paragraph end where one opens."""
    size = values[-1].shape[1]
    value = np.full((4, size), -np.inf)
    steps = [Step(np.full(size, -1, np.int16), np.zeros(size, np.int8)) for _ in STATES]

    def offer(new: int, old: int, gain: Floats, option: int) -> None:
        better = gain > value[new]
        value[new][better] = gain[better]
        steps[new].option[better] = option
        steps[new].before[better] = old

    for old, (told, before) in enumerate(STATES):
        still = 0 if opens else told
        offer(2 * still, old, values[-1][old], -1)
        for n, option in enumerate(row):
            if option.words >= size or option.span > len(values):
                continue
            gain = (
                option.worth
                - price * (option.shared - GOAL * option.grams)
                - DANGLING * (option.dangling and not before)
            )
            gain += 0.0 if still else TOLD
            moved = np.full(size, -np.inf)
            moved[option.words :] = values[-option.span][old][: size - option.words] + gain
            offer(3, old, moved, n)
    return value, steps


def _nearest(totals: Floats, target: int) -> int:
    """The number of words to end with: the best within NEAR of the target, else the nearest that can be reached."""
    words = np.arange(len(totals))
    reached = np.isfinite(totals) & (words > 0)
    near = reached & (np.abs(words - target) <= NEAR * target)
    if near.any():
        return int(np.where(near, totals, -np.inf).argmax())
    return int(np.where(reached, np.abs(words - target), np.inf).argmin()) if reached.any() else 0


def _trace(table: Sequence[Sequence[Option]], steps: Sequence[Sequence[Step]], state: int, words: int) -> list[Option]:
    """The options on the way to the final state, first to last."""
    chosen = []
    k = len(table)
    while k > 0:
        step = steps[k][state]
        number, state = int(step.option[words]), int(step.before[words])
        if number < 0:
            k -= 1
            continue
        option = table[k - 1][number]
        chosen.append(option)
        words -= option.words
        k -= option.span
    return chosen[::-1]


def _flags(chosen: Sequence[Option], target: int) -> tuple[str, ...]:
    words, own = sum(option.words for option in chosen), share(chosen)
    found = (f"off_target:{words}/{target}",) if abs(words - target) > BAND * target else ()
    return found + ((f"close_wording:{100 * own:.0f} %",) if own > MOST else ())


def _close(
    chosen: Sequence[Judged], judged: Sequence[Judged], why: dict[int, str], flags: tuple[str, ...]
) -> Selection:
    """The selection with every candidate's fate."""
    rank = {id(item): n for n, item in enumerate(chosen)}
    fates = [Ranked(item, "rewrite", n, "chosen") for n, item in enumerate(chosen)]
    for item in judged:
        if id(item) not in rank:
            fates.append(Ranked(item, "rewrite", None, why[id(item)] or "another choice fits the target better"))
    return Selection("rewrite", tuple(chosen), tuple(fates), flags)
