"""What is wrong with the settings, in words: `path: message`, with the nearest valid key or value."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError

from pipeline.settings import walk

_WANTED = {
    "bool_type": "true or false",
    "int_type": "a whole number",
    "float_type": "a number",
    "string_type": "text (quote it)",
    "tuple_type": "a list",
    "dict_type": "a mapping",
    "mapping_type": "a mapping",
    "model_type": "a mapping (leave the key out for the defaults)",
    "model_attributes_type": "a mapping (leave the key out for the defaults)",
}


def describe(
    error: ValidationError, overridden: Collection[str] = (), unknown: Callable[[str], str] | None = None
) -> list[str]:
    """One `path: message` per fault; those of keys in `overridden` say that they come from --set.

    `unknown` words the fault of a key that does not exist, where the keys are not those of a run config.
    """
    lines = []
    for fault in error.errors(include_url=False):
        path = _dotted(fault["loc"])
        source = " (from --set)" if any(_covers(key, path) for key in overridden) else ""
        lines.append(f"{path}: {_message(path, fault, unknown or unknown_key)}{source}")
    return lines


def unknown_key(path: str) -> str:
    """The message for a key that no section has, naming the nearest valid one."""
    valid = [key for key, _ in walk()]
    parent, _, last = path.rpartition(".")
    siblings = {key.rpartition(".")[2]: key for key in valid if key.rpartition(".")[0] == parent}
    if path in valid:
        return f"unknown key; write it nested, as {' -> '.join(path.split('.'))}"
    near = [siblings[name] for name in get_close_matches(last, siblings, n=1)]
    near += [key for key in valid if key.rpartition(".")[2] == last]
    near += get_close_matches(path, [key for key in valid if not siblings or key != parent], n=1, cutoff=0.75)
    if near:
        return f"unknown key; did you mean {near[0]}?"
    return f"unknown key; valid here: {', '.join(siblings)}" if siblings else "unknown key"


def _dotted(location: tuple[int | str, ...]) -> str:
    text = ""
    for part in location:
        text += f"[{part}]" if isinstance(part, int) else f".{part}"
    return text.removeprefix(".")


def _covers(key: str, path: str) -> bool:
    return path == key or path.startswith((f"{key}.", f"{key}[")) or key.startswith(f"{path}.")


def _message(path: str, fault: Any, unknown: Callable[[str], str]) -> str:
    kind, value, text = fault["type"], fault["input"], str(fault["msg"])
    if kind == "extra_forbidden":
        return unknown(path)
    if kind == "missing":
        return "must be given"
    if kind == "value_error":
        return text.removeprefix("Value error, ")
    if kind == "literal_error":
        return _not_one_of(value, re.findall(r"'([^']*)'", fault["ctx"]["expected"]))
    wanted = _WANTED.get(kind)
    text = f"should be {wanted}" if wanted else text.removeprefix("Input ")
    return f"{text}, got {_short(value)}"


def _not_one_of(value: object, options: list[str]) -> str:
    near = get_close_matches(str(value), options, n=1)
    hint = f"; did you mean {near[0]}?" if near else ""
    return f"{_short(value)} is not one of {', '.join(options)}{hint}"


def _short(value: object) -> str:
    text = json.dumps(value) if value is None or isinstance(value, bool) else repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
