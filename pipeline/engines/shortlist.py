"""The tokens that any text of the embedded model may have, beside those of its own source.

Logits are computed for these few thousand instead of the whole vocabulary. Vocabulary selection after L'Hostis,
Grangier & Auli 2016 (Vocabulary Selection Strategies for Neural Machine Translation): the tokens of the source stand
for the words that a source's alignment gives, the list for those that are frequent everywhere. It is kept beside the
weights, in `shortlist.json`: `{"tokens": [ids in ascending order]}`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.engines.base import Generated
from pipeline.errors import EngineError
from pipeline.files import write_text

Ints = NDArray[np.int64]
NAME = "shortlist.json"
# Slope and offset of `logprob` and of `weakest`: least squares over 3,779 texts that the shipped model writes with the
# list and without for forty validation articles (correlation 0.97 to 0.98, and 0.94 to 0.96).
OVER_ALL = {"headline": ((1.13, -0.11), (1.06, -0.21)), "brief": ((1.16, -0.09), (1.17, -0.07))}


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


def over_all(task: str, generated: Generated) -> Generated:
    """A text with its log-probabilities as they would be among all tokens, about: among fewer tokens every one is more
    likely, and what ranks the texts was fitted to a search among all."""
    (slope, offset), (weak_slope, weak_offset) = OVER_ALL[task]
    logprob, weakest = generated.logprob, generated.weakest
    return replace(
        generated,
        logprob=None if logprob is None else min(slope * logprob + offset, 0.0),
        weakest=None if weakest is None else min(weak_slope * weakest + weak_offset, 0.0),
    )


def write_shortlist(folder: Path, tokens: Iterable[int]) -> None:
    """Keep the list with the model in `folder`."""
    write_text(folder / NAME, json.dumps({"tokens": sorted(set(tokens))}) + "\n")
