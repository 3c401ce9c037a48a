"""precis: news articles to summaries, bullet briefs and headlines, traced to their source and scored.

`pipeline.brief(texts)` is the whole flow as one function; importing this package loads nothing heavy.
"""

from __future__ import annotations

from typing import Any

__all__ = ["brief"]


def __getattr__(name: str) -> Any:
    if name == "brief":
        from pipeline.api import brief

        return brief
    raise AttributeError(f"module 'pipeline' has no attribute {name!r}")
