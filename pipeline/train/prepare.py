"""Data folder → packed pairs, of a recipe of one stage that goes on from a checkpoint:

    python -m pipeline.train.prepare --data DIR --config configs/train/cpu_continue.yaml --out DIR

`precis train` does the same for every stage, and with --prepare nothing else. Writes train.npz, val.npz and
tokenizer.json for the loop, and what became of every record: dropped.json (reasons and counts by set), dropped.md (the
same as a table) and preparation.json (kinds of pairs, furniture removed, bad records).
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import islice
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer

from pipeline.errors import ConfigError, InputError, PrecisError
from pipeline.train.datafiles import MOST_EXAMPLES, SUFFIXES, BadRecord, read_records, read_set, set_file
from pipeline.train.documents import Rule, document_sentences, rare_names, record_pairs, roundup_paraphrases
from pipeline.train.events import Told, day_of, paraphrases, same_event
from pipeline.train.leakage import Index, reports
from pipeline.train.load import load_plan
from pipeline.train.pack import NEW_TOKENS, pack, save
from pipeline.train.pairs import Pair
from pipeline.train.settings import MADE, Recipe, SetRule
from pipeline.train.tally import Tally, markdown

__all__ = ["document_sentences", "main", "prepare", "read_set", "record_pairs"]

TOKENIZER = "tokenizer.json"
CHUNK = 500  # records that one process works on at a time, and among which reports on one event are looked for
HELD = ("val", "test", "judged")  # splits that nothing trained on may repeat
_index = Index()  # of this process: filled once, read by every chunk


def held_files(data: Path) -> list[tuple[str, Path]]:
    """The files of the splits that nothing trained on may repeat, each with its split."""
    return [(split, f) for split in HELD for f in sorted((data / split).glob("*")) if f.name.endswith(SUFFIXES)]


def held_index(data: Path, names: Sequence[str]) -> Index:
    """Every document and headline of val/, test/ and judged/, and what is held out of the sets without a split."""
    index = Index()
    for split, file in held_files(data):
        for record in read_set(file):
            index.add(split, record)
    for name in names:
        found = set_file(data, "val", name)
        for held in read_records(data, "val", name) if found and found[1] else ():
            if isinstance(held, dict):
                index.add("val", held)
    return index


def _keep_index(index: Index) -> None:
    global _index  # noqa: PLW0603 - one per process, as ProcessPoolExecutor's initializer wants it
    _index = index


def chunk_pairs(args: tuple[Sequence[dict[str, Any]], Rule, frozenset[str]]) -> tuple[list[Pair | str], Tally]:
    """The pairs and reasons of a run of records, and their counts; `splits` are those they must not repeat."""
    records, rule, splits = args
    tally, names = Tally(records=len(records)), rare_names(records)
    found: list[Pair | str] = []
    told = []
    shares = dict(rule.shares)
    for record in records:
        if leak := _index.leak(record, splits):
            found.append(f"leak: {leak}")
            continue
        sentences = document_sentences(record, removed=tally.removed)
        found += record_pairs(record, rule.tasks, shares.get("infill", 0.0), names, shares=shares, sentences=sentences)
        if "paraphrase" in rule.tasks and reports(record):
            found += roundup_paraphrases(record)
        elif "paraphrase" in rule.tasks and len(sentences) >= 3:
            told.append(Told(day_of(record.get("date")), tuple(sentences)))
    found += paraphrases(told, same_event(told))
    tally.count(found)
    return found, tally


def set_pairs(
    records: Iterable[dict[str, Any] | BadRecord], rule: Rule, splits: frozenset[str], pool: ProcessPoolExecutor
) -> tuple[list[Pair], Tally]:
    """The distinct pairs of one set, in order, and the counts of all."""
    tally, good = Tally(), []
    for record in records:
        if isinstance(record, BadRecord):
            tally.records += 1
            tally.outcomes[f"record: {record.reason}"] += 1
            if len(tally.bad) < MOST_EXAMPLES:
                tally.bad.append(f"{record.where}: {record.reason}")
        else:
            good.append(record)
    if "paraphrase" in rule.tasks:  # reports on one event come near each other
        good.sort(key=lambda record: str(record.get("date") or ""))
    chunks = [(good[i : i + CHUNK], rule, splits) for i in range(0, len(good), CHUNK)]
    pairs: dict[Pair, None] = {}
    for found, part in pool.map(chunk_pairs, chunks):
        pairs |= dict.fromkeys(p for p in found if isinstance(p, Pair))
        tally.add(part)
    return list(pairs), tally


def split_pairs(
    data: Path, split: str, rules: Mapping[str, SetRule], seed: int, limit: int | None, pool: ProcessPoolExecutor
) -> Iterator[tuple[str, list[Pair], Tally]]:
    """(set, its shuffled pairs within its cap, its counts) for every set of the rules."""
    splits = frozenset(HELD) - ({"val"} if split == "val" else set())
    for name, given in rules.items():
        rule = Rule.read(given.model_dump())
        pairs, tally = set_pairs(islice(read_records(data, split, name), limit), rule, splits, pool)
        if set_file(data, split, name) is None:
            tally.outcomes["set: no file"] += 1
            if split == "train":
                sys.stderr.write(f"{name}: no such set in {data}\n")
        random.Random(seed).shuffle(pairs)
        yield name, pairs[: rule.most], tally


def prepare(
    data: Path, rules: Mapping[str, SetRule], seed: int, start: Path, out: Path, limit: int | None = None
) -> None:
    """Write the pairs of the sets in `rules` and their reports into `out`, tokenised as the checkpoint `start` does.

    `limit`: records per set and split. InputError if there is no tokenizer.
    """
    if not (start / TOKENIZER).is_file():
        raise InputError(f"no checkpoint there: {TOKENIZER} missing", where=f"start: {start}")
    tokenizer = Tokenizer.from_file(str(start / TOKENIZER))
    tokenizer.add_special_tokens(list(NEW_TOKENS))
    out.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(out / TOKENIZER))
    began, tallies = time.monotonic(), {}
    index = held_index(data, list(rules))
    with ProcessPoolExecutor(2, initializer=_keep_index, initargs=(index,)) as pool:
        for split in ("train", "val"):
            pairs: list[Pair] = []
            for name, found, tally in split_pairs(data, split, rules, seed, limit, pool):
                pairs += found
                tallies[f"{split}/{name}"] = tally
            random.Random(seed).shuffle(pairs)
            save(pack(pairs, tokenizer, seed), out / f"{split}.npz")
            sys.stderr.write(f"{split}: {len(pairs)} pairs\n")
    _report(out, tallies, time.monotonic() - began)


def main(argv: list[str] | None = None) -> int:
    """Prepare a recipe of one stage; exit status 2 for what cannot be used."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder with train/SET.jsonl and val/ (or .gz, .xz)")
    parser.add_argument("--config", type=Path, required=True, help="a recipe: see configs/train/")
    parser.add_argument("--out", type=Path, required=True, help="folder for train.npz, val.npz, dropped.json")
    parser.add_argument("--limit", type=int, help="records per set (to try things out)")
    args = parser.parse_args(argv)
    try:
        recipe = _recipe(args.config, args.data, args.limit)
        prepare(args.data, recipe.stages[0].data, recipe.seed, Path(recipe.start), args.out, args.limit)
    except (PrecisError, OSError) as error:
        for line in str(error).splitlines():
            print(f"precis: {line}", file=sys.stderr)
        return 2
    return 0


def _recipe(config: Path, data: Path, limit: int | None) -> Recipe:
    """The recipe of one stage in `config`; ConfigError names everything that cannot be used."""
    plan, faults = load_plan(config), []
    if not isinstance(plan, Recipe):
        raise ConfigError(["kind: only a recipe has pairs; precis train prepares the others"], where=str(config))
    if len(plan.stages) > 1 or plan.start in MADE:
        faults.append("has several stages, or a start that is to be made: use precis train CONFIG --prepare")
    if not data.is_dir():
        faults.append(f"--data: no such folder: {data}")
    if limit is not None and limit < 1:
        faults.append(f"--limit: should be at least 1, got {limit}")
    if faults:
        raise ConfigError(faults, where=str(config))
    return plan


def _report(out: Path, tallies: dict[str, Tally], seconds: float) -> None:
    outcomes = {name: dict(tally.outcomes) for name, tally in tallies.items()}
    (out / "dropped.json").write_text(json.dumps(outcomes, indent=1), encoding="utf-8")
    (out / "dropped.md").write_text(markdown(tallies), encoding="utf-8")
    whole = {"seconds": round(seconds, 1), "sets": {name: tally.as_json() for name, tally in tallies.items()}}
    (out / "preparation.json").write_text(json.dumps(whole, indent=1), encoding="utf-8")


if __name__ == "__main__":
    raise SystemExit(main())
