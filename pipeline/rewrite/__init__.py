"""The rewrite: the whole article retold at a target length, paragraph by paragraph, in its order.

`reworded` makes candidates by rule from the article's sentences and from sound rewrites of the model; the guard judges
them as any other; `select_rewrite` chooses one or none per sentence so that the total is near the target. The method,
its limits and what it reaches: docs/rewrite.md.
"""

from __future__ import annotations

from pipeline.rewrite.briefs import retold
from pipeline.rewrite.choose import select_rewrite
from pipeline.rewrite.variants import reworded

__all__ = ["retold", "reworded", "select_rewrite"]
