"""Languages of multilingual encoder-decoders: which codes a checkpoint knows and how it is told them.

mBART, M2M100 and NLLB mark the source with a language token and begin the target with one; Marian models with several
target languages read it at the beginning of the source.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from pipeline.engines.families import family_of
from pipeline.errors import EngineError
from pipeline.settings_engine import EngineSettings

ENGLISH = ("en_XX", "eng_Latn", "en")


@dataclass(frozen=True, slots=True)
class Languages:
    """The codes of a checkpoint with their token ids, and the tokens of the languages to read and to write.

    Both are None in a model without languages; `written` also for a Marian model, whose `prefix` says it.
    """

    ids: Mapping[str, int]
    read: int | None = None
    written: int | None = None
    prefix: str = ""


def choose_languages(
    config: Any, tokenizer: Any, settings: EngineSettings, stored: tuple[int | None, ...]
) -> Languages:
    """The languages that `settings` asks for, else the checkpoint's own; tells the tokenizer the source language.

    `stored` are token ids of the checkpoint's generation config that may name a target language, the first that does
    counts. The source language defaults to the tokenizer's, then to English, the target language to that of the
    source: a summary. EngineError for a code that the checkpoint does not know.
    """
    ids = language_ids(config, tokenizer)
    for key in ("source_language", "target_language"):
        _check(getattr(settings, key), ids, f"engine.{key}")
    if not ids:
        return Languages({})
    if config.model_type == "marian":
        return Languages(ids, prefix=_marian_prefix(settings))
    read = settings.source_language or _own(tokenizer, ids)
    tokenizer.src_lang = read
    known = frozenset(ids.values())
    written = next((i for i in stored if i in known), ids[read])
    if settings.target_language is not None:
        written = ids[settings.target_language]
    return Languages(ids, ids[read], written)


def language_ids(config: Any, tokenizer: Any) -> dict[str, int]:
    """Token ids by language code; empty for a model without languages."""
    pattern = family_of(config).codes
    if pattern is None:
        return {}
    unknown = tokenizer.unk_token_id
    listed = getattr(tokenizer, "lang_code_to_id", None)
    if listed:
        return {code: int(i) for code, i in listed.items() if i != unknown}
    found = ((re.fullmatch(pattern, token), i) for token, i in tokenizer.get_vocab().items())
    return {match[1]: i for match, i in found if match is not None}


def _own(tokenizer: Any, ids: Mapping[str, int]) -> str:
    """The source language that the tokenizer was stored with; else English, else the first code."""
    preferred = (str(getattr(tokenizer, "src_lang", None)), *ENGLISH)
    return next((code for code in preferred if code in ids), min(ids))


def _marian_prefix(settings: EngineSettings) -> str:
    if settings.source_language is not None:
        raise EngineError(
            "a Marian model takes its source language from its weights",
            where="engine.source_language",
            fix="leave it out; engine.target_language picks the language to write",
        )
    return f">>{settings.target_language}<< " if settings.target_language is not None else ""


def _check(code: str | None, ids: Mapping[str, int], key: str) -> None:
    if code is None or code in ids:
        return
    if not ids:
        raise EngineError("this model has no language codes", where=f"{key}: {code}", fix="leave it out")
    near = get_close_matches(code, ids, n=1, cutoff=0.3)
    hint = f"did you mean {near[0]}? " if near else ""
    raise EngineError(
        "this model does not know the language", where=f"{key}: {code}", fix=f"{hint}valid: {', '.join(sorted(ids))}"
    )
