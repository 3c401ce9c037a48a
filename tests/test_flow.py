"""A whole run with the fake engine: its files, its counts, its quarantine, and resuming after any death."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flow_sample import ARTICLES, flow_config, write_articles

from pipeline import run as flow
from pipeline.cli import main
from pipeline.config import load_config
from pipeline.engines.fake import FakeEngine
from pipeline.errors import ConfigError, InputError
from pipeline.files import read_jsonl
from pipeline.job import run

SAME = ("outputs.jsonl", "candidates.jsonl", "articles.jsonl", "references.jsonl", "scores.json", "quarantine.jsonl")
ALL = (*SAME, "config.yaml", "run.json", "report.html")
IDS = list(ARTICLES)


@pytest.fixture(scope="module")
def articles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_articles(tmp_path_factory.mktemp("articles"))


@pytest.fixture(scope="module")
def whole(articles: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An uninterrupted run."""
    out = tmp_path_factory.mktemp("runs") / "whole"
    run(flow_config(articles, out))
    return out


def read(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def lines(path: Path) -> list[dict[str, Any]]:
    return list(read_jsonl(path))


def same_bytes(a: Path, b: Path) -> None:
    for name in SAME:
        assert (a / name).read_bytes() == (b / name).read_bytes(), name


class StopAfter:
    """A progress callback that interrupts the run once `n` articles are finished."""

    def __init__(self, n: int) -> None:
        self.n = n

    def __call__(self, done: int, total: int, name: str) -> None:
        if done == self.n:
            raise KeyboardInterrupt


def test_every_file_of_the_contract_is_there(whole: Path) -> None:
    for name in ALL:
        assert (whole / name).stat().st_size > 0 or name == "quarantine.jsonl", name
    assert not list(whole.rglob("*.tmp"))
    report = (whole / "report.html").read_text(encoding="utf-8")
    for name in IDS:
        assert f"Title of {name}" in report


def test_outputs_are_in_input_order_and_of_the_contracts_shape(whole: Path) -> None:
    records = lines(whole / "outputs.jsonl")
    assert [r["id"] for r in records] == IDS
    stored = {r["id"]: r for r in lines(whole / "articles.jsonl")}
    for r in records:
        article = stored[r["id"]]
        spans = {(a, b) for a, b, _ in article["sentences"]}
        assert r["article"] == {
            "sha256": hashlib.sha256(article["text"].encode()).hexdigest(),
            "words": len(article["text"].split()),
            "title": f"Title of {r['id']}",
        }
        assert r["engine"] == "fake"
        assert "rewrite" not in r
        summary = r["summary"]
        assert len(summary["sentences"]) == len(summary["evidence"]) >= 1
        assert " ".join(summary["text"][a:b] for a, b in summary["sentences"]) == summary["text"]
        for found in (*summary["evidence"], *(p["evidence"] for p in r["bullets"] + r["headlines"])):
            assert found
            assert {tuple(span) for span in found} <= spans
        for passage in r["bullets"] + r["headlines"]:
            assert set(passage) == {"text", "evidence", "flags"}
            assert passage["text"]


def test_candidates_have_fates_and_winners_are_the_outputs(whole: Path) -> None:
    records = {r["id"]: r for r in lines(whole / "outputs.jsonl")}
    found = lines(whole / "candidates.jsonl")
    for name, record in records.items():
        own = [c for c in found if c["id"] == name and c["kind"] == "headlines" and c["rank"] is not None]
        assert [c["text"].rstrip(".") for c in sorted(own, key=lambda c: c["rank"])] == [
            h["text"] for h in record["headlines"]
        ]
    assert all(c["why"] for c in found)
    assert not [c for c in found if c["rank"] is not None and not c["ok"]]
    assert [c for c in found if c["rank"] is None]


def test_manifest_counts_versions_and_identity(whole: Path) -> None:
    manifest = read(whole / "run.json")
    counts = manifest["counts"]
    assert (counts["articles"], counts["done"], counts["resumed"], counts["quarantined"]) == (8, 8, 0, 0)
    assert manifest["seed"] == 13
    assert manifest["engine"]["identity"] == "fake"
    assert manifest["versions"]["torch"]
    assert len(manifest["config_digest"]) == 64
    flagged = [r for r in lines(whole / "outputs.jsonl") if "fallback:extractive" in json.dumps(r)]
    assert counts["fallbacks"] == len(flagged)


def test_references_and_scores_cover_the_articles_that_have_them(whole: Path) -> None:
    assert [r["id"] for r in lines(whole / "references.jsonl")] == IDS[:2]
    scores = read(whole / "scores.json")
    assert set(scores["systems"]) == {"fake", "lead"}
    for kind in ("summary", "bullets", "headlines", "headlines_best"):
        row = scores["systems"]["fake"][kind]
        assert row["n"] == 2
        for name in ("rouge1", "rouge2", "rougeL", "rougeLsum"):
            low, high = row[name]["ci95"]
            assert 0 <= low <= row[name]["f"] <= high <= 1
    best, first = (scores["systems"]["fake"][k]["rouge1"]["f"] for k in ("headlines_best", "headlines"))
    assert best >= first
    assert scores["signature"].startswith("rouge|")


def test_no_references_no_scores(tmp_path: Path) -> None:
    folder = write_articles(tmp_path / "in", ("bus",))
    (folder / "bus" / "references.yaml").unlink()
    done = run(flow_config(folder, tmp_path / "out"))
    assert not (tmp_path / "out" / "scores.json").exists()
    assert not (tmp_path / "out" / "references.jsonl").exists()
    assert done.counts["done"] == 1
    assert (tmp_path / "out" / "report.html").exists()


def test_a_kind_without_references_costs_its_scores_only(tmp_path: Path) -> None:
    """A rewrite alone, where references hold none, finishes without scores; beside a summary it is listed."""
    folder = write_articles(tmp_path / "in", ("bakery", "bridge"))
    only = [f"outputs.{kind}.enabled=false" for kind in ("bullets", "headlines")]
    alone = flow_config(folder, tmp_path / "a", "outputs.rewrite.enabled=true", "outputs.summary.enabled=false", *only)
    assert run(alone).counts["done"] == 2
    assert not (tmp_path / "a" / "scores.json").exists()
    both = flow_config(folder, tmp_path / "b", "outputs.rewrite.enabled=true", *only)
    assert run(both).counts["done"] == 2
    scores = json.loads((tmp_path / "b" / "scores.json").read_text(encoding="utf-8"))
    assert set(scores["systems"]["fake"]) == {"summary"}
    assert {"metric": "rouge", "kind": "rewrite", "why": "no article has a reference of this kind"} in scores["missing"]


def test_broken_files_and_duplicate_ids_are_quarantined_with_status_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.txt").write_text(ARTICLES["bakery"] + " Residents were told by letter on the same day.")
    (folder / "broken.txt").write_bytes(b"\xff\xfe\xfa broken \x81\x00")
    records = [{"id": "a", "text": ARTICLES["bus"]}, {"id": "b", "text": ARTICLES["match"]}, {"id": "c"}]
    (folder / "more.jsonl").write_text("".join(json.dumps(r) + "\n" for r in records) + "{not json\n")
    out = tmp_path / "out"
    status = main(["run", "--input", str(folder), "--out", str(out), "--set", "engine.name=fake", "--quiet"])
    assert status == 1
    assert "4 quarantined" in capsys.readouterr().err
    assert [r["id"] for r in lines(out / "outputs.jsonl")] == ["a", "b"]
    given_up = lines(out / "quarantine.jsonl")
    assert len(given_up) == 4
    assert all(q["reason"] and q["stage"] and q["origin"] for q in given_up)
    duplicate = next(q for q in given_up if q["id"] == "a")
    assert "taken" in duplicate["reason"]
    counts = read(out / "run.json")["counts"]
    assert (counts["articles"], counts["done"], counts["quarantined"]) == (6, 2, 4)
    kept = lines(out / "articles.jsonl")[0]
    assert kept["text"].startswith("A bakery")


def test_an_article_that_fails_is_quarantined_and_the_others_go_on(
    articles: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, whole: Path
) -> None:
    real = FakeEngine.generate

    def failing(self: FakeEngine, requests: Any, seed: int) -> Any:
        if any("Lindqvist" in r.source or "night bus" in r.source for r in requests):
            raise RuntimeError("out of luck")
        return real(self, requests, seed)

    monkeypatch.setattr(FakeEngine, "generate", failing)
    done = run(flow_config(articles, tmp_path / "out", "run.batch_articles=4"))
    given_up = lines(tmp_path / "out" / "quarantine.jsonl")
    assert [q["id"] for q in given_up] == ["bakery", "bus"]
    assert all("out of luck" in q["reason"] and q["retry"].startswith("precis run") for q in given_up)
    assert done.counts["done"] == 6
    fine = [r for r in lines(whole / "outputs.jsonl") if r["id"] not in ("bakery", "bus")]
    assert lines(tmp_path / "out" / "outputs.jsonl") == fine


def test_batches_do_not_change_the_outputs(articles: Path, tmp_path: Path, whole: Path) -> None:
    run(flow_config(articles, tmp_path / "out", "run.batch_articles=3"))
    for name in ("outputs.jsonl", "candidates.jsonl", "scores.json"):
        assert (tmp_path / "out" / name).read_bytes() == (whole / name).read_bytes()


def test_interrupted_and_resumed_ends_with_the_same_bytes(
    articles: Path, tmp_path: Path, whole: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    with pytest.raises(KeyboardInterrupt):
        run(flow_config(articles, out), progress=StopAfter(3))
    assert not (out / "run.json").exists()
    assert [r["id"] for r in lines(out / "outputs.jsonl")] == IDS[:3]

    asked: list[str] = []
    real = FakeEngine.generate
    monkeypatch.setattr(
        FakeEngine,
        "generate",
        lambda self, requests, seed: asked.extend(r.article_id for r in requests) or real(self, requests, seed),  # type: ignore[func-returns-value]
    )
    done = run(flow_config(articles, out))
    assert done.counts["resumed"] == 3
    assert set(asked) == set(IDS[3:])
    same_bytes(out, whole)
    assert read(out / "run.json")["counts"] == {**read(whole / "run.json")["counts"], "resumed": 3}


def test_resume_replays_whole_batches(articles: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    with pytest.raises(KeyboardInterrupt):
        run(flow_config(articles, out, "run.batch_articles=2"), progress=StopAfter(4))
    assert run(flow_config(articles, out, "run.batch_articles=2")).counts["resumed"] == 4


KILLED = """
import os, signal, sys
from pathlib import Path
sys.path.insert(0, {tests!r})
from flow_sample import flow_config
from pipeline.job import run

def progress(done, total, name):
    if done == 3:
        os.kill(os.getpid(), signal.SIGKILL)

run(flow_config(Path({articles!r}), Path({out!r})), progress=progress)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL")
def test_killed_and_resumed_ends_with_the_same_bytes(articles: Path, tmp_path: Path, whole: Path) -> None:
    out = tmp_path / "out"
    script = KILLED.format(tests=str(Path(__file__).parent), articles=str(articles), out=str(out))
    killed = subprocess.run([sys.executable, "-c", script], capture_output=True, timeout=120)
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    assert not (out / "run.json").exists()
    done = run(flow_config(articles, out))
    assert done.counts["resumed"] == 3
    same_bytes(out, whole)


def test_a_finished_run_is_a_no_op(articles: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "out"
    first = run(flow_config(articles, out))
    before = {p: (p.read_bytes(), p.stat().st_mtime_ns) for p in out.glob("*.json*")}

    def never(*_: object) -> None:
        raise AssertionError("generated again")

    monkeypatch.setattr(FakeEngine, "generate", never)
    again = run(flow_config(articles, out))
    assert (first.no_op, again.no_op) == (False, True)
    assert again.counts == first.counts
    assert {p: (p.read_bytes(), p.stat().st_mtime_ns) for p in out.glob("*.json*")} == before


def test_a_changed_config_names_the_key_and_fresh_starts_over(articles: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run(flow_config(articles, out))
    changed = flow_config(articles, out, "outputs.headlines.count=2", "guard.names=false")
    with pytest.raises(ConfigError) as error:
        run(changed)
    assert "outputs.headlines.count" in str(error.value)
    assert "guard.names" in str(error.value)
    assert "--fresh" in str(error.value)
    done = run(changed, fresh=True)
    assert not done.no_op
    assert done.counts["resumed"] == 0
    assert all(len(r["headlines"]) <= 2 for r in lines(out / "outputs.jsonl"))


def test_a_new_article_keeps_the_finished_ones(tmp_path: Path) -> None:
    folder = write_articles(tmp_path / "in", tuple(IDS[:4]))
    out = tmp_path / "out"
    run(flow_config(folder, out))
    write_articles(tmp_path / "more", ("water",))
    (tmp_path / "more" / "water").rename(folder / "water")
    done = run(flow_config(folder, out))
    assert (done.counts["done"], done.counts["resumed"]) == (5, 4)
    changed = folder / "bakery" / "article.md"
    changed.write_text(changed.read_text().replace("five hours", "six hours"))
    assert run(flow_config(folder, out)).counts["resumed"] == 4


def test_config_yaml_of_a_run_repeats_it(whole: Path, tmp_path: Path) -> None:
    repeated = load_config(str(whole / "config.yaml"), ["name=other"], {"run.out": str(tmp_path / "again")})
    run(repeated)
    same_bytes(tmp_path / "again", whole)


def test_limit_takes_the_first_articles(articles: Path, tmp_path: Path) -> None:
    done = run(flow_config(articles, tmp_path / "out", "input.limit=2"))
    assert done.counts["articles"] == 2
    assert [r["id"] for r in lines(tmp_path / "out" / "outputs.jsonl")] == IDS[:2]


def test_candidates_can_be_left_out(articles: Path, tmp_path: Path, whole: Path) -> None:
    out = tmp_path / "out"
    run(flow_config(articles, out, "run.keep_candidates=false"))
    assert not (out / "candidates.jsonl").exists()
    assert (out / "outputs.jsonl").read_bytes() == (whole / "outputs.jsonl").read_bytes()


def test_engines_per_kind(articles: Path, tmp_path: Path) -> None:
    run(flow_config(articles, tmp_path / "out", "outputs.summary.engine={name: lead}", "input.limit=1"))
    (record,) = lines(tmp_path / "out" / "outputs.jsonl")
    article = lines(tmp_path / "out" / "articles.jsonl")[0]
    a, b, _ = article["sentences"][0]
    assert record["summary"]["text"].startswith(article["text"][a:b])
    assert "summary=lead" in record["engine"]
    assert "headlines=fake" in record["engine"]
    assert read(tmp_path / "out" / "run.json")["engine"]["name"] == "mixed"


def test_scripted_texts_reach_the_outputs_and_the_guard_rejects_lies(articles: Path, tmp_path: Path) -> None:
    script = tmp_path / "script.json"
    script.write_text(json.dumps({"Marle bridge": ["Cracks shut Marle bridge", "Bridge of 777 piers closed"]}))
    out = tmp_path / "out"
    run(flow_config(articles, out, f"engine.model={script}", "outputs.headlines.count=8"))
    record = next(r for r in lines(out / "outputs.jsonl") if r["id"] == "bridge")
    assert "Cracks shut Marle bridge" in [h["text"] for h in record["headlines"]]
    lies = [c for c in lines(out / "candidates.jsonl") if "777" in c["text"]]
    assert lies
    assert all(not c["ok"] and c["rank"] is None for c in lies)
    assert {r["detail"] for c in lies for r in c["reasons"] if r["code"] == "unsupported:number"} == {"777"}


def test_nothing_to_read_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        run(flow_config(tmp_path / "nowhere", tmp_path / "out"))
    assert not (tmp_path / "out").exists()


def test_identity_of_mixed_engines_names_each_kind() -> None:
    config = load_config(None, ["engine.name=fake", "outputs.headlines.engine={name: lead}"])
    opened = flow.open_engines(config)
    assert flow.identity(opened) == "summary=fake ; bullets=fake ; headlines=lead"
    assert opened["summary"][1] is opened["bullets"][1]
    other = replace(opened["summary"][1], identity="other")  # type: ignore[type-var]
    assert flow.identity({**opened, "summary": (config.engine, other)}).startswith("summary=other")


@pytest.mark.parametrize("seed", ["1", "2"])
def test_the_hash_seed_of_python_changes_nothing(articles: Path, tmp_path: Path, whole: Path, seed: str) -> None:
    script = KILLED.format(tests=str(Path(__file__).parent), articles=str(articles), out=str(tmp_path / "out"))
    script = script.replace("done == 3", "done < 0")
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, timeout=120, env=environment)
    assert done.returncode == 0, done.stderr.decode()
    same_bytes(tmp_path / "out", whole)
