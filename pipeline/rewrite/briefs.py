"""The rules of the rewrite at work for a summary and for bullets: other wordings of the sentences chosen for them.

The small model's own rewrites lose subjects and verbs; what a rule leaves out or rewords stays a sentence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pipeline.records import KINDS, Article, Candidate, Kind
from pipeline.rewrite.cuts import headlines_of, shortenings, shorter_titles
from pipeline.rewrite.grammar import read_spelling
from pipeline.rewrite.grams import source_grams
from pipeline.rewrite.variants import APART, Variant, is_finished, quotation_marked, variants

UNFIT = {*APART, "according_to", "according_to_last", "numbers_restyled", "millions_written", "going_to"}
OPENING = 2  # sentences that headlines are always made of
MOST_CUT = 15  # shortened forms of one sentence for prose
LONGEST_HEADLINE = 110  # characters; the contract of the kind is stricter


def retold(article: Article, candidates: Sequence[Candidate]) -> list[Candidate]:
    """Rule-made candidates for every sentence the model was asked about, flagged `reworded`, or `trimmed` if cut."""
    found: list[Candidate] = []
    asked: dict[int, set[Kind]] = {}
    for c in candidates:
        if c.task == "brief" and not c.extractive:
            asked.setdefault(c.sentences[0], set()).update(c.serves)
    if any("headlines" in kinds for kinds in asked.values()):
        for i in range(min(OPENING, len(article.sentences))):
            asked.setdefault(i, set()).add("headlines")
        titles = shorter_titles(article.title or "")
        found += [replace(_cut(article, 0, t, ("headlines",)), request_id=f"{article.id}#title") for t in titles]
    spelling, grams = read_spelling(s.text for s in article.sentences), source_grams(article.text)
    for i, kinds in asked.items():
        prose: tuple[Kind, ...] = tuple(kind for kind in KINDS if kind in kinds - {"rewrite", "headlines"})
        text = quotation_marked(article, i)
        if not is_finished(text) or text != article.sentences[i].text:
            continue  # part of a longer quotation: it does not stand alone
        if "headlines" in kinds:
            made = (text for text in headlines_of(text) if len(text) <= LONGEST_HEADLINE)
            found += [_cut(article, i, text, ("headlines",)) for text in made]
        if prose:
            found += [
                _reworded(article, i, v, prose) for v in variants(text, spelling, grams) if not UNFIT & set(v.rules)
            ]
            found += [_cut(article, i, made, prose) for made in shortenings(text)[:MOST_CUT]]
    return found


def _reworded(article: Article, i: int, variant: Variant, serves: tuple[Kind, ...]) -> Candidate:
    name = f"{article.id}#reword:{i}:{'+'.join(variant.rules)}"
    return Candidate(name, "brief", variant.text, None, (i,), serves, flags=("reworded",))


def _cut(article: Article, i: int, text: str, serves: tuple[Kind, ...]) -> Candidate:
    return Candidate(f"{article.id}#cut:{i}", "brief", text, None, (i,), serves, flags=("trimmed",))
