"""What was measured of the engines → Markdown tables and whether the bars are met."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from bench.engines import LOOP, ONE, Found, Sample, System, lines_by_id, measure_of, outputs, speed, times
from bench.measure import TYPES, Row, Score, differences, row
from bench.ours import lines_of
from bench.tables import table
from pipeline.bench.figures import identical
from pipeline.files import JsonObject
from pipeline.metrics.texts import Lines, one_line, sentence_lines
from pipeline.records import KINDS, Brief, Kind
from pipeline.serial import brief_from_dict

WITHIN = 0.3  # points of ROUGE that count as equal
SCORED: tuple[tuple[str, Kind], ...] = (("cnn", "summary"), ("cnn", "bullets"), ("allsides", "headlines"))


@dataclass(frozen=True)
class Bar:
    """What is to be reached: `least` or `most` of a ratio."""

    what: str
    bound: float
    reached: float | None
    at_least: bool = True

    @property
    def met(self) -> bool:
        if self.reached is None:
            return False
        return self.reached >= self.bound if self.at_least else self.reached <= self.bound

    def cells(self) -> list[str]:
        sign = "≥" if self.at_least else "≤"
        reached = "not measured" if self.reached is None else f"{self.reached:.2f}"
        return [self.what, f"{sign} {self.bound:.3g}", reached, "yes" if self.met else "no"]


def speed_table(systems: Sequence[System], found: Found) -> str:
    """Articles per second of every system, ours divided by it, and the share of its texts that are ours."""
    header = ("system", "articles/s", "ours ÷ it", "generation alone, ours ÷ it", "same texts as ours")
    return table(header, [_speed_cells(system, found, systems[0].name) for system in systems])


def _speed_cells(system: System, found: Found, first: str) -> list[str]:
    results, ours = found.results.get(system.name, []), found.results.get(first, [])
    if not results:
        return [system.label, f"failed: {found.faults.get(system.name, 'not run')}", "–", "–", "–"]
    cells = [system.label, f"{median(speed(results)):.3g}"]
    cells += [_ratio(times(speed(ours, key), speed(results, key))) for key in ("seconds", "generate_s")]
    if system.name == first or "outputs" not in results[0]:
        return [*cells, "–"]
    shares = identical(outputs(results), outputs(ours))
    return [*cells, ", ".join(f"{kind} {100 * shares[kind]:.1f} %" for kind in KINDS if kind in shares)]


def _ratio(found: tuple[float, float, float] | None) -> str:
    return "–" if found is None else f"{found[0]:.2f} ({found[1]:.2f}–{found[2]:.2f})"


def rouge_rows(system: System, found: Found, sample: Sample) -> dict[tuple[str, Kind], Row]:
    """ROUGE of a system by set and kind; an article it failed on scores 0."""
    results = found.results.get(system.name, [])
    if not results:
        return {}
    texts = {name: text for result in results for name, text in result.get("texts", {}).items()}
    briefs = {} if texts else {id_: brief_from_dict(r) for id_, r in lines_by_id(outputs(results)).items()}
    scored = SCORED[:1] if texts else SCORED
    return {
        (name, kind): row(system.label, items, [_lines(item.article.id, kind, briefs, texts) for item in items], None)
        for name, kind in scored
        if (items := sample.items[name])
    }


def _lines(name: str, kind: Kind, briefs: Mapping[str, Brief], texts: Mapping[str, str]) -> Lines:
    if texts:
        return tuple(map(one_line, sentence_lines(texts.get(name, ""))))
    return lines_of(briefs.get(name), kind)


def rouge_table(systems: Sequence[System], found: Found, sample: Sample) -> str:
    """F of every system and the paired difference to the first, by set and kind."""
    ours = rouge_rows(systems[0], found, sample)
    header = ("scored", "n", "system", "R1 / R2 / Lsum", "ours − it, R1", "R2", "Lsum")
    rows = []
    for system in systems:
        for key, own in rouge_rows(system, found, sample).items():
            triple = " / ".join(f"{100 * own.rouge[name].f:.2f}" for name in TYPES)
            beside = ["–"] * 3 if system is systems[0] else [_signed(d) for d in differences(ours[key], own)]
            rows.append(
                [f"{measure_of(key[0]).title.split(',')[0]}, {key[1]}", str(own.n), own.system, triple, *beside]
            )
    return table(header, rows)


def _signed(score: Score) -> str:
    return f"{100 * score.f:+.2f} ({100 * score.low:+.2f} to {100 * score.high:+.2f})"


def worst_difference(ours: Mapping[tuple[str, Kind], Row], other: Mapping[tuple[str, Kind], Row]) -> float | None:
    """The largest distance of a mean difference from 0, in points, over sets, kinds and ROUGE types."""
    found = [abs(100 * d.f) for key in ours if key in other for d in differences(ours[key], other[key])]
    return max(found) if found else None


def bars(systems: Sequence[System], found: Found, sample: Sample) -> list[Bar]:
    """What the first system has to reach beside the loop and beside the best batched one."""
    first = found.results.get(systems[0].name, [])
    ours = rouge_rows(systems[0], found, sample)
    made = []
    for system in systems[1:]:
        if system.name == ONE.name or system.worker[0] != LOOP.worker[0]:
            continue
        ratio = times(speed(first), speed(found.results.get(system.name, [])))
        bound = 8.0 if system.name == LOOP.name else 3.0
        made.append(Bar(f"articles/s, ours ÷ {system.label}", bound, ratio[0] if ratio else None))
        apart = worst_difference(ours, rouge_rows(system, found, sample))
        made.append(Bar(f"points of ROUGE apart from {system.label}, at most", WITHIN, apart, at_least=False))
    return made


def cold_table(taken: Mapping[str, Sequence[float]]) -> str:
    """Wall seconds from the shell to the text."""
    rows = [[name, f"{median(own):.2f} ({min(own):.2f}–{max(own):.2f})"] for name, own in taken.items()]
    return table(("cold, one article", "seconds"), rows)


def cold_bar(taken: Mapping[str, Sequence[float]]) -> Bar:
    """`precis brief` in the minimal script's time, round by round."""
    ours, script = taken.values()
    share = median(a / b for a, b in zip(ours, script, strict=True))
    return Bar("cold start, `precis brief` ÷ minimal script", 1 / 3, share, at_least=False)


def machine_line(machine: JsonObject) -> str:
    return (
        f"{machine['cores_usable']} of {machine['cores']} cores of {machine['cpu']}, {machine['memory_gib']} GiB, "
        f"load {machine['load']} before"
    )
