"""Self-supervised news objectives: pairs that any article gives, kept only where the input supports the target.

lead  the first sentence from the later ones that tell it (lead bias, Zhu et al. 2019)
gap   the sentence that its neighbours support best, masked, from these neighbours (PEGASUS, Zhang et al. 2020)
Both are `<brief>` pairs, since they compress what is read; infilling (BART, Lewis et al. 2020) is in `noise`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from pipeline.text.words import content_words, stems
from pipeline.train.pairs import BRIEF_CHARS, Pair, novelty_of, size_of, telling
from pipeline.train.support import fault, recall

WITHIN = 16  # sentences that may tell the lead, and among which the gap is chosen
WORDS = (8, 40)  # of a target
LEAD_SHARE, GAP_SHARE = 0.6, 0.5  # of the target's content words that the input must have


def lead_pair(sentences: Sequence[str]) -> Pair | str:
    """The lead from the later sentences that have most of its words, or the reason why not."""
    if len(sentences) < 4 or not _fits(sentences[0]):
        return "lead: length"
    target, rest = sentences[0], sentences[1:WITHIN]
    source = " ".join(rest[i] for i in telling(content_words(target), rest, BRIEF_CHARS))
    why = fault(target, source[:BRIEF_CHARS], LEAD_SHARE)
    return f"lead: unsupported {why}" if why else _pair(source, target, "lead")


def gap_pair(sentences: Sequence[str]) -> Pair | str:
    """The sentence most supported by the one before and the two after it, or the reason why there is none."""
    open_ = [i for i in range(1, min(len(sentences), WITHIN) - 1) if _fits(sentences[i])]
    if not open_:
        return "gap: length"
    found = {i: stems([sentences[i - 1], *sentences[i + 1 : i + 3]]) for i in open_}
    best = max(open_, key=lambda i: (recall(content_words(sentences[i]), found[i]), -i))
    source = f"{sentences[best - 1]} <mask> {' '.join(sentences[best + 1 : best + 3])}"
    why = fault(sentences[best], source[:BRIEF_CHARS], GAP_SHARE)
    return f"gap: unsupported {why}" if why else _pair(source, sentences[best], "gap")


OBJECTIVES: Mapping[str, Callable[[Sequence[str]], Pair | str]] = {"lead": lead_pair, "gap": gap_pair}


def objective_pairs(tasks: Sequence[str], sentences: Sequence[str]) -> Iterator[Pair | str]:
    """The pair (or reason) of each self-supervised objective in `tasks`."""
    for name, make in OBJECTIVES.items():
        if name in tasks:
            yield make(sentences)


def _fits(sentence: str) -> bool:
    return WORDS[0] <= len(sentence.split()) <= WORDS[1]


def _pair(source: str, target: str, kind: str) -> Pair:
    return Pair("brief", source, "", target, size_of("brief", target), novelty_of(target, source), kind)
