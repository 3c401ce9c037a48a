"""Faithfulness by facts: which numbers, quantities, dates, names and quotations of an output its article has.

Quantities (a value with its unit), dates, names and quotations are read by `pipeline.facts` and compared as the guard
compares them, so that an output of precis, which the guard let through, has nearly all of its own supported by
construction. `numbers`, the bare values, are read by other code (`plain_numbers`) for that reason. What a fact is said
of is not looked at: a number that the article gives for something else counts as supported.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from pipeline.facts import FUNCTION_WORDS, Facts, Word, extract_facts
from pipeline.facts.dates import MONTHS, WEEKDAYS
from pipeline.guard.aliases import counted_words, knows, unsupported_names
from pipeline.guard.form import is_title_case
from pipeline.guard.support import unsupported_dates, unsupported_numbers, unsupported_quotations
from pipeline.lexicon import bases, looks_proper
from pipeline.metrics.plain_numbers import find_numbers
from pipeline.metrics.source import Source
from pipeline.records import Span

POOLED = ("quantities", "dates", "names", "quotations")
FACTS = ("numbers", *POOLED)
_Verdicts = Mapping[Span, bool]


@dataclass(frozen=True, slots=True)
class Unsupported:
    """A fact of an output that its article lacks.

    `kind` is one of FACTS; `span` counts code points of the output's lines joined by line ends.
    """

    kind: str
    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Checked:
    """How many facts of each kind an output states, and those of them that its article lacks, in order."""

    stated: Mapping[str, int]
    unsupported: tuple[Unsupported, ...]

    def share(self, kinds: Sequence[str]) -> float | None:
        """Supported share of the facts of `kinds`; None where the output states none."""
        stated = sum(self.stated.get(kind, 0) for kind in kinds)
        return 1 - sum(found.kind in kinds for found in self.unsupported) / stated if stated else None


def support(lines: Sequence[str], source: Source) -> Mapping[str, float | None]:
    """`KIND_supported` for every kind of fact and `facts_supported` for all but the bare numbers, as fractions."""
    checked = check_facts(tuple(lines), source)
    shares = {f"{kind}_supported": checked.share((kind,)) for kind in FACTS}
    return {"facts_supported": checked.share(POOLED), **shares}


@lru_cache(maxsize=1)
def check_facts(lines: tuple[str, ...], source: Source) -> Checked:
    """All facts of an output, given as its sentences or bullets, against the article."""
    read = [extract_facts(_marked(line)) for line in lines]
    caseless = _is_caseless(read, source)
    stated: Counter[str] = Counter()
    unsupported = []
    start = 0
    for line, facts in zip(lines, read, strict=True):
        for kind, found in _facts_of(facts, source, caseless):
            stated[kind] += len(found)
            spans = [span for span in found if not found[span]]
            unsupported += [Unsupported(kind, line[a:b], (start + a, start + b)) for a, b in spans]
        start += len(line) + 1
    return Checked(dict(stated), tuple(sorted(unsupported, key=lambda one: (one.span, one.kind))))


def _marked(line: str) -> str:
    """The line with the quotation marks of tokenized text (`` and '') as curly ones; no offset changes."""
    return line.replace("``", "“ ").replace("''", "” ")


def _facts_of(facts: Facts, source: Source, caseless: bool) -> Iterator[tuple[str, _Verdicts]]:
    """Kind → span → whether the article has it."""
    article = source.stated
    values = _values(source.text)
    yield "numbers", {span: value in values for span, value in find_numbers(facts.text)}
    counts = {q.span for q in facts.quantities if q.value != 1 or q.unit not in ("", "ordinal")}
    yield "quantities", _verdicts(counts, (r.span for r in unsupported_numbers(facts, article)))
    yield "dates", _verdicts((d.span for d in facts.dates), (r.span for r in unsupported_dates(facts, article)))
    yield "names", _lexical_names(facts, source) if caseless or _is_titled(facts) else _names(facts, source)
    quoted = (quotation.span for quotation in facts.quotations)
    yield "quotations", _verdicts(quoted, (r.span for r in unsupported_quotations(facts, article)))


def _verdicts(stated: Iterable[Span], wrong: Iterable[Span]) -> _Verdicts:
    missing = set(wrong)
    return {span: span not in missing for span in sorted({*stated, *missing})}


def _names(facts: Facts, source: Source) -> _Verdicts:
    counted = counted_words(facts)
    stated = (name.span for name in facts.names if not set(name.spans) <= counted)
    return _verdicts(stated, (reason.span for reason in unsupported_names(facts, source.stated)))


def _lexical_names(facts: Facts, source: Source) -> _Verdicts:
    """Where capitals say nothing: single words that look like names (`lexicon.looks_proper`)."""
    counted = counted_words(facts)
    found = (w for w in facts.words if (w.start, w.end) not in counted and _looks_like_a_name(w))
    return {(w.start, w.end): _has(w, source) for w in found}


def _looks_like_a_name(word: Word) -> bool:
    if not word.is_word or len(word.key) < 2 or word.key in FUNCTION_WORDS:
        return False
    return word.key not in WEEKDAYS and word.key not in MONTHS and looks_proper(word.key)


def _has(word: Word, source: Source) -> bool:
    return knows(word.key, source.stated) or any(base in source.stated.bases for base in bases(word.key))


def _is_titled(facts: Facts) -> bool:
    """Whether a line is in title case: no word of meaning is small, as the verb in "Boss Ann Poole saw it" is."""
    words = (w for w in facts.words if w.is_word and not w.joined and w.key not in FUNCTION_WORDS)
    return is_title_case(facts) and all(word.is_capital for word in words)


def _is_caseless(read: Sequence[Facts], source: Source) -> bool:
    """Whether an output is written without capitals: none within its sentences, though the article's names need them.

    That is so if it writes a word small that the article always capitalises, or if the article has no capitals either.
    """
    inner = [w for facts in read for w in facts.words if w.is_word and not w.initial]
    if any(word.is_capital for word in inner):
        return False
    return not source.proper or any(word.key in source.proper for word in inner)


@lru_cache(maxsize=4)
def _values(text: str) -> frozenset[float]:
    """Values of an article's numbers; kept for the next line and the next system's output on it."""
    return frozenset(value for _, value in find_numbers(text))
