"""How often the check for a finite verb doubts people's texts, and how many verbless fragments it finds.

    python scripts/measure_finite.py --data ../shared/data [--split val] [--limit 100] [--show 20]

People's headlines are often verbless on purpose, so their row is no error rate: read the examples. Fragments are the
words before the first auxiliary or "said" of an article's sentence.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.sets import read_records  # noqa: E402

from pipeline.finite import has_finite_verb  # noqa: E402
from pipeline.text.sentences import split_sentences  # noqa: E402

SUBJECT = re.compile(
    r"((?:The|A|An|His|Her|[A-Z][a-z]+)\b[^,;:\"“]{15,90}?) (?:is|was|are|were|has|had|will|would|said)\b"
)
CLAUSE = re.compile(r"\b(?:who|which|that|said|says|when|if|because|and|as|is|was|after)\b")
ARTICLES, BULLETS = ("cnn_highlights_allsides", "allsides_abp"), ("cnn_highlights_allsides", "cnndm_partial")


def records(folder: Path, name: str, limit: int) -> Iterator[dict[str, Any]]:
    return islice(read_records(folder / f"{name}.jsonl.xz"), limit)


def rows(folder: Path, limit: int) -> Iterator[tuple[str, bool, list[str]]]:
    """(what, whether they are headlines, texts)."""
    whole = [s.text for name in ARTICLES for r in records(folder, name, limit) for s in split_sentences(r["document"])]
    yield "sentences", False, [text for text in whole if text.endswith(".") and len(text.split()) > 5]
    for name in BULLETS:
        yield f"bullets of {name}", False, [b for r in records(folder, name, limit) for b in r["bullets"]]
    titles = (re.split(r" [|–—-] ", r["headline"])[0] for r in records(folder, "allsides_abp", 6 * limit))
    yield "headlines of allsides_abp", True, list(titles)
    heads = [m[1] for text in whole if (m := SUBJECT.match(text)) and len(m[1].split()) >= 4]
    yield "subjects without their verb", False, [head for head in heads if not CLAUSE.search(head)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--split", default="val")
    parser.add_argument("--limit", type=int, default=100, help="articles per set")
    parser.add_argument("--show", type=int, default=0, help="examples of each row that were called verbless")
    args = parser.parse_args()
    print("| texts | n | called verbless |\n|---|---|---|")
    for name, headline, texts in rows(args.data / args.split, args.limit):
        verbless = [text for text in texts if not has_finite_verb(text, headline=headline)]
        print(f"| {name} | {len(texts)} | {100 * len(verbless) / max(1, len(texts)):.1f} % |")
        for text in random.Random(13).sample(verbless, min(args.show, len(verbless))):
            print(f"    {text}")


if __name__ == "__main__":
    main()
