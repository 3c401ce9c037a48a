"""The tokens that any text of the embedded model may have, beside those of its own source.

Logits are computed for these few thousand instead of the whole vocabulary. Vocabulary selection after L'Hostis,
Grangier & Auli 2016 (Vocabulary Selection Strategies for Neural Machine Translation): the tokens of the source stand
for the words that a source's alignment gives, the list for those that are frequent everywhere. It is kept beside the
weights, in `shortlist.json`: `{"tokens": [ids in ascending order]}`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import EngineError
from pipeline.files import write_text

Ints = NDArray[np.int64]
NAME = "shortlist.json"


def read_shortlist(folder: Path, size: int) -> Ints | None:
    """The token ids (tokens,) in ascending order, of `size` that there are; None if the model in `folder` has no list.

    EngineError if the file is spoilt.
    """
    path = folder / NAME
    if not path.is_file():
        return None
    try:
        tokens = np.array(json.loads(path.read_text(encoding="utf-8"))["tokens"], np.int64)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise EngineError(f"the shortlist cannot be read: {error}", where=str(path)) from error
    if tokens.ndim != 1 or not len(tokens) or (np.diff(tokens, prepend=-1, append=size) <= 0).any():
        raise EngineError(f"the shortlist is no list of token ids under {size} in ascending order", where=str(path))
    return tokens


def write_shortlist(folder: Path, tokens: Iterable[int]) -> None:
    """Keep the list with the model in `folder`."""
    write_text(folder / NAME, json.dumps({"tokens": sorted(set(tokens))}) + "\n")
