"""What sets the families of encoder-decoders apart: prefixes, lengths, language tokens, marks between sentences.

A family is what a checkpoint's config calls `model_type`. One that is not in the table is read as BART is: no prefix,
as many tokens as its config has positions for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

SENTINEL = 1_000_000  # a tokenizer without a limit states 10^30
UNSTATED = 4096  # tokens, where neither config nor tokenizer states a length
SOURCE_TABLES = ("max_encoder_position_embeddings", "max_position_embeddings", "max_source_positions", "n_positions")
TARGET_TABLES = ("max_decoder_position_embeddings", "max_target_positions", "max_position_embeddings", "n_positions")

LOCALE = r"[a-z]{2}_[A-Z]{2}"  # en_XX
SCRIPT = r"[a-z]{3}_[A-Z][a-z]{3}"  # eng_Latn


@dataclass(frozen=True, slots=True)
class Family:
    """The quirks of one `model_type`; the defaults are BART's.

    `prefix` stands before a text unless the checkpoint names another. `relative`: no table of positions, so no hard
    limit; the number is what such models read in training. `after_padding`: positions are counted from behind the
    padding token's id. `window`: the config key of the length whose multiple an input is padded to, positions
    included. `boundary` is what the model writes between sentences. `codes` is a pattern of its language tokens, the
    code in group 1. `global_first`: the first token attends to all others. `tokenizer` reads a vocabulary that
    AutoTokenizer has no reader for.
    """

    prefix: str = ""
    relative: int | None = None
    after_padding: bool = False
    window: str | None = None
    boundary: str | None = None
    codes: str | None = None
    global_first: bool = False
    tokenizer: str | None = None


FAMILIES: dict[str, Family] = {
    "bart": Family(),
    "mbart": Family(codes=f"({LOCALE})"),
    "pegasus": Family(boundary="<n>"),
    "pegasus_x": Family(boundary="<n>", tokenizer="PegasusTokenizer"),
    "bigbird_pegasus": Family(boundary="<n>", tokenizer="PegasusTokenizer"),
    "t5": Family(prefix="summarize: ", relative=512),
    "mt5": Family(relative=1024),
    "umt5": Family(relative=1024),
    "longt5": Family(relative=4096),
    "switch_transformers": Family(relative=512),
    "led": Family(window="attention_window", global_first=True),
    "marian": Family(codes=r">>(\S+)<<"),
    "m2m_100": Family(codes=f"(?:__)?([a-z]{{2,3}}(?=__)|{SCRIPT})(?:__)?"),
    "nllb-moe": Family(codes=f"({SCRIPT})"),
    "prophetnet": Family(after_padding=True, boundary="[X_SEP]"),
    # The halves of encoder-decoder pairs:
    "roberta": Family(after_padding=True),
    "xlm-roberta": Family(after_padding=True),
    "xlm-roberta-xl": Family(after_padding=True),
    "camembert": Family(after_padding=True),
    "roberta-prelayernorm": Family(after_padding=True),
    "longformer": Family(after_padding=True),
}
# The families that CTranslate2 converts: what its converter reads of a config and transformers 5 no longer fills in.
CONVERTIBLE: dict[str, Mapping[str, bool]] = {
    "bart": {"normalize_before": False, "normalize_embedding": True},
    "mbart": {"normalize_before": True, "normalize_embedding": True},
    "pegasus": {"normalize_before": True, "normalize_embedding": False},
    "m2m_100": {"normalize_before": True, "normalize_embedding": False},
    "marian": {"normalize_before": False, "normalize_embedding": False},
    "t5": {},
    "mt5": {},
}


def family_of(config: Any) -> Family:
    """The record of a config's `model_type`."""
    return FAMILIES.get(getattr(config, "model_type", ""), Family())


def own_prefix(config: Any) -> str:
    """What a checkpoint wants before a text to summarise: by its own task settings, else by its family."""
    tasks = getattr(config, "task_specific_params", None) or {}
    prefix = (tasks.get("summarization") or {}).get("prefix")
    return str(family_of(config).prefix if prefix is None else prefix)


def source_limit(config: Any, tokenizer: Any, wanted: int | None = None) -> int:
    """Tokens the encoder is to read at once, prefix and special tokens included.

    `wanted`, or else what config and tokenizer state; never more than there are positions for. A model with relative
    positions has no such bound, and where its config and its tokenizer differ, the larger number counts: the smaller
    is a leftover of the model it was trained from.
    """
    encoder = getattr(config, "encoder", config)
    family, states = family_of(encoder), _length(getattr(tokenizer, "model_max_length", None))
    if family.relative is not None:
        stated = [n for n in (_length(getattr(encoder, "n_positions", None)), states) if n is not None]
        return wanted or max(stated, default=family.relative)
    table = _positions(encoder, SOURCE_TABLES)
    if table is not None and family.window is not None:
        window = getattr(encoder, family.window)
        size = window if isinstance(window, int) else max(window)
        table = table // size * size
    stated = [n for n in (table, wanted or states) if n is not None]
    return min(stated, default=UNSTATED)


def target_limit(config: Any) -> int:
    """Tokens the decoder has positions for, the start and the end left out; no bound with relative positions."""
    decoder = getattr(config, "decoder", config)
    table = None if family_of(decoder).relative is not None else _positions(decoder, TARGET_TABLES)
    return SENTINEL if table is None else table - 2


def _positions(config: Any, names: tuple[str, ...]) -> int | None:
    """Entries of the table of positions that a token can get; None if the config names no such table."""
    stated = (_length(getattr(config, name, None)) for name in names)
    size = next((n for n in stated if n is not None), None)
    if size is None or not family_of(config).after_padding:
        return size
    return size - (getattr(config, "pad_token_id", None) or 0) - 1


def _length(stated: Any) -> int | None:
    """A stated length as a number; None for none and for a sentinel that means none."""
    return int(stated) if isinstance(stated, int | float) and 0 < stated < SENTINEL else None
