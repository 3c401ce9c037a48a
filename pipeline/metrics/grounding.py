"""Where in the article an output comes from, and how closely single sentences of it are followed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipeline.metrics.rouge import Prepared, overlap
from pipeline.metrics.source import Source
from pipeline.text.words import content_set

LEAD = 3  # sentences that count as the article's opening: as many as the baseline `lead` takes


def grounding(lines: Sequence[str], source: Source) -> Mapping[str, float | None]:
    """Measures of one output, given as its sentences or bullets; None where there is nothing to count.

    `source_rouge2`: ROUGE-2 precision against the whole article, the share of the output's word pairs (stemmed,
    clipped) that stand in it. `evidence_rouge2`: the same against the single article sentence that has most of them,
    averaged over the lines (the granularity of Laban et al. 2022, with word pairs in the place of entailment).
    `evidence_position`: where that evidence stands, averaged over the lines: 0 the first sentence, 1 the last;
    `evidence_lead`: share of the lines whose evidence is among the first three sentences.
    """
    own = [Prepared(line) for line in lines]
    closest = [best for line in own if (best := _closest(line, source)) is not None]
    places = [place for line in lines if (place := locate(line, source)) is not None]
    last = len(source.sentences) - 1
    return {
        "source_rouge2": _source_rouge2(lines, source),
        "evidence_rouge2": _mean(closest),
        "evidence_position": _mean([place / last if last else 0.0 for place in places]),
        "evidence_lead": _mean([float(place < LEAD) for place in places]),
    }


def locate(line: str, source: Source) -> int | None:
    """Index of the article sentence that shares most with a line, the first of equals; None if none shares a word.

    Counted are distinct content words and distinct pairs of neighbouring words, so that of two sentences with the same
    words the one that says them in the same order wins.
    """
    words, pairs = content_set(line), Prepared(line).ngrams(2).keys()
    shared = [
        len(words & content_set(text)) + len(pairs & sentence.ngrams(2).keys())
        for text, sentence in zip(source.sentences, source.prepared_sentences, strict=True)
    ]
    most = max(shared, default=0)
    return shared.index(most) if most else None


def _source_rouge2(lines: Sequence[str], source: Source) -> float | None:
    pairs = Prepared("\n".join(lines)).ngrams(2)
    return overlap(pairs, source.prepared.ngrams(2)).p if pairs and source.prepared.tokens else None


def _closest(line: Prepared, source: Source) -> float | None:
    """The highest ROUGE-2 precision of a line against a single article sentence; None without a pair of words."""
    pairs = line.ngrams(2)
    if not pairs or not source.prepared.tokens:
        return None
    return max(overlap(pairs, sentence.ngrams(2)).p for sentence in source.prepared_sentences)


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None
