"""How much faster than plain transformers the embedded engine is: ratios in one run, with equal ROUGE shown.

    .venv/bin/python scripts/bench_engines.py DATA --limit 8                                # a quick look
    .venv/bin/python scripts/bench_engines.py DATA --write docs/bench_engines.md            # the figures of that page

DATA holds test/cnn_highlights_allsides.jsonl.xz and test/allsides_abp.jsonl.xz (see docs/bench.md). Systems run in
processes of their own, block by block of articles, so that what slows the machine slows all of them. Exit status: 0, 1
if anything could not be measured (it is named, the rest is measured), 2 if the arguments cannot be used.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.cold import cold  # noqa: E402
from bench.engines import (  # noqa: E402
    AT_ONCE,
    BACKENDS,
    BATCHED,
    LOOP,
    ONE,
    Found,
    choose_batch,
    run_blocks,
    sample,
    speed,
    split_blocks,
)
from bench.engines_report import (  # noqa: E402
    Bar,
    bars,
    cold_bar,
    cold_table,
    machine_line,
    rouge_table,
    speed_table,
)
from bench.tables import put_between_markers, table  # noqa: E402

from pipeline.config import load_config  # noqa: E402
from pipeline.errors import PrecisError  # noqa: E402
from pipeline.machine import machine  # noqa: E402

ARTICLE = Path(__file__).resolve().parents[1] / "seeds" / "ashvel-river-treaty" / "article.md"
PARTS = ("throughput", "cold")
SPARED = tuple(system.name for system in (*BACKENDS[1:], ONE))


def arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, metavar="DATA")
    parser.add_argument("--split", choices=("val", "test"), default="test")
    parser.add_argument("--limit", type=int, default=200, help="articles, half of each set (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=5, help="blocks the articles are run in (default: %(default)s)")
    parser.add_argument("--cold-rounds", type=int, default=7, help="cold starts of each (default: %(default)s)")
    parser.add_argument("--only", choices=PARTS, help="one part of it")
    parser.add_argument("--batch", type=int, help="the batched loop's batch size; the best of four without it")
    parser.add_argument("--skip", action="append", default=[], choices=SPARED, help="leave a system without a bar out")
    parser.add_argument("--set", action="append", default=[], help="override a setting of all systems")
    parser.add_argument("--write", type=Path, help="document whose text between the markers is replaced")
    args = parser.parse_args(argv)
    if not args.data.is_dir() or min(args.limit, args.rounds, args.cold_rounds) < 1:
        parser.error("DATA needs to be a folder; --limit, --rounds and --cold-rounds at least 1")
    if args.batch is not None and args.batch not in batch_sizes():
        parser.error(f"--batch: of {', '.join(map(str, batch_sizes()))}")
    return args


def batch_sizes() -> list[int]:
    return [int(system.name.removeprefix("batch")) for system in BATCHED]


def throughput(args: argparse.Namespace, missing: list[str]) -> tuple[list[str], list[Bar]]:
    """The sections on speed and ROUGE, and their bars."""
    articles = sample(args.data, args.split, args.limit)
    spare = articles.spare[: AT_ONCE + 1 if args.limit > AT_ONCE else 2]
    candidates = [s for s in BATCHED if args.batch is None or s.name == f"batch{args.batch}"]
    tried = Found()
    best = candidates[0]
    if len(candidates) > 1:
        best, tried = choose_batch(candidates, spare, args.set)
    systems = [system for system in (*BACKENDS, LOOP, best, ONE) if system.name not in args.skip]
    found = run_blocks(systems, split_blocks(articles.articles, args.rounds), spare[0], args.set)
    missing += [f"{name}: {why}" for name, why in (tried.faults | found.faults).items()]
    missing += [
        f"{name}: {item['id']}: {item['why']}"
        for name, results in found.results.items()
        for result in results
        for item in result.get("failed", ())
    ]
    n = len(articles.articles)
    parts = [f"### Speed ({n} articles in {min(args.rounds, n)} blocks)\n\n{speed_table(systems, found)}"]
    if tried.results:
        told = (f"{name.removeprefix('batch')}: {speed(results)[0]:.3g}" for name, results in tried.results.items())
        parts.append(f"Articles/s by requests a call, on {len(spare) - 1} other articles: {', '.join(told)}.")
    parts.append(f"### ROUGE\n\n{rouge_table(systems, found, articles)}")
    return parts, bars(systems, found, articles)


def measure(args: argparse.Namespace) -> tuple[str, list[str]]:
    """The Markdown, and what could not be measured."""
    load_config(None, args.set)  # a setting that cannot be is refused before anything is measured
    before, missing = machine(), list[str]()
    parts: list[str] = []
    reached: list[Bar] = []
    if args.only in (None, "throughput"):
        parts, reached = throughput(args, missing)
    if args.only in (None, "cold"):
        try:
            taken = cold(ARTICLE, args.cold_rounds, args.set)
            parts.append(f"### Cold start ({args.cold_rounds} times each)\n\n{cold_table(taken)}")
            reached.append(cold_bar(taken))
        except PrecisError as error:
            missing.append(str(error))
    bar_table = table(("bar", "bound", "reached", "met"), [bar.cells() for bar in reached])
    head = f"Made by `{shown(args)}` on {machine_line(before)}."
    return "\n\n".join([head, f"### Bars\n\n{bar_table}", *parts]), missing


def shown(args: argparse.Namespace) -> str:
    """The command, as it is to be typed."""
    found = [f"scripts/bench_engines.py DATA --split {args.split} --limit {args.limit} --rounds {args.rounds}"]
    found += [f"--cold-rounds {args.cold_rounds}"]
    found += [f"--only {args.only}"] if args.only else []
    found += [f"--batch {args.batch}"] if args.batch else []
    return " ".join([*found, *(f"--skip {name}" for name in args.skip), *(f"--set {value}" for value in args.set)])


def main(argv: Sequence[str] | None = None) -> int:
    args = arguments(argv)
    try:
        text, missing = measure(args)
        print(text)
        if args.write:
            put_between_markers(args.write, text, "bench_engines")
    except PrecisError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    for line in missing:
        print(f"missing: {line}", file=sys.stderr)
    return 1 if missing else 0


if __name__ == "__main__":
    raise SystemExit(main())
