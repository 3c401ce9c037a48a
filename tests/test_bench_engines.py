"""`scripts/bench_engines.py`: the plain loop writes what the engine writes, and figures of hand-made blocks."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import bench_engines
import pytest
from bench import plain
from bench.engines import (
    BACKENDS,
    LOOP,
    ONE,
    Found,
    Sample,
    System,
    outputs,
    run_blocks,
    sample,
    speed,
    split_blocks,
    times,
)
from bench.engines_report import Bar, bars, cold_bar, rouge_rows, rouge_table, speed_table, worst_difference
from bench.sets import Item
from bench_sample import write_data
from flow_sample import ARTICLES, MORE
from test_bench_command import record

from pipeline.bench.processes import write_articles
from pipeline.config import load_config, to_yaml
from pipeline.engines import open_engine
from pipeline.records import Request
from pipeline.text.article import make_article

FAKE = ["engine.name=fake"]


def test_the_plain_loop_writes_what_the_embedded_engine_writes() -> None:
    settings = load_config(None, ["engine.backend=lean", "engine.shortlist=false"]).engine
    engine = open_engine(settings)
    loop = plain.open_plain(settings)
    asked = [
        Request(f"r{i}", "a", task, ARTICLES[name], (0,), ("headlines",), context=context, words=words, novelty=novelty)
        for i, (task, name, context, words, novelty) in enumerate(
            [("headline", "bridge", "", 10, 3), ("brief", "water", "It rained.", 20, None)]
        )  # type: ignore[misc]
    ]
    for request in asked:
        (ours,), (theirs,) = engine.generate([request], 13), loop.generate([request], 13)
        assert [g.text for g in theirs] == [g.text for g in ours]
        assert [g.logprob for g in theirs] == pytest.approx([g.logprob for g in ours], abs=1e-3)
        assert [g.weakest for g in theirs] == pytest.approx([g.weakest for g in ours], abs=1e-3)
        assert [g.flags for g in theirs] == [g.flags for g in ours]


def result(seconds: float, *outputs: dict[str, Any], **more: Any) -> dict[str, Any]:
    warm_up = record("warm-up", "Not counted.", "Not counted")
    return {
        "seconds": seconds, "generate_s": seconds / 2, "articles": len(outputs), "outputs": [warm_up, *outputs],
        "failed": [], **more,
    }  # fmt: skip


@pytest.fixture
def found() -> Found:
    """Two blocks of two articles: ours twice and four times as fast as the loop, one headline of four another."""
    first = [record("a", "A bridge was closed.", "Bridge closed"), record("b", "A bakery burned.", "Bakery burned")]
    second = [record("c", "A bus stopped.", "Bus stopped"), record("d", "Water was boiled.", "Water boiled")]
    other = [second[0], record("d", "Water was boiled.", "Families boil water")]
    return Found(
        {"ours": [result(1.0, *first), result(1.0, *second)], "loop": [result(2.0, *first), result(4.0, *other)]},
        {"one": "no room"},
    )


@pytest.fixture
def articles() -> Sample:
    """The summaries of two articles are scored, the headlines of the other two."""
    made = {name: make_article(name, f"{ARTICLES[text]} {MORE}") for name, text in zip("abcd", ARTICLES, strict=False)}
    lines = {"a": "A bridge was closed.", "b": "A bakery burned.", "c": "Bus stopped", "d": "Water boiled"}
    items = {name: Item(article, (((lines[name]),),)) for name, article in made.items()}
    return Sample({"cnn": [items["a"], items["b"]], "allsides": [items["c"], items["d"]]}, [])


def test_speeds_and_ratios_block_by_block(found: Found) -> None:
    ours, loop = found.results["ours"], found.results["loop"]
    assert speed(ours) == [2.0, 2.0]
    assert speed(loop) == [1.0, 0.5]
    assert speed(loop, "generate_s") == [2.0, 1.0]
    assert times(speed(ours), speed(loop)) == (3.0, 2.0, 4.0)
    assert times([], []) is None
    table = speed_table([BACKENDS[0], LOOP, ONE], found).splitlines()
    assert table[2].startswith("| precis, as shipped | 2 | 1.00 (1.00–1.00) |")
    assert table[3].endswith("| 0.75 | 3.00 (2.00–4.00) | 3.00 (2.00–4.00) | summary 100.0 %, headlines 75.0 % |")
    assert "failed: no room" in table[4]


def test_rouge_and_bars(found: Found, articles: Sample) -> None:
    ours, loop = (rouge_rows(system, found, articles) for system in (BACKENDS[0], LOOP))
    assert ours["cnn", "summary"].rouge["rouge1"].f == 1.0
    assert ours["allsides", "headlines"].rouge["rouge1"].f == 1.0
    # "Families boil water" and "Water boiled" share two words of three and of two: F = 0.8
    assert loop["allsides", "headlines"].rouge["rouge1"].f == pytest.approx(0.9)
    assert worst_difference(ours, loop) == pytest.approx(50.0)  # of its bigrams it shares none
    assert worst_difference(ours, {}) is None
    made = bars([BACKENDS[0], LOOP, ONE], found, articles)
    assert [(bar.bound, bar.reached, bar.met) for bar in made] == [(8.0, 3.0, False), (0.3, pytest.approx(50.0), False)]
    assert "| cnn" not in rouge_table([BACKENDS[0], LOOP], found, articles)
    assert "100.00 / 100.00 / 100.00" in rouge_table([BACKENDS[0], LOOP], found, articles)


def test_when_a_bar_is_met() -> None:
    assert Bar("x", 3.0, 3.0).met
    assert not Bar("x", 3.0, 2.99).met
    assert Bar("x", 0.3, 0.3, at_least=False).met
    assert not Bar("x", 0.3, 0.31, at_least=False).met
    assert not Bar("x", 3.0, None).met
    assert Bar("x", 3.0, None).cells() == ["x", "≥ 3", "not measured", "no"]
    bar = cold_bar({"precis brief": [1.0, 2.0, 9.0], "minimal script": [4.0, 4.0, 10.0]})
    assert bar.reached == 0.5
    assert not bar.met


def test_blocks_hold_every_article_once() -> None:
    made = [make_article(str(i), f"Article number {i} is here.") for i in range(7)]
    blocks = split_blocks(made, 3)
    assert [len(block) for block in blocks] == [3, 2, 2]
    assert sorted(article.id for block in blocks for article in block) == [str(i) for i in range(7)]
    assert [len(block) for block in split_blocks(made[:2], 5)] == [1, 1]


def test_the_sample_takes_half_of_each_set_and_others_to_warm_up(tmp_path: Path) -> None:
    data = write_data(tmp_path)
    found = sample(data, "test", 5)
    assert [len(items) for items in found.items.values()] == [3, 2]
    assert found.items["cnn"][0].references[0][1] == "Residents were told by letter"
    headlines = {item.article.text for item in found.items["allsides"]}
    assert found.spare
    assert not headlines & {article.text for article in found.spare}
    assert len({article.id for article in found.articles}) == 5
    assert [article.id for article in found.articles][:2] == [found.items[name][0].article.id for name in found.items]


def test_systems_run_in_blocks_and_a_failure_is_told(tmp_path: Path) -> None:
    found = sample(write_data(tmp_path), "test", 2)
    broken = System("broken", "broken", ("engine.name=fake", "engine.model=/none.json"))
    done = run_blocks([BACKENDS[0], broken], split_blocks(found.articles, 1), found.spare[0], FAKE)
    assert list(done.faults) == ["broken"]
    assert "/none.json" in done.faults["broken"]
    (ours,) = done.results["ours"]
    assert ours["articles"] == 2
    assert [record["id"] for record in outputs([ours])] == [article.id for article in found.articles]
    assert rouge_table([BACKENDS[0], broken], done, found).count("precis, as shipped") == 3


def test_one_summary_an_article(tmp_path: Path) -> None:
    """What the ten-line script writes is scored as a summary and nothing else."""
    found = sample(write_data(tmp_path), "test", 2)
    write_articles(tmp_path / "articles.jsonl", [replace(found.spare[0], id="warm-up"), *found.articles])
    (tmp_path / "config.yaml").write_text(to_yaml(load_config(None)))
    paths = [str(tmp_path / name) for name in ("config.yaml", "articles.jsonl", "result.json")]
    assert plain.main(["summary", *paths, str(time.monotonic())]) == 0
    one = json.loads((tmp_path / "result.json").read_text())
    assert one["articles"] == 2
    assert all(len(one["texts"][article.id].split()) > 3 for article in found.articles)
    assert all(seconds >= 0 for seconds in one["cold_s"].values())
    scored = rouge_rows(ONE, Found({"one": [one]}), found)
    assert list(scored) == [("cnn", "summary")]
    assert scored["cnn", "summary"].rouge["rouge1"].f > 0


@pytest.mark.parametrize("wrong", [["--limit", "0"], ["--batch", "7"], ["--split", "train"]])
def test_wrong_arguments_end_with_status_2(tmp_path: Path, wrong: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        bench_engines.main([str(tmp_path), *wrong])
    assert ended.value.code == 2
    assert bench_engines.main([str(tmp_path), "--set", "engine.nam=x"]) == 2
    assert bench_engines.main([str(tmp_path), "--only", "throughput"]) == 2
