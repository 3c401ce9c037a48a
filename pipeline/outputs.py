"""Selections → the Brief: texts in their final form, each sentence with the passages that support it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from pipeline.evidence import spans, supporting
from pipeline.records import KINDS, Article, Brief, Candidate, Judged, Kind, Passage, Prose, Span
from pipeline.select import Selection
from pipeline.tenths import coverage, evidence_spans
from pipeline.text.casing import title_case
from pipeline.text.sentences import split_sentences

ANSWER_FLAGS = ("reasked", "unparsed")  # they stand beside the whole brief, not beside each text
NO_LIMITS: Mapping[str, int] = MappingProxyType({})


def assemble(
    article: Article,
    selections: Mapping[Kind, Selection],
    engine: str,
    *,
    headline_case: str = "sentence",
    limits: Mapping[str, int] = NO_LIMITS,
) -> Brief:
    """The Brief of one article; kinds without a selection stay None. `limits`: how often which hard limit was hit."""
    summary, bullets = selections.get("summary"), selections.get("bullets")
    headlines, rewrite = selections.get("headlines"), selections.get("rewrite")
    own = [flag for selection in selections.values() for flag in selection.flags]
    few = [f"too_few:{kind}" for kind, selection in selections.items() if "too_few" in selection.flags]
    flags = dict.fromkeys([flag for flag in own if flag.startswith("language:") or flag == "too_short"] + few)
    read = [flag for flag in article.flags if not flag.startswith("language:")]
    brief = Brief(
        id=article.id,
        sha256=article.sha256,
        words=article.words,
        title=article.title,
        engine=engine,
        summary=None if summary is None else _prose(summary, article, " "),
        bullets=None if bullets is None else tuple(_passage(item, article, "sentence") for item in bullets.chosen),
        headlines=None if headlines is None else tuple(_passage(j, article, headline_case) for j in headlines.chosen),
        rewrite=None if rewrite is None else _prose(rewrite, article, "\n\n"),
        flags=(*flags, *read),
        limits=tuple(sorted(limits.items())),
    )
    written = {kind: getattr(brief, kind) for kind in KINDS if getattr(brief, kind) is not None}
    evidence: dict[str, tuple[Span, ...]] = {k: tuple(evidence_spans(output)) for k, output in written.items()}
    return replace(brief, coverage=coverage(article, evidence))


def answer_flags(candidates: Sequence[Candidate]) -> tuple[str, ...]:
    """What of a chat model's answers could not be read: `reasked:KIND` (mended when it was shown its fault) and
    `unparsed:KIND` (never), each once; `notes` for the steps between."""
    found = [
        f"{flag}:{candidate.serves[0] if candidate.serves else 'notes'}"
        for flag in ANSWER_FLAGS
        for candidate in candidates
        if flag in candidate.flags
    ]
    return tuple(dict.fromkeys(found))


def _prose(selection: Selection, article: Article, between: str) -> Prose:
    """The sentences joined by spaces; in a rewrite, sentences of different paragraphs by `between`."""
    text, found, evidence = "", [], []
    paragraph: int | None = None
    for item in selection.chosen:
        here = article.sentences[item.candidate.sentences[0]].paragraph
        gap = "" if not text else (between if here != paragraph else " ")
        text, paragraph = text + gap, here
        for start, end in _sentences(item):
            found.append((len(text) + start, len(text) + end))
            evidence.append(_support(item.candidate.text[start:end], item, article))
        text += item.candidate.text
    return Prose(text, tuple(found), tuple(evidence), _flags(selection.chosen, selection.flags))


def _passage(item: Judged, article: Article, case: str) -> Passage:
    """A bullet or headline: no full stop at the end, in the case asked for."""
    text = _unstopped(item.candidate.text)
    if case == "title":
        text = title_case(text)
    return Passage(text, _evidence(item, article), _flags([item], ()))


def _sentences(item: Judged) -> list[Span]:
    """The spans of a candidate's sentences: a rule may have made two of one; any other candidate is taken whole."""
    whole = [(0, len(item.candidate.text))]
    if "reworded" not in item.candidate.flags:
        return whole
    return [sentence.span for sentence in split_sentences(item.candidate.text)] or whole


def _unstopped(text: str) -> str:
    """The text without its full stop, also inside a closing quotation mark; abbreviations keep theirs."""
    bare = text.rstrip('"”')
    if (
        not bare.endswith(".")
        or bare.endswith("..")
        or re.search(r"(?:\b\w\.)+\w\.$|\b(?:Inc|Corp|Ltd|Co|Jr|Sr)\.$", bare)
    ):
        return text
    return bare[:-1] + text[len(bare) :]


def _evidence(item: Judged, article: Article) -> tuple[Span, ...]:
    return _support(item.candidate.text, item, article)


def _support(text: str, item: Judged, article: Article) -> tuple[Span, ...]:
    return spans(supporting(text, article, item.candidate.sentences), article)


def _flags(chosen: Sequence[Judged], own: tuple[str, ...]) -> tuple[str, ...]:
    """Flags of the candidates and the guard's warnings, each once."""
    flags = list(own)
    for item in chosen:
        flags += [flag for flag in item.candidate.flags if flag not in ANSWER_FLAGS]
        if not item.candidate.extractive:
            flags += [reason.code for reason in item.verdict.reasons]
    return tuple(dict.fromkeys(flags))
