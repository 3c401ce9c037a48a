"""Is our ROUGE that of rouge-score on real summaries? Every type, with and without stems, to 1e-12.

    python scripts/check_rouge.py --data DIR             # every .jsonl, .gz and .xz below DIR
    python scripts/check_rouge.py --data FILE --pairs 500

A record's `summary` is held against its `document`'s first three sentences and against the summary of the record
before, sentences on lines of their own: both hold much and little in common. Status 1 if any score differs.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from rouge_score.rouge_scorer import RougeScorer

from pipeline.files import read_jsonl
from pipeline.score import rouge_stream
from pipeline.text.sentences import split_sentences

TYPES = ("rouge1", "rouge2", "rouge3", "rouge4", "rougeL", "rougeLsum")
SUFFIXES = (".jsonl", ".gz", ".xz")
TOLERANCE = 1e-12
WORDS = 400  # rouge-score's table grows with the product of the lengths


def lines(text: str, first: int | None = None) -> str:
    return "\n".join(sentence.text for sentence in split_sentences(" ".join(text.split()[:WORDS]))[:first])


def pairs(path: Path) -> Iterator[tuple[str, str]]:
    before = ""
    for record in read_jsonl(path):
        summary, document = record.get("summary"), record.get("document")
        if isinstance(summary, str) and isinstance(document, str):
            reference = lines(summary)
            yield lines(document, 3), reference
            if before:
                yield before, reference
            before = reference


def largest(chosen: list[tuple[str, str]], stem: bool) -> float:
    """The largest difference of any precision, recall or F."""
    oracle = RougeScorer(list(TYPES), use_stemmer=stem)
    worst = 0.0
    for (prediction, reference), own in zip(chosen, rouge_stream(chosen, TYPES, stem), strict=True):
        theirs = oracle.score(reference, prediction)
        worst = max(worst, *(abs(a - b) for name in TYPES for a, b in zip(own[name], theirs[name], strict=True)))
    return worst


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="JSONL file, or a folder of them")
    parser.add_argument("--pairs", type=int, default=500, help="at most so many of each file (default %(default)s)")
    args = parser.parse_args()
    files = sorted(p for p in args.data.rglob("*") if p.suffix in SUFFIXES) if args.data.is_dir() else [args.data]
    total, worst = 0, 0.0
    for path in files:
        chosen = list(islice(pairs(path), args.pairs))
        if chosen:
            found = max(largest(chosen, stem) for stem in (True, False))
            total, worst = total + len(chosen), max(worst, found)
            print(f"{path.name}: {len(chosen)} pairs, largest difference {found:.1e}", flush=True)
    print(f"{total} pairs, {', '.join(TYPES)}, with and without stems: largest difference {worst:.1e}")
    return 0 if total and worst <= TOLERANCE else 1


if __name__ == "__main__":
    raise SystemExit(main())
