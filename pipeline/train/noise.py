"""Noise made on purpose: a sentence with a span masked, and names exchanged for others."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from pipeline.train.pairs import Pair, size_of

NAME = re.compile(r"\b[A-Z][a-z]{3,}\b")


def with_other_names(pair: Pair, names: Sequence[str], rng: random.Random) -> Pair:
    """The pair with one or two names of its target exchanged for unrelated ones, in source and target alike.

    What cannot be guessed has to be copied: this teaches names of several tokens. A pair without a name stays.
    """
    own = sorted({w for w in NAME.findall(pair.target) if re.search(rf"\b{w}\b", pair.focus)})
    if not own or not names:
        return pair
    for name in rng.sample(own, min(len(own), rng.choice((1, 2)))):
        other = rng.choice(names)
        swap = partial(re.compile(rf"\b{name}\b").sub, other)
        pair = replace(pair, focus=swap(pair.focus), context=swap(pair.context), target=swap(pair.target))
    return replace(pair, size=size_of(pair.task, pair.target))


def infill_pair(sentences: Sequence[str], rng: random.Random) -> Pair | None:
    """A sentence from itself with 15–35 % of its words masked in one span; its neighbour is the context.

    Text infilling: Lewis et al. 2020 (BART), section 2.2.
    """
    i = rng.randrange(len(sentences))
    words = sentences[i].split()
    if not 8 <= len(words) <= 40 or sentences[i][-1] not in '.?!"':
        return None
    width = max(1, round(len(words) * rng.uniform(0.15, 0.35)))
    at = rng.randrange(len(words) - width)
    masked = " ".join(words[:at]) + " <mask> " + " ".join(words[at + width :])
    context = sentences[i - 1] if i else ""
    return Pair("rewrite", masked.strip(), context, sentences[i], size_of("rewrite", sentences[i]), kind="infill")
