"""Fine-tuning: examples → loop with early stopping on validation ROUGE → the best weights, as a folder to be named.

python -m pipeline.train.finetune --out DIR      # one of several processes, for `precis train --processes`
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
import yaml

from pipeline.engines.shortlist import read_shortlist, write_shortlist
from pipeline.errors import ConfigError, PrecisError
from pipeline.files import read_jsonl, write_json, write_text
from pipeline.train import folder, loop, schedule
from pipeline.train.batching import count_batches
from pipeline.train.card import Facts, card
from pipeline.train.checkpoints import progress_of
from pipeline.train.checks import make_check
from pipeline.train.columns import read_examples, sums
from pipeline.train.examples import counts_of, write_examples
from pipeline.train.export import save_tokenizer
from pipeline.train.launch import device_name, launch
from pipeline.train.load import load_plan
from pipeline.train.objective import quiet
from pipeline.train.pack import load
from pipeline.train.plot import render
from pipeline.train.processes import Alone, Team, team
from pipeline.train.settings import FineTune
from pipeline.train.shortlist import common_tokens
from pipeline.train.tunable import Base, load_base, open_base, vocabulary


@dataclass(frozen=True, slots=True)
class Tuning:
    """One call of `precis train` with a fine-tuning."""

    plan: FineTune
    data: Path | None
    out: Path
    command: str
    say: Callable[[str], None]
    limit: int | None = None
    processes: int = 1


def check_tuning(job: Tuning) -> None:
    """Everything that can fail before any work: the model, the files, their columns."""
    if job.data is not None and not job.data.exists():
        raise ConfigError(["no such file or folder"], where=f"--data {job.data}")
    open_base(job.plan)
    read_examples(job.plan.data, job.data, job.limit, job.plan.seed)


def tune(job: Tuning, work: Path) -> None:
    """Do what is left to do; the model ends at the top of `job.out`."""
    found = sums(job.plan.data, job.data)
    folder.check_same(work, found | ({"--limit": str(job.limit)} if job.limit else {}))
    base = open_base(job.plan)
    examples = folder.made(work / "examples", partial(_prepare, job, base))
    train, val = len(load(examples / "train.npz")), len(load(examples / "val.npz"))
    for what, number in counts_of(examples).items():
        job.say(f"{what}: {number}")
    job.say(f"{train} examples to train on, {val} to validate on")
    _write_stage(job.plan, examples, work / "stage.yaml")
    before = progress_of(work)
    if before.step and not before.finished:
        job.say(f"resuming at step {before.step}")
    if job.processes == 1:
        run_tuning(job.plan, work, Alone(), loop.on_terminal(job.plan.name))
    else:
        launch("pipeline.train.finetune", ["--out", str(job.out)], job.processes)
    _finish(job, base, work)


def run_tuning(plan: FineTune, work: Path, group: Team, tell: loop.Tell | None = None) -> None:
    """The loop, with a check of the untouched model first (before.json)."""
    base, settings, examples = open_base(plan), schedule.read_settings(work / "stage.yaml"), work / "examples"
    torch.manual_seed(plan.seed)
    model, objective = load_base(base, plan, group.device)
    check = make_check(model, objective, base, plan, examples)
    if not (work / "before.json").exists():
        measured = check()
        group.wait()
        if group.first:
            write_json(work / "before.json", measured)
    wanted = loop.Work(model, objective, check, base.pad, plan.score, plan.patience)
    loop.run(settings, load(examples / "train.npz"), wanted, work, group, tell)


def _prepare(job: Tuning, base: Base, part: Path) -> None:
    write_examples(read_examples(job.plan.data, job.data, job.limit, job.plan.seed), base, job.plan, part)


def _write_stage(plan: FineTune, examples: Path, path: Path) -> None:
    """The loop's settings, epochs turned into steps."""
    epoch = count_batches(load(examples / "train.npz"), plan.seed, plan.batch_tokens, plan.max_batch)
    names = {f.name for f in fields(schedule.Settings)}
    flat = {key: value for key, value in plan.model_dump(mode="json", exclude_none=True).items() if key in names}
    if plan.epochs is not None:
        flat["steps"] = max(1, round(plan.epochs * epoch))
        flat["decay_steps"] = min(plan.decay_steps or flat["steps"], flat["steps"])
        flat["warmup_steps"] = min(plan.warmup_steps, flat["steps"] // 10)
    flat |= {"start": plan.model, "prior": 0.0, "average_last": 0, "save_every": plan.check_every or epoch}
    write_text(path, "# The loop's settings.\n" + yaml.safe_dump(flat, sort_keys=False))


def _finish(job: Tuning, base: Base, work: Path) -> None:
    log = list(read_jsonl(work / "log.jsonl"))
    best = torch.load(work / "best.pt", map_location="cpu", weights_only=True)
    folder.made(work / "model", partial(_export, job.plan, base, work, best["model"]))
    write_text(job.out / "log.jsonl", (work / "log.jsonl").read_text(encoding="utf-8"))
    write_text(job.out / "loss.svg", render([("fine-tuning", log)]))
    write_text(job.out / "README.md", card(job.plan, _facts(job, base, work, log, best["step"])))
    folder.move_model(work / "model", job.out)
    done = {"kind": "finetune", "sha256": folder.sha256(job.out / folder.WEIGHTS), "limit": job.limit}
    write_text(job.out / folder.DONE, json.dumps(done, indent=1) + "\n")


def _export(plan: FineTune, base: Base, work: Path, state: dict[str, torch.Tensor], part: Path) -> None:
    """The best weights in the number type the base was stored in (ours: fp16)."""
    model, _ = load_base(base, plan, torch.device("cpu"))
    model.load_state_dict(state)
    stored = torch.float16 if base.ours else _dtype(base.config)
    model.to(stored).save_pretrained(part)
    if base.ours:
        save_tokenizer(work / "examples" / "tokenizer.json", part, model.config.max_position_embeddings)
        tokenizer = vocabulary(base)
        before = read_shortlist(Path(base.path), tokenizer.get_vocab_size())
        if before is not None:  # else the base writes every token, and so does what is made of it
            own = common_tokens(load(work / "examples" / "train.npz"), tokenizer)
            write_shortlist(part, np.union1d(own, before).tolist())
    else:
        base.tokenizer.save_pretrained(part)


def _dtype(config: Any) -> torch.dtype:
    found = getattr(config, "dtype", None)
    return found if isinstance(found, torch.dtype) and found.is_floating_point else torch.float32


def _facts(job: Tuning, base: Base, work: Path, log: list[dict[str, Any]], best: int) -> Facts:
    examples = work / "examples"
    counts = {
        "training examples": str(len(load(examples / "train.npz"))),
        "validation examples": str(len(load(examples / "val.npz"))),
        **counts_of(examples),
    }
    checks = {line["step"]: {k: v for k, v in line.items() if k != "step"} for line in log if "val_loss" in line}
    before = json.loads((work / "before.json").read_text(encoding="utf-8"))
    progress = progress_of(work)
    prefix = [f"prefix: {base.prefix!r} (engine.prefix; the config of the model carries it)"] if base.prefix else []
    return Facts(
        base=job.plan.model + (f" at {job.plan.revision}" if job.plan.revision else "") + folder.told_sha256(base.path),
        command=job.command,
        engine="embedded" if base.ours else "seq2seq",
        device=device_name(),
        data_path=job.plan.data.dataset or str(job.data or "."),
        data=counts,
        measured={"the base, untouched": before, f"step {best}, kept": checks[best]},
        notes=[f"{progress.step} steps in {progress.seconds / 60:.1f} minutes; step {best} was kept", *prefix],
    )


def main(argv: list[str] | None = None) -> int:
    """One of several processes: the loop of a fine-tuning that `precis train` has prepared."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args(argv)
    quiet()
    try:
        plan = load_plan(args.out / "train.yaml")
        if not isinstance(plan, FineTune):
            raise ConfigError(["holds no fine-tuning"], where=str(args.out))
        run_tuning(plan, args.out / "work", team(), loop.on_terminal(plan.name))
    except (PrecisError, OSError) as error:
        print(f"precis: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
