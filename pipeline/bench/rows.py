"""The rounds of all combinations → the record of a bench: one row per combination, none left out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from pipeline.bench.combinations import Combination
from pipeline.bench.figures import identical, ratio, rouge_differences, rouge_scores, rounded_to, spread
from pipeline.bench.processes import Rounds
from pipeline.files import JsonObject
from pipeline.metrics.measure import Scored
from pipeline.metrics.paired import TRIALS
from pipeline.records import References

Results = Sequence[JsonObject]  # what the worker wrote, round by round

RATES: dict[str, Callable[[JsonObject], float]] = {
    "articles_per_s": lambda r: r["articles"] / r["seconds"],
    "tokens_written_per_s": lambda r: r["tokens"]["written"] / r["seconds"],
    "tokens_read_per_s": lambda r: r["tokens"]["read"] / r["seconds"],
    "generate_share": lambda r: r["generate_s"] / r["seconds"],
}
COLD: dict[str, Callable[[JsonObject], float]] = {
    "total": lambda r: sum(r["cold_s"].values()),
    "import": lambda r: r["cold_s"]["import"],
    "load": lambda r: r["cold_s"]["load"],
    "first": lambda r: r["cold_s"]["first"],
}
RATIOS = {"articles_per_s": RATES["articles_per_s"], "cold_start": COLD["total"]}


def rows(
    combinations: Sequence[Combination],
    found: Rounds,
    reference: str,
    references: Mapping[str, References],
    seed: int,
    trials: int = TRIALS,
) -> list[JsonObject]:
    """One row per combination, in order; one that failed says `why`."""
    scored: dict[str, Scored | None] = {
        name: rouge_scores(name, results[0]["outputs"], references, seed) for name, results in found.results.items()
    }
    return [
        _head(one)
        | _figures(found.results.get(one.name, []), found.results.get(reference, []))
        | {"rouge": _rouge(scored.get(one.name), scored.get(reference), trials, seed)}
        | _fate(found.faults.get(one.name), found.results.get(one.name, []))
        for one in combinations
    ]


def _head(one: Combination) -> JsonObject:
    engine = one.config.engine if one.config else None
    return {
        "name": one.name,
        "engine": one.engine,
        "settings": engine.model_dump(mode="json") if engine else None,
        "batch_articles": one.config.run.batch_articles if one.config else None,
    }


def _figures(results: Results, reference: Results) -> JsonObject:
    if not results:
        return {"identity": None, "cold_start_s": None, "memory_mib": None, "tokens": None, "ratio": None,
                "identical": None, "repeatable": None, **dict.fromkeys(RATES)}  # fmt: skip
    return {
        "identity": results[0]["identity"],
        **{name: spread([rate(result) for result in results]) for name, rate in RATES.items()},
        "tokens": results[0]["tokens"],
        "cold_start_s": {name: spread([part(result) for result in results]) for name, part in COLD.items()},
        "memory_mib": {name: _memory(results, name) for name in ("rss", "cuda")},
        "ratio": {name: ratio(list(map(of, results)), list(map(of, reference))) for name, of in RATIOS.items()},
        "identical": {kind: rounded_to(share) for kind, share in _identical(results, reference).items()},
        "repeatable": all(result["outputs"] == results[0]["outputs"] for result in results),
    }


def _identical(results: Results, reference: Results) -> dict[str, float]:
    return identical(results[0]["outputs"], reference[0]["outputs"]) if reference else {}


def _memory(results: Results, name: str) -> JsonObject | None:
    values = [value for result in results if (value := result["memory_mib"][name]) is not None]
    return spread(values) if values else None


def _rouge(own: Scored | None, reference: Scored | None, trials: int, seed: int) -> JsonObject | None:
    if own is None or reference is None:
        return None
    return rouge_differences(own, reference, trials=trials, seed=seed)


def _fate(fault: str | None, results: Results) -> JsonObject:
    """Whether all went well, and why not."""
    failed = results[0]["failed"] if results else []
    why = fault
    if failed and not fault:
        total = len(failed) + len(results[0]["outputs"])
        why = f"{len(failed)} of {total} articles failed, the first: {failed[0]['id']}: {failed[0]['why']}"
    return {"ok": why is None, "why": why, "failed": failed}
