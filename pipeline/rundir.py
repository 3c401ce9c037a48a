"""The run directory: one writer at a time, whole files only, and a resume that ends with the same bytes.

How the flow uses it:

    with RunDir.open(config.out_dir, config, fresh=fresh) as run_dir:
        plan = make_plan(config, ingested, quarantined, engine_identity)
        if not run_dir.is_finished(plan):
            run_dir.start(plan)
            for batch in plan.batches:
                if run_dir.load(batch) is None:
                    run_dir.commit(batch, generate(batch))
            run_dir.assemble()
            ...  # scores.json, report.html
            run_dir.finish(manifest)
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any

from pipeline.claim import HEADER, LINES, RESULTS, check_owner, check_settings, clear
from pipeline.config import Config, to_yaml
from pipeline.errors import ConfigError
from pipeline.files import JsonObject, Lock, remove_temporaries, write_json, write_jsonl, write_text
from pipeline.parts import Batch, Part, Plan, part_path, read_part, write_part
from pipeline.serial import article_to_dict, brief_to_dict, quarantined_to_dict, references_to_dict

ASSEMBLY_SHARE = 0.05  # most of the time that keeping outputs.jsonl current may take


class RunDir:
    """An open run directory; `path` is the folder. Use it in a `with` block, which holds its lock."""

    def __init__(self, path: Path, config: Config, lock: Lock) -> None:
        """For `open` only."""
        self.path = path
        self._config = config
        self._lock = lock
        self._plan: Plan | None = None
        self._stale = False
        self._next_assembly = 0.0

    @classmethod
    def open(cls, path: Path, config: Config, fresh: bool = False) -> RunDir:
        """Create or reopen `path` and take its lock; `fresh` first removes what an earlier run wrote there.

        ConfigError if the folder cannot be used, belongs to something else, is in use by another process,
        or holds a run whose settings differ (it names their keys).
        """
        with ExitStack() as stack:
            try:
                check_owner(path)
                (path / "parts").mkdir(parents=True, exist_ok=True)
                lock = Lock(path / ".lock")
            except OSError as error:
                raise ConfigError([f"run.out: cannot be used: {error.strerror}"], where=str(path)) from error
            stack.callback(lock.release)
            if fresh:
                clear(path)
            check_settings(path, config)
            for folder in (path, path / "parts"):
                remove_temporaries(folder)
            write_text(path / "config.yaml", HEADER + to_yaml(config))
            stack.pop_all()
        return cls(path, config, lock)

    def __enter__(self) -> RunDir:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if self._stale:
                self.assemble()
        finally:
            self._lock.release()

    def is_finished(self, plan: Plan) -> bool:
        """Whether an earlier run finished exactly this plan and all its files are still there."""
        try:
            manifest = json.loads((self.path / "run.json").read_text(encoding="utf-8"))
            same = manifest["plan"] == plan.digest
            return same and all((self.path / name).is_file() for name in manifest["files"])
        except (OSError, ValueError, KeyError, TypeError):
            return False

    def start(self, plan: Plan) -> None:
        """Begin or resume `plan`: drop what an earlier one ended with, write the inputs and what is done."""
        self._plan = plan
        for name in RESULTS:
            (self.path / name).unlink(missing_ok=True)
        write_jsonl(self.path / "articles.jsonl", (article_to_dict(item.article) for item in plan.ingested))
        references = [
            references_to_dict(item.article.id, item.references) for item in plan.ingested if item.references
        ]
        if references:
            write_jsonl(self.path / "references.jsonl", references)
        else:
            (self.path / "references.jsonl").unlink(missing_ok=True)
        self.assemble()

    def load(self, batch: Batch) -> Part | None:
        """The saved result of a batch, or None if it is still to be generated."""
        return read_part(self.path / "parts", batch)

    def commit(self, batch: Batch, part: Part) -> None:
        """Save the result of a batch for good; ValueError if it lacks an article."""
        if not self._config.run.keep_candidates:
            part = replace(part, candidates=())
        write_part(self.path / "parts", batch, part)
        self._stale = True
        if time.monotonic() >= self._next_assembly:
            self.assemble()

    def assemble(self) -> None:
        """Write outputs, candidates and quarantine, in input order, from the parts that are there."""
        began = time.monotonic()
        write_jsonl(
            self.path / "outputs.jsonl", (brief_to_dict(b) for part in self.results() for b in part.outputs)
        )
        if self._config.run.keep_candidates:
            lines = (candidate for part in self.results() for candidate in part.candidates)
            write_jsonl(self.path / "candidates.jsonl", lines)
        write_jsonl(self.path / "quarantine.jsonl", self._quarantine())
        self._stale = False
        now = time.monotonic()
        self._next_assembly = now + (now - began) / ASSEMBLY_SHARE

    def write_json(self, name: str, record: Mapping[str, Any]) -> None:
        """Write a JSON file of the directory atomically, e.g. scores.json."""
        write_json(self.path / name, record)

    def write_text(self, name: str, text: str) -> None:
        """Write a text file of the directory atomically, e.g. report.html."""
        write_text(self.path / name, text)

    def finish(self, manifest: Mapping[str, Any]) -> None:
        """Drop parts of earlier plans and write run.json, last of all; ValueError if a batch is missing."""
        plan = self._planned()
        parts = self.path / "parts"
        if any(read_part(parts, batch) is None for batch in plan.batches):
            raise ValueError("a batch has not been committed")
        wanted = {part_path(parts, batch) for batch in plan.batches}
        for path in set(parts.glob("*.json")) - wanted:
            path.unlink()
        names = ("config.yaml", *LINES, *RESULTS[1:])
        files = [name for name in names if (self.path / name).is_file()]
        self.write_json("run.json", {**manifest, "plan": plan.digest, "files": files})

    def _planned(self) -> Plan:
        if self._plan is None:
            raise ValueError("the run has not been started")
        return self._plan

    def results(self) -> Iterator[Part]:
        """The saved results of the plan's batches, in input order, those not yet done left out."""
        for batch in self._planned().batches:
            part = read_part(self.path / "parts", batch)
            if part is not None:
                yield part

    def _quarantine(self) -> Iterator[JsonObject]:
        for item in self._planned().quarantined:
            yield quarantined_to_dict(item)
        for part in self.results():
            for item in part.quarantined:
                yield quarantined_to_dict(item)
