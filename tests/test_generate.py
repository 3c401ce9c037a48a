"""Generation: what is asked of the engine, how often, with which seed, and what comes back in which order."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pytest

from pipeline.engines.base import Generated
from pipeline.generate import generate
from pipeline.records import Candidate, Request, Task


@dataclass
class Counting:
    """Remembers every call; answers with the source, the context and the length wish, twice."""

    strategy: str = "sentences"
    calls: list[tuple[list[Request], int]] = field(default_factory=list)

    def generate(self, requests: Sequence[Request], seed: int) -> list[list[Generated]]:
        self.calls.append((list(requests), seed))
        return [
            [Generated(f"{r.task} {r.source} {r.context} {r.words} v{i}", -0.1 * i) for i in range(2)] for r in requests
        ]


def request(n: int, task: Task = "brief", source: str | None = None, **more: object) -> Request:
    base = Request(f"a#{task}:{n}", "a", task, source or f"source number {n} " * (n + 1), (n,), ("summary",))
    return replace(base, **more)  # type: ignore[arg-type]


REQUESTS = [request(n, task) for n in range(7) for task in ("brief", "headline")]


def texts_of(found: Sequence[Candidate]) -> dict[str, list[str]]:
    texts: dict[str, list[str]] = {}
    for candidate in found:
        texts.setdefault(candidate.request_id, []).append(candidate.text)
    return texts


def test_equal_requests_are_asked_once_and_each_gets_the_texts() -> None:
    engine = Counting()
    one, twin = request(0, source="The same source."), request(1, source="The same source.")
    found = generate([one, twin], engine, 8, 13)
    assert sum(len(asked) for asked, _ in engine.calls) == 1
    assert [c.request_id for c in found] == [one.id, one.id, twin.id, twin.id]
    assert [c.sentences for c in found] == [(0,), (0,), (1,), (1,)]
    assert [c.text for c in found[:2]] == [c.text for c in found[2:]]


@pytest.mark.parametrize("other", [{"words": 11}, {"context": "Around it."}, {"task": "headline"}])
def test_requests_that_differ_are_asked_apart(other: dict[str, object]) -> None:
    engine = Counting()
    found = generate([request(0, source="One."), request(1, source="One.", **other)], engine, 8, 13)
    assert sum(len(asked) for asked, _ in engine.calls) == 2
    assert found[0].text != found[2].text


def test_order_of_requests_and_n_best_is_kept() -> None:
    found = generate(REQUESTS, Counting(), 3, 13)
    assert [c.request_id for c in found] == [r.id for r in REQUESTS for _ in range(2)]
    assert [c.text[-2:] for c in found] == ["v0", "v1"] * len(REQUESTS)
    for c, r in zip(found, [r for r in REQUESTS for _ in range(2)], strict=True):
        assert c.text.startswith(f"{r.task} {r.source.strip()}")
        assert c.serves == r.serves


def test_batches_hold_one_task_and_like_lengths() -> None:
    engine = Counting()
    generate(random.Random(3).sample(REQUESTS, len(REQUESTS)), engine, 3, 13)
    for asked, _ in engine.calls:
        assert len({r.task for r in asked}) == 1
        assert len(asked) <= 3
    for task in ("brief", "headline"):
        lengths = [len(r.source) for asked, _ in engine.calls for r in asked if r.task == task]
        assert lengths == sorted(lengths)
        assert len(lengths) == 7
    assert len(engine.calls) == 6  # 7 = 3 + 3 + 1 of each task


def test_order_of_requests_changes_neither_batches_nor_seeds_nor_texts() -> None:
    straight, mixed = Counting(), Counting()
    found = generate(REQUESTS, straight, 4, 13)
    again = generate(random.Random(5).sample(REQUESTS, len(REQUESTS)), mixed, 4, 13)
    assert straight.calls == mixed.calls
    assert texts_of(found) == texts_of(again)


def test_duplicates_in_any_order_ask_for_the_same() -> None:
    twins = [request(0, source="Same."), request(1, source="Same."), request(2, source="Another source.")]
    straight, mixed = Counting(), Counting()
    generate(twins, straight, 4, 13)
    generate(twins[::-1], mixed, 4, 13)
    assert [seed for _, seed in straight.calls] == [seed for _, seed in mixed.calls]


def test_seeds_depend_on_the_run_seed_and_the_batch_alone() -> None:
    first, again, other = Counting(), Counting(), Counting()
    generate(REQUESTS, first, 4, 13)
    generate(REQUESTS, again, 4, 13)
    generate(REQUESTS, other, 4, 14)
    seeds = [seed for _, seed in first.calls]
    assert seeds == [seed for _, seed in again.calls]
    assert len(set(seeds)) == len(seeds)
    assert not set(seeds) & {seed for _, seed in other.calls}
    assert all(0 <= seed < 2**32 for seed in seeds)


def test_a_whole_summary_becomes_one_candidate_per_sentence() -> None:
    @dataclass
    class Whole(Counting):
        strategy: str = "whole"

        def generate(self, requests: Sequence[Request], seed: int) -> list[list[Generated]]:
            return [[Generated("The river rose.  It fell on Monday.", -0.2, ("unfinished",))] for _ in requests]

    whole = request(0, "summary", flags=("truncated_input",))
    found = generate([whole], Whole(), 4, 13)
    assert [c.text for c in found] == ["The river rose.", "It fell on Monday."]
    assert [c.flags for c in found] == [("truncated_input",), ("truncated_input", "unfinished")]
    mapped = generate([replace(whole, serves=())], Whole(), 4, 13)
    assert [(c.text, c.flags) for c in mapped] == [
        ("The river rose. It fell on Monday.", ("truncated_input", "unfinished"))
    ]


@pytest.mark.parametrize(("strategy", "extractive"), [("lead", True), ("textrank", True), ("sentences", False)])
def test_baselines_are_marked_extractive(strategy: str, extractive: bool) -> None:
    found = generate([request(0)], Counting(strategy), 4, 13)
    assert [c.extractive for c in found] == [extractive, extractive]


def test_an_engine_that_answers_too_little_is_an_error() -> None:
    class Short(Counting):
        def generate(self, requests: Sequence[Request], seed: int) -> list[list[Generated]]:
            return super().generate(requests, seed)[:-1]

    with pytest.raises(ValueError, match="zip"):
        generate(REQUESTS, Short(), 4, 13)
