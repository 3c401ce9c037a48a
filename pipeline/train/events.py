"""Sentences of different reports on one event that say the same in other words: pairs for rewriting.

Reports belong together if they are at most two days apart and share enough of their rare words; a sentence of one is
a target for the sentence (or two) of the other that support it, if these leave at least 40 % of its bigrams to it.
Aligning comparable sentences of news clusters: Barzilay & Elhadad 2003.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from datetime import date

from pipeline.text.words import content_words
from pipeline.train.pairs import Pair, brief_pair, focus_of, new_bigrams
from pipeline.train.support import known_stems, recall

READ = 14  # sentences of a report that are aligned
DAYS = 2
RARE = 15  # reports of the batch that may have a word for it to tell events apart
COMMON, SHARE = 6, 0.15  # rare words that two reports of an event share at least, and what part of the smaller set
PARTNERS = 4  # reports a report is aligned with
EACH = 4  # pairs from one report for another
NEW = 0.4  # of a target's bigrams
RECALL = 0.7  # of its content words
BACK = frozenset("he she it they his her their him them i we you that this these those".split())
OPENERS = frozenset("but and so or yet then also however instead meanwhile still".split())


@dataclass(frozen=True, slots=True)
class Told:
    """One report: its day (None if unknown) and its first sentences, cleaned."""

    day: date | None
    sentences: tuple[str, ...]


def day_of(value: object) -> date | None:
    """The day of an ISO date or time stamp; None for anything else."""
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        return None


def same_event(reports: Sequence[Told]) -> list[tuple[int, int]]:
    """Indices (a < b) of the couples of reports on one event, by their rare words; each in at most PARTNERS couples."""
    words = [frozenset(content_words(" ".join(r.sentences[:8]))) for r in reports]
    seen = Counter(w for found in words for w in found)
    rare = [frozenset(w for w in found if 1 < seen[w] <= RARE) for found in words]
    holders: dict[str, list[int]] = {}
    for i, found in enumerate(rare):
        for word in found:
            holders.setdefault(word, []).append(i)
    shared = Counter((a, b) for held in holders.values() for n, a in enumerate(held) for b in held[n + 1 :])
    ranked = sorted(((n, a, b) for (a, b), n in shared.items() if n >= COMMON), key=lambda c: (-c[0], c[1:]))
    partners: Counter[int] = Counter()
    couples = []
    for n, a, b in ranked:
        far = _days_apart(reports[a], reports[b]) > DAYS
        if far or n < SHARE * min(len(rare[a]), len(rare[b])) or max(partners[a], partners[b]) >= PARTNERS:
            continue
        partners.update((a, b))
        couples.append((a, b))
    return sorted(couples)


def paraphrases(reports: Sequence[Told], couples: Sequence[tuple[int, int]]) -> Iterator[Pair | str]:
    """The aligned sentences of every couple, both ways, or why a sentence that has a counterpart is left out."""
    known = [[known_stems(s) for s in r.sentences[:READ]] for r in reports]
    for a, b in couples:
        for one, other in ((a, b), (b, a)):
            yield from _aligned(reports[one].sentences[:READ], reports[other].sentences[:READ], known[other])


def _aligned(targets: Sequence[str], sources: Sequence[str], known: Sequence[Set[str]]) -> Iterator[Pair | str]:
    left = EACH
    for target in targets:
        words = content_words(target)
        if not left or not stands_alone(target):
            continue
        if not known or max(recall(words, k) for k in known) < 0.5:
            continue
        focus = focus_of(words, known)
        text = " ".join(sources[i] for i in focus)
        if recall(words, known_stems(text)) < RECALL - 0.1:
            continue
        if new_bigrams(target, text) < NEW:
            yield "paraphrase: same wording"
            continue
        found = brief_pair(target, text, "", "paraphrase: same event", RECALL)
        left -= isinstance(found, Pair)
        yield found if isinstance(found, Pair) else found.replace("brief", "paraphrase", 1)


def stands_alone(sentence: str) -> bool:
    """Whether a sentence of 8 to 32 words can be a target by itself: no question, no half quotation, nothing that
    points back in its first words."""
    words = sentence.lower().split()
    points = any(w.strip("\"',") in BACK for w in words[:5]) or words[0] in OPENERS
    whole = sentence[0] != '"' and sentence.count('"') % 2 == 0 and "?" not in sentence
    return 8 <= len(words) <= 32 and whole and not points


def _days_apart(one: Told, other: Told) -> int:
    return abs((one.day - other.day).days) if one.day and other.day else 0
