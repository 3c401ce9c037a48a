"""Records to and from the JSON objects of the run directory's files."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from pipeline.errors import InputError
from pipeline.files import JsonObject
from pipeline.records import (
    Article,
    Brief,
    Candidate,
    Coverage,
    Judged,
    Passage,
    Prose,
    Quarantined,
    Ranked,
    References,
    Sentence,
    Span,
    Verdict,
)


def brief_to_dict(brief: Brief) -> JsonObject:
    """A record of outputs.jsonl; a kind that was not asked for is absent."""
    record: JsonObject = {
        "id": brief.id,
        "article": {"sha256": brief.sha256, "words": brief.words, "title": brief.title},
    }
    if brief.summary is not None:
        record["summary"] = _prose_to_dict(brief.summary)
    if brief.bullets is not None:
        record["bullets"] = [_passage_to_dict(bullet) for bullet in brief.bullets]
    if brief.headlines is not None:
        record["headlines"] = [_passage_to_dict(headline) for headline in brief.headlines]
    if brief.rewrite is not None:
        record["rewrite"] = _prose_to_dict(brief.rewrite)
    if brief.coverage is not None:
        record["coverage"] = {**dict(brief.coverage.shares), "tenths": list(brief.coverage.tenths)}
    record["limits"] = dict(brief.limits)
    return {**record, "flags": list(brief.flags), "engine": brief.engine}


def brief_from_dict(record: JsonObject) -> Brief:
    """The Brief of an outputs.jsonl record; InputError if it has another shape."""
    try:
        article = record["article"]
        return Brief(
            id=record["id"],
            sha256=article["sha256"],
            words=article["words"],
            title=article["title"],
            engine=record["engine"],
            summary=_prose(record["summary"]) if "summary" in record else None,
            bullets=_passages(record["bullets"]) if "bullets" in record else None,
            headlines=_passages(record["headlines"]) if "headlines" in record else None,
            rewrite=_prose(record["rewrite"]) if "rewrite" in record else None,
            flags=tuple(record.get("flags", ())),
            limits=tuple(record.get("limits", {}).items()),
            coverage=_coverage(record["coverage"]) if "coverage" in record else None,
        )
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise _misshapen("an outputs.jsonl record", record, error) from error


def article_to_dict(article: Article) -> JsonObject:
    """A record of articles.jsonl; each of `sentences` is [start, end, paragraph]."""
    return {
        "id": article.id,
        "sha256": article.sha256,
        "title": article.title,
        "text": article.text,
        "sentences": [[s.start, s.end, s.paragraph] for s in article.sentences],
        "key_points": list(article.key_points),
        "origin": article.origin,
        "flags": list(article.flags),
    }


def article_from_dict(record: JsonObject) -> Article:
    """The Article of an articles.jsonl record; InputError if it has another shape."""
    try:
        text = record["text"]
        return Article(
            id=record["id"],
            text=text,
            sentences=tuple(Sentence(text[a:b], a, b, paragraph) for a, b, paragraph in record["sentences"]),
            title=record["title"],
            key_points=tuple(record["key_points"]),
            origin=record["origin"],
            sha256=record["sha256"],
            flags=tuple(record.get("flags", ())),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise _misshapen("an articles.jsonl record", record, error) from error


def references_to_dict(article_id: str, references: References) -> JsonObject:
    """A record of references.jsonl; kinds without references are absent."""
    kinds: JsonObject = {
        "summary": list(references.summary),
        "bullets": [list(points) for points in references.bullets],
        "headline": list(references.headline),
        "rewrite": list(references.rewrite),
    }
    return {"id": article_id, **{kind: texts for kind, texts in kinds.items() if texts}}


def references_from_dict(record: JsonObject) -> tuple[str, References]:
    """The id and References of a references.jsonl record; InputError if it has another shape."""
    try:
        return record["id"], References(
            summary=tuple(record.get("summary", ())),
            bullets=tuple(tuple(points) for points in record.get("bullets", ())),
            headline=tuple(record.get("headline", ())),
            rewrite=tuple(record.get("rewrite", ())),
        )
    except (KeyError, TypeError) as error:
        raise _misshapen("a references.jsonl record", record, error) from error


def _coverage(record: JsonObject) -> Coverage:
    shares = tuple((name, float(share)) for name, share in record.items() if name != "tenths")
    return Coverage(tuple(record["tenths"]), shares)


def ranked_to_dict(article_id: str, ranked: Ranked) -> JsonObject:
    """A record of candidates.jsonl; `rank` is null for losers, a score that is no number is null.

    `span` and `reads` say where the source of a text about a whole article came from (docs/long.md).
    """
    candidate, verdict = ranked.judged.candidate, ranked.judged.verdict
    return {
        "id": article_id,
        "kind": ranked.kind,
        "rank": ranked.rank,
        "text": candidate.text,
        "task": candidate.task,
        "score": _finite(ranked.judged.score),
        "logprob": _finite(candidate.logprob),
        "ok": verdict.ok,
        "reasons": [{"code": r.code, "span": list(r.span), "detail": r.detail} for r in verdict.reasons],
        "why": ranked.why,
        "sentences": list(candidate.sentences),
        "request": candidate.request_id,
        "extractive": candidate.extractive,
        "flags": list(candidate.flags),
        **_origin_to_dict(candidate),
    }


def step_to_dict(article_id: str, candidate: Candidate, *, used: bool) -> JsonObject:
    """A record of candidates.jsonl for a text between article and outputs; its `kind` is null, its `step` map or
    reduce, `rank` 0 if the next step read it, else null."""
    why = "read by the next step" if used else "another text of the step"
    item = Ranked(Judged(candidate, Verdict(True)), "summary", 0 if used else None, why)
    step = candidate.request_id.rsplit("#", 1)[-1].split(":")[0]
    return {**ranked_to_dict(article_id, item), "kind": None, "score": None, "step": step}


def _origin_to_dict(candidate: Candidate) -> JsonObject:
    if candidate.origin is None:
        return {}
    return {"span": list(candidate.origin.span), "reads": list(candidate.origin.reads)}


def quarantined_to_dict(quarantined: Quarantined) -> JsonObject:
    """A record of quarantine.jsonl."""
    return {
        "id": quarantined.id,
        "origin": quarantined.origin,
        "stage": quarantined.stage,
        "reason": quarantined.reason,
        "retry": quarantined.retry,
    }


def quarantined_from_dict(record: JsonObject) -> Quarantined:
    """The Quarantined of a quarantine.jsonl record; InputError if it has another shape."""
    try:
        return Quarantined(
            record["id"], record["origin"], record["stage"], record["reason"], record.get("retry", "")
        )
    except (KeyError, TypeError) as error:
        raise _misshapen("a quarantine.jsonl record", record, error) from error


def _prose_to_dict(prose: Prose) -> JsonObject:
    return {
        "text": prose.text,
        "sentences": [list(span) for span in prose.sentences],
        "evidence": [[list(span) for span in spans] for spans in prose.evidence],
        "flags": list(prose.flags),
    }


def _prose(record: JsonObject) -> Prose:
    evidence = tuple(_spans(spans) for spans in record["evidence"])
    return Prose(record["text"], _spans(record["sentences"]), evidence, tuple(record["flags"]))


def _passage_to_dict(passage: Passage) -> JsonObject:
    evidence = [list(span) for span in passage.evidence]
    return {"text": passage.text, "evidence": evidence, "flags": list(passage.flags)}


def _passages(records: Iterable[JsonObject]) -> tuple[Passage, ...]:
    return tuple(Passage(r["text"], _spans(r["evidence"]), tuple(r["flags"])) for r in records)


def _spans(pairs: Iterable[Iterable[int]]) -> tuple[Span, ...]:
    return tuple((start, end) for start, end in pairs)


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


def _misshapen(what: str, record: JsonObject, error: Exception) -> InputError:
    name: Any = record.get("id")
    return InputError(
        f"not {what}: {type(error).__name__}: {error}", where=None if name is None else str(name)
    )
