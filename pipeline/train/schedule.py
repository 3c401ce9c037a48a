"""The settings of one training stage as its loop reads them, and the learning rate they give.

Needs PyYAML only: it also runs on a bare training machine.
"""

from __future__ import annotations

from dataclasses import MISSING, dataclass, fields
from pathlib import Path

import yaml

from pipeline.errors import ConfigError, first_line

RECIPE_KEYS = frozenset({"name", "kind", "data", "tokenizer", "shape"})  # of a one-stage recipe, and not the loop's


@dataclass(frozen=True, slots=True)
class Settings:
    """What the loop reads from the YAML file; either `steps` or `minutes` says how long it runs."""

    start: str
    seed: int
    prior: float
    label_smoothing: float
    dropout: float
    lr: float
    warmup_steps: int
    batch_tokens: int
    max_batch: int
    weight_decay: float
    clip: float
    average_last: int
    steps: int | None = None
    decay_steps: int = 0
    minutes: float | None = None
    decay_minutes: float = 0.0
    save_every: int | None = None
    save_minutes: float | None = None
    compile: bool = False
    slow_encoder: float = 0.5


def read_settings(path: Path) -> Settings:
    """The loop's settings of a stage file or a recipe of one stage; ConfigError for unknown and missing keys."""
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigError([f"cannot be read: {first_line(error)}"], where=str(path)) from error
    if not isinstance(raw, dict):
        raise ConfigError(["the file should hold a mapping of settings"], where=str(path))
    if raw.get("stages"):
        raise ConfigError(["has stages; `precis train` writes a stage.yaml for each of them"], where=str(path))
    own = {key: value for key, value in raw.items() if key not in RECIPE_KEYS and key != "stages"}
    known = {f.name for f in fields(Settings)}
    needed = {f.name for f in fields(Settings) if f.default is MISSING}
    faults = [f"{key}: unknown key" for key in own if key not in known]
    faults += [f"{key}: must be given" for key in sorted(needed - set(own))]
    texts = [key for key, value in own.items() if key in known - {"start"} and isinstance(value, str)]
    faults += [f"{key}: should be a number, got {own[key]!r} (write 1e-4 as 1.0e-4)" for key in texts]
    if (own.get("steps") is None) == (own.get("minutes") is None):
        faults.append("steps: give either steps or minutes")
    if faults:
        raise ConfigError(faults, where=str(path))
    return Settings(**own)


def rate(step: int, s: Settings, seconds: float = 0.0) -> float:
    """The learning rate as a share of its peak, after `step` steps and `seconds` of training."""
    warm = min(1.0, (step + 1) / max(1, s.warmup_steps))
    if s.minutes is None:
        left = ((s.steps or 0) - step) / max(1, s.decay_steps)
    else:
        left = (s.minutes - seconds / 60) / max(1e-9, s.decay_minutes)
    return warm * min(1.0, max(0.0, left))
