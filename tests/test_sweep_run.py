"""Whole sweeps with the fake engine: what is shared, resumed, refused and reported."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from sweep_sample import write_sweep

from pipeline.cli import main
from pipeline.config import load_config
from pipeline.engines import Generated
from pipeline.engines.fake import FakeEngine
from pipeline.errors import ConfigError
from pipeline.files import Lock
from pipeline.job import run
from pipeline.records import Request
from pipeline.sweep import shared
from pipeline.sweep.load import CACHE, load_sweep
from pipeline.sweep.shared import TextCache
from pipeline.sweep.work import run_sweep

Capture = pytest.CaptureFixture[str]
NAMES = [f"verbatim={v},names={n}" for v in ("warn", "reject") for n in ("true", "false")]
RESULTS = ("outputs.jsonl", "candidates.jsonl", "articles.jsonl", "quarantine.jsonl", "scores.json")


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Counts the engine's batches, the engines loaded and the inputs read."""
    found: Counter[str] = Counter()

    def counted(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any) -> Any:
            found[name] += 1
            return real(*args)

        return call

    monkeypatch.setattr(FakeEngine, "generate", counted("batches", FakeEngine.generate))
    monkeypatch.setattr(shared, "open_engine", counted("engines", shared.open_engine))
    monkeypatch.setattr(shared, "ingest", counted("inputs", shared.ingest))
    return found


def failing_on(word: str, error: type[BaseException]) -> Callable[..., list[list[Generated]]]:
    real = FakeEngine.generate

    def generate(self: FakeEngine, requests: Sequence[Request], seed: int) -> list[list[Generated]]:
        if any(word in request.source for request in requests):
            raise error(f"no {word}")
        return real(self, requests, seed)

    return generate


def test_a_sweep_leaves_normal_runs_a_table_and_a_page(tmp_path: Path, capsys: Capture) -> None:
    path = write_sweep(
        tmp_path, baseline=NAMES[1], grid={"guard.verbatim": ["warn", "reject"], "guard.names": [True, False]}
    )
    assert main(["sweep", str(path)]) == 0
    out, err = capsys.readouterr()
    folder = tmp_path / "out"
    assert out.splitlines()[-1] == f"comparison: {folder / 'comparison.html'}"
    assert sorted(p.name for p in folder.iterdir() if not p.name.startswith(".")) == sorted(
        [*NAMES, "comparison.html", "sweep.json", "sweep.yaml"]
    )
    assert all(f"precis: {name}: 2 articles" in err for name in NAMES)
    record = json.loads((folder / "sweep.json").read_text())
    assert [one["name"] for one in record["systems"]] == [*NAMES, "lead", "textrank"]
    assert record["settings"] == ["guard.names", "guard.verbatim"]  # as in the config, not as in the sweep file
    assert "2 articles cannot give a corrected p under 0.05." in (folder / "comparison.html").read_text()
    assert record["systems"][0]["settings"] == {"guard.names": True, "guard.verbatim": "warn"}
    assert {table["kind"] for table in record["tables"]} == {"summary", "bullets", "headlines"}
    for table in record["tables"]:
        rows = {row["system"]: row for row in table["rows"]}
        assert set(rows) == {*NAMES, "lead", "textrank"}
        assert rows[NAMES[1]]["difference"] is None
        assert all(rows[name]["difference"]["n"] == 2 for name in rows if name != NAMES[1])
    stored = json.loads((folder / NAMES[0] / "scores.json").read_text())["systems"]
    first = record["tables"][0]["rows"]
    assert first[0]["value"] == pytest.approx(stored["fake"]["summary"]["rouge1"]["f"])
    assert first[0]["ci95"] == pytest.approx(stored["fake"]["summary"]["rouge1"]["ci95"])
    assert first[-2]["value"] == pytest.approx(stored["lead"]["summary"]["rouge1"]["f"])


def test_what_runs_have_in_common_is_done_once(tmp_path: Path, calls: Counter[str]) -> None:
    one = run_sweep(load_sweep(write_sweep(tmp_path / "a", list=[{"name": "only"}])))
    alone = dict(calls)
    assert one.clean
    calls.clear()
    guards = load_sweep(write_sweep(tmp_path / "b"))
    assert run_sweep(guards).clean
    assert dict(calls) == alone == {"inputs": 1, "engines": 1, "batches": alone["batches"]}
    calls.clear()
    apart = [{"name": "a"}, {"name": "b", "set": {"engine.batch_size": 15}}, {"name": "c", "set": {"run.seed": 2}}]
    assert run_sweep(load_sweep(write_sweep(tmp_path / "c", list=apart))).clean
    assert dict(calls) == {"inputs": 1, "engines": 2, "batches": 3 * alone["batches"]}


def test_a_run_of_a_sweep_has_the_bytes_of_a_run_by_itself(tmp_path: Path) -> None:
    grid = {"outputs.summary.max_sentences": [4, 6], "engine.batch_size": [2, 16]}
    swept = run_sweep(load_sweep(write_sweep(tmp_path, grid=grid)))
    assert len(swept.outcomes) == 4
    for n, outcome in enumerate(swept.outcomes):
        config = load_config(str(outcome.path / "config.yaml"), [], {"run.out": str(tmp_path / f"alone{n}")})
        alone = run(config).path
        for name in RESULTS:
            assert (alone / name).read_bytes() == (outcome.path / name).read_bytes(), (outcome.name, name)


def test_again_is_a_no_op_with_the_same_comparison(tmp_path: Path, calls: Counter[str], capsys: Capture) -> None:
    path = write_sweep(tmp_path)
    assert main(["sweep", str(path)]) == 0
    before = {p: p.read_bytes() for p in sorted((tmp_path / "out").rglob("*")) if p.is_file()}
    first = capsys.readouterr().out
    calls.clear()
    assert main(["sweep", str(tmp_path / "out" / "sweep.yaml")]) == 0
    out, err = capsys.readouterr()
    assert calls["batches"] == 0
    assert err.count("nothing to do") == 4
    assert out == first
    assert {p: p.read_bytes() for p in sorted((tmp_path / "out").rglob("*")) if p.is_file()} == before


def test_an_interrupted_sweep_resumes_with_the_texts_it_had(
    tmp_path: Path, calls: Counter[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    sweep = load_sweep(write_sweep(tmp_path))
    run_sweep(load_sweep(write_sweep(tmp_path), out=str(tmp_path / "whole")))
    whole = calls["batches"]
    calls.clear()
    with monkeypatch.context() as patch:
        patch.setattr(FakeEngine, "generate", failing_on("Marle bridge", KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            run_sweep(sweep)
    before = calls["batches"]
    assert 0 < before < whole
    assert (tmp_path / "out" / CACHE).is_file()
    assert run_sweep(sweep).clean
    assert calls["batches"] == whole
    for name in NAMES:
        for file in RESULTS:
            assert (tmp_path / "out" / name / file).read_bytes() == (tmp_path / "whole" / name / file).read_bytes()


def test_a_torn_cache_is_started_over(tmp_path: Path) -> None:
    sweep = load_sweep(write_sweep(tmp_path))
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / CACHE).write_bytes(b"SQLite format 3\x00" + b"torn" * 300)
    assert run_sweep(sweep).clean
    assert not (tmp_path / "out" / CACHE).exists()


def test_what_the_cache_gives_back_is_what_it_was_given(tmp_path: Path) -> None:
    answer = [
        [Generated("Ein Text.", -0.1234567890123456, ("unfinished",), None)],
        [],
        [Generated("\ud800 \u2028", None)],
    ]
    cache = TextCache(tmp_path / CACHE)
    cache.put("a", answer)
    cache.close()
    cache = TextCache(tmp_path / CACHE)
    assert cache.get("a") == answer
    assert cache.get("b") is None
    with sqlite3.connect(tmp_path / CACHE) as connection:
        connection.execute("UPDATE texts SET value = '[[{'")
    assert cache.get("a") is None
    cache.close()
    with pytest.raises(ConfigError, match="cannot be opened"):
        TextCache(tmp_path / "no" / CACHE)


def test_a_failing_combination_does_not_stop_the_others(tmp_path: Path, capsys: Capture) -> None:
    script = tmp_path / "script.json"
    entries = [
        {"name": "plain"},
        {"name": "scripted", "set": {"engine.model": str(script)}},
        {"name": "titles", "set": {"headlines.case": "title"}},
    ]
    path = write_sweep(tmp_path, list=entries)
    assert main(["sweep", str(path)]) == 1
    out, err = capsys.readouterr()
    assert "precis: scripted: failed: " in err
    assert "Traceback" not in err
    record = json.loads((tmp_path / "out" / "sweep.json").read_text())
    assert [one["status"] for one in record["systems"]][:3] == ["done", "failed", "done"]
    assert "script.json" in record["systems"][1]["why"]
    assert {row["system"] for row in record["tables"][0]["rows"]} == {"plain", "titles", "lead", "textrank"}
    assert "failed" in out
    script.write_text("{}")
    assert main(["sweep", str(path)]) == 0
    assert "precis: plain: nothing to do" in capsys.readouterr().err


def test_a_failing_baseline_leaves_scores_without_differences(tmp_path: Path) -> None:
    entries = [{"name": "broken", "set": {"engine.model": str(tmp_path / "none.json")}}, {"name": "plain"}]
    swept = run_sweep(load_sweep(write_sweep(tmp_path, list=entries, baseline="broken")))
    assert [outcome.status for outcome in swept.outcomes] == ["failed", "done"]
    rows = swept.comparison["tables"][0]["rows"]
    assert [row["system"] for row in rows] == ["plain", "lead", "textrank"]
    assert {row["difference"] for row in rows} == {None}
    assert swept.comparison["problems"][0]["system"] == "broken"


def test_quarantined_articles_are_status_1_and_compared_on_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    path = write_sweep(tmp_path, grid={"guard.names": [True, False], "engine.batch_size": [1, 16]})
    monkeypatch.setattr(FakeEngine, "generate", failing_on("Marle bridge", ValueError))
    assert main(["sweep", str(path)]) == 1
    assert capsys.readouterr().err.count("1 quarantined") == 4
    record = json.loads((tmp_path / "out" / "sweep.json").read_text())
    assert {one["status"] for one in record["systems"] if not one["extract"]} == {"quarantined"}
    assert {row["n"] for table in record["tables"] for row in table["rows"]} == {1}
    assert not (tmp_path / "out" / CACHE).exists()


def test_a_missed_threshold_is_status_1(tmp_path: Path, capsys: Capture) -> None:
    common = {"score.fail_under": {"summary.rouge1.f": 0.99}}
    path = write_sweep(tmp_path, list=[{"name": "plain"}], set=common)
    assert main(["sweep", str(path)]) == 1
    assert "threshold missed: summary.rouge1.f" in capsys.readouterr().err


def test_other_runs_in_the_folder_are_refused_by_name(tmp_path: Path, capsys: Capture) -> None:
    assert main(["sweep", str(write_sweep(tmp_path))]) == 0
    changed = write_sweep(tmp_path, list=[{"name": NAMES[0], "set": {"guard.dates": False}}, {"name": "new"}])
    capsys.readouterr()
    assert main(["sweep", str(changed)]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    for part in (f"{NAMES[0]}: guard.dates", f"{NAMES[1]}: is no longer in the sweep", "new: is new", "--fresh"):
        assert part in err
    (tmp_path / "out" / NAMES[1] / "notes.txt").write_text("mine")
    assert main(["sweep", str(changed), "--fresh"]) == 0
    left = {p.name for p in (tmp_path / "out").iterdir() if p.is_dir()}
    assert left == {NAMES[0], "new", NAMES[1]}
    assert [p.name for p in (tmp_path / "out" / NAMES[1]).iterdir()] == ["notes.txt"]
    assert load_config(str(tmp_path / "out" / NAMES[0] / "config.yaml")).guard.dates is False


def test_a_foreign_folder_among_old_runs_does_not_keep_the_others(tmp_path: Path, capsys: Capture) -> None:
    assert main(["sweep", str(write_sweep(tmp_path))]) == 0
    (tmp_path / "out" / NAMES[0] / "config.yaml").write_text("name: mine\n")
    changed = write_sweep(tmp_path, list=[{"name": "new"}])
    assert main(["sweep", str(changed), "--fresh"]) == 0
    assert {p.name for p in (tmp_path / "out").iterdir() if p.is_dir()} == {NAMES[0], "new"}
    assert (tmp_path / "out" / NAMES[0] / "config.yaml").read_text() == "name: mine\n"
    lock = Lock(tmp_path / "out" / "new" / ".lock")
    capsys.readouterr()
    assert main(["sweep", str(write_sweep(tmp_path, list=[{"name": "newer"}])), "--fresh"]) == 2
    assert "another precis process" in capsys.readouterr().err
    lock.release()


def test_another_baseline_or_metric_is_compared_anew_without_running(tmp_path: Path, calls: Counter[str]) -> None:
    run_sweep(load_sweep(write_sweep(tmp_path)))
    calls.clear()
    grid = {"guard.verbatim": ["warn", "reject"], "guard.names": [True, False]}
    again = load_sweep(
        write_sweep(tmp_path, grid=grid, baseline="lead", metrics=["bullets.novel_bigrams", "rewrite.rouge1"])
    )
    record = run_sweep(again).comparison
    assert calls["batches"] == 0
    assert record["baseline"] == "lead"
    assert record["notes"] == ["rewrite.rouge1 is not tabled: no run has a value"]
    assert [(t["kind"], t["metric"], t["better"]) for t in record["tables"]] == [("bullets", "novel_bigrams", None)]
    assert all(row["difference"] for row in record["tables"][0]["rows"] if row["system"] != "lead")


def test_folders_of_others_are_left_alone(tmp_path: Path, capsys: Capture) -> None:
    path = write_sweep(tmp_path)
    folder = tmp_path / "out"
    folder.mkdir()
    for name, text in (("sweep.yaml", "list: []\n"), ("comparison.html", "<p>"), ("config.yaml", "a: 1\n")):
        (folder / name).write_text(text)
        assert main(["sweep", str(path), "--fresh"]) == 2
        assert name in capsys.readouterr().err or name == "config.yaml"
        assert (folder / name).read_text() == text
        (folder / name).unlink()
    lock = Lock(folder / ".lock")
    with pytest.raises(ConfigError, match="another precis process"):
        run_sweep(load_sweep(path))
    lock.release()
    (tmp_path / "file").write_text("")
    assert main(["sweep", str(path), "--out", str(tmp_path / "file")]) == 2


def test_input_that_cannot_be_read_ends_the_sweep_before_it_begins(tmp_path: Path, capsys: Capture) -> None:
    path = write_sweep(tmp_path)
    assert main(["sweep", str(path), "--input", str(tmp_path / "gone")]) == 2
    assert "gone" in capsys.readouterr().err
    assert not any((tmp_path / "out" / name).exists() for name in NAMES)


def test_without_references_there_is_nothing_to_compare(tmp_path: Path, capsys: Capture) -> None:
    path = write_sweep(tmp_path, articles=("bakery", "bus"))
    for references in (tmp_path / "in").rglob("references.yaml"):
        references.unlink()
    assert main(["sweep", str(path)]) == 0
    assert "has no scores" in capsys.readouterr().out
    page = (tmp_path / "out" / "comparison.html").read_text()
    assert "Nothing was scored" in page


def test_runs_with_other_references_are_not_compared(tmp_path: Path) -> None:
    path = write_sweep(tmp_path, grid={"input.key_points": ["reference", "drop"]})
    folder = tmp_path / "in" / "bakery"
    text = (folder / "article.md").read_text()
    (folder / "article.md").write_text(f"{text}\nKey points\n\n- A bakery burned down\n- Nobody was hurt\n")
    (folder / "references.yaml").write_text('summary: ["A bakery burned down."]\n')
    swept = run_sweep(load_sweep(path))
    assert swept.clean
    (problem,) = swept.comparison["problems"]
    assert problem["system"] == "key_points=drop"
    assert "different references" in problem["what"]
    rows = {row["system"]: row["difference"] for row in swept.comparison["tables"][0]["rows"]}
    assert rows["key_points=drop"] is None
    assert rows["lead"] is not None


def test_limit_input_and_json(tmp_path: Path, capsys: Capture) -> None:
    path = write_sweep(tmp_path, list=[{"name": "plain"}])
    assert main(["sweep", str(path), "--limit", "1", "--out", str(tmp_path / "o2"), "--json"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert record == json.loads((tmp_path / "o2" / "sweep.json").read_text())
    assert record["systems"][0]["counts"]["articles"] == 1


def test_smoke_with_every_way_of_combining(tmp_path: Path, capsys: Capture) -> None:
    from flow_sample import write_articles

    root = Path(__file__).resolve().parent.parent
    articles = write_articles(tmp_path / "in", ("bakery", "bridge", "bus"))
    command = ["sweep", str(root / "configs/sweep/smoke.yaml"), "--input", str(articles), "--out", str(tmp_path / "o")]
    assert main(command) == 0
    out = capsys.readouterr().out
    for name in ("plain", "max_words=14,strict", "random-2", "textrank"):
        assert name in out
