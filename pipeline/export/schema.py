"""The columns of an exported run, and a Brief as a row of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pyarrow as pa

from pipeline.files import JsonObject
from pipeline.records import Brief, Passage, Prose, Span

SPAN = pa.struct([("start", pa.int32()), ("end", pa.int32())])
TEXTS, SPANS, EVIDENCE = pa.list_(pa.string()), pa.list_(SPAN), pa.list_(pa.list_(SPAN))
# Every file has all of them; a kind that was not asked for is null in every row.
COLUMNS: tuple[tuple[str, pa.DataType, str], ...] = (
    ("id", pa.string(), "the article's id"),
    ("title", pa.string(), "its own title, or null"),
    ("text", pa.string(), "its normalised text, which `evidence` refers to; null if it was left out"),
    ("sha256", pa.string(), "of that text in UTF-8, in hexadecimal"),
    ("words", pa.int32(), "of that text"),
    ("summary", pa.string(), "the summary"),
    ("bullets", TEXTS, "the bullet points, in the order of the article"),
    ("headlines", TEXTS, "the headlines, best first"),
    ("rewrite", pa.string(), "the rewrite"),
    ("summary_sentences", SPANS, "where the sentences of the summary stand in it"),
    ("rewrite_sentences", SPANS, "where those of the rewrite stand in it"),
    ("summary_evidence", EVIDENCE, "for each sentence, the spans of `text` that support it"),
    ("bullets_evidence", EVIDENCE, "for each bullet point"),
    ("headlines_evidence", EVIDENCE, "for each headline"),
    ("rewrite_evidence", EVIDENCE, "for each sentence"),
    ("flags", TEXTS, "what is to be known about the article as a whole"),
    ("summary_flags", TEXTS, "about the summary"),
    ("bullets_flags", pa.list_(TEXTS), "about each bullet point"),
    ("headlines_flags", pa.list_(TEXTS), "about each headline"),
    ("rewrite_flags", TEXTS, "about the rewrite"),
    ("engine", pa.string(), "the signature of what wrote the text"),
)


def schema() -> pa.Schema:
    """The Arrow schema of COLUMNS; spans are half-open and count Unicode code points."""
    return pa.schema([(name, kind) for name, kind, _ in COLUMNS])


def row(brief: Brief, text: str | None) -> JsonObject:
    """The row of one article; `text` is None where the articles are left out."""
    return {
        "id": brief.id,
        "title": brief.title,
        "text": text,
        "sha256": brief.sha256,
        "words": brief.words,
        "flags": list(brief.flags),
        "engine": brief.engine,
        **_prose("summary", brief.summary),
        **_prose("rewrite", brief.rewrite),
        **_passages("bullets", brief.bullets),
        **_passages("headlines", brief.headlines),
    }


def _prose(kind: str, prose: Prose | None) -> JsonObject:
    if prose is None:
        return {}
    return {
        kind: prose.text,
        f"{kind}_sentences": _spans(prose.sentences),
        f"{kind}_evidence": [_spans(spans) for spans in prose.evidence],
        f"{kind}_flags": list(prose.flags),
    }


def _passages(kind: str, passages: Sequence[Passage] | None) -> JsonObject:
    if passages is None:
        return {}
    return {
        kind: [passage.text for passage in passages],
        f"{kind}_evidence": [_spans(passage.evidence) for passage in passages],
        f"{kind}_flags": [list(passage.flags) for passage in passages],
    }


def _spans(spans: Iterable[Span]) -> list[dict[str, int]]:
    return [{"start": start, "end": end} for start, end in spans]
