"""Pairs → token ids in one compressed file: what travels to the training machine.

Source layout: `<s> <task> <w?> <n?> focus [<context> context] </s>`; target: `text </s>`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from tokenizers import Tokenizer

if TYPE_CHECKING:  # the loop reads packed pairs where nothing that makes them is installed
    from pipeline.train.pairs import Pair

NEW_TOKENS = ("<rewrite>", "<context>", "<w1>", "<w2>", "<w3>", "<w4>", "<w5>", "<w6>", "<n1>", "<n2>", "<n3>")
FOCUS_TOKENS = {"headline": 128, "brief": 110, "rewrite": 64}
CONTEXT_TOKENS = 40
TARGET_TOKENS = 64
END = 2  # </s>


@dataclass(frozen=True, slots=True)
class Packed:
    """Ragged token ids: example i is `source[s[i]:s[i+1]]` → `target[t[i]:t[i+1]]`, of task `task[i]`."""

    source: np.ndarray
    source_at: np.ndarray
    target: np.ndarray
    target_at: np.ndarray
    task: np.ndarray

    def __len__(self) -> int:
        return len(self.task)

    def example(self, i: int) -> tuple[np.ndarray, np.ndarray]:
        return (
            self.source[self.source_at[i] : self.source_at[i + 1]],
            self.target[self.target_at[i] : self.target_at[i + 1]],
        )


def source_ids(pair: Pair, tokenizer: Tokenizer, with_size: bool, with_novelty: bool) -> list[int]:
    """The encoder's input of one pair, cut to the budgets above (training inputs only)."""
    size = f"<w{pair.size}>" if with_size else ""
    size += f"<n{pair.novelty}>" if with_novelty and pair.novelty else ""
    focus = tokenizer.encode(pair.focus, add_special_tokens=False).ids[: FOCUS_TOKENS[pair.task]]
    head = tokenizer.encode(f"<s><{pair.task}>{size}", add_special_tokens=False).ids
    ids = [*head, *focus]
    if pair.context:
        context = tokenizer.encode(pair.context, add_special_tokens=False).ids[:CONTEXT_TOKENS]
        ids += [*tokenizer.encode("<context>", add_special_tokens=False).ids, *context]
    return [*ids, END]


def pack(pairs: Sequence[Pair], tokenizer: Tokenizer, seed: int, controlled: float = 0.75) -> Packed:
    """Tokenise all pairs whose target is short enough.

    `controlled`: how often a pair carries each control token; below 1, so that it may be left out later.
    """
    rng = np.random.default_rng(seed)
    tasks = tuple(FOCUS_TOKENS)
    sources, targets, task = [], [], []
    for pair, shown in zip(pairs, rng.random((len(pairs), 2)) < controlled, strict=True):
        ids = tokenizer.encode(pair.target, add_special_tokens=False).ids
        if len(ids) > TARGET_TOKENS:
            continue
        sources.append(source_ids(pair, tokenizer, bool(shown[0]), bool(shown[1])))
        targets.append([*ids, END])
        task.append(tasks.index(pair.task))
    return Packed(*ragged(sources, np.uint16), *ragged(targets, np.uint16), np.array(task, np.uint8))


def ragged(rows: Sequence[Sequence[int]], kind: type[np.integer[Any]]) -> tuple[np.ndarray, np.ndarray]:
    """Token ids one row after another, and where each begins (and the last ends)."""
    flat = np.concatenate([np.asarray(r, kind) for r in rows]) if rows else np.zeros(0, kind)
    return flat, np.concatenate([[0], np.cumsum([len(r) for r in rows])]).astype(np.int64)


def save(packed: Packed, path: Path) -> None:
    np.savez_compressed(path, **{name: getattr(packed, name) for name in Packed.__slots__})


def load(path: Path) -> Packed:
    with np.load(path) as stored:
        return Packed(**{name: stored[name] for name in Packed.__slots__})
