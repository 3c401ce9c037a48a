"""What is scored: texts of every kind as lines (sentences or bullets), of outputs and of references."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.records import Brief, Prose, References
from pipeline.score_names import SCORED_KINDS as SCORED_KINDS
from pipeline.score_names import ScoredKind as ScoredKind

Lines = tuple[str, ...]
Texts = Mapping[ScoredKind, tuple[Lines, ...]]
"""Kind → its alternative texts; a kind that was not asked for is absent, an empty output has no lines."""


@dataclass(frozen=True, slots=True)
class Outputs:
    """The saved outputs of one article, of any system; a kind not asked for is None, unlike an empty one.

    A `Prose` without sentence spans is split when it is scored.
    """

    summary: Prose | None = None
    bullets: tuple[str, ...] | None = None
    headlines: tuple[str, ...] | None = None
    rewrite: Prose | None = None

    @classmethod
    def from_brief(cls, brief: Brief) -> Outputs:
        """The texts of a brief of this run."""
        return cls(
            summary=brief.summary,
            bullets=None if brief.bullets is None else tuple(bullet.text for bullet in brief.bullets),
            headlines=None if brief.headlines is None else tuple(line.text for line in brief.headlines),
            rewrite=brief.rewrite,
        )


def one_line(text: str) -> str:
    """White space, line ends included, as single spaces: a newline inside a sentence must not end it."""
    return " ".join(text.split())


def sentence_lines(text: str) -> Lines:
    """The sentences of a running text."""
    from pipeline.text.sentences import split_sentences  # imported late: it loads the splitter's model

    return tuple(one_line(sentence.text) for sentence in split_sentences(text))


def _prose_lines(prose: Prose) -> Lines:
    if not prose.sentences:
        return sentence_lines(prose.text)
    return tuple(one_line(prose.text[start:end]) for start, end in prose.sentences)


def output_texts(outputs: Outputs) -> Texts:
    """The texts to score; `headlines` is the first variant, `headlines_best` all of them."""
    texts: dict[ScoredKind, tuple[Lines, ...]] = {}
    if outputs.summary is not None:
        texts["summary"] = (_prose_lines(outputs.summary),)
    if outputs.bullets is not None:
        texts["bullets"] = (tuple(one_line(bullet) for bullet in outputs.bullets),)
    if outputs.headlines is not None:
        variants = tuple((one_line(line),) for line in outputs.headlines) or ((),)
        texts["headlines"] = variants[:1]
        texts["headlines_best"] = variants
    if outputs.rewrite is not None:
        texts["rewrite"] = (_prose_lines(outputs.rewrite),)
    return texts


def reference_texts(references: References) -> Texts:
    """The alternative references of each kind that has any."""
    headlines = tuple((one_line(line),) for line in references.headline)
    texts: dict[ScoredKind, tuple[Lines, ...]] = {
        "summary": tuple(sentence_lines(text) for text in references.summary),
        "bullets": tuple(tuple(one_line(bullet) for bullet in points) for points in references.bullets),
        "headlines": headlines,
        "headlines_best": headlines,
        "rewrite": tuple(sentence_lines(text) for text in references.rewrite),
    }
    return {kind: alternatives for kind, alternatives in texts.items() if alternatives}


def is_empty(alternatives: tuple[Lines, ...]) -> bool:
    """Whether no alternative has any text."""
    return not any(line for lines in alternatives for line in lines)


def join(lines: Lines) -> str:
    """The text ROUGE reads: one sentence or bullet per line."""
    return "\n".join(lines)
