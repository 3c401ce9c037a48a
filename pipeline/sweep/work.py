"""A sweep from its first run to its comparison, in a folder that can be resumed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pipeline import job
from pipeline.errors import PrecisError
from pipeline.files import JsonObject, write_json, write_text
from pipeline.report.comparison_html import render_comparison
from pipeline.sweep.folder import claimed
from pipeline.sweep.load import CACHE, Combination, Sweep
from pipeline.sweep.shared import Shared, TextCache
from pipeline.sweep.table import comparison

Begin = Callable[[int, int, str], job.Progress]
End = Callable[["Outcome"], None]
# What may go wrong in one run without ending the sweep; anything else is a fault of the program.
CONTAINED = (PrecisError, OSError, ValueError, LookupError, ArithmeticError, RuntimeError, MemoryError)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a combination ended; `finished` is None if it failed, and `why` says what went wrong, if anything."""

    name: str
    path: Path
    finished: job.Finished | None
    why: str = ""

    @property
    def status(self) -> str:
        """done, quarantined (finished without some articles), missed (a threshold), or failed."""
        if self.finished is None:
            return "failed"
        if self.finished.counts["quarantined"]:
            return "quarantined"
        return "missed" if self.finished.missed else "done"

    @property
    def told(self) -> str:
        """One line for the person who waits."""
        if self.finished is None:
            return f"failed: {self.why}"
        done = int(self.finished.counts["done"])
        state = "nothing to do" if self.finished.no_op else f"{done} article{'' if done == 1 else 's'}"
        return f"{state}; {self.why}" if self.why else state


@dataclass(frozen=True, slots=True)
class Swept:
    """A whole sweep: its folder, how each run ended, and the comparison as in sweep.json."""

    path: Path
    outcomes: tuple[Outcome, ...]
    comparison: JsonObject

    @property
    def clean(self) -> bool:
        """Whether every run is done, no article is lost and no threshold missed."""
        return all(outcome.status == "done" for outcome in self.outcomes)


def run_sweep(
    sweep: Sweep,
    *,
    fresh: bool = False,
    begin: Begin = lambda *_: lambda *_: None,
    end: End = lambda _: None,
) -> Swept:
    """Run or resume every combination, then compare; ConfigError or InputError if the sweep cannot be begun.

    `begin` is told (number, of, name) of each run and gives what is told its articles; `end` is told how it ended.
    """
    with claimed(sweep, fresh) as folder:
        cache = TextCache(folder / CACHE)
        try:
            shared = Shared([one.config for one in sweep.combinations], cache)
            for one in sweep.combinations:
                shared.read(one.config)  # an input that cannot be read is told before anything runs
            outcomes = []
            for number, one in enumerate(sweep.combinations, start=1):
                outcomes.append(_attempt(one, shared, fresh, begin(number, len(sweep.combinations), one.name)))
                end(outcomes[-1])
        finally:
            cache.close()
        record = comparison(sweep, {o.name: (o.status, o.why, o.finished) for o in outcomes})
        write_json(folder / "sweep.json", record)
        write_text(folder / "comparison.html", render_comparison(record))
        if all(outcome.finished for outcome in outcomes):
            (folder / CACHE).unlink()  # every text is in its run now
        return Swept(folder, tuple(outcomes), record)


def _attempt(one: Combination, shared: Shared, fresh: bool, progress: job.Progress) -> Outcome:
    path = one.config.out_dir
    try:
        done = job.run(one.config, fresh=fresh, progress=progress, read=shared.read, open_one=shared.open_one)
    except CONTAINED as error:
        why = str(error) if isinstance(error, PrecisError) else f"{type(error).__name__}: {error}"
        return Outcome(one.name, path, None, why)
    finally:
        shared.done_with(one.config)
    lost = int(done.counts["quarantined"])
    told = [f"{lost} quarantined: see {path / 'quarantine.jsonl'}"] if lost else []
    told += [f"threshold missed: {line}" for line in done.missed]
    return Outcome(one.name, path, done, "; ".join(told))
