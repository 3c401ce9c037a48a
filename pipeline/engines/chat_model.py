"""A causal language model with its chat template: conversations in, answers out, in left-padded batches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
import transformers
from jinja2 import TemplateError

from pipeline.engines.answers import Answer, without_thoughts
from pipeline.engines.checkpoint import device_of, load
from pipeline.engines.prompting import Message, Question, fold
from pipeline.errors import EngineError
from pipeline.settings_engine import EngineSettings

UNSTATED = 4096  # tokens a model is taken to read where neither config nor tokenizer says
THOUGHTS = ("<think>", "</think>")
PROBE: list[Message] = [{"role": "system", "content": "precis-system"}, {"role": "user", "content": "precis-user"}]


@dataclass(frozen=True, slots=True)
class ChatModel:
    """A loaded model in evaluation mode; `folded`: its template knows no system role, so the first user says it."""

    model: Any
    tokenizer: Any
    identity: str
    facts: Mapping[str, str | None]
    max_tokens: int
    folded: bool

    @property
    def control(self) -> tuple[str, ...]:
        """The tokens that mean something to the model and must not come from a text."""
        added = (token.content for token in self.tokenizer.added_tokens_decoder.values() if token.special)
        return tuple(sorted({*self.tokenizer.all_special_tokens, *added}))

    def count_tokens(self, text: str) -> int:
        return len(self.tokenizer(text, add_special_tokens=False)["input_ids"])

    def render(self, messages: Sequence[Message]) -> str:
        """A conversation as the model reads it, up to where its answer begins."""
        wanted = fold(messages) if self.folded else list(messages)
        return _shown(self.tokenizer, wanted)

    def answer(self, questions: Sequence[Question], settings: EngineSettings) -> list[list[Answer]]:
        """The answers to questions that want equally many, best first; beam search, or sampling from the seed."""
        texts = [self.render(question.messages) for question in questions]
        inputs = self.tokenizer(texts, add_special_tokens=False, padding=True, return_tensors="pt")
        inputs = {name: inputs[name].to(device_of(self.model)) for name in ("input_ids", "attention_mask")}
        count, width = questions[0].count, inputs["input_ids"].shape[1]
        with torch.inference_mode():
            torch.manual_seed(questions[0].seed)
            out = self.model.generate(
                **inputs,
                **_decoding(settings, count),
                num_return_sequences=count,
                max_new_tokens=max(question.max_tokens for question in questions),
                pad_token_id=self.tokenizer.pad_token_id,
            )
        answers = [self._answer(row.tolist()) for row in out[:, width:]]
        return [answers[i : i + count] for i in range(0, len(answers), count)]

    def _answer(self, tokens: list[int]) -> Answer:
        """The text up to the end token; without one it broke off."""
        stops = _end_tokens(self.model, self.tokenizer)
        end = next((i for i, token in enumerate(tokens) if token in stops), None)
        text = self.tokenizer.decode(tokens[:end], skip_special_tokens=False)
        for token in self.control:
            text = text if token in THOUGHTS else text.replace(token, "")
        return Answer(without_thoughts(text), finished=end is not None)


def load_chat_model(settings: EngineSettings, path: str) -> ChatModel:
    """Load `path` (folder or hub name); EngineError says what is wrong with it and what to do."""

    def read(_: Any, revision: Mapping[str, str]) -> Any:
        tokenizer = transformers.AutoTokenizer.from_pretrained(path, padding_side="left", **revision)
        _demand_template(tokenizer, path)
        return tokenizer

    found = load(settings, path, "AutoModelForCausalLM", read)
    model, tokenizer = found.model, found.tokenizer
    if tokenizer.pad_token_id is None:
        tokenizer.pad_token = tokenizer.eos_token
    limit = context_limit(model.config, tokenizer)
    return ChatModel(model, tokenizer, found.identity, found.facts, limit, _knows_no_system(tokenizer))


def context_limit(config: Any, tokenizer: Any) -> int:
    """Tokens a model holds, prompt and answer together, from config and tokenizer; 4096 where neither states them."""
    text = config.get_text_config()
    stated = [getattr(text, name, None) for name in ("max_position_embeddings", "n_positions", "max_seq_len")]
    stated.append(getattr(tokenizer, "model_max_length", None))
    return min([int(n) for n in stated if n is not None and 0 < n < 10_000_000], default=UNSTATED)


def _demand_template(tokenizer: Any, path: str) -> None:
    """EngineError where there is no chat template that works."""
    if not tokenizer.chat_template:
        raise EngineError(
            "the tokenizer has no chat template, so this is no chat model",
            where=path,
            fix="name a model tuned to follow instructions, or put its chat_template.jinja into the folder",
        )
    try:
        shown = _shown(tokenizer, fold(PROBE) if _knows_no_system(tokenizer) else PROBE)
    except (TemplateError, TypeError) as error:
        raise EngineError(f"the chat template cannot be filled in: {error}", where=path) from error
    if "precis-user" not in shown:
        raise EngineError("the chat template leaves out what the user says", where=path)


def _knows_no_system(tokenizer: Any) -> bool:
    """Whether the template refuses or leaves out system messages."""
    try:
        return "precis-system" not in _shown(tokenizer, PROBE)
    except TemplateError:  # many templates raise for a system message
        return True


def _shown(tokenizer: Any, messages: Sequence[Message]) -> str:
    text: str = tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
    return text


def _decoding(settings: EngineSettings, count: int) -> dict[str, Any]:
    """What `generate` is told; a model's own temperature or penalties would make texts depend on unseen settings."""
    if settings.sample:
        how = {"do_sample": True, "num_beams": 1, "temperature": settings.temperature, "top_p": settings.top_p}
        return how | {"top_k": 0, "repetition_penalty": 1.0}
    search = {"do_sample": False, "num_beams": max(settings.beams, count), "temperature": 1.0, "top_p": 1.0}
    return search | {"top_k": 50, "repetition_penalty": 1.0, "length_penalty": settings.length_penalty}


def _end_tokens(model: Any, tokenizer: Any) -> set[int]:
    """Tokens that end an answer, of the generation config and of the tokenizer."""
    stated = model.generation_config.eos_token_id
    ends = stated if isinstance(stated, list) else [stated]
    return {int(token) for token in (*ends, tokenizer.eos_token_id) if token is not None}
