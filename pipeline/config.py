"""YAML and `--set` overrides to one frozen `Config`; its digest, its resolved YAML and its JSON Schema."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from pipeline.config_faults import describe, unknown_key
from pipeline.errors import ConfigError
from pipeline.settings import Config
from pipeline.strict_yaml import dump, parse

__all__ = ["Config", "differing_keys", "digest", "json_schema", "load_config", "to_yaml"]

_SHORT = "the short form takes `case` only, the rest stands in outputs.headlines"
ALIASES = {"headlines.case": "outputs.headlines.case"}
WHERE_IT_LIES = ("path", "split", "config_name", "revision", "streaming", "columns")  # of the articles themselves
NOT_IN_DIGEST = frozenset(
    {"name", "run.out", "run.executor", "score.fail_under", *(f"input.{key}" for key in WHERE_IT_LIES)}
)
SPEED_KEYS = frozenset({"threads", "concurrency", "timeout_s", "retries", "api_key_env"})

Raw = dict[str, Any]


def load_config(
    path: str | None, overrides: Sequence[str] = (), values: Mapping[str, object] | None = None
) -> Config:
    """Read the YAML file `path` (None: defaults only), apply `overrides`, then `values`, and check all of it.

    `overrides` are `a.b=value` strings as `--set` takes them: the value is read as a YAML scalar or list,
    the last one wins, and nothing after `=` means null. `values` maps dotted keys to ready values, for
    flags such as --input. Raises ConfigError listing every fault at once as `key: message`.
    """
    raw, faults = ({}, []) if path is None else read_raw(Path(path))
    pairs, wrong = parse_overrides(overrides)
    overridden = {key for key, _ in pairs}
    pairs += [(ALIASES.get(key, key), value) for key, value in (values or {}).items()]
    raw, blocked = put_all(raw, pairs)
    faults += wrong + blocked
    try:
        config = Config.model_validate(raw)
    except ValidationError as error:
        faults += describe(error, overridden)
    if faults:
        raise ConfigError(faults, where=path)
    return config


def to_yaml(config: Config) -> str:
    """The resolved settings, every key written out; `load_config` of it gives an equal Config."""
    return dump(config.model_dump(mode="json"))


def digest(config: Config) -> str:
    """sha256 (hex) over the settings that affect results; names, paths and speed settings are left out."""
    text = json.dumps(_significant(config.model_dump(mode="json")), sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def differing_keys(a: Config, b: Config) -> list[str]:
    """Dotted keys that count in the digest and differ, in config order; empty if the digests are equal."""
    return _differing(_significant(a.model_dump(mode="json")), _significant(b.model_dump(mode="json")))


def json_schema() -> Raw:
    """The JSON Schema of config files, for editors; includes the short alias `headlines.case`."""
    schema = Config.model_json_schema()
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "precis run config"
    case = schema["$defs"]["HeadlineSettings"]["properties"]["case"]
    schema["properties"]["headlines"] = {
        "type": "object",
        "additionalProperties": False,
        "description": "Short for outputs.headlines; takes `case` only.",
        "properties": {"case": {key: case[key] for key in ("enum", "type", "default")}},
    }
    return schema


def read_raw(path: Path) -> tuple[Raw, list[str]]:
    """The mapping of a file with aliases resolved and its name filled in, and the faults of its text."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise ConfigError(["there is no such config file"], where=str(path)) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError([f"cannot be read: {error}"], where=str(path)) from error
    data, faults = parse(text)
    if data is None:
        data = {}
    if not isinstance(data, dict):
        return {}, [*faults, f"the file should hold a mapping of settings, not a {type(data).__name__}"]
    raw, more = resolve_aliases({str(key): value for key, value in data.items()})
    return {"name": path.stem, **raw}, faults + more


def resolve_aliases(raw: Raw) -> tuple[Raw, list[str]]:
    """Move `headlines: {case: …}` to outputs.headlines.case; a different value there is a fault."""
    short = raw.get("headlines")
    if not isinstance(short, dict) or "case" not in short:
        return raw, []
    left = {key: value for key, value in short.items() if key != "case"}
    faults = [f"headlines.{key}: unknown key; {_SHORT}" for key in left]
    raw = {key: value for key, value in raw.items() if key != "headlines"}
    full = _get(raw, ALIASES["headlines.case"].split("."))
    if full is not None and full != short["case"]:
        faults.append(f"headlines.case: {short['case']!r} contradicts outputs.headlines.case: {full!r}")
    raw, blocked = put_all(raw, [(ALIASES["headlines.case"], short["case"])])
    return raw, faults + blocked


def parse_overrides(overrides: Sequence[str]) -> tuple[list[tuple[str, object]], list[str]]:
    """`a.b=value` strings as (dotted key, value) pairs with aliases resolved, and what is wrong with them."""
    pairs: list[tuple[str, object]] = []
    faults: list[str] = []
    for override in overrides:
        key, equals, text = override.partition("=")
        key = key.strip()
        if not equals or not key:
            faults.append(f"--set {override}: write it as key=value")
            continue
        value, wrong = parse(text)
        if isinstance(value, dict) and not text.lstrip().startswith("{"):
            value, wrong = text, []  # `engine.prefix=summarize: ` is text, not a mapping
        faults += [f"{key}: {fault} (from --set)" for fault in wrong]
        if not wrong:
            pairs.append((ALIASES.get(key, key), value))
    return pairs, faults


def put_all(
    raw: Raw, pairs: Sequence[tuple[str, object]], source: str = " (from --set)"
) -> tuple[Raw, list[str]]:
    """A copy of `raw` with every value at its dotted key, and the faults of keys that no value can stand at."""
    faults = []
    for key, value in pairs:
        try:
            raw = _put(raw, key.split("."), value)
        except TypeError:
            faults.append(f"{key}: {unknown_key(key)}{source}")
    return raw, faults


def _put(node: object, parts: list[str], value: object) -> Raw:
    """A copy of `node` with `value` at the path `parts`; TypeError if a scalar stands in the way."""
    if node is not None and not isinstance(node, dict):
        raise TypeError("not a mapping")
    mapping: Raw = dict(node or {})
    whole = ".".join(parts)
    if len(parts) == 1 or whole in mapping:  # a dotted key stands in score.fail_under
        mapping[whole] = value
    else:
        mapping[parts[0]] = _put(mapping.get(parts[0]), parts[1:], value)
    return mapping


def _get(node: object, parts: list[str]) -> object:
    for part in parts:
        node = node.get(part) if isinstance(node, dict) else None
    return node


def _significant(node: Raw, prefix: str = "") -> Raw:
    kept: Raw = {}
    for key, value in node.items():
        if key not in SPEED_KEYS and prefix + key not in NOT_IN_DIGEST:
            kept[key] = _significant(value, f"{prefix}{key}.") if isinstance(value, dict) else value
    return kept


def _differing(a: Raw, b: Raw, prefix: str = "") -> list[str]:
    keys: list[str] = []
    for key in [*a, *(key for key in b if key not in a)]:
        left, right = a.get(key), b.get(key)
        if isinstance(left, dict) and isinstance(right, dict):
            keys += _differing(left, right, f"{prefix}{key}.")
        elif left != right:
            keys.append(prefix + key)
    return keys
