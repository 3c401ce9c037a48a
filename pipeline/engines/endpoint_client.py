"""Questions to an OpenAI-compatible server, several at once; its faults as errors that say what to do.

The client of the package `openai` repeats what fails for the moment (429, 408, 409, 5xx, time-outs, no connection),
after what Retry-After says (up to two minutes) or ever longer with jitter (0.5 s doubling to 8 s). The key is read from
the environment, is handed to that client alone, and is blotted out wherever a server repeats it.
"""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from pipeline.engines.answers import Answer, without_thoughts
from pipeline.engines.prompting import Question, fold
from pipeline.errors import EngineError, EngineRefusal, MissingExtra
from pipeline.settings_engine import EngineSettings

NO_KEY = "none"  # what servers without keys are sent; never OPENAI_API_KEY, which may be another server's
BLOT = "***"
OPTIONAL = ("n", "seed", "response_format", "temperature", "top_p", "max_tokens", "system")  # some servers refuse them
REASON_CHARS = 300  # of what a server says about a fault


@dataclass(slots=True)
class Learned:
    """What the server has shown of itself: whether it ever answered, whether it failed last time, and which optional
    fields it refuses."""

    answered: bool = False
    failed: bool = False
    refused: frozenset[str] = frozenset()
    lock: threading.Lock = field(default_factory=threading.Lock)


@dataclass(frozen=True, slots=True)
class Client:
    """Asks a server. `blot` takes the key out of a text."""

    openai: Any = field(repr=False)
    settings: EngineSettings = field(repr=False)
    url: str
    blot: Callable[[str], str] = field(repr=False)
    learned: Learned = field(default_factory=Learned, repr=False)

    def ask(self, questions: Sequence[Question]) -> list[list[Answer]]:
        """The answers to every question, in order, at most `engine.concurrency` requests under way.

        EngineError if a question could not be answered: of one article, it may be the article's fault. EngineRefusal if
        the server will answer nothing at all, or failed twice in a row: it is better to stop and resume than to give
        up one article after another.
        """
        try:
            found = self._ask(questions)
        except EngineRefusal:
            raise
        except EngineError as error:
            if self.learned.failed:
                what = f"{error.what}, twice in a row"
                raise EngineRefusal(what, where=error.where, fix="the same command resumes the run") from None
            self.learned.failed = True
            raise
        self.learned.failed = False
        return found

    def _ask(self, questions: Sequence[Question]) -> list[list[Answer]]:
        pool = ThreadPoolExecutor(max_workers=self.settings.concurrency)
        try:
            first = list(pool.map(lambda q: self._request(q, q.count, 0), questions))
            # Servers that know no `n` give one answer: the others are asked for one by one.
            missing = [(i, k) for i, q in enumerate(questions) for k in range(len(first[i]), q.count)]
            more = pool.map(lambda place: self._request(questions[place[0]], 1, place[1]), missing)
            for (i, _), got in zip(missing, more, strict=True):
                first[i] += got[:1]
        finally:
            pool.shutdown(wait=True, cancel_futures=True)
        return first

    def _request(self, question: Question, count: int, turn: int) -> list[Answer]:
        """At least one answer and at most `count`; what the server refuses by name is left out from then on."""
        import openai

        refused = self.learned.refused
        while True:
            try:
                sent = self._send(question, count, turn, refused)
                break
            except (openai.BadRequestError, openai.UnprocessableEntityError) as error:
                dropped = _unwanted(str(error.message), self._fields(count) - refused)
                if not dropped:
                    raise EngineError(f"the server refuses the request: {self._said(error)}", where=self.url) from None
                refused |= dropped
            except openai.OpenAIError as error:
                raise self._fault(error) from None
            except ValueError as error:  # a body that is no JSON
                raise self._foreign(str(error)) from None
        answers = self._answers(sent, question)
        with self.learned.lock:
            self.learned.answered = True
            self.learned.refused |= refused
        return answers[:count]

    def _fields(self, count: int) -> frozenset[str]:
        """The optional fields of a request for `count` answers."""
        unused = {"n"} if count == 1 else set()
        unused |= set() if self.settings.json_mode else {"response_format"}
        return frozenset(OPTIONAL) - unused

    def _send(self, question: Question, count: int, turn: int, refused: frozenset[str]) -> Any:
        settings = self.settings
        limit = "max_completion_tokens" if "max_tokens" in refused else "max_tokens"
        optional: dict[str, Any] = {
            "n": count,
            "seed": (question.seed + turn) % 2**31,
            "response_format": {"type": "json_object"},
            "temperature": settings.temperature if settings.sample else 0.0,
            "top_p": settings.top_p,
        }
        sent = {name: optional[name] for name in self._fields(count) - refused if name in optional}
        messages = fold(question.messages) if "system" in refused else list(question.messages)
        return self.openai.chat.completions.create(
            model=settings.model, messages=messages, **{limit: question.max_tokens}, **sent
        )

    def _answers(self, sent: Any, question: Question) -> list[Answer]:
        """The choices of a completion; a choice without text is an empty answer, and so is an empty list of them."""
        choices = getattr(sent, "choices", None)
        if not isinstance(choices, list):
            raise self._foreign(str(sent))
        flags = _cut_short(sent, question)
        found = [
            Answer(without_thoughts(self.blot(_content(choice))), not _broke_off(choice), flags) for choice in choices
        ]
        return found or [Answer("", flags=flags)]

    def _fault(self, error: Any) -> EngineError:
        """What a failed request means for the user."""
        import openai

        settings, said = self.settings, self._said(error)
        if isinstance(error, openai.AuthenticationError | openai.PermissionDeniedError):
            fix = f"check the key in {settings.api_key_env}" if settings.api_key_env else "name engine.api_key_env"
            return EngineRefusal(f"the server does not let us in: {said}", where=self.url, fix=fix)
        if isinstance(error, openai.NotFoundError):
            fix = f"check engine.base_url (it often ends in /v1) and engine.model ({settings.model})"
            return EngineRefusal(f"the server knows no such address or model: {said}", where=self.url, fix=fix)
        if isinstance(error, openai.APITimeoutError):
            what = f"no answer within {settings.timeout_s:g} s, {settings.retries + 1} times"
            return EngineError(what, where=self.url, fix="raise engine.timeout_s or lower engine.concurrency")
        if isinstance(error, openai.APIConnectionError):
            kind = EngineError if self.learned.answered else EngineRefusal
            cause = type(error.__cause__).__name__ if error.__cause__ else said
            return kind(f"no connection to the server: {cause}", where=self.url, fix="is it running, and there?")
        if isinstance(error, openai.RateLimitError) and error.code == "insufficient_quota":
            return EngineRefusal(f"the quota is used up: {said}", where=self.url)
        return EngineError(f"the server failed: {said}", where=self.url, fix="the same command tries again")

    def _foreign(self, said: str) -> EngineError:
        """What came back is no chat completion: of a server that never gave one, the address is wrong."""
        kind = EngineError if self.learned.answered else EngineRefusal
        shown = self.blot(said)[:80]
        fix = "check engine.base_url: it often ends in /v1"
        return kind(f"the answer is no chat completion: {shown!r}", where=self.url, fix=fix)

    def _said(self, error: Any) -> str:
        return " ".join(self.blot(str(error.message)).split())[:REASON_CHARS]


def open_client(settings: EngineSettings, url: str) -> Client:
    """A client with the key that the environment holds; MissingExtra or EngineError if there is none."""
    try:
        from openai import OpenAI
    except ImportError as error:
        raise MissingExtra("openai", "endpoint") from error
    key = None if settings.api_key_env is None else _key(settings.api_key_env)
    client = OpenAI(
        api_key=key or NO_KEY,
        base_url=url,
        timeout=settings.timeout_s,
        max_retries=settings.retries,
    )
    client.organization = client.project = None  # of the environment, and perhaps of another server
    return Client(client, settings, url, lambda text: text.replace(key, BLOT) if key else text)


def _key(name: str) -> str:
    """The key in the environment variable `name`; EngineError, which never shows it, if it cannot be one."""
    key = os.environ.get(name, "")
    where = f"engine.api_key_env: {name}"
    if not key:
        raise EngineError("this environment variable is not set", where=where, fix=f"export {name}=…")
    if not key.isascii() or not key.isprintable() or " " in key:
        raise EngineError("its value is no key: it holds white space or characters beyond ASCII", where=where)
    return key


def _content(choice: Any) -> str:
    return str(getattr(getattr(choice, "message", None), "content", None) or "")


def _broke_off(choice: Any) -> bool:
    return getattr(choice, "finish_reason", None) == "length"


def _unwanted(message: str, fields: frozenset[str]) -> frozenset[str]:
    """The fields that a server's complaint names."""
    return frozenset(name for name in fields if re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", message))


def _cut_short(sent: Any, question: Question) -> tuple[str, ...]:
    """The flag for a prompt of which the server read fewer tokens than it has words: it cut it without saying so."""
    read = getattr(getattr(sent, "usage", None), "prompt_tokens", None)
    words = sum(len(message["content"].split()) for message in question.messages)
    return ("truncated_input",) if isinstance(read, int) and 0 < read < words else ()
