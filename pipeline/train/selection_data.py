"""Articles with highlights → token ids, features and oracle labels by sentence: what the sentence selector learns from.

An article's labels are the greedy oracle's (Nallapati et al. 2017): the sentences that, added one by one, raise ROUGE-1
plus ROUGE-2 F against its highlights, at most four. Sentences are tokenised one by one, as the engine does it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from tokenizers import Tokenizer

from pipeline.engines.base import SENTENCE_TOKENS
from pipeline.errors import InputError
from pipeline.extract import oracle
from pipeline.records import Article
from pipeline.salience import features_without_title
from pipeline.text.sentences import split_sentences
from pipeline.train.datafiles import BadRecord, read_records
from pipeline.train.leakage import Index
from pipeline.train.pairs import clean
from pipeline.train.prepare import HELD

ORACLE = 4  # sentences at most
SENTENCES = 60  # what is read of one article
LEAST = 4  # sentences that an article needs for there to be a choice


@dataclass(frozen=True, slots=True)
class Labelled:
    """Ragged: sentence i has `tokens[at[i]:at[i+1]]`, `features[i]`, `label[i]`; article k `first[k]:first[k+1]`."""

    tokens: np.ndarray
    at: np.ndarray
    features: np.ndarray
    label: np.ndarray
    first: np.ndarray

    def __len__(self) -> int:
        return len(self.first) - 1


def labelled(record: Mapping[str, Any]) -> tuple[Article, tuple[int, ...]] | None:
    """The article and its oracle sentences; None without highlights, or where there is nothing to choose."""
    text = "\n\n".join(clean(p) for p in str(record["document"]).split("\n") if p.strip())
    sentences = tuple(split_sentences(text))[:SENTENCES]
    bullets = [str(bullet) for bullet in record.get("bullets") or ()]
    if len(sentences) < LEAST or not bullets:
        return None
    article = Article(id=str(record["id"]), text=text, sentences=sentences)
    chosen = oracle(article, ["\n".join(bullets)], ORACLE)
    return (article, chosen) if chosen else None


def examples(
    data: Path, split: str, sets: Iterable[str], limit: int | None, held: Index, outcomes: Counter[str]
) -> Iterator[tuple[Article, tuple[int, ...]]]:
    """The usable articles of a split, from the first `limit` records of each set; what became of all in `outcomes`.

    Of the training split, what is near a document or headline of `held` is left out.
    """
    for name in sets:
        for record in islice(read_records(data, split, name), limit):
            if isinstance(record, BadRecord):
                outcomes[f"{record.where}: {record.reason}"] += 1
            elif split == "train" and (leak := held.leak(record, frozenset(HELD))):
                outcomes[f"leak: {leak}"] += 1
            elif (pair := labelled(record)) is None:
                outcomes["nothing to learn: no highlights, or too few sentences"] += 1
            else:
                outcomes["kept"] += 1
                yield pair


def pack(pairs: Iterable[tuple[Article, tuple[int, ...]]], tokenizer: Tokenizer) -> Labelled:
    """All articles, tokenised; InputError if there are none."""
    tokens: list[np.ndarray] = []
    numbers: list[np.ndarray] = []
    labels: list[bool] = []
    for article, chosen in pairs:
        texts = [f" {sentence.text}" for sentence in article.sentences]
        found = tokenizer.encode_batch(texts, add_special_tokens=False)
        tokens += [np.asarray(one.ids[:SENTENCE_TOKENS], np.uint16) for one in found]
        numbers.append(np.array(features_without_title(article), np.float16))
        labels += [i in chosen for i in range(len(texts))]
    if not tokens:
        raise InputError("no article with highlights to learn from")
    at = np.cumsum([0, *map(len, tokens)])
    first = np.cumsum([0, *map(len, numbers)])
    return Labelled(np.concatenate(tokens), at, np.concatenate(numbers), np.array(labels, np.float32), first)


def save(packed: Labelled, path: Path) -> None:
    np.savez_compressed(path, **{name: getattr(packed, name) for name in Labelled.__slots__})


def load(path: Path) -> Labelled:
    with np.load(path) as stored:
        return Labelled(**{name: stored[name] for name in Labelled.__slots__})
