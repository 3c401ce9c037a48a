"""Any Hugging Face model with a chat template: whole articles (in chunks, if need be) in, contracts told in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.engines.answers import Answer
from pipeline.engines.base import Generated, Strategy
from pipeline.engines.chat_model import ChatModel, load_chat_model
from pipeline.engines.fence import fence
from pipeline.engines.prompting import Message, Prompter, Question, room_for_source
from pipeline.engines.prompts import BEFORE, SAMPLES, Prompts, load_prompts
from pipeline.errors import EngineError
from pipeline.records import Request
from pipeline.settings_engine import EngineSettings

MOST_NEW_TOKENS = 2048  # of an answer, unless engine.max_new_tokens says otherwise
SPARE_TOKENS = 32  # what a tokenizer may need more for joined texts than for their parts, and larger numbers in prompts
FAULT = "the object must have the key and no other, and every item of it must be a text with words in it"


@dataclass(frozen=True, slots=True)
class ChatEngine:
    """A chat model on this machine."""

    chat: ChatModel
    prompter: Prompter
    settings: EngineSettings
    identity: str
    budget: int
    strategy: Strategy = "whole"

    @property
    def model(self) -> Mapping[str, str | None]:
        """Name, revision and sha256 of the weights."""
        return self.chat.facts

    def count_tokens(self, text: str) -> int:
        return self.chat.count_tokens(text)

    def rate_sentences(self, texts: Sequence[str], features: Sequence[Sequence[float]]) -> None:
        """None: it has no selector."""

    def generate(self, requests: Sequence[Request], seed: int) -> list[list[Generated]]:
        return self.prompter.write(requests, self._ask, seed)

    def _ask(self, questions: Sequence[Question]) -> list[list[Answer]]:
        """Answers in batches of the setting's size; questions that want equally many together."""
        found: dict[int, list[Answer]] = {}
        for count in sorted({question.count for question in questions}):
            places = [i for i, question in enumerate(questions) if question.count == count]
            size = self.settings.batch_size
            for some in (places[start : start + size] for start in range(0, len(places), size)):
                answers = self.chat.answer([questions[i] for i in some], self.settings)
                found.update(zip(some, answers, strict=True))
        return [found[i] for i in range(len(questions))]


def open_engine(settings: EngineSettings) -> ChatEngine:
    """The model that `settings.model` names; EngineError if it cannot be loaded, has no chat template, or reads too
    little."""
    if settings.model is None:
        raise EngineError("the engine chat needs a model", where="engine.model", fix="name a folder or hub model")
    prompts = load_prompts(settings.prompts)
    chat = load_chat_model(settings, settings.model)
    new = settings.max_new_tokens or min(MOST_NEW_TOKENS, chat.max_tokens // 4)
    prompter = Prompter(prompts, new, settings.candidates, chat.control)
    room = room_for_source(chat.max_tokens, new, _overhead(chat, prompts), f"engine.model: {settings.model}")
    room = min(room, settings.max_source_tokens or room)
    return ChatEngine(chat, prompter, settings, f"{chat.identity}|prompts:{prompts.digest[:12]}", room)


def _overhead(chat: ChatModel, prompts: Prompts) -> int:
    """Tokens of the longest prompt without its source, of the chat template, and of the request to mend an answer."""
    empty = fence("")
    sizes = []
    for contract in SAMPLES:
        task = prompts.task(contract, empty, fence("", label=BEFORE))
        told = prompts.repair(FAULT, "{}")
        messages: list[Message] = [
            {"role": "system", "content": prompts.system}, {"role": "user", "content": task},
            {"role": "assistant", "content": "{}"}, {"role": "user", "content": told},
        ]  # fmt: skip
        sizes.append(chat.count_tokens(chat.render(messages)))
    return max(sizes) + SPARE_TOKENS
