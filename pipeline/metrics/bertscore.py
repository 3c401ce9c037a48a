"""BERTScore (Zhang et al. 2020): each token's best cosine similarity with a token of the other text, averaged.

Written here rather than taken from the package bert-score 0.3.13, with which it agrees on texts that fit the model:
under transformers 5 that package fails on an empty text and on tokenizers without a stated limit, and it cuts long
texts silently. Tokens are not weighted (no idf), and scores are not rescaled with a baseline, which exists for few
models and is fetched.
"""

from __future__ import annotations

from functools import lru_cache

import torch

from pipeline.errors import ConfigError
from pipeline.metrics.by_model import Case, Models, Values
from pipeline.metrics.pretrained import Pretrained, States, load_encoder, read_states
from pipeline.metrics.rouge import ZERO, Prf

# The layer whose scores agree best with people (WMT16), from the table of Zhang et al.; the last one for other models.
LAYERS = {
    "bert-base-uncased": 9,
    "bert-large-uncased": 18,
    "bert-base-multilingual-cased": 9,
    "distilbert-base-uncased": 5,
    "distilroberta-base": 5,
    "roberta-base": 10,
    "roberta-large": 17,
    "xlm-roberta-base": 9,
    "xlm-roberta-large": 17,
    "microsoft/deberta-base-mnli": 9,
    "microsoft/deberta-large-mnli": 18,
    "microsoft/deberta-xlarge-mnli": 40,
    "facebook/bart-large-mnli": 11,
}


class BertScore:
    """BERTScore of outputs against their references; of several references the one with the highest F counts."""

    def __init__(self, encoder: Pretrained, layer: int, batch_size: int) -> None:
        self.signature = f"bertscore|model:{encoder.identity}|layer:{layer}|idf:no|rescaled:no"
        self._encoder = encoder
        self._space = _needs_space(encoder)

        @lru_cache(maxsize=32)  # the references of an article, which every system is compared with
        def states(text: str) -> States:
            return read_states(encoder, text, (layer,), batch_size)

        self._states = states

    def values(self, case: Case) -> Values:
        """`bertscore_p`, `bertscore_r` and `bertscore_f`; an empty output scores 0."""
        scores = [self.score(" ".join(case.lines), reference) for reference in case.references]
        best = max(scores, key=lambda score: score.f, default=ZERO)
        return {"bertscore_p": best.p, "bertscore_r": best.r, "bertscore_f": best.f}

    def score(self, prediction: str, reference: str) -> Prf:
        """BERTScore of one pair; 0 if either text has no token."""
        if not prediction.strip() or not reference.strip():
            return ZERO
        own, other = (self._states(self._space + text.strip()) for text in (prediction, reference))
        return match(own, other)


def match(own: States, other: States) -> Prf:
    """Greedy matching of two texts' tokens by cosine similarity (Zhang et al. 2020, section 3).

    As in the authors' code special tokens are not averaged over, but may be what another token is most like.
    """
    a, b = (torch.nn.functional.normalize(states.layers[0], dim=-1) for states in (own, other))
    similar = a @ b.T
    precision, recall = similar.max(dim=1).values[~own.special], similar.max(dim=0).values[~other.special]
    if not len(precision) or not len(recall):
        return ZERO
    p, r = float(precision.mean()), float(recall.mean())
    return Prf(p, r, 2 * p * r / (p + r) if p + r > 0 else 0.0)


def open_metric(path: str, models: Models) -> BertScore:
    """Load the encoder `path`; ConfigError if it has no layer `bertscore_layer`."""
    encoder = load_encoder(path)
    deepest = int(encoder.model.config.num_hidden_layers)
    layer = models.bertscore_layer or LAYERS.get(path, deepest)
    if layer > deepest:
        raise ConfigError([f"bertscore_layer is {layer}, and {path} has {deepest} layers"])
    return BertScore(encoder, layer, models.batch_size)


def _needs_space(encoder: Pretrained) -> str:
    """A space for tokenizers (byte-level BPE) that read the first word of a text otherwise than the others."""
    bare, spaced = (encoder.tokenizer.tokenize(text) for text in ("word", " word"))
    return " " if bare != spaced else ""
