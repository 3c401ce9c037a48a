"""Texts to encoder inputs: what a model can read, and what becomes of a longer text."""

from __future__ import annotations

import logging
from typing import Any

from pipeline.errors import InputError

log = logging.getLogger("pipeline.compat")
UNLIMITED = 1_000_000  # tokenizers that know no limit state a number beyond this
GROWING = frozenset(("m2m_100", "nllb-moe", "pegasus_x"))  # families that compute positions as far as they need them
OFFSET = frozenset(("roberta", "xlm-roberta", "camembert"))  # families whose positions begin behind the padding's id


def positions(model: Any) -> int | None:
    """Tokens the encoder has positions for; None where there is no such limit (relative or computed positions)."""
    config = model.config
    config = getattr(config, "encoder", None) or config
    if config.model_type in GROWING:
        return None
    names = ("max_encoder_position_embeddings", "max_position_embeddings")
    stated = next((int(n) for n in (getattr(config, name, None) for name in names) if n), None)
    if stated is None:
        return None
    return stated - config.pad_token_id - 1 if config.model_type in OFFSET else stated


def token_ids(text: str, model: Any, tokenizer: Any, *, truncate: bool, number: int) -> list[int]:
    """The ids of a text with special tokens, cut off at the limit of tokenizer and model if `truncate`, which is said.

    InputError for a text beyond the model's positions that is not to be truncated.
    """
    ids: list[int] = tokenizer(text, verbose=False)["input_ids"]
    room = positions(model)
    if truncate:
        most = min(tokenizer.model_max_length, room or UNLIMITED)
        if len(ids) <= most or most >= UNLIMITED:
            return ids
        kept: list[int] = tokenizer(text, truncation=True, max_length=most)["input_ids"]
        log.warning("text %d: %d of its %d tokens were cut off", number, len(ids) - len(kept), len(ids))
        return kept
    if room is not None and len(ids) > room:
        raise InputError(
            f"it has {len(ids)} tokens, and the model reads {room}",
            where=f"text {number}",
            fix="truncation=True cuts off the rest; pipeline.brief(text, engine='seq2seq', model=…) reads all of it "
            "in chunks",
        )
    return ids
