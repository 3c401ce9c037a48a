"""Packed pairs → the tokens that any text may have (`pipeline.engines.shortlist`), kept with the model.

    python -m pipeline.train.shortlist --pairs OUT/work/STAGE/pairs --out MODEL

`precis train` does it with every model it writes; by itself it is for a model that has none.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from pipeline.engines.shortlist import Ints, write_shortlist
from pipeline.train.pack import END, Packed, load

SIZE = 4096


def common_tokens(packed: Packed, tokenizer: Tokenizer, size: int = SIZE) -> Ints:
    """`size` token ids in ascending order: those that most targets have and their sources have not; the single
    characters, with which everything can be spelled, and the end besides.

    Equally frequent tokens count in the order of their ids, which in byte-pair encoding is about that of frequency.
    """
    counts = np.zeros(tokenizer.get_vocab_size(), np.int64)
    for i in range(len(packed)):
        source, target = packed.example(i)
        counts[np.setdiff1d(target, source)] += 1
    counts[list(tokenizer.get_added_tokens_decoder())] = -1
    vocabulary = tokenizer.get_vocab(with_added_tokens=False)
    counts[[token for piece, token in vocabulary.items() if len(piece) == 1]] = np.iinfo(np.int64).max
    counts[END] = np.iinfo(np.int64).max
    return np.sort(np.argsort(-counts, kind="stable")[:size])


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True, help="the model's folder, with the pairs' tokenizer")
    parser.add_argument("--size", type=int, default=SIZE)
    args = parser.parse_args(argv)
    tokenizer = Tokenizer.from_file(str(args.out / "tokenizer.json"))
    write_shortlist(args.out, common_tokens(load(args.pairs / "train.npz"), tokenizer, args.size).tolist())
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
