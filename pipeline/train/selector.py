"""Fit the sentence selector: logistic regression of oracle labels on `salience.FEATURES`.

    python -m pipeline.train.selector --data DATA --out pipeline/weights/selector/selector.json

A sentence is positive if it is the one that supports a reference highlight best (recall of content words at
least one half). Weights are fitted with torch's LBFGS; the share of highlights whose sentence is among the top
three, on the validation articles, is stored with them.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import torch

from pipeline.records import Article
from pipeline.salience import FEATURES, features
from pipeline.text.sentences import split_sentences
from pipeline.text.words import content_words
from pipeline.train.pairs import clean
from pipeline.train.prepare import read_set
from pipeline.train.support import recall

SETS = ("cnndm_partial", "cnn_highlights_allsides")


def labelled(record: dict[str, Any]) -> tuple[Article, list[int]] | None:
    """The article and the index of the best sentence of every highlight that has one."""
    text = "\n\n".join(clean(p) for p in str(record["document"]).split("\n") if p.strip())
    article = Article(id=str(record["id"]), text=text, sentences=tuple(split_sentences(text)))
    words = [set(content_words(s.text)) for s in article.sentences]
    found = []
    for bullet in record.get("bullets") or ():
        target = content_words(str(bullet))
        scores = [recall(target, w) for w in words]
        if scores and max(scores) >= 0.5:
            found.append(scores.index(max(scores)))
    return (article, found) if found and len(words) >= 4 else None


def examples(data: Path, split: str, limit: int) -> Iterable[tuple[Article, list[int]]]:
    for name in SETS:
        for record in islice(read_set(data / split / f"{name}.jsonl.xz"), limit):
            pair = labelled(record)
            if pair is not None:
                yield pair


def matrix(pairs: Sequence[tuple[Article, list[int]]]) -> tuple[torch.Tensor, torch.Tensor]:
    """Feature rows (sentences, features + 1) with a bias column, and labels (sentences,)."""
    rows, labels = [], []
    for article, wanted in pairs:
        for i, row in enumerate(features(article)):
            rows.append([row[name] for name in FEATURES] + [1.0])
            labels.append(float(i in wanted))
    return torch.tensor(rows), torch.tensor(labels)


def fit(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """Weights (features + 1,) of an L2-regularised logistic regression."""
    w = torch.zeros(x.shape[1], requires_grad=True)
    optimizer = torch.optim.LBFGS([w], max_iter=200, line_search_fn="strong_wolfe")

    def closure() -> torch.Tensor:
        optimizer.zero_grad()
        loss = torch.nn.functional.binary_cross_entropy_with_logits(x @ w, y) + 1e-4 * w.square().sum()
        loss.backward()
        return loss

    optimizer.step(closure)
    return w.detach()


def hit_rate(pairs: Sequence[tuple[Article, list[int]]], w: torch.Tensor | None, n: int = 3) -> float:
    """Share of highlights whose best sentence is among the top `n` (w None: the first `n`)."""
    hits = total = 0
    for article, wanted in pairs:
        if w is None:
            top = list(range(n))
        else:
            x, _ = matrix([(article, wanted)])
            top = torch.argsort(x @ w, descending=True)[:n].tolist()
        hits += sum(i in top for i in wanted)
        total += len(wanted)
    return hits / total


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--limit", type=int, default=6000, help="training articles per set")
    args = parser.parse_args(argv)
    train, val = (list(examples(args.data, s, n)) for s, n in (("train", args.limit), ("val", 1000)))
    w = fit(*matrix(train))
    weights = dict(zip((*FEATURES, "bias"), (round(v, 4) for v in w.tolist()), strict=True))
    measured = {
        "articles": len(train),
        "val_articles": len(val),
        "val_top3": round(hit_rate(val, w), 4),
        "val_lead3": round(hit_rate(val, None), 4),
    }
    args.out.write_text(json.dumps({"weights": weights, "measured": measured}, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
