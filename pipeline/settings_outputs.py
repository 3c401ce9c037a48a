"""Typed settings of the engines and the output kinds; `pipeline.settings` puts them together."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator, model_validator

EngineName = Literal["embedded", "seq2seq", "lead", "textrank", "fake"]
MODEL_ENGINES = ("embedded", "seq2seq")
ENGLISH_ENGINES = ("embedded", "lead", "textrank", "fake")  # without language codes
OWN_COPY_PRIOR = {"embedded": 2.0}  # as it was trained; 0 for the others


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


class EngineSettings(Settings):
    """What writes the text. The settings after `model` act on model engines (embedded, seq2seq) only."""

    name: EngineName = Field(
        default="embedded",
        description="embedded (the model in the package), seq2seq (any Hugging Face encoder-decoder), "
        "lead and textrank (extractive baselines), fake (canned text for tests)",
    )
    model: str | None = Field(
        default=None,
        min_length=1,
        description="model folder or hub name; needed by seq2seq; null: the engine's own model",
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
    dtype: Literal["float32", "bfloat16", "auto"] = Field(
        default="float32",
        description="number type of the weights; auto: as the checkpoint stores them, but float16 as float32 on a CPU",
    )
    threads: int | None = Field(
        default=None, ge=1, le=1024, description="CPU threads; null: torch's choice (not in the digest)"
    )
    beams: int = Field(default=4, ge=1, le=32, description="beams of the beam search; 1: greedy")
    sample: bool = Field(default=False, description="draw tokens at random, seeded by run.seed")
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
        default=3, ge=0, le=20, description="no n-gram of so many tokens twice; 0: off"
    )
    batch_size: int = Field(default=16, ge=1, le=4096, description="requests per forward pass")
    max_source_tokens: int | None = Field(
        default=None,
        ge=16,
        description="tokens of a source; longer ones are chunked; null: the model's limit",
    )

    @field_validator("model")
    @classmethod
    def _seq2seq_names_a_model(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is None and info.data.get("name") == "seq2seq":
            raise ValueError("the engine seq2seq needs a model: a folder or a hub name")
        return value

    @field_validator("source_language", "target_language")
    @classmethod
    def _only_with_languages(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is not None and info.data.get("name") in ENGLISH_ENGINES:
            raise ValueError(f"has no effect on the engine {info.data['name']}, which knows no languages")
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
