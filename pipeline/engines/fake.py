"""A scripted engine for tests and dry runs: instant, deterministic, no model.

Without a script it drops the first clause or the last words of a sentence, so that its texts are true and not
copies. With `engine.model` naming a JSON file `{"part of a source": ["text", …]}`, requests whose source holds the
key get those texts.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.engines.base import Generated, Strategy
from pipeline.errors import EngineError
from pipeline.records import Request
from pipeline.settings_engine import EngineSettings


@dataclass(frozen=True, slots=True)
class FakeEngine:
    """Answers from `script`, else with a shortened source."""

    script: Mapping[str, Sequence[str]] = field(default_factory=dict)
    identity: str = "fake"
    strategy: Strategy = "sentences"
    budget: int = 512
    model: Mapping[str, str | None] = field(default_factory=dict)

    def count_tokens(self, text: str) -> int:
        return len(text.split())

    def rate_sentences(self, texts: Sequence[str], features: Sequence[Sequence[float]]) -> None:
        """None: it has no selector."""

    def generate(self, requests: Sequence[Request], seed: int) -> list[list[Generated]]:
        return [self._answer(request) for request in requests]

    def _answer(self, request: Request) -> list[Generated]:
        for key, texts in self.script.items():
            if key in request.source:
                return [Generated(text, -0.5 - 0.1 * i) for i, text in enumerate(texts)]
        return [Generated(text, -1.0 - 0.1 * i) for i, text in enumerate(_shortened(request))]


def _shortened(request: Request) -> list[str]:
    first = request.source.rstrip(".").split()
    size = max(5, min(len(first) - 1, request.words or 14))
    end = "" if request.task == "headline" else "."
    return [" ".join(first[:n]).rstrip(",;:-") + end for n in dict.fromkeys((size, max(5, size - 3)))]


def open_engine(settings: EngineSettings) -> FakeEngine:
    """The fake engine, its script read from `settings.model` if that is given."""
    if settings.model is None:
        return FakeEngine()
    try:
        script = json.loads(Path(settings.model).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise EngineError(f"the script of the fake engine cannot be read: {error}", where=settings.model) from error
    return FakeEngine(script, f"fake|{json.dumps(script, sort_keys=True)}")
