"""Typed settings of the engines and the output kinds; `pipeline.settings` puts them together."""

from __future__ import annotations

import re
from typing import Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator, model_validator

EngineName = Literal["embedded", "seq2seq", "ctranslate2", "chat", "endpoint", "lead", "textrank", "fake"]
MODEL_ENGINES = ("embedded", "seq2seq", "ctranslate2", "chat")
NEEDS_MODEL = {
    "seq2seq": "a folder or a hub name", "ctranslate2": "a folder or a hub name",
    "chat": "a folder or a hub name", "endpoint": "as its server calls it",
}  # fmt: skip
PROMPTED = ("chat", "endpoint")
NO_LANGUAGES = ("embedded", "lead", "textrank", "fake", *PROMPTED)  # without language codes
CT2_ONLY = ("int8", "float16")  # number types
OWN_COPY_PRIOR = {"embedded": 2.0}  # as it was trained; 0 for the others
SENTENCE_ENGINES = ("embedded", "lead", "textrank")  # they never read a chunk


class Settings(BaseModel):
    """Base of every section: unknown keys are faults, types are strict, nothing can be changed later."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, strict=True, validate_default=True, allow_inf_nan=False
    )


def not_below(low_key: str, value: int, info: ValidationInfo) -> int:
    """Return `value` if it is at least the setting `low_key` of the same section; ValueError otherwise."""
    low = info.data.get(low_key)
    if low is not None and value < low:
        raise ValueError(f"should be at least {low_key} ({low}), got {value}")
    return value


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
    dtype: Literal["float32", "bfloat16", "float16", "int8", "auto"] = Field(
        default="float32",
        description="number type of the weights; float16 and int8: ctranslate2 only; auto: as the checkpoint stores "
        "them, but float16 as float32 on a CPU; for ctranslate2, the fastest that the device has",
    )
    backend: Literal["auto", "lean", "transformers"] = Field(
        default="auto",
        description="what computes the embedded model: lean (numpy, no torch), transformers, or auto (lean where it "
        "gives the same)",
    )
    threads: int | None = Field(
        default=None, ge=1, le=1024, description="CPU threads; null: all cores (not in the digest)"
    )
    beams: int = Field(default=4, ge=1, le=32, description="beams of the beam search; 1: greedy")
    sample: bool = Field(
        default=False, description="draw tokens at random, seeded by run.seed; not with ctranslate2"
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
    batch_size: int = Field(default=16, ge=1, le=4096, description="requests per forward pass")
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

    @field_validator("model")
    @classmethod
    def _names_a_model(cls, value: str | None, info: ValidationInfo) -> str | None:
        name = str(info.data.get("name"))
        if value is None and name in NEEDS_MODEL:
            raise ValueError(f"the engine {name} needs a model: {NEEDS_MODEL[name]}")
        return value

    @field_validator("prompts", "max_new_tokens")
    @classmethod
    def _only_when_prompted(cls, value: str | int | None, info: ValidationInfo) -> str | int | None:
        if value is not None and info.data.get("name") not in PROMPTED:
            raise ValueError("has an effect on the engines chat and endpoint only")
        return value

    @field_validator("base_url", "api_key_env", "json_mode")
    @classmethod
    def _only_for_servers(cls, value: str | bool | None, info: ValidationInfo) -> str | bool | None:
        if value and info.data.get("name") != "endpoint":
            raise ValueError("has an effect on the engine endpoint only")
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

    @field_validator("source_language", "target_language")
    @classmethod
    def _only_with_languages(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is not None and info.data.get("name") in NO_LANGUAGES:
            raise ValueError(f"has no effect on the engine {info.data['name']}, which takes no language codes")
        return value

    @field_validator("dtype")
    @classmethod
    def _numbers_it_has(cls, value: str, info: ValidationInfo) -> str:
        if value in CT2_ONLY and info.data.get("name") != "ctranslate2":
            raise ValueError(f"only the engine ctranslate2 computes in {value}")
        return value

    @field_validator("sample")
    @classmethod
    def _draws_can_be_repeated(cls, value: bool, info: ValidationInfo) -> bool:
        if value and info.data.get("name") == "ctranslate2":
            raise ValueError("the engine ctranslate2 cannot repeat its draws; use beams, or the engine seq2seq")
        return value

    @field_validator("copy_prior")
    @classmethod
    def _own_copy_prior(cls, value: float | None, info: ValidationInfo) -> float | None:
        """The number that null stands for, so that the resolved config and its digest say it."""
        if value and info.data.get("name") == "ctranslate2":
            raise ValueError("the engine ctranslate2 has no copy prior; leave it out or set it to 0")
        return OWN_COPY_PRIOR.get(str(info.data.get("name")), 0.0) if value is None else value

    @field_validator("candidates")
    @classmethod
    def _beams_hold_the_candidates(cls, value: int, info: ValidationInfo) -> int:
        beams = info.data.get("beams")
        searching = info.data.get("name") in MODEL_ENGINES and info.data.get("sample") is False
        if searching and beams is not None and value > beams:
            raise ValueError(f"{value} candidates need as many beams (set to {beams}), or `sample: true`")
        return value

    @field_validator("map_tokens", "reduce_tokens", "map_share", "overlap")
    @classmethod
    def _only_for_whole_articles(cls, value: float | None, info: ValidationInfo) -> float | None:
        name = info.data.get("name")
        if name in SENTENCE_ENGINES and value != cls.model_fields[str(info.field_name)].default:
            raise ValueError(f"has no effect on the engine {name}, which works sentence by sentence")
        return value

    @field_validator("temperature", "top_p")
    @classmethod
    def _only_when_sampling(cls, value: float, info: ValidationInfo) -> float:
        if value != 1.0 and info.data.get("sample") is False:
            raise ValueError("has no effect without `sample: true`")
        return value

    @field_validator("repetition_penalty", "early_stopping", "min_new_tokens")
    @classmethod
    def _only_for_seq2seq(cls, value: float, info: ValidationInfo) -> float:
        default = cls.model_fields[str(info.field_name)].default
        name = info.data.get("name")
        if value != default and name not in (None, "seq2seq"):
            raise ValueError(f"acts on the engine seq2seq only, not on {name}")
        if info.field_name == "early_stopping" and value and (info.data.get("sample") or info.data.get("beams") == 1):
            raise ValueError("has no effect without a beam search (`beams` over 1, `sample: false`)")
        return value


class KindEngine(EngineSettings):
    """An engine for one output kind: complete in itself, nothing is inherited from `engine`."""

    name: EngineName = Field(description="as engine.name; must be given")


def _kind_engine(kind: str) -> str:
    return f"an engine for the {kind} alone, with the keys of `engine` and no inheritance; null: `engine`"


class SummarySettings(Settings):
    """The summary: whole sentences within a band of words."""

    enabled: bool = Field(default=True, description="write a summary")
    min_words: int = Field(default=35, ge=1, le=2000, description="fewest words")
    max_words: int = Field(default=90, ge=5, le=5000, description="most words")
    min_sentences: int = Field(default=2, ge=1, le=100, description="fewest sentences")
    max_sentences: int = Field(default=3, ge=1, le=200, description="most sentences")
    engine: KindEngine | None = Field(default=None, description=_kind_engine("summary"))

    @field_validator("max_words", "max_sentences")
    @classmethod
    def _band(cls, value: int, info: ValidationInfo) -> int:
        return not_below(str(info.field_name).replace("max", "min"), value, info)


class BulletSettings(Settings):
    """The bullet brief: distinct points in source order."""

    enabled: bool = Field(default=True, description="write bullets")
    min: int = Field(default=3, ge=1, le=50, description="fewest bullets")
    max: int = Field(default=5, ge=1, le=50, description="most bullets")
    max_words: int = Field(default=22, ge=3, le=200, description="most words of a bullet")
    engine: KindEngine | None = Field(default=None, description=_kind_engine("bullets"))

    @field_validator("max")
    @classmethod
    def _band(cls, value: int, info: ValidationInfo) -> int:
        return not_below("min", value, info)


class HeadlineSettings(Settings):
    """The headline variants, best first."""

    enabled: bool = Field(default=True, description="write headlines")
    count: int = Field(default=4, ge=1, le=50, description="variants, no two alike")
    max_chars: int = Field(default=90, ge=10, le=500, description="most characters (code points)")
    min_words: int = Field(default=3, ge=1, le=50, description="fewest words")
    question: bool = Field(default=False, description="headlines that ask a question may be chosen")
    diversity: float = Field(
        default=0.5,
        ge=0,
        le=1,
        description="how much the variants after the first should differ (1 - lambda of maximal marginal relevance); "
        "0: by score alone",
    )
    case: Literal["sentence", "title"] = Field(
        default="sentence", description="sentence case or Title Case (short alias: headlines.case)"
    )
    engine: KindEngine | None = Field(default=None, description=_kind_engine("headlines"))

    @field_validator("min_words")
    @classmethod
    def _words_fit(cls, value: int, info: ValidationInfo) -> int:
        room = info.data.get("max_chars")
        if room is not None and 2 * value - 1 > room:
            raise ValueError(f"{value} words cannot fit into max_chars ({room})")
        return value


class RewriteSettings(Settings):
    """The rewrite: the whole article retold, shorter."""

    enabled: bool = Field(default=False, description="write a rewrite")
    ratio: float = Field(
        default=0.5, ge=0.05, le=0.95, description="target words as a share of the article's"
    )
    style: Literal["news", "plain"] = Field(
        default="news", description="plain: shorter sentences and plainer words; names and numbers stay"
    )
    engine: KindEngine | None = Field(default=None, description=_kind_engine("rewrite"))


class OutputSettings(Settings):
    """The output kinds and their contracts."""

    summary: SummarySettings = Field(default_factory=SummarySettings, description="the summary")
    bullets: BulletSettings = Field(default_factory=BulletSettings, description="the bullet brief")
    headlines: HeadlineSettings = Field(default_factory=HeadlineSettings, description="the headline variants")
    rewrite: RewriteSettings = Field(default_factory=RewriteSettings, description="the rewrite")

    @model_validator(mode="after")
    def _something_to_write(self) -> OutputSettings:
        kinds = (self.summary, self.bullets, self.headlines, self.rewrite)
        if not any(kind.enabled for kind in kinds):
            raise ValueError("no output kind is enabled; enable one of summary, bullets, headlines, rewrite")
        return self
