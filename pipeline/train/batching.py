"""Packed pairs → padded batches of like length. Needs torch and numpy only: it also runs on a bare training machine."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import torch

from pipeline.train.pack import Packed

PAD, EOS, IGNORE = 1, 2, -100
Batch = tuple[torch.Tensor, torch.Tensor]


def batches(data: Packed, seed: int, epoch: int, batch_tokens: int, max_batch: int) -> list[np.ndarray]:
    """Index arrays of one epoch: examples of like source, then target length together.

    A batch holds at most `batch_tokens` padded source tokens and `max_batch` examples.
    """
    rng = np.random.default_rng((seed, epoch))
    lengths, targets = np.diff(data.source_at), np.diff(data.target_at)
    order = np.lexsort((rng.random(len(data)), targets, lengths // 16))
    found, start = [], 0
    while start < len(order):
        size, longest = 1, lengths[order[start]]
        while start + size < len(order) and size < max_batch:
            longest = max(longest, lengths[order[start + size]])
            if (size + 1) * longest > batch_tokens:
                break
            size += 1
        found.append(order[start : start + size])
        start += size
    return [found[i] for i in rng.permutation(len(found))]


def stream(data: Packed, seed: int, batch_tokens: int, max_batch: int, start: int) -> Iterator[np.ndarray]:
    """The batches from step `start` on, epoch after epoch, without end; they depend on (seed, epoch) alone."""
    epoch, skip = 0, start
    while True:
        part = batches(data, seed, epoch, batch_tokens, max_batch)
        yield from part[skip:] if skip < len(part) else ()
        skip, epoch = max(0, skip - len(part)), epoch + 1


def collate(data: Packed, rows: np.ndarray, pad: int = PAD) -> Batch:
    """Padded source ids (batch, S) and target ids (batch, T), pads as `pad` and IGNORE."""
    return _padded(data.source, data.source_at, rows, pad), _padded(data.target, data.target_at, rows, IGNORE)


def collated(data: Packed, parts: Iterable[np.ndarray], pad: int, device: torch.device) -> Iterator[Batch]:
    """The batches on `device`, one prepared ahead while the device is busy with the one before."""
    pinned = device.type == "cuda"

    def ready(rows: np.ndarray) -> Batch:
        source, target = collate(data, rows, pad)
        return (source.pin_memory(), target.pin_memory()) if pinned else (source, target)

    with ThreadPoolExecutor(1) as worker:
        rows = iter(parts)
        waiting = worker.submit(ready, next(rows))
        for following in rows:
            source, target = waiting.result()
            waiting = worker.submit(ready, following)
            yield source.to(device, non_blocking=True), target.to(device, non_blocking=True)
        source, target = waiting.result()
        yield source.to(device), target.to(device)


def _padded(flat: np.ndarray, at: np.ndarray, rows: np.ndarray, fill: int) -> torch.Tensor:
    lengths = at[rows + 1] - at[rows]
    grid = np.full((len(rows), int(lengths.max())), fill, np.int64)
    filled = np.arange(grid.shape[1])[None] < lengths[:, None]
    grid[filled] = np.concatenate([flat[at[i] : at[i + 1]] for i in rows])
    return torch.from_numpy(grid)


def count_batches(data: Packed, seed: int, batch_tokens: int, max_batch: int) -> int:
    """Steps in one pass over the data."""
    return len(batches(data, seed, 0, batch_tokens, max_batch))
