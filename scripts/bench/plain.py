"""The embedded weights as people run them without precis: transformers' `generate`, fp32, beam 4; for bench_engines.py.

    python scripts/bench/plain.py requests|summary CONFIG ARTICLES RESULT BEGAN

`requests` answers the requests of our plan, as many in a call as `engine.batch_size` says; `summary` asks for one
summary of each article's first tokens and nothing else. Written apart from the package's own engines, so that a change
there is measured and not shared.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer
from transformers import AutoModelForSeq2SeqLM, AutoTokenizer, LogitsProcessorList

from pipeline.bench.worker import main as measure
from pipeline.config import load_config
from pipeline.engines import Engine, Generated, open_engine
from pipeline.engines.processors import CopyPrior, SpellingMask
from pipeline.engines.spelling import SpellingGuard, Vocabulary
from pipeline.files import read_jsonl, write_json
from pipeline.lexicon import english_words
from pipeline.records import Request
from pipeline.settings_engine import EngineSettings

WEIGHTS = Path(__file__).resolve().parents[2] / "pipeline" / "weights"
BOUNDS = {"headline": (6, 8, 10, 12, 15), "brief": (7, 10, 13, 17, 23)}  # words of the lengths <w1> … <w6>
NEW_TOKENS = {"headline": 28, "brief": 60}
FOCUS, CONTEXT = 160, 64  # tokens
READ = 600  # tokens of an article that one summary is made of
WEAKEST = 3


class PlainEngine:
    """Generates with transformers alone; which sentences are asked about, and what is chosen, is precis's."""

    pooled = False  # batches are formed outside, of `engine.batch_size` requests

    def __init__(self, ours: Engine, settings: EngineSettings) -> None:
        self.ours, self.settings = ours, settings
        self.tokenizer = AutoTokenizer.from_pretrained(WEIGHTS)
        self.model = AutoModelForSeq2SeqLM.from_pretrained(WEIGHTS, dtype=torch.float32).eval()
        self.vocabulary = Vocabulary(Tokenizer.from_file(str(WEIGHTS / "tokenizer.json")), english_words())
        self.identity = f"transformers|{settings.batch_size}"

    def __getattr__(self, name: str) -> Any:
        return getattr(self.ours, name)

    def generate(self, requests: Sequence[Request], seed: int) -> list[list[Generated]]:
        rows = [self.ids(request) for request in requests]
        inputs = self.tokenizer.pad({"input_ids": rows}, return_tensors="pt")
        settings, count = self.settings, self.settings.candidates
        with torch.inference_mode():
            out = self.model.generate(
                **inputs, num_beams=settings.beams, num_return_sequences=count, length_penalty=settings.length_penalty,
                max_new_tokens=NEW_TOKENS[requests[0].task], no_repeat_ngram_size=settings.no_repeat_ngram,
                logits_processor=self.processors(requests, inputs["input_ids"]), return_dict_in_generate=True,
                output_scores=True,
            )  # fmt: skip
            scores = self.model.compute_transition_scores(out.sequences, out.scores, out.beam_indices)
        found = [self.answer(tokens, own) for tokens, own in zip(out.sequences, scores, strict=True)]
        return [found[at : at + count] for at in range(0, len(found), count)]

    def ids(self, request: Request) -> list[int]:
        """`<s> <task> <length> <novelty> focus <context> context </s>`"""
        size = [] if request.words is None else [f"<w{1 + sum(request.words > b for b in BOUNDS[request.task])}>"]
        novelty = [f"<n{request.novelty}>"] if request.novelty else []
        head = self.tokenizer.convert_tokens_to_ids(["<s>", f"<{request.task}>", *size, *novelty])
        context = self.plain(request.context)[:CONTEXT]
        tail = [self.tokenizer.convert_tokens_to_ids("<context>"), *context] if context else []
        return [*head, *self.plain(request.source)[:FOCUS], *tail, self.tokenizer.eos_token_id]

    def plain(self, text: str) -> list[int]:
        ids: list[int] = self.tokenizer(text, add_special_tokens=False)["input_ids"]
        return ids

    def processors(self, requests: Sequence[Request], source: torch.Tensor) -> LogitsProcessorList:
        """Those of the embedded engine: without them the texts would be others, and no time would be comparable."""
        beams, end = self.settings.beams, self.tokenizer.eos_token_id
        texts = [f"{request.source} {request.context}" for request in requests]
        guards = [SpellingGuard(self.vocabulary, self.vocabulary.spellings(text)) for text in texts]
        prior = CopyPrior.of(source, self.model.config.vocab_size, end, self.settings.copy_prior, beams)
        return LogitsProcessorList([prior, SpellingMask(guards, beams)])

    def answer(self, tokens: torch.Tensor, scores: torch.Tensor) -> Generated:
        """A text with the mean log-probability of its tokens and that of the weakest."""
        own = tokens[-len(scores) :]
        sure = scores[torch.isfinite(scores) & (own != self.tokenizer.pad_token_id)]
        weakest = sure.topk(min(WEAKEST, len(sure)), largest=False).values
        flags = () if self.tokenizer.eos_token_id in own.tolist() else ("unfinished",)
        text = self.tokenizer.decode(tokens, skip_special_tokens=True).strip()
        return Generated(text, float(sure.mean()), flags, float(weakest.mean()))


def open_plain(settings: EngineSettings) -> Any:
    """The engine with plain generation."""
    return PlainEngine(open_engine(settings), settings)


def summary_ids(tokenizer: Any, text: str) -> list[int]:
    """One request for a summary of the opening of an article."""
    head = tokenizer.convert_tokens_to_ids(["<s>", "<brief>", "<w6>"])
    return [*head, *tokenizer(text, add_special_tokens=False)["input_ids"][:READ], tokenizer.eos_token_id]


def one_summary(articles: Path, result: Path, began: float) -> None:
    """The loop of a script of ten lines: a summary per article, beam 4, nothing chosen, nothing checked."""
    imported = time.monotonic()
    tokenizer = AutoTokenizer.from_pretrained(WEIGHTS)
    model = AutoModelForSeq2SeqLM.from_pretrained(WEIGHTS, dtype=torch.float32).eval()
    loaded, at, texts = time.monotonic(), 0.0, {}
    for number, record in enumerate(read_jsonl(articles)):
        ids = torch.tensor([summary_ids(tokenizer, record["text"])])
        with torch.inference_mode():
            out = model.generate(ids, attention_mask=torch.ones_like(ids), num_beams=4, max_new_tokens=60)
        texts[record["id"]] = tokenizer.decode(out[0], skip_special_tokens=True).strip()
        at = at if number else time.monotonic()
    seconds = time.monotonic() - at
    cold = {"import": imported - began, "load": loaded - imported, "first": at - loaded}
    found = {"cold_s": cold, "seconds": seconds, "generate_s": seconds, "articles": len(texts) - 1, "texts": texts}
    write_json(result, found)


def main(argv: Sequence[str]) -> int:
    what, config, articles, result, began = argv
    threads = load_config(config).engine.threads
    if threads is not None:
        torch.set_num_threads(threads)
    if what == "summary":
        one_summary(Path(articles), Path(result), float(began))
        return 0
    return measure([config, articles, result, began], open_plain)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
