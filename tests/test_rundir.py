"""The run directory: killed anywhere and run again, it ends with the bytes of an uninterrupted run."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.config import Config, load_config
from pipeline.errors import ConfigError
from pipeline.files import read_jsonl
from pipeline.manifest import counts, coverage
from pipeline.parts import Batch, Part, make_plan, part_path, read_part
from pipeline.records import (
    Article,
    Brief,
    Candidate,
    Coverage,
    Ingested,
    Judged,
    Passage,
    Prose,
    Quarantined,
    Ranked,
    References,
    Sentence,
    Verdict,
)
from pipeline.rundir import RunDir
from pipeline.serial import brief_from_dict, brief_to_dict, ranked_to_dict

ENGINE = "fake|1"
ODD = "caf\u00e9 \u2028 \x85 \udc80 \U0001f600"


class Killed(BaseException):
    """Stands for a process that dies here."""


def ingested(name: str, text: str = "One. Two.") -> Ingested:
    sentences = (Sentence("One.", 0, 4, 0), Sentence("Two.", 5, 9, 0))
    article = Article(name, text, sentences, title=ODD, origin=f"in/{name}.md", sha256=f"sha-{text}")
    return Ingested(article, References(summary=("One.",)) if name == "a" else None)


ITEMS = [ingested(name) for name in "abcde"]
BAD = [Quarantined(None, "in/f.md", "ingest", "empty file", "precis run --input in/f.md")]


def generate(article: Article) -> Part:
    """What the flow would do; the article "d" cannot be processed."""
    if article.id == "d":
        return Part((), (), (Quarantined("d", article.origin, "generate", "too odd"),))
    passage = Passage(f"Point of {article.id}", ((0, 4),), ("unsupported:number:1,200",))
    prose = Prose(f"{ODD} of {article.id}.", ((0, 4),), (((0, 4), (5, 9)),), ("fallback:extractive",))
    covered = Coverage((2, 0, 0, 0, 0, 0, 0, 0, 0, 1), (("all", 0.667), ("summary", 0.333)))
    brief = Brief(
        article.id, article.sha256, 2, article.title, ENGINE, prose, (passage,), limits=(("split_word", 2),),
        coverage=covered,
    )  # fmt: skip
    candidate = Candidate("r", "headline", passage.text, float("-inf"), (0,), ("headlines",))
    ranked = Ranked(Judged(candidate, Verdict(True), 0.1), "headlines", 0, "best")
    return Part((brief,), (ranked_to_dict(article.id, ranked),))


def settings(*overrides: str) -> Config:
    return load_config(None, overrides)


def run(folder: Path, config: Config, items: Sequence[Ingested] = ITEMS, fresh: bool = False) -> list[str]:
    """The flow in small; returns the ids that were generated in this call."""
    generated: list[str] = []
    with RunDir.open(folder, config, fresh=fresh) as run_dir:
        plan = make_plan(config, items, BAD, ENGINE)
        if run_dir.is_finished(plan):
            return generated
        run_dir.start(plan)
        for batch in plan.batches:
            if run_dir.load(batch) is None:
                generated += [article.id for article in batch.articles]
                run_dir.commit(batch, merged([generate(article) for article in batch.articles]))
        run_dir.assemble()
        run_dir.write_json("scores.json", {"signature": "none"})
        run_dir.finish({"engine": ENGINE})
    return generated


def merged(parts: Sequence[Part]) -> Part:
    return Part(
        tuple(brief for part in reversed(parts) for brief in part.outputs),
        tuple(line for part in parts for line in part.candidates),
        tuple(item for part in parts for item in part.quarantined),
    )


def content(folder: Path) -> dict[str, bytes]:
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def ids(folder: Path, name: str = "outputs.jsonl") -> list[str]:
    return [record["id"] for record in read_jsonl(folder / name)]


@pytest.mark.parametrize("size", [1, 2, 5])
def test_files_are_in_input_order_and_a_second_run_does_nothing(tmp_path: Path, size: int) -> None:
    config = settings(f"run.batch_articles={size}")
    assert run(tmp_path, config) == list("abcde")
    assert ids(tmp_path) == list("abce")
    assert ids(tmp_path, "articles.jsonl") == list("abcde")
    assert ids(tmp_path, "references.jsonl") == ["a"]
    assert ids(tmp_path, "candidates.jsonl") == list("abce")
    assert ids(tmp_path, "quarantine.jsonl") == [None, "d"]
    before = content(tmp_path)
    assert run(tmp_path, config) == []
    assert content(tmp_path) == before
    assert not list(tmp_path.rglob("*.tmp"))


@pytest.mark.parametrize("size", [1, 2])
def test_dying_at_any_write_changes_nothing_in_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    config = settings(f"run.batch_articles={size}")
    run(tmp_path / "whole", config)
    expected = content(tmp_path / "whole")
    real = Path.replace
    for lives in range(60):
        left = lives

        def dying(self: Path, target: Path) -> Path:
            nonlocal left
            left -= 1
            if left < 0:
                raise Killed
            return real(self, target)

        folder = tmp_path / str(lives)
        monkeypatch.setattr(Path, "replace", dying)
        try:
            first = run(folder, config)
        except Killed:
            monkeypatch.setattr(Path, "replace", real)
            saved = len(list((folder / "parts").glob("*.json"))) if (folder / "parts").exists() else 0
            again = run(folder, config)
            assert again == list("abcde")[saved * size :]
            assert content(folder) == expected
        else:
            assert first == list("abcde")
            assert lives > 10
            break
    else:
        pytest.fail("the run never survived")


KILLED_CHILD = """
import os, signal, sys
from pathlib import Path
from tests.test_rundir import run, settings
real, left = Path.replace, int(sys.argv[2])
def dying(self, target):
    global left
    left -= 1
    if left < 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return real(self, target)
Path.replace = dying
run(Path(sys.argv[1]), settings())
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL")
@pytest.mark.parametrize("lives", [5, 9, 13])
def test_a_killed_process_leaves_whole_files_and_no_lock(tmp_path: Path, lives: int) -> None:
    root = str(Path(__file__).resolve().parent.parent)
    done = subprocess.run(
        [sys.executable, "-c", KILLED_CHILD, str(tmp_path / "run"), str(lives)],
        cwd=root,
        env={**os.environ, "PYTHONPATH": root},
        check=False,
    )
    assert done.returncode == -signal.SIGKILL
    saved = len(list((tmp_path / "run" / "parts").glob("*.json")))
    finished = ids(tmp_path / "run")
    assert finished == list("abce")[: len(finished)]
    assert run(tmp_path / "run", settings()) == list("abcde")[saved:]
    run(tmp_path / "whole", settings())
    assert content(tmp_path / "run") == content(tmp_path / "whole")


def test_an_interrupted_run_shows_what_is_finished(tmp_path: Path) -> None:
    config = settings()
    plan = make_plan(config, ITEMS, BAD, ENGINE)
    with pytest.raises(Killed), RunDir.open(tmp_path, config) as run_dir:
        run_dir.start(plan)
        for batch in plan.batches[:3]:
            run_dir.commit(batch, generate(batch.articles[0]))
        raise Killed
    assert ids(tmp_path) == list("abc")
    assert not (tmp_path / "run.json").exists()
    assert run(tmp_path, config) == ["d", "e"]


TORN: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda data: b"",
    "half": lambda data: data[: len(data) // 2],
    "last byte": lambda data: data[:-1],
    "altered": lambda data: data.replace(b"Point of", b"Paint of"),
    "binary": lambda data: b"\xff\xfe" + data,
    "another shape": lambda data: b"[]\n{}\n",
}


@pytest.mark.parametrize("damage", TORN)
def test_a_damaged_part_is_generated_again(tmp_path: Path, damage: str) -> None:
    config = settings()
    run(tmp_path, config)
    before = content(tmp_path)
    (tmp_path / "run.json").unlink()
    batch = make_plan(config, ITEMS, BAD, ENGINE).batches[1]
    path = part_path(tmp_path / "parts", batch)
    path.write_bytes(TORN[damage](path.read_bytes()))
    assert read_part(tmp_path / "parts", batch) is None
    assert run(tmp_path, config) == ["b"]
    assert content(tmp_path) == before


def test_only_changed_and_new_articles_are_generated(tmp_path: Path) -> None:
    config = settings()
    run(tmp_path, config)
    changed = [ingested("0"), ITEMS[0], ingested("b", "One. Six."), *ITEMS[3:]]
    assert run(tmp_path, config, changed) == ["0", "b"]
    assert ids(tmp_path) == ["0", "a", "b", "e"]
    run(tmp_path / "whole", config, changed)
    assert content(tmp_path / "whole") == {
        name: data for name, data in content(tmp_path).items() if not name.startswith("whole")
    }


def test_a_lost_result_file_is_made_again_without_generating(tmp_path: Path) -> None:
    config = settings()
    run(tmp_path, config)
    before = content(tmp_path)
    (tmp_path / "outputs.jsonl").unlink()
    assert run(tmp_path, config) == []
    assert content(tmp_path) == before


def test_other_settings_are_refused_by_name_and_fresh_starts_over(tmp_path: Path) -> None:
    run(tmp_path, settings())
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    other = settings("engine.beams=8", "run.keep_candidates=false")
    with pytest.raises(ConfigError, match=r"engine\.beams, run\.keep_candidates \(use --fresh"):
        run(tmp_path, other)
    assert run(tmp_path, settings("engine.threads=2", "name=other")) == []
    assert run(tmp_path, other, fresh=True) == list("abcde")
    assert not (tmp_path / "candidates.jsonl").exists()
    assert (tmp_path / "notes.txt").read_text(encoding="utf-8") == "mine"


def test_unreadable_settings_of_an_earlier_run_need_fresh(tmp_path: Path) -> None:
    run(tmp_path, settings())
    with (tmp_path / "config.yaml").open("a", encoding="utf-8") as file:
        file.write("nonsense: 1\n")
    with pytest.raises(ConfigError, match="--fresh"):
        run(tmp_path, settings())
    assert run(tmp_path, settings(), fresh=True) == list("abcde")


@pytest.mark.parametrize("name", ["config.yaml", "outputs.jsonl", "report.html"])
@pytest.mark.parametrize("fresh", [False, True])
def test_files_of_someone_else_are_not_touched(tmp_path: Path, name: str, fresh: bool) -> None:
    (tmp_path / name).write_text("mine", encoding="utf-8")
    with pytest.raises(ConfigError, match="precis did not write"):
        run(tmp_path, settings(), fresh=fresh)
    assert content(tmp_path) == {name: b"mine"}


def test_two_processes_cannot_share_a_directory(tmp_path: Path) -> None:
    with RunDir.open(tmp_path, settings()), pytest.raises(ConfigError, match="another precis process"):
        RunDir.open(tmp_path, settings())
    assert run(tmp_path, settings()) == list("abcde")


def test_a_path_that_cannot_be_a_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"run\.out: cannot be used"):
        RunDir.open(tmp_path / "file", settings())


def test_a_lost_article_is_an_error(tmp_path: Path) -> None:
    config = settings()
    plan = make_plan(config, ITEMS, [], ENGINE)
    with RunDir.open(tmp_path, config) as run_dir:
        run_dir.start(plan)
        for part in (Part(()), generate(ITEMS[1].article)):
            with pytest.raises(ValueError, match="every article"):
                run_dir.commit(plan.batches[0], part)
        with pytest.raises(ValueError, match="committed"):
            run_dir.finish({})


def test_equal_ids_cannot_be_planned() -> None:
    with pytest.raises(ValueError, match="share an id"):
        make_plan(settings(), [ITEMS[0], ITEMS[0]], [], ENGINE)


def test_a_batch_is_named_by_all_its_result_depends_on() -> None:
    def key(config: Config, item: Ingested, engine: str = ENGINE) -> Batch:
        return make_plan(config, [item], [], engine).batches[0]

    base = key(settings(), ITEMS[0]).key
    assert key(settings("input.path=elsewhere"), ITEMS[0]).key == base
    others = {
        key(settings("engine.beams=5"), ITEMS[0]).key,
        key(settings(), ITEMS[1]).key,
        key(settings(), ingested("a", "One. Six.")).key,
        key(settings(), ITEMS[0], "fake|2").key,
    }
    assert len(others | {base}) == 5


def test_moved_input_renews_quarantine_only(tmp_path: Path) -> None:
    config = settings()
    run(tmp_path, config)
    moved = [replace(i, article=replace(i.article, origin=f"new/{i.article.id}")) for i in ITEMS]
    assert run(tmp_path, config, moved) == ["d"]
    assert [record["origin"] for record in read_jsonl(tmp_path / "quarantine.jsonl")] == ["in/f.md", "new/d"]


def test_outputs_have_the_shape_of_the_contract_and_survive_the_file(tmp_path: Path) -> None:
    run(tmp_path, settings())
    record = next(read_jsonl(tmp_path / "outputs.jsonl"))
    assert list(record) == ["id", "article", "summary", "bullets", "coverage", "limits", "flags", "engine"]
    assert record["article"] == {"sha256": "sha-One. Two.", "words": 2, "title": ODD}
    assert record["summary"]["evidence"] == [[[0, 4], [5, 9]]]
    brief = generate(ITEMS[0].article).outputs[0]
    assert brief_from_dict(record) == brief
    assert brief_to_dict(brief_from_dict(record)) == record
    lines = (tmp_path / "outputs.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(lines) == 4  # U+2028 and U+0085 are escaped, so every reader sees one record a line
    candidate = next(read_jsonl(tmp_path / "candidates.jsonl"))
    assert (candidate["id"], candidate["kind"], candidate["rank"], candidate["logprob"]) == (
        "a",
        "headlines",
        0,
        None,
    )


def test_the_manifest_names_the_plan_and_counts_by_flag_name(tmp_path: Path) -> None:
    run(tmp_path, settings())
    manifest = json.loads((tmp_path / "run.json").read_text(encoding="utf-8"))
    assert "outputs.jsonl" in manifest["files"]
    briefs = [brief_from_dict(record) for record in read_jsonl(tmp_path / "outputs.jsonl")]
    assert counts(6, briefs, resumed=0, quarantined=2) == {
        "articles": 6,
        "done": 4,
        "resumed": 0,
        "quarantined": 2,
        "fallbacks": 4,
        "truncated": 0,
        "flags": {"fallback:extractive": 4, "unsupported:number": 4},
        "limits": {"split_word": 8},
    }
    assert coverage(briefs) == {"all": 0.667, "summary": 0.333}
