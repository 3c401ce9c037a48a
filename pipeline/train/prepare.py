"""Data folder → packed pairs: `python -m pipeline.train.prepare --data DIR --config configs/train/cpu.yaml`."""

from __future__ import annotations

import argparse
import hashlib
import json
import lzma
import random
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import islice
from pathlib import Path
from typing import Any

import yaml
from tokenizers import Tokenizer

from pipeline.lexicon import is_english
from pipeline.text.sentences import split_sentences
from pipeline.train.pack import NEW_TOKENS, pack, save
from pipeline.train.pairs import Pair, brief_pairs, clean, headline_pairs, infill_pair, with_other_names

OTHER_NAMES = 0.15
MID_NAME = re.compile(r"(?<=[a-z,] )[A-Z][a-z]{3,}\b")


def read_set(path: Path) -> Iterator[dict[str, Any]]:
    """The records of one xz-compressed JSONL file."""
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def document_sentences(record: dict[str, Any], most: int = 30) -> list[str]:
    """The first `most` sentences, cleaned, without by-lines and other fragments."""
    found: list[str] = []
    for paragraph in str(record["document"]).split("\n"):
        if len(found) >= most:
            break
        sentences = [clean(s.text) for s in split_sentences(paragraph)]
        found += [s for s in sentences if len(s.split()) >= 5 and s[-1] in ".?!\"')"]
    return found[:most]


def targets_of(record: dict[str, Any]) -> list[str]:
    """Highlights, or else the sentences of the summary."""
    bullets = record.get("bullets")
    if bullets:
        return [str(b) for b in bullets]
    summary = record.get("summary")
    return [s.text for s in split_sentences(str(summary))] if summary else []


def record_pairs(
    record: dict[str, Any], tasks: list[str], infill: float, names: Sequence[str] = ()
) -> list[Pair | str]:
    """Every pair (or reason) one record gives; chance depends only on the record's id.

    A share OTHER_NAMES of the pairs has names exchanged for some of `names`.
    """
    sentences = document_sentences(record)
    if len(sentences) < 3:
        return ["document: under three sentences"]
    found: list[Pair | str] = []
    if "headline" in tasks:
        found += headline_pairs(record, sentences)
    if "brief" in tasks:
        found += brief_pairs(sentences, targets_of(record))
    rng = random.Random(hashlib.sha256(str(record["id"]).encode()).digest())
    found = [
        with_other_names(p, names, rng) if isinstance(p, Pair) and rng.random() < OTHER_NAMES else p for p in found
    ]
    if rng.random() < infill:
        pair = infill_pair(sentences, rng)
        found += [pair] if pair else []
    return found


def rare_names(records: Sequence[dict[str, Any]]) -> list[str]:
    """Capitalised words in mid-sentence that few of the records have and no English word list knows, sorted."""
    seen: Counter[str] = Counter()
    for record in records:
        seen.update(set(MID_NAME.findall(str(record["document"]))))
    return sorted(name for name, n in seen.items() if n <= 3 and not is_english(name.lower()))


def _work(args: tuple[list[dict[str, Any]], list[str], float]) -> list[Pair | str]:
    names = rare_names(args[0])
    return [p for record in args[0] for p in record_pairs(record, args[1], args[2], names)]


def set_pairs(path: Path, rule: dict[str, Any], limit: int | None, pool: ProcessPoolExecutor) -> list[Pair | str]:
    """All pairs of one set, in order; `rule` = {tasks, infill, most}."""
    records = list(islice(read_set(path), limit))
    parts = [(records[i : i + 500], rule["tasks"], rule.get("infill", 0.0)) for i in range(0, len(records), 500)]
    return [p for part in pool.map(_work, parts) for p in part]


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with train/ and val/ *.jsonl.xz")
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True, help="folder for train.npz, val.npz, dropped.json")
    parser.add_argument("--limit", type=int, help="records per set (to try things out)")
    args = parser.parse_args(argv)
    config = yaml.safe_load(args.config.read_text())
    tokenizer = Tokenizer.from_file(str(Path(config["start"]) / "tokenizer.json"))
    tokenizer.add_special_tokens(list(NEW_TOKENS))
    args.out.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(args.out / "tokenizer.json"))
    tally: dict[str, Counter[str]] = {}
    with ProcessPoolExecutor(2) as pool:
        for split in ("train", "val"):
            pairs: list[Pair] = []
            for name, rule in config["data"].items():
                path = args.data / split / f"{name}.jsonl.xz"
                found = set_pairs(path, rule, args.limit, pool) if path.exists() else []
                kept = list(dict.fromkeys(p for p in found if isinstance(p, Pair)))
                tally[f"{split}/{name}"] = Counter(p if isinstance(p, str) else f"kept: {p.task}" for p in found)
                random.Random(config["seed"]).shuffle(kept)
                pairs += kept[: rule.get("most", len(kept))]
            random.Random(config["seed"]).shuffle(pairs)
            save(pack(pairs, tokenizer, config["seed"]), args.out / f"{split}.npz")
            sys.stderr.write(f"{split}: {len(pairs)} pairs\n")
    (args.out / "dropped.json").write_text(json.dumps(tally, indent=1))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
