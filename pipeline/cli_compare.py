"""The command `precis compare`: parse, call, print; and the tables that it and `precis sweep` can write."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pipeline.errors import ConfigError

FORMATS = ("text", "markdown", "latex", "csv", "json")
ENDINGS = {".md": "markdown", ".tex": "latex", ".csv": "csv"}


def arguments(p: argparse.ArgumentParser) -> None:
    """The arguments of `precis compare`."""
    p.add_argument(
        "systems",
        nargs="+",
        type=Path,
        metavar="SYSTEM",
        help="two or more run directories or files of texts; the first is what the others are compared with",
    )
    p.add_argument(
        "--references", type=Path, metavar="R", help="score all against these: JSONL, plain text or a run directory"
    )
    p.add_argument("--kind", default="summary", help="what plain text lines are: summary (default), headlines, …")
    p.add_argument("--names", default="", metavar="A,B,…", help="what to call the systems (default: their file names)")
    p.add_argument(
        "--metrics", default="", metavar="K.M,…", help="only these, as in summary.rouge2 (default: all that they have)"
    )
    p.add_argument("--trials", type=int, default=10_000, help="trials of the paired tests (default %(default)s)")
    p.add_argument("--samples", type=int, help="bootstrap samples of the scores' intervals (default: the first run's)")
    p.add_argument("--seed", type=int, help="of the tests and the bootstrap (default: the first run's)")
    p.add_argument("--anyway", action="store_true", help="compare what is scored under different signatures")
    p.add_argument("--examples", type=int, default=3, metavar="N", help="articles shown side by side (3 a kind)")
    p.add_argument("--json", action="store_true", help="print the comparison as JSON")
    output_arguments(p)


def output_arguments(p: argparse.ArgumentParser) -> None:
    """What a comparison can be printed and written as."""
    p.add_argument("--format", choices=FORMATS, default="text", help="what is printed (default: %(default)s)")
    p.add_argument(
        "--table", action="append", default=[], type=Path, metavar="F", help="write the table to F.md, F.tex or F.csv"
    )
    p.add_argument("--html", type=Path, metavar="F", help="write the comparison as one HTML page")


def compare(args: argparse.Namespace) -> int:
    """Paired comparison of two or more systems on their common articles."""
    from pipeline.comparing import Options, compare_saved

    check_outputs(args)
    if args.json and args.format not in ("text", "json"):
        raise ConfigError([f"--json and --format {args.format} ask for two things on stdout; give one"])
    found = compare_saved(args.systems, Options(**_options(args)))
    print(printed(found, "json" if args.json else args.format), end="")
    write_outputs(args, found)
    return 0


def check_outputs(args: argparse.Namespace) -> None:
    """ConfigError for a table whose ending says no format, before anything is computed."""
    odd = [str(path) for path in args.table if path.suffix.lower() not in ENDINGS]
    if odd:
        raise ConfigError([f"{name}: a table ends in {', '.join(ENDINGS)}" for name in odd], where="--table")


def printed(record: Mapping[str, Any], form: str) -> str:
    """The comparison in one of FORMATS; ends with a newline."""
    if form == "json":
        return json.dumps(record, ensure_ascii=False, indent=1) + "\n"
    if form == "text":
        from pipeline.report.comparison_text import systems_table

        return systems_table(record)
    from pipeline.report.comparison_export import EXPORTS

    return EXPORTS[form](record)


def write_outputs(args: argparse.Namespace, record: Mapping[str, Any]) -> None:
    """The tables and the page that were asked for; their paths go to stderr."""
    from pipeline.files import write_text

    for path in args.table:
        write_text(path, printed(record, ENDINGS[path.suffix.lower()]))
        print(f"precis: table: {path}", file=sys.stderr)
    if args.html:
        from pipeline.report.comparison_html import render_comparison

        write_text(args.html, render_comparison(record))
        print(f"precis: page: {args.html}", file=sys.stderr)


def _options(args: argparse.Namespace) -> dict[str, Any]:
    from pipeline.records import KINDS
    from pipeline.score_names import is_metric, nearest_metric, split_metric

    faults = [] if args.kind in KINDS else [f"--kind: unknown kind {args.kind!r}, of {', '.join(KINDS)}"]
    metrics = _listed(args.metrics)
    faults += [
        f"--metrics: unknown metric {name!r}; did you mean {nearest_metric(name)}?"
        for name in metrics
        if not is_metric(name)
    ]
    bounds = {"trials": (100, 1_000_000), "samples": (100, 100_000), "seed": (0, 2**32 - 1), "examples": (0, 1000)}
    for name, (low, high) in bounds.items():
        value = getattr(args, name)
        if value is not None and not low <= value <= high:
            faults.append(f"--{name}: should be from {low} to {high}, got {value}")
    if faults:
        raise ConfigError(faults)
    return {
        "references": args.references,
        "kind": args.kind,
        "names": tuple(_listed(args.names)),
        "metrics": tuple(map(split_metric, metrics)) or None,
        **{name: getattr(args, name) for name in (*bounds, "anyway")},
    }


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]
