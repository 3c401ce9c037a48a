"""What `precis train` made, on examples it has not seen: best beam against the targets, without guard or selection.

    precis train configs/train/finetune.yaml --data DATA/train --set data.train=aeslc.jsonl.xz --out runs/aeslc
    .venv/bin/python scripts/measure_tuned.py --data DATA/test/aeslc.jsonl.xz --model embedded --model runs/aeslc

Each model reads and writes the examples as at a check of its training (`pipeline.train.checks`): all of them, 4 beams.
ROUGE F × 100 with stems, and 95 % bootstrap intervals.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import torch

from pipeline.errors import PrecisError
from pipeline.metrics.bootstrap import ci95
from pipeline.score import rouge
from pipeline.train.checks import TYPES, Check, by_lines, make_check
from pipeline.train.columns import Read, read_examples
from pipeline.train.examples import write_examples
from pipeline.train.objective import quiet
from pipeline.train.settings import Examples, FineTune
from pipeline.train.tunable import load_base, open_base

TYPES_SHOWN = ("rouge1", "rouge2", "rougeLsum")


def measured(model: str, data: Path, source: str, target: str | None, limit: int | None) -> list[str]:
    """A table row: model, examples, and each ROUGE with its interval."""
    columns = Examples(train=data.name, validation=data.name, source=source, target=target)
    plan = FineTune(kind="finetune", model=model, data=columns, check_examples=10_000_000, steps=1)
    base = open_base(plan)
    read = read_examples(plan.data, data.parent, limit, plan.seed)
    with tempfile.TemporaryDirectory() as folder:
        write_examples(Read(read.val[:1], read.val, read.target, read.skipped), base, plan, Path(folder))
        loaded, objective = load_base(base, plan, torch.device("cpu"))
        check = make_check(loaded, objective, base, plan, Path(folder))
        assert isinstance(check, Check)
        written = check.texts()
    kept = sorted(written)
    scores = rouge(
        [by_lines(written[i]) for i in kept], [by_lines(check.references[i]) for i in kept], TYPES, per_item=True
    )
    return [model, str(len(kept)), *(told([f for _, _, f in scores[name]]) for name in TYPES_SHOWN)]


def told(values: list[float]) -> str:
    """The mean × 100 with its percentile bootstrap interval."""
    low, high = ci95(values)
    return f"{100 * sum(values) / len(values):.1f} ({100 * low:.1f}–{100 * high:.1f})"


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="JSONL (also .gz, .xz) of examples")
    parser.add_argument("--model", action="append", required=True, help="embedded, or a folder; again for more")
    parser.add_argument("--source", default="document")
    parser.add_argument("--target", help="default: summary, headline or bullets, the first there is")
    parser.add_argument("--limit", type=int)
    args = parser.parse_args(argv)
    quiet()
    print("| model | n | R1 F | R2 F | Lsum F |\n|---|---|---|---|---|")
    try:
        for model in args.model:
            print(f"| {' | '.join(measured(model, args.data, args.source, args.target, args.limit))} |", flush=True)
    except PrecisError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
