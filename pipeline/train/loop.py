"""The training loop: packed pairs + a BART checkpoint → a better one. Resumes after a kill from its last save.

    python -m pipeline.train.loop --pairs OUT/work/STAGE/pairs --config OUT/work/STAGE/stage.yaml --out OUT/work/STAGE

`precis train` calls it for every stage; by itself it needs torch, transformers, tokenizers, numpy and PyYAML only, so
that it can run on a bare machine with a GPU. Batches depend only on (seed, epoch): a resumed run sees what an
uninterrupted one would have. The learning rate is warm-up → constant → linear to zero (WSD, Hu et al. 2024); with
`minutes` the decay is planned for the time instead of the steps.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from pipeline.errors import InputError, PrecisError
from pipeline.train import checkpoints
from pipeline.train.batching import PAD, Batch, batches, collate, collated, stream
from pipeline.train.checkpoints import Progress
from pipeline.train.meter import Clock, Meter, check_finite
from pipeline.train.objective import CopyObjective, forward, loss_of, losses, quiet, start_model, vocabulary_of
from pipeline.train.pack import Packed, load
from pipeline.train.processes import Team, team
from pipeline.train.schedule import Settings, rate, read_settings

__all__ = ["Settings", "batches", "collate", "forward", "loss_of", "rate", "read_settings", "run", "train"]

LOG_EVERY = 20  # steps
DECODER_LAYERS = ("model.decoder.layers.", "decoder.block.")  # of BART and its like; of T5 and its like
Tell = Callable[[Mapping[str, float]], None]


@dataclass(frozen=True, slots=True)
class Work:
    """What is trained: `objective(source, target)` is the batch's summed loss, `check` measures after every save.

    With `score`, the name of a measure to be maximised, the best weights are kept and the loop ends after `patience`
    checks without a better one.
    """

    model: torch.nn.Module
    objective: torch.nn.Module
    check: Callable[[], Mapping[str, float]]
    pad: int = PAD
    score: str | None = None
    patience: int = 0


def optimizer_for(model: torch.nn.Module, s: Settings) -> torch.optim.Optimizer:
    """AdamW; the decoder's own layers learn at `lr`, embeddings and encoder at `slow_encoder` (0.5) of it.

    Where the decoder's layers are not known by name everything learns at `lr`.
    """
    named = dict(model.named_parameters())
    fast = {name for name in named if name.startswith(DECODER_LAYERS)} or set(named)
    groups = [
        {"params": [p for name, p in named.items() if (name in fast) == quick], "peak": peak}
        for quick, peak in ((True, s.lr), (False, s.lr * s.slow_encoder))
    ]
    return torch.optim.AdamW(
        [g for g in groups if g["params"]], lr=s.lr, weight_decay=s.weight_decay, betas=(0.9, 0.98), fused=True
    )


def load_model(s: Settings, pairs: Path, device: torch.device) -> Any:
    """The start checkpoint in fp32, its embeddings grown to the tokenizer of the pairs."""
    return start_model(s.start, vocabulary_of(pairs), s.dropout, device)


def train(s: Settings, pairs: Path, out: Path, group: Team, tell: Tell | None = None) -> None:
    """Train a BART on prepared pairs into `out`: state.pt, weights-*.pt, log.jsonl. A finished run is left alone."""
    data, val = load(pairs / "train.npz"), load(pairs / "val.npz")
    if not len(data):
        raise InputError("no training pairs", where=str(pairs), fix="see dropped.json there for what became of them")
    torch.manual_seed(s.seed)
    model = load_model(s, pairs, group.device)
    objective = CopyObjective(model, s.prior, s.label_smoothing, s.compile)
    work = Work(model, objective, lambda: losses(model, val, s.prior, s.seed, group.device))
    run(s, data, work, out, group, tell)


def run(s: Settings, data: Packed, work: Work, out: Path, group: Team, tell: Tell | None = None) -> Progress:
    """Run the loop to its end, saving every `save_every` steps or `save_minutes`; a JSON line every 20 steps and save.

    `tell` is called with every line of the log. PrecisError before a save whose loss, measures or weights are not
    finite: the state on the disk stays the last good one.
    """
    out.mkdir(parents=True, exist_ok=True)
    optimizer = optimizer_for(work.model, s)
    progress = checkpoints.restore(out, work.model, optimizer, group.device)
    group.wait()
    if progress.finished:
        return progress
    objective = group.prepare(work.objective, optimizer)
    if group.first:
        checkpoints.drop_later(out, progress.step)
    clock = Clock(progress.seconds, group, timed=s.minutes is not None or s.save_minutes is not None)
    meter, saved = Meter(clock.seconds, group), clock.seconds
    parts = _Parts(data, s, progress.step, group)
    with checkpoints.open_log(out, progress.step) if group.first else nullcontext() as log:
        for source, target in collated(data, parts, work.pad, group.device):
            rows = parts.taken()
            share = rate(progress.step, s, clock.seconds)
            weight = group.weight(rows) / _tokens(data, rows)
            loss = _step(s, work, objective, optimizer, (source, target), share, weight)
            progress.step += 1
            progress.seconds = clock.tick()
            meter.add(loss, len(rows), int((data.source_at[rows + 1] - data.source_at[rows]).sum()))
            ended = progress.step >= s.steps if s.steps is not None else clock.seconds >= 60 * (s.minutes or 0)
            due = ended or _due(s, progress.step, clock.seconds - saved)
            if due or progress.step % LOG_EVERY == 0:
                line = meter.read(progress.step, clock.seconds, s.lr * share)
                _write(log, line)
                if tell is not None and group.first:
                    tell(line)
            if due:
                if _save(s, work, out, progress, optimizer, log, ended, group):
                    break
                saved = clock.tick()
                meter.restart(saved)
    return progress


def _step(
    s: Settings,
    work: Work,
    objective: torch.nn.Module,
    optimizer: torch.optim.Optimizer,
    batch: Batch,
    share: float,
    weight: float,
) -> torch.Tensor:
    """One update at `share` of the peak rate; `weight` turns the batch's summed loss into its mean, the result."""
    for param_group in optimizer.param_groups:
        param_group["lr"] = param_group["peak"] * share
    with _precision(batch[0].device):
        loss: torch.Tensor = objective(*batch) * weight
    loss.backward()
    torch.nn.utils.clip_grad_norm_(work.model.parameters(), s.clip)
    optimizer.step()
    optimizer.zero_grad(set_to_none=True)
    return loss.detach()


def _tokens(data: Packed, rows: np.ndarray) -> int:
    return int((data.target_at[rows + 1] - data.target_at[rows]).sum())


def _due(s: Settings, step: int, since: float) -> bool:
    """Whether to save: `since` is the seconds from the last save."""
    by_steps = s.save_every is not None and step % s.save_every == 0
    return by_steps or (s.save_minutes is not None and since >= 60 * s.save_minutes)


def _save(
    s: Settings,
    work: Work,
    out: Path,
    progress: Progress,
    optimizer: torch.optim.Optimizer,
    log: Any,
    ended: bool,
    group: Team,
) -> bool:
    """Measure, keep the weights, and only then save the state: a kill anywhere before it repeats all of this.

    The result is whether the loop is finished.
    """
    found = work.check()
    check_finite(work.model, found, progress.step)
    if group.first:
        checkpoints.keep_for_average(out, progress.step, work.model, s.average_last)
    if work.score is not None:
        value = group.agreed(found[work.score])
        better = progress.best is None or value > progress.best
        progress.best, progress.stale = (value, 0) if better else (progress.best, progress.stale + 1)
        if better and group.first:
            checkpoints.write({"step": progress.step, "model": work.model.state_dict()}, out / "best.pt")
        ended = ended or progress.stale >= work.patience
    progress.finished = ended
    _write(log, {"step": progress.step, **found})
    if group.first:
        checkpoints.save(out, progress, work.model, optimizer)
    group.wait()
    return ended


class _Parts:
    """The share of every batch that this process takes, and which whole batch was handed out last."""

    def __init__(self, data: Packed, s: Settings, start: int, group: Team) -> None:
        self._whole = stream(data, s.seed, s.batch_tokens, s.max_batch, start)
        self._group = group
        self._ahead: list[np.ndarray] = []

    def __iter__(self) -> _Parts:
        return self

    def __next__(self) -> np.ndarray:
        rows = next(self._whole)
        self._ahead.append(rows)
        return self._group.share(rows)

    def taken(self) -> np.ndarray:
        """The whole batch whose share is now being worked on."""
        return self._ahead.pop(0)


def _precision(device: torch.device) -> AbstractContextManager[Any]:
    return torch.autocast(device.type, dtype=torch.bfloat16) if device.type in ("cpu", "cuda") else nullcontext()


def _write(log: Any, line: Mapping[str, float]) -> None:
    if log is not None:
        log.write(json.dumps(line) + "\n")


def on_terminal(name: str) -> Tell | None:
    """Shows the last line of the log on stderr, in place; nothing if that is no terminal."""
    if not sys.stderr.isatty():
        return None

    def tell(line: Mapping[str, float]) -> None:
        shown = f"step {line['step']}  loss {line['loss']}  {line['examples_per_s']} examples/s  {line['minutes']} min"
        print(f"\r\x1b[K{name}: {shown}", end="", file=sys.stderr, flush=True)

    return tell


def main(argv: list[str] | None = None) -> int:
    """Train from prepared pairs; exit status 2 for what cannot be used."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=Path, required=True, help="folder written by pipeline.train.prepare")
    parser.add_argument("--config", type=Path, required=True, help="a stage.yaml, or a config without stages")
    parser.add_argument("--out", type=Path, required=True, help="gets state.pt, weights-*.pt and log.jsonl")
    args = parser.parse_args(argv)
    quiet()
    try:
        train(read_settings(args.config), args.pairs, args.out, team(), on_terminal(args.out.name))
    except (PrecisError, OSError) as error:
        for line in str(error).splitlines():
            print(f"precis: {line}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
