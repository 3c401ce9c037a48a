"""precis abstractiveness as a Hugging Face evaluate module: what is copied and what is new, nothing fetched.

    abstractiveness = evaluate.load("pipeline/metrics/evaluate_abstractiveness")
    abstractiveness.compute(predictions=["The fox jumped."], sources=["A quick fox jumped over a dog."])

evaluate copies this file elsewhere before it imports it; precis itself must be installed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import datasets
import evaluate

from pipeline.metrics.source_api import against_sources, mean_columns

_DESCRIPTION = """
Coverage, density and compression (Grusky et al. 2018), the share of new n-grams (n = 1 to 4), and repetition. A value
that has nothing to be counted over is None, never 0.
"""
_INPUTS = """
Args:
    predictions: list of texts
    sources: list of articles, one for each prediction
    use_aggregator: means over all predictions (default), or one value per prediction
Returns:
    coverage, novel_unigrams, novel_bigrams, novel_trigrams, novel_4grams and repetition as fractions; density in words;
    compression as article words per summary word
"""
_CITATION = """
@inproceedings{grusky-etal-2018-newsroom, title = "{N}ewsroom: A Dataset of 1.3 Million Summaries with Diverse
Extractive Strategies", author = "Grusky, Max and Naaman, Mor and Artzi, Yoav", booktitle = "NAACL-HLT", year = "2018"}
"""


class PrecisAbstractiveness(evaluate.Metric):  # type: ignore[misc]  # evaluate has no types
    """See the module's description."""

    def _info(self) -> evaluate.MetricInfo:
        text = datasets.Value("string")
        return evaluate.MetricInfo(
            description=_DESCRIPTION,
            citation=_CITATION,
            inputs_description=_INPUTS,
            features=datasets.Features({"predictions": text, "sources": text}),
        )

    def _compute(
        self, predictions: Sequence[str], sources: Sequence[str], use_aggregator: bool = True
    ) -> dict[str, Any]:
        columns = against_sources(predictions, sources, ("abstractiveness",))
        return dict(mean_columns(columns)) if use_aggregator else dict(columns)
