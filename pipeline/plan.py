"""(Article, output kinds, engine) → the requests to generate from, best sentences first."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Protocol

from pipeline.coverage import reaching
from pipeline.engines.base import BLOCK, SENTENCE_TOKENS
from pipeline.extract import lead, textrank
from pipeline.mapreduce import Budgets, read_whole
from pipeline.records import Article, Kind, Request, Task
from pipeline.salience import PRONOUNS, features_without_title, no_news, spread
from pipeline.settings_outputs import OutputSettings

MIN_WORDS = 40  # below this an article is answered extractively
SPARE = 4  # sentences asked for beyond what the contracts need
HEADLINE_TOKENS = 128  # what the embedded model reads for a headline, as in training
HEADLINE_WORDS = (8, 10, 12)  # length wishes: three shapes of headline
SHORT, LONG = 11, 20  # words of a bullet and of a summary sentence
HEADLINE_NOVELTY, RETELLING = 3, 3  # how far (1–3) headlines and a rewrite should leave the source's wording


Chooser = Callable[[int], tuple[int, ...]]  # the n best sentences, best first


class Reader(Protocol):
    """What the plan needs to know of an engine."""

    @property
    def strategy(self) -> str: ...
    @property
    def budget(self) -> int: ...
    def count_tokens(self, text: str) -> int: ...
    def rate_sentences(
        self, texts: Sequence[str], features: Sequence[Sequence[float]]
    ) -> Sequence[float] | None: ...


def extraction_flags(article: Article) -> tuple[str, ...]:
    """Why this article is not given to a model: `too_short`, `language:xx`; empty for ordinary news."""
    short = ("too_short",) if article.words < MIN_WORDS else ()
    return short + tuple(flag for flag in article.flags if flag.startswith("language:"))


@dataclass(frozen=True, slots=True)
class Rated:
    """An engine's own log-odds of every sentence (None: it gives none), and the limits it met in reading them."""

    odds: Sequence[float] | None = None
    limits: Mapping[str, int] = field(default_factory=dict)


def rated(article: Article, kinds: Sequence[Kind], engine: Reader) -> Rated:
    """What the engine's selector makes of the sentences, where the plan for `kinds` chooses sentences."""
    if engine.strategy != "sentences" or extraction_flags(article) or not set(kinds) - {"rewrite"}:
        return Rated()
    texts = [s.text for s in article.sentences]
    odds = engine.rate_sentences(texts, features_without_title(article))
    if odds is None:
        return Rated()
    long = sum(len(text) > SENTENCE_TOKENS and engine.count_tokens(text) > SENTENCE_TOKENS for text in texts)
    blocks = -(-len(texts) // BLOCK)
    met = {"rated_in_part": long, "rated_in_blocks": blocks if blocks > 1 else 0}
    return Rated(odds, {name: n for name, n in met.items() if n})


def plan(
    article: Article,
    kinds: Sequence[Kind],
    outputs: OutputSettings,
    engine: Reader,
    odds: Sequence[float] | None = None,
) -> list[Request]:
    """Every request for the given kinds, in the order of preference; of a whole article those of the first round.

    `odds` are those that `rated` gave; without them the engine is asked here.
    """
    if extraction_flags(article):
        return []
    if engine.strategy == "whole":
        return next(read_whole(article, kinds, outputs, engine, Budgets(engine.budget, engine.budget)))
    if engine.strategy == "sentences":
        prose = tuple(kind for kind in kinds if kind not in ("headlines", "rewrite"))
        best = partial(spread, article, odds=odds or rated(article, kinds, engine).odds)
        found = _sentences(article, prose, outputs, best) if prose else []
        found += _retellings(article) if "rewrite" in kinds else []
        return found + (_headlines(article, engine, best) if "headlines" in kinds else [])
    pick = lead if engine.strategy == "lead" else textrank
    return [r for kind in kinds for r in _extracts(article, kind, pick(article, _count(kind, outputs)))]


def _sentences(
    article: Article, kinds: tuple[Kind, ...], outputs: OutputSettings, best: Chooser
) -> list[Request]:
    """The most telling sentences, each to be rewritten in a long and a short form."""
    need = max(_count(kind, outputs) for kind in kinds) + SPARE
    wanted = reaching(article, best(3 * need), need)
    return [_brief(article, i, words, kinds) for i in wanted for words in (LONG, SHORT)]


def _brief(article: Article, i: int, words: int, kinds: tuple[Kind, ...]) -> Request:
    around = (i - 1,) if i and refers_back(article.sentences[i].text) else ()
    return Request(
        id=f"{article.id}#brief:{i}:{words}",
        article_id=article.id,
        task="brief",
        source=article.sentences[i].text,
        context=" ".join(article.sentences[j].text for j in around),
        sentences=(i, *around),
        serves=kinds,
        words=words,
    )


def _retellings(article: Article) -> list[Request]:
    """For a rewrite, every sentence in the article's order; what is short already is asked for once."""
    found = []
    for i, sentence in enumerate(article.sentences):
        size = len(sentence.text.split())
        for words in (LONG, SHORT):
            if size > words - 4:
                request = replace(_brief(article, i, words, ("rewrite",)), id=f"{article.id}#retell:{i}:{words}")
                found.append(replace(request, novelty=RETELLING))
    return found


def refers_back(text: str) -> bool:
    """Whether a sentence opens with a pronoun, so that it needs the one before it to be understood.

    Other sentences get no context: the small model would take its names for the sentence's own.
    """
    words = text.split()[:2]
    return any(word.strip("\"'(,").lower() in PRONOUNS for word in words)


def _headlines(article: Article, engine: Reader, best: Chooser) -> list[Request]:
    """The opening at three lengths and the most telling sentences, each after the article's own title if it has one;
    and short forms of the most telling sentences."""
    beside = no_news(article)
    opening = _fitting(article, [i for i in range(len(article.sentences)) if i not in beside], engine)
    telling = _fitting(article, sorted(best(4)), engine)
    wishes = [(opening, words) for words in HEADLINE_WORDS]
    if telling != opening:
        wishes += [(telling, words) for words in HEADLINE_WORDS[:2]]
    wishes += [((i,), HEADLINE_WORDS[1]) for i in best(2)]
    found = [_titled(article, _request(article, "headline", i, ("headlines",), words)) for i, words in wishes]
    found += [_brief(article, i, SHORT - 2, ("headlines",)) for i in best(6)]
    found = [replace(request, novelty=HEADLINE_NOVELTY) if request.task == "headline" else request for request in found]
    return list({request.id: request for request in found}.values())


def _titled(article: Article, request: Request) -> Request:
    """The request with the title in front of its source, as the sentence it is the sense of."""
    if not article.title:
        return request
    end = "" if article.title[-1] in ".?!" else "."
    return replace(request, source=f"{article.title}{end} {request.source}")


def _fitting(article: Article, indices: Sequence[int], engine: Reader, most: int = 6) -> tuple[int, ...]:
    """The first of `indices` whose sentences fit what the model reads for a headline; at least one."""
    kept: list[int] = []
    used = 0
    for i in indices[:most]:
        used += engine.count_tokens(article.sentences[i].text)
        if kept and used > HEADLINE_TOKENS:
            break
        kept.append(i)
    return tuple(kept)


def _extracts(article: Article, kind: Kind, indices: Sequence[int]) -> list[Request]:
    task: Task = "headline" if kind == "headlines" else "brief"
    return [_request(article, task, (i,), (kind,), None) for i in indices]


def _request(
    article: Article, task: Task, indices: tuple[int, ...], kinds: tuple[Kind, ...], words: int | None
) -> Request:
    name = f"{article.id}#{task}:{','.join(map(str, indices))}:{words or ''}:{'+'.join(kinds)}"
    text = " ".join(article.sentences[i].text for i in indices)
    return Request(name, article.id, task, text, indices, kinds, words=words)


def _count(kind: Kind, outputs: OutputSettings) -> int:
    """Sentences an output of this kind may have."""
    counts = {
        "summary": outputs.summary.max_sentences,
        "bullets": outputs.bullets.max,
        "headlines": outputs.headlines.count,
        "rewrite": 30,
    }
    return counts[kind]
