"""What scores are called: the kinds that are scored, the metrics, and the dotted keys of single scores."""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import SequenceMatcher
from typing import Literal

ScoredKind = Literal["summary", "bullets", "headlines", "headlines_best", "rewrite"]
SCORED_KINDS: tuple[ScoredKind, ...] = ("summary", "bullets", "headlines", "headlines_best", "rewrite")
ROUGE = re.compile(r"rouge([1-9]\d?|L|Lsum)")
# What the metrics beyond ROUGE are called in score tables, and the metric of `pipeline.score` that has them.
SOURCE: Mapping[str, str] = {
    "novel_unigrams": "abstractiveness",
    "novel_bigrams": "abstractiveness",
    "novel_trigrams": "abstractiveness",
    "novel_4grams": "abstractiveness",
    "coverage": "abstractiveness",
    "density": "abstractiveness",
    "compression": "abstractiveness",
    "repetition": "abstractiveness",
    "numbers_supported": "support",
    "facts_supported": "support",
    "quantities_supported": "support",
    "dates_supported": "support",
    "names_supported": "support",
    "quotations_supported": "support",
    "source_rouge2": "grounding",
    "evidence_rouge2": "grounding",
    "evidence_position": "grounding",
    "evidence_lead": "grounding",
    "words": "length",
    "sentences": "length",
    "length_ratio": "length",
    "redundancy": "redundancy",
    "diversity": "diversity",
    "least_diversity": "diversity",
}
UNSCALED = frozenset({"compression", "density", "words", "sentences", "length_ratio"})  # ratios and lengths


def scale_of(metric: str) -> float:
    """What a value is multiplied by to be shown: fractions by 100, lengths and ratios are shown as they are."""
    return 1.0 if metric in UNSCALED else 100.0


# What the metrics by a model are called, and the setting of `score.models` that names it: only a run has them.
BY_MODEL: Mapping[str, str] = {
    "bertscore_p": "bertscore",
    "bertscore_r": "bertscore",
    "bertscore_f": "bertscore",
    "nli_entailment": "consistency",
    "nli_consistency": "consistency",
    "embedding_similarity": "embedding",
}


def is_metric(name: str) -> bool:
    """Whether `name` is KIND.METRIC: summary.rouge2, bullets.novel_bigrams."""
    kind, _, metric = name.partition(".")
    return kind in SCORED_KINDS and (metric in SOURCE or ROUGE.fullmatch(metric) is not None)


def is_score(key: str) -> bool:
    """Whether `key` names one number of scores.json: summary.rouge1.f, bullets.novel_bigrams.value."""
    name, _, part = key.rpartition(".")
    kind, _, metric = name.partition(".")
    if ROUGE.fullmatch(metric):
        return kind in SCORED_KINDS and part in ("p", "r", "f")
    return kind in SCORED_KINDS and (metric in SOURCE or metric in BY_MODEL) and part == "value"


def split_metric(name: str) -> tuple[ScoredKind, str]:
    """("summary", "rouge1") of "summary.rouge1"."""
    kind, _, metric = name.partition(".")
    return next(known for known in SCORED_KINDS if known == kind), metric


def nearest_metric(name: str) -> str:
    """The KIND.METRIC most like `name`."""
    return _nearest(name, [f"{kind}.{metric}" for kind in SCORED_KINDS for metric in _METRICS])


def nearest_score(key: str) -> str:
    """The key of a score most like `key`."""
    parts = [(metric, part) for part in "fpr" for metric in _ROUGE]
    parts += [(metric, "value") for metric in (*SOURCE, *BY_MODEL)]
    return _nearest(key, [f"{kind}.{metric}.{part}" for metric, part in parts for kind in SCORED_KINDS])


_ROUGE = ("rouge1", "rouge2", "rougeL", "rougeLsum")
_METRICS = (*_ROUGE, *SOURCE)


def _nearest(name: str, known: list[str]) -> str:
    """The first of those most like `name`: of precision, recall and F that is F."""
    return max(known, key=lambda one: SequenceMatcher(None, name, one).ratio())


def threshold_faults(least: Mapping[str, float], *, foreign: bool = False) -> list[str]:
    """What is wrong with the least scores by key; `foreign` allows the metrics of evaluate modules, whatever they are
    called."""
    faults = []
    for key, value in least.items():
        kind, _, metric = key.removesuffix(".value").partition(".")
        own = is_score(key)
        if not own and not (foreign and key.endswith(".value") and kind in SCORED_KINDS and _WORD.fullmatch(metric)):
            faults.append(f"unknown score {key}; did you mean {nearest_score(key)}?")
        elif own and metric not in UNSCALED and not 0 <= value <= 1:
            faults.append(f"{key}: scores are fractions from 0 to 1, not {value:g}")
    return faults


_WORD = re.compile(r"(?!rouge)[A-Za-z0-9_]+")
