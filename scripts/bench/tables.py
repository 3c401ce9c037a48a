"""Rows → Markdown tables, and their place between two marker comments of a document."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from bench.measure import TYPES, Row, Score, differences
from pipeline.errors import InputError
from pipeline.files import write_text

BEGIN, END = "<!-- bench_quality: begin -->", "<!-- bench_quality: end -->"
HEADER = ("system", "n", "R1 F", "R2 F", "Lsum F", "new bigrams", "verbatim", "in one run", "repeated", "unsupported")
GLANCE_HEADER = ("measure", "n", "ours R1 / R2 / Lsum", "beside", "R1 / R2 / Lsum", "ours − it, R1", "R2", "Lsum")
BESIDE = ("lead", "oracle", "abs/t5_base", "abs/ptr_generator_pointer_gen_cov")


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def quality_table(rows: Iterable[Row]) -> str:
    """The table of one measure, a row per system."""
    return table(HEADER, [cells(row) for row in rows])


def cells(row: Row) -> list[str]:
    return [
        row.system,
        str(row.n),
        *(f_and_interval(row.rouge[name]) for name in TYPES),
        *map(percent, (row.novel, row.verbatim, row.copied, row.repetition)),
        "–" if row.alarmed is None else f"{len(row.alarmed)} ({percent(len(row.alarmed) / row.n)})",
    ]


def glance(title: str, rows: Sequence[Row]) -> list[list[str]]:
    """The first row (ours) beside those of `BESIDE`, with the intervals of the paired differences."""
    ours, others = rows[0], [row for row in rows if row.system in BESIDE]
    first = [title, str(ours.n), triple(ours)]
    return [[*first, other.system, triple(other), *map(signed, differences(ours, other))] for other in others]


def triple(row: Row) -> str:
    return " / ".join(f"{100 * row.rouge[name].f:.1f}" for name in TYPES)


def signed(score: Score) -> str:
    return f"{100 * score.f:+.1f} ({100 * score.low:+.1f} to {100 * score.high:+.1f})"


def f_and_interval(score: Score) -> str:
    return f"{100 * score.f:.1f} ({100 * score.low:.1f}–{100 * score.high:.1f})"


def percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.1f} %"


def wilson(hits: int, n: int) -> tuple[float, float]:
    """95 % interval of a rate (Wilson 1927); (0, 1) without trials."""
    if n == 0:
        return 0.0, 1.0
    z, p = 1.959964, hits / n
    middle, spread = p + z * z / (2 * n), z * (p * (1 - p) / n + z * z / (4 * n * n)) ** 0.5
    return max(0.0, (middle - spread) / (1 + z * z / n)), min(1.0, (middle + spread) / (1 + z * z / n))


def rate(hits: int, n: int) -> str:
    """A count as a share with its interval: "2 of 80: 2.5 % (0.7–8.7)"."""
    low, high = wilson(hits, n)
    return f"{hits} of {n}: {percent(hits / n if n else None)} ({100 * low:.1f}–{100 * high:.1f})"


def put_between_markers(path: Path, text: str, name: str = "bench_quality") -> None:
    """Replace what stands between the markers `name` of a document; InputError if it has not both, in order."""
    opening, closing = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    document = path.read_text(encoding="utf-8") if path.is_file() else ""
    head, begin, rest = document.partition(opening)
    _, end, tail = rest.partition(closing)
    if not begin or not end:
        raise InputError(f"has no {opening} … {closing}", where=str(path))
    write_text(path, f"{head}{opening}\n{text.strip()}\n{closing}{tail}")
