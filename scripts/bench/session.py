"""One call of the bench: what is measured, from which folders, and what was found."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.checker import common_words
from bench.control import HEADER as CONTROL_HEADER
from bench.control import control_rows
from bench.generate import Written, settings, write
from bench.measure import SAMPLES, SEED, Row, row
from bench.ours import KINDS_HEADER, Checked, checked, kind_row, kind_rows, lines_of
from bench.sets import MEASURES, Item, Measure, read_measure, read_records
from bench.speed import measure_speed, sentence
from bench.systems import SYSTEMS, extract
from bench.tables import GLANCE_HEADER, glance, quality_table, table
from pipeline.errors import InputError
from pipeline.metrics.signature import signature
from pipeline.records import Article, Brief, Kind

OURS = "ours"
LEGEND = """New bigrams: share of an output's bigrams that the article lacks. Verbatim: share of sentences that have
exactly the words of a sentence of the article; in one run: whose words stand in the article one after another.
Repeated: share of trigrams that occurred before. Unsupported: outputs with a number, name or quotation that the
article does not hold, by a checker that shares no code with the guard; "by kind" counts every line and headline
variant. Extractive fallback: outputs with a sentence of the article for want of a written one."""
COMMON_FROM = ("allsides_abp", "cnn_highlights_allsides")  # real casing: their lower-case words are ordinary words


@dataclass
class Bench:
    """`data`, `split`, `limit` (articles per set) and `overrides` of settings; what the package's code of digest `code`
    wrote is kept in `work`.

    What was found: sections of the report, rows of the overview, our outputs by set, and everything that is missing.
    """

    data: Path
    split: str
    limit: int | None
    work: Path
    code: str
    overrides: Sequence[str] = ()
    common: frozenset[str] = frozenset()
    sections: list[str] = field(default_factory=list)
    at_a_glance: list[list[str]] = field(default_factory=list)
    checked: dict[str, list[Checked]] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    engines: dict[str, None] = field(default_factory=dict)

    def learn_ordinary_words(self) -> None:
        """Read the ordinary words of the split, for the checker; InputError if a file is missing."""
        paths = [self.data / self.split / f"{name}.jsonl.xz" for name in COMMON_FROM]
        self.common = common_words(record["document"] for path in paths for record in read_records(path))

    def measure(self, measure: Measure, *, ours: bool) -> None:
        """One measure: its section and its lines of the overviews; InputError without articles."""
        items = read_measure(measure, self.data, self.split, self.limit)
        if not items:
            raise InputError("has no articles", where=measure.name)
        own = [self._own(measure, items)] if ours else []
        others = [self._extracted(name, measure.kind, items) for name in SYSTEMS]
        published = sorted(_published(items), key=lambda found: -found.rouge["rouge1"].f)
        rows = [*own, *others, *published]
        self.sections.append(f"### {measure.title} ({len(items)} articles)\n\n{quality_table(rows)}")
        self.at_a_glance += glance(measure.title, rows) if ours else []

    def _own(self, measure: Measure, items: Sequence[Item]) -> Row:
        articles = [item.article for item in items]
        briefs = self._write(articles, measure.made, (), measure.name).briefs
        if measure.name not in self.checked:  # two tables may share their outputs
            self.checked[measure.name] = checked(articles, briefs, measure.made, self.common)
        return row(OURS, items, [lines_of(briefs.get(article.id), measure.kind) for article in articles], self.common)

    def _extracted(self, system: str, kind: Kind, items: Sequence[Item]) -> Row:
        outputs = [extract(system, item.article, kind, item.references) for item in items]
        return row(system, items, outputs, self.common)

    def control(self, n: int) -> None:
        """Lengths asked for, on articles of the headline set."""

        def ask(articles: Sequence[Article], kinds: Sequence[Kind], more: Sequence[str]) -> list[Brief]:
            return list(self._write(articles, kinds, more, " ".join(more)).briefs.values())

        rows = control_rows(self._articles("allsides", n), ask)
        self.sections.append(f"### Length asked for\n\n{table(CONTROL_HEADER, rows)}")

    def speed(self, n: int) -> None:
        """Seconds per article of the bullets set, measured anew at every call."""
        articles = self._articles("cnn", n + 1)
        self.sections.append(f"### Speed\n\n{sentence(measure_speed(articles, self.work, self.overrides))}")

    def report(self, command: str) -> str:
        """The Markdown that goes between the markers."""
        parts = [
            f"Made by `{command}`; F × 100 with 95 % bootstrap intervals.\n"
            f"ROUGE: `{signature(use_stemmer=True, samples=SAMPLES, seed=SEED)}`.\n"
            f"Code `{self.code}`; engine `{', '.join(self.engines) or 'not run'}`.",
            LEGEND,
        ]
        if self.at_a_glance:
            parts.append(f"### At a glance\n\n{table(GLANCE_HEADER, self.at_a_glance)}")
        if self.checked:
            rows = [cells for name, found in self.checked.items() for cells in kind_rows(name, found)]
            rows.append(kind_row("all", "all", [one for found in self.checked.values() for one in found]))
            parts.append(f"### Ours, by kind\n\n{table(KINDS_HEADER, rows)}")
        return "\n\n".join([*parts, *self.sections])

    def alarms(self) -> list[dict[str, Any]]:
        """Records of our outputs with an alarm, to be read."""
        return [one.as_record(name) for name, found in self.checked.items() for one in found if one.alarms]

    def _articles(self, name: str, n: int) -> list[Article]:
        measure = next(measure for measure in MEASURES if measure.name == name)
        return [item.article for item in read_measure(measure, self.data, self.split, n)]

    def _write(self, articles: Sequence[Article], kinds: Sequence[Kind], more: Sequence[str], what: str) -> Written:
        """Our outputs, from the work folder where they are there already; failures go to `missing`."""
        config = settings(kinds, [*self.overrides, *more])
        written = write(articles, config, self.work / "parts", lambda done, n: _progress(what, done, n))
        self.missing += [f"{what}: no output for {id_}: {reason}" for id_, reason in written.failed.items()]
        self.engines[written.engine] = None
        return written


def _published(items: Sequence[Item]) -> list[Row]:
    """Rows of published outputs, not checked: their spaced-out tokens would give false alarms."""
    names = dict.fromkeys(name for item in items for name in item.published)
    return [row(name, items, [item.published.get(name, ()) for item in items], None) for name in names]


def _progress(what: str, done: int, n: int) -> None:
    if done % 10 == 0 or done == n:
        print(f"{what}: {done} of {n}", file=sys.stderr, flush=True)
