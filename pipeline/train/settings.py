"""The settings of `precis train` as frozen, strict models: a recipe of stages, or the fine-tuning of one model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator

from pipeline.settings_base import Settings

Task = Literal["headline", "brief", "paraphrase", "lead", "gap"]
Rouge = Literal["rouge1", "rouge2", "rougeL", "rougeLsum"]
MADE = ("minilm", "random")  # starts that are made rather than read


class SetRule(Settings):
    """What one data set gives."""

    tasks: Annotated[tuple[Task, ...], Field(strict=False)] = Field(
        default=(), description="supervised: headline, brief, paraphrase; self-supervised: lead, gap"
    )
    infill: float = Field(default=0.0, ge=0, le=1, description="how often a record also gives an infilling pair")
    lead: float = Field(default=0.0, ge=0, le=1, description="how often it gives its lead, where that is no task")
    gap: float = Field(default=0.0, ge=0, le=1, description="how often it gives a masked sentence, likewise")
    most: int | None = Field(default=None, ge=1, description="cap on its pairs, of train and of val each; null: none")

    @property
    def gives(self) -> bool:
        """Whether it gives any pairs at all."""
        return bool(self.tasks or self.infill or self.lead or self.gap)


class Training(Settings):
    """What every loop has: its length, its rate, its batches."""

    lr: float = Field(default=4e-4, gt=0, description="peak learning rate, of the decoder's layers")
    slow_encoder: float = Field(default=0.5, gt=0, le=1, description="share of it for embeddings and encoder")
    warmup_steps: int = Field(default=100, ge=0, description="steps until the peak")
    steps: int | None = Field(default=None, ge=1, description="how long: updates of the weights")
    decay_steps: int = Field(default=0, ge=0, description="the last of them go linearly to zero")
    minutes: float | None = Field(
        default=None, gt=0, description="how long: wall-clock minutes in the loop, instead of steps"
    )
    decay_minutes: float = Field(default=0.0, ge=0, description="the last of them go linearly to zero")
    batch_tokens: int = Field(default=6000, ge=1, description="source tokens, padding included, per step")
    max_batch: int = Field(default=64, ge=1, description="examples per step at most")
    label_smoothing: float = Field(default=0.1, ge=0, lt=1, description="share of the target spread over all tokens")
    dropout: float = Field(default=0.0, ge=0, lt=1, description="share of activations dropped")
    weight_decay: float = Field(default=0.01, ge=0, description="of AdamW")
    clip: float = Field(default=1.0, gt=0, description="norm to which gradients are clipped")
    compile: bool = Field(default=False, description="torch.compile; whether it pays, tokens_per_s tells")

    @model_validator(mode="after")
    def _ends(self) -> Self:
        if self.decay_steps > (self.steps or self.decay_steps):
            raise ValueError(f"decay_steps ({self.decay_steps}) should be at most steps ({self.steps})")
        if self.decay_minutes > (self.minutes or self.decay_minutes):
            raise ValueError(f"decay_minutes ({self.decay_minutes}) should be at most minutes ({self.minutes})")
        return self


class Stage(Training):
    """One training stage of a recipe. A key that a stage does not give is taken from the top of the file."""

    name: str = Field(
        default="tasks", pattern=r"^[a-z][a-z0-9_-]{0,30}$", description="its folder: a to z, 0 to 9, - and _"
    )
    prior: float = Field(default=2.0, ge=0, le=20, description="logits added to the source's tokens and `</s>`")
    average_last: int = Field(default=1, ge=1, description="how many of the last saves are averaged into the result")
    save_every: int | None = Field(
        default=None,
        ge=1,
        description="steps between saves; a kill costs at most these; without either: at the end only",
    )
    save_minutes: float | None = Field(default=None, gt=0, description="minutes between saves")
    data: Mapping[str, SetRule] = Field(min_length=1, description="set: what it gives")

    @model_validator(mode="after")
    def _one_length(self) -> Self:
        if (self.steps is None) == (self.minutes is None):
            raise ValueError("give either steps or minutes")
        if not any(rule.gives for rule in self.data.values()):
            raise ValueError("no set of its data gives any pairs")
        return self


class TokenizerSettings(Settings):
    """A byte-level BPE trained on the training sets of all stages."""

    vocabulary: int = Field(default=24_576, ge=300, le=60_000, description="tokens")
    documents: int | None = Field(default=None, ge=1, description="read so many records of each set; null: all")


class Shape(Settings):
    """The BART that a start other than a checkpoint gets; the defaults are MiniLM's and ours."""

    width: int = Field(default=384, ge=8, description="d_model")
    encoder_layers: int = Field(default=6, ge=1, description="layers that read")
    decoder_layers: int = Field(default=4, ge=1, description="layers that write")
    heads: int = Field(default=12, ge=1, description="attention heads; they divide the width")
    feed_forward: int = Field(default=1536, ge=8, description="inner width of the feed-forward parts")
    positions: int = Field(default=1024, ge=64, description="longest source or target, in tokens")

    @model_validator(mode="after")
    def _divides(self) -> Self:
        if self.width % self.heads:
            raise ValueError(f"heads ({self.heads}) should divide width ({self.width})")
        return self


class Recipe(Settings):
    """From data to a model: tokenizer → start → stages, each from the result of the one before → export."""

    kind: Literal["recipe"] = Field(default="recipe", description="recipe or finetune")
    name: str = Field(default="model", min_length=1, max_length=100, description="what the model card calls it")
    seed: int = Field(default=13, ge=0, le=2**32 - 1, description="of everything drawn at random")
    start: str = Field(min_length=1, description="a BART checkpoint folder, minilm (its encoder, warm start) or random")
    tokenizer: TokenizerSettings | None = Field(default=None, description="train one; null: take the start's")
    shape: Shape = Field(default_factory=Shape, description="the model that minilm and random make")
    stages: Annotated[tuple[Stage, ...], Field(strict=False)] = Field(description="in order")

    @field_validator("stages")
    @classmethod
    def _names(cls, value: tuple[Stage, ...]) -> tuple[Stage, ...]:
        names = [stage.name for stage in value]
        if not names:
            raise ValueError("name at least one stage, or leave `stages` out")
        if len(set(names)) < len(names) or "start" in names:
            raise ValueError(f"stage names must differ and not be `start`: {', '.join(names)}")
        return value

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.start in MADE and self.tokenizer is None:
            raise ValueError(f"start {self.start} has no tokenizer of ours: give `tokenizer: {{vocabulary: 24576}}`")
        if self.start not in MADE and self.tokenizer is not None:
            raise ValueError("tokenizer: a checkpoint keeps its own; only minilm and random get a new one")
        if self.start not in MADE and "shape" in self.model_fields_set and self.shape != Shape():
            raise ValueError("shape: a checkpoint keeps its own; only minilm and random are given one")
        return self


class Examples(Settings):
    """Where a user's examples are and which fields to read."""

    train: str = Field(
        default="train.jsonl", min_length=1, description="JSONL file (or .gz, .xz) below --data; or a dataset's split"
    )
    validation: str | None = Field(default=None, min_length=1, description="the same; null: hold out a part of train")
    held_out: float = Field(default=0.1, gt=0, lt=1, description="that part")
    dataset: str | None = Field(default=None, min_length=1, description="Hugging Face dataset: hub name or folder")
    config: str | None = Field(default=None, min_length=1, description="its configuration")
    source: str = Field(default="document", min_length=1, description="column with the text to read")
    target: str | None = Field(
        default=None,
        min_length=1,
        description="column to write; null: summary, headline or bullets, the first there is",
    )
    most: int | None = Field(
        default=None, ge=1, description="read so many records of train (what is held out is of them); null: all"
    )


class FineTune(Training):
    """The fine-tuning of a Hugging Face encoder-decoder, or of the embedded model, on a user's examples."""

    kind: Literal["finetune"] = Field(description="recipe or finetune")
    name: str = Field(default="model", min_length=1, max_length=100, description="what the model card calls it")
    seed: int = Field(default=13, ge=0, le=2**32 - 1, description="of everything drawn at random")
    model: str = Field(default="embedded", min_length=1, description="embedded, a folder or a hub name")
    revision: str | None = Field(default=None, min_length=1, description="hub branch, tag or commit")
    data: Examples = Field(default_factory=Examples, description="where the examples are")
    task: Literal["headline", "brief"] | None = Field(
        default=None, description="embedded model only: its task; null: headline, or brief for summary and bullets"
    )
    prefix: str | None = Field(
        default=None, description="text before each source, e.g. 'summarize: '; null: the model's own"
    )
    max_source_tokens: int = Field(default=1024, ge=8, description="longer sources are cut (at most the model's limit)")
    max_target_tokens: int = Field(default=142, ge=4, description="longer targets are cut")
    prior: float | None = Field(
        default=None, ge=0, le=20, description="logits added to the source's tokens; null: 2 for embedded, else 0"
    )
    epochs: float | None = Field(default=None, gt=0, description="how long: passes over the examples")
    check_every: int | None = Field(default=None, ge=1, description="steps between checks; null: once an epoch")
    check_examples: int = Field(default=200, ge=1, description="validation examples written at a check")
    score: Rouge = Field(default="rougeL", description="what decides which weights are kept (F, on validation)")
    patience: int = Field(default=3, ge=1, description="checks without a better score before it ends")
    beams: int = Field(default=4, ge=1, le=32, description="of the beam search at a check")

    @model_validator(mode="after")
    def _one_length(self) -> Self:
        if sum(value is not None for value in (self.steps, self.minutes, self.epochs)) != 1:
            raise ValueError("give one of epochs, steps and minutes")
        if self.model == "embedded" and self.prefix is not None:
            raise ValueError("prefix: the embedded model has task tokens instead; give `task`")
        return self


class SelectorTraining(Settings):
    """The training of a sentence selector over the encoder of the embedded model, or of another of its kind."""

    kind: Literal["selector"] = Field(description="recipe, finetune or selector")
    name: str = Field(default="selector", min_length=1, max_length=100, description="what the model card calls it")
    seed: int = Field(default=13, ge=0, le=2**32 - 1, description="of everything drawn at random")
    model: str = Field(default="embedded", min_length=1, description="embedded, or the folder of a result of a recipe")
    sets: Annotated[tuple[str, ...], Field(strict=False)] = Field(
        min_length=1, description="the sets whose `bullets` say what deserves to be told"
    )
    most: int | None = Field(default=None, ge=1, description="records read of each set's split; null: all")
    steps: int = Field(default=1200, ge=1, description="updates of the weights")
    batch: int = Field(default=16, ge=1, description="articles per step")
    lr: float = Field(default=1e-3, gt=0, description="peak learning rate; linear to zero")
    warmup_steps: int = Field(default=100, ge=0, description="steps until the peak")
    save_every: int = Field(default=100, ge=1, description="steps between saves and checks")
    check_articles: int = Field(default=300, ge=1, description="validation articles of a check")
