"""`pipeline("summarization")` without a model: the summary of `pipeline.brief`, guarded, in the old shape."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Unpack

from pipeline.api import brief_articles
from pipeline.compat.options import Options, checked, truncates
from pipeline.compat.shape import Answers, Record, answers
from pipeline.config import load_config
from pipeline.engines import Engine, open_engine
from pipeline.errors import InputError
from pipeline.records import KINDS
from pipeline.run import open_engines
from pipeline.settings import Config
from pipeline.settings_engine import EngineSettings
from pipeline.text.article import make_article

log = logging.getLogger("pipeline.compat")
WORD_TOKENS = 1.3  # tokens of an English word, to turn lengths in tokens into the contract's words
SENTENCE_WORDS = 20  # words of a summary's sentence, to turn its words into a number of sentences
ENGINE = {  # option of the old call → setting of the engine
    "num_beams": "beams",
    "do_sample": "sample",
    "temperature": "temperature",
    "top_p": "top_p",
    "length_penalty": "length_penalty",
    "no_repeat_ngram_size": "no_repeat_ngram",
}
SAMPLING = ("temperature", "top_p")
LENGTHS = ("max_length", "max_new_tokens", "min_length", "min_new_tokens")
SHAPE = ("truncation", "batch_size", "num_workers", "return_text", "return_tensors", "clean_up_tokenization_spaces")


@dataclass(frozen=True, slots=True)
class EmbeddedSummarizer:
    """What `pipeline("summarization")` returns; `options` hold for every call that does not say otherwise."""

    options: Options
    task: str = "summarization"
    opened: dict[str, Engine] = field(default_factory=dict, repr=False)

    def __call__(self, texts: object, **options: Unpack[Options]) -> Answers:
        """Records `{"summary_text": …}`, in the shapes `shape.answers` describes.

        The whole of a text is read: nothing is truncated, whatever `truncation` says. Lengths in tokens become words
        (`contract`); beams, sampling, length_penalty and no_repeat_ngram_size act on the engine; options that mean
        nothing here are named in a warning. Raises TypeError (unknown option), InputError (no text) or ConfigError
        (a value out of bounds).
        """
        given = checked({**self.options, **options})
        truncates(given)
        if given.get("return_tensors"):
            raise InputError("the model in the package returns texts, not token ids", fix="give model=…")
        idle = sorted(set(given) - {*_acting(given), *LENGTHS, *SHAPE})
        if idle:
            log.warning("without model=… these options do nothing: %s", ", ".join(idle))
        config = settings(given)
        return answers(texts, given.get("batch_size", 1), lambda first, batch: self._write(first, batch, config))

    def _write(self, first: int, texts: list[str], config: Config) -> list[list[Record]]:
        engines = open_engines(config, self._open)
        found = []
        for number, text in enumerate(texts, start=first):
            (brief,) = brief_articles([make_article(str(number), text)], config, engines)
            if brief.summary is None:  # the only kind asked for
                raise InputError("it has no summary", where=f"text {number}")
            for flag in brief.summary.flags:
                log.warning("text %d: %s", number, flag)
            found.append([{"summary_text": brief.summary.text}])
        return found

    def _open(self, wanted: EngineSettings) -> Engine:
        """The engine, opened once for all calls with the same settings."""
        key = wanted.model_dump_json()
        if key not in self.opened:
            self.opened[key] = open_engine(wanted)
        return self.opened[key]


def settings(options: Options) -> Config:
    """The default settings with what the options of the old call mean for them."""
    values: dict[str, object] = {f"outputs.summary.{key}": value for key, value in contract(options).items()}
    acting = _acting(options)
    engine = {f"engine.{key}": options[name] for name, key in acting.items() if options.get(name) is not None}  # type: ignore[literal-required]
    if isinstance(beams := engine.get("engine.beams"), int):
        engine["engine.candidates"] = max(1, min(4, beams))
    kinds = {f"outputs.{kind}.enabled": kind == "summary" for kind in KINDS}
    return load_config(None, (), {**kinds, **values, **engine})


def _acting(options: Options) -> Mapping[str, str]:
    """The part of `ENGINE` that acts: as in transformers, what shapes samples does nothing where none are drawn."""
    return ENGINE if options.get("do_sample") else {name: key for name, key in ENGINE.items() if name not in SAMPLING}


def contract(options: Options) -> Mapping[str, int]:
    """The summary's band of words and sentences for lengths in tokens; empty if none is given.

    A word counts as 1.3 tokens and a sentence as 20 words. An upper bound below the usual lower one lowers it.
    """
    high = options.get("max_new_tokens", options.get("max_length"))
    low = options.get("min_new_tokens", options.get("min_length"))
    found: dict[str, int] = {}
    if high is not None:
        found["max_words"] = max(5, int(high / WORD_TOKENS))
        found["max_sentences"] = max(1, -(-found["max_words"] // SENTENCE_WORDS))
        found["min_words"] = min(35, found["max_words"])
        found["min_sentences"] = min(2, found["max_sentences"])
    if low is not None:
        found["min_words"] = max(1, int(low / WORD_TOKENS))
        if high is None and found["min_words"] > 90:
            found["max_words"] = 2 * found["min_words"]
            found["max_sentences"] = -(-found["max_words"] // SENTENCE_WORDS)
    return found
