"""One process or several: what of a training step differs. Several need the package accelerate."""

from __future__ import annotations

import os
from typing import Any, Protocol

import numpy as np
import torch

from pipeline.errors import MissingExtra


class Team(Protocol):
    """The processes that train together; each takes every `size`-th example of a batch."""

    device: torch.device
    first: bool  # this one writes files
    size: int

    def prepare(self, objective: torch.nn.Module, optimizer: torch.optim.Optimizer) -> torch.nn.Module: ...
    def share(self, rows: np.ndarray) -> np.ndarray: ...
    def weight(self, rows: np.ndarray) -> float: ...
    def total(self, value: torch.Tensor) -> torch.Tensor: ...
    def agreed(self, value: float) -> float: ...
    def wait(self) -> None: ...


class Alone:
    """A single process: on the GPU if there is one, else on the CPU."""

    first, size = True, 1

    def __init__(self, device: torch.device | None = None) -> None:
        self.device = device or torch.device("cuda" if torch.cuda.is_available() else "cpu")

    def prepare(self, objective: torch.nn.Module, optimizer: torch.optim.Optimizer) -> torch.nn.Module:
        return objective

    def share(self, rows: np.ndarray) -> np.ndarray:
        return rows

    def weight(self, rows: np.ndarray) -> float:
        return 1.0

    def total(self, value: torch.Tensor) -> torch.Tensor:
        return value

    def agreed(self, value: float) -> float:
        return value

    def wait(self) -> None:
        return None


class Together:
    """One of several processes that `accelerate launch` started; gradients are averaged among them."""

    def __init__(self) -> None:
        try:
            from accelerate import Accelerator
        except ImportError as error:
            raise MissingExtra("accelerate", "accelerate") from error
        self._all: Any = Accelerator()
        self.device: torch.device = self._all.device
        self.first: bool = self._all.is_main_process
        self.size: int = self._all.num_processes
        self._rank: int = self._all.process_index

    def prepare(self, objective: torch.nn.Module, optimizer: torch.optim.Optimizer) -> torch.nn.Module:
        wrapped: torch.nn.Module = self._all.prepare_model(objective)
        return wrapped

    def share(self, rows: np.ndarray) -> np.ndarray:
        """This process's examples; where there are too few, the first again, with weight 0."""
        own = rows[self._rank :: self.size]
        return own if len(own) else rows[:1]

    def weight(self, rows: np.ndarray) -> float:
        """What makes an average over processes the sum over examples."""
        return float(self.size) if self._rank < len(rows) else 0.0

    def total(self, value: torch.Tensor) -> torch.Tensor:
        """The sum over all processes of what each has, weights included."""
        found: torch.Tensor = self._all.reduce(value, "mean")
        return found

    def agreed(self, value: float) -> float:
        """What the first process has (a clock, a score), so that all stop at the same step."""
        from accelerate.utils import broadcast

        shared = broadcast(torch.tensor([value], dtype=torch.float64, device=self.device))
        return float(shared.item())

    def wait(self) -> None:
        self._all.wait_for_everyone()


def team() -> Team:
    """All processes of the launcher, or this one alone."""
    return Together() if int(os.environ.get("WORLD_SIZE", "1")) > 1 else Alone()
