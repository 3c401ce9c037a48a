"""What the preparation kept, dropped and removed, as counts and as a Markdown table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from pipeline.train.pairs import Pair

TASKS = ("headline", "brief", "paraphrase", "lead", "gap")


@dataclass(slots=True)
class Tally:
    """Counts of one set in one split.

    `outcomes`: kept pairs by task and what was left out by reason; `kinds`: where kept pairs come from;
    `novelty`: kept brief pairs by novelty bucket; `removed`: site furniture by rule; `bad`: examples of bad records.
    """

    outcomes: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    novelty: Counter[str] = field(default_factory=Counter)
    removed: Counter[str] = field(default_factory=Counter)
    bad: list[str] = field(default_factory=list)
    records: int = 0

    def count(self, found: Iterable[Pair | str]) -> None:
        """Add pairs and reasons; a pair of an objective or of an event counts as that, not as its token's task."""
        for item in found:
            if isinstance(item, str):
                self.outcomes[item] += 1
                continue
            source = item.kind.split(":")[0]
            self.outcomes[f"kept: {source if source in TASKS else item.task}"] += 1
            self.kinds[item.kind or item.task] += 1
            if item.task == "brief":
                self.novelty[f"<n{item.novelty}>"] += 1

    def add(self, other: Tally) -> None:
        """Add the counts of a part of the same set."""
        self.outcomes += other.outcomes
        self.kinds += other.kinds
        self.novelty += other.novelty
        self.removed += other.removed
        self.records += other.records
        self.bad += other.bad

    def as_json(self) -> dict[str, object]:
        """For the report: every count under its name, most frequent first."""
        parts = {name: dict(getattr(self, name).most_common()) for name in ("outcomes", "kinds", "novelty", "removed")}
        return {"records": self.records, **parts, "bad": self.bad}


def markdown(tallies: Mapping[str, Tally]) -> str:
    """Everything as tables: outcomes by set and task, kinds of pairs, leaks and site furniture of the training sets."""
    train = {name.removeprefix("train/"): tally for name, tally in tallies.items() if name.startswith("train/")}
    parts = {
        "Kept and dropped": outcomes(tallies),
        "Where the kept pairs of train come from": counts(train, "kinds"),
        "Novelty of the kept briefs of train": counts(train, "novelty"),
        "Near-duplicates left out of train": counts(train, "outcomes", "leak: "),
        "Site furniture removed from train": counts(train, "removed"),
    }
    return "\n".join(f"## {title}\n\n{table}" for title, table in parts.items() if table)


def counts(tallies: Mapping[str, Tally], field_name: str, prefix: str = "") -> str:
    """A row per name counted under a field, most frequent first, with the three sets that have most; "" if none."""
    total: Counter[str] = Counter()
    for tally in tallies.values():
        total += Counter({k: n for k, n in getattr(tally, field_name).items() if k.startswith(prefix)})
    rows = []
    for name, n in sorted(total.items(), key=lambda item: (-item[1], item[0])):
        by_set = {s: getattr(tally, field_name)[name] for s, tally in tallies.items()}
        most = sorted((item for item in by_set.items() if item[1]), key=lambda item: (-item[1], item[0]))[:3]
        rows.append(f"| {name.removeprefix(prefix)} | {n} | {', '.join(f'{s} {k}' for s, k in most)} |")
    return "\n".join(["| | count | most in |", "|---|---:|---|", *rows]) + "\n" if rows else ""


def outcomes(tallies: Mapping[str, Tally]) -> str:
    """A row per set and task: what was offered, what share of it was kept, and why the rest was not."""
    rows = ["| set | task | offered | kept | | dropped because |", "|---|---|---:|---:|---:|---|"]
    for name, tally in tallies.items():
        before = {k: n for k, n in tally.outcomes.items() if k.split(":")[0] in ("record", "leak", "document", "set")}
        if before:
            rows.append(f"| {name} | records | {tally.records} | | | {_reasons(before, '')} |")
        rows += [row for task in TASKS if (row := _row(name, task, tally))]
    total = Tally()
    for name, tally in tallies.items():
        if name.startswith("train/"):
            total.add(tally)
    rows += [row for task in TASKS if (row := _row("**all of train**", task, total))]
    return "\n".join(rows) + "\n"


def _row(name: str, task: str, tally: Tally) -> str:
    kept = tally.outcomes[f"kept: {task}"]
    why = {k: n for k, n in tally.outcomes.items() if k.startswith(f"{task}: ")}
    offered = kept + sum(why.values())
    share = f"{100 * kept / offered:.0f} %" if offered else ""
    return f"| {name} | {task} | {offered} | {kept} | {share} | {_reasons(why, f'{task}: ')} |" if offered else ""


def _reasons(counts: Mapping[str, int], prefix: str) -> str:
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{name.removeprefix(prefix)} {n}" for name, n in ranked)
