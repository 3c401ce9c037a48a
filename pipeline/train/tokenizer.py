"""The tokenizer of a model trained from nothing: byte-level BPE, cased, digits in groups of at most three."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

from pipeline.train.datafiles import read_records

SPECIAL = ("<s>", "<pad>", "</s>", "<unk>", "<mask>", "<headline>", "<summary>", "<brief>")
QUOTES = {"’": "'", "‘": "'", "“": '"', "”": '"'}
PIECES = r"'(?:[sdmtSDMT]|ll|ve|re)\b| ?\p{L}+| ?\p{N}{1,3}| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"


def train_tokenizer(texts: Iterable[str], vocabulary: int) -> Tokenizer:
    """A tokenizer of at most `vocabulary` tokens, the special ones first and the 256 bytes after them."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFC(), *(normalizers.Replace(a, b) for a, b in QUOTES.items())]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(PIECES), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary,
        special_tokens=list(SPECIAL),
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> $B </s>",
        special_tokens=[(token, SPECIAL.index(token)) for token in ("<s>", "</s>")],
    )
    return tokenizer


def texts_of(data: Path, sets: Iterable[str], most: int | None) -> Iterator[str]:
    """The texts of the training records of `sets`, `most` records of each."""
    for name in sets:
        records = (r for r in read_records(data, "train", name) if isinstance(r, dict))
        for record in islice(records, most):
            for field in ("headline", "document", "summary"):
                if record.get(field):
                    yield str(record[field])
