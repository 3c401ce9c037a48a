"""What `precis train` does with its arguments: load, check, then a recipe, a fine-tuning or a sentence selector."""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import ConfigError
from pipeline.train import folder
from pipeline.train.finetune import Tuning, check_tuning, tune
from pipeline.train.launch import check_processes
from pipeline.train.load import Plan, load_plan
from pipeline.train.objective import quiet
from pipeline.train.recipe import Job, check, train_recipe
from pipeline.train.selection_job import Selecting, check_selecting, train_selector
from pipeline.train.settings import FineTune, Recipe, SelectorTraining

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Wanted:
    """The arguments of `precis train`."""

    config: Path
    data: Path | None = None
    out: Path | None = None
    overrides: tuple[str, ...] = ()
    limit: int | None = None
    fresh: bool = False
    prepare_only: bool = False
    processes: int = 1


def train_model(wanted: Wanted, say: Say) -> Path | None:
    """Train, and give the folder of the model; None if only pairs were to be prepared."""
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")  # the preparation forks
    quiet()
    plan = load_plan(wanted.config, wanted.overrides)
    _check_arguments(wanted, plan)
    out = wanted.out or Path("runs") / f"train-{plan.name}"
    job: Job | Tuning | Selecting
    if isinstance(plan, FineTune):
        job = Tuning(plan, wanted.data, out, command_line(wanted, out), say, wanted.limit, wanted.processes)
        check_tuning(job)
    elif isinstance(plan, SelectorTraining):
        job = Selecting(plan, wanted.data or Path(), out, command_line(wanted, out), say, wanted.limit)
        check_selecting(job)
    else:
        data = wanted.data or Path()
        command = command_line(wanted, out)
        job = Job(plan, data, out, command, say, wanted.limit, wanted.prepare_only, wanted.processes)
        check(job)
    _check_base(plan, out)
    with folder.opened(out, plan, wanted.fresh) as work:
        if folder.is_finished(out, wanted.limit):
            say("nothing to do: this training is finished (--fresh does it again)")
        elif isinstance(job, Tuning):
            tune(job, work)
        elif isinstance(job, Selecting):
            train_selector(job, work)
        else:
            train_recipe(job, work)
    return None if wanted.prepare_only else out


def command_line(wanted: Wanted, out: Path) -> str:
    """The command that repeats the training."""
    parts = ["precis", "train", str(wanted.config)]
    parts += ["--data", str(wanted.data)] if wanted.data else []
    parts += ["--out", str(out), *(part for value in wanted.overrides for part in ("--set", value))]
    parts += ["--limit", str(wanted.limit)] if wanted.limit else []
    parts += ["--processes", str(wanted.processes)] if wanted.processes > 1 else []
    return shlex.join(parts)


def _check_base(plan: Plan, out: Path) -> None:
    """Refuse to write over, or with --fresh to delete, the model that a training starts from."""
    base = Path(plan.start if isinstance(plan, Recipe) else plan.model)
    if base.is_dir() and base.resolve().is_relative_to(out.resolve()):
        raise ConfigError([f"--out: holds the model that this training starts from ({base}); choose another folder"])


def _check_arguments(wanted: Wanted, plan: Plan) -> None:
    faults = []
    if wanted.data is None and not isinstance(plan, FineTune):
        faults.append("--data: must be given: the folder with train/SET.jsonl and val/SET.jsonl")
    if wanted.limit is not None and wanted.limit < 1:
        faults.append(f"--limit: should be at least 1, got {wanted.limit}")
    if wanted.processes < 1:
        faults.append(f"--processes: should be at least 1, got {wanted.processes}")
    if wanted.prepare_only and not isinstance(plan, Recipe):
        faults.append("--prepare: is for recipes; others prepare their examples within the same run")
    if wanted.processes > 1 and isinstance(plan, SelectorTraining):
        faults.append("--processes: a selector is trained in one process")
    if faults:
        raise ConfigError(faults)
    check_processes(wanted.processes)
