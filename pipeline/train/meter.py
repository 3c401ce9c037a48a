"""The clock of a training loop, its losses and throughput for the log, and whether they are numbers at all."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping

import torch

from pipeline.errors import PrecisError
from pipeline.train.processes import Team


class Clock:
    """Seconds of training, earlier sittings included; the same in all processes if anything depends on it."""

    def __init__(self, before: float, group: Team, timed: bool) -> None:
        self.seconds = before
        self._began = time.monotonic() - before
        self._group, self._timed = group, timed

    def tick(self) -> float:
        """Read the time."""
        now = time.monotonic() - self._began
        self.seconds = self._group.agreed(now) if self._timed else now
        return self.seconds


class Meter:
    """Loss and throughput since it was made; losses stay on the device until they are read."""

    def __init__(self, now: float, group: Team) -> None:
        self._group = group
        self.restart(now)

    def restart(self, now: float) -> None:
        """Forget what was added: the time spent on a save is nobody's throughput."""
        self._began = now
        self._losses: list[torch.Tensor] = []
        self._examples = self._tokens = 0

    def add(self, loss: torch.Tensor, examples: int, tokens: int) -> None:
        self._losses.append(loss)
        self._examples += examples
        self._tokens += tokens

    def read(self, step: int, now: float, lr: float) -> dict[str, float]:
        """The log line of these steps, which begins the next; PrecisError if the loss is not finite."""
        loss = float(self._group.total(torch.stack(self._losses)).mean())
        if not math.isfinite(loss):
            raise _not_finite("the loss is", step)
        spent = max(1e-9, now - self._began)
        line = {
            "step": step,
            "loss": round(loss, 4),
            "lr": float(f"{lr:.4g}"),
            "examples_per_s": round(self._examples / spent, 1),
            "tokens_per_s": round(self._tokens / spent),
            "minutes": round(now / 60, 2),
        }
        self.restart(now)
        return line


def check_finite(model: torch.nn.Module, measured: Mapping[str, float], step: int) -> None:
    """PrecisError unless all weights and all values measured are finite.

    The loss of a step is from before its update, so the last update of all shows in these only.
    """
    wrong = [name for name, value in measured.items() if not math.isfinite(value)]
    if wrong:
        raise _not_finite(f"{', '.join(wrong)} is", step)
    if not all(bool(weight.isfinite().all()) for weight in model.parameters()):
        raise _not_finite("the weights are", step)


def _not_finite(what: str, step: int) -> PrecisError:
    return PrecisError(f"{what} not finite at step {step}", fix="lower lr, or raise warmup_steps")
