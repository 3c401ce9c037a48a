"""Records {document, summary?, bullets?, headline?} → training pairs, with the reason for each pair left out.

Three tasks, each a token at the start of the encoder's input (`<headline>`, `<brief>`, `<rewrite>`):
headline  the title from the first sentences of the article;
brief     one highlight (or summary sentence) from the one or two sentences that support it best, with the
          sentence before them and the article's first sentence as context (Chen & Bansal 2018 align the same way);
rewrite   a sentence from itself with a span masked (text infilling, Lewis et al. 2020): teaches copying of rare words.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise
from typing import Any

from pipeline.text.casing import sentence_case
from pipeline.text.words import WORD, content_words, stems
from pipeline.train.support import recall, supported

FURNITURE = re.compile(
    r"^(opinion|analysis|exclusive|breaking|watch|video|photos?|live( updates)?|poll|commentary|editorial|"
    r"fact check|updated?)\s*[:|\-–—]\s*|\s+[|–—-]\s+[A-Z][\w.' ]{2,30}$|"
    r"\s*[\[(](video|photos?|updated?|opinion)[\])]\s*",
    re.IGNORECASE,
)
TEASER = re.compile(
    r"\?|^(why|how|what|who|when|where|here'?s|this|these|\d+ (things|ways|reasons|takeaways))\b|"
    r"\b(you|we|i|my|our)\b|!|\.\.\.|…|"
    r"\b(dlrs?|mln|pct)\b|\([\w.]{1,6}\)",
    re.IGNORECASE,
)
NAME = re.compile(r"\b[A-Z][a-z]{3,}\b")
QUOTES = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'", "\u00a0": " ", "–": "-"})


@dataclass(frozen=True, slots=True)
class Pair:
    """One training example: `focus` is rewritten, `context` only read; `size` and `novelty` pick control tokens."""

    task: str
    focus: str
    context: str
    target: str
    size: int
    novelty: int = 0


def clean(text: str) -> str:
    """Quotes as the tokenizer was trained on, no space before a full stop or comma, single spaces."""
    return re.sub(r"\s+([.,;:!?])", r"\1", " ".join(text.translate(QUOTES).split()))


def size_of(task: str, target: str) -> int:
    """Length bucket 1–6: characters of a headline, words of anything else."""
    bounds, n = (
        ((40, 52, 64, 76, 90), len(target)) if task == "headline" else ((7, 10, 13, 17, 23), len(target.split()))
    )
    return 1 + sum(n > b for b in bounds)


def novelty_of(target: str, source: str) -> int:
    """How far the target leaves the source's wording: bucket 1–3 of the share of its bigrams not in the source."""
    told, read = (WORD.findall(text.lower()) for text in (target, source))
    known = set(pairwise(read))
    own = list(pairwise(told))
    share = sum(pair not in known for pair in own) / max(1, len(own))
    return 1 + (share > 0.25) + (share > 0.6)


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


def headline_pairs(record: Mapping[str, Any], sentences: Sequence[str]) -> Iterator[Pair | str]:
    """The title from the first six sentences, or the reason why it is left out."""
    raw = record.get("headline")
    if not raw:
        return
    title = clean(FURNITURE.sub("", clean(raw))).rstrip(".")
    source = " ".join(sentences[:6])
    if TEASER.search(title) or not 4 <= len(title.split()) <= 18:
        yield "headline: teaser or length"
    elif not supported(title, stems([source]), 0.66):
        yield "headline: unsupported"
    else:
        title = sentence_case(title, clean(str(record["document"])))
        title = title[0].upper() + title[1:]
        yield Pair("headline", source, "", title, size_of("headline", title), novelty_of(title, source))


def focus_of(target: Sequence[str], sentence_stems: Sequence[set[str]]) -> list[int]:
    """The sentence that supports the target best, and a second one if it adds two content words or more."""
    best = max(range(len(sentence_stems)), key=lambda i: (recall(target, sentence_stems[i]), -i))
    left = [w for w in target if w not in sentence_stems[best]]
    near = [i for i in range(len(sentence_stems)) if i != best]
    second = max(near, key=lambda i: (sum(w in sentence_stems[i] for w in left), -abs(i - best)), default=best)
    gain = sum(w in sentence_stems[second] for w in left)
    return sorted({best, second}) if gain >= 2 else [best]


def context_of(focus: Sequence[int], sentences: Sequence[str]) -> str:
    """The article's first sentence and the one before the focus, unless they are the focus itself."""
    around = [i for i in sorted({0, focus[0] - 1}) if i >= 0 and i not in focus]
    return " ".join(sentences[i] for i in around)


def brief_pairs(sentences: Sequence[str], targets: Sequence[str]) -> Iterator[Pair | str]:
    """One pair per highlight or summary sentence, or the reason why it is left out."""
    sentence_stems = [stems([s]) for s in sentences]
    for raw in targets:
        target = clean(raw)
        words = content_words(target)
        if not 5 <= len(target.split()) <= 32 or len(words) < 3:
            yield "brief: length"
            continue
        focus = focus_of(words, sentence_stems)
        text, context = " ".join(sentences[i] for i in focus), context_of(focus, sentences)
        if not supported(target, stems([text]), 0.7) and not supported(target, stems([text, context]), 0.8):
            yield "brief: unsupported"
        elif target.rstrip(".").lower() == text.rstrip(".").lower():
            yield "brief: verbatim"
        else:
            target = target if target[-1] in ".?!\"'" else target + "."
            target = target[0].upper() + target[1:]
            yield Pair("brief", text, context, target, size_of("brief", target), novelty_of(target, text))


def infill_pair(sentences: Sequence[str], rng: random.Random) -> Pair | None:
    """A sentence from itself with 15–35 % of its words masked in one span; its neighbour is the context."""
    i = rng.randrange(len(sentences))
    words = sentences[i].split()
    if not 8 <= len(words) <= 40 or sentences[i][-1] not in '.?!"':
        return None
    width = max(1, round(len(words) * rng.uniform(0.15, 0.35)))
    at = rng.randrange(len(words) - width)
    masked = " ".join(words[:at]) + " <mask> " + " ".join(words[at + width :])
    context = sentences[i - 1] if i else ""
    return Pair("rewrite", masked.strip(), context, sentences[i], size_of("rewrite", sentences[i]))
