"""Several references, or several variants of an output: which of their scores counts."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.errors import ConfigError
from pipeline.metrics.rouge import ZERO, Hits, Prepared, Prf, count_pair, ngram_order, prf_of_hits

MULTI_REF = ("max", "mean", "jackknife")


def check_rule(rule: str) -> None:
    """ConfigError if there is no such rule."""
    if rule not in MULTI_REF:
        raise ConfigError([f"multi_ref {rule!r} is unknown: use {', '.join(MULTI_REF)}"])


def score_variants(
    predictions: Sequence[Prepared], references: Sequence[Prepared], rouge_type: str, rule: str = "max"
) -> Prf:
    """The best variant by F of an output, each scored under `rule`; the first of equals."""
    if len(predictions) == 1:
        return score_references(predictions[0], references, rouge_type, rule)
    scores = (score_references(own, references, rouge_type, rule) for own in predictions)
    return max(scores, key=lambda score: score.f, default=ZERO)


def score_references(prediction: Prepared, references: Sequence[Prepared], rouge_type: str, rule: str = "max") -> Prf:
    """One ROUGE type of one output.

    `max`: the reference with the highest F, the first of equals, as in rouge-score's `score_multi`; in the profile
    `perl` the one with the highest recall (its option `-f B`). `mean`: means of P, R and F over the references; in
    `perl` all references pooled (`-f A`). `jackknife` (Lin 2004, section 2.1): the mean of what `max` gives on each
    set that leaves one reference out; with a single reference, its score.
    """
    counts = [count_pair(prediction, reference, rouge_type) for reference in references]
    best = _best
    if prediction.profile.pooled:
        best = _best_n_pooled if ngram_order(rouge_type) else _best_l_pooled
    if rule == "max" or len(counts) == 1:
        return best(counts)
    if rule == "jackknife":
        return _mean([best(counts[:left_out] + counts[left_out + 1 :]) for left_out in range(len(counts))])
    if prediction.profile.pooled:
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
