"""The guard as a detector of sentences that people judged inconsistent with their article (QAGS, Wang et al. 2020).

Used by `measure_guard.py --judged FILE`. A record has `id` ("qags-cnndm-0"), `document` and `sentences` with `text` and
`consistent`. A sentence counts as detected if the guard gives a reason of any of the codes compared.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.sets import read_records

from pipeline.guard import judge, read_text
from pipeline.text.sentences import split_sentences

_SPACED = re.compile(r"(?<=\d)([.,]) (?=\d)| (-) (?=[a-z])")  # this set writes "3, 000", "98. 7" and "three - day"
Nearest = Callable[[str, tuple[str, ...]], str | None]


@dataclass(frozen=True)
class JudgedSentence:
    """Which half it is from, whether people found it consistent, and the codes of the guard's reasons."""

    half: str
    consistent: bool
    codes: frozenset[str]
    text: str


def read_judged(path: Path, nearest: Nearest) -> Iterator[JudgedSentence]:
    """Every judged sentence, judged by the guard with the two nearest sentences of its document as evidence."""
    for record in read_records(path):
        document = joined(record["document"])
        sentences = tuple(s.text for s in split_sentences(document))
        source = read_text(document, sentences)
        for said in record["sentences"]:
            text = joined(said["text"])
            verdict = judge(text, source, kind="summary", evidence=nearest(text, sentences))
            codes = frozenset(r.code for r in verdict.reasons if r.code != "verbatim")
            yield JudgedSentence(record["id"].split("-")[1], said["consistent"], codes, text)


def joined(text: str) -> str:
    """The text with what this set tears apart put together again."""
    return _SPACED.sub(lambda m: m[1] or m[2], text)


def show_judged(found: Sequence[JudgedSentence], examples: int, seed: int) -> None:
    """Balanced accuracy, precision and recall by half, and how often each code was right."""
    dice = random.Random(seed)
    for half in sorted({s.half for s in found}):
        ours = [s for s in found if s.half == half]
        print(f"\n{half}: {len(ours)} sentences, {sum(not s.consistent for s in ours)} judged inconsistent")
        for name, start in (("facts", "unsupported"), ("facts and form", "")):
            hits = [(any(c.startswith(start) for c in s.codes), not s.consistent) for s in ours]
            accuracy, precision, recall = rates(hits)
            drawn = sorted(rates(dice.choices(hits, k=len(hits)))[0] for _ in range(1000))
            interval = f"[{100 * drawn[25]:.1f}, {100 * drawn[974]:.1f}]"
            print(
                f"  {name:15} balanced accuracy {100 * accuracy:5.1f} % {interval}  "
                f"precision {100 * precision:5.1f} %  recall {100 * recall:5.1f} %"
            )
        wrong = Counter(c for s in ours if s.consistent for c in s.codes)
        right = Counter(c for s in ours if not s.consistent for c in s.codes)
        for code in sorted(wrong | right):
            print(f"    {code:24} {right[code]:4} inconsistent, {wrong[code]:4} consistent")
        for s in dice.sample([s for s in ours if s.consistent and s.codes], min(examples, 10)):
            print(f"      false alarm: {s.text}   [{', '.join(sorted(s.codes))}]")


def rates(hits: Sequence[tuple[bool, bool]]) -> tuple[float, float, float]:
    """(balanced accuracy, precision, recall) of (detected, inconsistent) pairs; a rate without trials is 0."""
    both = sum(d and i for d, i in hits)
    bad, good = sum(i for _, i in hits), sum(not i for _, i in hits)
    right_good = sum(not d and not i for d, i in hits)
    recall, specificity = both / max(1, bad), right_good / max(1, good)
    return (recall + specificity) / 2, both / max(1, sum(d for d, _ in hits)), recall
