"""The loop that trains the sentence selector: binary cross-entropy with the oracle's labels, AdamW, linear decay.

Resumes after a kill from its last save and ends, on a CPU, with the same weights. bf16 autocast on CPU and GPU.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.nn.functional import binary_cross_entropy_with_logits as cross_entropy
from transformers import BartForConditionalGeneration

from pipeline.engines.selector import Head, Selector, adapt, trained
from pipeline.errors import PrecisError
from pipeline.train.checkpoints import open_log, write
from pipeline.train.meter import check_finite
from pipeline.train.selection_data import Labelled

WIDE = 4  # every so manieth batch reads two windows of its articles, the others one
CHUNK = 50  # batches whose articles are sorted by length together
LOG_EVERY = 20  # steps
TOP = 3


@dataclass(frozen=True, slots=True)
class Settings:
    """How long and how fast."""

    seed: int
    steps: int
    batch: int
    lr: float
    warmup_steps: int
    save_every: int
    check_articles: int


def new_selector(folder: str, features: int, seed: int) -> Selector:
    """A selector over the encoder of the BART in `folder`, its changes at zero."""
    torch.manual_seed(seed)
    model = BartForConditionalGeneration.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager")
    encoder: Any = model.get_encoder()
    for module in encoder.modules():
        for name in ("dropout", "activation_dropout", "layerdrop"):
            if isinstance(getattr(module, name, None), float):
                setattr(module, name, 0.0)
    adapt(encoder)
    return Selector(encoder, Head(encoder.config.d_model, features))


def train(s: Settings, folder: str, data: Labelled, val: Labelled, out: Path, tell: Callable[[str], None]) -> Selector:
    """Train into `out` (state.pt, log.jsonl) and give the result; a finished training is only loaded."""
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    selector = new_selector(folder, data.features.shape[1], s.seed).to(device)
    free = trained(selector)
    optimizer = torch.optim.AdamW(free.values(), lr=s.lr, weight_decay=0.01, betas=(0.9, 0.98))
    step = _restore(out / "state.pt", free, optimizer)
    if step:
        tell(f"resuming at step {step}")
    selector.train()
    losses: list[float] = []
    articles = batches(data, s, step)
    began, first = time.monotonic(), step
    with open_log(out, step) as log:
        while step < s.steps:
            for group in optimizer.param_groups:
                group["lr"] = s.lr * share(step, s)
            losses.append(_step(selector, optimizer, data, next(articles), step, device))
            step += 1
            if step % LOG_EVERY == 0 or step == s.steps:
                speed = (step - first) * s.batch / (time.monotonic() - began)
                _write(log, step, {"loss": round(_mean(losses), 4), "examples_per_s": round(speed, 2)})
                losses.clear()
            if step % s.save_every == 0 or step == s.steps:
                found = check(selector, val, s.check_articles)
                check_finite(selector, found, step)
                _write(log, step, found)
                tell(f"step {step}: " + ", ".join(f"{name} {value:.4f}" for name, value in found.items()))
                _save(out / "state.pt", step, free, optimizer)
    return selector


def share(step: int, s: Settings) -> float:
    """Of the peak learning rate: up over the warm-up, then linearly to zero."""
    return min((step + 1) / max(1, s.warmup_steps), (s.steps - step) / max(1, s.steps - s.warmup_steps))


def batches(data: Labelled, s: Settings, step: int) -> Iterator[np.ndarray]:
    """The articles of each step from `step` on, without end: batches of like length, in an order that depends on seed
    and epoch alone."""
    epoch, done = divmod(step, -(-len(data) // s.batch))
    while True:
        yield from _epoch(data, s, epoch)[done:]
        epoch, done = epoch + 1, 0


def _epoch(data: Labelled, s: Settings, epoch: int) -> list[np.ndarray]:
    rng = np.random.default_rng((s.seed, epoch))
    lengths = data.at[data.first[1:]] - data.at[data.first[:-1]]
    picked = rng.permutation(len(data))
    size = CHUNK * s.batch
    chunks = [picked[i : i + size] for i in range(0, len(picked), size)]
    found = [
        chunk[np.argsort(lengths[chunk], kind="stable")][i : i + s.batch]
        for chunk in chunks
        for i in range(0, len(chunk), s.batch)
    ]
    return [found[i] for i in rng.permutation(len(found))]


def batch_of(
    data: Labelled, articles: np.ndarray, most: int
) -> tuple[list[list[list[int]]], torch.Tensor, torch.Tensor]:
    """Token ids by article and sentence, features, labels; of each article the whole sentences within `most` tokens."""
    tokens: list[list[list[int]]] = []
    kept: list[int] = []
    for k in articles:
        first, last = data.first[k], data.first[k + 1]
        fit = int(np.searchsorted(data.at[first + 1 : last + 1], data.at[first] + most, "right"))
        rows = range(first, first + max(1, fit))
        tokens.append([data.tokens[data.at[i] : data.at[i + 1]].tolist() for i in rows])
        kept += rows
    return tokens, torch.from_numpy(data.features[kept].astype(np.float32)), torch.from_numpy(data.label[kept])


def check(selector: Selector, data: Labelled, most: int) -> dict[str, float]:
    """On the first `most` articles: the loss, and the share of oracle sentences among the three likeliest (of the
    selector) and the first three (of the article)."""
    selector.eval()
    device = next(selector.parameters()).device
    loss, hits, first, wanted = 0.0, 0.0, 0.0, 0.0
    number = min(most, len(data))
    for k in range(number):
        tokens, features, labels = batch_of(data, np.array([k]), 2 * (selector.window - 2))
        with torch.no_grad(), torch.autocast(device.type, torch.bfloat16):
            odds = selector(tokens, features.to(device)).float().cpu()
        loss += float(cross_entropy(odds, labels))
        hits += float(labels[odds.topk(min(TOP, len(odds))).indices].sum())
        first += float(labels[:TOP].sum())
        wanted += float(labels.sum())
    selector.train()
    found = {"val_loss": loss / number, "val_top3": hits / max(1.0, wanted), "val_lead3": first / max(1.0, wanted)}
    return {name: round(value, 4) for name, value in found.items()}


def _step(
    selector: Selector,
    optimizer: torch.optim.Optimizer,
    data: Labelled,
    rows: np.ndarray,
    step: int,
    device: torch.device,
) -> float:
    tokens, features, labels = batch_of(data, rows, (selector.window - 2) * (2 if step % WIDE == WIDE - 1 else 1))
    with torch.autocast(device.type, torch.bfloat16):
        odds = selector(tokens, features.to(device))
    loss = cross_entropy(odds.float(), labels.to(device))
    value = float(loss.detach())
    if not np.isfinite(value):
        raise PrecisError(f"the loss is {value} at step {step + 1}: try a lower lr")
    loss.backward()
    torch.nn.utils.clip_grad_norm_([p for p in selector.parameters() if p.requires_grad], 1.0)
    optimizer.step()
    optimizer.zero_grad()
    return value


def _mean(values: list[float]) -> float:
    return sum(values) / max(1, len(values))


def _write(log: Any, step: int, found: Mapping[str, float]) -> None:
    log.write(json.dumps({"step": step, **found}) + "\n")


def _save(path: Path, step: int, free: Mapping[str, torch.Tensor], optimizer: torch.optim.Optimizer) -> None:
    state = {"step": step, "free": {name: value.detach() for name, value in free.items()}}
    write({**state, "optimizer": optimizer.state_dict(), "rng": torch.get_rng_state()}, path)


def _restore(path: Path, free: Mapping[str, torch.Tensor], optimizer: torch.optim.Optimizer) -> int:
    """Load a saved state; the step it was saved at, 0 without one."""
    if not path.exists():
        return 0
    state = torch.load(path, weights_only=True, map_location="cpu")
    with torch.no_grad():
        for name, value in free.items():
            value.copy_(state["free"][name])
    optimizer.load_state_dict(state["optimizer"])
    torch.set_rng_state(state["rng"])
    return int(state["step"])
