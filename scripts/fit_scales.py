"""Fit what puts log-probabilities of the embedded model's backends on one scale, and print it beside what is shipped.

    .venv/bin/python scripts/fit_scales.py DATA --limit 40          # about 10 minutes on 2 cores

- `OVER_ALL` (pipeline/engines/shortlist.py): from the log-probabilities of a search among the source's tokens and the
  shortlist to those of a search among all tokens. Both searches are numpy's.
- `WEAKEST_OF` (pipeline/engines/embedded_ct2.py): the mean log-probability of a text's least likely tokens, as numpy
  finds it, from the mean of all and from their sum, which is all that CTranslate2 tells.

Least squares over the texts that both searches write for validation articles (DATA as for scripts/bench_engines.py),
task by task; r is the correlation of what is fitted with what it is to be. New weights need a new fit. Exit status: 0,
or 2 if the arguments cannot be used or too few texts are shared.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.engines import sample  # noqa: E402

from pipeline.engines import open_engine  # noqa: E402
from pipeline.engines.base import Generated  # noqa: E402
from pipeline.engines.embedded import EmbeddedEngine  # noqa: E402
from pipeline.engines.embedded_ct2 import WEAKEST_OF  # noqa: E402
from pipeline.engines.shortlist import OVER_ALL  # noqa: E402
from pipeline.errors import PrecisError  # noqa: E402
from pipeline.plan import plan  # noqa: E402
from pipeline.records import Article  # noqa: E402
from pipeline.settings_engine import EngineSettings  # noqa: E402
from pipeline.settings_outputs import OutputSettings  # noqa: E402

KINDS = ("summary", "bullets", "headlines")
SEARCHES = {
    "ctranslate2": EngineSettings(backend="ctranslate2"),
    "listed": EngineSettings(backend="lean"),
    "all": EngineSettings(backend="lean", shortlist=False),
}
FEWEST = 20  # texts that a fit needs
Written = dict[tuple[str, str], Generated]  # by request and text


def written(engine: EmbeddedEngine, articles: Iterable[Article], choosing: EmbeddedEngine) -> dict[str, Written]:
    """What the engine writes for the requests that `choosing` plans, by task, on the scale of its own search."""
    found: dict[str, Written] = {task: {} for task in OVER_ALL}
    for article in articles:
        requests = plan(article, KINDS, OutputSettings(), choosing)
        texts = engine.writer.write(engine.reader.prompts(requests), 1)
        for request, several in zip(requests, texts, strict=True):
            found[request.task] |= {(f"{article.id} {request.id}", one.text): one for one in several}
    return found


def shared(first: Written, second: Written) -> Iterator[tuple[str, Generated, Generated]]:
    """The texts that both have, with what each says of them."""
    for key in first.keys() & second.keys():
        one, other = first[key], second[key]
        if None not in (one.logprob, one.weakest, other.logprob, other.weakest):
            yield key[1], one, other


def fit(columns: Sequence[Sequence[float]], wanted: Sequence[float]) -> tuple[NDArray[np.float64], float]:
    """The coefficients of `columns` and the offset, least squares, and the correlation of the result with `wanted`.

    PrecisError for fewer than FEWEST values.
    """
    if len(wanted) < FEWEST:
        raise PrecisError(f"{len(wanted)} texts are shared, a fit needs {FEWEST}", where="--limit")
    given = np.column_stack([*columns, np.ones(len(wanted))])
    found = np.linalg.lstsq(given, np.array(wanted), rcond=None)[0]
    return found, float(np.corrcoef(given @ found, wanted)[0, 1])


def over_all(listed: Written, everything: Written) -> Iterator[tuple[str, NDArray[np.float64], float, int]]:
    pairs = [(one, other) for _, one, other in shared(listed, everything)]
    for name in ("logprob", "weakest"):
        values = [getattr(one, name) for one, _ in pairs]
        found, r = fit([values], [getattr(other, name) for _, other in pairs])
        yield name, found, r, len(pairs)


def weakest_of(ours: Written, listed: Written, engine: EmbeddedEngine) -> tuple[NDArray[np.float64], float, int]:
    triples = list(shared(ours, listed))
    means = [float(one.logprob or 0.0) for _, one, _ in triples]
    sums = [mean * (len(engine.reader.ids(text)) + 1) for mean, (text, _, _) in zip(means, triples, strict=True)]
    found, r = fit([means, sums], [float(other.weakest or 0.0) for _, _, other in triples])
    return found, r, len(triples)


def report(articles: Sequence[Article]) -> Iterator[str]:
    """The lines that are printed."""
    engines = {name: open_engine(settings) for name, settings in SEARCHES.items()}
    own = {name: engine for name, engine in engines.items() if isinstance(engine, EmbeddedEngine)}
    texts = {name: written(engine, articles, own["ctranslate2"]) for name, engine in own.items()}
    for task, shipped in OVER_ALL.items():
        fits = over_all(texts["listed"][task], texts["all"][task])
        for (name, found, r, n), old in zip(fits, shipped, strict=True):
            yield f"OVER_ALL {task} {name}: {told(found)} (r = {r:.3f}, {n} texts; shipped: {told(old)})"
    for task, constants in WEAKEST_OF.items():
        found, r, n = weakest_of(texts["ctranslate2"][task], texts["listed"][task], own["listed"])
        yield f"WEAKEST_OF {task}: {told(found)} (r = {r:.3f}, {n} texts; shipped: {told(constants)})"
    for task in WEAKEST_OF:
        ours, numpy = texts["ctranslate2"][task], texts["listed"][task]
        means = np.array([(one.logprob, other.logprob) for _, one, other in shared(ours, numpy)], float)
        share, r = len(means) / len(numpy), np.corrcoef(means.T)[0, 1]
        yield f"ctranslate2 beside numpy, {task}: {share:.0%} of numpy's texts, the same mean within r = {r:.3f}"


def told(values: Iterable[float]) -> str:
    return ", ".join(f"{value:.3f}" for value in values)


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, metavar="DATA")
    parser.add_argument("--limit", type=int, default=40, help="validation articles, half of each set (default: 40)")
    args = parser.parse_args(argv)
    if not args.data.is_dir() or args.limit < 1:
        parser.error("DATA needs to be a folder; --limit at least 1")
    try:
        for line in report(sample(args.data, "val", args.limit).articles):
            print(line, flush=True)
    except PrecisError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
