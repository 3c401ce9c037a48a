"""`pipeline(task, …)` with the parameters of transformers 4."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

from pipeline.compat.options import Options, checked
from pipeline.errors import InputError

if TYPE_CHECKING:
    from pipeline.compat.embedded import EmbeddedSummarizer
    from pipeline.compat.text2text import Text2Text

log = logging.getLogger("pipeline.compat")
TASKS = ("summarization", "text2text-generation")
PARAMETERS = ("model", "tokenizer", "framework", "revision", "device", "device_map", "torch_dtype", "dtype", "token")


def pipeline(
    task: str,
    model: Any = None,
    tokenizer: Any = None,
    *,
    framework: str | None = None,
    revision: str | None = None,
    use_fast: bool = True,
    token: str | bool | None = None,
    device: Any = None,
    device_map: Any = None,
    torch_dtype: Any = None,
    dtype: Any = None,
    trust_remote_code: bool = False,
    model_kwargs: Mapping[str, Any] | None = None,
    **options: Unpack[Options],
) -> Text2Text | EmbeddedSummarizer:
    """What `transformers.pipeline` returned for `summarization` and `text2text-generation`: something to call on texts.

    `model`, `tokenizer`: folder, hub name, or loaded object (a loaded model needs its tokenizer). Without a model,
    summarization uses the one in the package, guarded (`pipeline.brief`). `device`: -1 or "cpu", a GPU's number, or a
    torch device; None: a GPU where there is one. `dtype` (or `torch_dtype`): default float32, as in transformers 4.
    `options` hold for every call; docs/migration.md lists them. `framework` and `use_fast` choose nothing any more.
    Raises InputError (task or arguments), TypeError (unknown option), EngineError (a model that cannot be loaded).
    """
    given = checked(options, PARAMETERS)
    _demand_known(task)
    _warn_of_ignored(framework, None if device_map is None else device, use_fast=use_fast)
    if model is None:
        _only_the_embedded_model(task, tokenizer, device)
        from pipeline.compat.embedded import EmbeddedSummarizer

        return EmbeddedSummarizer(given)
    from pipeline.compat.loading import Wanted, load

    return load(
        task,
        Wanted(
            str(model) if isinstance(model, Path) else model,
            str(tokenizer) if isinstance(tokenizer, Path) else tokenizer,
            revision,
            token,
            device,
            device_map,
            torch_dtype if dtype is None else dtype,
            trust_remote_code,
            model_kwargs or {},
        ),
        given,
    )


def _demand_known(task: str) -> None:
    if task in TASKS:
        return
    fix = "transformers.pipeline has the tasks of transformers 5"
    if task.startswith("translation"):
        fix = "use text2text-generation with the model's prefix or forced_bos_token_id"
    raise InputError(f"the task {task!r} is not one of {', '.join(TASKS)}", fix=fix)


def _warn_of_ignored(framework: str | None, device: Any, *, use_fast: bool) -> None:
    if framework not in (None, "pt"):
        log.warning("framework=%r is ignored: transformers 5 runs on torch only", framework)
    if not use_fast:
        log.warning("use_fast=False is ignored: transformers 5 has one kind of tokenizer")
    if device is not None:
        log.warning("device=%r is ignored: device_map says where the model goes", device)


def _only_the_embedded_model(task: str, tokenizer: Any, device: Any) -> None:
    if task != "summarization":
        raise InputError(f"{task} needs a model: the one in the package only summarises", fix="give model=…")
    if tokenizer is not None:
        raise InputError("a tokenizer without its model", fix="give model=… too, or neither")
    if device not in (None, -1, "cpu"):
        log.warning("device=%r is ignored: the model in the package runs on the CPU", device)
