"""`rouge(predictions, references, …)`: the function API, and `rouge_stream` for more pairs than fit into memory.

Both are re-exported by `pipeline.score`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence, Sized
from itertools import zip_longest
from typing import Literal, overload

from pipeline.errors import InputError
from pipeline.metrics.multi import check_rule, score_references
from pipeline.metrics.profiles import Tokenize, profile_named, with_tokenizer
from pipeline.metrics.resampled import resampled_mean
from pipeline.metrics.rouge import ROUGE_TYPES, Prepared, Prf, ngram_order

Texts = Iterable[str]
Reference = str | Sequence[str]
PerType = dict[str, list[Prf]]
_MISSING = object()


@overload
def rouge(
    predictions: Texts,
    references: Iterable[Reference],
    rouge_types: Sequence[str] = ...,
    use_stemmer: bool = ...,
    per_item: Literal[False] = ...,
    multi_ref: str = ...,
    profile: str = ...,
    tokenizer: Tokenize | None = ...,
) -> dict[str, dict[str, float]]: ...
@overload
def rouge(
    predictions: Texts,
    references: Iterable[Reference],
    rouge_types: Sequence[str] = ...,
    use_stemmer: bool = ...,
    *,
    per_item: Literal[True],
    multi_ref: str = ...,
    profile: str = ...,
    tokenizer: Tokenize | None = ...,
) -> PerType: ...
def rouge(
    predictions: Texts,
    references: Iterable[Reference],
    rouge_types: Sequence[str] = ROUGE_TYPES,
    use_stemmer: bool = True,
    per_item: bool = False,
    multi_ref: str = "max",
    profile: str = "google",
    tokenizer: Tokenize | None = None,
) -> dict[str, dict[str, float]] | PerType:
    """ROUGE of texts whose sentences are separated by newlines; by default equal to rouge-score 0.1.2 to 1e-12.

    `references[i]` is one text or several for `predictions[i]`; of several, `multi_ref="max"` counts the one
    with the highest F, per type (also `mean`, `jackknife`). `profile` is one of `pipeline.metrics.profiles`.
    `tokenizer` makes the words of each line in its place, and nothing is stemmed: sign such numbers with
    `signature(tok=NAME)`.
    Returns type → {"p", "r", "f"}, means as fractions; with `per_item`, type → list of `(precision, recall, f)`.
    Raises InputError (unequal counts, wrong types) or ConfigError (unknown option).
    """
    for name, given in (("predictions", predictions), ("references", references)):
        if isinstance(given, str):
            raise InputError(f"{name} is one text; give a list of texts")
    if isinstance(predictions, Sized) and isinstance(references, Sized) and len(predictions) != len(references):
        raise InputError(f"{len(predictions)} predictions and {len(references)} references: one for each")
    pairs = zip_longest(predictions, references, fillvalue=_MISSING)
    scores: PerType = {rouge_type: [] for rouge_type in rouge_types}
    for scored in rouge_stream(pairs, rouge_types, use_stemmer, multi_ref, profile, tokenizer):
        for rouge_type, score in scored.items():
            scores[rouge_type].append(score)
    if per_item:
        return scores
    if not any(scores.values()):
        raise InputError("no predictions: a mean over nothing has no value")
    mean = resampled_mean if profile_named(profile).pooled else mean_prf
    return {rouge_type: mean(items) for rouge_type, items in scores.items()}


def rouge_stream(
    pairs: Iterable[tuple[object, object]],
    rouge_types: Sequence[str] = ROUGE_TYPES,
    use_stemmer: bool = True,
    multi_ref: str = "max",
    profile: str = "google",
    tokenizer: Tokenize | None = None,
) -> Iterator[dict[str, Prf]]:
    """Scores of (prediction, reference or references) pairs one by one; nothing of a pair is kept.

    Raises as `rouge` does: options at once, a faulty pair when its turn comes.
    """
    own = with_tokenizer(profile_named(profile), tokenizer)
    check_rule(multi_ref)
    for rouge_type in rouge_types:
        ngram_order(rouge_type)

    def scores() -> Iterator[dict[str, Prf]]:
        for number, pair in enumerate(pairs, start=1):
            text, alternatives = _checked(number, *pair)
            prediction = Prepared(text, stem=use_stemmer, profile=own)
            references = [Prepared(one, stem=use_stemmer, profile=own) for one in alternatives]
            yield score_references(prediction, references, rouge_types, multi_ref)

    return scores()


def mean_prf(items: Sequence[Prf]) -> dict[str, float]:
    """Means of precision, recall and F over at least one item."""
    p, r, f = (sum(column) / len(items) for column in zip(*items, strict=True))
    return {"p": p, "r": r, "f": f}


def _checked(number: int, prediction: object, reference: object) -> tuple[str, Sequence[str]]:
    if prediction is _MISSING or reference is _MISSING:
        short = "prediction" if prediction is _MISSING else "reference"
        raise InputError(f"there are only {number - 1} {short}s: one for each is needed")
    if not isinstance(prediction, str):
        raise InputError(f"prediction {number} is {_named(prediction)}, not text")
    if isinstance(reference, str):
        return prediction, (reference,)
    if not isinstance(reference, Sequence) or not reference:
        raise InputError(f"reference {number} is neither a text nor a list of at least one, but {_named(reference)}")
    for text in reference:
        if not isinstance(text, str):
            raise InputError(f"reference {number} holds {_named(text)}, not text")
    return prediction, reference


def _named(value: object) -> str:
    """What a value is, for messages: an empty cell of a table often arrives as NaN."""
    return "NaN" if isinstance(value, float) and value != value else type(value).__name__
