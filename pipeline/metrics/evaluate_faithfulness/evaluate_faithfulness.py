"""precis faithfulness as a Hugging Face evaluate module: facts and word pairs against the article, nothing fetched.

    faithfulness = evaluate.load("pipeline/metrics/evaluate_faithfulness")
    faithfulness.compute(predictions=["It cost $3m."], sources=["It cost $4m, they said."])

evaluate copies this file elsewhere before it imports it; precis itself must be installed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import datasets
import evaluate

from pipeline.metrics.source_api import against_sources, mean_columns, unsupported_facts

_DESCRIPTION = """
Which share of the numbers, quantities, dates, names and quotations of a summary its article has, ROUGE-2 precision
against the article (source_rouge2) and against single sentences of it (evidence_rouge2), and where in the article the
evidence stands. English; no model. A share that has nothing to be counted over is None, never 0.
"""
_INPUTS = """
Args:
    predictions: list of texts
    sources: list of articles, one for each prediction
    use_aggregator: means over all predictions (default), or one value per prediction and, as `unsupported`, the facts
        that the article lacks
Returns:
    fractions by name: facts_supported, numbers_supported, …, source_rouge2, evidence_rouge2, evidence_position, …
"""


class PrecisFaithfulness(evaluate.Metric):  # type: ignore[misc]  # evaluate has no types
    """See the module's description."""

    def _info(self) -> evaluate.MetricInfo:
        text = datasets.Value("string")
        return evaluate.MetricInfo(
            description=_DESCRIPTION,
            citation="",
            inputs_description=_INPUTS,
            features=datasets.Features({"predictions": text, "sources": text}),
        )

    def _compute(
        self, predictions: Sequence[str], sources: Sequence[str], use_aggregator: bool = True
    ) -> dict[str, Any]:
        columns = against_sources(predictions, sources, ("support", "grounding"))
        if use_aggregator:
            return dict(mean_columns(columns))
        return {**columns, "unsupported": unsupported_facts(predictions, sources)}
