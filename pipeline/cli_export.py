"""The command `precis export`: parse, call, print."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path


def arguments(p: argparse.ArgumentParser) -> None:
    """The arguments of `precis export`."""
    p.add_argument("run_dir", type=Path, metavar="RUN_DIR", help="a run directory")
    p.add_argument("out", type=Path, metavar="OUT", help="file (.parquet) or folder to write")
    p.add_argument(
        "--to",
        choices=("parquet", "dataset"),
        help="parquet: one file; dataset: a folder with a card, as datasets.load_dataset reads it "
        "(default: parquet if OUT ends in .parquet, else dataset)",
    )
    p.add_argument("--without-text", action="store_true", help="leave the articles' own text out")
    p.add_argument("--force", action="store_true", help="replace what an earlier export wrote there")


def export(args: argparse.Namespace) -> int:
    """Write a run's outputs as Parquet or as a data set; status 1 if some of its articles have no output."""
    from pipeline.export import export_dataset, export_parquet

    to = args.to or ("parquet" if args.out.suffix.lower() == ".parquet" else "dataset")
    write = export_parquet if to == "parquet" else export_dataset
    done = write(args.run_dir, args.out, with_text=not args.without_text, force=args.force)
    print(f"{to}: {done.path} (articles: {done.rows:,})")
    if done.absent:
        print(f"precis: articles of the run that have no output and are not in it: {done.absent:,}", file=sys.stderr)
    return 1 if done.absent else 0
