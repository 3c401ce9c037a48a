"""Records {document, summary?, bullets?, headline?} → training pairs, with the reason for each pair left out.

Three tasks, each a token at the start of the encoder's input (`<headline>`, `<brief>`, `<rewrite>`):
headline  the title from the first sentences of the article, or from the two first and those that support it;
brief     one highlight (or summary sentence) from the one or two sentences that support it best, with the
          sentence before them and the article's first sentence as context (Chen & Bansal 2018 align the same way);
          the pairs of `events` and `objectives` are of this task too: the engine asks for a rewrite as a brief;
rewrite   a sentence from itself with a span masked (`noise.infill_pair`): teaches copying of rare words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from pipeline.text.words import WORD, content_words
from pipeline.train.clean import clean, clean_title
from pipeline.train.leakage import reports
from pipeline.train.support import fault, known_stems, recall
from pipeline.train.titles import TICKER, sentence_cased, teases, without_stop

__all__ = ["Pair", "brief_pairs", "clean", "headline_pairs", "novelty_of", "size_of", "telling"]

HEADLINE_SHARE, BRIEF_SHARE, WIDE_SHARE = 0.66, 0.7, 0.8  # content words a source must have; wide: with its context
OPENING = 6  # sentences
HEADLINE_CHARS = 580  # what the model reads for a headline: `pack.FOCUS_TOKENS` at 4.6 characters a token
BRIEF_CHARS = 500
LIST_OF_TOPICS = re.compile(r"\b(and|&) more\b[.!… ]*$|!\s*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Pair:
    """One training example: `focus` is rewritten, `context` only read; `size` and `novelty` pick control tokens.

    `kind`: where it comes from, for the counts; two pairs that differ in nothing else are the same.
    """

    task: str
    focus: str
    context: str
    target: str
    size: int
    novelty: int = 0
    kind: str = field(default="", compare=False)


def size_of(task: str, target: str) -> int:
    """Length bucket 1–6: characters of a headline, words of anything else."""
    bounds, n = (
        ((40, 52, 64, 76, 90), len(target)) if task == "headline" else ((7, 10, 13, 17, 23), len(target.split()))
    )
    return 1 + sum(n > b for b in bounds)


def novelty_of(target: str, source: str) -> int:
    """How far the target leaves the source's wording: bucket 1–3 of the share of its bigrams not in the source."""
    share = new_bigrams(target, source)
    return 1 + (share > 0.25) + (share > 0.6)


def new_bigrams(target: str, source: str) -> float:
    """Share of the target's word bigrams that the source does not have."""
    told, read = (WORD.findall(text.lower()) for text in (target, source))
    known = set(pairwise(read))
    own = list(pairwise(told))
    return sum(pair not in known for pair in own) / max(1, len(own))


def headline_pairs(record: Mapping[str, Any], sentences: Sequence[str]) -> Iterator[Pair | str]:
    """The titles of a record from the opening or the sentences that tell them, or the reason why one is left out."""
    given: dict[str, list[Any]] = {"title": [record.get("headline")], "variant": _variants(record)}
    seen: set[str] = set()
    for kind, titles in given.items():
        for raw in titles:
            title = without_stop(TICKER.sub("", clean_title(str(raw or ""))))
            if title and title.lower() not in seen:
                seen.add(title.lower())
                yield headline_pair(title, sentences, f"headline: {kind}")


def headline_pair(title: str, sentences: Sequence[str], kind: str) -> Pair | str:
    """One cleaned title, in sentence case, from what the model can read of the article; or the reason against it."""
    if teases(title):
        return "headline: teaser, or no news"
    if not 4 <= len(title.split()) <= 18:
        return "headline: length"
    title = sentence_cased(title, "\n".join(sentences))
    opening = fitting(sentences[:OPENING], HEADLINE_CHARS)
    why = fault(title, opening, HEADLINE_SHARE)
    source = opening
    if why:
        source = " ".join(sentences[i] for i in telling(content_words(title), sentences))
        why = fault(title, source, HEADLINE_SHARE) if source != opening else why
    if why:
        return f"headline: unsupported {why}"
    title = title[0].upper() + title[1:]
    return Pair("headline", source, "", title, size_of("headline", title), novelty_of(title, source), kind)


def _variants(record: Mapping[str, Any]) -> list[str]:
    """Other titles of the record, at most three; those of a roundup belong to its reports."""
    if reports(record):
        return []
    found: list[str] = []
    for name in ("headline_variants", "alt_headlines", "headlines"):
        found += [t for t in record.get(name) or () if isinstance(t, str)]
    return found[:3]


def fitting(sentences: Sequence[str], most: int) -> str:
    """The first sentences that have at most `most` characters together; of a longer first one, its start."""
    kept = sentences[0][:most]
    for sentence in sentences[1:]:
        if len(kept) + 1 + len(sentence) > most:
            break
        kept += " " + sentence
    return kept


def telling(target: Sequence[str], sentences: Sequence[str], most: int = HEADLINE_CHARS) -> list[int]:
    """The two first sentences and up to two others that add most of the target's content words, in their order.

    All within `most` characters: the second sentence gives way to others, the first one never.
    """
    found = [known_stems(sentence) for sentence in sentences]
    chosen, used = [0], len(sentences[0])
    left = {w for w in target if w not in found[0]}
    near = [i for i in range(1, len(sentences)) if i != 1] if len(sentences) > 1 else []
    for _ in range(2):
        fits = [i for i in near if i not in chosen and used + len(sentences[i]) < most]
        best = max(fits, key=lambda i: (len(left & found[i]), -i), default=0)
        if not best or not left & found[best]:
            break
        chosen.append(best)
        used += 1 + len(sentences[best])
        left -= found[best]
    if len(sentences) > 1 and used + len(sentences[1]) < most:
        chosen.append(1)
    return sorted(chosen)


def focus_of(target: Sequence[str], sentence_stems: Sequence[Set[str]]) -> list[int]:
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


def brief_pairs(sentences: Sequence[str], targets: Sequence[str], kind: str = "brief") -> Iterator[Pair | str]:
    """One pair per highlight or summary sentence, or the reason why it is left out."""
    sentence_stems = [known_stems(s) for s in sentences]
    for raw in targets:
        target = clean(raw)
        words = content_words(target)
        if not 5 <= len(target.split()) <= 32 or len(words) < 3:
            yield "brief: length"
            continue
        if LIST_OF_TOPICS.search(target):
            yield "brief: list of topics"
            continue
        focus = focus_of(words, sentence_stems)
        yield brief_pair(target, " ".join(sentences[i] for i in focus), context_of(focus, sentences), kind)


def brief_pair(target: str, text: str, context: str, kind: str, share: float = BRIEF_SHARE) -> Pair | str:
    """One cleaned target from `text`, or the reason against it; with its `context` more of the words must be there."""
    read = text[:BRIEF_CHARS]
    why = fault(target, read, share)
    if why and context:
        why = fault(target, f"{read} {context}", WIDE_SHARE)
    if why:
        return f"brief: unsupported {why}"
    if target.rstrip(".").lower() == text.rstrip(".").lower():
        return "brief: verbatim"
    target = target if target[-1] in ".?!\"'" else target + "."
    target = target[0].upper() + target[1:]
    return Pair("brief", text, context, target, size_of("brief", target), novelty_of(target, text), kind)
