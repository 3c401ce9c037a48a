"""Outputs to be judged by a reader who sees the article and no reference, and the judgements as a document.

    .venv/bin/python scripts/blind_sample.py --data DATA --n 50 --out FOLDER       # writes sheet.jsonl and sheet.md
    .venv/bin/python scripts/blind_sample.py --collect FOLDER/sheet.jsonl --reader "WHO OR WHAT READ" \
        --write docs/blind_reading.md

FOLDER must lie outside the repository: the sheets hold article text. The reader fills every `null` under "verdicts" in
sheet.jsonl with true or false, and "reason" where anything is false. Articles are drawn from the headline and bullets
sets by a hash of their ids; the engine runs as shipped.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from bench.blind import page, reading, sheet_record  # noqa: E402
from bench.generate import code_digest, settings, write  # noqa: E402
from bench.sets import ALL, MEASURES, read_measure  # noqa: E402

from pipeline.errors import InputError, PrecisError  # noqa: E402
from pipeline.files import read_jsonl, write_jsonl, write_text  # noqa: E402
from pipeline.records import Article  # noqa: E402

SETS = ("cnn", "allsides")


def draw(data: Path, split: str, n: int, skip: int = 0) -> list[Article]:
    """`n` articles of both sets together after the first `skip`, in the order of a hash: another sample than the
    bench's first `n`. What was read once and mended after it is not read again."""
    measures = [measure for measure in MEASURES if measure.name in SETS]
    articles = {i.article.id: i.article for m in measures for i in read_measure(m, data, split, None)}
    order = sorted(articles, key=lambda id_: hashlib.sha256(f"blind:{id_}".encode()).hexdigest())
    if len(order) < skip + n:
        raise InputError(f"holds {len(order)} articles, {skip + n} are to be drawn", where=str(data / split))
    return [articles[id_] for id_ in order[skip : skip + n]]


def make_sheets(args: argparse.Namespace) -> None:
    """Generate what is missing and write both sheets."""
    if args.out.resolve().is_relative_to(ROOT):
        raise InputError(
            "the sheets hold article text", where=str(args.out), fix="give a folder outside the repository"
        )
    articles = draw(args.data, args.split, args.n, args.skip)
    config = settings(ALL, args.set)
    found = write(
        articles, config, args.out / "parts" / code_digest(), lambda done, n: print(done, "of", n, file=sys.stderr)
    )
    if found.failed:
        raise InputError(f"no output for {', '.join(found.failed)}", where=str(args.out))
    records = [sheet_record(article, found.briefs[article.id], args.split, found.engine) for article in articles]
    write_jsonl(args.out / "sheet.jsonl", records)
    write_text(args.out / "sheet.md", "\n".join(page(number, record) for number, record in enumerate(records, 1)))
    print(args.out / "sheet.jsonl")


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--split", choices=("val", "test"), default="test")
    parser.add_argument("--n", type=int, default=50)
    parser.add_argument("--skip", type=int, default=0, help="leave out so many that earlier readings drew")
    parser.add_argument("--out", type=Path, help="folder for the sheets, outside the repository")
    parser.add_argument("--set", action="append", default=[], help="override a setting, as in precis run")
    parser.add_argument("--collect", type=Path, help="the filled sheet.jsonl")
    parser.add_argument("--reader", help="who or what read, in a few true words")
    parser.add_argument("--write", type=Path, default=ROOT / "docs" / "blind_reading.md")
    args = parser.parse_args(argv)
    if args.collect and not args.reader:
        parser.error("--collect needs --reader")
    if not args.collect and not (args.data and args.data.is_dir() and args.out and args.n > 0 and args.skip >= 0):
        parser.error("give --data and --out (folders) and --n, or --collect with --reader")
    try:
        if args.collect:
            write_text(args.write, reading(list(read_jsonl(args.collect)), args.reader))
        else:
            make_sheets(args)
    except (PrecisError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
