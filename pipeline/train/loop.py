"""The training loop: packed pairs + a BART checkpoint → a better one. Resumes after a kill from its last save.

    python -m pipeline.train.loop --pairs build/pairs --config configs/train/cpu.yaml --out build/model

Batches depend only on (seed, epoch), so that a resumed run sees what an uninterrupted one would have.
The learning rate is warm-up → constant → linear to zero over the last `decay_steps` (WSD, Hu et al. 2024).
"""

from __future__ import annotations

import argparse
import json
import math
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import torch
import yaml
from tokenizers import Tokenizer
from transformers import BartForConditionalGeneration

from pipeline.train.pack import Packed, load

PAD, EOS, IGNORE = 1, 2, -100


@dataclass(frozen=True, slots=True)
class Settings:
    """What the loop reads from the YAML file; `data` is for the preparation."""

    start: str
    seed: int
    prior: float
    label_smoothing: float
    dropout: float
    lr: float
    warmup_steps: int
    steps: int
    decay_steps: int
    batch_tokens: int
    max_batch: int
    weight_decay: float
    clip: float
    average_last: int
    save_every: int


def read_settings(path: Path) -> Settings:
    """The settings of a training file; unknown keys other than `data` are an error."""
    raw = yaml.safe_load(path.read_text())
    raw.pop("data", None)
    known = {f.name for f in fields(Settings)}
    if set(raw) != known:
        raise SystemExit(f"{path}: unknown or missing keys: {sorted(set(raw) ^ known)}")
    return Settings(**raw)


def batches(data: Packed, seed: int, epoch: int, batch_tokens: int, max_batch: int) -> list[np.ndarray]:
    """Index arrays of one epoch: examples of like source, then target length together.

    A batch holds at most `batch_tokens` padded source tokens and `max_batch` examples.
    """
    rng = np.random.default_rng((seed, epoch))
    lengths, targets = np.diff(data.source_at), np.diff(data.target_at)
    order = np.lexsort((rng.random(len(data)), targets, lengths // 16))
    found, start = [], 0
    while start < len(order):
        size = 1
        while (
            start + size < len(order) and size < max_batch and (size + 1) * lengths[order[start + size]] <= batch_tokens
        ):
            size += 1
        found.append(order[start : start + size])
        start += size
    return [found[i] for i in rng.permutation(len(found))]


def collate(data: Packed, rows: np.ndarray) -> tuple[torch.Tensor, torch.Tensor]:
    """Padded source ids (batch, S) and target ids (batch, T), pads as PAD and IGNORE."""
    pairs = [data.example(int(i)) for i in rows]
    source = torch.full((len(pairs), max(len(s) for s, _ in pairs)), PAD)
    target = torch.full((len(pairs), max(len(t) for _, t in pairs)), IGNORE)
    for i, (s, t) in enumerate(pairs):
        source[i, : len(s)] = torch.from_numpy(s.astype(np.int64))
        target[i, : len(t)] = torch.from_numpy(t.astype(np.int64))
    return source, target


def forward(
    model: BartForConditionalGeneration, source: torch.Tensor, target: torch.Tensor, prior: float
) -> tuple[torch.Tensor, torch.Tensor]:
    """Logits (N, vocabulary) and labels (N,) of the N target positions that count, the copy prior added."""
    begin = torch.full_like(target[:, :1], EOS)
    inputs = torch.cat([begin, target[:, :-1]], dim=1).masked_fill(target == IGNORE, PAD)
    inputs[:, 0] = EOS
    hidden = model.model(input_ids=source, attention_mask=source.ne(PAD), decoder_input_ids=inputs).last_hidden_state
    wanted = target.ne(IGNORE)
    logits = model.lm_head(hidden[wanted]).float() + model.final_logits_bias.float()
    bonus = torch.zeros(len(source), logits.shape[-1], device=source.device)
    bonus.scatter_(1, source, prior)
    bonus[:, EOS] = prior
    rows = torch.arange(len(source), device=source.device)[:, None].expand_as(target)[wanted]
    return logits + bonus[rows], target[wanted]


def loss_of(logits: torch.Tensor, labels: torch.Tensor, smoothing: float) -> torch.Tensor:
    """Cross-entropy in nats per target token."""
    return torch.nn.functional.cross_entropy(logits, labels, label_smoothing=smoothing)


def rate(step: int, s: Settings) -> float:
    """The learning rate as a share of its peak."""
    warm = min(1.0, (step + 1) / max(1, s.warmup_steps))
    return warm * min(1.0, max(0.0, (s.steps - step) / max(1, s.decay_steps)))


def optimizer_for(model: torch.nn.Module, s: Settings) -> torch.optim.Optimizer:
    """AdamW; the decoder's own layers learn at `lr`, the shared embeddings and the encoder at half of it."""
    fast = [p for n, p in model.named_parameters() if n.startswith("model.decoder.layers")]
    slow = [p for n, p in model.named_parameters() if not n.startswith("model.decoder.layers")]
    groups = [{"params": fast, "peak": s.lr}, {"params": slow, "peak": s.lr / 2}]
    return torch.optim.AdamW(groups, lr=s.lr, weight_decay=s.weight_decay, betas=(0.9, 0.98), fused=True)


def load_model(s: Settings, pairs: Path, device: torch.device) -> BartForConditionalGeneration:
    """The start checkpoint in fp32, its embeddings grown to the tokenizer of the pairs."""
    vocabulary = Tokenizer.from_file(str(pairs / "tokenizer.json")).get_vocab_size()
    model = BartForConditionalGeneration.from_pretrained(
        s.start, dtype=torch.float32, attn_implementation="eager", dropout=s.dropout
    )
    if model.config.vocab_size < vocabulary:
        mean = model.get_input_embeddings().weight.detach().mean(0)
        old = model.config.vocab_size
        model.resize_token_embeddings(vocabulary, mean_resizing=False)
        model.get_input_embeddings().weight.data[old:] = mean
    model.train()
    return model.to(device)


@torch.no_grad()
def validate(model: BartForConditionalGeneration, data: Packed, s: Settings, device: torch.device) -> dict[str, float]:
    """Loss per token without smoothing, by task number, on a fixed sample of 600 examples."""
    model.eval()
    total: dict[int, list[float]] = {}
    sample = np.random.default_rng(s.seed).permutation(len(data))[:600]
    sample = sample[np.argsort(np.diff(data.source_at)[sample])]
    for task in range(3):
        rows = sample[data.task[sample] == task]
        for i in range(0, len(rows), 32):
            source, target = collate(data, rows[i : i + 32])
            with torch.autocast(device.type, dtype=torch.bfloat16):
                logits, labels = forward(model, source.to(device), target.to(device), s.prior)
            total.setdefault(task, []).append(float(loss_of(logits, labels, 0.0)))
    model.train()
    return {f"val_{task}": round(float(np.mean(v)), 4) for task, v in total.items()}


def stream(data: Packed, s: Settings, start: int) -> Iterator[np.ndarray]:
    """The batches from step `start` on, without end."""
    epoch, skip = 0, start
    while True:
        part = batches(data, s.seed, epoch, s.batch_tokens, s.max_batch)
        yield from part[skip:] if skip < len(part) else ()
        skip, epoch = max(0, skip - len(part)), epoch + 1


def save(out: Path, step: int, model: torch.nn.Module, optimizer: torch.optim.Optimizer) -> None:
    """The whole state, written beside and moved into place."""
    state = {
        "step": step,
        "model": model.state_dict(),
        "optimizer": optimizer.state_dict(),
        "rng": torch.get_rng_state(),
    }
    torch.save(state, out / "state.tmp")
    os.replace(out / "state.tmp", out / "state.pt")


def keep_for_average(out: Path, step: int, model: torch.nn.Module, most: int) -> None:
    """fp16 weights of the last `most` saves, averaged by the export."""
    torch.save({k: v.half() for k, v in model.state_dict().items()}, out / f"weights-{step:06d}.pt")
    for old in sorted(out.glob("weights-*.pt"))[:-most]:
        old.unlink()


def train(s: Settings, pairs: Path, out: Path, device: torch.device) -> None:
    """Run to `s.steps`, logging a JSON line every 20 steps, saving every `s.save_every`."""
    out.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(s.seed)
    data, val = load(pairs / "train.npz"), load(pairs / "val.npz")
    model = load_model(s, pairs, device)
    optimizer, step = optimizer_for(model, s), 0
    if (out / "state.pt").exists():
        state = torch.load(out / "state.pt", map_location=device, weights_only=True)
        model.load_state_dict(state["model"])
        optimizer.load_state_dict(state["optimizer"])
        torch.set_rng_state(state["rng"].cpu())
        step = state["step"]
    log = (out / "log.jsonl").open("a", buffering=1)
    began, seen, running = time.time(), 0, 0.0
    for rows in stream(data, s, step):
        if step >= s.steps:
            break
        for group in optimizer.param_groups:
            group["lr"] = group["peak"] * rate(step, s)
        source, target = collate(data, rows)
        with torch.autocast(device.type, dtype=torch.bfloat16):
            logits, labels = forward(model, source.to(device), target.to(device), s.prior)
        loss = loss_of(logits, labels, s.label_smoothing)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), s.clip)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        step, seen, running = step + 1, seen + len(rows), running + loss.item()
        if not math.isfinite(running):
            raise SystemExit(f"loss is not finite at step {step}")
        if step % 20 == 0:
            speed = seen / (time.time() - began)
            line: dict[str, Any] = {"step": step, "loss": round(running / 20, 4), "examples_per_s": round(speed, 1)}
            began, seen, running = time.time(), 0, 0.0
            log.write(json.dumps(line) + "\n")
        if step % s.save_every == 0 or step == s.steps:
            save(out, step, model, optimizer)
            keep_for_average(out, step, model, s.average_last)
            log.write(json.dumps({"step": step, **validate(model, val, s, device)}) + "\n")
            began, seen = time.time(), 0


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=Path, required=True, help="folder written by pipeline.train.prepare")
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args(argv)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    train(read_settings(args.config), args.pairs, args.out, device)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
