"""A comparison as frozen values for the page and the terminal: what is shown, not how. Made by `comparison_read`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.report.beside import Marked
from pipeline.report.scores import Cell

VERDICTS = {"better": "▲ better", "worse": "▼ worse", "higher": "△ higher", "lower": "▽ lower"}


@dataclass(frozen=True, slots=True)
class Difference:
    """System − baseline over `n` articles: `cell` with its interval, the chances as text, how many articles were won,
    and the least difference that so many articles could show. `same` says that all of them tie."""

    n: int
    cell: Cell
    p: str
    p_holm: str
    p_bootstrap: str
    tally: str
    detectable: str
    same: bool

    @property
    def number(self) -> str:
        return signed(self.cell.value * self.cell.scale)

    @property
    def interval(self) -> str:
        low, high = self.cell.low or 0.0, self.cell.high or 0.0
        return f"[{signed(low * self.cell.scale)}, {signed(high * self.cell.scale)}]"


@dataclass(frozen=True, slots=True)
class Row:
    """One system under one metric; `verdict` is empty unless the test says that it differs from the baseline."""

    system: str
    baseline: bool
    extract: bool
    n: int
    cell: Cell
    difference: Difference | None
    verdict: str


@dataclass(frozen=True, slots=True)
class Table:
    """All systems under one metric: the scores of at most `n` articles, the differences of at most `paired`.

    `better` is "higher", "lower" or, where neither end is the better one, empty. `scores` bounds every score's
    interval, `differences` every difference's and 0, for drawing. `floor` says that so few articles cannot give a
    significant difference, or is empty.
    """

    kind: str
    metric: str
    label: str
    better: str
    n: int
    paired: int
    rows: tuple[Row, ...]
    scores: tuple[float, float]
    differences: tuple[float, float]
    floor: str

    @staticmethod
    def share(value: float, bounds: tuple[float, float]) -> float:
        """Where a value lies between the bounds, from 0 to 100."""
        low, high = bounds
        return 100 * (value - low) / (high - low) if high > low else 50.0

    @property
    def same(self) -> bool:
        """Whether all systems tie with the baseline on every article."""
        found = [row.difference for row in self.rows if row.difference]
        return bool(found) and all(difference.same for difference in found)

    @property
    def baseline(self) -> Row | None:
        """The row that the others are compared with, None if it has no score here."""
        return next((row for row in self.rows if row.baseline), None)

    def row(self, system: str) -> Row | None:
        """The row of a system, None if it has no score here."""
        return next((row for row in self.rows if row.system == system), None)


@dataclass(frozen=True, slots=True)
class ArticleRow:
    """One article: the baseline's score, and each other system's difference with how it ended: win, loss or tie."""

    id: str
    baseline: str
    cells: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Articles:
    """Single articles under one metric, those on which the systems differ most first; `hidden` more are not shown."""

    label: str
    systems: tuple[str, ...]
    rows: tuple[ArticleRow, ...]
    hidden: int


@dataclass(frozen=True, slots=True)
class Length:
    """One system's outputs of a kind: words on average, the baseline's on the same articles, their ratio, and the
    correlation of each metric's differences with the differences in length, as text."""

    system: str
    words: str
    baseline: str
    ratio: str
    correlations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lengths:
    """The lengths of all systems' outputs of a kind; `labels` are the metrics of the correlations."""

    labels: tuple[str, ...]
    rows: tuple[Length, ...]


@dataclass(frozen=True, slots=True)
class Output:
    """A text beside others: its score, its difference to the baseline's (empty for that one itself), and its lines,
    in which `same` labels two words or more in a row that a reference has too."""

    system: str
    number: str
    difference: str
    lines: tuple[Marked, ...]

    @property
    def text(self) -> tuple[str, ...]:
        return tuple("".join(part.text for part in line) for line in self.lines)


@dataclass(frozen=True, slots=True)
class Example:
    """An article on which systems differ much: their outputs beside each other, and the references in lines."""

    id: str
    outputs: tuple[Output, ...]
    references: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Group:
    """The tables of one output kind: ROUGE first, then the others; `examples` are by the metric `example_label`."""

    kind: str
    label: str
    main: tuple[Table, ...]
    others: tuple[Table, ...]
    said: tuple[str, ...]
    articles: Articles | None
    lengths: Lengths | None
    examples: tuple[Example, ...]
    example_label: str

    @property
    def differences(self) -> tuple[float, float]:
        """Bounds of all differences in ROUGE, for drawing them on one scale."""
        ends = [end for table in self.main for end in table.differences]
        return min(ends, default=0.0), max(ends, default=0.0)

    @property
    def paired(self) -> int:
        """Articles that the baseline shares with any system, under the metric with the most."""
        return max((table.paired for table in (*self.main, *self.others)), default=0)

    @property
    def too_few(self) -> str:
        """That there are too few articles for any difference to be significant; empty where there are enough."""
        floors = [table.floor for table in (*self.main, *self.others)]
        return floors[0] if all(floors) else ""

    @property
    def systems(self) -> tuple[Row, ...]:
        """One row of every system that has any score of this kind."""
        rows = {row.system: row for table in reversed(self.main + self.others) for row in table.rows}
        order = [row.system for table in self.main + self.others for row in table.rows]
        return tuple(rows[name] for name in dict.fromkeys(order))


@dataclass(frozen=True, slots=True)
class Entry:
    """A run of the comparison with the settings in which it differs, in the order of the view's `settings`."""

    name: str
    baseline: bool
    extract: bool
    status: str
    words: str
    why: str
    path: str
    settings: tuple[str, ...]
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class ComparisonView:
    """The whole comparison; `short` are the names of `settings` without the sections that are not needed."""

    name: str
    baseline: str
    level: float
    power: float
    trials: int
    signature: str
    settings: tuple[str, ...]
    short: tuple[str, ...]
    entries: tuple[Entry, ...]
    groups: tuple[Group, ...]
    problems: tuple[str, ...]

    @property
    def runs(self) -> tuple[Entry, ...]:
        return tuple(entry for entry in self.entries if not entry.extract)

    @property
    def pair(self) -> str:
        """The only system beside the baseline; empty if there are several."""
        others = [entry.name for entry in self.entries if not entry.baseline]
        return others[0] if len(others) == 1 else ""

    @property
    def corrected(self) -> int:
        """The systems that the correction counts: most that are compared with the baseline under one metric."""
        return max((sum(1 for row in table.rows if row.difference) for table in self.tables), default=0)

    @property
    def tables(self) -> tuple[Table, ...]:
        return tuple(table for group in self.groups for table in (*group.main, *group.others))

    @property
    def scored(self) -> int:
        """Articles that any system was scored on, under the metric with the most."""
        return max((table.n for table in self.tables), default=0)


def signed(value: float) -> str:
    """A difference with its sign and two decimals; a true minus, and no sign for what rounds to 0."""
    text = f"{value:+.2f}"
    return "0.00" if text in ("+0.00", "-0.00") else text.replace("-", "−")


def chance(p: float) -> str:
    """A p-value with three decimals, or as a bound."""
    return f"{p:.3f}" if p >= 0.001 else "< 0.001"
