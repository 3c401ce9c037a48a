"""Any Hugging Face encoder-decoder: whole articles (in chunks, if need be) in, texts out.

What differs from family to family stands in `families`, languages in `languages`; docs/models.md describes both.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import torch
from transformers import LogitsProcessorList

from pipeline.engines.base import Generated, Strategy
from pipeline.engines.checkpoint import Checkpoint, device_of, load_checkpoint
from pipeline.engines.decoding import n_best
from pipeline.engines.encodings import Encodings
from pipeline.engines.families import Family, family_of, own_prefix, target_limit
from pipeline.engines.languages import Languages, choose_languages
from pipeline.engines.processors import CopyPrior
from pipeline.engines.stored import own_generation, pad_with, stored_ids
from pipeline.errors import EngineError
from pipeline.records import Request
from pipeline.settings_engine import EngineSettings

WORD_TOKENS = 1.6  # tokens a word may take, for turning a length in words into a limit; more if they are short
SAMPLE = "The council said on Monday that about 1,200 people had asked for the northern bridge to be repaired."
LEAST = 16  # tokens a source must have room for


@dataclass(frozen=True, slots=True)
class Seq2SeqEngine:
    """A summariser from the hub or a folder; `prefix` is what its model wants before the text, and `taken` the tokens
    that prefix and special tokens take of its limit."""

    checkpoint: Checkpoint
    settings: EngineSettings
    family: Family
    languages: Languages
    prefix: str
    taken: int
    special: re.Pattern[str]
    identity: str
    budget: int
    strategy: Strategy = "whole"
    encodings: Encodings = field(default_factory=Encodings, compare=False)

    @property
    def model(self) -> Mapping[str, str | None]:
        """Name, revision and sha256 of the weights."""
        return self.checkpoint.facts

    def count_tokens(self, text: str) -> int:
        """What `text` adds to an input: all tokens of the input less those it has without a text."""
        return len(self.checkpoint.tokenizer(self.input_text(text))["input_ids"]) - self.taken

    def rate_sentences(self, texts: Sequence[str], features: Sequence[Sequence[float]]) -> None:
        """None: it has no selector."""

    def generate(self, requests: Sequence[Request], seed: int) -> list[list[Generated]]:
        model = self.checkpoint.model
        inputs = self._encoded(requests)
        found = n_best(
            model,
            self.checkpoint.tokenizer,
            inputs,
            self.settings,
            encoded=self.encodings.of(inputs, self._hidden),
            max_new_tokens=min(self.most_tokens(requests), target_limit(model.config)),
            seed=seed,
            processors=self._processors(requests),
            decode=self.texts,
        )
        flags = [("truncated_input",) if self.count_tokens(r.source) > self.budget else () for r in requests]
        return [
            [replace(g, flags=(*g.flags, *flag)) for g in texts] for texts, flag in zip(found, flags, strict=True)
        ]

    def _hidden(self, row: Mapping[str, torch.Tensor]) -> torch.Tensor:
        """What the encoder makes of one input."""
        _restore_sparse_attention(self.checkpoint.model)
        with torch.inference_mode():
            found: torch.Tensor = self.checkpoint.model.get_encoder()(**row, return_dict=True).last_hidden_state
        return found

    def input_text(self, text: str) -> str:
        """What the tokenizer gets; what looks like a special token is text with a gap in it, never a command."""
        return self.prefix + self.special.sub(lambda m: f"{m[0][0]} {m[0][1:]}", text)

    def _encoded(self, requests: Sequence[Request]) -> dict[str, torch.Tensor]:
        """Token ids and masks (requests, tokens), padded on the right, on the model's device.

        The plan keeps to the budget; a word that alone is longer is cut, and its request flagged, because a position
        that does not exist ends a process on a GPU.
        """
        texts = [self.input_text(" ".join(filter(None, (r.context, r.source)))) for r in requests]
        most = self.checkpoint.max_tokens
        how: dict[str, Any] = {"padding": True, "padding_side": "right", "truncation": True, "max_length": most}
        padded = self.checkpoint.tokenizer(texts, return_tensors="pt", **how)
        found = {key: padded[key].to(device_of(self.checkpoint.model)) for key in ("input_ids", "attention_mask")}
        if self.family.global_first:
            found["global_attention_mask"] = torch.zeros_like(found["input_ids"])
            found["global_attention_mask"][:, 0] = 1
        return found

    def most_tokens(self, requests: Sequence[Request]) -> int:
        """Tokens that the longest text wished for may take."""
        longest = max((request.words or 0 for request in requests), default=0)
        per_word = max(WORD_TOKENS, self.count_tokens(SAMPLE) / len(SAMPLE.split()))
        return int(longest * per_word) + 8 if longest else 142

    def _processors(self, requests: Sequence[Request]) -> LogitsProcessorList:
        """The copy prior, if it is asked for: on the tokens of the sources and on the end."""
        if not self.settings.copy_prior:
            return LogitsProcessorList()
        model, tokenizer = self.checkpoint.model, self.checkpoint.tokenizer
        end = model.generation_config.eos_token_id
        end = end[0] if isinstance(end, list) else end
        ids = [torch.tensor(tokenizer(request.source, add_special_tokens=False)["input_ids"]) for request in requests]
        padded = torch.nn.utils.rnn.pad_sequence(ids, batch_first=True, padding_value=end)
        size = model.get_output_embeddings().weight.shape[0]
        beams = self.settings.candidates if self.settings.sample else self.settings.beams
        return LogitsProcessorList([CopyPrior.of(padded, size, end, self.settings.copy_prior, beams)])

    def texts(self, sequences: torch.Tensor) -> list[str]:
        """Plain text of token ids (rows, tokens); a line end where the model marks the end of a sentence."""
        tokenizer, mark = self.checkpoint.tokenizer, self.family.boundary
        cut = tokenizer.convert_tokens_to_ids(mark) if mark in tokenizer.all_special_tokens else None
        found = []
        for row in sequences.tolist():
            lines = (tokenizer.decode(line, skip_special_tokens=True).strip() for line in self._lines(row, cut))
            text = "\n".join(lines)
            found.append(text.replace(mark, "\n") if mark else text)
        return found

    def _lines(self, row: Sequence[int], cut: int | None) -> list[list[int]]:
        """A row's tokens between the tokens `cut`; those of languages, which not all tokenizers skip, left out."""
        codes = frozenset(self.languages.ids.values())
        found: list[list[int]] = [[]]
        for token in row:
            if token == cut:
                found.append([])
            elif token not in codes:
                found[-1].append(token)
        return found


def open_engine(settings: EngineSettings) -> Seq2SeqEngine:
    """The model that `settings.model` names; EngineError if it cannot be loaded, does not know the languages asked for,
    or has no room for a source."""
    if settings.model is None:
        raise EngineError("the engine seq2seq needs a model", where="engine.model", fix="name a folder or hub model")
    return reading(settings, load_checkpoint(settings, settings.model))


def reading(settings: EngineSettings, checkpoint: Checkpoint) -> Seq2SeqEngine:
    """The engine with a loaded checkpoint; of its model, only what it says of itself is used here."""
    model, tokenizer = checkpoint.model, checkpoint.tokenizer
    languages = choose_languages(model.config, tokenizer, settings, stored_ids(model))
    model.generation_config = own_generation(model, tokenizer, languages)
    pad_with(tokenizer, model.generation_config.pad_token_id)
    _demand_one_vocabulary(settings, model, tokenizer)
    prefix = languages.prefix + (settings.prefix if settings.prefix is not None else own_prefix(model.config))
    taken = len(tokenizer(prefix)["input_ids"])
    if checkpoint.max_tokens - taken < LEAST:
        raise EngineError(
            f"only {checkpoint.max_tokens} tokens are left for a source, {taken} of them taken by the prefix and "
            "special tokens",
            where="engine.max_source_tokens",
            fix="raise it or shorten engine.prefix",
        )
    return Seq2SeqEngine(
        checkpoint,
        settings,
        family_of(model.config),
        languages,
        prefix,
        taken,
        _commands(model, tokenizer, languages),
        checkpoint.identity,
        checkpoint.max_tokens - taken,
    )


def _commands(model: Any, tokenizer: Any, languages: Languages) -> re.Pattern[str]:
    """What in a text the tokenizer would read as special tokens; for Marian, its language tokens too."""
    marks = [">>"] if model.config.model_type == "marian" and languages.ids else []
    tokens = [*tokenizer.all_special_tokens, *marks]
    return re.compile("|".join(map(re.escape, sorted(tokens, key=len, reverse=True))) or "(?!)")


def _demand_one_vocabulary(settings: EngineSettings, model: Any, tokenizer: Any) -> None:
    """EngineError for a copy prior where source and target have token ids of their own."""
    halves = [getattr(model.config, half, None) for half in ("encoder", "decoder")]
    sizes = {half.vocab_size for half in halves if half is not None}
    if settings.copy_prior and (len(sizes) > 1 or getattr(tokenizer, "separate_vocabs", False)):
        raise EngineError(
            "this model has one vocabulary for the source and another for the target",
            where="engine.copy_prior",
            fix="set it to 0",
        )


def _restore_sparse_attention(model: Any) -> None:
    """BigBird's encoder turns to full attention on a short input and stays there; back to what the config says."""
    wanted = getattr(model.config, "attention_type", None)
    encoder = model.get_encoder()
    if wanted is not None and getattr(encoder, "attention_type", wanted) != wanted:
        encoder.set_attention_type(wanted)
