"""ROUGE of the embedded engine, as shipped, on real articles beside their first sentences.

    .venv/bin/python scripts/measure_quality.py --data DATA [--split val] [--limit 100]

Headlines: allsides_abp, the first headline against the real one; baseline: the first sentence.
Summaries and bullets: cnn_highlights_allsides against the article's highlights; baseline: the first three sentences.
DATA is a folder with SPLIT/NAME.jsonl.xz. Prints a Markdown table with 95 % bootstrap intervals of F, the share of
novel bigrams, the share of articles with a fallback, and seconds per article.
"""

from __future__ import annotations

import argparse
import json
import lzma
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from pipeline.api import brief_articles
from pipeline.config import load_config
from pipeline.metrics.texts import Outputs
from pipeline.records import Article, Brief, References
from pipeline.run import open_engines
from pipeline.score import score
from pipeline.text.article import make_article


def articles(path: Path, limit: int) -> Iterator[tuple[Article, References]]:
    """Articles of at least 80 words with their headline and highlights as references."""
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        for line in islice(lines, limit):
            record: dict[str, Any] = json.loads(line)
            article = make_article(str(record["id"]), record["document"])
            bullets = tuple(record.get("bullets") or ())
            if article.words >= 80:
                yield (
                    article,
                    References(
                        summary=("\n".join(bullets),) if bullets else (),
                        bullets=(bullets,) if bullets else (),
                        headline=(record["headline"],) if record.get("headline") else (),
                    ),
                )


def rows(name: str, scores: dict[str, Any], kinds: tuple[str, ...]) -> Iterator[str]:
    for system in ("embedded", "lead"):
        for kind in kinds:
            found = scores["systems"][system].get(kind)
            if found is None:
                continue
            cells = [f"{100 * found[r]['f']:.1f}" for r in ("rouge1", "rouge2", "rougeLsum")]
            low, high = (100 * x for x in found["rouge1"]["ci95"])
            novel = f"{100 * found['novel_bigrams']['value']:.0f} %" if "novel_bigrams" in found else "–"
            scores_ = " / ".join(cells)
            yield f"| {name} | {kind} | {system} | {found['n']} | {scores_} | {low:.1f}–{high:.1f} | {novel} |"


def fell_back(brief: Brief) -> bool:
    flags = [f for p in (*(brief.bullets or ()), *(brief.headlines or ())) for f in p.flags]
    flags += brief.summary.flags if brief.summary else ()
    return any(flag.startswith("fallback") for flag in flags)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--split", default="val")
    parser.add_argument("--limit", type=int, default=100, help="articles per set")
    parser.add_argument("--set", action="append", default=[], help="override a setting, as in precis run")
    args = parser.parse_args()
    config = load_config(None, args.set)
    engines = open_engines(config)
    print("| set | kind | system | n | R1 / R2 / Lsum F | R1 95 % | novel bigrams |")
    print("|---|---|---|---|---|---|---|")
    for name, kinds in (
        ("allsides_abp", ("headlines",)),
        ("cnn_highlights_allsides", ("summary", "bullets", "headlines")),
    ):
        pairs = list(articles(args.data / args.split / f"{name}.jsonl.xz", args.limit))
        began = time.perf_counter()
        briefs = brief_articles([article for article, _ in pairs], config, engines)
        seconds = (time.perf_counter() - began) / len(pairs)
        scores = score(
            {brief.id: Outputs.from_brief(brief) for brief in briefs},
            {article.id: references for article, references in pairs},
            {article.id: article for article, _ in pairs},
            engine="embedded",
            baselines=("lead",),
        )
        print("\n".join(rows(name, scores, kinds)))
        fallbacks = sum(map(fell_back, briefs))
        print(f"<!-- {name}: fallback in {fallbacks} of {len(briefs)} articles, {seconds:.1f} s per article -->")


if __name__ == "__main__":
    main()
