"""The settings of a run as frozen, strict models: every key with its type, bounds, default and meaning."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, Field, ValidationInfo, field_validator
from pydantic.fields import FieldInfo

from pipeline.records import ColumnRole
from pipeline.score_names import threshold_faults
from pipeline.settings_base import Settings
from pipeline.settings_engine import EngineSettings
from pipeline.settings_outputs import OutputSettings

Baseline = Literal["lead", "textrank", "oracle"]


class InputSettings(Settings):
    """Which articles are read."""

    path: str = Field(
        default="seeds",
        min_length=1,
        description="file, folder, folder of save_to_disk or - (stdin), relative to the working directory; or "
        "hf://OWNER/NAME, a data set of the Hugging Face Hub (not in the digest)",
    )
    split: str | None = Field(
        default=None,
        min_length=1,
        description="split of the data set; null: its only one (not in the digest)",
    )
    config_name: str | None = Field(
        default=None, min_length=1, description="configuration of the data set on the Hub (not in the digest)"
    )
    revision: str | None = Field(
        default=None, min_length=1, description="branch, tag or commit of it on the Hub (not in the digest)"
    )
    streaming: bool = Field(
        default=True,
        description="read a data set of the Hub as far as it is needed; false: download it whole, into the cache "
        "(not in the digest)",
    )
    columns: Mapping[ColumnRole, str | None] = Field(
        default_factory=dict,
        description="columns of tables and fields of records, where their names are not known ones, e.g. "
        "`{text: story, summary: abstract}`; null: not read (not in the digest)",
    )
    key_points: Literal["reference", "keep", "drop"] = Field(
        default="reference",
        description="an article's own key-points box: reference for bullets, unseen by the model; "
        "keep it in the text; or drop it",
    )
    limit: int | None = Field(default=None, ge=1, description="read only this many articles; null: all")

    @field_validator("config_name", "revision")
    @classmethod
    def _of_the_hub(cls, value: str | None, info: ValidationInfo) -> str | None:
        path = info.data.get("path")
        if value is not None and path is not None and not path.startswith("hf://"):
            raise ValueError("is for data sets of the Hub: input.path should be hf://OWNER/NAME")
        return value


class GuardSettings(Settings):
    """What makes a candidate unusable; each check can be switched off."""

    enabled: bool = Field(default=True, description="check candidates at all")
    numbers: bool = Field(default=True, description="numbers and quantities must be in the source")
    names: bool = Field(default=True, description="names must be in the source")
    quotations: bool = Field(default=True, description="quoted words must be in the source, word for word")
    dates: bool = Field(default=True, description="dates must be in the source")
    bindings: bool = Field(default=True, description="no number, date or name where the evidence has another")
    roles: bool = Field(default=True, description="offices and parties must belong to the person named")
    speakers: bool = Field(default=True, description="what is said must be said by the person named")
    negation: bool = Field(default=True, description="no negation dropped or added against the evidence")
    modality: bool = Field(default=True, description="what may or is planned to be must not become what is or will be")
    comparisons: bool = Field(default=True, description="no direction flipped against the evidence: rose, fell")
    swaps: bool = Field(default=True, description="who acts and who is acted on must not be exchanged")
    relations: bool = Field(default=True, description="no things joined (for, over) that the evidence does not join")
    repetition: bool = Field(default=True, description="no phrase repeated within a text")
    garbled: bool = Field(default=True, description="no word neither in the source nor in ordinary English")
    unfinished: bool = Field(default=True, description="no sentence without its end")
    verbatim: Literal["warn", "reject", "off"] = Field(
        default="warn", description="a near-verbatim copy of the source: flag it, reject it, or allow it"
    )


class ScoreModelSettings(Settings):
    """Metrics that need a model; each is computed if its model is named, on the CPU."""

    bertscore: str | None = Field(
        default=None, min_length=1, description="encoder for BERTScore: model folder or hub name; null: not computed"
    )
    consistency: str | None = Field(
        default=None,
        min_length=1,
        description="model of natural language inference for consistency with the article (SummaC zero-shot); "
        "null: not computed",
    )
    embedding: str | None = Field(
        default=None, min_length=1, description="sentence encoder for embedding similarity; null: not computed"
    )
    bertscore_layer: int | None = Field(
        default=None, ge=1, le=1000, description="layer BERTScore compares; null: its authors' choice, or the last"
    )
    batch_size: int = Field(default=16, ge=1, le=4096, description="texts or pairs of sentences per forward pass")


class ScoreSettings(Settings):
    """How outputs are scored against references."""

    enabled: bool = Field(default=True, description="score the outputs where there are references")
    bootstrap_samples: int = Field(
        default=1000, ge=100, le=100_000, description="resamples of the 95 % confidence intervals"
    )
    stemmer: bool = Field(default=True, description="Porter-stem words before ROUGE")
    profile: Literal["google", "perl", "unicode"] = Field(
        default="google", description="whose ROUGE: rouge-score's, ROUGE-1.5.5's, or one for text of any script"
    )
    multi_reference: Literal["max", "mean", "jackknife"] = Field(
        default="max",
        description="several references: the one with the highest F per ROUGE type, their mean, or the mean of the "
        "highest of each set that leaves one out",
    )
    baselines: Annotated[tuple[Baseline, ...], Field(strict=False)] = Field(
        default=get_args(Baseline), description="baseline rows of the score table"
    )
    evaluate: Annotated[tuple[str, ...], Field(strict=False)] = Field(
        default=(), description="local paths of further Hugging Face evaluate modules to run"
    )
    models: ScoreModelSettings = Field(
        default_factory=ScoreModelSettings, description="models of the metrics that need one"
    )
    fail_under: Mapping[str, float] = Field(
        default_factory=dict,
        description="least scores (0-1), e.g. `summary.rouge1.f: 0.2` or `summary.novel_bigrams.value: 0.1`; "
        "missing one ends the run with status 1; --fail-under adds to them (not in the digest)",
    )

    @field_validator("baselines", "evaluate")
    @classmethod
    def _named_once(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        twice = sorted({name for name in value if value.count(name) > 1})
        if twice:
            raise ValueError(f"named twice: {', '.join(twice)}")
        return value

    @field_validator("fail_under", mode="before")
    @classmethod
    def _dotted(cls, value: object) -> object:
        return dict(_flatten(value)) if isinstance(value, dict) else value

    @field_validator("fail_under")
    @classmethod
    def _known_scores(cls, value: Mapping[str, float], info: ValidationInfo) -> Mapping[str, float]:
        faults = threshold_faults(value, foreign=bool(info.data.get("evaluate")))
        if faults:
            raise ValueError("; ".join(faults))
        return value


class RunSettings(Settings):
    """Where and how the batch runs."""

    out: str | None = Field(
        default=None, min_length=1, description="run directory; null: runs/<name> (not in the digest)"
    )
    seed: int = Field(default=13, ge=0, le=2**32 - 1, description="seed of sampling and of the bootstrap")
    executor: Literal["local"] = Field(default="local", description="where shards run (not in the digest)")
    batch_articles: int = Field(
        default=1, ge=1, le=10_000, description="articles finished and saved together; what a resume replays"
    )
    keep_candidates: bool = Field(default=True, description="write every candidate to candidates.jsonl")


class Config(Settings):
    """All settings of one run."""

    name: str = Field(
        default="run",
        max_length=100,
        description="the run and its folder in runs/; default: the config file's stem (not in the digest)",
    )
    input: InputSettings = Field(default_factory=InputSettings, description="which articles are read")
    engine: EngineSettings = Field(default_factory=EngineSettings, description="what writes the text")
    outputs: OutputSettings = Field(default_factory=OutputSettings, description="the output kinds")
    guard: GuardSettings = Field(default_factory=GuardSettings, description="what makes a candidate unusable")
    score: ScoreSettings = Field(default_factory=ScoreSettings, description="how outputs are scored")
    run: RunSettings = Field(default_factory=RunSettings, description="where and how the batch runs")

    @field_validator("name")
    @classmethod
    def _folder_name(cls, value: str) -> str:
        if not value.strip() or value.startswith(".") or not value.isprintable() or set(value) & set("/\\"):
            raise ValueError(f"should be a folder name without slashes or a leading dot, got {value!r}")
        return value

    @property
    def out_dir(self) -> Path:
        """The run directory: `run.out`, or runs/<name> below the working directory."""
        return Path(self.run.out) if self.run.out is not None else Path("runs") / self.name


def section(field: FieldInfo) -> type[BaseModel] | None:
    """The model of a field that is a section (or null), else None."""
    for kind in (field.annotation, *get_args(field.annotation)):
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            return kind
    return None


def walk(model: type[BaseModel] = Config, prefix: str = "") -> Iterator[tuple[str, FieldInfo]]:
    """Every valid key as a dotted path with its field, sections included, in the order of the models."""
    for name, field in model.model_fields.items():
        yield prefix + name, field
        inner = section(field)
        if inner is not None:
            yield from walk(inner, f"{prefix}{name}.")


def _flatten(value: Mapping[Any, object], prefix: str = "") -> Iterator[tuple[str, object]]:
    """Dotted keys of nested mappings; ValueError if one is given twice."""
    seen: set[str] = set()
    for key, inner in value.items():
        pairs: Iterable[tuple[str, object]] = [(f"{prefix}{key}", inner)]
        if isinstance(inner, dict) and prefix.count(".") < 3:  # deeper is no score, or a cycle of anchors
            pairs = _flatten(inner, f"{prefix}{key}.")
        for path, leaf in pairs:
            if path in seen:
                raise ValueError(f"{path} is given twice")
            seen.add(path)
            yield path, leaf
