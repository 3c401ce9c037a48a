"""An engine that keeps what it was asked and what it answered, to be counted when the clock has stopped."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any, cast

from pipeline.engines.base import Engine, Generated
from pipeline.records import Request


class Counted:
    """`engine` with a record of its calls; everything but `generate` is the engine's own.

    `seconds` are those spent in `generate`.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.seconds = 0.0
        self.read: list[str] = []
        self.written: list[str] = []

    @property
    def pooled(self) -> bool:
        """Whether the engine forms its own batches; asked of the class, where `__getattr__` is not seen."""
        return bool(getattr(self._engine, "pooled", False))

    def generate(self, requests: Sequence[Request], seed: int) -> list[list[Generated]]:
        began = time.perf_counter()
        answers = self._engine.generate(requests, seed)
        self.seconds += time.perf_counter() - began
        self.read += [f"{request.source} {request.context}".rstrip() for request in requests]
        self.written += [generated.text for texts in answers for generated in texts]
        return answers

    def forget(self) -> None:
        """Begin anew."""
        self.seconds = 0.0
        self.read, self.written = [], []

    def tokens(self) -> dict[str, int]:
        """Tokens read (sources with their context) and written (all texts of the n-best), without special ones."""
        count = self._engine.count_tokens
        return {"read": sum(map(count, self.read)), "written": sum(map(count, self.written))}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._engine, name)


def counted(engine: Engine) -> Engine:
    """`engine`, counted."""
    return cast(Engine, Counted(engine))
