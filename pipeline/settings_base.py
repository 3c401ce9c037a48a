"""What every section of the settings is: strict, frozen, without unknown keys."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, ValidationInfo


class Settings(BaseModel):
    """Base of every section: unknown keys are faults, types are strict, nothing can be changed later."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, strict=True, validate_default=True, allow_inf_nan=False,
        defer_build=True,  # the schema of the whole is built once, when it is used, not every section's by itself
    )  # fmt: skip


def not_below(low_key: str, value: int, info: ValidationInfo) -> int:
    """Return `value` if it is at least the setting `low_key` of the same section; ValueError otherwise."""
    low = info.data.get(low_key)
    if low is not None and value < low:
        raise ValueError(f"should be at least {low_key} ({low}), got {value}")
    return value
