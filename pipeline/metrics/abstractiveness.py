"""How far an output moves away from its article: novel n-grams, extractive fragments, repetition.

Words are case-folded runs of letters and digits. A value that has nothing to be counted over is None, never
0.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipeline.metrics.source import Source, ngrams
from pipeline.metrics.tokens import words

NOVEL = ("novel_unigrams", "novel_bigrams", "novel_trigrams", "novel_4grams")


def fragments(summary: Sequence[str], source: Source) -> list[int]:
    """Lengths, in words, of the extractive fragments F(A, S) (Grusky et al. 2018, section 4.1 and figure 3).

    Greedy: at each summary word the longest run shared with the article is taken; where the article repeats
    itself, the search goes on behind the last run found, as in the paper's procedure.
    """
    lengths: list[int] = []
    start = 0
    while start < len(summary):
        longest = _longest_run(summary, start, source)
        if longest:
            lengths.append(longest)
        start += max(longest, 1)
    return lengths


def _longest_run(summary: Sequence[str], start: int, source: Source) -> int:
    longest = resume = 0
    article = source.words
    for position in source.positions.get(summary[start], ()):
        if position < resume:
            continue
        length = 0
        limit = min(len(summary) - start, len(article) - position)
        while length < limit and summary[start + length] == article[position + length]:
            length += 1
        longest, resume = max(longest, length), position + length
    return longest


def novel_share(lines: Sequence[Sequence[str]], source: Source, n: int) -> float | None:
    """Share of the output's distinct n-grams that the article lacks; n-grams do not cross lines."""
    own = {gram for line in lines for gram in ngrams(line, n)}
    return len(own - source.ngrams(n)) / len(own) if own else None


def repetition(lines: Sequence[Sequence[str]], n: int = 3) -> float | None:
    """Share of the output's n-grams that occurred before in it: 1 − distinct / all."""
    grams = [gram for line in lines for gram in ngrams(line, n)]
    return 1 - len(set(grams)) / len(grams) if grams else None


def abstractiveness(lines: Sequence[str], source: Source) -> Mapping[str, float | None]:
    """All measures of one output, given as its sentences or bullets.

    `novel_*` and `repetition` are fractions; `coverage` is the fraction of words inside fragments, `density`
    the mean squared fragment length per word (in words), `compression` article words per output word (Grusky
    et al. 2018).
    """
    tokenized = [words(line) for line in lines]
    flat = [word for line in tokenized for word in line]
    lengths = fragments(flat, source)
    size = len(flat)
    known = bool(size and source.words)
    return {
        **{name: novel_share(tokenized, source, n) for n, name in enumerate(NOVEL, start=1)},
        "coverage": sum(lengths) / size if known else None,
        "density": sum(length**2 for length in lengths) / size if known else None,
        "compression": len(source.words) / size if known else None,
        "repetition": repetition(tokenized),
    }
