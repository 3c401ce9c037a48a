"""How far each stretch of training took the embedded model: validation loss and ROUGE over the examples it has seen.

    precis train configs/train/gpu.yaml --data DATA --out runs/gpu --prepare
    .venv/bin/python scripts/learning_curve.py --pairs runs/gpu/work/tasks/pairs \
        --model 120000=STARTFOLDER --model 185000=OLDFOLDER --model 281000=pipeline/weights

One `--model EXAMPLES=FOLDER` per checkpoint, in the order of training. Every model gets the same prepared validation
pairs; tokens that an early one does not know (length and novelty wishes) are left out for it. Loss: nats per target
token, no smoothing, copy prior included. ROUGE: best of 4 beams with the copy prior, no guard and no selection. The
last lines fit loss = a - b log2(examples) to the points and say how many examples a loss would take if that went on,
which no one promises. A task without pairs is named on stderr and left out.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from tokenizers import Tokenizer
from transformers import BartForConditionalGeneration, LogitsProcessorList

from pipeline.engines.processors import CopyPrior
from pipeline.score import rouge
from pipeline.train.batching import EOS, IGNORE, PAD, collate
from pipeline.train.objective import forward, loss_of, quiet
from pipeline.train.pack import Packed, load

TASKS = ("headline", "brief")
PRIOR, BEAMS, AT_ONCE = 2.0, 4, 16
NEW_TOKENS = {"headline": 28, "brief": 60}
FLAT = 0.001  # nats per doubling: less is no fall, and a number of examples with hundreds of digits


@dataclass(frozen=True, slots=True)
class Point:
    """One checkpoint on one task; ROUGE F × 100."""

    examples: int
    task: str
    loss: float
    rouge1: float
    rouge2: float
    n: int


def sample_of(data: Packed, task: int, most: int) -> np.ndarray:
    """The same `most` examples of a task for every model, those of like length beside each other."""
    rows = np.flatnonzero(data.task == task)
    rows = np.random.default_rng(3).permutation(rows)[:most]
    return rows[np.argsort(np.diff(data.source_at)[rows], kind="stable")]


def known(source: torch.Tensor, vocabulary: int) -> torch.Tensor:
    """The rows without tokens the model does not have, padded anew."""
    kept = [[i for i in row.tolist() if i < vocabulary and i != PAD] for row in source]
    longest = max(len(row) for row in kept)
    return torch.tensor([row + [PAD] * (longest - len(row)) for row in kept])


@torch.inference_mode()
def measure(folder: str, data: Packed, tokenizer: Tokenizer, examples: int, most: int, written: int) -> list[Point]:
    """Loss over `most` pairs and ROUGE over the first `written` of them, by task."""
    model = BartForConditionalGeneration.from_pretrained(folder, dtype=torch.float32).eval()
    found = []
    for number, task in enumerate(TASKS):
        rows = sample_of(data, number, most)
        if not len(rows):
            print(f"missing: no pairs of the task {task}", file=sys.stderr)
            continue
        total = tokens = 0.0
        predictions, references = [], []
        picked = set(np.random.default_rng(4).permutation(rows)[:written].tolist())
        for i in range(0, len(rows), AT_ONCE):
            source, target = collate(data, rows[i : i + AT_ONCE])
            source = known(source, model.config.vocab_size)
            logits, labels = forward(model, source, target, PRIOR)
            total += float(loss_of(logits, labels, 0.0, "sum"))
            tokens += len(labels)
            held = [k for k, row in enumerate(rows[i : i + AT_ONCE].tolist()) if row in picked]
            if held:
                predictions += write(model, source[held], tokenizer, NEW_TOKENS[task])
                references += [text_of(row, tokenizer) for row in target[held]]
        scores = rouge(predictions, references, ["rouge1", "rouge2"])
        found.append(Point(
            examples, task, total / tokens, 100 * scores["rouge1"]["f"], 100 * scores["rouge2"]["f"], len(predictions)
        ))  # fmt: skip
    return found


def write(model: Any, source: torch.Tensor, tokenizer: Tokenizer, most: int) -> list[str]:
    """The best beam of every row."""
    prior = CopyPrior.of(source, model.config.vocab_size, EOS, PRIOR, BEAMS)
    out = model.generate(
        input_ids=source,
        attention_mask=source.ne(PAD).long(),
        num_beams=BEAMS,
        max_new_tokens=most,
        no_repeat_ngram_size=3,
        logits_processor=LogitsProcessorList([prior]),
    )
    return [text_of(row, tokenizer) for row in out]


def text_of(ids: torch.Tensor, tokenizer: Tokenizer) -> str:
    return str(tokenizer.decode([i for i in ids.tolist() if i not in (IGNORE, PAD)], skip_special_tokens=True)).strip()


def fitted(points: list[Point]) -> tuple[float, float]:
    """Least squares of loss = a - b log2(examples): (a, b)."""
    slope, start = np.polyfit(np.log2([p.examples for p in points]), [p.loss for p in points], 1)
    return float(start), -float(slope)


def extrapolated(points: list[Point]) -> str:
    """What the line through the points says of the next 0.3 nats."""
    _, slope = fitted(points)
    last = points[-1]
    told = f"{slope:.3f} nats less per doubling"
    if slope < FLAT:
        return f"{told}: the loss does not fall"
    examples = last.examples * 2 ** (0.3 / slope)
    return f"{told}; {last.loss - 0.3:.2f} nats would take {examples:,.0f} examples at that rate"


def model_of(text: str) -> tuple[int, str]:
    examples, _, folder = text.partition("=")
    if not examples.isdigit() or not Path(folder).is_dir():
        raise argparse.ArgumentTypeError(f"{text!r}: should be EXAMPLES=FOLDER")
    return int(examples), folder


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=Path, required=True, help="prepared pairs: val.npz and tokenizer.json")
    parser.add_argument("--model", type=model_of, action="append", required=True, metavar="EXAMPLES=FOLDER")
    parser.add_argument("--most", type=int, default=600, help="pairs of a task for the loss")
    parser.add_argument("--written", type=int, default=200, help="of them, pairs for ROUGE")
    parser.add_argument("--json", type=Path, help="write the points here, too")
    args = parser.parse_args(argv)
    quiet()
    lacking = [name for name in ("val.npz", "tokenizer.json") if not (args.pairs / name).is_file()]
    if lacking:
        parser.error(f"--pairs: no {' and no '.join(lacking)} in {args.pairs}")
    if min(args.most, args.written) < 1:
        parser.error("--most and --written should be 1 or more")
    data, tokenizer = load(args.pairs / "val.npz"), Tokenizer.from_file(str(args.pairs / "tokenizer.json"))
    print("| examples seen | task | loss | R1 | R2 | pairs written |\n|---|---|---|---|---|---|")
    points: list[Point] = []
    for examples, folder in args.model:
        for point in measure(folder, data, tokenizer, examples, args.most, args.written):
            points.append(point)
            print(
                f"| {point.examples:,} | {point.task} | {point.loss:.3f} "
                f"| {point.rouge1:.1f} | {point.rouge2:.1f} | {point.n} |",
                flush=True,
            )
    if args.json:
        args.json.write_text(json.dumps([asdict(p) for p in points], indent=1) + "\n", encoding="utf-8")
    for task in TASKS:
        own = [p for p in points if p.task == task]
        if len(own) > 2:
            print(f"{task}: {extrapolated(own)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
