"""The bench on invented records: what it reads, resuming, what is missing, exit status."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bench.generate
import bench_quality
import pytest
from bench.generate import settings, write
from bench.sets import MEASURES, read_measure
from bench.speed import measure_speed
from bench.tables import BEGIN, END
from bench_sample import news_records, realsumm_records, write_data, write_records
from flow_sample import ARTICLES, MORE

from pipeline.errors import InputError
from pipeline.records import Article
from pipeline.text.article import make_article

FAKE = ["engine.name=fake"]
TEXT = " ".join(ARTICLES.values())


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_data(tmp_path_factory.mktemp("data"))


def measure(name: str, title: str = "") -> Any:
    return next(m for m in MEASURES if m.name == name and title in m.title)


def article(text: str = TEXT, name: str = "a") -> Article:
    return make_article(name, text)


def test_realsumm_is_read_with_its_published_systems(data: Path) -> None:
    items = read_measure(measure("realsumm"), data, "test", None)
    assert sorted(item.article.id for item in items) == ["realsumm-bakery", "realsumm-bridge"]
    by_id = {record["id"]: record for record in realsumm_records()}
    for item in items:
        record = by_id[item.article.id]
        assert item.references == (tuple(record["reference"]),)
        assert item.published == {"abs/good": tuple(record["systems"]["abs/good"]["summary"]), "ext/empty": ()}


def test_a_smaller_sample_lies_within_a_larger_one_whatever_the_order_of_the_file(tmp_path: Path) -> None:
    names = []
    for folder, records in (("a", news_records()), ("b", news_records()[::-1])):
        write_records(tmp_path / folder / "val" / "allsides_abp.jsonl.xz", records)
        large, small = (read_measure(measure("allsides"), tmp_path / folder, "val", n) for n in (5, 2))
        names.append([item.article.id for item in large])
        assert [item.article.id for item in small] == names[-1][:2]
    assert names[0] == names[1]


def test_references_by_measure(data: Path) -> None:
    item = read_measure(measure("aeslc", "annotators"), data, "test", 1)[0]
    assert len(item.references) == 2
    assert read_measure(measure("aeslc", "the writer's"), data, "test", 1)[0].references == item.references[:1]
    for name in ("cnn", "cnndm"):
        assert len(read_measure(measure(name), data, "val", 1)[0].references[0]) == 2
    assert all(item.references for item in read_measure(measure("seeds", "rewrite"), data, "val", None))


def test_unusable_files_are_named(tmp_path: Path) -> None:
    path = tmp_path / "val" / "allsides_abp.jsonl.xz"
    with pytest.raises(InputError, match="allsides_abp"):
        read_measure(measure("allsides"), tmp_path, "val", None)
    write_records(path, [{"id": "a", "document": "Text."}])
    with pytest.raises(InputError, match="headline"):
        read_measure(measure("allsides"), tmp_path, "val", None)
    write_records(path, news_records() + news_records()[:1])
    with pytest.raises(InputError, match="share an id"):
        read_measure(measure("allsides"), tmp_path, "val", None)


def articles(n: int) -> list[Article]:
    return [article(f"{text} {MORE}", name) for name, text in list(ARTICLES.items())[:n]]


def counting(monkeypatch: pytest.MonkeyPatch, fail_at: int | None = None) -> list[str]:
    """Count the articles that are worked on; the one numbered `fail_at` is interrupted."""
    done: list[str] = []
    original = bench.generate.work

    def work(batch: Any, *rest: Any) -> Any:
        done.append(batch.articles[0].id)
        if len(done) == fail_at:
            raise KeyboardInterrupt
        return original(batch, *rest)

    monkeypatch.setattr(bench.generate, "work", work)
    return done


def test_a_run_that_was_interrupted_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = settings(("headlines",), FAKE)
    with monkeypatch.context() as patch:
        counting(patch, fail_at=3)
        with pytest.raises(KeyboardInterrupt):
            write(articles(4), config, tmp_path)
    with monkeypatch.context() as patch:
        done = counting(patch)
        second = write(articles(4), config, tmp_path)
        assert done == ["bus", "cranes"]
        assert list(second.briefs) == ["bakery", "bridge", "bus", "cranes"]
        assert write(articles(2), config, tmp_path).briefs["bridge"] == second.briefs["bridge"]
        assert len(done) == 2
        write(articles(1), settings(("headlines",), [*FAKE, "outputs.headlines.max_chars=60"]), tmp_path)
        assert len(done) == 3
    assert write(articles(4), config, tmp_path / "other").briefs == second.briefs


def test_an_article_that_fails_is_named_and_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = settings(("headlines",), FAKE)
    with monkeypatch.context() as patch:
        patch.setattr("pipeline.run.make_briefs", lambda *_: (_ for _ in ()).throw(ValueError("no")))
        assert write(articles(1), config, tmp_path).failed == {"bakery": "ValueError: no"}
    assert list(write(articles(1), config, tmp_path).briefs) == ["bakery"]


def call(data: Path, work: Path, *more: str) -> int:
    return bench_quality.main(["--data", str(data), "--work", str(work), "--set", "engine.name=fake", *more])


@pytest.mark.slow
def test_the_whole_bench_with_the_fake_engine(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    card = tmp_path / "card.md"
    card.write_text(f"{BEGIN}\n{END}\n")
    options = ("--split", "test", "--limit", "1", "--control", "1", "--timed", "1", "--write", str(card))
    assert call(data, tmp_path / "work", *options, "--alarms", str(tmp_path / "alarms.jsonl")) == 0
    out = capsys.readouterr().out
    titles = [line for line in out.splitlines() if line.startswith("### ")]
    shown = [m for m in MEASURES if "test" in m.splits]
    assert titles == ["### At a glance", "### Ours, by kind", *(f"### {m.title} (1 articles)" for m in shown),
                      "### Length asked for", "### Speed"]  # fmt: skip
    assert "| abs/good | 1 |" in out
    assert "by the clock" in out
    assert "--data DATA --split test --limit 1 --control 1 --timed 1 --set engine.name=fake`" in out
    assert card.read_text() == f"{BEGIN}\n{out.strip()}\n{END}\n"
    assert (tmp_path / "alarms.jsonl").exists()


def test_what_is_missing_is_named_and_the_rest_measured(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (data / "test" / "aeslc.jsonl.xz").rename(data / "away")
    try:
        assert call(data, tmp_path, "--split", "test", "--limit", "1", "--only", "aeslc,allsides") == 1
    finally:
        (data / "away").rename(data / "test" / "aeslc.jsonl.xz")
    told = capsys.readouterr()
    assert "missing: aeslc" in told.err
    assert "### allsides" in told.out
    assert call(data, tmp_path, "--only", "realsumm") == 1
    assert "realsumm: not measured on val" in capsys.readouterr().err


def test_the_settings_that_are_timed_are_those_given(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = measure_speed(articles(2), tmp_path, FAKE)
    assert len(found["wall"]) == len(found["processor"]) == 1
    assert found["words"] == articles(2)[1].words
    other = ["--set", "engine.name=seq2seq", "--set", f"engine.model={tmp_path / 'none'}"]
    assert call(data, tmp_path, "--only", "speed", "--timed", "1", *other) == 1
    (lost,) = [line for line in capsys.readouterr().err.splitlines() if line.startswith("missing: ")]
    assert lost.startswith("missing: speed: the speed could not be measured")
    assert str(tmp_path / "none") in lost


def test_published_systems_need_no_engine(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(data, tmp_path, "--split", "test", "--only", "realsumm", "--no-ours") == 0
    out = capsys.readouterr().out
    assert "engine `not run`" in out
    assert "| ours |" not in out
    good = next(line for line in out.splitlines() if line.startswith("| abs/good"))
    assert good.endswith("| – |")


@pytest.mark.parametrize("wrong", [["--only", "nothing"], ["--limit", "0"], ["--split", "train"]])
def test_wrong_arguments_end_with_status_2(data: Path, tmp_path: Path, wrong: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        call(data, tmp_path, *wrong)
    assert ended.value.code == 2
    assert call(data, tmp_path, "--only", "seeds", "--set", "engine.nam=x") == 2
