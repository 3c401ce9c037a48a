"""Measure the embedded engine, as shipped and guarded, beside other systems, and rebuild the tables of the model card.

    .venv/bin/python scripts/bench_quality.py --data DATA --limit 20                        # developing: val
    .venv/bin/python scripts/bench_quality.py --data DATA --split test --write docs/model_card.md
    .venv/bin/python scripts/bench_quality.py --data DATA --split test --only realsumm --no-ours

DATA holds val/, test/ and judged/. Tune on val; test and REALSumm are for reporting. What was generated is kept below
--work by settings, weights, code and article, so a rerun goes on where one stopped. Exit status: 0, 1 if anything is
missing (it is named, the rest is measured), 2 if the arguments cannot be used.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.generate import code_digest, settings  # noqa: E402
from bench.session import Bench  # noqa: E402
from bench.sets import MEASURES, NAMES  # noqa: E402
from bench.tables import put_between_markers  # noqa: E402

from pipeline.errors import PrecisError  # noqa: E402
from pipeline.files import write_jsonl  # noqa: E402

EXTRAS = ("control", "speed")


def arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--split", choices=("val", "test"), default="val")
    parser.add_argument("--limit", type=int, help="articles per set (a sample by id); all without it")
    parser.add_argument("--only", help=f"comma-separated: {', '.join((*NAMES, *EXTRAS))}")
    parser.add_argument("--no-ours", action="store_true", help="other systems only: nothing is generated")
    parser.add_argument("--control", type=int, default=20, help="articles for each length asked for")
    parser.add_argument("--timed", type=int, default=10, help="articles whose time is taken")
    parser.add_argument("--work", type=Path, default=Path(tempfile.gettempdir()) / "precis-bench")
    parser.add_argument("--write", type=Path, help="document whose text between the markers is replaced")
    parser.add_argument("--alarms", type=Path, help="our outputs with an alarm, to be read, as JSON Lines")
    parser.add_argument("--set", action="append", default=[], help="override a setting, as in precis run")
    args = parser.parse_args(argv)
    args.only = args.only.split(",") if args.only else []
    unknown = sorted(set(args.only) - {*NAMES, *EXTRAS})
    if unknown:
        parser.error(f"--only: unknown measure {', '.join(unknown)}")
    counts = [n for n in (args.limit, args.control, args.timed) if n is not None]
    if not args.data.is_dir() or min(counts) < 1:
        parser.error("--data needs a folder; --limit, --control and --timed at least 1")
    return args


def steps(bench: Bench, args: argparse.Namespace) -> list[tuple[str, Callable[[], None]]]:
    """What can be measured on this split, by name, in the order of the report."""
    ours = not args.no_ours
    found: list[tuple[str, Callable[[], None]]] = [
        (measure.name, partial(bench.measure, measure, ours=ours))
        for measure in MEASURES
        if args.split in measure.splits
    ]
    if ours:
        settings(("summary",), args.set)  # a setting that cannot be is refused before anything is measured
        found += [("control", partial(bench.control, args.control)), ("speed", partial(bench.speed, args.timed))]
    return found


def measure_all(args: argparse.Namespace) -> Bench:
    """Everything asked for; what fails is named in `missing`, and the rest goes on."""
    code = code_digest()
    folder = args.work / code
    folder.mkdir(parents=True, exist_ok=True)
    bench = Bench(args.data, args.split, args.limit, folder, code, args.set)
    known = steps(bench, args)
    wanted = [(name, step) for name, step in known if not args.only or name in args.only]
    for name, step in [("ordinary words", bench.learn_ordinary_words), *wanted]:
        try:
            step()
        except (PrecisError, RuntimeError) as error:
            bench.missing.append(f"{name}: {error}")
    names = {name for name, _ in known}
    bench.missing += [f"{name}: not measured on {args.split}" for name in args.only if name not in names]
    return bench


def main(argv: Sequence[str] | None = None) -> int:
    args = arguments(argv)
    try:
        bench = measure_all(args)
        text = bench.report(" ".join(["scripts/bench_quality.py", *shown(args)]))
        print(text)
        if args.alarms:
            write_jsonl(args.alarms, bench.alarms())
        if args.write:
            put_between_markers(args.write, text)
    except PrecisError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    for line in bench.missing:
        print(f"missing: {line}", file=sys.stderr)
    return 1 if bench.missing else 0


def shown(args: argparse.Namespace) -> list[str]:
    """The arguments that change the figures, as they are to be typed."""
    found = ["--data DATA", f"--split {args.split}"]
    found += [f"--limit {args.limit}"] if args.limit else []
    found += [f"--only {','.join(args.only)}"] if args.only else []
    found += ["--no-ours"] if args.no_ours else [f"--control {args.control}", f"--timed {args.timed}"]
    return found + [f"--set {json.dumps(value) if ' ' in value else value}" for value in args.set]


if __name__ == "__main__":
    raise SystemExit(main())
