"""Requests → candidates: equal requests asked once, batches of like length, order kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from pipeline.engines.base import Generated, Pooled
from pipeline.engines.batching import batches, seed_of
from pipeline.records import Candidate, Contract, Request
from pipeline.text.sentences import split_sentences

Key = tuple[str, str, str, int | None, int | None, Contract | None]


class Generator(Protocol):
    """What generation needs of an engine."""

    @property
    def strategy(self) -> str: ...
    def generate(self, requests: Sequence[Request], seed: int) -> list[list[Generated]]: ...


def generate(requests: Sequence[Request], engine: Generator, batch_size: int, seed: int) -> list[Candidate]:
    """The n-best candidates of every request, in the order of the requests.

    Equal requests (task, source, context, length, novelty, contract) share their texts. The seed of a batch is derived
    from `seed` and the ids of its requests.
    """
    unique = {_key(request): request for request in sorted(requests, key=lambda r: r.id, reverse=True)}
    texts: dict[Key, list[Generated]] = {}
    for batch, own_seed in _asked(list(unique.values()), engine, batch_size, seed):
        answers = engine.generate(batch, own_seed)
        texts.update(zip((_key(request) for request in batch), answers, strict=True))
    extractive = engine.strategy in ("lead", "textrank")
    return [
        candidate
        for request in requests
        for generated in texts[_key(request)]
        for candidate in _candidates(request, generated, extractive)
    ]


def _asked(
    requests: list[Request], engine: Generator, batch_size: int, seed: int
) -> list[tuple[list[Request], int]]:
    """Batches of like requests with their seeds; everything and the seed itself for an engine that forms its own."""
    if isinstance(engine, Pooled) and engine.pooled:
        return [(requests, seed)] if requests else []
    return [(batch, seed_of(seed, batch)) for batch in batches(requests, batch_size)]


def _key(request: Request) -> Key:
    return (request.task, request.source, request.context, request.words, request.novelty, request.contract)


def _candidates(request: Request, generated: Generated, extractive: bool) -> list[Candidate]:
    """One candidate per text, or one per sentence where the text is a whole summary that serves a kind; a line end, as
    some models mark the end of a sentence, ends it. Of a text that broke off, only the last sentence is unfinished."""
    lines = [" ".join(line.split()) for line in generated.text.splitlines()]
    text = " ".join(line for line in lines if line)
    texts = [text]
    if request.task == "summary" and request.serves:
        texts = [sentence.text for line in lines for sentence in split_sentences(line)] or [text]
    flags = tuple(dict.fromkeys((*request.flags, *generated.flags)))
    whole = Candidate(
        request_id=request.id,
        task=request.task,
        text=text,
        logprob=generated.logprob,
        sentences=request.sentences,
        serves=request.serves,
        extractive=extractive,
        flags=flags,
        weakest=generated.weakest,
        origin=request.origin,
    )
    complete = tuple(flag for flag in flags if flag != "unfinished")
    return [*(replace(whole, text=t, flags=complete) for t in texts[:-1]), replace(whole, text=texts[-1])]
