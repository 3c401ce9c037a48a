"""Measure the guard on real articles: how many planted errors it catches, how much true text it rejects.

    python scripts/measure_guard.py --data ../shared/data [--limit 150] [--references 1000] [--show 10]
    python scripts/measure_guard.py --judged ../shared/data/judged/qags.jsonl.xz

Errors are planted in the articles' own sentences (evidence: the sentence and the next one) and in people's headlines
and highlights that the guard accepts (evidence: the two sentences nearest in words). Of a planted error it counts
whether the checks of its kind see it, and whether any does. References are people's paraphrases: their rejections are
an upper bound of the false ones, since many state what the article does not. Intervals are Wilson's, 95 %.
Deterministic under --seed; --plants 0 judges true text only.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.sets import read_records  # noqa: E402
from bench.tables import wilson  # noqa: E402
from guard_judged import read_judged, show_judged  # noqa: E402
from plant_errors import Pools, foreign_names, plants, read_pools  # noqa: E402

from pipeline.guard import CHECKS, Checks, Source, is_title_case, judge, read_text  # noqa: E402
from pipeline.records import Kind  # noqa: E402
from pipeline.text.sentences import split_sentences  # noqa: E402

SETS = ("cnn_highlights_allsides", "allsides_abp", "content")
REFERENCES = "cnndm_partial"  # only its highlights are judged: the case of its articles was restored by rule
CHECKS_OF = {
    "number": ("unsupported:number", "unsupported:date"),  # a day or year is a number too
    "date": ("unsupported:number", "unsupported:date"),
    "name": ("unsupported:name", "unsupported:role"),  # a title is part of a name
    "quotation": ("unsupported:quotation",),
    "negation": ("unsupported:negation",),
    "role": ("unsupported:role", "unsupported:name"),
    "speaker": ("unsupported:speaker", "unsupported:name"),
    "modality": ("unsupported:modality",),
    "comparison": ("unsupported:comparison",),
    "relation": ("unsupported:relation",),
    "swap": ("unsupported:swap", "unsupported:name"),
}


@dataclass(frozen=True)
class Document:
    """One article: its sentences (those fit for a summary; all), its references, what both are judged with."""

    id: str
    name: str
    sentences: tuple[str, ...]
    all_sentences: tuple[str, ...]
    headlines: tuple[str, ...]
    bullets: tuple[str, ...]
    source: Source
    pools: Pools
    checks: Checks


@dataclass
class Tally:
    """Counts of one row: how many were judged, how many rejected (for a reason that counts; for any), by code, with
    examples of the unwanted outcome."""

    n: int = 0
    rejected: int = 0
    any: int = 0
    codes: Counter[str] = field(default_factory=Counter)
    examples: list[str] = field(default_factory=list)


def read(data: Path, split: str, limits: dict[str, int], checks: Checks = CHECKS) -> Iterator[Document]:
    """The first articles of each set, as many as `limits` says."""
    for name, limit in limits.items():
        for record in islice(read_records(data / split / f"{name}.jsonl.xz"), limit):
            text = record["document"]
            whole = tuple(s.text for s in split_sentences(text))
            sentences = tuple(s for s in whole if is_usable(s))
            headline = re.split(r" [|–—] ", record.get("headline") or "")[0]
            bullets = tuple(record.get("bullets") or ())
            source = read_text(text, whole)
            headlines = (headline,) if headline else ()
            yield Document(record["id"], name, sentences, whole, headlines, bullets, source, read_pools(text), checks)


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
    verdict = judge(text, doc.source, kind=kind, settings=doc.checks, evidence=evidence)
    codes = {r.code for r in verdict.reasons if r.code != "verbatim" and (not checks or r.code in checks)}
    tally.n += 1
    tally.rejected += bool(codes)
    tally.codes.update(codes)
    tally.any += not verdict.ok
    if bool(codes) != bool(checks):
        flags = ", ".join(r.flag for r in verdict.reasons if r.code != "verbatim")
        tally.examples.append(f"{text}   [{flags}]")


def show(title: str, rows: dict[str, Tally], examples: int, dice: random.Random) -> None:
    print(f"\n{title}")
    for name, tally in sorted(rows.items()):
        codes = ", ".join(f"{code} {count}" for code, count in tally.codes.most_common())
        low, high = wilson(tally.rejected, tally.n)
        rate = f"{100 * tally.rejected / max(1, tally.n):6.2f} % [{100 * low:.1f}, {100 * high:.1f}]"
        print(f"  {name:22} {tally.rejected:6} of {tally.n:6}  {rate}  any reason {tally.any}  {codes}")
        for example in dice.sample(tally.examples, min(examples, len(tally.examples))):
            print(f"      {example}")


def judge_true(docs: list[Document]) -> tuple[dict[str, Tally], float]:
    """Rows of true text, and the seconds of processor time per sentence."""
    rows: dict[str, Tally] = {}
    started = time.process_time()
    for doc in docs:
        for sentence, evidence in own(doc):
            record(rows.setdefault("own sentences", Tally()), sentence, doc, "summary", evidence)
    spent = time.process_time() - started
    for doc in docs:
        for headline in doc.headlines:
            tally = rows.setdefault(f"headlines of {doc.name[:16]}", Tally())
            record(tally, headline, doc, "headlines", nearest(headline, doc.all_sentences))
        for bullet in doc.bullets:
            tally = rows.setdefault(f"highlights of {doc.name[:16]}", Tally())
            record(tally, bullet, doc, "bullets", nearest(bullet, doc.all_sentences))
    return rows, spent / max(1, rows["own sentences"].n)


def judge_false(docs: list[Document], dice: random.Random, most: int, *, paraphrased: bool) -> dict[str, Tally]:
    """Rows of planted errors, `most` of each kind, drawn over all articles.

    They are planted in the articles' own sentences, whose evidence is the sentence and the next one; or, if
    `paraphrased`, in references that the guard accepts, whose evidence is the two nearest sentences.
    """
    names = foreign_names([doc.pools for doc in docs])
    texts = [(doc, *pair) for doc in docs for pair in (accepted(doc) if paraphrased else own(doc))]
    dice.shuffle(texts)
    rows: dict[str, Tally] = {}
    for doc, true, evidence in texts:
        for kind, false in plants(doc.pools, true, names, dice):
            tally = rows.setdefault(kind, Tally())
            if tally.n < most:
                record(tally, false, doc, "summary", evidence, CHECKS_OF[kind.split(":")[0]])
    return rows


def own(doc: Document) -> Iterator[tuple[str, str]]:
    """The article's sentences, each with its evidence; none of a set of which only the references are judged."""
    if doc.name == REFERENCES:
        return
    for one, two in zip(doc.sentences, (*doc.sentences[1:], ""), strict=True):
        yield one, f"{one} {two}".strip()


def accepted(doc: Document) -> Iterator[tuple[str, str]]:
    """Highlights and headlines that the guard accepts, as sentences, each with its evidence."""
    for text in (*doc.bullets, *doc.headlines):
        evidence = nearest(text, doc.all_sentences)
        ended = text if text.endswith((".", "?", "!")) else f"{text}."
        if (
            evidence
            and judge(ended, doc.source, kind="summary", settings=doc.checks, evidence=evidence).ok
            and not is_title_case(text)
        ):
            yield ended, evidence


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="folder with val/ and test/")
    parser.add_argument("--judged", type=Path, help="qags.jsonl.xz: sentences judged by people")
    parser.add_argument("--split", default="val")
    parser.add_argument("--limit", type=int, default=150, help="articles per set")
    parser.add_argument("--references", type=int, default=1000, help=f"articles of {REFERENCES}, for their highlights")
    parser.add_argument("--plants", type=int, default=1000, help="planted errors per kind, at most")
    parser.add_argument("--off", nargs="*", default=[], help="checks to switch off, e.g. bindings relations")
    parser.add_argument("--seed", type=int, default=13)
    parser.add_argument("--show", type=int, default=0, help="examples of unwanted outcomes per row")
    args = parser.parse_args()
    dice = random.Random(args.seed)
    if args.judged:
        show_judged(list(read_judged(args.judged, nearest)), args.show, args.seed)
    if not args.data:
        return 0
    limits = dict.fromkeys(SETS, args.limit) | {REFERENCES: args.references}
    checks = replace(CHECKS, **dict.fromkeys(args.off, False))
    docs = list(read(args.data, args.split, limits, checks))
    true, cost = judge_true(docs)
    show(f"rejected, {len(docs)} articles of {args.split} (true text)", true, args.show, dice)
    print(f"\n{1000 * cost:.3f} ms of one core per sentence judged, each with its own evidence")
    if args.plants == 0:
        return 0
    for title, paraphrased in (("the articles' sentences", False), ("references that are accepted", True)):
        rows = judge_false(docs, dice, args.plants, paraphrased=paraphrased)
        show(f"caught by the checks of the kind (errors planted in {title})", rows, args.show, dice)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
