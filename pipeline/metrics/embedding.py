"""Similarity of sentence embeddings: the cosine between an output and its reference."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Literal

import torch
from transformers.utils import cached_file

from pipeline.metrics.by_model import Case, Models, Values
from pipeline.metrics.pretrained import Pretrained, load_encoder, read_states

Pooling = Literal["mean", "cls"]


class Embedding:
    """`embedding_similarity` of outputs and references, −1 to 1; of several references the nearest counts."""

    def __init__(self, encoder: Pretrained, pooling: Pooling, batch_size: int) -> None:
        self.signature = f"embedding|model:{encoder.identity}|pooling:{pooling}"

        @lru_cache(maxsize=32)
        def embed(text: str) -> torch.Tensor:
            states = read_states(encoder, text, (-1,), batch_size).layers[0]
            pooled = states[0] if pooling == "cls" else states.mean(dim=0)
            return torch.nn.functional.normalize(pooled, dim=0)

        self.embed = embed

    def values(self, case: Case) -> Values:
        """The cosine; None for an empty output, which has no direction."""
        text = " ".join(case.lines).strip()
        references = [reference for reference in case.references if reference.strip()]
        if not text or not references:
            return {"embedding_similarity": None}
        own = self.embed(text)
        return {"embedding_similarity": max(float(own @ self.embed(reference)) for reference in references)}


def open_metric(path: str, models: Models) -> Embedding:
    """Load the encoder `path`, to be pooled as its sentence-transformers config says (the mean, if it has none)."""
    encoder = load_encoder(path)
    return Embedding(encoder, _pooling(path), models.batch_size)


def _pooling(path: str) -> Pooling:
    found = cached_file(
        path,
        "1_Pooling/config.json",
        _raise_exceptions_for_missing_entries=False,
        _raise_exceptions_for_connection_errors=False,
        _raise_exceptions_for_gated_repo=False,
    )
    if found is None:
        return "mean"
    with open(found, encoding="utf-8") as file:
        return "cls" if json.load(file).get("pooling_mode_cls_token") else "mean"
