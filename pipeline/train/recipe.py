"""A recipe from beginning to end: tokenizer → start → for every stage: pairs → loop → average → export.

What is finished is not done again: folders that exist are whole (`folder.made`), and a loop resumes from its state.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from functools import partial
from pathlib import Path
from typing import Any

import yaml

from pipeline.errors import InputError
from pipeline.files import read_jsonl, write_text
from pipeline.train import folder, prepare, schedule
from pipeline.train.batching import count_batches
from pipeline.train.card import Facts, card
from pipeline.train.checkpoints import progress_of
from pipeline.train.datafiles import set_file
from pipeline.train.export import export
from pipeline.train.launch import device_name, run_loop
from pipeline.train.pack import FOCUS_TOKENS, load
from pipeline.train.plot import render
from pipeline.train.settings import Recipe, Stage
from pipeline.train.start import check_start, make_start

Say = Callable[[str], None]
SPLITS = ("train", "val")


@dataclass(frozen=True, slots=True)
class Job:
    """One call of `precis train`. `limit`: records per set; `prepare_only`: stop before the first loop."""

    recipe: Recipe
    data: Path
    out: Path
    command: str
    say: Say
    limit: int | None = None
    prepare_only: bool = False
    processes: int = 1


def train_recipe(job: Job, work: Path) -> None:
    """Do what is left to do; the model ends at the top of `job.out`, the rest stays in `work`."""
    folder.check_same(work, data_sums(job.recipe, job.data, job.limit))
    start = folder.made(work / "start", lambda part: make_start(job.recipe, job.data, part))
    before = start
    for number, stage in enumerate(job.recipe.stages, 1):
        place = work / stage.name
        place.mkdir(exist_ok=True)
        write_stage(job.recipe, stage, before, place / "stage.yaml")
        pairs = folder.made(place / "pairs", partial(_prepare, job, stage, start))
        counts = _counts(pairs)
        job.say(f"stage {number}/{len(job.recipe.stages)} {stage.name}: {_told(counts)}")
        if not sum(counts["train"].values()):
            raise InputError("no training pairs", where=str(pairs), fix="dropped.json there says what became of them")
        before = place / "model"
        if not job.prepare_only:
            run_loop(place, job.processes, job.say)
            folder.made(before, partial(export, place, pairs, place / "stage.yaml"))
    if job.prepare_only:
        job.say(f"pairs and stage.yaml of every stage are in {work}; run the loops with python -m pipeline.train.loop")
        return
    finish(job, work, before)


def write_stage(recipe: Recipe, stage: Stage, before: Path, path: Path) -> None:
    """The settings of one stage as its loop reads them; `before` is the folder with the weights it goes on from."""
    names = {f.name for f in fields(schedule.Settings)} - {"start", "seed"}
    own = stage.model_dump(mode="json", exclude_none=True)
    flat: dict[str, Any] = {"start": str(before), "seed": recipe.seed}
    flat |= {key: value for key, value in own.items() if key in names}
    text = f"# Stage {stage.name}, as its loop reads it.\n" + yaml.safe_dump(flat, sort_keys=False)
    if not path.is_file() or path.read_text(encoding="utf-8") != text:
        write_text(path, text)


def set_files(recipe: Recipe, data: Path) -> set[Path]:
    """The training files of a recipe; InputError names all sets that have none."""
    if not data.is_dir():
        raise InputError("no such folder", where=f"--data {data}", fix="it holds train/SET.jsonl and val/SET.jsonl")
    sets = dict.fromkeys(name for stage in recipe.stages for name in stage.data)
    files = {name: set_file(data, "train", name) for name in sets}
    lost = [name for name, place in files.items() if place is None]
    if lost:
        raise InputError(
            f"no train/SET.jsonl (or .gz, .xz) for {', '.join(lost)}",
            where=f"--data {data}",
            fix="take the set out of `data`, or name the folder that has it",
        )
    return {place[0] for place in files.values() if place}


def data_sums(recipe: Recipe, data: Path, limit: int | None) -> dict[str, str]:
    """sha256 of every file the preparation reads, those of the held-out splits included; and --limit."""
    read = sorted(set_files(recipe, data) | {path for _, path in prepare.held_files(data)})
    found = {str(path.relative_to(data)): folder.sha256(path) for path in read}
    return {**found, "--limit": str(limit)} if limit else found


def finish(job: Job, work: Path, model: Path) -> None:
    """Put model, log, plot and card at the top of the folder."""
    logs = {stage.name: list(read_jsonl(work / stage.name / "log.jsonl")) for stage in job.recipe.stages}
    lines = [json.dumps({"stage": name, **line}) + "\n" for name, log in logs.items() for line in log]
    write_text(job.out / "log.jsonl", "".join(lines))
    write_text(job.out / "loss.svg", render(list(logs.items())))
    write_text(job.out / "README.md", card(job.recipe, _facts(job, work, logs)))
    folder.move_model(model, job.out)
    done = {"kind": "recipe", "sha256": folder.sha256(job.out / folder.WEIGHTS), "limit": job.limit}
    write_text(job.out / folder.DONE, json.dumps(done, indent=1) + "\n")


def _facts(job: Job, work: Path, logs: Mapping[str, list[dict[str, Any]]]) -> Facts:
    data: dict[str, str] = {}
    notes = []
    for stage in job.recipe.stages:
        place = work / stage.name
        data |= {f"{stage.name}: {name}": told for name, told in _kept(place / "pairs" / "dropped.json").items()}
        data[f"{stage.name}: pairs"] = _told(_counts(place / "pairs"))
        progress = progress_of(place)
        packed = load(place / "pairs" / "train.npz")
        epoch = count_batches(packed, job.recipe.seed, stage.batch_tokens, stage.max_batch)
        notes.append(
            f"stage {stage.name}: {progress.step} steps ({progress.step / epoch:.2f} passes over its pairs) in "
            f"{progress.seconds / 60:.1f} minutes"
        )
    measured = {
        name: {k: v for line in log for k, v in line.items() if k.startswith("val_")} for name, log in logs.items()
    }
    base = {"minilm": "sentence-transformers/all-MiniLM-L6-v2 (Apache-2.0), its layers", "random": "random weights"}
    return Facts(
        base=base.get(job.recipe.start, job.recipe.start + folder.told_sha256(job.recipe.start)),
        command=job.command,
        engine="embedded",
        device=device_name(),
        data_path=str(job.data) + (f", the first {job.limit} records of each set" if job.limit else ""),
        data=data,
        measured=measured,
        notes=notes,
    )


def _prepare(job: Job, stage: Stage, start: Path, part: Path) -> None:
    """Write the pairs of a stage into `part`; the tokenizer is the start's, for all stages."""
    prepare.prepare(job.data, stage.data, job.recipe.seed, start, part, job.limit)


def _counts(pairs: Path) -> dict[str, dict[str, int]]:
    """split → task → pairs."""
    found = {}
    for split in SPLITS:
        task = load(pairs / f"{split}.npz").task
        found[split] = {name: int((task == i).sum()) for i, name in enumerate(FOCUS_TOKENS)}
    return found


def _told(counts: Mapping[str, Mapping[str, int]]) -> str:
    parts = []
    for split, tasks in counts.items():
        named = ", ".join(f"{n} {task}" for task, n in tasks.items() if n)
        parts.append(f"{split} {sum(tasks.values())} pairs ({named or 'none'})")
    return "; ".join(parts)


def _kept(path: Path) -> dict[str, str]:
    """Training set → what became of its records, as prepare counted it: first what was kept, then what was not."""
    if not path.is_file():
        return {}
    tally = json.loads(path.read_text(encoding="utf-8"))
    return {
        name.removeprefix("train/"): ", ".join(f"{what} {n}" for what, n in sorted(counts.items(), key=_kept_first))
        for name, counts in tally.items()
        if name.startswith("train/")
    }


def _kept_first(item: tuple[str, int]) -> tuple[bool, str]:
    return not item[0].startswith("kept"), item[0]


def check(job: Job) -> None:
    """Everything that can fail before any work."""
    check_start(job.recipe)
    set_files(job.recipe, job.data)
