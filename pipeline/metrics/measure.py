"""Scores of single articles, and their summary over articles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from pipeline.metrics import SOURCE_METRICS, TEXT_METRICS
from pipeline.metrics.bootstrap import ci95, ci95_columns
from pipeline.metrics.multi import score_variants
from pipeline.metrics.profiles import profile_named
from pipeline.metrics.resampled import resampled
from pipeline.metrics.rouge import Prepared, Prf
from pipeline.metrics.rouge_api import mean_prf
from pipeline.metrics.source import Source
from pipeline.metrics.support import Unsupported, check_facts
from pipeline.metrics.texts import Lines, ScoredKind, join


@dataclass(frozen=True, slots=True)
class ItemScore:
    """All scores of one output of one article; None in `source` says that there was nothing to count.

    `source` holds every value that is not ROUGE; `unsupported` the facts of `prediction` that the article lacks.
    """

    id: str
    prediction: str
    rouge: Mapping[str, Prf]
    source: Mapping[str, float | None]
    unsupported: tuple[Unsupported, ...] = ()


@dataclass(frozen=True, slots=True)
class Scored:
    """One system's scores, article by article; `references` are digests of the references by article id."""

    system: str
    signature: str
    rows: Mapping[ScoredKind, tuple[ItemScore, ...]]
    references: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Measures:
    """What is measured of every output: ROUGE types, and the metrics of the two tables by their names."""

    rouge_types: tuple[str, ...]
    source_metrics: tuple[str, ...]
    use_stemmer: bool = True
    profile: str = "google"
    multi_ref: str = "max"
    text_metrics: tuple[str, ...] = ()

    def prepared(self, lines: Lines) -> Prepared:
        """A text as the profile counts it."""
        return Prepared(join(lines), stem=self.use_stemmer, profile=profile_named(self.profile))

    def references(self, alternatives: Sequence[Lines]) -> list[Prepared]:
        """The alternatives, tokenized once for all systems."""
        return [self.prepared(lines) for lines in alternatives]

    def item(
        self,
        article_id: str,
        kind: ScoredKind,
        variants: Sequence[Lines],
        references: Sequence[Prepared],
        source: Source | None,
    ) -> ItemScore:
        """Scores of one output; of several variants, each ROUGE type counts the one with the highest F."""
        own = [self.prepared(lines) for lines in variants]
        best = score_variants(own, references, self.rouge_types, self.multi_ref)
        known: dict[str, float | None] = {}
        unsupported: tuple[Unsupported, ...] = ()
        for metric in (TEXT_METRICS[name] for name in self.text_metrics):
            if kind in metric.kinds:
                known.update(metric.measure(variants, [reference.text for reference in references]))
        if source is not None and kind != "headlines_best":
            for name in self.source_metrics:
                known.update(SOURCE_METRICS[name](variants[0], source))
            if "support" in self.source_metrics:
                unsupported = check_facts(variants[0], source).unsupported
        return ItemScore(article_id, own[0].text, best, known, unsupported)


def summarise(items: Sequence[ItemScore], *, samples: int, seed: int, profile: str = "google") -> dict[str, Any]:
    """Means with 95 % bootstrap intervals over at least one article, as in scores.json.

    In the profile `perl` those of ROUGE are means of the resamples, which it draws with seeds of its own.
    A source metric is averaged over the articles where there was something to count (its own `n`) and is
    absent where there was nothing in any of them.
    """
    entry: dict[str, Any] = {"n": len(items)}
    types = list(items[0].rouge)
    if types and profile_named(profile).pooled:
        entry |= {name: _perl_entry([item.rouge[name] for item in items], samples) for name in types}
    elif types:
        scores = np.array([[item.rouge[name].f for name in types] for item in items])
        for name, interval in zip(types, ci95_columns(scores, samples=samples, seed=seed), strict=True):
            entry[name] = {**mean_prf([item.rouge[name] for item in items]), "ci95": list(interval)}
    for name in dict.fromkeys(name for item in items for name in item.source):
        values = [value for item in items if (value := item.source.get(name)) is not None]
        if values:
            entry[name] = mean_entry(values, samples=samples, seed=seed)
    return entry


def _perl_entry(scores: Sequence[Prf], samples: int) -> dict[str, Any]:
    (p, r, f), intervals = resampled(scores, samples)
    return {"p": float(p), "r": float(r), "f": float(f), "ci95": [float(end) for end in intervals[2]]}


def mean_entry(values: Sequence[float], *, samples: int, seed: int) -> dict[str, Any]:
    """Mean, interval and count of at least one value."""
    interval = ci95(values, samples=samples, seed=seed)
    return {"value": sum(values) / len(values), "ci95": list(interval), "n": len(values)}
