"""What the engines `chat` and `endpoint` share: request → prompt → answers → texts, with one try to mend an answer.

An answer that cannot be read is shown to the model once, with what is wrong. If that does not help, the request gets
the raw answer with the flag `unparsed`, which is never chosen; notes on a part of a long article become the opening of
that part instead, so that no part is lost.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from pipeline.engines.answers import FORMS, Answer, AnswerFault, opening_of, read_answer
from pipeline.engines.base import Generated
from pipeline.engines.fence import disarm, fence
from pipeline.engines.prompts import BEFORE, Prompts
from pipeline.errors import EngineError
from pipeline.records import Contract, Request

UNPARSED, REASKED, UNFINISHED = "unparsed", "reasked", "unfinished"
WORD_TOKENS, FORM_TOKENS = 3, 48  # tokens a word may take in any language; those of the JSON around the words
LEAST_SOURCE = 16  # tokens of a source below which an engine is of no use

Message = dict[str, str]


@dataclass(frozen=True, slots=True)
class Question:
    """A conversation to be continued: `count` answers of at most `max_tokens` tokens, sampled from `seed`."""

    messages: tuple[Message, ...]
    count: int
    max_tokens: int
    seed: int


Ask = Callable[[Sequence[Question]], list[list[Answer]]]


@dataclass(frozen=True, slots=True)
class Prompter:
    """The prompts with what is known of the model: tokens of an answer, answers a request, its control tokens."""

    prompts: Prompts
    max_new_tokens: int
    candidates: int
    control: tuple[str, ...] = ()

    def write(self, requests: Sequence[Request], ask: Ask, seed: int) -> list[list[Generated]]:
        """The texts of every request, in order, best first; at least one text or flagged answer each."""
        questions = [self.question(request, seed) for request in requests]
        firsts = ask(questions)
        read = [[_read(a, contract_of(r)) for a in answers] for r, answers in zip(requests, firsts, strict=True)]
        doubted = [(i, j) for i, row in enumerate(read) for j, one in enumerate(row) if isinstance(one, AnswerFault)]
        again = [self._again(questions[i], firsts[i][j], read[i][j], requests[i]) for i, j in doubted]
        answers = ask(again) if again else []
        for (i, j), (second, *_) in zip(doubted, answers, strict=True):
            read[i][j] = _second(second, firsts[i][j], requests[i])
        return [_merged(row) for row in read]

    def question(self, request: Request, seed: int) -> Question:
        """The conversation that asks for a request's texts; notes are written once, as only one is read."""
        contract = contract_of(request)
        source = fence(request.source, self.control)
        context = fence(request.context, self.control, BEFORE) if request.context else None
        task = self.prompts.task(self._possible(contract), source, context)
        messages = ({"role": "system", "content": self.prompts.system}, {"role": "user", "content": task})
        count = self.candidates if request.serves else 1
        return Question(messages, count, self.max_new_tokens, _seed(seed, request.id))

    def _again(self, first: Question, answer: Answer, fault: object, request: Request) -> Question:
        """The conversation that shows the model its answer and the fault of it."""
        told = self.prompts.repair(str(fault), FORMS[contract_of(request).kind])
        shown = {"role": "assistant", "content": disarm(answer.text, self.control) or "{}"}
        messages = (*first.messages, shown, {"role": "user", "content": told})
        return Question(messages, 1, first.max_tokens, first.seed)

    def _possible(self, contract: Contract) -> Contract:
        """The contract with no more words than an answer can hold."""
        if contract.kind not in ("rewrite", None):
            return contract
        most = max(8, (self.max_new_tokens - FORM_TOKENS) // WORD_TOKENS)
        words = min(contract.max_words, most)
        return replace(contract, max_words=words, min_words=min(contract.min_words, words))


def fold(messages: Sequence[Message]) -> list[Message]:
    """The conversation without a system message: the first user's words begin with what it said."""
    first, second, *others = messages
    return [{"role": "user", "content": f"{first['content']}\n\n{second['content']}"}, *others]


def contract_of(request: Request) -> Contract:
    """The request's contract; EngineError for one that was planned for another sort of engine."""
    if request.contract is None:
        raise EngineError("this engine writes from whole articles under a contract; the request has none")
    return request.contract


def room_for_source(limit: int, max_new_tokens: int, overhead: int, where: str) -> int:
    """Tokens left for a source: of `limit`, an answer, the same answer shown again, and the prompts' `overhead`."""
    room = limit - 2 * max_new_tokens - overhead
    if room < LEAST_SOURCE:
        raise EngineError(
            f"of {limit} tokens none are left for a source: an answer may take {max_new_tokens}, twice over for a "
            f"second try, and the prompts take {overhead}",
            where=where,
            fix="lower engine.max_new_tokens or name a model that reads more",
        )
    return room


def _read(answer: Answer, contract: Contract) -> list[Generated] | AnswerFault:
    try:
        return [Generated(text, flags=answer.flags) for text in read_answer(answer, contract)]
    except AnswerFault as fault:
        return fault


def _second(answer: Answer, first: Answer, request: Request) -> list[Generated]:
    """The texts of a second try; if it failed as well, what stands in for them."""
    read = _read(answer, contract_of(request))
    if not isinstance(read, AnswerFault):
        return [replace(one, flags=(*one.flags, REASKED)) for one in read]
    cut = (UNFINISHED,) if not answer.finished else ()
    flags = tuple(dict.fromkeys((*first.flags, *answer.flags, UNPARSED)))
    if not request.serves:
        return [Generated(opening_of(request.source, contract_of(request).max_words), flags=flags)]
    return [Generated(answer.text or first.text, flags=(*flags, *cut))]


def _merged(read: Iterable[list[Generated] | AnswerFault]) -> list[Generated]:
    """The texts of all answers to a request, each once, those of readable answers first."""
    found: dict[str, Generated] = {}
    texts = [one for row in read if not isinstance(row, AnswerFault) for one in row]
    for one in sorted(texts, key=lambda one: UNPARSED in one.flags):
        found.setdefault(one.text, one)
    return list(found.values())


def _seed(seed: int, name: str) -> int:
    """A seed of its own for every request, in the 31 bits that all servers take."""
    return int.from_bytes(hashlib.sha256(f"{seed}\n{name}".encode()).digest()[:4], "big") >> 1
