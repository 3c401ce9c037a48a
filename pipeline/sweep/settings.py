"""The keys of a sweep file, strictly typed; which runs they give is worked out in `pipeline.sweep.expand`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field, field_validator

from pipeline.metrics.paired import TRIALS
from pipeline.score_names import SCORED_KINDS, SOURCE, is_metric, nearest_metric
from pipeline.settings_base import Settings

DEFAULT_METRICS = tuple(
    f"{kind}.{metric}"
    for kind in ("summary", "bullets", "headlines", "rewrite")
    for metric in ("rouge1", "rouge2", "rougeLsum")
)


class Named(Settings):
    """One combination given by name; without `set` it is the base itself."""

    name: str = Field(min_length=1, max_length=100, description="its folder and its row")
    values: Mapping[str, Any] = Field(default_factory=dict, alias="set", description="dotted config keys to values")


class RandomSettings(Settings):
    """Combinations drawn at random, no two alike."""

    draws: int = Field(ge=1, le=1000, description="how many")
    seed: int = Field(default=13, ge=0, le=2**32 - 1, description="the same seed draws the same combinations")
    keys: Mapping[str, Any] = Field(
        min_length=1, description="dotted config keys to a list of choices or to {low, high, log}"
    )


class SweepSettings(Settings):
    """A sweep file."""

    name: str = Field(max_length=100, description="the sweep and its folder; default: the file's stem")
    out: str | None = Field(default=None, min_length=1, description="the folder; null: runs/sweep-<name>")
    base: Any = Field(
        default_factory=dict, description="a run config: its path, relative to the sweep file, or its settings inline"
    )
    values: Mapping[str, Any] = Field(
        default_factory=dict, alias="set", description="dotted config keys to values, for all runs"
    )
    grid: Mapping[str, Any] = Field(
        default_factory=dict,
        description="the product of: a config key to a list of values, or any name to named groups of settings",
    )
    named: Annotated[tuple[Named, ...], Field(strict=False)] = Field(
        default=(), alias="list", description="combinations by name"
    )
    random: RandomSettings | None = Field(default=None, description="combinations drawn at random")
    baseline: str | None = Field(
        default=None, description="what the others are compared with; lead and textrank may be named; null: the first"
    )
    metrics: Annotated[tuple[str, ...], Field(strict=False)] = Field(
        default=DEFAULT_METRICS, min_length=1, description="what is tabled: KIND.METRIC"
    )
    trials: int = Field(default=TRIALS, ge=100, le=1_000_000, description="trials of the paired tests")

    @field_validator("name")
    @classmethod
    def _folder_name(cls, value: str) -> str:
        if not value.strip() or value.startswith(".") or not value.isprintable() or set(value) & set("/\\"):
            raise ValueError(f"should be a folder name without slashes or a leading dot, got {value!r}")
        return value

    @field_validator("base")
    @classmethod
    def _path_or_settings(cls, value: object) -> object:
        if not isinstance(value, str | dict):
            raise ValueError(f"should be the path of a run config or its settings, got {value!r}")
        return value

    @field_validator("metrics")
    @classmethod
    def _known(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        wrong = [name for name in value if not is_metric(name)]
        if wrong:
            near = ", ".join(f"{name} (did you mean {nearest_metric(name)}?)" for name in wrong)
            raise ValueError(
                f"unknown: {near}; write KIND.METRIC, KIND being {', '.join(SCORED_KINDS)} and METRIC "
                f"rouge1, rouge2, … rougeL, rougeLsum, {', '.join(SOURCE)}"
            )
        return tuple(dict.fromkeys(value))
