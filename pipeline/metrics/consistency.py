"""Consistency by inference: does some sentence of the article entail each sentence of the output?

SummaC zero-shot (Laban et al. 2022, section 3.2) with any model of natural language inference.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import torch

from pipeline.errors import ConfigError
from pipeline.metrics.by_model import Case, Models, Values
from pipeline.metrics.pretrained import Pretrained, load_classifier


class Consistency:
    """`nli_entailment` and `nli_consistency` of outputs against the sentences of their articles."""

    def __init__(self, classifier: Pretrained, batch_size: int) -> None:
        self.signature = f"consistency|model:{classifier.identity}|over:sentences|best:max|mean:lines"
        self._classifier = classifier
        self._batch_size = batch_size
        self._entailment, self._contradiction = _labels(classifier)
        self._best = lru_cache(maxsize=64)(self._best_of)  # systems that copy say the same sentences

    def values(self, case: Case) -> Values:
        """Per line the highest value over the article's sentences, averaged over the lines: of the probability of
        entailment (0 to 1), and of entailment − contradiction (−1 to 1), which is what the authors' code uses.

        Of a sentence too long for the model its pieces count as sentences.
        """
        lines = [piece for line in case.lines for piece in self._pieces(line)]
        if not lines or not case.sentences:
            return {"nli_entailment": None, "nli_consistency": None}
        best = [self._best(line, case.sentences) for line in lines]
        entailed, consistent = (sum(column) / len(best) for column in zip(*best, strict=True))
        return {"nli_entailment": entailed, "nli_consistency": consistent}

    def _best_of(self, line: str, sentences: tuple[str, ...]) -> tuple[float, float]:
        shares = self.shares([piece for text in sentences for piece in self._pieces(text)], line)
        entailment, contradiction = shares[:, self._entailment], shares[:, self._contradiction]
        return float(entailment.max()), float((entailment - contradiction).max())

    def _pieces(self, text: str) -> list[str]:
        """The text, or pieces of it that fill half of what the model reads: nothing is cut off."""
        half = (self._classifier.max_tokens - 4) // 2
        found = self._classifier.tokenizer(
            text, add_special_tokens=False, truncation=True, max_length=half, return_overflowing_tokens=True,
            return_offsets_mapping=True,
        )["offset_mapping"]  # fmt: skip
        return [text[spans[0][0] : spans[-1][1]] for spans in found if spans]

    def shares(self, premises: Sequence[str], hypothesis: str) -> torch.Tensor:
        """Probabilities of the model's classes for each premise, (premises, classes)."""
        found = []
        for start in range(0, len(premises), self._batch_size):
            some = list(premises[start : start + self._batch_size])
            inputs = self._classifier.tokenizer(
                some, [hypothesis] * len(some), padding=True, return_tensors="pt"
            )
            with torch.inference_mode():
                found.append(self._classifier.model(**inputs).logits.softmax(dim=-1))
        return torch.cat(found)


def open_metric(path: str, models: Models) -> Consistency:
    """Load the classifier `path`; ConfigError if it is none of natural language inference."""
    return Consistency(load_classifier(path), models.batch_size)


def _labels(classifier: Pretrained) -> tuple[int, int]:
    """The classes that stand for entailment and for contradiction, by their names in the model's config."""
    names = {int(i): str(name).casefold() for i, name in classifier.model.config.id2label.items()}
    found = [[i for i, name in names.items() if name.startswith(start)] for start in ("entail", "contra")]
    if any(len(classes) != 1 for classes in found):
        told = ", ".join(names.values())
        raise ConfigError([f"a model with the classes entailment and contradiction is needed; this one has {told}"])
    return found[0][0], found[1][0]
