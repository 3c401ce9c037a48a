"""How good the rewrites are: length, wording, support, coverage, facts, and ROUGE where there are references.

    .venv/bin/python scripts/measure_rewrite.py [--ratios 0.3,0.5,0.7] [--style plain]              # seeds/
    .venv/bin/python scripts/measure_rewrite.py --data DATA --split val --sets content --limit 20   # real articles

DATA is a folder with SPLIT/NAME.jsonl.xz (field `document`). A row per ratio, means over articles:
length error (words against ratio × the article's words; articles outside 15 %), share of 4-grams from the article
within sentences (and over the text as one run of words; articles over 60 %), sentences the guard rejects, share of
paragraphs told, share of the numbers and names of the sentences told that are kept, sentences as they stand, seconds
(the engine writes at the first ratio only).
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from bench.sets import read_records

from pipeline.config import load_config
from pipeline.engines import open_engine
from pipeline.facts import extract_facts
from pipeline.guard import judge, read_source
from pipeline.ingest import read_input
from pipeline.metrics.rouge_api import rouge
from pipeline.metrics.texts import sentence_lines
from pipeline.records import Article, Brief, Prose, References, Request
from pipeline.rewrite.grams import source_grams, source_share
from pipeline.run import make_briefs, open_engines
from pipeline.text.article import make_article

ONLY = [f"outputs.{kind}.enabled=false" for kind in ("summary", "bullets", "headlines")]


@dataclass(frozen=True)
class Row:
    """What one rewrite of one article reached."""

    error: float
    within: float
    flat: float
    rejected: int
    sentences: int
    told: float
    kept: float
    verbatim: float
    seconds: float


@dataclass(frozen=True)
class Remembering:
    """An engine whose answers are kept: the requests of an article are the same at every ratio."""

    engine: Any
    answers: dict[tuple[str, ...], Any]

    def __getattr__(self, name: str) -> Any:
        return getattr(self.engine, name)

    def generate(self, requests: Sequence[Request], seed: int) -> Any:
        key = tuple(request.id for request in requests)
        if key not in self.answers:
            self.answers[key] = self.engine.generate(requests, seed)
        return self.answers[key]


def real_articles(data: Path, split: str, sets: Sequence[str], limit: int) -> Iterator[tuple[Article, None]]:
    """The first `limit` articles of each set that have 150 to 3,500 words."""
    for name in sets:
        records = read_records(data / split / f"{name}.jsonl.xz")
        found = (make_article(f"{name}:{n}", record["document"]) for n, record in enumerate(records))
        yield from ((a, None) for a in islice((a for a in found if 150 <= a.words <= 3500), limit))


def measure(article: Article, brief: Brief, target: float, seconds: float) -> Row:
    """The row of one rewrite; its sentences are judged anew, against the sentences named as their evidence."""
    prose = brief.rewrite or Prose("", (), ())
    texts = [prose.text[a:b] for a, b in prose.sentences]
    grams, source = source_grams(article.text), read_source(article)
    evidence = [" ".join(article.text[a:b] for a, b in spans) for spans in prose.evidence]
    verdicts = [judge(t, source, kind="rewrite", evidence=e) for t, e in zip(texts, evidence, strict=True)]
    own = {s.text for s in article.sentences}
    return Row(
        error=len(prose.text.split()) / target - 1,
        within=source_share(texts, grams) or 0.0,
        flat=source_share([prose.text], grams) or 0.0,
        rejected=sum(not v.ok and t not in own for v, t in zip(verdicts, texts, strict=True)),
        sentences=len(texts),
        told=_paragraphs_told(article, prose),
        kept=_facts_kept(article, prose),
        verbatim=sum(t in own for t in texts) / max(1, len(texts)),
        seconds=seconds,
    )


def _paragraphs_told(article: Article, prose: Prose) -> float:
    """Share of the article's paragraphs (of a finished sentence at least) that some sentence has as evidence."""
    starts = {s.span: s.paragraph for s in article.sentences}
    all_ = {s.paragraph for s in article.sentences if s.text[-1] in ".?!\"')"}
    told = {starts[tuple(span)] for spans in prose.evidence for span in spans}
    return len(told & all_) / max(1, len(all_))


def _facts_kept(article: Article, prose: Prose) -> float:
    """Of the numbers, dates and names in the article sentences that are told, the share that the rewrite names."""
    spans = {tuple(span) for found in prose.evidence for span in found}
    wanted = _facts(" ".join(article.text[a:b] for a, b in sorted(spans)))
    return len(wanted & _facts(prose.text)) / max(1, len(wanted))


def _facts(text: str) -> set[str]:
    facts = extract_facts(text)
    numbers = {f"{q.value:g}" for q in facts.quantities} | {d.value for d in facts.dates}
    return numbers | {name.keys[-1] for name in facts.names}


def show(ratio: str, rows: Sequence[Row]) -> str:
    """The Markdown row of one ratio."""
    n = len(rows)
    mean = {name: sum(getattr(r, name) for r in rows) / n for name in ("within", "flat", "told", "kept", "verbatim")}
    error = sum(abs(r.error) for r in rows) / n
    off, close = sum(abs(r.error) > 0.15 for r in rows), sum(r.within > 0.6 for r in rows)
    flat = sum(r.flat > 0.6 for r in rows)
    cells = [
        ratio, str(n), f"{100 * error:.1f} % ({off})", f"{100 * mean['within']:.0f} % ({close})",
        f"{100 * mean['flat']:.0f} % ({flat})", f"{sum(r.rejected for r in rows)} of {sum(r.sentences for r in rows)}",
        f"{100 * mean['told']:.0f} %", f"{100 * mean['kept']:.0f} %", f"{100 * mean['verbatim']:.0f} %",
        f"{sum(r.seconds for r in rows) / n:.1f}",
    ]  # fmt: skip
    return f"| {' | '.join(cells)} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="folder of real articles; without it seeds/")
    parser.add_argument("--split", default="val")
    parser.add_argument("--sets", default="cnn_highlights_allsides,content,allsides_abp")
    parser.add_argument("--limit", type=int, default=10, help="articles per set")
    parser.add_argument("--ratios", default="0.3,0.5,0.7")
    parser.add_argument("--style", default="news")
    parser.add_argument("--show", action="store_true", help="print the rewrites")
    parser.add_argument("--set", action="append", default=[], help="override a setting, as in precis run")
    args = parser.parse_args()
    base = ["outputs.rewrite.enabled=true", f"outputs.rewrite.style={args.style}", *ONLY, *args.set]
    config = load_config(None, base)
    engines = open_engines(config, lambda settings: Remembering(open_engine(settings), {}))
    pairs: list[tuple[Article, References | None]]
    if args.data:
        pairs = list(real_articles(args.data, args.split, args.sets.split(","), args.limit))
    else:
        pairs = [(i.article, i.references) for i in read_input("seeds")[0]]
    print("| ratio | n | length error (over 15 %) | 4-grams, in sentences (over 60 %) | 4-grams, running text |"
          " rejected | paragraphs | facts | as they stand | s |")  # fmt: skip
    print("|---|---|---|---|---|---|---|---|---|---|")
    for ratio in args.ratios.split(","):
        config = load_config(None, [*base, f"outputs.rewrite.ratio={ratio}"])
        rows, texts, expected = [], [], []
        for article, references in pairs:
            began = time.perf_counter()
            (made,) = make_briefs([article], config, engines)
            rows.append(measure(article, made.brief, float(ratio) * article.words, time.perf_counter() - began))
            text = made.brief.rewrite.text if made.brief.rewrite else ""
            if args.show:
                print(f"\n## {article.id} at {ratio}\n\n{text}\n")
            if references and references.rewrite:
                texts.append("\n".join(sentence_lines(text)))
                expected.append(["\n".join(sentence_lines(r)) for r in references.rewrite])
        print(show(ratio, rows), flush=True)
        if texts:
            found = rouge(texts, expected)
            print(f"<!-- ROUGE F with {len(texts)} references at {ratio}: {found} -->")


if __name__ == "__main__":
    main()
