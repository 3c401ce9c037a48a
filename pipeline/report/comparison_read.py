"""A comparison as `pipeline.compare.record` writes it (the object of sweep.json) → the view of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from pipeline.report.comparison import (
    ComparisonView,
    Difference,
    Entry,
    Group,
    Row,
    Table,
    chance,
)
from pipeline.report.comparison_articles import read_articles, read_examples, read_lengths
from pipeline.report.scores import KIND_LABELS, Cell
from pipeline.score_names import scale_of

METRIC_LABELS = {"rougeL": "ROUGE-L", "rougeLsum": "ROUGE-Lsum"}
STATUS_WORDS = {
    "done": "done",
    "quarantined": "finished without some articles",
    "missed": "a threshold missed",
    "failed": "failed",
}
Record = Mapping[str, Any]


def read_comparison(record: Record) -> ComparisonView:
    """The view of a comparison as `pipeline.compare.record` writes it."""
    systems: Sequence[Record] = record["systems"]
    extracts = {str(one["name"]) for one in systems if one["extract"]}
    tables = [_table(table, str(record["baseline"]), extracts, float(record["level"])) for table in record["tables"]]
    order = [str(one["name"]) for one in systems]
    groups = (
        _group(kind, tuple(own), record, order)
        for kind, own in ((k, list(g)) for k, g in groupby(_by_kind(tables), key=lambda table: table.kind))
    )
    problems = [f"{found['system']}: {found['what']}" for found in record["problems"]]
    return ComparisonView(
        name=str(record["name"]),
        baseline=str(record["baseline"]),
        level=float(record["level"]),
        power=float(record["power"]),
        trials=int(record["trials"]),
        signature=str(record["signature"]),
        settings=tuple(record["settings"]),
        short=tuple(_short(key, record["settings"]) for key in record["settings"]),
        entries=tuple(_entry(one, record) for one in systems),
        groups=tuple(groups),
        problems=(*map(str, record["notes"]), *problems),
    )


def metric_label(metric: str) -> str:
    """A metric's name as people write it."""
    if metric in METRIC_LABELS:
        return METRIC_LABELS[metric]
    return f"ROUGE-{metric[5:]}" if metric.startswith("rouge") else metric.replace("_", " ")


def _short(key: str, keys: Sequence[str]) -> str:
    """The last parts of a dotted key that tell it from the other keys."""
    parts = key.split(".")
    endings = (".".join(parts[-n:]) for n in range(1, len(parts)))
    return next((end for end in endings if sum(f".{other}".endswith(f".{end}") for other in keys) == 1), key)


def _by_kind(tables: Sequence[Table]) -> list[Table]:
    kinds = list(dict.fromkeys(table.kind for table in tables))
    return sorted(tables, key=lambda table: kinds.index(table.kind))


def _table(record: Record, baseline: str, extracts: set[str], level: float) -> Table:
    metric = str(record["metric"])
    scale = scale_of(metric)
    rows = tuple(_row(row, baseline, extracts, scale) for row in record["rows"])
    n = max((row.n for row in rows), default=0)
    floor = record.get("floor")
    too_few = floor is not None and floor >= level
    paired = max((row.difference.n for row in rows if row.difference), default=0)
    told = f"{paired} articles cannot give a corrected p under {level:g}" if too_few else ""
    scores = _bounds([row.cell for row in rows])
    differences = _bounds([row.difference.cell for row in rows if row.difference], 0.0)
    label = metric_label(metric)
    better = str(record["better"] or "")
    return Table(str(record["kind"]), metric, label, better, n, paired, rows, scores, differences, told)


def _bounds(cells: Sequence[Cell], *more: float) -> tuple[float, float]:
    ends = [end for cell in cells for end in (cell.low, cell.high) if end is not None]
    return min([*ends, *more], default=0.0), max([*ends, *more], default=0.0)


def _row(record: Record, baseline: str, extracts: set[str], scale: float) -> Row:
    name = str(record["system"])
    cell = _cell(record, scale)
    found = record["difference"]
    difference = _difference(found, scale) if found is not None else None
    verdict = str(record["verdict"] or "")
    return Row(name, name == baseline, name in extracts, record["n"], cell, difference, verdict)


def _difference(found: Record, scale: float) -> Difference:
    least = found["detectable"]
    return Difference(
        n=int(found["n"]),
        cell=_cell(found, scale),
        p=chance(found["p"]),
        p_holm=chance(found["p_holm"]),
        p_bootstrap=chance(found["p_bootstrap"]),
        tally="–".join(str(found[key]) for key in ("wins", "losses", "ties")),
        detectable="–" if least is None else f"{least * scale:.2f}",
        same=not found["wins"] and not found["losses"],
    )


def _cell(record: Record, scale: float) -> Cell:
    low, high = record["ci95"]
    return Cell(float(record["value"]), float(low), float(high), scale)


def _group(kind: str, tables: tuple[Table, ...], record: Record, order: Sequence[str]) -> Group:
    baseline = str(record["baseline"])
    main = tuple(table for table in tables if table.metric.startswith("rouge"))
    others = tuple(table for table in tables if not table.metric.startswith("rouge"))
    label = KIND_LABELS.get(kind, kind.replace("_", " ").capitalize())
    own = [found for found in record["articles"] if found["kind"] == kind]
    articles = read_articles(own[0], metric_label(own[0]["metric"]), baseline, order) if own else None
    shown = [found for found in record["examples"] if found["kind"] == kind]
    about = metric_label(shown[0]["metric"]) if shown else ""
    lengths = read_lengths([t for t in record["tables"] if t["kind"] == kind], main, order)
    return Group(kind, label, main, others, _said(tables), articles, lengths, read_examples(shown), about)


def _said(tables: Sequence[Table]) -> tuple[str, ...]:
    """What the tests say, one line a system: "greedy: worse in ROUGE-1 and ROUGE-2; higher in novel bigrams"."""
    found: dict[str, dict[str, list[str]]] = {}
    marked = [(row, table.label) for table in tables for row in table.rows if row.verdict]
    for row, label in marked:
        found.setdefault(row.system, {}).setdefault(row.verdict, []).append(label)
    return tuple(
        f"{system}: {'; '.join(f'{verdict} in {_listed(labels)}' for verdict, labels in own.items())}"
        for system, own in found.items()
    )


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _entry(one: Record, record: Record) -> Entry:
    status = str(one["status"])
    settings: Mapping[str, Any] = one["settings"]
    return Entry(
        name=str(one["name"]),
        baseline=one["name"] == record["baseline"],
        extract=bool(one["extract"]),
        status=status,
        words=STATUS_WORDS.get(status, status),
        why=str(one["why"]),
        path=str(one["path"]),
        settings=tuple(_shown(settings[key]) if key in settings else "" for key in record["settings"]),
        counts=one["counts"],
    )


def _shown(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {_shown(item)}" for key, item in value.items())
    return ", ".join(map(_shown, value)) if isinstance(value, list | tuple) else str(value)
