"""The embedded model's prompts → texts, computed in numpy."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from threadpoolctl import ThreadpoolController

from pipeline.engines.base import WEAKEST, Generated
from pipeline.engines.embedded_prompts import Prompt, Reader
from pipeline.engines.lean.bart import Bart, load_bart
from pipeline.engines.lean.draws import Draws
from pipeline.engines.lean.hypotheses import Beams, Hypothesis
from pipeline.engines.lean.scores import Rules
from pipeline.engines.lean.search import Job, search
from pipeline.engines.lean.selector import Selector, load_selector
from pipeline.machine import threads_for
from pipeline.settings_engine import EngineSettings

VERSION = 2  # of the arithmetic: a change of texts is a change of this
STREAMS = 2  # requests are worked on in so many threads


@dataclass(frozen=True, slots=True)
class LeanWriter:
    """A model in memory; `batch_size` requests are in flight at once in each of STREAMS threads."""

    model: Bart
    reader: Reader
    settings: EngineSettings
    selector: Selector | None
    libraries: ThreadpoolController

    @property
    def identity(self) -> str:
        """What computes, and its version."""
        return f"float32|lean:{VERSION}|numpy:{np.__version__}"

    def write(self, prompts: Sequence[Prompt], seed: int) -> list[list[Generated]]:
        """`settings.candidates` texts per prompt, best first."""
        jobs = [self._job(prompt, seed) for prompt in prompts]
        self._searched(sorted(jobs, key=lambda job: len(job.source)))
        count = self.settings.candidates
        return [[self._generated(h) for h in job.state.finished[:count]] for job in jobs]

    def _searched(self, jobs: Sequence[Job]) -> None:
        """Finish the jobs in STREAMS parts of like length, each with its share of the cores.

        A matrix product of a few dozen rows gains little from a second core, and what is not a product gains nothing.
        The parts depend on the jobs alone, so that texts do not depend on the cores.
        """
        cores = threads_for(self.settings.threads)
        parts = [jobs[at::STREAMS] for at in range(STREAMS)]
        with (
            self.libraries.limit(limits=max(1, cores // STREAMS), user_api="blas"),
            ThreadPoolExecutor(min(STREAMS, cores)) as pool,
        ):
            list(pool.map(lambda part: search(self.model, part, self.settings.batch_size), parts))

    def rate(self, sentences: Sequence[Sequence[int]], features: Sequence[Sequence[float]]) -> list[float] | None:
        """The selector's log-odds; None if there is none."""
        return None if self.selector is None else self.selector(sentences, features)

    def _job(self, prompt: Prompt, seed: int) -> Job:
        shape, settings = self.model.shape, self.settings
        favoured = np.unique((*prompt.ids, shape.end))
        prior = settings.copy_prior or 0.0
        rules = Rules(favoured, prior, settings.no_repeat_ngram, prompt.guard, shape.start, prompt.written)
        return Job(prompt.ids, rules, self._state(prompt, seed))

    def _state(self, prompt: Prompt, seed: int) -> Beams | Draws:
        end, settings = self.model.shape.end, self.settings
        if settings.sample:
            key = hashlib.sha256(f"{seed}\n{prompt.request.id}".encode()).digest()
            random = np.random.default_rng(list(key))
            return Draws(settings.candidates, end, prompt.limit, settings.temperature, settings.top_p, random)
        if settings.beams == 1:
            return Draws(1, end, prompt.limit)
        return Beams(settings.beams, end, prompt.limit, settings.length_penalty)

    def _generated(self, found: Hypothesis) -> Generated:
        """The text with the mean log-probability of its tokens and that of its least likely ones."""
        shape = self.model.shape
        sure = [p for p, token in zip(found.logprobs, found.tokens, strict=True) if token != shape.pad and p > -np.inf]
        flags = () if shape.end in found.tokens else ("unfinished",)
        text = self.reader.text(found.tokens)
        if not sure:
            return Generated(text, None, flags, None)
        least = sorted(sure)[:WEAKEST]
        return Generated(text, sum(sure) / len(sure), flags, sum(least) / len(least))


def open_writer(folder: Path, reader: Reader, settings: EngineSettings, selector: Path | None) -> LeanWriter:
    """The model in `folder` with the selector stored at `selector`; EngineError if either cannot be loaded."""
    libraries = ThreadpoolController()
    if settings.threads is not None:
        libraries.limit(limits=settings.threads)  # from here on, as torch.set_num_threads
    model = load_bart(folder)
    rating = None if selector is None else load_selector(selector, folder, model.encoder, threads_for(settings.threads))
    return LeanWriter(model, reader, settings, rating, libraries)
