"""Every metric that needs no model, for one output: what is correlated with people's judgements."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.metrics import SOURCE_METRICS, TEXT_METRICS
from pipeline.metrics.rouge import ROUGE_TYPES
from pipeline.metrics.rouge_api import rouge
from pipeline.metrics.source import Source
from pipeline.metrics.texts import Lines

Values = dict[str, float | None]
ROUGE_NAMES = tuple(f"{rouge_type}.{part}" for rouge_type in ROUGE_TYPES for part in ("p", "r", "f"))


def rouge_values(outputs: Sequence[Lines], reference: Lines) -> list[Values]:
    """Precision, recall and F of every ROUGE type of several outputs against one reference, stemmed."""
    texts = ["\n".join(lines) for lines in outputs]
    found = rouge(texts, ["\n".join(reference)] * len(texts), ROUGE_TYPES, per_item=True)
    return [
        {f"{name}.{part}": getattr(found[name][i], part) for name in ROUGE_TYPES for part in ("p", "r", "f")}
        for i in range(len(texts))
    ]


def other_values(lines: Lines, source: Source, reference: Lines = ()) -> Values:
    """The metrics against the article and, with a reference, those of the text itself."""
    found: Values = {}
    for metric in SOURCE_METRICS.values():
        found.update(metric(lines, source))
    for name in ("length", "redundancy") if reference else ():
        found.update(TEXT_METRICS[name].measure([lines], ["\n".join(reference)]))
    return found
