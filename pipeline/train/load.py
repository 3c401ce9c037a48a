"""A training file and `--set` → `Recipe`, `FineTune` or `SelectorTraining`, every fault at once."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from pipeline.config import Raw, parse_overrides, put_all, read_raw
from pipeline.config_faults import describe
from pipeline.errors import ConfigError
from pipeline.settings import section, walk
from pipeline.settings_base import Settings
from pipeline.strict_yaml import dump
from pipeline.train.settings import (
    Examples,
    FineTune,
    Recipe,
    SelectorTraining,
    SetRule,
    Shape,
    Stage,
    TokenizerSettings,
    Training,
)

Plan = Recipe | FineTune | SelectorTraining
STAGE_KEYS = frozenset(Stage.model_fields) - {"name"}
STEPS, MINUTES = frozenset({"steps", "decay_steps"}), frozenset({"minutes", "decay_minutes"})
EVERY, AFTER = frozenset({"save_every"}), frozenset({"save_minutes"})
# A stage's own displaces the other from the top.
RIVALS = ((STEPS, MINUTES), (MINUTES, STEPS), (EVERY, AFTER), (AFTER, EVERY))
TUNING_LENGTHS = frozenset({"epochs", "steps", "minutes"})  # of a fine-tuning; --set of one displaces the file's
NOT_IN_RESULT = frozenset({"name"})
STAGE_PATH = re.compile(r"stages\[(\d+)\]\.(\w+)")


def load_plan(path: Path, overrides: Sequence[str] = ()) -> Plan:
    """Read a training file; ConfigError lists all its faults.

    At the top of a recipe stand its own keys and, for all stages, those of a stage; a stage gives what differs. A file
    without `stages` has one stage, `tasks`. `--set lr=1e-4` is for all stages, `--set news.lr=1e-4` for one.
    """
    raw, faults = read_raw(path)
    pairs, wrong = parse_overrides(overrides)
    own: list[Raw] = []
    model: type[Plan] = Recipe
    if raw.get("kind") == "finetune":
        model = FineTune
        given = {key for key, value in pairs if key in TUNING_LENGTHS and value is not None}
        raw = {key: value for key, value in raw.items() if not given or key not in TUNING_LENGTHS}
        raw, blocked = put_all(raw, pairs)
    elif raw.get("kind") == "selector":
        model = SelectorTraining
        raw, blocked = put_all(raw, pairs)
    else:
        raw, blocked = _override(raw, pairs)
        raw, own = _with_stages(raw)
    faults += wrong + blocked
    try:
        plan = model.model_validate(raw)
    except ValidationError as error:
        found = describe(error, {key for key, _ in pairs}, unknown=_unknown(model))
        faults += dict.fromkeys(_where(fault, own) for fault in found)
    if faults:
        raise ConfigError(faults, where=str(path))
    return plan


def to_yaml(plan: Plan) -> str:
    """The resolved settings; `load_plan` of it gives an equal plan."""
    whole = plan.model_dump(mode="json")
    if isinstance(plan, Recipe):
        whole["stages"] = [{"name": stage["name"], **stage} for stage in whole["stages"]]
    elif isinstance(plan, FineTune):
        whole = {key: whole[key] for key in sorted(whole, key=Training.model_fields.__contains__)}  # its own keys first
    return dump(whole)


def differing_keys(a: Plan, b: Plan) -> list[str]:
    """Dotted keys that differ and change the result."""
    left, right = (dict(_flat(plan.model_dump(mode="json"))) for plan in (a, b))
    keys = [*left, *(key for key in right if key not in left)]
    return [key for key in keys if key not in NOT_IN_RESULT and left.get(key) != right.get(key)]


def _override(raw: Raw, pairs: Sequence[tuple[str, object]]) -> tuple[Raw, list[str]]:
    """Put `--set` values at the top and into the stages they concern."""
    faults: list[str] = []
    stages = raw.get("stages")
    known = [s for s in stages if isinstance(s, dict)] if isinstance(stages, list) else []
    named = {str(s.get("name")): s for s in known}
    for key, value in pairs:
        head, _, rest = key.partition(".")
        if not known and head == "tasks" and rest:  # the one stage of a file without stages
            key, head = rest, rest.partition(".")[0]
        if head in named and rest:
            changed, wrong = put_all(named[head], [(rest, value)])
            named[head].clear()
            named[head].update(changed)
        else:
            raw, wrong = put_all(_without_rival(raw, head), [(key, value)])
            for stage in known if head in STAGE_KEYS else ():
                _override_stage(stage, key, value)
        faults += wrong
    return raw, faults


def _override_stage(stage: Raw, key: str, value: object) -> None:
    """Put a value meant for all stages into one that has its own."""
    head, _, rest = key.partition(".")
    left = _without_rival(stage, head)
    own = stage.get("data")
    concerned = head in stage or len(left) < len(stage)
    if head == "data" and rest and isinstance(own, dict):
        concerned = rest.partition(".")[0] in own
    if concerned:
        changed, _ = put_all(left, [(key, value)])
        stage.clear()
        stage.update(changed)


def _without_rival(mapping: Raw, head: str) -> Raw:
    """The mapping without `minutes` if `steps` is to be set, and the other way round."""
    for one, other in RIVALS:
        if head in one and not head.startswith("decay"):
            return {key: value for key, value in mapping.items() if key not in other}
    return mapping


def _with_stages(raw: Raw) -> tuple[Raw, list[Raw]]:
    """The mapping with whole stages, and what each stage gave itself."""
    top = {key: value for key, value in raw.items() if key in STAGE_KEYS}
    rest = {key: value for key, value in raw.items() if key not in STAGE_KEYS}
    stages = rest.get("stages", [{"name": "tasks"}])
    if not isinstance(stages, list) or not all(isinstance(stage, dict) for stage in stages):
        return rest, []
    rest["stages"] = [{**_inherited(top, stage), **stage} for stage in stages]
    return rest, stages if "stages" in raw else [{}]


def _inherited(top: Raw, stage: Raw) -> Raw:
    dropped: set[str] = set()
    for one, other in RIVALS:
        if any(stage.get(key) is not None for key in one):
            dropped |= other
    return {key: value for key, value in top.items() if key not in dropped}


def _where(fault: str, own: Sequence[Raw]) -> str:
    """A fault of a key that a stage took from the top is a fault of the top."""
    match = STAGE_PATH.match(fault)
    if match and int(match[1]) < len(own) and match[2] not in own[int(match[1])] and match[2] in STAGE_KEYS:
        return fault[match.start(2) :]
    implicit = fault.removeprefix("stages[0]") if list(own) == [{}] else fault
    return implicit.removeprefix(": ")


def _unknown(model: type[Plan]) -> Any:
    others: dict[str, type[Settings]] = {"tokenizer": TokenizerSettings, "shape": Shape}
    sections = {"data": Examples} if model is FineTune else others

    def worded(path: str) -> str:
        parent, _, last = path.rpartition(".")
        valid: list[str]
        if parent.startswith("stages["):
            valid = sorted(SetRule.model_fields if ".data." in path else Stage.model_fields)
        elif parent in sections:
            valid = sorted(sections[parent].model_fields)
        else:
            valid = sorted({*model.model_fields, *(STAGE_KEYS if model is Recipe else ())})
        near = get_close_matches(last, valid, n=1)
        return f"unknown key; did you mean {near[0]}?" if near else f"unknown key; valid here: {', '.join(valid)}"

    return worded


def _flat(node: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in node.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{key}.")
        elif key == "stages":
            for stage in value:
                yield from _flat(stage, f"{stage['name']}.")
        else:
            yield prefix + key, value


def keys() -> dict[str, list[tuple[str, str, str]]]:
    """(key, default, meaning) by part of a training file, for the documentation."""
    recipe = [row for row in _rows(Recipe) if not row[0].startswith("stages.")]
    selector = _rows(SelectorTraining)
    tuning = [row for row in _rows(FineTune) if row[0] not in Training.model_fields]
    return {"recipe": recipe, "stage": _rows(Stage), "finetune": tuning, "selector": selector}


def _rows(model: type[BaseModel]) -> list[tuple[str, str, str]]:
    rows = []
    for key, field in walk(model):
        if section(field) is None or not key.count("."):
            default = "" if section(field) or field.is_required() else json.dumps(field.default)
            rows.append((key, default, field.description or ""))
    return rows
