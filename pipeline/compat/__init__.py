"""The calls that transformers 5 took away, with the results they had (docs/migration.md).

`pipeline("summarization", …)` and `pipeline("text2text-generation", …)` of transformers 4, and the `evaluator` of the
evaluate library for them, which broke with them. Importing this package loads neither torch nor transformers.
"""

from __future__ import annotations

from pipeline.compat.call import pipeline
from pipeline.compat.evaluating import evaluator

__all__ = ["evaluator", "pipeline"]
