"""The extractive baselines as engines: what they are asked for comes back as it stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.engines.base import Generated, Strategy
from pipeline.records import Request
from pipeline.settings_engine import EngineSettings


@dataclass(frozen=True, slots=True)
class CopyingEngine:
    """Returns each source unchanged; the plan asks it for the sentences that lead or TextRank picks."""

    strategy: Strategy
    identity: str
    budget: int = 1_000_000
    model: Mapping[str, str | None] = field(default_factory=dict)

    def count_tokens(self, text: str) -> int:
        return len(text.split())

    def rate_sentences(self, texts: Sequence[str], features: Sequence[Sequence[float]]) -> None:
        """None: it has no selector."""

    def generate(self, requests: Sequence[Request], seed: int) -> list[list[Generated]]:
        return [[Generated(request.source)] for request in requests]


def open_engine(settings: EngineSettings) -> CopyingEngine:
    """The engine `lead` or `textrank`."""
    strategy: Strategy = "lead" if settings.name == "lead" else "textrank"
    return CopyingEngine(strategy, settings.name)
