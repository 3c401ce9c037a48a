"""What the embedded model reads for a request.

The encoder reads `<s> <task> <w1–w6> <n1–n3> focus <context> context </s>`, as `pipeline.train.pack` writes it; a
Request's `words` picks the length token, its `novelty` the novelty token.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from pipeline.engines.loading import loading
from pipeline.engines.shortlist import Ints, read_shortlist
from pipeline.engines.spelling import SpellingGuard, Vocabulary
from pipeline.errors import EngineError
from pipeline.lexicon import ordered_words
from pipeline.records import Request

FOCUS_TOKENS, CONTEXT_TOKENS = 160, 64
BOUNDS = {"headline": (6, 8, 10, 12, 15), "brief": (7, 10, 13, 17, 23)}  # words; bucket 1 is the shortest
NEW_TOKENS = {"headline": 28, "brief": 60}
NEEDED = ("<s>", "</s>", "<headline>", "<brief>", "<context>", "<w1>", "<w6>")


@dataclass(frozen=True, slots=True)
class Prompt:
    """The encoder's tokens for one request, the most tokens of its text, and what may be spelled.

    `written` are the tokens that may be written at all, in ascending order; None: every one.
    """

    request: Request
    ids: tuple[int, ...]
    limit: int
    flags: tuple[str, ...]
    guard: SpellingGuard | None
    written: Ints | None


@dataclass(frozen=True, slots=True)
class Reader:
    """The tokenizer, its special tokens, and its tokens by what they spell (None: anything may be spelled).

    `shortlist` are the tokens that any text may have, beside those of its source; None: every token.
    """

    tokenizer: Tokenizer
    special: re.Pattern[str]
    vocabulary: Vocabulary | None
    shortlist: Ints | None

    def prompts(self, requests: Sequence[Request]) -> list[Prompt]:
        """A prompt for each request; those of one source share their guard and what it finds out."""
        guards: dict[tuple[str, str], SpellingGuard | None] = {}
        found = []
        for request in requests:
            key = (request.source, request.context)
            if key not in guards:
                guards[key] = self._guard(*key)
            found.append(self._prompt(request, guards[key]))
        return found

    def _guard(self, source: str, context: str) -> SpellingGuard | None:
        if self.vocabulary is None:
            return None
        return SpellingGuard(self.vocabulary, self.vocabulary.spellings(f"{source} {context}"))

    def _prompt(self, request: Request, guard: SpellingGuard | None) -> Prompt:
        """The prompt of a request, flagged if its source or its context did not fit."""
        if request.task not in NEW_TOKENS:
            raise EngineError(f"the embedded model writes {' and '.join(NEW_TOKENS)}; asked: {request.task}")
        focus, context = self.ids(request.source), self.ids(request.context)
        flags: tuple[str, ...] = ("truncated_input",) if len(focus) > FOCUS_TOKENS else ()
        flags += ("truncated_context",) if len(context) > CONTEXT_TOKENS else ()
        size = [] if request.words is None else [f"<w{1 + sum(request.words > b for b in BOUNDS[request.task])}>"]
        novelty = [token for token in (f"<n{request.novelty}>",) if self.special.fullmatch(token)]
        head = self._tokens("<s>", f"<{request.task}>", *size, *novelty)
        tail = [*self._tokens("<context>"), *context[:CONTEXT_TOKENS]] if context else []
        ids = (*head, *focus[:FOCUS_TOKENS], *tail, *self._tokens("</s>"))
        written = None if self.shortlist is None else np.union1d(self.shortlist, ids)
        return Prompt(request, ids, NEW_TOKENS[request.task], flags, guard, written)

    def ids(self, text: str) -> list[int]:
        """Token ids of plain text; what looks like a special token is text with a gap in it, never a command."""
        plain = self.special.sub(lambda m: m[0].replace("<", "< "), text)
        found: list[int] = self.tokenizer.encode(plain, add_special_tokens=False).ids
        return found

    def text(self, ids: Sequence[int]) -> str:
        """The text of tokens, special ones left out."""
        found: str = self.tokenizer.decode(list(ids), skip_special_tokens=True)
        return found.strip()

    def _tokens(self, *names: str) -> list[int]:
        return [_token(self.tokenizer, name) for name in names]


def open_reader(folder: Path, *, spell_guard: bool, shortlist: bool) -> Reader:
    """The reader of the model in `folder`, with its shortlist if it has one; EngineError if its tokenizer is not of
    this kind."""
    with loading(str(folder), "the tokenizer"):
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    special = [token.content for token in tokenizer.get_added_tokens_decoder().values() if token.special]
    if not set(NEEDED) <= set(special):
        raise EngineError(
            "this model has no task and length tokens", where=str(folder), fix="use the engine seq2seq for it"
        )
    pattern = re.compile("|".join(re.escape(token) for token in special))
    words = Vocabulary(tokenizer, ordered_words(), _token(tokenizer, "</s>")) if spell_guard else None
    listed = read_shortlist(folder, tokenizer.get_vocab_size()) if shortlist else None
    return Reader(tokenizer, pattern, words, listed)


def _token(tokenizer: Tokenizer, name: str) -> int:
    found: int | None = tokenizer.token_to_id(name)
    if found is None:
        raise EngineError(f"the tokenizer has no token {name}")
    return found
