"""Length control: how near outputs come to the length asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pipeline.metrics.texts import Outputs
from pipeline.records import Article, Brief, Kind

BAND = 0.2  # a summary of N words is asked for as at least 0.8 N and at most 1.2 N words


@dataclass(frozen=True)
class Ask:
    """A length to ask for: `limit` characters of a headline, or about `limit` words of a summary."""

    kind: Kind
    limit: int

    @property
    def unit(self) -> str:
        return "characters" if self.kind == "headlines" else "words"

    @property
    def overrides(self) -> list[str]:
        """The settings that ask for it; a long summary needs leave for more sentences."""
        if self.kind == "headlines":
            return [f"outputs.headlines.max_chars={self.limit}"]
        low, high = round((1 - BAND) * self.limit), round((1 + BAND) * self.limit)
        band = [f"outputs.summary.min_words={low}", f"outputs.summary.max_words={high}"]
        return [*band, "outputs.summary.min_sentences=1", f"outputs.summary.max_sentences={self.limit // 15 + 1}"]

    def texts(self, brief: Brief) -> Sequence[str]:
        """What is measured: the summary, or every headline variant."""
        outputs = Outputs.from_brief(brief)
        if self.kind == "headlines":
            return outputs.headlines or ()
        return (outputs.summary.text,) if outputs.summary else ()

    def length(self, text: str) -> int:
        return len(text) if self.kind == "headlines" else len(text.split())


ASKS = (Ask("headlines", 60), Ask("headlines", 90), Ask("summary", 30), Ask("summary", 60), Ask("summary", 120))
HEADER = ("asked", "articles", "texts", "mean length", "mean distance from what was asked", "kept to")
Write = Callable[[Sequence[Article], Sequence[Kind], Sequence[str]], Sequence[Brief]]


def control_rows(articles: Sequence[Article], write: Write) -> list[list[str]]:
    """A row per length; "kept to": at most the characters asked for, or within 20 % of the words."""
    rows = []
    for ask in ASKS:
        briefs = write(articles, (ask.kind,), ask.overrides)
        lengths = [ask.length(text) for brief in briefs for text in ask.texts(brief)]
        what = f"headline ≤ {ask.limit} characters" if ask.kind == "headlines" else f"summary of {ask.limit} words"
        rows.append([what, str(len(briefs)), *_figures(ask, lengths)])
    return rows


def _figures(ask: Ask, lengths: Sequence[int]) -> list[str]:
    n = len(lengths)
    if n == 0:
        return ["0", "–", "–", "–"]
    low = 0.0 if ask.kind == "headlines" else (1 - BAND) * ask.limit
    high = ask.limit if ask.kind == "headlines" else (1 + BAND) * ask.limit
    error = sum(abs(length - ask.limit) for length in lengths) / n
    kept = sum(round(low) <= length <= round(high) for length in lengths)
    distance = f"{error:.1f} {ask.unit} ({100 * error / ask.limit:.0f} %)"
    return [str(n), f"{sum(lengths) / n:.1f}", distance, f"{kept} ({100 * kept / n:.0f} %)"]
