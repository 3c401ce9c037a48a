"""Whether a folder may be used for a run: nothing foreign is overwritten, no other settings are mixed in."""

from __future__ import annotations

from pathlib import Path

from pipeline.config import Config, differing_keys, digest, load_config
from pipeline.errors import ConfigError

HEADER = "# The resolved settings of a precis run; `precis run` with this file repeats it.\n"
RESULTS = ("run.json", "scores.json", "report.html")
LINES = ("articles.jsonl", "references.jsonl", "outputs.jsonl", "candidates.jsonl", "quarantine.jsonl")


def check_owner(path: Path) -> None:
    """ConfigError if `path` holds files that bear our names but that precis did not write."""
    config = path / "config.yaml"
    if config.is_file():
        mark = HEADER.encode()
        with config.open("rb") as file:
            strangers = [] if file.read(len(mark)) == mark else ["config.yaml"]
    else:
        strangers = [name for name in (*LINES, *RESULTS) if (path / name).exists()]
    if strangers:
        fault = f"run.out: holds {', '.join(strangers)} that precis did not write; choose another directory"
        raise ConfigError([fault], where=str(path))


def check_settings(path: Path, config: Config) -> None:
    """ConfigError, naming the keys, if `path` holds a run whose results other settings would change."""
    stored = path / "config.yaml"
    if not stored.is_file():
        return
    try:
        old = load_config(str(stored))
    except ConfigError as error:
        advice = "the settings of the run in this directory cannot be read; use --fresh to start it over"
        raise ConfigError([advice, *error.faults], where=str(path)) from error
    if digest(old) != digest(config):
        keys = ", ".join(differing_keys(old, config))
        fault = f"holds a run with other settings: {keys} (use --fresh to start it over, or another run.out)"
        raise ConfigError([fault], where=str(path))


def clear(path: Path) -> None:
    """Remove the files of an earlier run and nothing else; config.yaml, which marks them as ours, last."""
    parts = sorted((path / "parts").glob("*.json"))
    for file in [*parts, *(path / name for name in (*RESULTS, *LINES, "config.yaml"))]:
        file.unlink(missing_ok=True)
