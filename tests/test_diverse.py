"""Diverse beam search against a search that steps all groups together, and what groups must fit."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
import torch
from compat_sample import TEXTS, checkpoint
from transformers import AutoModelForSeq2SeqLM, AutoTokenizer, GenerationConfig

from pipeline.compat import pipeline
from pipeline.engines.diverse import diverse_sequences, token_counts
from pipeline.errors import InputError

STEPS = 7


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return checkpoint(tmp_path_factory.mktemp("diverse") / "bart", "bart")


@torch.no_grad()
def together(model: Any, ids: torch.Tensor, groups: int, beams: int, penalty: float) -> list[list[int]]:
    """All groups step by step (Vijayakumar et al. 2018, algorithm 1), the end forbidden, none diverse at the last."""
    start, end = model.generation_config.decoder_start_token_id, model.generation_config.eos_token_id
    live = [[([start], 0.0)] for _ in range(groups)]
    for step in range(STEPS):
        taken: list[int] = []
        for g in range(groups):
            grown = []
            for row, score in live[g]:
                out = model(input_ids=ids, decoder_input_ids=torch.tensor([row])).logits[0, -1].log_softmax(-1)
                out[end] = -torch.inf
                for token in taken if step < STEPS - 1 else []:
                    out[token] -= penalty
                grown += [([*row, t], score + float(out[t])) for t in out.topk(2 * beams).indices.tolist()]
            live[g] = sorted(grown, key=lambda pair: -pair[1])[:beams]
            taken += [row[-1] for row, _ in live[g]]
    return [row for row, _ in sorted((pair for group in live for pair in group), key=lambda pair: -pair[1])]


@pytest.mark.parametrize(("groups", "beams", "penalty"), [(2, 2, 0.7), (3, 2, 1.5), (2, 3, 0.0), (2, 2, 30.0)])
def test_groups_one_after_the_other_are_groups_together(
    folder: Path, groups: int, beams: int, penalty: float
) -> None:
    model = AutoModelForSeq2SeqLM.from_pretrained(folder, dtype=torch.float32).eval()
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model.generation_config.forced_eos_token_id = None
    inputs = tokenizer(TEXTS, return_tensors="pt", padding=True)
    config = GenerationConfig(
        num_beams=groups * beams, num_return_sequences=groups * beams, max_new_tokens=STEPS, length_penalty=0.0,
        suppress_tokens=[tokenizer.eos_token_id], pad_token_id=1, do_sample=False,
    )  # fmt: skip
    tensors = {name: inputs[name] for name in ("input_ids", "attention_mask")}
    found = diverse_sequences(model, tensors, config, groups, penalty).tolist()
    for i, text in enumerate(TEXTS):
        alone = tokenizer(text, return_tensors="pt")["input_ids"]
        wanted = together(model, alone, groups, beams, penalty)
        own = found[i * len(wanted) : (i + 1) * len(wanted)]
        # With no penalty groups are equal, and so are the places of equal texts.
        assert own == wanted if penalty else sorted(own) == sorted(wanted)


def test_the_old_options_give_more_different_texts(folder: Path) -> None:
    pipe = pipeline("summarization", folder, max_length=9, num_beams=4, num_return_sequences=4)
    plain = [record["summary_token_ids"].tolist() for record in pipe(TEXTS[0], return_tensors=True)]
    given: dict[str, Any] = {"return_tensors": True, "num_beam_groups": 2, "diversity_penalty": 20.0}
    diverse = [record["summary_token_ids"].tolist() for record in pipe(TEXTS[0], **given)]
    assert len(diverse) == len(plain) == 4

    def differing(rows: list[list[int]]) -> int:
        return sum(x != y for a, b in combinations(rows, 2) for x, y in zip(a, b, strict=False))

    assert differing(diverse) > differing(plain)


@pytest.mark.parametrize(
    "options",
    [
        {"num_beams": 4, "num_beam_groups": 3},
        {"num_beams": 4, "num_beam_groups": 4},
        {"num_beams": 4, "num_beam_groups": 2, "num_return_sequences": 5},
        {"num_beams": 4, "num_beam_groups": 2, "do_sample": True},
    ],
)
def test_groups_must_fit(folder: Path, options: dict[str, Any]) -> None:
    with pytest.raises(InputError, match="num_beam_groups|num_return_sequences"):
        pipeline("summarization", folder)(TEXTS[0], **options)


def test_token_counts() -> None:
    assert token_counts(torch.tensor([[1, 1, 3], [0, 2, 2]]), 4).tolist() == [[0, 2, 0, 1], [1, 0, 2, 0]]
