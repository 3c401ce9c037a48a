"""The command `precis bench`: parse, call, print."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from pipeline.errors import ConfigError

QUICKSTART = "configs/run/quickstart.yaml"


def arguments(p: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    p.add_argument("config", nargs="?", help=f"run config to start from (default: {QUICKSTART})")
    p.add_argument("--input", metavar="PATH", help="file, folder or - instead of input.path")
    p.add_argument(
        "--engines",
        default="",
        metavar="E,E,…",
        help="engines to measure: NAME, NAME:MODEL, or either with settings, as in embedded+beams=2 "
        "(default: the config's)",
    )
    p.add_argument("--dtypes", default="", metavar="D,…", help="number types, as in float32,bfloat16")
    p.add_argument("--batch-sizes", default="", metavar="N,…", help="requests per forward pass, as in 1,8,32")
    p.add_argument("--threads", default="", metavar="N,…", help="threads on the CPU, as in 1,2")
    p.add_argument(
        "--batch-articles",
        type=int,
        metavar="N",
        help="articles worked on at once (default: the batch size with --batch-sizes, else the config's)",
    )
    p.add_argument("--set", action="append", default=[], metavar="a.b=v", help="override a setting; may be repeated")
    p.add_argument("--limit", type=int, metavar="N", help="only the first N articles; the first warms up")
    p.add_argument("--rounds", type=int, default=3, metavar="R", help="rounds, interleaved (default: %(default)s)")
    p.add_argument("--reference", metavar="NAME", help="what the others are compared with (default: the first)")
    p.add_argument("--json", action="store_true", help="print bench.json instead of the table")
    p.add_argument("--out", type=Path, metavar="DIR", help="folder of the result (default: runs/bench-<config name>)")


def bench(args: argparse.Namespace) -> int:
    """Measure engines on the user's articles, each in fresh processes."""
    from pipeline.bench.combinations import Axes, Base
    from pipeline.bench.job import Wanted
    from pipeline.bench.job import bench as measure
    from pipeline.bench.table import bench_table

    axes = Axes(
        engines=tuple(_listed(args.engines)),
        dtypes=tuple(_listed(args.dtypes)),
        batch_sizes=_numbers(args.batch_sizes, "--batch-sizes"),
        threads=_numbers(args.threads, "--threads"),
        batch_articles=args.batch_articles,
    )
    values = {"input.path": args.input, "input.limit": args.limit}
    path = args.config or (QUICKSTART if Path(QUICKSTART).exists() else None)
    given = {key: value for key, value in values.items() if value is not None}
    wanted = Wanted(
        base=Base(path, tuple(args.set), given),
        axes=axes,
        rounds=args.rounds,
        reference=args.reference,
        out=args.out,
    )
    done = measure(wanted, lambda text: print(f"precis: {text}", file=sys.stderr, flush=True))
    if args.json:
        print(json.dumps(done.record, ensure_ascii=False, indent=1))
    else:
        print(bench_table(done.record), end="")
        print(f"bench: {done.path / 'bench.json'}")
    for row in done.record["rows"]:
        if row["why"]:
            print(f"precis: {row['name']}: {row['why']}", file=sys.stderr)
    return 0 if done.clean else 1


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _numbers(text: str, option: str) -> tuple[int, ...]:
    faults = [f"{part!r} is no whole number" for part in _listed(text) if not part.isdigit()]
    if faults:
        raise ConfigError(faults, where=option)
    return tuple(map(int, _listed(text)))
