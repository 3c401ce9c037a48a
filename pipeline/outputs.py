"""Selections → the Brief: texts in their final form, each sentence with the passages that support it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipeline.evidence import spans, supporting
from pipeline.records import Article, Brief, Judged, Kind, Passage, Prose, Span
from pipeline.select import Selection
from pipeline.text.casing import title_case


def assemble(
    article: Article, selections: Mapping[Kind, Selection], engine: str, *, headline_case: str = "sentence"
) -> Brief:
    """The Brief of one article; kinds without a selection stay None."""
    summary, bullets = selections.get("summary"), selections.get("bullets")
    headlines, rewrite = selections.get("headlines"), selections.get("rewrite")
    own = [flag for selection in selections.values() for flag in selection.flags]
    few = [f"too_few:{kind}" for kind, selection in selections.items() if "too_few" in selection.flags]
    flags = dict.fromkeys([flag for flag in own if flag.startswith("language:") or flag == "too_short"] + few)
    return Brief(
        id=article.id,
        sha256=article.sha256,
        words=article.words,
        title=article.title,
        engine=engine,
        summary=None if summary is None else _prose(summary, article, " "),
        bullets=None if bullets is None else tuple(_passage(item, article, "sentence") for item in bullets.chosen),
        headlines=None if headlines is None else tuple(_passage(j, article, headline_case) for j in headlines.chosen),
        rewrite=None if rewrite is None else _prose(rewrite, article, "\n"),
        flags=tuple(flags),
    )


def _prose(selection: Selection, article: Article, between: str) -> Prose:
    """The sentences joined by spaces; in a rewrite, sentences of different paragraphs by `between`."""
    text, found, evidence = "", [], []
    paragraph: int | None = None
    for item in selection.chosen:
        here = article.sentences[item.candidate.sentences[0]].paragraph
        gap = "" if not text else (between if here != paragraph else " ")
        text, paragraph = text + gap, here
        found.append((len(text), len(text) + len(item.candidate.text)))
        text += item.candidate.text
        evidence.append(_evidence(item, article))
    return Prose(text, tuple(found), tuple(evidence), _flags(selection.chosen, selection.flags))


def _passage(item: Judged, article: Article, case: str) -> Passage:
    """A bullet or headline: no full stop at the end, in the case asked for."""
    text = item.candidate.text
    if text.endswith(".") and not text.endswith(("..", "U.S.", "U.K.", "a.m.", "p.m.")):
        text = text[:-1]
    if case == "title":
        text = title_case(text)
    return Passage(text, _evidence(item, article), _flags([item], ()))


def _evidence(item: Judged, article: Article) -> tuple[Span, ...]:
    return spans(supporting(item.candidate.text, article, item.candidate.sentences), article)


def _flags(chosen: Sequence[Judged], own: tuple[str, ...]) -> tuple[str, ...]:
    """Flags of the candidates and the guard's warnings, each once."""
    flags = list(own)
    for item in chosen:
        flags += item.candidate.flags
        if not item.candidate.extractive:
            flags += [reason.code for reason in item.verdict.reasons]
    return tuple(dict.fromkeys(flags))
