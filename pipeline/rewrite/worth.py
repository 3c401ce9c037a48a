"""What a candidate is worth in a rewrite: the facts it keeps, less what is doubtful or clumsy about it.

worth = salience of its sentence × facts kept − COST × (0 − score) for a model's text − RULE for each rule
        − TENSE if it reports in the present what its sentence reports in the past
        − VERBATIM for a sentence as it stands − LOST if who said it is no longer said
        − QUOTED for a sentence that is nothing but a quotation − LONG per word over 18 (plain style only)

A name, number or date counts NAMED, any other content word 1, divided by TEN so that a sentence is worth about 1.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.metrics.source import Ngram
from pipeline.ranking import doubts, wrote_freely
from pipeline.records import Article, Judged
from pipeline.rewrite.grammar import QUOTED
from pipeline.rewrite.grams import counts
from pipeline.salience import salience
from pipeline.signs import opens_with_pronoun
from pipeline.text.words import STOP, WORD, stem

NAMED, TEN = 2.0, 10.0
COST, RULE, VERBATIM, LOST, QUOTATION, LONG, TENSE = 0.8, 0.02, 0.25, 1.5, 0.3, 0.05, 0.5
SAID = re.compile(r"\b(?:said|says|told|according|added|warned|argued|claimed|claims|alleged|allegedly|reportedly)\b")
PLAIN_WORDS = 18
SURE = -0.4  # score under which too many rewrites of validation sentences say something else than their sentence


@dataclass(frozen=True, slots=True)
class Option:
    """A candidate as the choice sees it: `slot` its last sentence, `span` how many sentences it retells."""

    judged: Judged
    slot: int
    span: int
    words: int
    shared: int
    grams: int
    worth: float
    dangling: bool


def options(judged: Sequence[Judged], article: Article, grams: frozenset[Ngram], *, plain: bool) -> list[list[Option]]:
    """The usable candidates of every sentence of the article."""
    weights = _weights(article)
    found: list[list[Option]] = [[] for _ in article.sentences]
    for item in judged:
        fused = "fused" in item.candidate.flags
        slot = item.candidate.sentences[1] if fused else item.candidate.sentences[0]
        text = item.candidate.text
        shared, total = counts(text, grams)
        worth = _worth(item, article, weights, plain=plain)
        words = len(text.split())
        found[slot].append(Option(item, slot, 1 + fused, words, shared, total, worth, _points_back(text)))
    return found


def refused(judged: Judged, article: Article) -> str:
    """Why a candidate cannot be part of a rewrite; empty if it can."""
    candidate = judged.candidate
    if not judged.verdict.ok:
        return "rejected by the guard"
    if candidate.text.count('"') % 2:
        return "opens a quotation and does not close it"
    if candidate.logprob is None:
        return ""
    if wrote_freely(candidate):
        return doubts(judged, "rewrite")
    source = article.sentences[candidate.sentences[0]].text
    if bool(SAID.search(candidate.text)) != bool(SAID.search(source)):
        return "leaves out or adds that somebody said it"
    if source.count('"') % 2 and "reworded" not in candidate.flags:
        return "its quotation runs over several sentences"
    return doubts(judged, "rewrite") or ("the model is not sure enough" if judged.score < SURE else "")


def _points_back(text: str) -> bool:
    """Whether a sentence needs the one before it: it opens with a pronoun, or quotes without saying whom."""
    first = text.lower().split()[:2]
    unnamed = first[0] == "the" and first[-1] in ("figure", "figures", "total", "latter", "pair", "two", "others")
    return unnamed or opens_with_pronoun(text) or (text.startswith('"') and not SAID.search(text))


def _weights(article: Article) -> list[float]:
    """0.7 for the least to 1.3 for the most telling sentence, by rank."""
    scores = salience(article)
    order = sorted(range(len(scores)), key=lambda i: scores[i])
    place = {i: rank for rank, i in enumerate(order)}
    return [0.7 + 0.6 * place[i] / max(1, len(order) - 1) for i in range(len(scores))]


def _worth(item: Judged, article: Article, weights: Sequence[float], *, plain: bool) -> float:
    candidate = item.candidate
    told = candidate.sentences[:2] if "fused" in candidate.flags else candidate.sentences[:1]
    source = " ".join(article.sentences[i].text for i in told)
    worth = max(weights[i] for i in told) * kept(candidate.text, source)
    if candidate.logprob is not None:
        worth -= COST * max(0.0, -item.score)
    worth -= RULE * candidate.request_id.count("+") + VERBATIM * candidate.extractive
    worth -= LOST * bool(SAID.search(source) and not SAID.search(candidate.text))
    worth -= TENSE * (" says" in candidate.text and " says" not in source)
    worth -= QUOTATION * (len(QUOTED.sub("", candidate.text).split()) < 4)
    if plain:
        longest = max(len(part.split()) for part in re.split(r"(?<=[.!?]) ", candidate.text))
        worth -= LONG * max(0, longest - PLAIN_WORDS)
    return worth


def kept(text: str, source: str) -> float:
    """The facts of `source` that `text` keeps, in tens of content words."""
    wanted: dict[str, float] = {}
    for n, word in enumerate(WORD.findall(source)):
        if word.lower() not in STOP:
            named = word[0].isdigit() or (n > 0 and word[0].isupper())
            wanted[stem(word)] = NAMED if named else max(1.0, wanted.get(stem(word), 0.0))
    own = {stem(word) for word in WORD.findall(text)}
    return sum(weight for key, weight in wanted.items() if key in own) / TEN
