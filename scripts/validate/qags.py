"""QAGS (Wang et al. 2020): sentences of summaries that three people each judged consistent with the article or not.

A measure is used as a detector of consistent sentences. Balanced accuracy needs a threshold: articles fall into two
halves by a hash of their ids, each half is decided with the threshold that is best on the other.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
from bench.sets import read_records
from bench.tables import table
from guard_judged import joined
from numpy.typing import NDArray
from scipy.stats import rankdata

from pipeline.metrics.source import Source
from pipeline.metrics.support import check_facts
from validate.correlation import Floats
from validate.scores import Values, other_values

BASELINES = ("source_rouge2", "novel_bigrams")
# Measure → whether a higher value should mean consistent.
MEASURES = {
    "source_rouge2": True,
    "novel_bigrams": False,
    "evidence_rouge2": True,
    "novel_unigrams": False,
    "novel_trigrams": False,
    "coverage": True,
    "density": True,
    "facts_supported": True,
    "numbers_supported": True,
    "quantities_supported": True,
    "dates_supported": True,
    "names_supported": True,
}
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Sentence:
    """One judged sentence of the article `id`; `unsupported` are the facts that the article lacks."""

    id: str
    text: str
    consistent: bool
    values: Values
    unsupported: tuple[str, ...]


def read(path: Path, limit: int | None = None) -> list[Sentence]:
    """Every judged sentence with its measures."""
    found = []
    for record in islice(read_records(path), limit):
        source = Source(joined(record["document"]))
        for said in record["sentences"]:
            own = (joined(said["text"]),)
            wrong = tuple(f"{one.kind} {one.text}" for one in check_facts(own, source).unsupported)
            found.append(Sentence(record["id"], own[0], said["consistent"], other_values(own, source), wrong))
    return found


def detectors(sentences: Sequence[Sentence], *, samples: int, seed: int) -> str:
    """Of every measure ROC AUC, its difference to the first baseline, balanced accuracy, and how often it applies.

    Where a measure has nothing to count, nothing speaks against the sentence: it gets the best value there is.
    """
    judged = np.array([one.consistent for one in sentences])
    scores = {name: _oriented(sentences, name) for name in MEASURES}
    decided = {name: decide(values, judged, _halves(sentences)) for name, values in scores.items()}
    draws = [np.arange(len(judged)), *_draws(sentences, samples, seed)]
    rows = []
    aucs = {name: np.array([roc_auc(judged[drawn], own[drawn]) for drawn in draws]) for name, own in scores.items()}
    for name in MEASURES:
        known = sum(one.values[name] is not None for one in sentences)
        accuracies = np.array([balanced(judged[drawn], decided[name][drawn]) for drawn in draws])
        label = f"`{name}`" + (" (baseline)" if name in BASELINES else "")
        apart = "" if name == BASELINES[0] else _told(aucs[name] - aucs[BASELINES[0]])
        rows.append([label, f"{known}", _told(aucs[name]), apart, _told(accuracies)])
    header = ("measure", "sentences it applies to", "ROC AUC", f"less that of `{BASELINES[0]}`", "balanced accuracy")
    return table(header, rows)


def flagged(sentences: Sequence[Sentence]) -> str:
    """Of the sentences with an unsupported fact of a kind, how many people found inconsistent."""
    rows = []
    for kind in ("any", "numbers", "quantities", "dates", "names", "quotations"):
        hit = [one for one in sentences if _has(one, kind)]
        bad = sum(not one.consistent for one in hit)
        all_bad = sum(not one.consistent for one in sentences)
        share = f"{100 * bad / len(hit):.0f} %" if hit else "–"
        rows.append([kind, str(len(hit)), f"{bad} ({share})", f"{bad} of {all_bad}"])
    return table(("unsupported", "sentences flagged", "inconsistent among them", "of all inconsistent"), rows)


def decide(values: Floats, judged: Flags, half: Flags) -> Flags:
    """Whether each sentence counts as consistent: at or above the threshold that is best on the other half."""
    decided = np.zeros(len(values), dtype=bool)
    for side in (True, False):
        threshold = best_threshold(values[half != side], judged[half != side])
        decided[half == side] = values[half == side] >= threshold
    return decided


def best_threshold(values: Floats, judged: Flags) -> float:
    """The threshold of the highest balanced accuracy, the middle of the gap below the value where it lies; the first of
    equals."""
    candidates = np.unique(values)
    cuts = np.concatenate([[candidates[0]], (candidates[1:] + candidates[:-1]) / 2])
    good, bad = np.sort(values[judged]), np.sort(values[~judged])
    right_good = 1 - np.searchsorted(good, cuts) / len(good)
    right_bad = np.searchsorted(bad, cuts) / len(bad)
    return float(cuts[np.argmax(right_good + right_bad)])


def _has(one: Sentence, kind: str) -> bool:
    return bool(one.unsupported) if kind == "any" else any(told.startswith(kind) for told in one.unsupported)


def _oriented(sentences: Sequence[Sentence], name: str) -> Floats:
    sign = 1.0 if MEASURES[name] else -1.0
    values = [one.values[name] for one in sentences]
    oriented = np.array([np.nan if value is None else sign * value for value in values])
    return np.where(np.isnan(oriented), np.nanmax(oriented), oriented)


def _halves(sentences: Sequence[Sentence]) -> Flags:
    return np.array([hashlib.sha256(one.id.encode()).digest()[0] % 2 == 0 for one in sentences])


def _draws(sentences: Sequence[Sentence], samples: int, seed: int) -> list[NDArray[np.int64]]:
    """Rows of the sentences of articles drawn with replacement: sentences of one article go together."""
    ids = list(dict.fromkeys(one.id for one in sentences))
    rows = {name: [] for name in ids}  # type: dict[str, list[int]]
    for i, one in enumerate(sentences):
        rows[one.id].append(i)
    rng = np.random.default_rng(seed)
    drawn = (rng.integers(0, len(ids), size=len(ids)) for _ in range(samples))
    return [np.array([i for place in places for i in rows[ids[place]]]) for places in drawn]


def _told(values: Floats) -> str:
    """The first of `values`, and the interval of the others, which are resampled."""
    low, high = np.nanpercentile(values[1:], (2.5, 97.5))
    return f"{values[0]:.3f} [{low:.3f}, {high:.3f}]"


def roc_auc(judged: Flags, values: Floats) -> float:
    """The chance that a consistent sentence has a higher value than an inconsistent one, ties counting half (Mann and
    Whitney's U over the number of pairs); NaN without one of the two."""
    good = int(judged.sum())
    bad = len(judged) - good
    if not good or not bad:
        return np.nan
    return float((rankdata(values)[judged].sum() - good * (good + 1) / 2) / (good * bad))


def balanced(judged: Flags, decided: Flags) -> float:
    """The mean of the shares of consistent and of inconsistent sentences that are decided rightly; NaN without one."""
    if not judged.any() or judged.all():
        return np.nan
    return float((decided[judged].mean() + (~decided[~judged]).mean()) / 2)
