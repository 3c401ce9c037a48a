"""Examples → token ids for the loop, and what validation needs to be scored."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from pipeline.errors import InputError
from pipeline.files import write_json, write_jsonl
from pipeline.text.sentences import split_sentences
from pipeline.train.clean import clean
from pipeline.train.columns import Example, Read
from pipeline.train.documents import document_sentences
from pipeline.train.pack import TARGET_TOKENS, Packed, pack, ragged, save
from pipeline.train.pairs import Pair, brief_pairs, novelty_of, size_of
from pipeline.train.settings import FineTune
from pipeline.train.tunable import Base, vocabulary

READ_WORDS = 110  # about what the embedded model reads for a headline


def write_examples(read: Read, base: Base, plan: FineTune, out: Path) -> None:
    """train.npz, val.npz, references.jsonl (of val.npz, in order), counts.json; for one of ours its tokenizer."""
    lost: Counter[str] = Counter()
    tokenizer = vocabulary(base) if base.ours else None
    if read.skipped:
        lost["records without source or target"] = read.skipped
    for split, examples in (("train", read.train), ("val", read.val)):
        if tokenizer is not None:
            pairs, reasons = our_pairs(examples, read.target, plan)
            lost.update(reasons)
            fitting = [pair for pair in pairs if len(ids_of(pair.target, tokenizer)) <= TARGET_TOKENS]
            if len(fitting) < len(pairs):
                lost[f"{split}: targets over {TARGET_TOKENS} tokens"] += len(pairs) - len(fitting)
            # at a check control tokens would tell of the answer
            packed = pack(fitting, tokenizer, plan.seed, 0.75 if split == "train" else 0.0)
            told = [pair.target for pair in fitting]
        else:
            packed, cut = tokenised(examples, base, plan)
            lost.update({f"{split}: {what}": n for what, n in cut.items() if n})
            told = [as_text(example.target) for example in examples]
        if not len(packed):
            raise InputError(f"no {split} examples are left: {_told(lost)}", where=f"target: {read.target}")
        save(packed, out / f"{split}.npz")
        if split == "val":
            write_jsonl(out / "references.jsonl", ({"reference": text} for text in told))
    if tokenizer is not None:
        tokenizer.save(str(out / "tokenizer.json"))
    write_json(out / "counts.json", {"target": read.target, "lost": dict(sorted(lost.items()))})


def our_pairs(examples: Sequence[Example], target: str, plan: FineTune) -> tuple[list[Pair], Counter[str]]:
    """Pairs as the embedded model reads them: a headline from the text's beginning, a point from its own sentences."""
    task = plan.task or ("brief" if target in ("summary", "bullets") else "headline")
    found: list[Pair | str] = []
    for example in examples:
        if task == "headline":
            source, told = " ".join(clean(example.source).split()[:READ_WORDS]), clean(" ".join(example.target))
            found.append(Pair("headline", source, "", told, size_of("headline", told), novelty_of(told, source)))
        else:
            sentences = document_sentences({"document": example.source})
            points = example.target if len(example.target) > 1 else [s.text for s in split_sentences(example.target[0])]
            found += brief_pairs(sentences, points) if sentences else ["brief: no sentences"]
    pairs = [pair for pair in found if isinstance(pair, Pair)]
    return pairs, Counter(reason for reason in found if isinstance(reason, str))


def tokenised(examples: Sequence[Example], base: Base, plan: FineTune) -> tuple[Packed, dict[str, int]]:
    """Sources with the prefix and targets as the model's own tokenizer has them, and how many of each were cut."""
    limit = min(plan.max_source_tokens, getattr(base.config, "max_position_embeddings", None) or plan.max_source_tokens)
    sources = [base.tokenizer(base.prefix + example.source)["input_ids"] for example in examples]
    targets = [base.tokenizer(text_target=as_text(example.target))["input_ids"] for example in examples]
    cut = {
        f"sources cut at {limit} tokens": sum(len(ids) > limit for ids in sources),
        f"targets cut at {plan.max_target_tokens} tokens": sum(len(ids) > plan.max_target_tokens for ids in targets),
    }
    packed = Packed(
        *ragged([_cut(ids, limit) for ids in sources], np.int32),
        *ragged([_cut(ids, plan.max_target_tokens) for ids in targets], np.int32),
        np.zeros(len(examples), np.uint8),
    )
    return packed, cut


def ids_of(text: str, tokenizer: Tokenizer) -> list[int]:
    """Token ids without special tokens."""
    return list(tokenizer.encode(text, add_special_tokens=False).ids)


def as_text(target: Sequence[str]) -> str:
    """A target as it is learnt: several points on a line each."""
    return "\n".join(target)


def counts_of(folder: Path) -> dict[str, str]:
    """What became of the examples, for the card."""
    found = json.loads((folder / "counts.json").read_text(encoding="utf-8"))
    return {"target column": found["target"], **{what: str(n) for what, n in found["lost"].items()}}


def _cut(ids: list[int], limit: int) -> list[int]:
    """The first `limit` ids; the last one kept, which ends a text."""
    return ids if len(ids) <= limit else [*ids[: limit - 1], ids[-1]]


def _told(lost: Counter[str]) -> str:
    return ", ".join(f"{what} {n}" for what, n in lost.most_common()) or "none were given"
