"""Any server that speaks OpenAI's chat protocol (vLLM, TGI, llama.cpp, Ollama, `transformers serve`, hosted ones)."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from pipeline.engines.base import Generated, Strategy
from pipeline.engines.endpoint_client import Client, open_client
from pipeline.engines.prompting import Prompter
from pipeline.engines.prompts import load_prompts
from pipeline.errors import EngineError
from pipeline.records import Request
from pipeline.settings_engine import EngineSettings

BASE_URL = "http://localhost:8000/v1"  # where vLLM and `transformers serve` listen
SOURCE_TOKENS, NEW_TOKENS = 2048, 1024  # what every server can be trusted to hold; some cut longer prompts silently
BYTES_PER_TOKEN = 3  # English has over four, other scripts about three: an estimate that errs on the safe side


@dataclass(frozen=True, slots=True)
class EndpointEngine:
    """A model behind a server; which weights it has is not known."""

    client: Client
    prompter: Prompter
    identity: str
    model: Mapping[str, str | None]
    budget: int
    strategy: Strategy = "whole"

    def count_tokens(self, text: str) -> int:
        """An estimate, as the server's tokenizer is unknown: one token for three bytes."""
        return math.ceil(len(text.encode()) / BYTES_PER_TOKEN)

    def rate_sentences(self, texts: Sequence[str], features: Sequence[Sequence[float]]) -> None:
        """None: it has no selector."""

    def generate(self, requests: Sequence[Request], seed: int) -> list[list[Generated]]:
        return self.prompter.write(requests, self.client.ask, seed)


def open_engine(settings: EngineSettings) -> EndpointEngine:
    """The server that the settings name; it is first spoken to when the first request is made.

    MissingExtra without the package openai; EngineError where the key's variable is not set or a prompt is faulty.
    """
    if settings.model is None:
        raise EngineError("the engine endpoint needs a model", where="engine.model", fix="as the server calls it")
    prompts = load_prompts(settings.prompts)
    url = settings.base_url or BASE_URL
    client = open_client(settings, url)
    # Without sampling all answers to a prompt are one, so only one is asked for.
    count = settings.candidates if settings.sample else 1
    prompter = Prompter(prompts, settings.max_new_tokens or NEW_TOKENS, count)
    host = urlsplit(url).netloc
    identity = f"endpoint|{settings.model}|{host}|unpinned|prompts:{prompts.digest[:12]}"
    facts = {"name": settings.model, "revision": None, "sha256": None, "server": host}
    return EndpointEngine(client, prompter, identity, facts, settings.max_source_tokens or SOURCE_TOKENS)
