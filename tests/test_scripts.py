"""The scripts for batch use, as a shell runs them, with the fake engine."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from flow_sample import write_articles

SCRIPTS = Path(__file__).resolve().parent.parent / "scripts"
FAST = ["--set", "score.bootstrap_samples=100"]
pytestmark = pytest.mark.skipif(shutil.which("bash") is None, reason="no bash")


def shell(script: str, *args: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = ["bash", str(SCRIPTS / script), *map(str, args)]
    return subprocess.run(command, capture_output=True, text=True, timeout=200, cwd=cwd)


@pytest.fixture(scope="module")
def batch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder run by scripts/batch.sh from elsewhere."""
    folder = tmp_path_factory.mktemp("scripts")
    write_articles(folder / "in", ("bakery", "bridge"))
    done = shell("batch.sh", "in", "out", "--set", "engine.name=fake", "--set", "score.enabled=true", *FAST, cwd=folder)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "report: out/report.html"
    return folder


def test_batch_writes_a_run_directory_and_resumes(batch: Path) -> None:
    records = [json.loads(line) for line in (batch / "out" / "outputs.jsonl").read_text().splitlines()]
    assert [r["id"] for r in records] == ["bakery", "bridge"]
    again = shell(
        "batch.sh", "in", "out", "--set", "engine.name=fake", "--set", "score.enabled=true", *FAST, cwd=batch
    )
    assert again.returncode == 0
    assert "nothing to do" in again.stderr


def test_batch_passes_the_exit_status_on(tmp_path: Path) -> None:
    write_articles(tmp_path / "in", ("bus",))
    (tmp_path / "in" / "bus" / "references.yaml").unlink(missing_ok=True)
    bad = tmp_path / "in" / "bad"
    bad.mkdir()
    (bad / "article.md").write_bytes(b"\xff\xfe\xfa\x81")
    done = shell("batch.sh", "in", "out", "--set", "engine.name=fake", cwd=tmp_path)
    assert done.returncode == 1
    assert "1 quarantined" in done.stderr
    assert shell("batch.sh", "gone", "out2", "--set", "engine.name=fake", cwd=tmp_path).returncode == 2


def test_score_of_a_run_and_of_plain_files(batch: Path, tmp_path: Path) -> None:
    done = shell("score.sh", batch / "out", "--json", "--samples", "100", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["systems"]["fake"]["summary"]["n"] == 2
    (tmp_path / "o.txt").write_text("one two three\n")
    (tmp_path / "r.txt").write_text("one two four\n")
    done = shell("score.sh", "o.txt", "r.txt", "--json", "--samples", "100", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["systems"]["o"]["summary"]["rouge1"]["f"] == pytest.approx(2 / 3)


def test_experiment_runs_every_config_and_compares(tmp_path: Path) -> None:
    articles = write_articles(tmp_path / "in", ("bakery", "bridge"))
    for name, engine in (("one", "fake"), ("two", "lead")):
        (tmp_path / f"{name}.yaml").write_text(
            f"input: {{path: {articles}}}\nengine: {{name: {engine}}}\nscore: {{baselines: [lead]}}\n"
        )
    done = shell("experiment.sh", "out", "one.yaml", "two.yaml", "--", *FAST, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    for name in ("one", "two"):
        assert (tmp_path / "out" / name / "scores.json").exists()
    assert done.stdout.count("difference") > 1
    assert re.search(r"^two +lead ", done.stdout, re.MULTILINE)
    (tmp_path / "bad.yaml").write_text("engin: {name: fake}\n")
    assert shell("experiment.sh", "out", "bad.yaml", "one.yaml", cwd=tmp_path).returncode == 2


@pytest.mark.parametrize("arguments", [["out"], ["out", "one.yaml"], ["out", "one.yaml", "--", "--set", "run.seed=2"]])
def test_an_experiment_needs_two_configs(arguments: list[str], tmp_path: Path) -> None:
    done = shell("experiment.sh", *arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith("usage: ")


@pytest.mark.parametrize("script", ["batch.sh", "score.sh", "experiment.sh"])
def test_usage(script: str, tmp_path: Path) -> None:
    done = shell(script, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith("usage: scripts/")
