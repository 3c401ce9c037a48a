"""Every shipped run config loads, says what it is for, and the files made from the settings are current."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.config import load_config, to_yaml

ROOT = Path(__file__).resolve().parent.parent
RUN_CONFIGS = sorted((ROOT / "configs" / "run").glob("*.yaml"))
NEEDED = {
    "quickstart", "smoke", "baselines", "folder", "bart-cnn", "titles", "flan-t5", "pegasus", "mbart", "led", "chat",
    "endpoint", "dataset",
}  # fmt: skip


def test_the_needed_configs_are_there() -> None:
    assert {path.stem for path in RUN_CONFIGS} >= NEEDED


@pytest.mark.parametrize("path", RUN_CONFIGS, ids=lambda path: path.stem)
def test_a_config_loads_and_bears_its_name(path: Path) -> None:
    config = load_config(str(path))
    assert config.name == path.stem
    assert config.run.out is None
    assert to_yaml(config)


@pytest.mark.parametrize("path", RUN_CONFIGS, ids=lambda path: path.stem)
def test_a_config_opens_with_its_purpose_and_its_command(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    head = text[: text.index("\nname:")].splitlines()
    assert all(line.startswith("#") for line in head)
    assert len(head[0]) > 20
    assert any(f"precis run configs/run/{path.name}" in line for line in head)
    schema = next(line.partition("$schema=")[2] for line in head if "yaml-language-server" in line)
    assert (path.parent / schema).resolve() == ROOT / "configs" / "schema.json"


def test_configs_do_what_their_names_say() -> None:
    loaded = {path.stem: load_config(str(path)) for path in RUN_CONFIGS}
    assert loaded["quickstart"].input.path == "seeds"
    assert loaded["smoke"].input.limit == 3
    assert loaded["baselines"].engine.name == "lead"
    assert not loaded["folder"].score.enabled
    dataset = loaded["dataset"].input
    assert (dataset.path, dataset.split, dataset.streaming) == ("hf://abisee/cnn_dailymail", "validation", True)
    bart = loaded["bart-cnn"].outputs
    assert bart.summary.engine is not None
    assert (bart.summary.engine.name, bart.headlines.engine) == ("seq2seq", None)
    pegasus = loaded["pegasus"].outputs
    assert pegasus.summary.engine is not None and pegasus.headlines.engine is not None
    assert pegasus.summary.engine.model != pegasus.headlines.engine.model
    mbart = loaded["mbart"].outputs.summary.engine
    assert mbart is not None and mbart.source_language == mbart.target_language == "en_XX"
    assert loaded["chat"].engine.name == "chat"
    server = loaded["endpoint"]
    assert (server.engine.name, server.engine.api_key_env) == ("endpoint", None)
    assert server.run.batch_articles >= server.engine.concurrency / 2
    titles = loaded["titles"].outputs
    assert (titles.summary.enabled, titles.bullets.enabled, titles.headlines.case) == (False, False, "title")


@pytest.mark.parametrize("name", ["export_schema.py", "export_cli.py"])
def test_generated_files_are_current(name: str) -> None:
    script = ROOT / "scripts" / name
    done = subprocess.run(
        [sys.executable, str(script), "--check"],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
