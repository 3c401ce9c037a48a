"""Engines by name; each is imported only when it is asked for."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, cast

from pipeline.engines.base import Engine, Generated

if TYPE_CHECKING:
    from pipeline.settings_engine import EngineSettings

__all__ = ["ENGINES", "Engine", "Generated", "open_engine"]

ENGINES: dict[str, str] = {
    "embedded": "pipeline.engines.embedded",
    "seq2seq": "pipeline.engines.seq2seq",
    "ctranslate2": "pipeline.engines.ct2",
    "chat": "pipeline.engines.chat",
    "endpoint": "pipeline.engines.endpoint",
    "lead": "pipeline.engines.copying",
    "textrank": "pipeline.engines.copying",
    "fake": "pipeline.engines.fake",
}


def open_engine(settings: EngineSettings) -> Engine:
    """Load the engine that `settings.name` names; EngineError if its model cannot be loaded."""
    return cast(Engine, import_module(ENGINES[settings.name]).open_engine(settings))
