"""The rules put together: from a sentence (or a sound rewrite of the model) to candidates in other words and lengths.

Rules that leave something out are applied first, up to two of them; on each result the rules that only reword are
tried in turn and kept where they lower the number of 4-grams shared with the article. Of all texts made from one
sentence those stay that no other beats in both length and wording.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from pipeline.metrics.source import Ngram
from pipeline.records import Article, Candidate, Judged
from pipeline.rewrite import attribution, clauses, phrases, shorten, wording, words
from pipeline.rewrite.grammar import Rule, Spelling, read_spelling
from pipeline.rewrite.grams import counts, source_grams
from pipeline.rewrite.worth import SURE

Style = Literal["news", "plain"]
SHORTER: dict[str, Rule] = {
    "aside_out": shorten.aside_out,
    "middle_out": shorten.middle_out,
    "tail_out": shorten.tail_out,
    "opening_out": shorten.opening_out,
    "second_half_out": shorten.second_half_out,
    "place_of_saying_out": shorten.place_of_saying_out,
}
OTHERWISE: dict[str, Rule] = {
    "day_with_on": phrases.day_with_on,
    "connective": clauses.connective,
    "active": phrases.active,
    "aged": phrases.aged,
    "time_first": phrases.time_first,
    "time_last": phrases.time_last,
    "clause_to_front": clauses.clause_to_front,
    "clause_to_end": clauses.clause_to_end,
    "participle_to_past": phrases.participle_to_past,
    "relative_reduced": phrases.relative_reduced,
    "age_first": phrases.age_first,
    "place_and_day": phrases.place_and_day,
    "participle_inside": phrases.participle_inside,
    "appositive_first": clauses.appositive_first,
    "relative_apart": clauses.relative_apart,
    "coordination_apart": clauses.coordination_apart,
    "attribution_to_end": attribution.attribution_to_end,
    "attribution_to_front": attribution.attribution_to_front,
    "according_to": attribution.according_to,
    "according_to_last": attribution.according_to_last,
    "quotation_last": attribution.quotation_last,
    "genitive_to_of": phrases.genitive_to_of,
    "of_to_genitive": phrases.of_to_genitive,
    "that_toggled": attribution.that_toggled,
    "millions_written": words.millions_written,
    "wording": wording.reword,
    "numbers_restyled": words.numbers_restyled,
    "contractions_opened": words.contractions_opened,
    "going_to": words.going_to,
    "adverb_out": words.adverb_out,
    "adjective_out": words.adjective_out,
}
APART = ("relative_apart", "coordination_apart")  # applied in plain style whatever they do for the wording
MOST_SHORTER, MOST_KEPT, MODEL_TEXTS = 10, 10, 3


@dataclass(frozen=True, slots=True)
class Variant:
    """A text, the rules that made it, and how many of its 4-grams are the article's."""

    text: str
    rules: tuple[str, ...]
    shared: int


def reworded(article: Article, judged: Sequence[Judged], style: Style = "news") -> list[Candidate]:
    """Rule-made candidates for a rewrite, flagged `reworded`, and each sentence as it stands as a last resort.

    Works on every finished sentence of `article` and on the best rewrites of the model among `judged` that passed.
    """
    spelling = read_spelling(s.text for s in article.sentences)
    grams = source_grams(article.text)
    found: list[Candidate] = []
    for i, sentence in enumerate(article.sentences):
        if not is_finished(sentence.text):
            continue
        text = quotation_marked(article, i)
        found.append(_extract(i, text) if text == sentence.text else _reworded_as(article, text, (i,), ("quotation",)))
        found += _of_text(article, text, (i,), None, spelling, grams, style)
        for item in _sound(judged, i):
            told = in_tense(item.candidate.text, text)
            found += _of_text(article, told, item.candidate.sentences, item.candidate, spelling, grams, style)
    found += _fusions(article, spelling, style)
    return list({(c.sentences, c.text): c for c in reversed(found)}.values())[::-1]


def is_finished(text: str) -> bool:
    """Whether a line is a sentence of an article rather than a heading or caption."""
    return len(text.split()) >= 3 and text[-1:] in ".?!\"')" and not text.endswith("..")


def quotation_marked(article: Article, i: int) -> str:
    """Sentence `i` with the quotation marks that its neighbours hold, where a quotation runs over several sentences."""
    text, paragraph = article.sentences[i].text, article.sentences[i].paragraph
    marks, before = 0, i - 1
    while before >= 0 and article.sentences[before].paragraph == paragraph:
        marks += article.sentences[before].text.count('"')
        before -= 1
    text = f'"{text}' if marks % 2 else text
    return f'{text}"' if text.count('"') % 2 else text


def in_tense(text: str, source: str) -> str:
    """A rewrite that reports in the present ("Reyes says") in the tense of its sentence."""
    if re.search(r"\bsaid\b", source) and not re.search(r"\bsays\b", source):
        return re.sub(r"\bsays\b", "said", text)
    return text


def variants(text: str, spelling: Spelling, grams: frozenset[Ngram], style: Style = "news") -> list[Variant]:
    """All variants worth keeping of one text, the longest first; without the text itself."""
    made: dict[str, Variant] = {}
    for short, rules in _shortened(text, spelling):
        for variant in _reworded(Variant(short, rules, counts(short, grams)[0]), spelling, grams, style):
            made.setdefault(variant.text, variant)
    made.pop(text, None)
    return _undominated(list(made.values()))


def _shortened(text: str, spelling: Spelling) -> list[tuple[str, tuple[str, ...]]]:
    """The text and what up to two rules of SHORTER leave of it."""
    found: dict[str, tuple[str, ...]] = {text: ()}
    for _ in range(2):
        for base, rules in list(found.items()):
            for name, rule in SHORTER.items():
                for made in rule(base, spelling):
                    if len(made.split()) >= shorten.LEAST_WORDS and len(found) < MOST_SHORTER:
                        found.setdefault(made, (*rules, name))
    return list(found.items())


def _reworded(base: Variant, spelling: Spelling, grams: frozenset[Ngram], style: Style) -> Iterator[Variant]:
    """The text itself, each step of rewording it, and the end of that road."""
    current = base
    yield current
    if style == "plain":
        current = _step(current, "plain", wording.plain(current.text), grams)
        yield current
    for name, rule in OTHERWISE.items():
        for made in rule(current.text, spelling):
            tried = _step(current, name, made, grams)
            if tried.shared < current.shared or (style == "plain" and name in APART and made != current.text):
                current = tried
                yield current
                break


def _step(before: Variant, name: str, text: str, grams: frozenset[Ngram]) -> Variant:
    if text == before.text:
        return before
    return Variant(text, (*before.rules, name), counts(text, grams)[0])


def _undominated(made: list[Variant]) -> list[Variant]:
    """Variants that none of nearly the same length (within a word) beats in wording; at most MOST_KEPT."""
    made.sort(key=lambda v: (v.shared, len(v.rules)))
    kept: list[Variant] = []
    for variant in made:
        size = len(variant.text.split())
        near = sum(abs(len(k.text.split()) - size) <= 1 for k in kept)
        if near < 2 and len(kept) < MOST_KEPT:
            kept.append(variant)
    return sorted(kept, key=lambda v: -len(v.text.split()))


def _sound(judged: Sequence[Judged], i: int) -> list[Judged]:
    """The model's best rewrites of sentence `i` that passed the guard and are put together well."""
    own = [j for j in judged if j.candidate.sentences[0] == i and j.candidate.task == "brief" and j.verdict.ok]
    model = [j for j in own if not j.candidate.extractive and j.candidate.logprob is not None and j.score >= SURE]
    return sorted(model, key=lambda j: -j.score)[:MODEL_TEXTS]


def _of_text(
    article: Article,
    text: str,
    sentences: tuple[int, ...],
    parent: Candidate | None,
    spelling: Spelling,
    grams: frozenset[Ngram],
    style: Style,
) -> Iterator[Candidate]:
    found = variants(text, spelling, grams, style)
    for variant in found + ([Variant(text, ("tense",), 0)] if parent is not None and text != parent.text else []):
        made = _reworded_as(article, variant.text, sentences, variant.rules)
        yield made if parent is None else replace(made, logprob=parent.logprob, weakest=parent.weakest)


def _reworded_as(article: Article, text: str, sentences: tuple[int, ...], rules: tuple[str, ...]) -> Candidate:
    name = f"{article.id}#reword:{sentences[0]}:{'+'.join(rules)}"
    return Candidate(name, "rewrite", text, None, sentences, ("rewrite",), flags=("reworded",))


def _extract(i: int, text: str) -> Candidate:
    return Candidate(f"extract:{i}", "rewrite", text, None, (i,), ("rewrite",), True, ("fallback:extractive",))


def _fusions(article: Article, spelling: Spelling, style: Style) -> Iterator[Candidate]:
    """Two short neighbours of one paragraph as one sentence; not in plain style."""
    if style == "plain":
        return
    pairs = zip(article.sentences, article.sentences[1:], strict=False)
    for i, (first, second) in enumerate(pairs):
        if first.paragraph == second.paragraph:
            for made in clauses.fused(first.text, second.text, spelling):
                text = wording.swapped(made, wording.SWAPS)
                name = f"{article.id}#reword:{i},{i + 1}:fused"
                yield Candidate(name, "rewrite", text, None, (i, i + 1), ("rewrite",), flags=("reworded", "fused"))
