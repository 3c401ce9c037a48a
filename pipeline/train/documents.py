"""One record → its sentences, its targets and every pair it gives, or the reasons why not."""

from __future__ import annotations

import hashlib
import random
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.lexicon import is_english
from pipeline.text.sentences import split_sentences
from pipeline.train.clean import clean, clean_line, clean_title, line_rule, paragraphs
from pipeline.train.events import Told, paraphrases
from pipeline.train.leakage import reports
from pipeline.train.noise import infill_pair, with_other_names
from pipeline.train.objectives import OBJECTIVES, objective_pairs
from pipeline.train.pairs import Pair, brief_pairs, headline_pair, headline_pairs
from pipeline.train.titles import without_stop

OTHER_NAMES = 0.15  # share of pairs with names exchanged
MOST_SENTENCES = 30
LONG_TITLE = 24  # characters: a shorter title may well stand in a sentence
MID_NAME = re.compile(r"(?<=[a-z,] )[A-Z][a-z]{3,}\b")


@dataclass(frozen=True, slots=True)
class Rule:
    """What a set gives: its tasks, how often a record also gives a self-supervised pair, and a cap on pairs."""

    tasks: tuple[str, ...] = ()
    shares: tuple[tuple[str, float], ...] = ()  # infill, lead, gap
    most: int | None = None

    @classmethod
    def read(cls, rule: Mapping[str, Any]) -> Rule:
        """From `{tasks, infill, lead, gap, most}` of a training file, all optional."""
        shares = tuple((name, float(rule[name])) for name in ("infill", *OBJECTIVES) if rule.get(name))
        return cls(tuple(rule.get("tasks") or ()), shares, rule.get("most"))


def document_sentences(
    record: Mapping[str, Any], most: int = MOST_SENTENCES, removed: Counter[str] | None = None
) -> list[str]:
    """The first `most` sentences, cleaned, without site furniture, by-lines and other fragments."""
    found: list[str] = []
    title = str(record.get("headline") or "").strip()
    for paragraph in paragraphs(str(record["document"]), removed):
        if len(found) >= most:
            break
        if len(title) >= LONG_TITLE and title in paragraph:  # a caption of Politico's: picture, credit, title, deck
            paragraph = paragraph.split(title, 1)[1]
            if removed is not None:
                removed["body: title repeated"] += 1
        for sentence in split_sentences(paragraph):
            text = clean(clean_line(sentence.text, removed))
            if len(text.split()) >= 5 and text[-1] in ".?!\"')":
                found.append(text)
    return found[:most]


def targets_of(record: Mapping[str, Any]) -> tuple[str, list[str]]:
    """Where a record's short forms are from, and these: highlights, or else the sentences of its summary or deck."""
    bullets = record.get("bullets")
    if bullets:
        return "brief: highlight", [str(b) for b in bullets]
    summary = record.get("summary")
    sentences = [s.text for s in split_sentences(str(summary))] if summary else []
    return "brief: summary or deck", [s for s in sentences if not line_rule(s)]


def record_pairs(
    record: Mapping[str, Any],
    tasks: Sequence[str],
    infill: float,
    names: Sequence[str] = (),
    *,
    shares: Mapping[str, float] | None = None,
    sentences: Sequence[str] | None = None,
) -> list[Pair | str]:
    """Every pair (or reason) one record gives; chance depends only on the record's id.

    A share OTHER_NAMES of the pairs has names exchanged for some of `names`. `shares`: how often a record also gives
    a pair of a self-supervised objective that is not among `tasks`. `sentences`: those of the record, if known.
    """
    sentences = document_sentences(record) if sentences is None else sentences
    if len(sentences) < 3:
        return ["document: under three sentences"]
    rng = random.Random(hashlib.sha256(str(record["id"]).encode()).digest())
    found: list[Pair | str] = []
    if "headline" in tasks:
        found += headline_pairs(record, sentences)
        found += _report_headlines(record)
    if "brief" in tasks:
        kind, targets = targets_of(record)
        found += brief_pairs(sentences, targets, kind)
    found = [
        with_other_names(p, names, rng) if isinstance(p, Pair) and rng.random() < OTHER_NAMES else p for p in found
    ]
    if rng.random() < infill:
        pair = infill_pair(sentences, rng)
        found += [pair] if pair else []
    chosen = [name for name in OBJECTIVES if name in tasks or rng.random() < (shares or {}).get(name, 0.0)]
    return found + list(objective_pairs(chosen, sentences))


def _report_headlines(record: Mapping[str, Any]) -> Iterator[Pair | str]:
    """The titles of the reports inside a roundup, each from its own report."""
    for report in reports(record):
        sentences = document_sentences({"document": report.text})
        if sentences:
            title = without_stop(clean_title(report.title))
            yield headline_pair(title, sentences, "headline: of a report in a roundup")


def roundup_paraphrases(record: Mapping[str, Any]) -> list[Pair | str]:
    """Aligned sentences of the reports inside a roundup."""
    told = [Told(None, tuple(document_sentences({"document": r.text}))) for r in reports(record)]
    couples = [(a, b) for a in range(len(told)) for b in range(a + 1, len(told))]
    return list(paraphrases(told, couples))


def rare_names(records: Sequence[Mapping[str, Any]]) -> list[str]:
    """Capitalised words in mid-sentence that few of the records have and no English word list knows, sorted."""
    seen: Counter[str] = Counter()
    for record in records:
        seen.update(set(MID_NAME.findall(str(record["document"]))))
    return sorted(name for name, n in seen.items() if n <= 3 and not is_english(name.lower()))
