"""How good the independent fact checker (`bench/checker.py`) is: planted errors seen, alarms on true text.

    .venv/bin/python scripts/measure_checker.py --data DATA [--split val] [--limit 300] [--show 10]

Errors are planted by `plant_errors.py` in the articles' own sentences; "within" puts a fact of the article in another
place, which containment cannot see. True text: the articles' own sentences; people's highlights (an upper bound of
the false alarms, since many state what the article does not); model sentences of QAGS that all three readers found
consistent, beside those that all found inconsistent (for any reason).
"""

from __future__ import annotations

import argparse
import random
import re
import sys
from collections import Counter
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.checker import Known, check, common_words  # noqa: E402
from bench.sets import read_records  # noqa: E402
from bench.tables import wilson  # noqa: E402
from measure_guard import is_usable  # noqa: E402
from plant_errors import foreign_names, plants, read_pools  # noqa: E402

from pipeline.text.sentences import split_sentences  # noqa: E402

SETS = ("cnn_highlights_allsides", "allsides_abp", "content")
SEEN_AS = {
    "number:fresh": ("number",), "number:within": ("number",), "date:fresh": ("name", "number"),
    "date:within": ("name", "number"), "name:fresh": ("name",), "name:within": ("name",), "name:joined": ("name",),
    "quotation": ("quotation",),
}  # fmt: skip


class Rows:
    """Counts by row: texts, alarms that count, and examples of the unwanted outcome."""

    def __init__(self) -> None:
        self.n: Counter[str] = Counter()
        self.hits: Counter[str] = Counter()
        self.kinds: dict[str, Counter[str]] = {}
        self.examples: dict[str, list[str]] = {}

    def add(self, row: str, text: str, found: list[Any], wanted: tuple[str, ...] = ()) -> None:
        hit = any(not wanted or alarm.kind in wanted for alarm in found)
        self.n[row] += 1
        self.hits[row] += hit
        self.kinds.setdefault(row, Counter()).update({alarm.kind for alarm in found})
        if hit != bool(wanted):
            self.examples.setdefault(row, []).append(f"{text}   {[(a.kind, a.text) for a in found]}")

    def show(self, examples: int, dice: random.Random) -> None:
        print("| texts | n | with an alarm | 95 % | kinds |\n|---|---|---|---|---|")
        for row, n in self.n.items():
            low, high = wilson(self.hits[row], n)
            kinds = ", ".join(f"{kind} {count}" for kind, count in self.kinds[row].most_common())
            print(f"| {row} | {n} | {100 * self.hits[row] / n:.1f} % | {100 * low:.1f}–{100 * high:.1f} | {kinds} |")
        for row, texts in self.examples.items():
            for text in dice.sample(texts, min(examples, len(texts))):
                print(f"    {row}: {text}")


def planted(documents: list[str], rows: Rows, common: frozenset[str], dice: random.Random) -> None:
    """Rows of planted errors and of the true sentences they were planted in."""
    pools = [read_pools(text) for text in documents]
    foreign = foreign_names(pools)
    for pool in pools:
        known = Known(pool.text)
        for sentence in (s.text for s in split_sentences(pool.text)):
            if not is_usable(sentence):
                continue
            rows.add("own sentences", sentence, check(sentence, known, common))
            for kind, text in plants(pool, sentence, foreign, dice):
                if kind in SEEN_AS:
                    rows.add(f"planted {kind}", text, check(text, known, common), SEEN_AS[kind])


def judged(path: Path, rows: Rows, common: frozenset[str]) -> None:
    """Rows of QAGS sentences by what the three readers said."""
    for record in read_records(path):
        known = Known(_respaced(record["document"]))
        for said in record["sentences"]:
            if len(set(said["votes"])) == 1:
                name = "consistent" if said["consistent"] else "inconsistent"
                text = _respaced(said["text"])
                rows.add(f"QAGS, all say {name}", text, check(text, known, common))


def _respaced(text: str) -> str:
    """This set writes "3, 000", "98. 7" and "three - day"."""
    return re.sub(r"(?<=\d)([.,]) (?=\d)| (-) (?=[a-z])", lambda match: match[1] or match[2], text)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--split", default="val")
    parser.add_argument("--limit", type=int, default=300, help="articles per set")
    parser.add_argument("--seed", type=int, default=13)
    parser.add_argument("--show", type=int, default=0, help="examples of unwanted outcomes per row")
    args = parser.parse_args()
    records = [
        r for name in SETS for r in list(read_records(args.data / args.split / f"{name}.jsonl.xz"))[: args.limit]
    ]
    common = common_words(record["document"] for record in records)
    rows, dice = Rows(), random.Random(args.seed)
    planted([record["document"] for record in records], rows, common, dice)
    for record in records:
        known = Known(record["document"])
        for bullet in record.get("bullets") or ():
            rows.add("highlights (people's)", bullet, check(bullet, known, common))
    judged(args.data / "judged" / "qags.jsonl.xz", rows, common)
    rows.show(args.show, dice)


if __name__ == "__main__":
    main()
