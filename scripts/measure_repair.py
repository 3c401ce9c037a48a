"""Measure repair on real articles: how many single planted errors are mended to the true text, how many wrongly.

    python scripts/measure_repair.py --data ../shared/data [--split val] [--limit 150] [--show 10]

`plant_errors.py` plants one error in a true sentence: in one of the article's own, whose evidence is that sentence, and
in people's highlights that the guard passes, whose evidence is what `pipeline.evidence` finds. Counted are the errors
that the guard rejects: mended to a text with the true one's facts, mended to anything else that the guard passes
(wrong), or left alone. Deterministic under --seed.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from measure_guard import SETS, Document, read  # noqa: E402
from plant_errors import foreign_names, plants  # noqa: E402

from pipeline.evidence import supporting  # noqa: E402
from pipeline.facts import extract_facts  # noqa: E402
from pipeline.guard import judge  # noqa: E402
from pipeline.records import Kind  # noqa: E402
from pipeline.repair import mend  # noqa: E402
from pipeline.text.article import make_article  # noqa: E402

KINDS = ("number", "date", "name", "quotation")


def pairs(document: Document) -> Iterator[tuple[str, str, str, Kind]]:
    """(set, true text, its evidence, kind) of one article."""
    for sentence in document.sentences[:12]:
        yield "sentences", sentence, sentence, "summary"
    article = make_article(document.id, document.pools.text)
    for bullet in document.bullets:
        found = " ".join(article.sentences[i].text for i in supporting(bullet, article))
        if judge(bullet, document.source, kind="bullets", evidence=found).ok:
            yield "highlights", bullet, found, "bullets"


def same_facts(one: str, other: str) -> bool:
    """Whether two texts state the same: equal, or equal in numbers and dates by value and in names and quotations."""
    a, b = extract_facts(one), extract_facts(other)
    return one == other or all(
        left == right
        for left, right in (
            ([(q.value, q.unit) for q in a.quantities], [(q.value, q.unit) for q in b.quantities]),
            ([d.value for d in a.dates], [d.value for d in b.dates]),
            ([n.keys for n in a.names], [n.keys for n in b.names]),
            ([[w.key for w in q.words] for q in a.quotations], [[w.key for w in q.words] for q in b.quotations]),
        )
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--split", default="val")
    parser.add_argument("--limit", type=int, default=150, help="articles per set")
    parser.add_argument("--seed", type=int, default=13)
    parser.add_argument("--show", type=int, default=0, help="examples of wrong mends")
    args = parser.parse_args()
    documents = list(read(args.data, args.split, dict.fromkeys(SETS, args.limit)))
    foreign = foreign_names([document.pools for document in documents])
    dice = random.Random(args.seed)
    rows: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    wrong: list[str] = []
    for document in documents:
        for name, true, evidence, kind in pairs(document):
            for planted, text in plants(document.pools, true, foreign, dice):
                if planted.split(":")[0] not in KINDS:
                    continue
                fate, mended = outcome(text, true, evidence, document, kind)
                rows[name, planted][fate] += 1
                if fate == "wrong":
                    wrong.append(f"{planted}\n  true    {true}\n  planted {text}\n  mended  {mended}")
    print("| texts | error | planted | rejected | mended to the truth | mended wrongly |\n|---|---|---|---|---|---|")
    for (name, planted), row in sorted(rows.items()):
        rejected = row.total() - row["passed"]
        shares = [f"{row[f]} ({100 * row[f] / max(1, rejected):.1f} %)" for f in ("right", "wrong")]
        print(f"| {name} | {planted} | {row.total()} | {rejected} | {' | '.join(shares)} |")
    for example in random.Random(args.seed).sample(wrong, min(args.show, len(wrong))):
        print(example)


def outcome(text: str, true: str, evidence: str, document: Document, kind: Kind) -> tuple[str, str]:
    """What became of a planted error (passed, left, right, wrong), and the mended text."""
    verdict = judge(text, document.source, kind=kind, evidence=evidence)
    if verdict.ok:
        return "passed", ""
    mended = mend(text, verdict.reasons, evidence)
    if mended is None or not judge(mended[0], document.source, kind=kind, evidence=evidence).ok:
        return "left", ""
    return ("right" if same_facts(mended[0], true) else "wrong"), mended[0]


if __name__ == "__main__":
    main()
