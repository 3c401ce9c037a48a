"""What `scripts/bench_engines.py` runs: systems as a literal table, blocks of articles in interleaved processes."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import median

from bench.sets import MEASURES, Item, Measure, read_measure
from pipeline.bench.combinations import Combination
from pipeline.bench.processes import WORKER, environment, run_process, write_articles
from pipeline.config import load_config, to_yaml
from pipeline.errors import PrecisError
from pipeline.files import JsonObject, write_text
from pipeline.records import Article

PLAIN = str(Path(__file__).resolve().with_name("plain.py"))
AT_ONCE = 8  # articles whose requests the batched loop may sort by length together


@dataclass(frozen=True)
class System:
    """A row: settings beside those shipped, and the program that runs them."""

    name: str
    label: str
    settings: tuple[str, ...] = ()
    worker: tuple[str, ...] = WORKER


# A backend of the embedded engine is one row; the first is what the others are divided into.
BACKENDS = (
    System("ours", "precis, as shipped"),
    System("lean", "precis, backend lean (numpy, float32)", ("engine.backend=lean",)),
    System("backend", "precis, backend transformers", ("engine.backend=transformers",)),
)
LOOP = System("loop", "transformers, one request a call", ("engine.batch_size=1",), (PLAIN, "requests"))
ONE = System("one", "transformers, one summary an article, nothing else", (), (PLAIN, "summary"))
BATCHED = tuple(
    System(f"batch{n}", f"transformers, sorted by length, {n} requests a call",
           (f"engine.batch_size={n}", f"run.batch_articles={AT_ONCE}"), (PLAIN, "requests"))
    for n in (8, 16, 32, 64)
)  # fmt: skip
SYSTEMS = (*BACKENDS, LOOP, *BATCHED, ONE)
SETS = ("cnn", "allsides")  # each gives half of the articles: bullets, headlines


@dataclass
class Sample:
    """The articles with their references, by set; `spare` are others, to warm up and to choose the batch size with."""

    items: dict[str, list[Item]]
    spare: list[Article]

    @property
    def articles(self) -> list[Article]:
        """All of them, the sets in turn, so that every block has some of each."""
        columns = [[item.article for item in items] for items in self.items.values()]
        longest = max(map(len, columns))
        return [column[i] for i in range(longest) for column in columns if i < len(column)]


@dataclass
class Found:
    """Results by system, block by block, and why a system has none."""

    results: dict[str, list[JsonObject]] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)


def sample(data: Path, split: str, limit: int) -> Sample:
    """`limit` articles by a hash of their ids, half of each set; InputError if a set is missing."""
    items = {}
    for name, size in zip(SETS, (-(-limit // 2), limit // 2), strict=True):
        read = read_measure(measure_of(name), data, split, size) if size else []
        items[name] = [replace(item, article=replace(item.article, id=f"{name}/{item.article.id}")) for item in read]
    more = read_measure(measure_of("allsides"), data, split, limit // 2 + AT_ONCE + 1)
    return Sample(items, [item.article for item in more[limit // 2 :]])


def measure_of(name: str) -> Measure:
    return next(measure for measure in MEASURES if measure.name == name)


def choose_batch(systems: Sequence[System], spare: Sequence[Article], overrides: Sequence[str]) -> tuple[System, Found]:
    """The fastest of the batched loops on articles that are not measured."""
    found = run_blocks(systems, [list(spare[1:])], spare[0], overrides)
    speeds = {system.name: found.results[system.name][0] for system in systems if system.name in found.results}
    if not speeds:
        raise PrecisError(f"no batch size works: {'; '.join(found.faults.values())}")
    best = max(speeds, key=lambda name: speeds[name]["articles"] / speeds[name]["seconds"])
    return next(system for system in systems if system.name == best), found


def run_blocks(
    systems: Sequence[System], blocks: Sequence[Sequence[Article]], warm_up: Article, overrides: Sequence[str]
) -> Found:
    """Every system on every block, block by block, in a process of its own, `warm_up` first and not counted."""
    found = Found()
    with tempfile.TemporaryDirectory(prefix="precis-bench-") as name:
        folder = Path(name)
        for number, block in enumerate(blocks, 1):
            write_articles(folder / "articles.jsonl", [replace(warm_up, id="warm-up"), *block])
            for system in systems:
                if system.name in found.faults:
                    continue
                print(f"block {number} of {len(blocks)}: {system.label}", file=sys.stderr, flush=True)
                config = load_config(None, [*overrides, *system.settings])
                write_text(folder / "config.yaml", to_yaml(config))
                whole = Combination(system.name, config.engine.name, config)
                answer = run_process(system.worker, folder, environment(whole))
                if isinstance(answer, str):
                    found.faults[system.name] = answer
                else:
                    found.results.setdefault(system.name, []).append(answer)
    return found


def split_blocks(articles: Sequence[Article], rounds: int) -> list[list[Article]]:
    """As many blocks as rounds, of equal size but for one article; none is empty."""
    count = min(rounds, len(articles))
    return [list(articles[at::count]) for at in range(count)]


def outputs(results: Sequence[JsonObject]) -> list[JsonObject]:
    """The records of all blocks, without the warm-up."""
    return [record for result in results for record in result["outputs"] if record["id"] != "warm-up"]


def speed(results: Sequence[JsonObject], seconds: str = "seconds") -> list[float]:
    """Articles per second of every block; of generation alone with `generate_s`."""
    return [result["articles"] / result[seconds] for result in results if result[seconds]]


def times(ours: Sequence[float], other: Sequence[float]) -> tuple[float, float, float] | None:
    """Median, least and greatest of ours ÷ the other's, block by block."""
    ratios = [a / b for a, b in zip(ours, other, strict=False)]
    return (median(ratios), min(ratios), max(ratios)) if ratios else None


def lines_by_id(records: Sequence[JsonObject]) -> Mapping[str, JsonObject]:
    """Records by the article's id."""
    return {record["id"]: record for record in records}
