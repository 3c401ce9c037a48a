"""The command `precis`: parse, call, print. Results go to stdout, progress and messages to stderr.

What it ends with is told by `EXIT_STATUS`.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline import cli_bench, cli_compare, cli_doctor, cli_export, cli_score, cli_train
from pipeline.engines import ENGINES
from pipeline.errors import PrecisError

if TYPE_CHECKING:
    from pipeline.config import Config

EXIT_STATUS = (
    "Exit status: 0 done; 1 finished, but an article was quarantined, a threshold missed, a run of a sweep or a "
    "combination of a bench failed or something needed is not there (doctor); 2 the config or the input cannot be used "
    "(a line for every fault, no traceback); 130 interrupted."
)
QUICKSTART = "configs/run/quickstart.yaml"


def build_parser() -> argparse.ArgumentParser:
    """The parser of every command; `func` of the result is what runs it."""
    parser = argparse.ArgumentParser(
        prog="precis",
        description="Turns news articles into summaries, bullet briefs and headlines, and scores them.",
        epilog=f"precis COMMAND --help explains a command. {EXIT_STATUS}",
    )
    parser.add_argument("--version", action="store_true", help="print the version and exit")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    for name, add, func, text in COMMANDS:
        command = commands.add_parser(name, help=text, description=text)
        add(command)
        command.set_defaults(func=func)
    return parser


def _brief_arguments(p: argparse.ArgumentParser) -> None:
    p.add_argument("files", nargs="+", metavar="FILE", help="article files or folders; - reads one article from stdin")
    p.add_argument("--json", action="store_true", help="print one outputs.jsonl record per line, in argument order")
    p.add_argument(
        "--kinds",
        metavar="K,K,…",
        help="of summary,bullets,headlines,rewrite (default: the first three, or the config's)",
    )
    p.add_argument("--engine", metavar="NAME", help=f"{', '.join(ENGINES)} (default: embedded, or the config's)")
    p.add_argument("--model", help="model folder or hub name, for the engine")
    p.add_argument("--config", metavar="FILE", help="run config to start from (default: the default settings)")
    p.add_argument("--set", action="append", default=[], metavar="a.b=v", help="override a setting; may be repeated")


def brief(args: argparse.Namespace) -> int:
    """Print headlines, summary and bullets for each file."""
    from pipeline.api import brief_articles
    from pipeline.files import to_line
    from pipeline.ingest import read_configured
    from pipeline.report.terminal import brief_text
    from pipeline.run import open_engines
    from pipeline.serial import brief_to_dict

    config = _brief_settings(args)
    read = [read_configured(config.input, path) for path in args.files]
    engines = open_engines(config)
    failed = 0
    for ingested, quarantined in read:
        for item in quarantined:
            failed += 1
            _say(f"{item.origin}: {item.reason}")
        for one in ingested:
            (made,) = brief_articles([one.article], config, engines)
            print(to_line(brief_to_dict(made)) if args.json else brief_text(made), flush=True)
    return 1 if failed else 0


def _brief_settings(args: argparse.Namespace) -> Config:
    """The default settings, or those of --config, with what the other options say."""
    from pipeline.config import load_config
    from pipeline.records import KINDS

    values: dict[str, object] = {}
    if args.kinds is not None:
        wanted = _kinds(args.kinds)
        values |= {f"outputs.{kind}.enabled": kind in wanted for kind in KINDS}
    if args.engine or args.model:
        values |= {f"outputs.{kind}.engine": None for kind in KINDS}
    named = {"engine.name": args.engine, "engine.model": args.model}
    return load_config(args.config, args.set, values | {key: value for key, value in named.items() if value})


def _kinds(given: str) -> list[str]:
    from pipeline.records import KINDS

    wanted = [kind.strip() for kind in given.split(",") if kind.strip()]
    unknown = [kind for kind in wanted if kind not in KINDS]
    if unknown or not wanted:
        raise PrecisError(
            f"unknown kinds: {', '.join(unknown) or 'none given'}", where="--kinds", fix="of " + ", ".join(KINDS)
        )
    return wanted


def _run_arguments(p: argparse.ArgumentParser) -> None:
    p.add_argument("config", nargs="?", help=f"run config (default: {QUICKSTART})")
    _batch_arguments(p, "run directory (default: runs/<config name>)")
    cli_score.threshold_argument(p)
    p.add_argument("--quiet", action="store_true", help="print the report's path only")


def _batch_arguments(p: argparse.ArgumentParser, out: str) -> None:
    p.add_argument("--input", metavar="PATH", help="file, folder or - instead of input.path")
    p.add_argument("--set", action="append", default=[], metavar="a.b=v", help="override a setting; may be repeated")
    p.add_argument("--out", metavar="DIR", help=out)
    p.add_argument("--limit", type=int, metavar="N", help="only the first N articles")
    p.add_argument("--fresh", action="store_true", help="forget what an earlier run left in the directory")


def run(args: argparse.Namespace) -> int:
    """Run a config into its directory; again = resume."""
    from pipeline.config import load_config
    from pipeline.job import run as run_job
    from pipeline.thresholds import parse_thresholds

    values = {"input.path": args.input, "run.out": args.out, "input.limit": args.limit}
    values |= {f"score.fail_under.{key}": least for key, least in parse_thresholds(args.fail_under).items()}
    path = args.config or (QUICKSTART if Path(QUICKSTART).exists() else None)
    config = load_config(path, args.set, {k: v for k, v in values.items() if v is not None})
    done = run_job(config, fresh=args.fresh, progress=_Progress())
    if not args.quiet:
        _print_run(done.path)
    if done.no_op:
        _say("nothing to do: this run is finished (--fresh runs it again)")
    for line in done.missed:
        _say(f"threshold missed: {line}")
    lost = int(done.counts["quarantined"])
    if lost:
        _say(f"{lost} quarantined: see {done.path / 'quarantine.jsonl'}")
    print(f"report: {done.path / 'report.html'}")
    return 1 if lost or done.missed else 0


def _print_run(path: Path) -> None:
    from pipeline.files import read_jsonl
    from pipeline.report.terminal import brief_text, score_table

    for record in read_jsonl(path / "outputs.jsonl"):
        print(brief_text(record))
    scores = path / "scores.json"
    if scores.exists():
        print(score_table(json.loads(scores.read_text(encoding="utf-8"))))


def _sweep_arguments(p: argparse.ArgumentParser) -> None:
    p.add_argument("sweep", type=Path, metavar="SWEEP.yaml", help="what to combine: see docs/sweep.md")
    _batch_arguments(p, "folder of the sweep (default: runs/sweep-<name>)")
    p.add_argument("--json", action="store_true", help="print sweep.json instead of the tables")
    cli_compare.output_arguments(p)


def sweep(args: argparse.Namespace) -> int:
    """Run every combination of a sweep file, then compare them; again = resume."""
    from pipeline.sweep.load import load_sweep
    from pipeline.sweep.work import run_sweep

    cli_compare.check_outputs(args)
    values = {"input.path": args.input, "input.limit": args.limit}
    plan = load_sweep(args.sweep, args.set, {k: v for k, v in values.items() if v is not None}, args.out)
    done = run_sweep(
        plan,
        fresh=args.fresh,
        begin=lambda number, total, name: _Progress(f"run {number}/{total} {name}  "),
        end=lambda outcome: _say(f"{outcome.name}: {outcome.told}"),
    )
    form = "json" if args.json else args.format
    shown = {**done.comparison, "examples": []} if form == "text" else done.comparison  # the texts are on the page
    print(cli_compare.printed(shown, form), end="")
    cli_compare.write_outputs(args, done.comparison)
    if form == "text":
        print(f"\ncomparison: {done.path / 'comparison.html'}")
    return 0 if done.clean else 1


def _run_dir_argument(p: argparse.ArgumentParser) -> None:
    p.add_argument("run_dir", type=Path, metavar="RUN_DIR", help="a run directory")


def report(args: argparse.Namespace) -> int:
    """Write report.html of a run directory again."""
    from pipeline.files import write_text
    from pipeline.report.html import render_report
    from pipeline.report.view import load_run

    write_text(args.run_dir / "report.html", render_report(load_run(args.run_dir)))
    print(f"report: {args.run_dir / 'report.html'}")
    return 0


def _explain_arguments(p: argparse.ArgumentParser) -> None:
    _run_dir_argument(p)
    p.add_argument("id", metavar="ID", help="an article's id")


def explain(args: argparse.Namespace) -> int:
    """Every candidate of one article: verdict, score, why it won or lost, and its source sentences."""
    from pipeline.report.explain import explain_article

    print(explain_article(args.run_dir, args.id))
    return 0


COMMANDS: tuple[
    tuple[str, Callable[[argparse.ArgumentParser], None], Callable[[argparse.Namespace], int], str], ...
] = (
    ("brief", _brief_arguments, brief, "print headlines, summary and bullets for articles, one-off"),
    ("run", _run_arguments, run, "run a config over all its articles into a run directory; again = resume"),
    ("score", cli_score.arguments, cli_score.score, "score saved text against references, without any model"),
    ("compare", cli_compare.arguments, cli_compare.compare, "compare two or more systems on their common articles"),
    ("sweep", _sweep_arguments, sweep, "run every combination of a sweep file, then compare them; again = resume"),
    ("train", cli_train.arguments, cli_train.train, "train or fine-tune a model from a config; again = resume"),
    ("report", _run_dir_argument, report, "write the HTML report of a run directory again"),
    ("explain", _explain_arguments, explain, "show every candidate of one article and why the winner won"),
    ("bench", cli_bench.arguments, cli_bench.bench, "speed, memory and output identity of engines on your articles"),
    ("export", cli_export.arguments, cli_export.export, "write a run as a Parquet file or as a data set with a card"),
    ("doctor", cli_doctor.arguments, cli_doctor.doctor, "tell what works here, offline, right now"),
)


class _Progress:
    """A line on stderr, redrawn in place; nothing when stderr is no terminal."""

    def __init__(self, label: str = "") -> None:
        self._began = time.monotonic()
        self._label = label

    def __call__(self, done: int, total: int, name: str) -> None:
        if not sys.stderr.isatty() or time.monotonic() - self._began < 2:
            return
        end = "\n" if done == total else ""
        print(f"\r\x1b[K{self._label}{done}/{total} articles  {name}", end=end, file=sys.stderr, flush=True)


def _say(text: str) -> None:
    print(f"precis: {text}", file=sys.stderr)


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; the result is the exit status."""
    parser = build_parser()
    args = parser.parse_args(argv)
    if args.version:
        from importlib.metadata import version

        print(f"precis {version('precis')}")
        return 0
    if args.command is None:
        parser.print_help()
        return 2
    try:
        status: int = args.func(args)
        return status
    except PrecisError as error:
        for line in str(error).splitlines():
            _say(line)
        return 2
    except OSError as error:
        _say(f"{error.filename or 'a file'}: {error.strerror or error}")
        return 2
    except KeyboardInterrupt:
        _say("interrupted; what was finished is kept, the same command resumes")
        return 130


if __name__ == "__main__":
    raise SystemExit(main())
