"""Compare the metrics that need no model with what people judged, and rebuild the tables of docs/scoring.md.

    .venv/bin/python scripts/validate_metrics.py --data DATA --write docs/scoring.md
    .venv/bin/python scripts/validate_metrics.py --data DATA --only qags --show 20      # sentences judged wrongly

DATA/judged holds realsumm.jsonl.xz and qags.jsonl.xz. Needs the extra `test` (scipy, scikit-learn). Deterministic under
--seed; nothing is fitted to the data but the thresholds of balanced accuracy, each chosen on the other half.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.tables import put_between_markers  # noqa: E402
from validate import qags, realsumm  # noqa: E402

from pipeline.errors import PrecisError  # noqa: E402

PAIRED = ("rouge2.r", "rouge1.r", "rouge1.f", "rouge2.f", "rougeLsum.f")
HALVES = {"cnndm": "CNN/DM", "xsum": "XSum"}


def realsumm_text(path: Path, args: argparse.Namespace) -> str:
    """The tables on REALSumm."""
    judged = realsumm.read(path, args.limit)
    resampled = {"samples": args.samples, "seed": args.seed}
    tested = {"trials": args.trials, "seed": args.seed}
    parts = [
        "#### Agreement with people",
        realsumm.correlations(judged, **resampled),
        "#### Beside published figures for the same outputs",
        realsumm.beside_published(judged, **resampled),
        "#### The systems",
        realsumm.ranking(judged, "rouge2.r", **resampled, trials=args.trials),
        "#### All pairs of systems",
        realsumm.pairs(judged, PAIRED, **tested),
    ]
    return "\n\n".join(parts)


def qags_text(path: Path, args: argparse.Namespace) -> str:
    """The tables on QAGS."""
    sentences = qags.read(path, args.limit)
    parts = []
    for half, name in HALVES.items():
        own = [one for one in sentences if one.id.split("-")[1] == half]
        if own:
            bad = sum(not one.consistent for one in own)
            parts += [f"#### {name}: {len(own)} sentences, {bad} judged inconsistent"]
            parts += [qags.detectors(own, samples=args.samples, seed=args.seed), qags.flagged(own)]
    for one in sentences[:: max(1, len(sentences) // args.show)] if args.show else ():
        print(one.id, one.consistent, one.unsupported, one.text, sep="\t")
    return "\n\n".join(parts)


TEXTS = {"realsumm": realsumm_text, "qags": qags_text}


def main(argv: Sequence[str] | None = None) -> int:
    """Print the tables, or put them into a document; 2 if the arguments or the data cannot be used."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--only", choices=tuple(TEXTS), help="one of the two sets")
    parser.add_argument("--limit", type=int, help="only the first articles, to try it out")
    parser.add_argument("--samples", type=int, default=1000, help="bootstrap samples (default 1000)")
    parser.add_argument("--trials", type=int, default=10_000, help="of paired randomization (default 10000)")
    parser.add_argument("--seed", type=int, default=13)
    parser.add_argument("--show", type=int, default=0, help="print about so many sentences of QAGS with their verdicts")
    parser.add_argument("--write", type=Path, help="document whose text between the markers is replaced")
    args = parser.parse_args(argv)
    for name, text in TEXTS.items():
        path = args.data / "judged" / f"{name}.jsonl.xz"
        if args.only not in (None, name):
            continue
        if not path.is_file():
            print(f"there is no {path}", file=sys.stderr)
            return 2
        found = text(path, args)
        if args.write:
            try:
                put_between_markers(args.write, found, f"validate_metrics {name}")
            except PrecisError as error:
                print(error, file=sys.stderr)
                return 2
        else:
            print(found, end="\n\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
