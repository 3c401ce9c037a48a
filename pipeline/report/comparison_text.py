"""A comparison as plain text: the runs and what sets them apart, the tests of every metric, lengths, and the articles
on which the systems differ most."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.report.columns import aligned, printable
from pipeline.report.comparison import VERDICTS, ComparisonView, Difference, Entry, Group, Length, Row, Table
from pipeline.report.comparison_beside import beside_lines
from pipeline.report.comparison_read import read_comparison

TESTS = ("difference", "95 % interval", "p", "bootstrap", "Holm", "won–lost–tied", "detectable")
HEADER = ("", "score", "95 % interval", *TESTS, "")
NOTHING = "nothing is compared: no article has outputs of one kind by the baseline and by another system"
_COUNTS = ("done", "quarantined", "fallbacks")


def systems_table(record: Mapping[str, Any]) -> str:
    """The comparison as aligned text, scores × 100; ends with a newline. `record` is the object of sweep.json.

    With a single system beside the baseline, a metric is a line; with several, a block.
    """
    view = read_comparison(record)
    lines = aligned(_runs(view), left=(0, -1))
    if view.tables:
        lines += ["", *(_pair(view) if view.pair else _blocks(view))]
        lines += ["", *_legend(view), *_lengths(view.groups)]
        lines += beside_lines(view.groups)
    lines += ["", *(printable(line) for line in _told(view))]
    return "\n".join(lines).rstrip("\n") + "\n"


def _runs(view: ComparisonView) -> list[list[str]]:
    rows = [["run", *view.short, "articles", "quarantined", "fallbacks", ""]]
    return rows + [
        [entry.name, *entry.settings, *(str(entry.counts.get(key, "–")) for key in _COUNTS), _state(entry)]
        for entry in view.runs
    ]


def _state(entry: Entry) -> str:
    state = entry.words if entry.status != "done" else ""
    return ", ".join(word for word in ("baseline" if entry.baseline else "", state) if word)


def _pair(view: ComparisonView) -> list[str]:
    rows: list[list[str]] = [["", view.baseline, view.pair, *(name for name in TESTS if name != "Holm"), ""]]
    for group in view.groups:
        told = [table for table in (*group.main, *group.others) if not table.same]
        rows += [[""], [f"{group.label} ({_shared(group)})"]]
        rows += [_pair_line(table, view.pair) for table in told]
        same = [table.label for table in (*group.main, *group.others) if table.same]
        rows += [[f"  the same on every article: {', '.join(same)}"]] if same else []
    return aligned(rows, left=(0, -1))


def _shared(group: Group) -> str:
    """How many articles both systems have an output of this kind for; if none, which has any."""
    if group.paired:
        return f"{_articles(group.paired)} in common"
    systems = [row.system for row in group.systems]
    return f"only {systems[0]} has any" if len(systems) == 1 else "no article in common"


def _pair_line(table: Table, other: str) -> list[str]:
    base, row = table.baseline, table.row(other)
    scores = [one.cell.number if one else "–" for one in (base, row)]
    if row is None or row.difference is None:
        return [f"  {table.label}", *scores, *[""] * (len(TESTS) - 1), "not comparable"]
    found = row.difference
    several = found.n != max(one.n for one in table.rows)
    name = f"  {table.label}" + (f" (n = {found.n})" if several else "")
    return [name, *scores, *_tests(found, holm=False), VERDICTS.get(row.verdict, "")]


def _tests(found: Difference, *, holm: bool) -> list[str]:
    corrected = [found.p_holm] if holm else []
    return [found.number, found.interval, found.p, found.p_bootstrap, *corrected, found.tally, found.detectable]


def _blocks(view: ComparisonView) -> list[str]:
    rows: list[list[str]] = [list(HEADER)]
    for group in view.groups:
        for table in (*group.main, *group.others):
            rows += [[""]] if len(rows) > 1 else []
            rows += [[f"{group.label} {table.label} ({_articles(table.n)})"]]
            rows += [_line(row, table.n) for row in table.rows]
    return aligned(rows, left=(0, -1))


def _line(row: Row, n: int) -> list[str]:
    name = f"  {row.system}" + (f" (n = {row.n})" if row.n != n else "")
    score = [name, row.cell.number, row.cell.interval]
    if row.difference is None:
        return [*score, *[""] * len(TESTS), "baseline" if row.baseline else "not comparable"]
    return [*score, *_tests(row.difference, holm=True), VERDICTS.get(row.verdict, "")]


def _articles(n: int) -> str:
    return f"{n} article" if n == 1 else f"{n} articles"


def _legend(view: ComparisonView) -> list[str]:
    level = f"{view.level:g}"
    lines = [
        "ROUGE F and shares × 100, lengths and their ratios as they are.",
        f"Differences to {view.baseline} with the interval of a paired bootstrap.",
        f"p: paired approximate randomization; bootstrap: p of the paired bootstrap; {view.trials} trials, two-sided.",
    ]
    if view.pair:
        lines += [f"No p is corrected: one system is compared. Marked where p is under {level}; with many metrics"]
    else:
        lines += [
            f"Holm: p corrected for the {view.corrected} systems compared under a metric; the other two p are not.",
            f"Marked where the corrected p is under {level}. Nothing is corrected for the number of metrics:",
        ]
    return [
        *lines,
        "a lone mark means little.",
        f"detectable: a true difference of this size is found at {level} in {100 * view.power:g} % of such test sets.",
    ]


def _lengths(groups: Sequence[Group]) -> list[str]:
    """Lengths of outputs, and how far the differences of the ROUGE metrics go with those in length."""
    known = [(group.label, group.lengths) for group in groups if group.lengths]
    labels = max((lengths.labels for _, lengths in known), key=len, default=())
    rows = [["Length", "words", "baseline", "ratio", *(f"r {label}" for label in labels)]]
    for label, lengths in known:
        rows += [[label], *(_length(row, lengths.labels, labels) for row in lengths.rows)]
    told = "r: correlation of the difference in score with the difference in length, article by article"
    return ["", *aligned(rows), told] if known else []


def _length(row: Length, own: Sequence[str], labels: Sequence[str]) -> list[str]:
    correlations = dict(zip(own, row.correlations, strict=True))
    return [f"  {row.system}", row.words, row.baseline, row.ratio, *(correlations.get(label, "") for label in labels)]


def _told(view: ComparisonView) -> list[str]:
    """What the tests say in words, what is wrong, and the signature."""
    lines = [f"{group.label}: {said}" for group in view.groups for said in group.said]
    if view.tables and not lines:
        compared = any(group.paired for group in view.groups)
        lines.append(f"no system differs significantly from {view.baseline}" if compared else NOTHING)
    lines += _floors(view)
    lines += list(view.problems)
    return [*lines, view.signature] if view.signature else lines


def _floors(view: ComparisonView) -> list[str]:
    """Once what holds for all metrics, else each with its name."""
    told = [(f"{group.label} {table.label}", table) for group in view.groups for table in (*group.main, *group.others)]
    floors = [(name, table.floor) for name, table in told if not table.same]
    distinct = {floor for _, floor in floors}
    if len(distinct) == 1:
        return [floor for floor in distinct if floor]
    return [f"{name}: {floor}" for name, floor in floors if floor]
