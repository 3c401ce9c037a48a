"""Saved outputs and references → scores with intervals and a signature; never generates anything.

Pure: reads and writes no file. The structure is that of scores.json (docs/scoring.md).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.baselines import BASELINES, baseline_texts, row_name
from pipeline.errors import ConfigError
from pipeline.metrics import SOURCE_METRICS, TEXT_METRICS
from pipeline.metrics.by_model import Models
from pipeline.metrics.evaluate_metric import Batch, evaluate_entries
from pipeline.metrics.measure import ItemScore, Measures, Scored, summarise
from pipeline.metrics.model_rows import Rows, with_models
from pipeline.metrics.multi import check_rule
from pipeline.metrics.pairing import Pair, Pairing, Policy, pair_up
from pipeline.metrics.profiles import profile_named
from pipeline.metrics.rouge import ROUGE_TYPES
from pipeline.metrics.rouge_api import rouge as rouge
from pipeline.metrics.rouge_api import rouge_stream as rouge_stream
from pipeline.metrics.signature import signature
from pipeline.metrics.source import Source
from pipeline.metrics.texts import Outputs, ScoredKind, Texts, join
from pipeline.records import Article, References

METRICS = (*ROUGE_TYPES, *SOURCE_METRICS, *TEXT_METRICS)
NO_MODELS = Models()


def score(
    outputs: Mapping[str, Outputs],
    references: Mapping[str, References],
    articles: Mapping[str, Article] | None,
    *,
    engine: str,
    seed: int = 13,
    samples: int = 1000,
    metrics: Sequence[str] = METRICS,
    use_stemmer: bool = True,
    baselines: Sequence[str] = BASELINES,
    evaluate: Sequence[str] = (),
    profile: str = "google",
    multi_ref: str = "max",
    unpaired: Policy = "skip",
    models: Models = NO_MODELS,
) -> dict[str, Any]:
    """The content of scores.json for the outputs of one system (`engine`) by article id.

    Fractions from 0 to 1, except lengths and ratios of lengths. Baselines and metrics against the source
    need `articles`; what could not be computed is in `missing`, what could not be paired in `problems`, ids
    of empty outputs (which score 0) by kind in `empty`. `evaluate` names local evaluate modules to run as
    well, `models` the models of metrics that need one, whose signatures are in `models`. An engine with the
    name of a baseline gets the row `engine:NAME`. Raises InputError if nothing can be paired, ConfigError for
    unknown names. Of ids on one side only, `unpaired` decides (see `pair_up`).
    """
    measures = _measures(metrics, use_stemmer, profile, multi_ref)
    _check_baselines(baselines)
    pairing = pair_up(outputs, references, unpaired)
    name = row_name(engine)
    rows, problems = _rows(pairing, articles or {}, name, measures, baselines if articles else ())
    rows, measured = with_models(rows, *_read_by_models(pairing, articles or {}), models)
    systems = _summarised(rows, measures, samples, seed)
    missing = _missing(pairing, articles, measures, baselines) + _nothing_counted(rows, systems)
    extra, failed = evaluate_entries(evaluate, _evaluated(rows, pairing, articles or {}), samples=samples, seed=seed)
    for (system, kind), entries in extra.items():
        systems[system][kind] |= entries
    return {
        "signature": _signed(measures, samples, seed, [e["n"] for kinds in systems.values() for e in kinds.values()]),
        "systems": systems,
        "missing": [*missing, *measured.missing, *failed],
        "problems": [*pairing.problems, *(problems if articles else ())],
        "empty": {kind: list(ids) for kind, ids in pairing.empty.items()},
        **({"models": dict(measured.signatures)} if measured.signatures else {}),
    }


def score_systems(
    outputs: Mapping[str, Outputs],
    references: Mapping[str, References],
    articles: Mapping[str, Article] | None = None,
    *,
    engine: str,
    seed: int = 13,
    samples: int = 1000,
    metrics: Sequence[str] = METRICS,
    use_stemmer: bool = True,
    baselines: Sequence[str] = (),
    profile: str = "google",
    multi_ref: str = "max",
) -> dict[str, Scored]:
    """Scores article by article of the outputs (`engine`) and of `baselines`, which need `articles`, by name:
    what `pipeline.compare` takes."""
    pairing = pair_up(outputs, references)
    measures = _measures(metrics, use_stemmer, profile, multi_ref)
    used = baselines if articles else ()
    rows, _ = _rows(pairing, articles or {}, row_name(engine, used), measures, used)
    expected = {pair.id: hashlib.sha256(repr(references[pair.id]).encode()).hexdigest() for pair in pairing.pairs}
    signed = _signed(measures, samples, seed, ())
    return {
        name: Scored(name, signed, {kind: tuple(items) for kind, items in kinds.items()}, expected)
        for name, kinds in rows.items()
    }


def _rows(
    pairing: Pairing,
    articles: Mapping[str, Article],
    engine: str,
    measures: Measures,
    baselines: Sequence[str],
) -> tuple[Rows, list[dict[str, str]]]:
    """Scores of engine and baselines, article by article, so that only one article is open at a time."""
    rows: Rows = {name: {} for name in (engine, *baselines)}
    problems = []
    for pair in pairing.pairs:
        article = articles.get(pair.id)
        if article is None:
            problems.append({"id": pair.id, "what": "has no article text: not in baselines and source metrics"})
        for system, kind, item in _pair_items(pair, article, engine, measures, baselines):
            rows[system].setdefault(kind, []).append(item)
    return rows, problems


def _summarised(rows: Rows, measures: Measures, samples: int, seed: int) -> dict[str, dict[ScoredKind, dict[str, Any]]]:
    """Means with their intervals, by system and kind, each under its own signature."""
    found: dict[str, dict[ScoredKind, dict[str, Any]]] = {}
    for system, kinds in rows.items():
        found[system] = {}
        for kind, items in kinds.items():
            entry = summarise(items, samples=samples, seed=seed, profile=measures.profile)
            found[system][kind] = entry | {"signature": _signed(measures, samples, seed, [entry["n"]])}
    return found


def _pair_items(
    pair: Pair, article: Article | None, engine: str, measures: Measures, baselines: Sequence[str]
) -> list[tuple[str, ScoredKind, ItemScore]]:
    systems = {engine: pair.outputs}
    source = None
    if article is not None:
        source = Source(article.text, [sentence.text for sentence in article.sentences])
        systems |= {name: baseline_texts(name, article, pair.references, pair.kinds) for name in baselines}
    items = []
    for kind in pair.kinds:
        references = measures.references(pair.references[kind])
        for system, texts in systems.items():
            items.append((system, kind, measures.item(pair.id, kind, texts[kind], references, source)))
    return items


def _read_by_models(
    pairing: Pairing, articles: Mapping[str, Article]
) -> tuple[dict[str, Texts], dict[str, tuple[str, ...]]]:
    """References and article sentences by id."""
    known = {pair.id: articles[pair.id] for pair in pairing.pairs if pair.id in articles}
    sentences = {name: tuple(s.text for s in article.sentences) for name, article in known.items()}
    return {pair.id: pair.references for pair in pairing.pairs}, sentences


def _evaluated(
    rows: Rows, pairing: Pairing, articles: Mapping[str, Article]
) -> dict[tuple[str, ScoredKind], Batch]:
    """Predictions, alternative references and articles as evaluate modules take them, by system and kind."""
    expected = {pair.id: pair.references for pair in pairing.pairs}
    return {
        (system, kind): Batch(
            [item.prediction for item in items],
            [[join(lines) for lines in expected[item.id][kind]] for item in items],
            [articles[item.id].text for item in items] if all(item.id in articles for item in items) else None,
        )
        for system, kinds in rows.items()
        for kind, items in kinds.items()
        if kind != "headlines_best"
    }


def _signed(measures: Measures, samples: int, seed: int, n: Sequence[int]) -> str:
    return signature(
        profile=measures.profile,
        use_stemmer=measures.use_stemmer,
        multi_ref=measures.multi_ref,
        samples=samples,
        seed=seed,
        n=n,
    )


def _measures(metrics: Sequence[str], use_stemmer: bool, profile: str, multi_ref: str) -> Measures:
    profile_named(profile)
    check_rule(multi_ref)
    rouge_types = tuple(name for name in metrics if re.fullmatch(r"rouge([1-9]\d*|L|Lsum)", name))
    source_metrics = tuple(name for name in metrics if name in SOURCE_METRICS)
    text_metrics = tuple(name for name in metrics if name in TEXT_METRICS)
    unknown = [name for name in metrics if name not in rouge_types + source_metrics + text_metrics]
    if unknown:
        raise ConfigError([f"unknown metric {name!r}: known are {', '.join(METRICS)}" for name in unknown])
    return Measures(rouge_types, source_metrics, use_stemmer, profile, multi_ref, text_metrics=text_metrics)


def _check_baselines(baselines: Sequence[str]) -> None:
    unknown = [name for name in baselines if name not in BASELINES]
    if unknown:
        raise ConfigError([f"unknown baseline {name!r}: known are {', '.join(BASELINES)}" for name in unknown])


def _missing(
    pairing: Pairing, articles: Mapping[str, Article] | None, measures: Measures, baselines: Sequence[str]
) -> list[dict[str, str]]:
    missing = [
        {"metric": "rouge", "kind": kind, "why": "no article has a reference of this kind"}
        for kind in pairing.unreferenced
    ]
    if not articles:
        without = (*measures.source_metrics, *baselines)
        missing += [{"metric": name, "why": "the article texts are not known"} for name in without]
    return missing


def _nothing_counted(rows: Rows, systems: Mapping[str, Mapping[ScoredKind, Any]]) -> list[dict[str, str]]:
    """One entry per metric and kind, with the systems that have nothing to count."""
    found: dict[tuple[str, ScoredKind], list[str]] = {}
    for system, kinds in rows.items():
        for kind, items in kinds.items():
            for name in dict.fromkeys(name for item in items for name in item.source):
                if name not in systems[system][kind]:
                    found.setdefault((name, kind), []).append(system)
    return [
        {"metric": name, "kind": kind, "why": f"nothing to count in the {kind} of {', '.join(without)}"}
        for (name, kind), without in found.items()
    ]
