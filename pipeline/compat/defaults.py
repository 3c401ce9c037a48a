"""How a checkpoint is to generate when the call does not say: what transformers 4 did, in its order.

First the model's own generation settings; where they give no length, 256 new tokens, and where they give no number
of beams, 4 (transformers 4.50 to 4.57); over both `task_specific_params` of the task; over all, the call's options.
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from pipeline.compat.options import Options
from pipeline.errors import InputError, first_line

NEW_TOKENS, BEAMS = 256, 4
UNSET_LENGTH = 20  # transformers' own default of max_length: a model that states it states nothing
HANDED_ON = ("logits_processor", "stopping_criteria", "prefix_allowed_tokens_fn", "decoder_input_ids")
NOT_GENERATION = (
    "truncation", "batch_size", "num_workers", "return_text", "return_tensors", "clean_up_tokenization_spaces",
    "stop_sequence", "generation_config", "num_beam_groups", "diversity_penalty", *HANDED_ON,
)  # fmt: skip


def task_settings(model: Any, task: str) -> dict[str, Any]:
    """The checkpoint's `task_specific_params` for a task; empty where it has none."""
    return dict((getattr(model.config, "task_specific_params", None) or {}).get(task) or {})


def prefix_of(model: Any, task: str) -> str:
    """What the checkpoint wants before a text: of the task, or of the whole model."""
    return str(task_settings(model, task).get("prefix", getattr(model.config, "prefix", None)) or "")


def generation_defaults(model: Any, tokenizer: Any, task: str) -> Any:
    """The GenerationConfig that calls start from; the model's own stays as it is."""
    config = deepcopy(model.generation_config)
    if config.max_length in (None, UNSET_LENGTH) and config.max_new_tokens is None:
        config.max_length, config.max_new_tokens = None, min(NEW_TOKENS, _writes_at_most(model.config))
    if config.num_beams is None:
        config.num_beams = BEAMS
    own = {name: value for name, value in task_settings(model, task).items() if name != "prefix"}
    if own:
        _update(config, own)
    if config.pad_token_id is None:
        config.pad_token_id = tokenizer.pad_token_id
    return config


def _writes_at_most(config: Any) -> int:
    """Tokens the decoder has positions for after the start; no bound where the config states none."""
    decoder = getattr(config, "decoder", None) or config
    names = ("max_decoder_position_embeddings", "max_position_embeddings")
    stated = next((int(n) for n in (getattr(decoder, name, None) for name in names) if n), None)
    return NEW_TOKENS if stated is None else stated - 1


def settled(defaults: Any, options: Options, tokenizer: Any) -> Any:
    """The GenerationConfig of one call: its own `generation_config` or the defaults, under its other options."""
    config = deepcopy(options.get("generation_config") or defaults)
    given = {name: value for name, value in options.items() if name not in NOT_GENERATION and value is not None}
    if "stop_sequence" in options:
        given["eos_token_id"] = tokenizer.encode(options["stop_sequence"], add_special_tokens=False)[0]
    _update(config, given)
    if config.pad_token_id is None:
        config.pad_token_id = tokenizer.pad_token_id
    return config


def _update(config: Any, values: dict[str, Any]) -> None:
    """Set `values`; of the two ways to give a longest (and a shortest) length, the one given last counts.

    InputError for values that transformers cannot use.
    """
    for old, new in (("max_length", "max_new_tokens"), ("min_length", "min_new_tokens")):
        if old in values and new not in values:
            setattr(config, new, None)
        elif new in values and old not in values:
            setattr(config, old, None)
    try:
        config.update(**values)
    except ValueError as error:
        raise InputError(first_line(error)) from error
