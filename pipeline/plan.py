"""(Article, output kinds, engine) → the requests to generate from, best sentences first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Protocol

from pipeline.chunk import chunks, word_runs
from pipeline.coverage import reaching
from pipeline.extract import lead, textrank
from pipeline.records import Article, Candidate, Kind, Request, Task
from pipeline.salience import PRONOUNS, features_without_title, spread
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


def plan(article: Article, kinds: Sequence[Kind], outputs: OutputSettings, engine: Reader) -> list[Request]:
    """Every request for the given kinds; their order is the order of preference."""
    if extraction_flags(article):
        return []
    if engine.strategy == "whole":
        return _whole(article, kinds, outputs, engine)
    if engine.strategy == "sentences":
        prose = tuple(kind for kind in kinds if kind not in ("headlines", "rewrite"))
        chosen = prose or "headlines" in kinds
        best = partial(spread, article, odds=_rated(article, engine) if chosen else None)
        found = _sentences(article, prose, outputs, best) if prose else []
        found += _retellings(article) if "rewrite" in kinds else []
        return found + (_headlines(article, engine, best) if "headlines" in kinds else [])
    pick = lead if engine.strategy == "lead" else textrank
    return [r for kind in kinds for r in _extracts(article, kind, pick(article, _count(kind, outputs)))]


def _rated(article: Article, engine: Reader) -> Sequence[float] | None:
    """The engine's own log-odds of every sentence, if it has a selector."""
    return engine.rate_sentences([s.text for s in article.sentences], features_without_title(article))


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
    opening = _fitting(article, range(len(article.sentences)), engine)
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


def _whole(article: Article, kinds: Sequence[Kind], outputs: OutputSettings, engine: Reader) -> list[Request]:
    """One request per chunk and kind; with several chunks these are the map step of map–reduce."""
    parts = chunks(article, engine.budget, engine.count_tokens)
    found = []
    for kind in kinds:
        task: Task = "headline" if kind == "headlines" else "summary"
        serves = (kind,) if len(parts) == 1 else ()
        for n, part in enumerate(parts):
            name = f"{article.id}#{kind}:map:{n}"
            words = _words(kind, outputs)
            found.append(Request(name, article.id, task, part.text, part.sentences, serves, words=words))
    return found


def reduce(
    article: Article, kind: Kind, parts: Sequence[Candidate], outputs: OutputSettings, engine: Reader, depth: int
) -> list[Request]:
    """Requests over the joined texts of a map step: one that serves `kind` if they fit the budget, else more maps.

    A text over the budget is split at white space. When a round no longer shortens the texts, all its requests serve.
    """
    task: Task = "headline" if kind == "headlines" else "summary"
    pieces = [
        (part.text[start:end], part.sentences)
        for part in parts
        for start, end in word_runs(part.text, engine.budget, engine.count_tokens)
    ]
    groups: list[list[tuple[str, tuple[int, ...]]]] = [[]]
    for piece in pieces:
        joined = " ".join(text for text, _ in [*groups[-1], piece])
        if groups[-1] and engine.count_tokens(joined) > engine.budget:
            groups.append([])
        groups[-1].append(piece)
    serves: tuple[Kind, ...] = (kind,) if len(groups) == 1 or len(groups) >= len(parts) else ()
    found = []
    for n, group in enumerate(groups):
        sentences = tuple(sorted({i for _, indices in group for i in indices}))
        text = " ".join(text for text, _ in group)
        name = f"{article.id}#{kind}:reduce:{depth}:{n}"
        found.append(Request(name, article.id, task, text, sentences, serves, words=_words(kind, outputs)))
    return found


def _words(kind: Kind, outputs: OutputSettings) -> int:
    words = {
        "summary": outputs.summary.max_words,
        "bullets": outputs.bullets.max * outputs.bullets.max_words,
        "headlines": outputs.headlines.max_chars // 6,
        "rewrite": 200,
    }
    return words[kind]
