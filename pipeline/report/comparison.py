"""A comparison as frozen values for the page and the terminal: what is shown, not how. Made by `comparison_read`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.report.scores import Cell

VERDICTS = {"better": "▲ better", "worse": "▼ worse", "higher": "△ higher", "lower": "▽ lower"}


@dataclass(frozen=True, slots=True)
class Difference:
    """System − baseline: `cell` with its interval, the chances as text, and how many articles were won."""

    cell: Cell
    p: str
    p_holm: str
    tally: str

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
    """All systems under one metric. `scores` bounds every score's interval, `differences` every difference's and 0, for
    drawing. `floor` says that so few articles cannot give a significant difference, or is empty."""

    kind: str
    metric: str
    label: str
    n: int
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
class Group:
    """The tables of one output kind: ROUGE first, then the others."""

    kind: str
    label: str
    main: tuple[Table, ...]
    others: tuple[Table, ...]
    said: tuple[str, ...]
    articles: Articles | None

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
    def scored(self) -> int:
        """Articles that any system was scored on, under the metric with the most."""
        return max((table.n for group in self.groups for table in (*group.main, *group.others)), default=0)


def signed(value: float) -> str:
    """A difference with its sign and two decimals; a true minus, and no sign for what rounds to 0."""
    text = f"{value:+.2f}"
    return "0.00" if text in ("+0.00", "-0.00") else text.replace("-", "−")
