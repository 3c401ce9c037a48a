"""ROUGE of precis beside rouge-score: the same pairs, scored in turn in one process; and peak memory while streaming.

    python scripts/bench_rouge.py                        # pairs made from seeds/
    python scripts/bench_rouge.py --data FILE.jsonl[.xz] # pairs with the lengths and words of real summaries
    python scripts/bench_rouge.py --memory               # peak memory over 10,000, 100,000 and 1,000,000 pairs

Times are of the processor, the best of several rounds, interleaved so that a busy machine slows both alike; what
counts is their ratio.
A data file holds records with `document` and `summary`: the lead of three sentences is scored against the summary.
"""

from __future__ import annotations

import argparse
import json
import lzma
import platform
import random
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

from pipeline.metrics.rouge import ROUGE_TYPES
from pipeline.score import rouge_stream
from pipeline.text.sentences import split_sentences

ROOT = Path(__file__).resolve().parents[1]
Pair = tuple[str, str]
SIZES = (10_000, 100_000, 1_000_000)
SHORT_CUTS = 2000  # pairs that the memory test draws from, so that reading them costs nothing


def lines(text: str, first: int | None = None) -> str:
    return "\n".join(sentence.text for sentence in split_sentences(text)[:first])


def data_pairs(path: Path, limit: int) -> list[Pair]:
    opener = lzma.open if path.suffix == ".xz" else open
    with opener(path, "rt", encoding="utf-8") as file:
        records = (json.loads(line) for line in file)
        chosen = (one for one in records if one.get("summary") and one.get("document"))
        return [(lines(one["document"], 3), lines(one["summary"])) for one in islice(chosen, limit)]


def seed_pairs(limit: int) -> list[Pair]:
    """Three sentences of an article against three others of it that share some: 50 to 80 words each."""
    rng = random.Random(7)
    articles = []
    for path in sorted(ROOT.glob("seeds/*/article.md")):
        sentences = [one.text for one in split_sentences(path.read_text(encoding="utf-8"))]
        articles.append([text for text in sentences if 8 <= len(text.split()) <= 40])
    pairs = []
    for number in range(limit):
        sentences = articles[number % len(articles)]
        common = rng.choice(sentences)
        pairs.append(("\n".join([common, *rng.sample(sentences, 2)]), "\n".join([*rng.sample(sentences, 2), common])))
    return pairs


def ours(pairs: list[Pair], stem: bool) -> list[tuple[float, ...]]:
    scored = rouge_stream(pairs, use_stemmer=stem)
    return [tuple(value for name in ROUGE_TYPES for value in one[name]) for one in scored]


def theirs(pairs: list[Pair], stem: bool) -> list[tuple[float, ...]]:
    from rouge_score.rouge_scorer import RougeScorer

    scorer = RougeScorer(list(ROUGE_TYPES), use_stemmer=stem)
    scored = (scorer.score(reference, prediction) for prediction, reference in pairs)
    return [tuple(value for name in ROUGE_TYPES for value in one[name]) for one in scored]


def best_time(function: Callable[[], object], rounds: int) -> float:
    times = []
    for _ in range(rounds):
        began = time.process_time()
        function()
        times.append(time.process_time() - began)
    return min(times)


def speed(name: str, pairs: list[Pair], rounds: int) -> None:
    words = sum(len(text.split()) for pair in pairs for text in pair) / len(pairs) / 2
    print(f"{name}: {len(pairs)} pairs, {words:.0f} words a text")
    for stem in (True, False):
        slow = fast = float("inf")
        for _ in range(rounds):
            slow = min(slow, best_time(lambda stem=stem: theirs(pairs, stem), 1))
            fast = min(fast, best_time(lambda stem=stem: ours(pairs, stem), 3))
        beside = zip(ours(pairs, stem), theirs(pairs, stem), strict=True)
        most = max(abs(a - b) for x, y in beside for a, b in zip(x, y, strict=True))
        print(
            f"  {', '.join(ROUGE_TYPES)}, {'stemmed' if stem else 'not stemmed'}: rouge-score {len(pairs) / slow:.0f}, "
            f"precis {len(pairs) / fast:.0f} pairs a second: {slow / fast:.1f} times; largest difference {most:.1e}"
        )


def stream(pairs: list[Pair], size: int) -> Iterator[Pair]:
    """`size` pairs; each has a word of its own, so that bounded caches have to be bounded."""
    for number in range(size):
        prediction, reference = pairs[number % len(pairs)]
        yield f"{prediction} w{number:x}ing", reference


def peak(pairs: list[Pair], size: int) -> None:
    began = time.process_time()
    total = sum(scored["rougeL"].f for scored in rouge_stream(stream(pairs, size)))
    seconds = time.process_time() - began
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"  {size:>9,} pairs: peak {megabytes:.0f} MB, {seconds:.0f} s, mean ROUGE-L {total / size:.4f}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, help="JSONL (also .xz) with document and summary")
    parser.add_argument("--pairs", type=int, default=1000, help="how many pairs to time (default %(default)s)")
    parser.add_argument("--rounds", type=int, default=3, help="of which the fastest counts (default %(default)s)")
    parser.add_argument("--memory", action="store_true", help="peak memory of streams instead of speed")
    parser.add_argument("--stream", type=int, help="one stream of this many pairs (what --memory runs)")
    args = parser.parse_args()
    pairs = data_pairs(args.data, args.pairs) if args.data else seed_pairs(args.pairs)
    print(f"Python {platform.python_version()}, {platform.machine()}", flush=True)
    if args.stream:
        peak(pairs[:SHORT_CUTS], args.stream)
    elif args.memory:
        for size in SIZES:  # a process each: the peak of one must not hide that of the next
            command = [sys.executable, __file__, "--stream", str(size), "--pairs", str(len(pairs))]
            subprocess.run([*command, *(["--data", str(args.data)] if args.data else [])], check=True)
    else:
        speed(args.data.name if args.data else "seeds", pairs, args.rounds)


if __name__ == "__main__":
    main()
