"""One set of outputs under the protocols people publish: how far apart the scores are, and whether ranks change.

A kind's text is what a tool would be given: prose as it was saved, bullets one a line, the first headline.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

from pipeline.baselines import BASELINES, baseline_texts, row_name
from pipeline.errors import InputError
from pipeline.metrics.pairing import Policy, pair_up
from pipeline.metrics.protocols import COLUMNS, PROTOCOLS, Protocol
from pipeline.metrics.resampled import resampled_mean
from pipeline.metrics.rouge import Prf
from pipeline.metrics.rouge_api import mean_prf
from pipeline.metrics.texts import Outputs, ScoredKind, join, reference_texts
from pipeline.records import KINDS, Article, Kind, References

Texts = dict[str, str]  # by article id
Means = dict[str, dict[str, dict[str, float]]]  # protocol → system → column → F


def score_protocols(
    systems: Mapping[str, Mapping[str, Outputs]],
    references: Mapping[str, References],
    articles: Mapping[str, Article] | None,
    *,
    baselines: Sequence[str] = BASELINES,
    unpaired: Policy = "skip",
) -> dict[str, Any]:
    """Per output kind the F of every system under every protocol, on the articles that all systems were scored on.

    A system that has no output of a kind at all is not in that kind's table.

    `kinds[kind]` has `n`, `rows` (protocol, its signature, and `systems`: system → column → F), `spread` (system →
    column → largest minus smallest F) and `swaps`: pairs of systems whose order depends on the protocol. Baselines
    need `articles`. Raises InputError as `pipeline.score.score` does.
    """
    paired = {name: {pair.id for pair in pair_up(own, references, unpaired).pairs} for name, own in systems.items()}
    shared = [name for name in references if all(name in ids for ids in paired.values())]
    if not shared:
        raise InputError("the systems have no article in common")
    kinds: dict[str, Any] = {}
    for kind in KINDS:
        texts = {row_name(name): own for name, one in systems.items() if (own := _texts(one, shared, kind))}
        expected = {i: found for i in shared if (found := references_of(references[i], kind))}
        ids = [i for i in expected if all(i in own or unpaired == "zero" for own in texts.values())]
        if ids and texts:
            texts |= _baselines(kind, ids, articles or {}, references, baselines if articles else ())
            kinds[kind] = _table({name: {i: own.get(i, "") for i in ids} for name, own in texts.items()}, expected)
    return {"kinds": kinds, "columns": list(COLUMNS)}


def references_of(references: References, kind: Kind) -> list[str]:
    """The references of a kind as running texts; bullets one a line."""
    match kind:
        case "bullets":
            return ["\n".join(points) for points in references.bullets]
        case "headlines":
            return list(references.headline)
        case "summary":
            return list(references.summary)
    return list(references.rewrite)


def _texts(outputs: Mapping[str, Outputs], ids: Sequence[str], kind: Kind) -> Texts:
    found = {}
    for name in ids:
        one = outputs.get(name, Outputs())
        prose = one.summary if kind == "summary" else one.rewrite if kind == "rewrite" else None
        listed = one.bullets if kind == "bullets" else one.headlines if kind == "headlines" else None
        if prose is not None:
            found[name] = prose.text
        elif listed is not None:
            found[name] = "\n".join(listed if kind == "bullets" else listed[:1])
    return found


def _baselines(
    kind: ScoredKind,
    ids: Sequence[str],
    articles: Mapping[str, Article],
    references: Mapping[str, References],
    baselines: Sequence[str],
) -> dict[str, Texts]:
    found: dict[str, Texts] = {}
    if not all(name in articles for name in ids):
        return found
    for baseline in baselines:
        lines = {
            name: baseline_texts(baseline, articles[name], reference_texts(references[name]), (kind,))[kind][0]
            for name in ids
        }
        found[baseline] = {name: join(own) if kind == "bullets" else " ".join(own) for name, own in lines.items()}
    return found


def _table(systems: Mapping[str, Texts], references: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    n = len(next(iter(systems.values())))
    means = _means(systems, references)
    return {
        "n": n,
        "rows": [
            {"protocol": one.name, "signature": one.signature(n), "systems": means[one.name]} for one in PROTOCOLS
        ],
        "spread": {name: _spread(means, name) for name in systems},
        "swaps": [swap for column in COLUMNS for swap in _swaps(means, column, list(systems))],
    }


def _means(systems: Mapping[str, Texts], references: Mapping[str, Sequence[str]]) -> Means:
    """Article by article, so that `one_a_line` need not split a text again that it has just split."""
    pairs = [(one, system) for one in PROTOCOLS for system in systems]
    scores = {(one.name, system): {column: list[Prf]() for column in one.types} for one, system in pairs}
    for article_id in next(iter(systems.values())):
        for system, texts in systems.items():
            for one in PROTOCOLS:
                for column, score in one.score(texts[article_id], references[article_id]).items():
                    scores[one.name, system][column].append(score)
    return {one.name: {system: _mean(one, scores[one.name, system]) for system in systems} for one in PROTOCOLS}


def _mean(protocol: Protocol, scores: Mapping[str, Sequence[Prf]]) -> dict[str, float]:
    mean = resampled_mean if protocol.profile == "perl" else mean_prf
    return {column: mean(own)["f"] for column, own in scores.items()}


def _spread(means: Means, system: str) -> dict[str, float]:
    found = {column: [own[system][column] for own in means.values() if column in own[system]] for column in COLUMNS}
    return {column: max(values) - min(values) for column, values in found.items()}


def _swaps(means: Means, column: str, systems: Sequence[str]) -> list[dict[str, Any]]:
    """Pairs of systems of which the first is above under some protocols, and below under others."""
    found = []
    for a, b in combinations(systems, 2):
        gaps = {name: own[a][column] - own[b][column] for name, own in means.items() if column in own[a]}
        above, below = [n for n, gap in gaps.items() if gap > 0], [n for n, gap in gaps.items() if gap < 0]
        if above and below:
            found.append({"metric": column, "a": a, "b": b, "a_above": above, "b_above": below})
    return found
