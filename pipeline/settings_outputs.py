"""Typed settings of the output kinds: the contract of each."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, ValidationInfo, field_validator, model_validator

from pipeline.settings_base import Settings, not_below
from pipeline.settings_engine import KindEngine


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
