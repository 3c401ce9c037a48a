"""Fit what a headline is worth (`pipeline.headline_score`): is it sound, does it tell the news, is it near a real one.

    python scripts/fit_headlines.py --data DATA
    python scripts/fit_headlines.py --verdicts      # what rests on the verdicts only, in seconds; closeness is kept

Sound (T and G) and telling (N over 0): logistic regressions on scripts/headline_labels.csv, 1,400 candidates of 100
validation articles (75 of allsides, 25 of CNN/DM) that a language model judged as a copy editor would, one by one: true
(T), grammatical (G), and how well it tells the news (N: 0 to 2). The file holds ids and features, no text.
Closeness: ridge regression of ROUGE-1 F with the real headline, less its mean over the article's candidates, on other
allsides validation articles; their candidates are written anew. Cross-validated by article. What is
measured leaves the article's title and the rare faults (`UNCONDITIONAL`, …) out: the file has no text to find them in.
Its features were taken at the commit that added it; `cut` has learned more words since.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import sys
from collections.abc import Mapping
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from bench.generate import settings
from bench.sets import read_records
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from pipeline.headline_score import CLOSE, FEATURES, UNSAFE, headline_features
from pipeline.run import make_briefs, open_engines
from pipeline.score import rouge
from pipeline.text.article import make_article

HERE = Path(__file__).resolve().parent
LABELS = HERE / "headline_labels.csv"
OUT = HERE.parent / "pipeline" / "weights" / "selector" / "headlines.json"
FOLDS, SHRINK, RIDGE = 10, 0.03, 100.0
AT_UNSAFE = FEATURES.index("unsafe")
SKIP = 100  # of the articles by hash: the labelled ones, and those that check the result


def labels() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(rows, features), T G N as (rows, 3), article of each row."""
    with LABELS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    x = np.array([[float(row[name]) for name in FEATURES] for row in rows])
    return x, np.array([[int(row[k]) for k in "TGN"] for row in rows]), np.array([row["article"] for row in rows])


def written(data: Path, number: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Features of the candidates of `number` articles, their ROUGE-1 F, and the article of each."""
    records = sorted(
        read_records(data / "val" / "allsides_abp.jsonl.xz"),
        key=lambda record: hashlib.sha256(str(record["id"]).encode()).hexdigest(),
    )
    config = settings(("headlines",), ["engine.threads=1"])
    engines = open_engines(config)
    x: list[list[float]] = []
    close: list[float] = []
    owner: list[str] = []
    for done, record in enumerate(islice(records, SKIP, SKIP + number), 1):
        article = make_article(str(record["id"]), record["document"])
        [made] = make_briefs([article], config, engines)
        items = {r.judged.candidate.text: r.judged.candidate for r in made.ranked if r.judged.verdict.ok}
        found = rouge(list(items), [record["headline"]] * len(items), ["rouge1"], per_item=True) if items else {}
        for candidate, (_, _, f) in zip(items.values(), found.get("rouge1", []), strict=True):
            values = headline_features(candidate, article)
            x.append([values[name] for name in FEATURES])
            close.append(f)
            owner.append(article.id)
        print(f"\r{done} of {number} articles", end="", file=sys.stderr)
    print(file=sys.stderr)
    return np.array(x), np.array(close), np.array(owner)


def centred(values: np.ndarray, owner: np.ndarray) -> np.ndarray:
    """The values less the mean of their article."""
    found = values.copy()
    for name in set(owner):
        found[owner == name] -= values[owner == name].mean()
    return found


def plain(model: Any) -> dict[str, float]:
    """Weights of a scaled linear model for unscaled features, and its bias."""
    scaler, linear = model[0], model[-1]
    weights = np.ravel(linear.coef_) / scaler.scale_
    bias = float(np.ravel(linear.intercept_)[0] - weights @ scaler.mean_)
    named = {name: round(float(value), 5) for name, value in zip(FEATURES, weights, strict=True)}
    return {**named, "bias": round(bias, 5)}


def best_of(worth: np.ndarray, owner: np.ndarray) -> np.ndarray:
    """The row with the highest worth of every article."""
    return np.array([max(np.flatnonzero(owner == name), key=lambda i: worth[i]) for name in dict.fromkeys(owner)])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--verdicts", action="store_true", help="refit sound and tells alone")
    parser.add_argument("--articles", type=int, default=150, help="that closeness is fitted on")
    parser.add_argument("--out", type=Path, default=OUT)
    args = parser.parse_args()
    if args.verdicts == bool(args.data):
        parser.error("give either --data or --verdicts")
    x, judged, article = labels()
    answers = {"sound": judged[:, 0] * judged[:, 1], "tells": (judged[:, 2] > 0).astype(int)}
    judges = {name: make_pipeline(StandardScaler(), LogisticRegression(C=SHRINK, max_iter=3000)) for name in answers}
    likely = {
        name: cross_val_predict(judges[name], x, y, groups=article, cv=GroupKFold(FOLDS), method="predict_proba")[:, 1]
        for name, y in answers.items()
    }
    for name, y in answers.items():
        judges[name].fit(x, y)
    fitted = {name: plain(model) for name, model in judges.items()}
    if args.verdicts:
        stored = json.loads(args.out.read_text(encoding="utf-8"))
        close, measured = stored["close"], stored["measured"]
    else:
        close, measured = closeness(args.data, args.articles, judges)
    near = x @ np.array([close[name] for name in FEATURES]) + close["bias"]
    first = best_of(sum(np.log(p) for p in likely.values()) + CLOSE * near - UNSAFE * x[:, AT_UNSAFE], article)
    measured |= {
        "labelled": len(x),
        **{name: round(float(y.mean()), 3) for name, y in answers.items()},
        **{f"auc_{name}": round(float(roc_auc_score(y, likely[name])), 3) for name, y in answers.items()},
        **{f"first_{name}": round(float(y[first].mean()), 3) for name, y in answers.items()},
    }
    args.out.write_text(json.dumps({**fitted, "close": close, "measured": measured}, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(measured, indent=1))
    return 0


def closeness(data: Path, articles: int, judges: Mapping[str, Any]) -> tuple[dict[str, float], dict[str, float]]:
    """The weights of closeness, and ROUGE-1 of the first, the closest (both cross-validated) and the best candidate."""
    rows, close, owner = written(data, articles)
    model = make_pipeline(StandardScaler(), Ridge(RIDGE))
    target = centred(close, owner)
    expected = cross_val_predict(model, rows, target, groups=owner, cv=GroupKFold(FOLDS))
    worth = sum(np.log(judge.predict_proba(rows)[:, 1]) for judge in judges.values()) + CLOSE * expected
    chosen = {"first": worth - UNSAFE * rows[:, AT_UNSAFE], "closest": expected, "best": close}
    measured = {f"rouge1_{name}": round(float(close[best_of(u, owner)].mean()), 4) for name, u in chosen.items()}
    return plain(model.fit(rows, target)), {"articles": len(set(owner)), "candidates": len(rows), **measured}


if __name__ == "__main__":
    raise SystemExit(main())
