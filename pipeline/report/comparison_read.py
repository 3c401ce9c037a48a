"""A comparison as `pipeline.compare.record` writes it (the object of sweep.json) → the view of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from pipeline.report.comparison import (
    ArticleRow,
    Articles,
    ComparisonView,
    Difference,
    Entry,
    Group,
    Row,
    Table,
    signed,
)
from pipeline.report.scores import KIND_LABELS, UNSCALED, Cell

METRIC_LABELS = {"rougeL": "ROUGE-L", "rougeLsum": "ROUGE-Lsum"}
STATUS_WORDS = {
    "done": "done",
    "quarantined": "finished without some articles",
    "missed": "a threshold missed",
    "failed": "failed",
}
TIE = 1e-12  # as `pipeline.compare` counts ties
SHOWN = 40  # articles of a table on the page: those on which the systems differ most
Record = Mapping[str, Any]


def read_comparison(record: Record) -> ComparisonView:
    """The view of a comparison as `pipeline.compare.record` writes it."""
    systems: Sequence[Record] = record["systems"]
    extracts = {str(one["name"]) for one in systems if one["extract"]}
    tables = [_table(table, str(record["baseline"]), extracts, float(record["level"])) for table in record["tables"]]
    order = [str(one["name"]) for one in systems]
    articles = {str(found["kind"]): _articles(found, str(record["baseline"]), order) for found in record["articles"]}
    groups = (
        _group(kind, tuple(own), articles.get(kind))
        for kind, own in ((k, list(g)) for k, g in groupby(_by_kind(tables), key=lambda table: table.kind))
    )
    problems = [f"{found['system']}: {found['what']}" for found in record["problems"]]
    return ComparisonView(
        name=str(record["name"]),
        baseline=str(record["baseline"]),
        level=float(record["level"]),
        trials=int(record["trials"]),
        signature=str(record["signature"]),
        settings=tuple(record["settings"]),
        short=tuple(_short(key, record["settings"]) for key in record["settings"]),
        entries=tuple(_entry(one, record) for one in systems),
        groups=tuple(groups),
        problems=(*map(str, record["notes"]), *problems),
    )


def chance(p: float) -> str:
    """A p-value with three decimals, or as a bound."""
    return f"{p:.3f}" if p >= 0.001 else "< 0.001"


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
    scale = 1.0 if metric in UNSCALED else 100.0
    rows = tuple(_row(row, baseline, extracts, scale) for row in record["rows"])
    n = max((row.n for row in rows), default=0)
    floor = record.get("floor")
    too_few = floor is not None and floor >= level
    told = f"{n} articles cannot give a corrected p under {level:g}" if too_few else ""
    scores = _bounds([row.cell for row in rows])
    differences = _bounds([row.difference.cell for row in rows if row.difference], 0.0)
    label = metric_label(metric)
    return Table(str(record["kind"]), metric, label, n, rows, scores, differences, told)


def _bounds(cells: Sequence[Cell], *more: float) -> tuple[float, float]:
    ends = [end for cell in cells for end in (cell.low, cell.high) if end is not None]
    return min([*ends, *more], default=0.0), max([*ends, *more], default=0.0)


def _row(record: Record, baseline: str, extracts: set[str], scale: float) -> Row:
    name = str(record["system"])
    cell = _cell(record, scale)
    found = record["difference"]
    difference = None
    if found is not None:
        tally = "–".join(str(found[key]) for key in ("wins", "losses", "ties"))
        difference = Difference(_cell(found, scale), chance(found["p"]), chance(found["p_holm"]), tally)
    verdict = str(record["verdict"] or "")
    return Row(name, name == baseline, name in extracts, record["n"], cell, difference, verdict)


def _cell(record: Record, scale: float) -> Cell:
    low, high = record["ci95"]
    return Cell(float(record["value"]), float(low), float(high), scale)


def _group(kind: str, tables: tuple[Table, ...], articles: Articles | None) -> Group:
    main = tuple(table for table in tables if table.metric.startswith("rouge"))
    others = tuple(table for table in tables if not table.metric.startswith("rouge"))
    label = KIND_LABELS.get(kind, kind.replace("_", " ").capitalize())
    return Group(kind, label, main, others, _said(tables), articles)


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


def _articles(record: Record, baseline: str, order: Sequence[str]) -> Articles | None:
    """None where the baseline has no scores: there is nothing to win or lose against."""
    rows = [row for row in record["rows"] if baseline in row["values"]]
    scored = {name for row in rows for name in row["values"]}
    systems = tuple(name for name in order if name in scored and name != baseline)
    if not rows or not systems:
        return None
    scale = 1.0 if record["metric"] in UNSCALED else 100.0
    rows.sort(key=lambda row: min(row["values"].values()) - max(row["values"].values()))
    shown = tuple(_article(row, systems, baseline, scale) for row in rows[:SHOWN])
    return Articles(metric_label(record["metric"]), systems, shown, len(rows) - len(shown))


def _article(row: Record, systems: Sequence[str], baseline: str, scale: float) -> ArticleRow:
    values: Mapping[str, float] = row["values"]
    own = values[baseline]
    cells = []
    for name in systems:
        if name not in values:
            cells.append(("–", "none"))
            continue
        difference = 0.0 if abs(values[name] - own) < TIE else values[name] - own
        ended = "win" if difference > 0 else "loss" if difference < 0 else "tie"
        cells.append((signed(difference * scale), ended))
    return ArticleRow(str(row["id"]), f"{own * scale:.2f}", tuple(cells))


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
