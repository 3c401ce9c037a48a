"""precis ROUGE as a Hugging Face evaluate module: that of `pipeline.score.rouge`, nothing fetched.

    rouge = evaluate.load("pipeline/metrics/evaluate_rouge")
    rouge.compute(predictions=["a\\nb"], references=[["a", "b"]])   # → {"rouge1": …, "rouge1_precision": …, …}

evaluate copies this file elsewhere before it imports it; precis itself must be installed.
"""

from __future__ import annotations

from collections.abc import Sequence

import datasets
import evaluate

from pipeline.metrics.profiles import Tokenize
from pipeline.metrics.rouge_api import rouge

_DESCRIPTION = """
ROUGE-1, ROUGE-2, ROUGE-L and ROUGE-Lsum (Lin 2004), by default equal to rouge-score 0.1.2 to 1e-12. Sentences
are separated by newlines.
"""
_INPUTS = """
Args:
    predictions: list of texts
    references: list of texts, or of lists of texts
    rouge_types: ROUGE types to compute (default: rouge1, rouge2, rougeL, rougeLsum)
    use_stemmer: reduce words by the Porter stemmer (default: True)
    use_aggregator: means over all predictions (default), or one value per prediction
    tokenizer: a function from a text to its words; with it nothing is stemmed (default: that of the profile)
    multi_ref: of several references "max" (default: the one with the highest F, per ROUGE type), "mean", "jackknife"
    profile: "google" (default: as rouge-score), "perl" (as ROUGE-1.5.5), "unicode" (any script)
    sources: not looked at; taken so that evaluate.combine can hand articles to the modules that need them
Returns:
    per type the F under its own name, and `TYPE_precision` and `TYPE_recall`, as fractions
"""
_CITATION = """
@inproceedings{lin-2004-rouge, title = "{ROUGE}: A Package for Automatic Evaluation of Summaries", author =
"Lin, Chin-Yew", booktitle = "Text Summarization Branches Out", year = "2004", pages = "74--81"}
"""
Values = dict[str, float] | dict[str, list[float]]


class PrecisRouge(evaluate.Metric):  # type: ignore[misc]  # evaluate has no types
    """See the module's description."""

    def _info(self) -> evaluate.MetricInfo:
        text = datasets.Value("string")
        return evaluate.MetricInfo(
            description=_DESCRIPTION,
            citation=_CITATION,
            inputs_description=_INPUTS,
            features=[
                datasets.Features({"predictions": text, "references": datasets.Sequence(text)}),
                datasets.Features({"predictions": text, "references": text}),
            ],
        )

    def _compute(
        self,
        predictions: Sequence[str],
        references: Sequence[str | Sequence[str]],
        rouge_types: Sequence[str] = ("rouge1", "rouge2", "rougeL", "rougeLsum"),
        use_stemmer: bool = True,
        use_aggregator: bool = True,
        sources: object = None,
        tokenizer: Tokenize | None = None,
        multi_ref: str = "max",
        profile: str = "google",
    ) -> Values:
        if use_aggregator:
            means = rouge(predictions, references, rouge_types, use_stemmer, False, multi_ref, profile, tokenizer)
            parts = {"f": "", "p": "_precision", "r": "_recall"}
            return {f"{name}{suffix}": means[name][part] for name in means for part, suffix in parts.items()}
        items = rouge(
            predictions,
            references,
            rouge_types,
            use_stemmer,
            per_item=True,
            multi_ref=multi_ref,
            profile=profile,
            tokenizer=tokenizer,
        )
        columns = {"": 2, "_precision": 0, "_recall": 1}
        return {
            f"{name}{suffix}": [item[column] for item in scores]
            for name, scores in items.items()
            for suffix, column in columns.items()
        }
