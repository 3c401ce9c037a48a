"""What a call may be given: the options transformers 4 took, by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, Literal, TypedDict, cast, get_type_hints

from pipeline.errors import InputError

Truncation = Literal["longest_first", "only_first", "do_not_truncate"]


class Generation(TypedDict, total=False):
    """How texts are generated: names and meaning as in transformers' GenerationConfig; lengths in tokens."""

    max_length: int
    max_new_tokens: int
    min_length: int
    min_new_tokens: int
    early_stopping: bool | str
    max_time: float
    stop_strings: str | list[str]
    do_sample: bool
    num_beams: int
    num_beam_groups: int
    diversity_penalty: float
    num_return_sequences: int
    temperature: float
    top_k: int
    top_p: float
    min_p: float
    typical_p: float
    epsilon_cutoff: float
    eta_cutoff: float
    repetition_penalty: float
    encoder_repetition_penalty: float
    length_penalty: float
    exponential_decay_length_penalty: tuple[int, float]
    no_repeat_ngram_size: int
    encoder_no_repeat_ngram_size: int
    bad_words_ids: list[list[int]]
    suppress_tokens: list[int]
    begin_suppress_tokens: list[int]
    forced_bos_token_id: int
    forced_eos_token_id: int
    decoder_start_token_id: int
    bos_token_id: int
    eos_token_id: int | list[int]
    pad_token_id: int
    renormalize_logits: bool
    remove_invalid_values: bool
    use_cache: bool
    generation_config: Any  # transformers.GenerationConfig, in place of the model's own
    logits_processor: Any
    stopping_criteria: Any
    prefix_allowed_tokens_fn: Callable[[int, Any], list[int]]
    decoder_input_ids: Any


class Options(Generation, total=False):
    """How a call reads and answers, and how it generates."""

    truncation: bool | Truncation
    batch_size: int
    num_workers: int
    return_text: bool
    return_tensors: bool
    clean_up_tokenization_spaces: bool
    stop_sequence: str


KNOWN = tuple(get_type_hints(Options))
GONE: Mapping[str, str] = {  # option of transformers 4 → what to do, where transformers 5 has no such search
    "penalty_alpha": "contrastive search left transformers 5: use do_sample=True with top_p, or beams",
    "force_words_ids": "constrained beam search left transformers 5: use num_beams without it",
    "constraints": "constrained beam search left transformers 5: use num_beams without it",
    "dola_layers": "DoLa left transformers 5: leave it out",
    "assistant_model": "assisted generation does not serve encoder-decoders here: leave it out",
    "return_type": "use return_text=True or return_tensors=True",
}


def checked(given: Mapping[str, object], extra: Sequence[str] = ()) -> Options:
    """`given` if every name is one of Options; TypeError names the nearest of these and of `extra`."""
    for name in given:
        if name in GONE:
            raise TypeError(f"{name!r} cannot be used: {GONE[name]}")
        if name not in KNOWN:
            near = get_close_matches(name, (*KNOWN, *extra), n=1, cutoff=0.5)
            hint = f"; did you mean {near[0]!r}?" if near else "; docs/migration.md lists the options"
            raise TypeError(f"unexpected option {name!r}{hint}")
    size = given.get("batch_size", 1)
    if not isinstance(size, int) or size < 1:
        raise InputError(f"batch_size should be a whole number of at least 1, got {size!r}")
    return cast(Options, dict(given))


def truncates(options: Options) -> bool:
    """Whether a text that is too long is to be cut off; InputError for a value that means nothing for one text."""
    value = options.get("truncation", False)
    known = {True: True, False: False, None: False, "longest_first": True, "only_first": True, "do_not_truncate": False}
    if value not in known:
        raise InputError(f"truncation is {value!r}", fix="use True or False")
    return known[value]
