"""How good a headline a candidate would make: is it sound, does it tell the news, is it near what people write?

score = log P(sound) + log P(tells) + CLOSE × expected closeness − UNSAFE × deletions that may break the sentence
        − UNCONDITIONAL if it says as a fact what its source says under an "if", or of all time what holds since a year
        − UNCONNECTED if it lost a connecting word − MENDED if it had to be repaired
        + what the article's own title adds

P(sound) and P(tells) are logistic regressions over `FEATURES`, fitted to 1,400 candidates that a reader judged: true
and grammatical, or not; fit to be printed, or not. Closeness is a ridge regression of ROUGE-1 with the real headlines,
as a difference from the article's other candidates. The weights lie in `weights/selector/headlines.json`;
`scripts/fit_headlines.py` fits them and says how well they tell good from bad (docs/experiments.md).
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from pipeline.deletions import unsafe_deletions
from pipeline.finite import has_finite_verb
from pipeline.fragments import Fragment, back_jumps, fragments, tokens
from pipeline.records import Article, Candidate
from pipeline.signs import (
    cut_short,
    drops_condition,
    drops_span,
    hangs,
    loses_condition,
    loses_connector,
    loses_head,
    mixed_clauses,
    opens_with_pronoun,
    stutters,
)
from pipeline.text.words import STOP, content_set

FEATURES = (
    "ruled", "trimmed", "logprob", "weakest",
    "words", "fragments", "longest_run", "jumps", "novel", "repeated", "stutters", "commas", "quotes", "says",
    "speaker_added", "unsafe", "any_unsafe", "verbless", "cut", "hangs", "headless", "mixed", "pronoun",
    "sentence", "several", "opening", "first", "place", "central", "lead", "cover",
)  # fmt: skip
CLOSE = 4.0  # what an expected ROUGE-1 of 1 is worth, in logs of probability
UNCONDITIONAL, UNCONNECTED, MENDED = 2.0, 0.5, 0.2  # an "if" told as a fact; a lost "who" or "after"; a repaired text
UNSAFE = 0.3  # what each deletion that may break the sentence costs on top: a false headline is worse than a dull one
TITLE, TITLED = 0.5, 0.4  # share of the title's words; a shorter form of the title itself: a person wrote it
DEFINITE, DESCRIBED = 0.5, re.compile(r"The [a-z]")  # "The plumber …": which one, nobody knows yet
SPEECH = frozenset(
    "said says say told according claims claimed argued argues believes thinks thought warned added wrote".split()
)


@dataclass(frozen=True, slots=True)
class Reading:
    """A candidate beside the sentences it was made from: their tokens, and the fragments it takes from them."""

    text: str
    sentences: Sequence[str]
    own: list[str]
    source: list[str]
    found: list[Fragment]


def headline_score(candidate: Candidate, article: Article) -> float:
    """The score: 0 for one certainly fit to be printed and as close as the average candidate; higher is better."""
    reading = _read(candidate, article)
    found = _features(candidate, article, reading)
    weights = _weights()
    score = sum(_log_sigmoid(_weighted(weights[name], found)) for name in ("sound", "tells"))
    score += CLOSE * _weighted(weights["close"], found) - UNSAFE * found["unsafe"]
    score -= _broken(candidate, reading)
    if article.title:
        words = content_set(candidate.text)
        score += TITLE * len(words & content_set(article.title)) / max(1, len(words))
    if candidate.request_id.endswith("#title"):
        return score + TITLED
    ruled = candidate.logprob is None
    return score - DEFINITE * (ruled and DESCRIBED.match(article.sentences[candidate.sentences[0]].text) is not None)


def _broken(candidate: Candidate, reading: Reading) -> float:
    """What is too rare among the judged candidates for a weight to be fitted."""
    parts = reading.found, reading.own, reading.source
    mended = any(flag.startswith("repaired") for flag in candidate.flags)
    unconditional = loses_condition(*parts) or drops_condition(candidate.text, reading.sentences)
    unconditional = unconditional or drops_span(candidate.text, reading.sentences)
    return UNCONDITIONAL * unconditional + UNCONNECTED * loses_connector(*parts) + MENDED * mended


def headline_features(candidate: Candidate, article: Article) -> dict[str, float]:
    """`FEATURES` of a candidate, most of them 0 to 1."""
    return _features(candidate, article, _read(candidate, article))


def _read(candidate: Candidate, article: Article) -> Reading:
    sentences = evidence_of(candidate, article)
    own, source = tokens(candidate.text), tokens(" ".join(sentences))
    return Reading(candidate.text, sentences, own, source, fragments(own, source))


def _features(candidate: Candidate, article: Article, reading: Reading) -> dict[str, float]:
    hanging = hangs(candidate.text, article.sentences[candidate.sentences[0]].text)
    return _of_model(candidate) | _of_text(reading) | {"hangs": float(hanging)} | _of_place(candidate, article)


def evidence_of(candidate: Candidate, article: Article) -> list[str]:
    """The sentences a headline was made from, the article's own title first."""
    title = [f"{article.title}."] if article.title else []
    return title + [article.sentences[i].text for i in candidate.sentences]


def _of_model(candidate: Candidate) -> dict[str, float]:
    return {
        "ruled": float(candidate.logprob is None),
        "trimmed": float("trimmed" in candidate.flags),
        "logprob": candidate.logprob or 0.0,
        "weakest": candidate.weakest or 0.0,
        "sentence": float(candidate.task == "brief"),
        "several": float(len(candidate.sentences) > 1),
    }


def _of_text(reading: Reading) -> dict[str, float]:
    text, sentences, own, source, found = (
        reading.text, reading.sentences, reading.own, reading.source, reading.found
    )  # fmt: skip
    size = max(1, len(own))
    content = [word for word in own if word not in STOP]
    unsafe = unsafe_deletions(text, sentences, headline=True)
    return {
        "words": size / 10,
        "fragments": len(found) / 10,
        "longest_run": max((f.size for f in found if f.source >= 0), default=0) / size,
        "jumps": float(back_jumps(found)),
        "novel": float(sum(word not in source for word in content)),
        "repeated": float(len(content) - len(set(content))),
        "stutters": float(stutters(text)),
        "commas": float(text.count(",")),
        "quotes": float('"' in text or "“" in text),
        "says": float(not SPEECH.isdisjoint(own)),
        "speaker_added": float(not SPEECH.isdisjoint(own) and SPEECH.isdisjoint(source)),
        "unsafe": float(unsafe),
        "any_unsafe": float(unsafe > 0),
        "verbless": float(not has_finite_verb(text, headline=True)),
        "cut": float(cut_short(text, found, " ".join(sentences))),
        "headless": float(loses_head(found, own, source)),
        "mixed": float(mixed_clauses(text, sentences)),
        "pronoun": float(opens_with_pronoun(text)),
    }


def _of_place(candidate: Candidate, article: Article) -> dict[str, float]:
    """How far it speaks of what the whole article and its opening speak of, and where its sentences stand."""
    words = content_set(candidate.text)
    share, opening = _word_shares(tuple(s.text for s in article.sentences))
    size = max(1, len(words))
    return {
        "opening": float(len(candidate.sentences) > 1 and candidate.sentences[0] == 0),
        "first": float(0 in candidate.sentences),
        "place": candidate.sentences[0] / len(article.sentences),
        "central": sum(share.get(w, 0.0) for w in sorted(words)) / size,
        "lead": len(words & opening) / size,
        "cover": len(words & opening) / max(1, len(opening)),
    }


@lru_cache(maxsize=4)
def _word_shares(sentences: tuple[str, ...]) -> tuple[dict[str, float], frozenset[str]]:
    """Share of the sentences each content word occurs in, and the words of the first two."""
    counts = Counter(w for text in sentences for w in content_set(text))
    lead = frozenset(w for text in sentences[:2] for w in content_set(text))
    return {w: n / len(sentences) for w, n in counts.items()}, lead


@cache
def _weights() -> dict[str, dict[str, float]]:
    stored = files("pipeline").joinpath("weights", "selector", "headlines.json").read_text(encoding="utf-8")
    weights: dict[str, dict[str, float]] = json.loads(stored)
    return weights


def _weighted(weights: Mapping[str, float], found: Mapping[str, float]) -> float:
    return weights["bias"] + sum(weights[name] * found[name] for name in FEATURES)


def _log_sigmoid(x: float) -> float:
    return -math.log1p(math.exp(-x)) if x > -30 else x
