"""How much of the article the evidence of its outputs comes from.

The article's text is cut into ten equal parts by characters; a sentence belongs to the tenth it opens in.

coverage of a kind = tenths in which an evidence span of that kind opens / tenths in which a sentence opens
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from pipeline.records import Article, Coverage, Passage, Prose, Span

PARTS = 10


def coverage(article: Article, evidence: Mapping[str, Sequence[Span]]) -> Coverage:
    """The coverage by the evidence of each kind and of `all` together, to three places.

    `evidence` holds the spans by kind; `tenths` counts the distinct ones of all kinds in each tenth.
    """
    there = {tenth(s.start, len(article.text)) for s in article.sentences}
    every = sorted({span for spans in evidence.values() for span in spans})
    places = [tenth(start, len(article.text)) for start, _ in every]
    shares = [
        (name, round(len({tenth(start, len(article.text)) for start, _ in spans}) / max(1, len(there)), 3))
        for name, spans in {"all": every, **evidence}.items()
    ]
    return Coverage(tuple(places.count(part) for part in range(PARTS)), tuple(shares))


def tenth(start: int, length: int) -> int:
    """Which tenth, from 0, of a text of `length` code points the offset `start` lies in."""
    return min(PARTS - 1, PARTS * start // max(1, length))


def evidence_spans(output: Prose | Sequence[Passage]) -> Iterator[Span]:
    """Every evidence span of a summary or rewrite, or of bullets or headlines."""
    if isinstance(output, Prose):
        for spans in output.evidence:
            yield from spans
    else:
        for passage in output:
            yield from passage.evidence
