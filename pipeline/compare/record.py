"""A comparison as one JSON object: what sweep.json holds and what the tables and the page are made from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from pipeline.compare.examples import Example
from pipeline.compare.pair import Delta
from pipeline.compare.systems import Standing, Systems, Table
from pipeline.config import Config, differing_keys
from pipeline.metrics.power import LEVEL, POWER
from pipeline.settings import walk

COUNTS = ("articles", "done", "quarantined", "fallbacks", "truncated")


@dataclass(frozen=True, slots=True)
class Entrant:
    """A row of the comparison: a run (`path` is its directory as a link from the page, "" for none), or an extractive
    baseline, which has neither settings nor counts. `why` says what went wrong in it."""

    name: str
    status: str = "done"
    why: str = ""
    path: str = ""
    extract: bool = False
    settings: Mapping[str, Any] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)


def differing_in(configs: Sequence[Config]) -> list[str]:
    """Dotted keys in which any two of `configs` differ, in config order."""
    first, *others = configs
    found = dict.fromkeys(key for other in others for key in differing_keys(first, other))
    order = [key for key, _ in walk()]
    return sorted(found, key=lambda key: order.index(key) if key in order else len(order))


def differing(settings: Sequence[Mapping[str, Any]], keys: Sequence[str]) -> list[dict[str, Any]]:
    """The values of the dotted `keys` in each of the nested `settings`; a key that is not there is left out."""
    return [{key: found for key in keys if (found := _at(one, key)) is not _ABSENT} for one in settings]


def to_record(
    name: str,
    entrants: Sequence[Entrant],
    keys: Sequence[str],
    systems: Systems,
    *,
    signature: str,
    examples: Sequence[Example] = (),
    notes: Sequence[str] = (),
) -> dict[str, Any]:
    """The whole comparison; scores and differences are fractions, a difference is system − baseline.

    `keys` are the settings in which the runs differ. `articles` holds, for the first metric of every kind, each
    system's value by article; `examples` the texts of those on which the systems differ most.
    """
    return {
        "name": name,
        "baseline": systems.baseline,
        "level": LEVEL,
        "power": POWER,
        "trials": systems.trials,
        "signature": signature,
        "settings": list(keys),
        "systems": [_entrant(one) for one in entrants],
        "tables": [_table(table) for table in systems.tables],
        "articles": _articles(systems),
        "examples": [_example(example) for example in examples],
        "problems": [{"system": system, "what": what} for system, what in systems.problems],
        "notes": list(notes),
    }


def _entrant(one: Entrant) -> dict[str, Any]:
    counts = {name: one.counts[name] for name in COUNTS if name in one.counts}
    return {**asdict(one), "settings": dict(one.settings), "counts": counts}


def _table(table: Table) -> dict[str, Any]:
    rows = [_row(row) for row in table.rows]
    return {"kind": table.kind, "metric": table.metric, "better": table.better, "floor": table.floor, "rows": rows}


def _row(row: Standing) -> dict[str, Any]:
    found: dict[str, Any] = {"system": row.system, "n": row.n, "value": row.value, "ci95": list(row.ci95)}
    if row.delta is None:
        return found | {"difference": None, "verdict": None}
    return found | {"difference": _difference(row.delta, row.p_holm), "verdict": row.verdict}


def _difference(delta: Delta, p_holm: float | None) -> dict[str, Any]:
    return {
        "n": delta.n,
        "value": delta.difference,
        "ci95": list(delta.test.ci95),
        "p": delta.test.p,
        "p_holm": p_holm,
        "p_bootstrap": delta.test.p_bootstrap,
        "detectable": delta.test.detectable,
        "wins": delta.wins,
        "losses": delta.losses,
        "ties": delta.ties,
        "words": list(delta.words),
        "length_r": delta.length_r,
    }


def _example(example: Example) -> dict[str, Any]:
    outputs = [asdict(output) for output in example.outputs]
    return {**asdict(example), "references": list(example.references), "outputs": outputs}


def _articles(systems: Systems) -> list[dict[str, Any]]:
    found = []
    seen = set()
    for (kind, metric), values in systems.values.items():
        if kind in seen:
            continue
        seen.add(kind)
        ids = dict.fromkeys(article_id for own in values.values() for article_id in own)
        rows = [{"id": i, "values": {name: own[i] for name, own in values.items() if i in own}} for i in ids]
        found.append({"kind": kind, "metric": metric, "rows": rows})
    return found


_ABSENT = object()


def _at(node: Any, key: str) -> Any:
    for part in key.split("."):
        if not isinstance(node, Mapping) or part not in node:
            return _ABSENT
        node = node[part]
    return node
