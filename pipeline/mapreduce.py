"""Whole articles to an engine that reads them: at once if they fit, else map, reduce and a last step for each kind.

map      one summary of every chunk, shared by all kinds that have this engine
reduce   consecutive summaries joined within the reduce budget and summarised again, until one request holds them all;
         a summary that stands alone in its group is passed on as it is
final    what is left, once for every kind under its own contract; a rewrite retells each chunk instead

The end is certain: a round whose texts have not lost at least a tenth of the tokens is not used, and the final step
then reads the last good texts group by group (flag `not_reduced`), so there are at most log(tokens) / log(10/9) rounds.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Protocol

from pipeline.chunk import chunks, pack, word_runs
from pipeline.errors import EngineError
from pipeline.records import Article, Candidate, Chunk, Kind, Origin, Request, Span
from pipeline.settings_engine import EngineSettings
from pipeline.settings_outputs import OutputSettings

SHRUNK = 0.9  # a round must leave at most this share of the tokens
LEAST_WORDS = 20  # of an intermediate text
TOGETHER = 4  # intermediate texts that one request of the reduce step should be able to hold
STOPPED = "not_reduced"

Dialogue = Generator[list[Request], list[Candidate], None]
Ask = Callable[[Sequence[Request]], list[Candidate]]


class Reader(Protocol):
    """What reading a whole article needs to know of an engine."""

    @property
    def budget(self) -> int: ...
    def count_tokens(self, text: str) -> int: ...


@dataclass(frozen=True, slots=True)
class Budgets:
    """Tokens of a chunk (`map`) and of joined summaries (`reduce`), words of a summary as a share of what it tells,
    and sentences shown before a chunk."""

    map: int
    reduce: int
    share: float = 0.25
    overlap: int = 0


@dataclass(frozen=True, slots=True)
class Told:
    """A text that stands for a part of the article: a chunk itself (`reads` empty) or what was made of it."""

    text: str
    sentences: tuple[int, ...]
    span: Span
    tokens: int
    reads: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()


def budgets(settings: EngineSettings, engine: Reader, where: str = "engine") -> Budgets:
    """The budgets that `settings` ask for; EngineError naming the key if the engine cannot read so much."""
    for key, value in (("map_tokens", settings.map_tokens), ("reduce_tokens", settings.reduce_tokens)):
        if value is not None and value > engine.budget:
            raise EngineError(
                f"{value} tokens are more than this model reads at once ({engine.budget} besides its own)",
                where=f"{where}.{key}",
                fix=f"set it to at most {engine.budget}, or leave it out",
            )
    most = engine.budget
    return Budgets(settings.map_tokens or most, settings.reduce_tokens or most, settings.map_share, settings.overlap)


def read_whole(
    article: Article, kinds: Sequence[Kind], outputs: OutputSettings, engine: Reader, limits: Budgets
) -> Dialogue:
    """Yields the requests of one round after another and is sent their candidates; the last ones serve the kinds."""
    parts = chunks(article, limits.map, engine.count_tokens, limits.overlap)
    if len(parts) == 1:
        yield [_final(article, kind, _told(parts[0]), outputs) for kind in kinds]
        return
    retold = [_retold(article, part, n, outputs) for n, part in enumerate(parts)] if "rewrite" in kinds else []
    shared = [kind for kind in kinds if kind != "rewrite"]
    if not shared:
        yield retold
        return
    groups, stalled = yield from _condensed(article, parts, retold, engine, limits)
    joined = [_joined(group, (STOPPED,) if stalled else ()) for group in groups]
    yield [
        _final(article, kind, text, outputs, f":{n}" if len(joined) > 1 else "")
        for kind in shared
        for n, text in enumerate(joined)
    ]


def _condensed(
    article: Article, parts: Sequence[Chunk], beside: Sequence[Request], engine: Reader, limits: Budgets
) -> Generator[list[Request], list[Candidate], tuple[list[list[Told]], bool]]:
    """The map step, asked together with the requests `beside` it, and the rounds of the reduce step: the groups of
    texts to be read last, and whether the rounds had to stop before one request could hold them."""
    held = [_told(part) for part in parts]
    groups = [[text] for text in held]
    words = _step_words(held, len(held), limits)
    maps = [_map(article, part, n, words) for n, part in enumerate(parts)]
    told = _texts(maps, (yield [*maps, *beside]), engine)
    for depth in count(1):
        if _tokens(told) > SHRUNK * _tokens(held):
            break
        held, groups = told, _groups(told, limits.reduce, engine)
        if len(groups) <= 1:
            return groups, False
        words = _step_words(held, len(groups), limits)
        asked = {n: _reduce(article, group, depth, n, words) for n, group in enumerate(groups) if len(group) > 1}
        if not asked:
            break
        requests = list(asked.values())
        answers = {text.reads[0]: text for text in _texts(requests, (yield requests), engine)}
        told = [text for n, group in enumerate(groups) for text in _after(group, asked.get(n), answers)]
    return groups, True


def _after(group: list[Told], request: Request | None, answers: Mapping[str, Told]) -> list[Told]:
    """What a group is after a round: itself, if it was passed on, else what was made of it, if that has any words."""
    if request is None:
        return group
    return [answers[request.id]] if request.id in answers else []


def converse(dialogues: Mapping[str, Dialogue], ask: Ask) -> dict[str, list[Candidate]]:
    """Every candidate of every dialogue, by its name; the rounds of all are asked together."""
    found: dict[str, list[Candidate]] = {name: [] for name in dialogues}
    waiting = {name: next(dialogue) for name, dialogue in dialogues.items()}
    while waiting:
        answers: dict[str, list[Candidate]] = {}
        for candidate in ask([request for requests in waiting.values() for request in requests]):
            answers.setdefault(candidate.request_id, []).append(candidate)
        for name, requests in list(waiting.items()):
            own = [candidate for request in requests for candidate in answers.get(request.id, ())]
            found[name] += own
            try:
                waiting[name] = dialogues[name].send(own)
            except StopIteration:
                del waiting[name]
    return found


def chosen_text(candidates: Sequence[Candidate]) -> Candidate:
    """Of the texts of one step that which the next one reads: the first that is finished, else the first with words."""
    said = [c for c in candidates if c.text]
    return next((c for c in said if "unfinished" not in c.flags), (said or list(candidates))[0])


def _texts(requests: Sequence[Request], candidates: Sequence[Candidate], engine: Reader) -> list[Told]:
    """What a round said, in order; a request that was answered with nothing has no text."""
    answers: dict[str, list[Candidate]] = {}
    for candidate in candidates:
        answers.setdefault(candidate.request_id, []).append(candidate)
    found = []
    for request in requests:
        best = chosen_text(answers[request.id])
        if best.text and request.origin is not None:
            tokens = engine.count_tokens(best.text)
            found.append(Told(best.text, request.sentences, request.origin.span, tokens, (request.id,)))
    return found


def _groups(told: Sequence[Told], budget: int, engine: Reader) -> list[list[Told]]:
    """Consecutive texts that one request can hold together; a text over the budget is split at white space."""
    pieces = []
    for text in told:
        runs = list(word_runs(text.text, budget, engine.count_tokens)) if text.tokens > budget else []
        for start, end, inside in runs:
            part = text.text[start:end]
            flags = ("split_sentence", "split_word") if inside else ("split_sentence",)
            pieces.append(Told(part, text.sentences, text.span, engine.count_tokens(part), text.reads, flags))
        pieces += [] if runs else [text]
    opening = [piece.tokens for piece in pieces]
    following = [engine.count_tokens(f" {piece.text}") for piece in pieces]
    room = budget
    while True:  # as in `chunks`: joined texts may take more than their parts
        groups = [pieces[i:j] for i, j in pack(opening, following, room)]
        over = max((engine.count_tokens(_joined(group).text) - budget for group in groups), default=0)
        if over <= 0 or len(groups) == len(pieces):
            return groups
        room -= over


def _joined(group: Sequence[Told], flags: tuple[str, ...] = ()) -> Told:
    flags = tuple(dict.fromkeys([flag for text in group for flag in text.flags])) + flags
    return Told(
        text=" ".join(text.text for text in group),
        sentences=tuple(sorted({i for text in group for i in text.sentences})),
        span=(group[0].span[0], group[-1].span[1]),
        tokens=_tokens(group),
        reads=tuple(dict.fromkeys(name for text in group for name in text.reads)),
        flags=flags,
    )


def _told(part: Chunk) -> Told:
    return Told(part.text, part.sentences, part.span, part.tokens, flags=part.flags)


def _tokens(told: Sequence[Told]) -> int:
    return sum(text.tokens for text in told)


def _step_words(told: Sequence[Told], groups: int, limits: Budgets) -> int:
    """Words asked of each text of a round: a share of what it tells, and few enough that several can be joined."""
    words = sum(len(text.text.split()) for text in told)
    per_word = max(1.0, _tokens(told) / max(1, words))
    most = int(limits.reduce / (TOGETHER * per_word))
    return max(1, min(max(LEAST_WORDS, round(limits.share * words / groups)), most))


def _map(article: Article, part: Chunk, number: int, words: int) -> Request:
    return Request(
        id=f"{article.id}#map:{number}",
        article_id=article.id,
        task="summary",
        source=part.text,
        sentences=part.sentences,
        serves=(),
        context=part.context,
        words=words,
        flags=part.flags,
        origin=Origin(part.span),
    )


def _reduce(article: Article, group: Sequence[Told], depth: int, number: int, words: int) -> Request:
    text = _joined(group)
    name = f"{article.id}#reduce:{depth}:{number}"
    origin = Origin(text.span, text.reads)
    return Request(
        name, article.id, "summary", text.text, text.sentences, (), words=words, flags=text.flags, origin=origin
    )


def _final(article: Article, kind: Kind, text: Told, outputs: OutputSettings, number: str = "") -> Request:
    return Request(
        id=f"{article.id}#{kind}:final{number}",
        article_id=article.id,
        task="headline" if kind == "headlines" else "summary",
        source=text.text,
        sentences=text.sentences,
        serves=(kind,),
        words=_words(kind, outputs, len(text.text.split())),
        flags=text.flags,
        origin=Origin(text.span, text.reads),
    )


def _retold(article: Article, part: Chunk, number: int, outputs: OutputSettings) -> Request:
    """A rewrite tells the whole article, so each chunk is retold by itself."""
    request = _final(article, "rewrite", _told(part), outputs, f":{number}")
    return Request(
        request.id, article.id, request.task, part.text, part.sentences, ("rewrite",), part.context, request.words,
        part.flags, origin=Origin(part.span),
    )  # fmt: skip


def _words(kind: Kind, outputs: OutputSettings, read: int) -> int:
    """Words asked of a final text; `read`: those of its source."""
    words = {
        "summary": outputs.summary.max_words,
        "bullets": outputs.bullets.max * outputs.bullets.max_words,
        "headlines": outputs.headlines.max_chars // 6,
        "rewrite": max(LEAST_WORDS, round(outputs.rewrite.ratio * read)),
    }
    return words[kind]
