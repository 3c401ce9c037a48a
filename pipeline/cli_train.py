"""`precis train`: its arguments, and what it prints."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path


def arguments(p: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    p.add_argument("config", type=Path, metavar="CONFIG", help="recipe, fine-tuning or selector: see configs/train/")
    p.add_argument("--data", type=Path, metavar="PATH", help="folder with train/ and val/; to fine-tune also one file")
    p.add_argument("--out", type=Path, metavar="DIR", help="the model's folder (default: runs/train-<name>)")
    p.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="key=value",
        help="override a setting, of all stages (lr=1e-4) or of one (news.lr=1e-4); may be repeated",
    )
    p.add_argument("--limit", type=int, metavar="N", help="only the first N records of each set, to try things out")
    p.add_argument("--fresh", action="store_true", help="forget an earlier training in the folder")
    p.add_argument("--prepare", action="store_true", help="write the training pairs only; the loop can run elsewhere")
    p.add_argument("--processes", type=int, default=1, metavar="N", help="train in N processes (needs accelerate)")


def train(args: argparse.Namespace) -> int:
    """Train or fine-tune a model; again = resume."""
    from pipeline.train.command import Wanted, train_model

    wanted = Wanted(
        config=args.config,
        data=args.data,
        out=args.out,
        overrides=tuple(args.set),
        limit=args.limit,
        fresh=args.fresh,
        prepare_only=args.prepare,
        processes=args.processes,
    )
    line = "\r\x1b[K" if sys.stderr.isatty() else ""  # over the line of the loop's progress
    model = train_model(wanted, lambda text: print(f"{line}precis: {text}", file=sys.stderr, flush=True))
    if model is not None:
        print(f"model: {model}")
    return 0
