"""`precis train` with `kind: selector`: labels → loop → the model's folder again, with the selector below it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from importlib.resources import files
from pathlib import Path

from safetensors.torch import save_file
from tokenizers import Tokenizer

from pipeline.engines.selector import Selector, stored_form, trained
from pipeline.errors import ConfigError, InputError
from pipeline.files import read_jsonl, write_json, write_text
from pipeline.train import folder
from pipeline.train.card import Facts, card
from pipeline.train.datafiles import set_file
from pipeline.train.launch import device_name
from pipeline.train.plot import render
from pipeline.train.prepare import held_index
from pipeline.train.selection import Settings, train
from pipeline.train.selection_data import examples, load, pack, save
from pipeline.train.settings import SelectorTraining

STORED = Path("selector") / "selector.safetensors"


@dataclass(frozen=True, slots=True)
class Selecting:
    """One call of `precis train` for a selector. `limit`: records per set."""

    plan: SelectorTraining
    data: Path
    out: Path
    command: str
    say: Callable[[str], None]
    limit: int | None = None

    @property
    def base(self) -> Path:
        """The folder of the model whose encoder reads."""
        return Path(str(files("pipeline") / "weights")) if self.plan.model == "embedded" else Path(self.plan.model)


def check_selecting(job: Selecting) -> None:
    """Everything that can fail before any work."""
    lost = [name for name in (folder.WEIGHTS, "tokenizer.json") if not (job.base / name).is_file()]
    if lost:
        raise ConfigError([f"model: has no {' and no '.join(lost)}"], where=str(job.base))
    if not job.data.is_dir():
        raise InputError("no such folder", where=f"--data {job.data}", fix="it holds train/SET.jsonl and val/SET.jsonl")
    for split in ("train", "val"):
        absent = [name for name in job.plan.sets if set_file(job.data, split, name) is None]
        if absent:
            raise InputError(f"no {split}/SET.jsonl (or .gz, .xz) for {', '.join(absent)}", where=f"--data {job.data}")


def train_selector(job: Selecting, work: Path) -> None:
    """Do what is left to do; model and selector end at the top of `job.out`."""
    folder.check_same(work, _sums(job))
    labelled = folder.made(work / "labelled", partial(_prepare, job))
    data, val = load(labelled / "train.npz"), load(labelled / "val.npz")
    job.say(f"{len(data)} articles to learn from, {len(val)} to check on")
    dropped: dict[str, dict[str, int]] = json.loads((labelled / "dropped.json").read_text(encoding="utf-8"))
    told = {f"{split}: {what}": str(n) for split, counts in dropped.items() for what, n in counts.items()}
    for what in told:
        if "kept" not in what:
            job.say(f"{what}: {told[what]}")
    own = job.plan
    settings = Settings(
        own.seed, own.steps, own.batch, own.lr, own.warmup_steps, own.save_every, own.check_articles
    )
    _finish(job, work, train(settings, str(job.base), data, val, work, job.say), told)


def _prepare(job: Selecting, part: Path) -> None:
    tokenizer = Tokenizer.from_file(str(job.base / "tokenizer.json"))
    limit = job.limit or job.plan.most
    held = held_index(job.data, job.plan.sets)
    dropped: dict[str, dict[str, int]] = {}
    for split in ("val", "train"):
        outcomes: Counter[str] = Counter()
        found = examples(job.data, split, job.plan.sets, limit, held, outcomes)
        save(pack(found, tokenizer), part / f"{split}.npz")
        dropped[split] = dict(outcomes.most_common())
    write_json(part / "dropped.json", dropped)


def _sums(job: Selecting) -> dict[str, str]:
    """sha256 of every file that is read, the base's too, and --limit."""
    found = {f"model: {name}": folder.sha256(job.base / name) for name in (folder.WEIGHTS, "tokenizer.json")}
    for name in job.plan.sets:
        for split in ("train", "val"):
            place = set_file(job.data, split, name)
            if place is not None:
                found[str(place[0].relative_to(job.data))] = folder.sha256(place[0])
    return found | ({"--limit": str(job.limit)} if job.limit else {})


def _finish(job: Selecting, work: Path, selector: Selector, told: Mapping[str, str]) -> None:
    """Base model, selector, log, plot and card."""
    log = list(read_jsonl(work / "log.jsonl"))
    (job.out / STORED.parent).mkdir(exist_ok=True)
    part = job.out / f".precis-{STORED.name}.tmp"
    save_file(stored_form(trained(selector)), part)
    part.chmod(0o644)  # save_file makes it the owner's alone
    part.replace(job.out / STORED)
    for name in folder.MODEL_FILES:
        if (job.base / name).is_file():
            folder.copy_file(job.base / name, job.out / name)
    write_text(job.out / "log.jsonl", (work / "log.jsonl").read_text(encoding="utf-8"))
    write_text(job.out / "loss.svg", render([("selector", log)]))
    last = next(line for line in reversed(log) if "val_loss" in line)
    facts = Facts(
        base=str(job.plan.model) + folder.told_sha256(str(job.base)),
        command=job.command,
        engine="embedded",
        device=device_name(),
        data_path=str(job.data) + (f", the first {job.limit} records of each set" if job.limit else ""),
        data=told,
        measured={f"step {last['step']}": {k: v for k, v in last.items() if k != "step"}},
        notes=["val_top3: share of the oracle's sentences among the three likeliest; val_lead3: among the first three"],
    )
    write_text(job.out / "README.md", card(job.plan, facts))
    done = {"kind": "selector", "sha256": folder.sha256(job.out / STORED), "limit": job.limit}
    write_text(job.out / folder.DONE, json.dumps(done, indent=1) + "\n")
