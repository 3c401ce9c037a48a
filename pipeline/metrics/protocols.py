"""The protocols under which people publish ROUGE: which tokens, stems, sentences, and which of several references.

How each is known is told in docs/scoring.md. Only the arithmetic is followed: tools that report the median of an
unseeded bootstrap (evaluate, lm-evaluation-harness) are given the mean it scatters around.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from pipeline.metrics.multi import score_references
from pipeline.metrics.profiles import profile_named
from pipeline.metrics.rouge import ROUGE_TYPES, Match, Prepared, Prf, prf_of_hits
from pipeline.metrics.signature import signature
from pipeline.metrics.texts import join, sentence_lines

COLUMNS = ROUGE_TYPES
Sentences = Callable[[str], str]
BEST_BY_ROUGE1 = "best-rouge1"


def as_given(text: str) -> str:
    """The text as it is: its line ends, if any, are the only sentence ends."""
    return text


@lru_cache(maxsize=256)  # the texts of one article, which most of the protocols split alike
def one_a_line(text: str) -> str:
    """A line for every sentence."""
    return "\n".join(join(sentence_lines(line)) for line in text.split("\n"))


def t5_lines(text: str) -> str:
    """A line end for every full stop between two blanks, as in tokenized text; other text stays in one line."""
    return text.replace(" . ", ".\n")


@dataclass(frozen=True, slots=True)
class Protocol:
    """`types` are the ROUGE types behind the names that the tool prints; one that it does not print is absent.

    `split` names `sentences` in the signature, None being this release's own splitter.
    """

    name: str
    stem: bool
    sentences: Sentences
    split: str | None
    types: Mapping[str, str]
    profile: str = "google"
    multi_ref: str = "max"

    def signature(self, n: int) -> str:
        """The signature of a mean over `n` articles."""
        return signature(profile=self.profile, use_stemmer=self.stem, multi_ref=self.multi_ref, split=self.split, n=[n])

    def score(self, prediction: str, references: Sequence[str]) -> dict[str, Prf]:
        """Column → score of one output against at least one reference."""
        own = self._prepared(prediction)
        others = [self._prepared(text) for text in references]
        if self.multi_ref == BEST_BY_ROUGE1:
            others = [max(others, key=lambda other: prf_of_hits(*Match(own, other).hits("rouge1")).f)]
        rule = "max" if self.multi_ref == BEST_BY_ROUGE1 else self.multi_ref
        scores = score_references(own, others, list(dict.fromkeys(self.types.values())), rule)
        return {column: scores[name] for column, name in self.types.items()}

    def _prepared(self, text: str) -> Prepared:
        return Prepared(self.sentences(text), stem=self.stem, profile=profile_named(self.profile))


_ALL = {name: name for name in ROUGE_TYPES}
_N = {"rouge1": "rouge1", "rouge2": "rouge2"}
PROTOCOLS: tuple[Protocol, ...] = (
    Protocol("precis", True, one_a_line, None, _ALL),
    Protocol("rouge-score", False, as_given, "as-given", _ALL),
    Protocol("hf-summarization", True, one_a_line, None, _ALL),
    Protocol("helm", True, as_given, "as-given", {**_N, "rougeL": "rougeL"}),
    Protocol("torchmetrics", False, one_a_line, None, _ALL, multi_ref=BEST_BY_ROUGE1),
    Protocol("lm-eval", False, t5_lines, "t5", {**_N, "rougeL": "rougeLsum"}),
    Protocol("rouge-1.5.5", False, one_a_line, None, {**_N, "rougeL": "rougeL"}, profile="perl", multi_ref="mean"),
    Protocol("pyrouge", True, one_a_line, None, {**_N, "rougeL": "rougeL"}, profile="perl", multi_ref="mean"),
)
