"""The command `precis score`: parse, call, print."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from pipeline.errors import ConfigError


def arguments(p: argparse.ArgumentParser) -> None:
    """The arguments of `precis score`."""
    p.add_argument("run_dir", nargs="?", type=Path, help="run directory whose outputs are scored again")
    p.add_argument(
        "--outputs",
        type=Path,
        action="append",
        default=[],
        help="outputs of any system: JSONL, plain text (one a line) or a run directory; may be repeated",
    )
    p.add_argument(
        "--references",
        type=Path,
        action="append",
        default=[],
        help="references: JSONL, plain text or a run directory; repeated: alternatives of the same items",
    )
    p.add_argument("--kind", default="summary", help="what plain text lines are: summary (default), headlines, …")
    p.add_argument("--profile", default="google", help="google (default: as rouge-score), perl (ROUGE-1.5.5), unicode")
    p.add_argument("--no-stemmer", action="store_true", help="compare words as they are")
    p.add_argument("--multi-ref", default="max", help="several references: max (default), mean or jackknife")
    p.add_argument(
        "--missing",
        default="skip",
        help="ids on one side only: skip (default: named, not scored), error, or zero (no output scores 0)",
    )
    p.add_argument("--protocols", action="store_true", help="the scores under the protocols people publish")
    p.add_argument("--json", action="store_true", help="print JSON instead of the table")
    p.add_argument("--samples", type=int, default=1000, help="bootstrap samples (default 1000)")
    p.add_argument("--seed", type=int, default=13, help="of the bootstrap (default: %(default)s)")
    threshold_argument(p)


def threshold_argument(p: argparse.ArgumentParser) -> None:
    """`--fail-under`, of every command that scores."""
    p.add_argument(
        "--fail-under",
        action="append",
        default=[],
        metavar="SCORE=X",
        help="exit status 1 if a score is under X or missing, as in summary.rouge1.f=0.35; may be repeated",
    )


def score(args: argparse.Namespace) -> int:
    """Score saved text, without any model."""
    from pipeline.report.protocols import protocol_tables
    from pipeline.report.terminal import score_table
    from pipeline.scoring import Options, protocols_saved, read_systems, score_systems_saved
    from pipeline.thresholds import check_thresholds, missed, parse_thresholds

    thresholds = parse_thresholds(args.fail_under)
    check_thresholds(thresholds)
    options = Options(
        kind=args.kind,
        samples=args.samples,
        seed=args.seed,
        use_stemmer=not args.no_stemmer,
        profile=args.profile,
        multi_ref=args.multi_ref,
        unpaired=args.missing,
    )
    if args.protocols:
        _check_protocols(args)
    systems = read_systems(args.run_dir, args.outputs, args.references, options)
    if args.protocols:
        found = protocols_saved(systems, options)
        print(json.dumps(found, ensure_ascii=False, indent=1) if args.json else protocol_tables(found))
        return 0
    scores = score_systems_saved(systems, options)
    print(json.dumps(scores, ensure_ascii=False, indent=1) if args.json else score_table(scores))
    _tell(scores)
    under = missed(thresholds, scores)
    for line in under:
        print(f"precis: threshold missed: {line}", file=sys.stderr)
    return 1 if under else 0


def _check_protocols(args: argparse.Namespace) -> None:
    """Refuse what `--protocols` would ignore: the protocols say themselves how they score."""
    defaults = {
        "--profile": args.profile == "google",
        "--multi-ref": args.multi_ref == "max",
        "--no-stemmer": not args.no_stemmer,
        "--samples": args.samples == 1000,
        "--seed": args.seed == 13,
        "--fail-under": not args.fail_under,
    }
    why = "every protocol scores in its own way; leave it or --protocols out"
    faults = [f"{name}: {why}" for name, unchanged in defaults.items() if not unchanged]
    if faults:
        raise ConfigError(faults)


def _tell(scores: dict[str, Any]) -> None:
    """What could not be paired, and what is empty, a line each on stderr."""
    lines = [
        f"{problem['id']}: {problem['what']}{' (' + problem['system'] + ')' if 'system' in problem else ''}"
        for problem in scores["problems"]
    ]
    lines += [f"empty {kind}, scored 0: {', '.join(ids)}" for kind, ids in scores["empty"].items()]
    for line in lines:
        print(f"precis: {line}", file=sys.stderr)
