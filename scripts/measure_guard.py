"""Measure the guard on real articles: how many planted errors it catches, how many true sentences it rejects.

    python scripts/measure_guard.py --data ../shared/data [--split val] [--limit 150] [--show 10]

True sentences are the articles' own, judged against their article; `plant_errors.py` plants errors in them. Kinds with
`within` take something that the article has elsewhere, which a check for support in the article cannot see by design
(its rate is what chance gives).
References (headlines, highlights) are people's paraphrases: their rejections are an upper bound of the false ones,
since many state what the article does not. Deterministic under --seed.
"""

from __future__ import annotations

import argparse
import json
import lzma
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from plant_errors import Pools, foreign_names, plants, read_pools  # noqa: E402

from pipeline.guard import Source, judge, read_text  # noqa: E402
from pipeline.records import Kind  # noqa: E402

SETS = ("cnn_highlights_allsides", "allsides_abp", "content")
CHECKS_OF = {
    "number": ("unsupported:number", "unsupported:date"),  # a day or year is a number too
    "date": ("unsupported:number", "unsupported:date"),
    "name": ("unsupported:name",),
    "quotation": ("unsupported:quotation",),
    "negation": ("unsupported:negation",),
}


@dataclass(frozen=True)
class Document:
    """One article: its usable sentences, its references by kind, and what both are judged with."""

    id: str
    sentences: tuple[str, ...]
    headlines: tuple[str, ...]
    bullets: tuple[str, ...]
    source: Source
    pools: Pools


@dataclass
class Tally:
    """Counts of one row: how many were judged, how many rejected, by code, with examples of the unwanted outcome."""

    n: int = 0
    rejected: int = 0
    codes: Counter[str] = field(default_factory=Counter)
    examples: list[str] = field(default_factory=list)


def read(data: Path, split: str, limit: int) -> Iterator[Document]:
    from pipeline.text.sentences import split_sentences

    for name in SETS:
        with lzma.open(data / split / f"{name}.jsonl.xz", "rt", encoding="utf-8") as lines:
            for _, line in zip(range(limit), lines, strict=False):
                record = json.loads(line)
                text = record["document"]
                sentences = tuple(s.text for s in split_sentences(text) if is_usable(s.text))
                headline = re.split(r" [|–—] ", record.get("headline") or "")[0]
                bullets = tuple(record.get("bullets") or ())
                source = read_text(text, sentences)
                headlines = (headline,) if headline else ()
                yield Document(record["id"], sentences, headlines, bullets, source, read_pools(text))


def is_usable(sentence: str) -> bool:
    """Whether a sentence could stand in a summary: 6–60 words, finished, quotation marks and brackets in pairs."""
    balanced = sentence.count("“") == sentence.count("”") and sentence.count('"') % 2 == 0
    brackets = all(sentence.count(a) == sentence.count(b) for a, b in ("()", "[]"))
    whole = re.fullmatch(r"[A-Z\"“‘'$\d].*[a-z0-9%\")”’.][.?!][\"”’')]*", sentence) is not None
    cut = sentence.endswith(("..", "…")) or "\n" in sentence
    return 6 <= len(sentence.split()) <= 60 and balanced and brackets and whole and not cut


def nearest(text: str, sentences: tuple[str, ...]) -> str | None:
    """The two sentences that share most words with `text`: a reference's evidence."""
    wanted = set(re.findall(r"\w+", text.lower()))
    ranked = sorted(sentences, key=lambda s: -len(wanted & set(re.findall(r"\w+", s.lower()))))
    return " ".join(ranked[:2]) or None


def record(
    tally: Tally, text: str, doc: Document, kind: Kind, evidence: str | None, checks: tuple[str, ...] = ()
) -> None:
    """Judge `text` into `tally`; only reasons of `checks` (all, if empty) count as a rejection."""
    verdict = judge(text, doc.source, kind=kind, evidence=evidence)
    codes = {r.code for r in verdict.reasons if r.code != "verbatim" and (not checks or r.code in checks)}
    tally.n += 1
    tally.rejected += bool(codes)
    tally.codes.update(codes)
    if bool(codes) != bool(checks):
        flags = ", ".join(r.flag for r in verdict.reasons if r.code != "verbatim")
        tally.examples.append(f"{text}   [{flags}]")


def show(title: str, rows: dict[str, Tally], examples: int, dice: random.Random) -> None:
    print(f"\n{title}")
    for name, tally in sorted(rows.items()):
        codes = ", ".join(f"{code} {count}" for code, count in tally.codes.most_common())
        print(
            f"  {name:22} {tally.rejected:6} of {tally.n:6}  {100 * tally.rejected / max(1, tally.n):6.2f} %  {codes}"
        )
        for example in dice.sample(tally.examples, min(examples, len(tally.examples))):
            print(f"      {example}")


def judge_true(docs: list[Document]) -> tuple[dict[str, Tally], float]:
    """Rows of true text, and the seconds of processor time per sentence."""
    own, headlines, bullets = Tally(), Tally(), Tally()
    started = time.process_time()
    for doc in docs:
        for sentence in doc.sentences:
            record(own, sentence, doc, "summary", sentence)
    spent = time.process_time() - started
    for doc in docs:
        for headline in doc.headlines:
            record(headlines, headline, doc, "headlines", nearest(headline, doc.sentences))
        for bullet in doc.bullets:
            record(bullets, bullet, doc, "bullets", nearest(bullet, doc.sentences))
    rows = {"own sentences": own, "reference headlines": headlines, "reference bullets": bullets}
    return rows, spent / max(1, own.n)


def judge_false(docs: list[Document], dice: random.Random, most: int) -> dict[str, Tally]:
    """Rows of planted errors, `most` of each kind, drawn over all articles."""
    names = foreign_names([doc.pools for doc in docs])
    found = [(doc, s, made) for doc in docs for s in doc.sentences for made in plants(doc.pools, s, names, dice)]
    dice.shuffle(found)
    rows: dict[str, Tally] = {}
    for doc, sentence, (kind, text) in found:
        tally = rows.setdefault(kind, Tally())
        if tally.n < most:
            evidence = sentence if kind.startswith("negation") else None
            record(tally, text, doc, "summary", evidence, CHECKS_OF[kind.split(":")[0]])
    return rows


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder with val/ and test/")
    parser.add_argument("--split", default="val")
    parser.add_argument("--limit", type=int, default=150, help="articles per set")
    parser.add_argument("--plants", type=int, default=1000, help="planted errors per kind, at most")
    parser.add_argument("--seed", type=int, default=13)
    parser.add_argument("--show", type=int, default=0, help="examples of unwanted outcomes per row")
    args = parser.parse_args()
    dice = random.Random(args.seed)
    docs = list(read(args.data, args.split, args.limit))
    true, cost = judge_true(docs)
    false = judge_false(docs, dice, args.plants)
    show(f"rejected, {len(docs)} articles of {args.split} (true text)", true, args.show, dice)
    show("caught by the check of the kind (planted errors)", false, args.show, dice)
    print(f"\n{1000 * cost:.3f} ms of one core per sentence judged")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
