"""The embedded model's prompts → texts, computed by CTranslate2 in int8: the default on a CPU.

Copy prior and shortlist are in the conversion (`pipeline.engines.twins`). The spelling guard cannot steer the search;
texts that it would not have let through are dropped. A source's requests are one batch, so that a text does not depend
on what else is asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ctranslate2
from threadpoolctl import ThreadpoolController

from pipeline.engines.base import Generated
from pipeline.engines.conversion_cache import opening
from pipeline.engines.embedded_prompts import Prompt, Reader
from pipeline.engines.lean.selector import Selector
from pipeline.engines.selector_ct2 import open_selector
from pipeline.engines.twins import TWIN, names, specials, twinned
from pipeline.machine import threads_for
from pipeline.settings_engine import EngineSettings

VERSION = 2  # of what is asked of CTranslate2: a change of texts is a change of this
MORE = 1  # beams and texts beyond what is asked for, since some texts are dropped
END = 2  # the last token of a finished text
# The mean log-probability of a text's least likely tokens from that of all and from their sum: CTranslate2 tells only
# the sum. Least squares over texts that it and numpy both wrote of validation articles.
WEAKEST_OF = {"headline": (1.445, 0.072, -0.181), "brief": (1.413, 0.101, -0.104)}


@dataclass(frozen=True, slots=True)
class Ct2Writer:
    """A converted model. `names` are its tokens by id, `ids` the same turned round, with twins' names as well."""

    translator: Any
    reader: Reader
    settings: EngineSettings
    selector: Selector | None
    names: Sequence[str]
    ids: Mapping[str, int]
    special: frozenset[int]

    @property
    def identity(self) -> str:
        """What computes, and its version."""
        return f"int8|ct2:{VERSION}|ctranslate2:{ctranslate2.__version__}"

    def write(self, prompts: Sequence[Prompt], seed: int) -> list[list[Generated]]:
        """Up to `settings.candidates` texts per prompt, best first; nothing is drawn."""
        batches = list(_of_one_source(prompts))
        asked = [self._translated([prompts[i] for i in batch]) for batch in batches]
        found: list[list[Generated]] = [[] for _ in prompts]
        for batch, results in zip(batches, asked, strict=True):
            for i, result in zip(batch, results, strict=True):
                found[i] = self._texts(prompts[i], result.result())
        return found

    def rate(self, sentences: Sequence[Sequence[int]], features: Sequence[Sequence[float]]) -> list[float] | None:
        """The selector's log-odds; None if there is none."""
        return None if self.selector is None else self.selector(sentences, features)

    def _translated(self, prompts: Sequence[Prompt]) -> Any:
        """What is to come of prompts with one source."""
        settings, own = self.settings, {i for prompt in prompts for i in prompt.ids} - self.special
        return self.translator.translate_batch(
            [[self.names[i] for i in prompt.ids] for prompt in prompts],
            asynchronous=True,
            beam_size=settings.beams + MORE,
            num_hypotheses=settings.candidates + MORE,
            max_input_length=0,
            max_decoding_length=prompts[0].limit,
            min_decoding_length=0,
            length_penalty=settings.length_penalty,
            no_repeat_ngram_size=settings.no_repeat_ngram,
            suppress_sequences=[[self.names[i]] for i in sorted(own)],
            use_vmap=True,
            return_scores=True,
            return_end_token=True,
        )

    def _texts(self, prompt: Prompt, result: Any) -> list[Generated]:
        """The distinct texts that the spelling guard allows."""
        texts = {tuple(self.ids[name] for name in tokens): mean
                 for tokens, mean in zip(result.hypotheses, result.scores, strict=True)}  # fmt: skip
        found = [
            self._generated(prompt, ids, mean)
            for ids, mean in texts.items()
            if prompt.guard is None or prompt.guard.spells("".join(self.names[i] for i in ids if i not in self.special))
        ]
        return found[: self.settings.candidates]

    def _generated(self, prompt: Prompt, ids: Sequence[int], score: float) -> Generated:
        mean = score * len(ids) ** self.settings.length_penalty / len(ids)
        slope, more, offset = WEAKEST_OF[prompt.request.task]
        flags = () if ids and ids[-1] == END else ("unfinished",)
        weakest = min(slope * mean + more * mean * len(ids) + offset, 0.0)
        return Generated(self.reader.text(ids), min(mean, 0.0), flags, weakest)


def _of_one_source(prompts: Sequence[Prompt]) -> Iterator[list[int]]:
    """The places of the prompts with one source and one limit of length, the longest sources first."""
    groups: dict[tuple[object, ...], list[int]] = {}
    for i, prompt in enumerate(prompts):
        groups.setdefault((prompt.limit, prompt.request.source, prompt.request.context), []).append(i)
    yield from sorted(groups.values(), key=lambda batch: -len(prompts[batch[0]].ids))


def _open_translator(converted: Path, threads: int) -> Any:
    with opening(converted):
        return ctranslate2.Translator(str(converted), compute_type="int8", inter_threads=threads, intra_threads=1)


def open_writer(
    folder: Path, weights: str, reader: Reader, settings: EngineSettings, selector: Path | None
) -> Ct2Writer:
    """The model in `folder`, whose weights have the hash `weights`, with the selector stored at `selector`; EngineError
    if either cannot be loaded."""
    converted = twinned(folder, weights, reader, settings.copy_prior or 0.0)
    threads = threads_for(settings.threads)
    if settings.threads is not None:
        ThreadpoolController().limit(limits=threads)  # of the selector's head, from here on
    with ThreadPoolExecutor(1) as pool:  # a conversion is loaded without the interpreter
        loaded = pool.submit(_open_translator, converted, threads)
        rating = None if selector is None else open_selector(folder, weights, selector, threads)
        tokens = names(reader)
        translator = loaded.result()
    ids = {name + mark: i for mark in ("", TWIN) for i, name in enumerate(tokens)}
    return Ct2Writer(translator, reader, settings, rating, tokens, ids, frozenset(specials(reader)))
