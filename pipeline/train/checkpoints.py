"""The state of a training loop on disk: written whole or not at all, and enough to go on as if nothing had happened."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch


@dataclass(slots=True)
class Progress:
    """How far a loop is. `seconds`: spent in it, all sittings together; `best` and `stale` serve early stopping."""

    step: int = 0
    seconds: float = 0.0
    best: float | None = None
    stale: int = 0
    finished: bool = False


def write(value: Any, path: Path) -> None:
    """`torch.save` beside `path`, moved into place when it is whole."""
    part = path.with_name(path.name + ".tmp")
    with part.open("wb") as file:
        torch.save(value, file)
        file.flush()
        os.fsync(file.fileno())
    os.replace(part, path)


def save(out: Path, progress: Progress, model: torch.nn.Module, optimizer: torch.optim.Optimizer) -> None:
    """The whole state, as `state.pt`."""
    state = {
        **asdict(progress),
        "model": model.state_dict(),
        "optimizer": optimizer.state_dict(),
        "rng": torch.get_rng_state(),
        "cuda_rng": torch.cuda.get_rng_state_all() if torch.cuda.is_available() else [],
    }
    write(state, out / "state.pt")


def restore(out: Path, model: torch.nn.Module, optimizer: torch.optim.Optimizer, device: torch.device) -> Progress:
    """Load `state.pt` into model, optimizer and random generators; a new Progress where there is none."""
    path = out / "state.pt"
    if not path.exists():
        return Progress()
    state = torch.load(path, map_location=device, weights_only=True)
    model.load_state_dict(state["model"])
    optimizer.load_state_dict(state["optimizer"])
    torch.set_rng_state(state["rng"].cpu())
    if state["cuda_rng"] and len(state["cuda_rng"]) == torch.cuda.device_count():
        torch.cuda.set_rng_state_all([one.cpu() for one in state["cuda_rng"]])
    return Progress(state["step"], state["seconds"], state["best"], state["stale"], state["finished"])


def progress_of(out: Path) -> Progress:
    """The progress in `state.pt`, without loading a model."""
    path = out / "state.pt"
    if not path.exists():
        return Progress()
    state = torch.load(path, map_location="meta", weights_only=True, mmap=True)
    return Progress(state["step"], state["seconds"], state["best"], state["stale"], state["finished"])


def keep_for_average(out: Path, step: int, model: torch.nn.Module, most: int) -> None:
    """fp16 weights of the last `most` saves, averaged by the export; call it before `save`."""
    if not most:
        return
    write({k: v.half() for k, v in model.state_dict().items()}, out / f"weights-{step:06d}.pt")
    for old in sorted(out.glob("weights-*.pt"))[:-most]:
        old.unlink()


def open_log(out: Path, step: int) -> Any:
    """`log.jsonl` for appending, without the lines of steps after `step`, which are run again."""
    path = out / "log.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    kept = [line for line in lines if _step_of(line) <= step]
    part = path.with_name("log.tmp")
    part.write_text("".join(line + "\n" for line in kept), encoding="utf-8")
    os.replace(part, path)
    return path.open("a", buffering=1, encoding="utf-8")


def _step_of(line: str) -> float:
    """The step of a log line; infinite for one that a kill left half written."""
    try:
        return float(json.loads(line)["step"])
    except (ValueError, KeyError, TypeError):
        return float("inf")


def drop_later(out: Path, step: int) -> None:
    """Remove kept weights of steps after `step`: a killed sitting wrote them, and this one may save elsewhere."""
    for path in out.glob("weights-*.pt"):
        if int(path.stem.partition("-")[2]) > step:
            path.unlink()
