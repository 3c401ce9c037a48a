"""Typed settings of the engines, and which of them act on which engine."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeVar
from urllib.parse import urlsplit

from pydantic import Field, ValidationInfo, field_validator

from pipeline.settings_base import Settings

EngineName = Literal["embedded", "seq2seq", "ctranslate2", "chat", "endpoint", "lead", "textrank", "fake"]
Backend = Literal["auto", "ctranslate2", "lean", "transformers"]
Value = TypeVar("Value")
MODEL_ENGINES = ("embedded", "seq2seq", "ctranslate2", "chat")
NEEDS_MODEL = {
    "seq2seq": "a folder or a hub name", "ctranslate2": "a folder or a hub name",
    "chat": "a folder or a hub name", "endpoint": "as its server calls it",
}  # fmt: skip
OWN_COPY_PRIOR = {"embedded": 2.0}  # as it was trained; 0 for the others


@dataclass(frozen=True, slots=True)
class Confined:
    """The engines that a setting acts on, and what is said of it for another: all but the default and what is off (0,
    false), or only these `values`."""

    engines: tuple[EngineName, ...]
    message: str
    values: tuple[str, ...] = ()


CODED = Confined(
    ("seq2seq", "ctranslate2"), "has no effect on the engine {engine}, which takes no language codes"
)
PROMPTED = Confined(("chat", "endpoint"), "has an effect on the engines chat and endpoint only")
SERVED = Confined(("endpoint",), "has an effect on the engine endpoint only")
READING = Confined(
    ("seq2seq", "ctranslate2", "chat", "endpoint", "fake"),
    "has no effect on the engine {engine}, which works sentence by sentence",
)
GENERATING = Confined(("seq2seq",), "acts on the engine seq2seq only, not on {engine}")
BUT_CT2: tuple[EngineName, ...] = ("embedded", "seq2seq", "chat", "endpoint", "lead", "textrank", "fake")
CONFINED: Mapping[str, Confined] = {
    "source_language": CODED,
    "target_language": CODED,
    "dtype": Confined(
        ("ctranslate2",), "only the engine ctranslate2 takes {value} (null: embedded in int8)", ("float16", "int8")
    ),
    "sample": Confined(
        BUT_CT2, "the engine ctranslate2 cannot repeat its draws; use beams, or the engine seq2seq"
    ),
    "copy_prior": Confined(BUT_CT2, "the engine ctranslate2 has no copy prior; leave it out or set it to 0"),
    "repetition_penalty": GENERATING,
    "early_stopping": GENERATING,
    "min_new_tokens": GENERATING,
    "max_new_tokens": PROMPTED,
    "prompts": PROMPTED,
    "base_url": SERVED,
    "api_key_env": SERVED,
    "json_mode": SERVED,
    "map_tokens": READING,
    "reduce_tokens": READING,
    "map_share": READING,
    "overlap": READING,
}


def check_address(url: str) -> None:
    """ValueError unless `url` is that of a server, without anything secret; the message never shows it."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise ValueError("is no URL") from error
    if parts.scheme not in ("http", "https") or not host or any(c.isspace() for c in url):
        raise ValueError("should be a URL such as http://localhost:8000/v1")
    if "@" in parts.netloc:
        raise ValueError("holds a user or a password: put the key into an environment variable (engine.api_key_env)")
    if parts.query or parts.fragment:
        raise ValueError("should end with the path; a key belongs into an environment variable (engine.api_key_env)")


class EngineSettings(Settings):
    """What writes the text. The settings after `model` act on engines with a model only."""

    name: EngineName = Field(
        default="embedded",
        description="embedded (the model in the package), seq2seq (any Hugging Face encoder-decoder), "
        "ctranslate2 (the same, converted: BART, mBART, PEGASUS, T5, M2M100, Marian), "
        "chat (any Hugging Face model with a chat template), endpoint (a server that speaks OpenAI's protocol), "
        "lead and textrank (extractive baselines), fake (canned text for tests)",
    )
    model: str | None = Field(
        default=None,
        min_length=1,
        description="model folder or hub name, for endpoint the server's name of it; needed by seq2seq, ctranslate2, "
        "chat and endpoint; null: the engine's own model",
    )
    revision: str | None = Field(
        default=None, min_length=1, description="hub branch, tag or commit; null: the hub's default"
    )
    prefix: str | None = Field(
        default=None, description="text before each source, e.g. 'summarize: ' for T5; null: the model's own"
    )
    source_language: str | None = Field(
        default=None,
        min_length=1,
        description="code of the articles' language for a multilingual model: en_XX, eng_Latn, en …; null: the model's "
        "own, else English",
    )
    target_language: str | None = Field(
        default=None,
        min_length=1,
        description="code of the language to write; null: the model's own, else the articles'",
    )
    device: str = Field(
        default="auto",
        pattern=r"^(auto|cpu|cuda(:[0-9]+)?|mps)$",
        description="where the model runs: cpu, cuda, cuda:N, mps, or auto: CUDA if there is any, else the CPU; the "
        "embedded model: the CPU",
    )
    dtype: Literal["float32", "bfloat16", "float16", "int8", "auto"] | None = Field(
        default=None,
        description="number type of the weights; null: float32, but int8 where the embedded model's backend is "
        "ctranslate2; float16 and int8: the engine ctranslate2 only; auto: as the checkpoint stores them, but float16 "
        "as float32 on a CPU; for the engine ctranslate2, the fastest that the device has",
    )
    backend: Backend = Field(
        default="auto",
        description="what computes the embedded model: ctranslate2 (int8), lean (numpy), transformers, or auto (the "
        "first of them that can)",
    )
    threads: int | None = Field(
        default=None, ge=1, le=1024, description="CPU threads; null: all cores (not in the digest)"
    )
    beams: int = Field(
        default=4,
        ge=1,
        le=32,
        description="beams of the beam search; 1: greedy; one more where ctranslate2 computes the embedded model",
    )
    sample: bool = Field(
        default=False, description="draw tokens at random, seeded by run.seed; not with the engine ctranslate2"
    )
    candidates: int = Field(
        default=4, ge=1, le=64, description="texts per request (n-best); without sampling at most `beams`"
    )
    temperature: float = Field(default=1.0, gt=0, le=5, description="softmax temperature; needs `sample`")
    top_p: float = Field(
        default=1.0, gt=0, le=1, description="nucleus sampling: mass drawn from; needs `sample`"
    )
    length_penalty: float = Field(
        default=1.0, ge=-10, le=10, description="exponent of the length in beam scores; higher: longer texts"
    )
    copy_prior: float | None = Field(
        default=None,
        ge=0,
        le=20,
        description="logits added to tokens of the source; 0: off; null: 2 for embedded, 0 for the others",
    )
    selector: bool = Field(
        default=True, description="choose sentences with the model's own selector, where it has one; false: by features"
    )
    spell_guard: bool = Field(
        default=True, description="only words of the source or of ordinary English may be spelled"
    )
    shortlist: bool = Field(
        default=True, description="embedded: write only tokens of the source and of the model's list of common ones"
    )
    no_repeat_ngram: int = Field(
        default=3, ge=0, le=20, description="no n-gram of so many tokens twice (not for chat and endpoint); 0: off"
    )
    repetition_penalty: float = Field(
        default=1.0, gt=0, le=10, description="divisor of the logits of tokens already written; 1: off; seq2seq only"
    )
    early_stopping: bool = Field(
        default=False, description="end the beam search at `beams` finished texts; seq2seq only"
    )
    min_new_tokens: int = Field(
        default=0, ge=0, le=10_000, description="fewest tokens of a text before it may end; seq2seq only"
    )
    batch_size: int = Field(
        default=16,
        ge=1,
        le=4096,
        description="requests per forward pass; where ctranslate2 computes the embedded model, those of one source",
    )
    max_source_tokens: int | None = Field(
        default=None,
        ge=16,
        description="tokens of a source; longer ones are chunked; null: the model's limit, 2048 for endpoint",
    )
    max_new_tokens: int | None = Field(
        default=None,
        ge=8,
        description="chat and endpoint: most tokens of an answer, a reasoning model's thoughts included; "
        "null: a quarter of what the model holds, 2048 at most",
    )
    prompts: str | None = Field(
        default=None,
        min_length=1,
        description="chat and endpoint: folder of Jinja prompts that replace those of the package file by file",
    )
    base_url: str | None = Field(
        default=None,
        description="endpoint: where the server is, without a key; null: http://localhost:8000/v1",
    )
    api_key_env: str | None = Field(
        default=None,
        description="endpoint: NAME of the environment variable that holds the key; null: the server wants none "
        "(not in the digest)",
    )
    json_mode: bool = Field(default=False, description="endpoint: ask the server to allow nothing but JSON")
    concurrency: int = Field(
        default=4, ge=1, le=256, description="endpoint: requests under way at once (not in the digest)"
    )
    timeout_s: float = Field(
        default=120.0, gt=0, le=3600, description="endpoint: seconds to wait for an answer (not in the digest)"
    )
    retries: int = Field(
        default=4,
        ge=0,
        le=20,
        description="endpoint: further tries, ever later, after 429, 5xx, a time-out or no connection "
        "(not in the digest)",
    )
    map_tokens: int | None = Field(
        default=None,
        ge=16,
        description="tokens of one chunk of a long article (with its context); null: as much as the model reads",
    )
    reduce_tokens: int | None = Field(
        default=None,
        ge=16,
        description="tokens of joined chunk summaries that one request reads; null: as much as the model reads",
    )
    map_share: float = Field(
        default=0.25, gt=0, le=0.8, description="words of a chunk's summary as a share of the chunk's"
    )
    overlap: int = Field(
        default=0, ge=0, le=20, description="sentences before a chunk that are read with it as context"
    )

    @property
    def number_type(self) -> str:
        """The number type asked for, of engines that have no other default than float32."""
        return self.dtype or "float32"

    @field_validator("model")
    @classmethod
    def _names_a_model(cls, value: str | None, info: ValidationInfo) -> str | None:
        name = str(info.data.get("name"))
        if value is None and name in NEEDS_MODEL:
            raise ValueError(f"the engine {name} needs a model: {NEEDS_MODEL[name]}")
        return value

    @field_validator(*CONFINED)
    @classmethod
    def _acts_on_this_engine(cls, value: Value, info: ValidationInfo) -> Value:
        key, name = str(info.field_name), info.data.get("name")
        confined = CONFINED[key]
        idle = not value or value == cls.model_fields[key].default or (confined.values and value not in confined.values)
        if not idle and name is not None and name not in confined.engines:
            raise ValueError(confined.message.format(engine=name, value=value))
        return value

    @field_validator("base_url")
    @classmethod
    def _address(cls, value: str | None) -> str | None:
        if value is not None:
            check_address(value)
        return value

    @field_validator("api_key_env")
    @classmethod
    def _variable(cls, value: str | None) -> str | None:
        if value is not None and not re.fullmatch(r"[A-Z_][A-Z0-9_]*", value):
            raise ValueError("should be the NAME of an environment variable in capitals, never the key itself")
        return value

    @field_validator("copy_prior")
    @classmethod
    def _own_copy_prior(cls, value: float | None, info: ValidationInfo) -> float | None:
        """The number that null stands for, so that the resolved config and its digest say it."""
        return OWN_COPY_PRIOR.get(str(info.data.get("name")), 0.0) if value is None else value

    @field_validator("candidates")
    @classmethod
    def _beams_hold_the_candidates(cls, value: int, info: ValidationInfo) -> int:
        beams = info.data.get("beams")
        searching = info.data.get("name") in MODEL_ENGINES and info.data.get("sample") is False
        if searching and beams is not None and value > beams:
            raise ValueError(f"{value} candidates need as many beams (set to {beams}), or `sample: true`")
        return value

    @field_validator("temperature", "top_p")
    @classmethod
    def _only_when_sampling(cls, value: float, info: ValidationInfo) -> float:
        if value != 1.0 and info.data.get("sample") is False:
            raise ValueError("has no effect without `sample: true`")
        return value

    @field_validator("early_stopping")
    @classmethod
    def _only_when_searching(cls, value: bool, info: ValidationInfo) -> bool:
        if value and (info.data.get("sample") or info.data.get("beams") == 1):
            raise ValueError("has no effect without a beam search (`beams` over 1, `sample: false`)")
        return value


class KindEngine(EngineSettings):
    """An engine for one output kind: complete in itself, nothing is inherited from `engine`."""

    name: EngineName = Field(description="as engine.name; must be given")
