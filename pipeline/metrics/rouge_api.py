"""`rouge(predictions, references, …)`: the function API, re-exported by `pipeline.score`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, overload

from pipeline.errors import ConfigError, InputError
from pipeline.metrics.rouge import ROUGE_TYPES, Prepared, Prf, score_best

Texts = Sequence[str]
PerType = dict[str, list[Prf]]
MULTI_REF = ("max",)


@overload
def rouge(
    predictions: Texts,
    references: Sequence[str | Texts],
    rouge_types: Sequence[str] = ...,
    use_stemmer: bool = ...,
    per_item: Literal[False] = ...,
    multi_ref: str = ...,
) -> dict[str, dict[str, float]]: ...
@overload
def rouge(
    predictions: Texts,
    references: Sequence[str | Texts],
    rouge_types: Sequence[str] = ...,
    use_stemmer: bool = ...,
    *,
    per_item: Literal[True],
    multi_ref: str = ...,
) -> PerType: ...
def rouge(
    predictions: Texts,
    references: Sequence[str | Texts],
    rouge_types: Sequence[str] = ROUGE_TYPES,
    use_stemmer: bool = True,
    per_item: bool = False,
    multi_ref: str = "max",
) -> dict[str, dict[str, float]] | PerType:
    """ROUGE of texts whose sentences are separated by newlines, equal to rouge-score 0.1.2 to 1e-12.

    `references[i]` is one text or several for `predictions[i]`; of several, `multi_ref="max"` counts the one
    with the highest F, per type. Returns type → {"p", "r", "f"}, means as fractions; with `per_item`, type →
    list of `(precision, recall, f)`. Raises InputError (unequal counts, wrong types) or ConfigError (unknown
    option).
    """
    if multi_ref not in MULTI_REF:
        raise ConfigError([f"multi_ref {multi_ref!r} is unknown: use {' or '.join(MULTI_REF)}"])
    pairs = _checked(predictions, references)
    if not pairs and not per_item:
        raise InputError("no predictions: a mean over nothing has no value")
    scores: PerType = {rouge_type: [] for rouge_type in rouge_types}
    for prediction, alternatives in pairs:
        own = [Prepared(prediction, stem=use_stemmer)]
        others = [Prepared(text, stem=use_stemmer) for text in alternatives]
        for rouge_type in rouge_types:
            scores[rouge_type].append(score_best(own, others, rouge_type))
    return scores if per_item else {rouge_type: mean_prf(items) for rouge_type, items in scores.items()}


def mean_prf(items: Sequence[Prf]) -> dict[str, float]:
    """Means of precision, recall and F over at least one item."""
    p, r, f = (sum(column) / len(items) for column in zip(*items, strict=True))
    return {"p": p, "r": r, "f": f}


def _checked(predictions: Texts, references: Sequence[str | Texts]) -> list[tuple[str, list[str]]]:
    for name, given in (("predictions", predictions), ("references", references)):
        if isinstance(given, str):
            raise InputError(f"{name} is one text; give a list of texts")
    if len(predictions) != len(references):
        raise InputError(f"{len(predictions)} predictions and {len(references)} references: one for each")
    pairs = []
    for number, (prediction, reference) in enumerate(zip(predictions, references, strict=True), start=1):
        if not isinstance(prediction, str):
            raise InputError(f"prediction {number} is {type(prediction).__name__}, not text")
        alternatives = [reference] if isinstance(reference, str) else reference
        if not isinstance(alternatives, Sequence) or not alternatives:
            raise InputError(f"reference {number} is neither a text nor a list of at least one")
        wrong = next((text for text in alternatives if not isinstance(text, str)), None)
        if wrong is not None or None in alternatives:
            raise InputError(f"reference {number} holds {type(wrong).__name__}, not text")
        pairs.append((prediction, list(alternatives)))
    return pairs
