"""Several references, or several variants of an output: which of their scores counts."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.errors import ConfigError
from pipeline.metrics.rouge import Hits, Match, Prepared, Prf, ngram_order, prf_of_hits

MULTI_REF = ("max", "mean", "jackknife")


def check_rule(rule: str) -> None:
    """ConfigError if there is no such rule."""
    if rule not in MULTI_REF:
        raise ConfigError([f"multi_ref {rule!r} is unknown: use {', '.join(MULTI_REF)}"])


def score_variants(
    predictions: Sequence[Prepared], references: Sequence[Prepared], rouge_types: Sequence[str], rule: str = "max"
) -> dict[str, Prf]:
    """Per type the best variant by F of an output, each scored under `rule`; the first of equals."""
    scores = [score_references(own, references, rouge_types, rule) for own in predictions]
    if len(scores) == 1:
        return scores[0]
    return {name: max((one[name] for one in scores), key=lambda score: score.f) for name in rouge_types}


def score_references(
    prediction: Prepared, references: Sequence[Prepared], rouge_types: Sequence[str], rule: str = "max"
) -> dict[str, Prf]:
    """The ROUGE types of one output against at least one reference.

    `max`: per type the reference with the highest F, the first of equals, as in rouge-score's `score_multi`; in the
    profile `perl` the one with the highest recall (its option `-f B`). `mean`: means of P, R and F over the
    references; in `perl` all references pooled (`-f A`). `jackknife` (Lin 2004, section 2.1): the mean of what `max`
    gives on each set that leaves one reference out; with a single reference, its score.
    """
    matches = [Match(prediction, reference) for reference in references]
    pooled = prediction.profile.pooled
    if len(matches) == 1 and not pooled:
        return {name: prf_of_hits(*matches[0].hits(name)) for name in rouge_types}
    return {name: _combined([match.hits(name) for match in matches], name, rule, pooled) for name in rouge_types}


def _combined(counts: list[Hits], rouge_type: str, rule: str, pooled: bool) -> Prf:
    best = _best
    if pooled:
        best = _best_n_pooled if ngram_order(rouge_type) else _best_l_pooled
    if len(counts) == 1 or rule == "max":
        return best(counts)
    if rule == "jackknife":
        return _mean([best(counts[:left_out] + counts[left_out + 1 :]) for left_out in range(len(counts))])
    if pooled:
        return _rounded(Hits(*map(sum, zip(*counts, strict=True))))
    return _mean([prf_of_hits(*one) for one in counts])


def _best(counts: Sequence[Hits]) -> Prf:
    return max((prf_of_hits(*one) for one in counts), key=lambda score: score.f)


def _best_n_pooled(counts: Sequence[Hits]) -> Prf:
    return _rounded(max(counts, key=lambda one: round(one.hits / max(one.expected, 1), 5)))


def _best_l_pooled(counts: Sequence[Hits]) -> Prf:
    return _rounded(max(counts, key=lambda one: one.hits / max(one.expected, 1)))


def _rounded(counts: Hits) -> Prf:
    """P and R to five decimals, F of those, again to five, as ROUGE-1.5.5 works."""
    hits, predicted, expected = counts
    p, r = round(hits / max(predicted, 1), 5), round(hits / max(expected, 1), 5)
    return Prf(p, r, round(p * r / (0.5 * p + 0.5 * r), 5) if p + r > 0 else 0.0)


def _mean(scores: Sequence[Prf]) -> Prf:
    p, r, f = (sum(column) / len(scores) for column in zip(*scores, strict=True))
    return Prf(p, r, f)
