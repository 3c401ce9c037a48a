"""The sheet of a blind reading: its records, the page to read, and the document made from the filled verdicts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from bench.ours import lines_of
from bench.tables import rate, table
from pipeline.errors import InputError
from pipeline.metrics.texts import Outputs
from pipeline.metrics.tokens import words
from pipeline.records import Article, Brief

Record = dict[str, Any]
QUOTED = 8  # words in a row of the article that a reason may quote
INTRODUCTION = """# Blind reading

{n} articles of {split}, drawn by a hash of their ids; engine as shipped (`{engine}`), guard on. Read by: {reader}. The
reader saw the article and the outputs, no reference. Made by `scripts/blind_sample.py`, which also draws the sheet.

| question | yes |
| --- | --- |
| first headline grammatical | {headline_grammatical} |
| first headline true | {headline_true} |
| **first headline grammatical and true** | {headline} |
| every summary sentence grammatical | {summary_grammatical} |
| every summary sentence true | {summary_true} |
| **every summary sentence grammatical and true** | {summary} |

Shares with 95 % intervals (Wilson). Reasons are the reader's.
"""


def sheet_record(article: Article, brief: Brief, split: str, engine: str) -> Record:
    """One line of sheet.jsonl: the article, its outputs in a fixed order, and empty verdicts."""
    outputs = Outputs.from_brief(brief)
    sentences = lines_of(brief, "summary")
    return {
        "id": article.id,
        "split": split,
        "engine": engine,
        "article": article.text,
        "headlines": list(outputs.headlines or ()),
        "summary": list(sentences),
        "bullets": list(outputs.bullets or ()),
        "verdicts": {
            "headline": {"grammatical": None, "true": None},
            "summary": [{"grammatical": None, "true": None} for _ in sentences],
        },
        "reason": "",
    }


def page(number: int, record: Record) -> str:
    """One article of sheet.md, to be read; the verdicts go into sheet.jsonl."""
    headlines = "\n".join(f"- {text}" for text in record["headlines"])
    sentences = "\n".join(f"{n}. {text}" for n, text in enumerate(record["summary"], start=1))
    bullets = "\n".join(f"- {text}" for text in record["bullets"])
    return (
        f"# {number}. {record['id']}\n\n{record['article']}\n\n## First headline, then the others\n\n{headlines}\n\n"
        f"## Summary, by sentence\n\n{sentences}\n\n## Bullets\n\n{bullets}\n"
    )


def reading(records: Sequence[Record], reader: str) -> str:
    """The document of a filled sheet: ids, verdicts and reasons; InputError names every record not fit for it."""
    faults = [f"{record.get('id')}: {fault}" for record in records for fault in _faults(record)]
    if faults or not records:
        raise InputError("; ".join(faults) or "the sheet is empty", where="filled sheet")
    rows = [_row(record) for record in records]
    head = INTRODUCTION.format(
        n=len(records), split=records[0]["split"], engine=records[0]["engine"], reader=reader, **_totals(records)
    )
    return f"{head}\n{table(('id', 'headline', 'summary sentences', 'reason'), rows)}\n"


def _faults(record: Record) -> Iterator[str]:
    missing = {"id", "split", "engine", "article", "verdicts", "reason"} - record.keys()
    if missing:
        yield f"lacks {', '.join(sorted(missing))}"
        return
    verdicts = [record["verdicts"]["headline"], *record["verdicts"]["summary"]]
    answers = [verdict.get(question) for verdict in verdicts for question in ("grammatical", "true")]
    if any(not isinstance(answer, bool) for answer in answers):
        yield "a verdict is neither true nor false"
    elif not all(answers) and not record["reason"].strip():
        yield "something is false and no reason is given"
    if _quotes(record["reason"], record["article"]):
        yield f"the reason quotes more than {QUOTED} words of the article in a row"


def _quotes(reason: str, article: str) -> bool:
    own, text = words(reason), f" {' '.join(words(article))} "
    size = QUOTED + 1
    return any(f" {' '.join(own[at : at + size])} " in text for at in range(len(own) - size + 1))


def _row(record: Record) -> list[str]:
    found = [_verdict(verdict) for verdict in record["verdicts"]["summary"]]
    reason = " ".join(record["reason"].split()).replace("|", "\\|")
    return [record["id"], _verdict(record["verdicts"]["headline"]), ", ".join(found), reason]


def _verdict(verdict: dict[str, bool]) -> str:
    wrong = [name for name, answer in (("form", verdict["grammatical"]), ("false", verdict["true"])) if not answer]
    return " + ".join(wrong) or "ok"


def _totals(records: Sequence[Record]) -> dict[str, str]:
    """Shares of articles by question; an output that is not there counts as a no."""
    totals = {}
    for part in ("headline", "summary"):
        verdicts = [found if isinstance(found, list) else [found] for found in (r["verdicts"][part] for r in records)]
        for name, questions in (
            ("_grammatical", ("grammatical",)),
            ("_true", ("true",)),
            ("", ("grammatical", "true")),
        ):
            yes = sum(bool(own) and all(verdict[q] for verdict in own for q in questions) for own in verdicts)
            totals[part + name] = rate(yes, len(records))
    return totals
