"""How much a candidate can be trusted and wanted: the score that selection sorts by.

Headlines: `headline_score`. Sentences of a summary, bullets and a rewrite:

score = mean log-probability + WEAKEST × that of its three least likely tokens
        − JOIN × fragments it was put together from − JUMP × facts put into another order
        − COPY if it is the whole sentence as it stands − CUT if it breaks off where its source goes on
        − UNCONDITIONAL if it says as a fact what its source says under an "if", or of all time what holds since a year
        − VERBLESS if its main clause has no finite verb − HEADLESS if an "of" lost what it belongs to
        − UNSAFE × deletions across the borders of constituents
        − MENDED if it had to be repaired
        − DANGLING if it opens with a pronoun − MIXED × clauses whose words come from several sentences
        + KEPT × share of the source sentence's content words kept

What a rule made of the article's words (flags `reworded`, `trimmed`) starts at RULED instead: no penalty for how it was
put together, less RULE for each rule, VERBLESS and DANGLING as above. What a rule made of a model's text keeps the
penalties of that text. What an engine wrote from a whole article (seq2seq, chat …) may be put together in any way:
beside its probabilities, where it states them, KEPT, COPY, DANGLING, VERBLESS and MENDED alone count.

The weights were chosen on validation articles (docs/experiments.md).
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache

from pipeline.deletions import unsafe_deletions
from pipeline.finite import has_finite_verb
from pipeline.fragments import back_jumps, fragments, tokens
from pipeline.headline_score import evidence_of, headline_score
from pipeline.records import Article, Candidate, Judged, Kind
from pipeline.signs import (
    cut_short,
    drops_condition,
    drops_span,
    half_a_sentence,
    hangs,
    loses_condition,
    loses_connector,
    loses_head,
    mixed_clauses,
    opens_with_pronoun,
    speaks_as_one_of_us,
    stutters,
)
from pipeline.text.words import STOP, content_set

KEPT, JOIN, JUMP, COPY, CUT, DANGLING = 0.35, 0.05, 0.25, 0.6, 0.6, 0.5
WEAKEST, MIXED, UNCONDITIONAL = 0.25, 0.5, 2.0
VERBLESS, HEADLESS = 0.6, 1.5
MENDED = 0.2  # what a repaired candidate loses: a sound one of the model's own is safer
UNSAFE = 0.8  # what each deletion that may break the sentence costs
RULED, RULE, RULED_KEPT = -0.75, 0.02, 0.5  # a wording made by rule starts here, and loses a little for every rule
DOUBTFUL, HEADLINE_DOUBTFUL = -1.0, -1.6  # mean log-probability under which a candidate is not used
LOOSE = -1.25  # score under which most rewrites of validation sentences read as broken
LEAST_HEADLINE = 4  # words
CREDIT = re.compile(
    r"^[(\[]|^FILE (?:PHOTO|PIC|IMAGE)|\b(?:[Pp]hoto|[Pp]icture|REUTERS|AP Photo|Getty)\b.*[:/]|\(.*[Pp]hoto"
)
GLUED = re.compile(r"\d[a-z]*[$£€]\d|s's\b|,,")


def rate(judged: Judged, kind: Kind, article: Article) -> Judged:
    """The candidate with its score as a text of `kind`."""
    candidate = judged.candidate
    if kind == "headlines":
        mixed = mixed_clauses(candidate.text, evidence_of(candidate, article))
        free = candidate.logprob is None or wrote_freely(candidate)
        return replace(judged, score=headline_score(candidate, article), mixed=bool(mixed) and not free)
    score, mixes = _as_prose(candidate, tuple(article.sentences[i].text for i in candidate.sentences))
    return replace(judged, score=score, mixed=mixes)


@lru_cache(maxsize=1024)
def _as_prose(candidate: Candidate, sentences: tuple[str, ...]) -> tuple[float, bool]:
    """The score as a sentence made of `sentences`, the same for a summary, a bullet and a rewrite, and whether it mixes
    clauses of several."""
    if candidate.logprob is None and not {"reworded", "trimmed"}.isdisjoint(candidate.flags):
        return _by_rule(candidate, sentences[0]), False
    if wrote_freely(candidate):
        return _of_whole_article(candidate, sentences[0]), False
    source, text = tokens(" ".join(sentences)), tokens(candidate.text)
    found = fragments(text, source)
    mixed = mixed_clauses(candidate.text, sentences)
    score = _sureness(candidate) - MENDED * _mended(candidate)
    score -= JUMP * back_jumps(found) + JOIN * len(found)
    score -= MIXED * mixed + DANGLING * opens_with_pronoun(candidate.text)
    score += KEPT * _kept(candidate.text, sentences[0])
    if not candidate.extractive:
        broken = cut_short(candidate.text, found, " ".join(sentences)) or hangs(candidate.text, sentences[0])
        broken = broken or loses_connector(found, text, source)
        score -= COPY * (text == tokens(sentences[0])) + CUT * broken
        score -= VERBLESS * (not has_finite_verb(candidate.text))
        score -= UNSAFE * unsafe_deletions(candidate.text, sentences)
        score -= HEADLESS * loses_head(found, text, source) + UNCONDITIONAL * (
            loses_condition(found, text, source)
            or drops_condition(candidate.text, sentences)
            or drops_span(candidate.text, sentences)
        )
    return score, bool(mixed)


def _by_rule(candidate: Candidate, source: str) -> float:
    """The score of a wording made by rule: how it was put together is known, so no penalty for that applies."""
    score = RULED - RULE * (candidate.request_id.count("+") + 1) - DANGLING * opens_with_pronoun(candidate.text)
    return score - VERBLESS * (not has_finite_verb(candidate.text)) + RULED_KEPT * _kept(candidate.text, source)


def wrote_freely(candidate: Candidate) -> bool:
    """Whether an engine of the strategy `whole` wrote this, from an article and not from the sentences beside it."""
    return candidate.origin is not None


def _of_whole_article(candidate: Candidate, source: str) -> float:
    """The score of what such an engine wrote: it words freely, so how a text was put together shows nothing; of the
    rest what was learnt of single sentences holds here, too."""
    score = _sureness(candidate) + KEPT * _kept(candidate.text, source) - MENDED * _mended(candidate)
    score -= DANGLING * opens_with_pronoun(candidate.text) + COPY * (tokens(candidate.text) == tokens(source))
    return score - VERBLESS * (not has_finite_verb(candidate.text))


def _sureness(candidate: Candidate) -> float:
    """What the probabilities say; 0 of an engine that states none."""
    return (candidate.logprob or 0.0) + WEAKEST * (candidate.weakest or 0.0)


def _mended(candidate: Candidate) -> bool:
    return any(flag.startswith("repaired") for flag in candidate.flags)


def _kept(text: str, focus: str) -> float:
    wanted = content_set(focus)
    return len(wanted & content_set(text)) / len(wanted) if wanted else 0.0


def doubts(judged: Judged, kind: Kind) -> str:
    """Why a model's candidate should not be used although the guard passed it; empty if there is no such reason."""
    candidate = judged.candidate
    if candidate.extractive:
        return ""
    headline = kind == "headlines"
    if candidate.logprob is None and not headline and not has_finite_verb(candidate.text):
        return "has no finite verb"
    if GLUED.search(candidate.text):
        return "words or figures run together"
    if candidate.logprob is not None and candidate.logprob < (HEADLINE_DOUBTFUL if headline else DOUBTFUL):
        return "the model itself doubts it"
    if not headline and judged.score < LOOSE and not wrote_freely(candidate):
        return "too loosely put together"
    if kind in ("headlines", "bullets") and opens_with_pronoun(candidate.text):
        return "opens with a pronoun"
    if headline and CREDIT.search(candidate.text):
        return "a picture's caption or credit"
    if headline and half_a_sentence(candidate.text) and not candidate.request_id.endswith("#title"):
        return "a side clause alone"
    if headline and len(tokens(candidate.text)) < LEAST_HEADLINE:
        return "says too little"
    words = [word for word in tokens(candidate.text) if word not in STOP]
    if stutters(candidate.text) or (headline and len(set(words)) < len(words)):
        return "repeats itself"
    if judged.mixed and headline:
        return "joins words of several sentences"
    return "speaks in the first or second person" if speaks_as_one_of_us(candidate.text) else ""
