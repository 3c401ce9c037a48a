"""The embedded model converted for CTranslate2 so that its search has the copy prior and the shortlist.

CTranslate2 takes no logits processors. But it confines a search by a vocabulary map (`vmap.txt`: lines of a source
n-gram, a tab and the tokens it allows; an empty n-gram for those always allowed), and a converted model may have more
tokens than its checkpoint. So every token has a twin with the same vectors and the prior added to the bias of its
logit: the map allows a source's tokens as twins, the shortlist as they are, and a call suppresses a source's own tokens
as they are. What the search sums up is then what numpy does with the prior: probabilities over the same tokens.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import ctranslate2

from pipeline.engines.conversion_cache import file_sha256, kept, name_of
from pipeline.engines.embedded_prompts import Reader
from pipeline.engines.loading import loading
from pipeline.files import write_text

VERSION = 1  # of what is written below
DESCRIBED = ("config.json", "generation_config.json", "tokenizer.json")  # what a conversion depends on beside weights
TWIN = "\u241f"  # behind the name of a token's twin


def twinned(folder: Path, weights: str, reader: Reader, prior: float) -> Path:
    """The int8 conversion of the model in `folder`, made once; `weights` is their hash. EngineError if it cannot be."""
    listed = [] if reader.shortlist is None else reader.shortlist.tolist()
    described = [file_sha256(folder / name) for name in DESCRIBED]
    facts = [VERSION, ctranslate2.__version__, weights, described, prior, listed]
    return kept(name_of(facts), partial(_convert, folder, reader, prior))


def _convert(folder: Path, reader: Reader, prior: float, made: Path) -> None:
    """Write the conversion with its map into `made`."""
    import transformers

    from pipeline.engines.checkpoint import quiet
    from pipeline.engines.conversions import convert

    quiet()
    with loading(str(folder)):
        tokenizer = transformers.AutoTokenizer.from_pretrained(str(folder))
        model = transformers.AutoModelForSeq2SeqLM.from_pretrained(str(folder), dtype="float32")
    twins = _with_twins(model, len(tokenizer), prior)
    convert(twins, _Twins(tokenizer), "int8", lambda: twins, made)
    _write_map(made, names(reader), specials(reader), reader.shortlist)


class _Twins:
    """A tokenizer in which every token has a twin behind all others."""

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer

    def __getattr__(self, name: str) -> Any:
        return getattr(self._tokenizer, name)

    def get_vocab(self) -> dict[str, int]:
        plain: dict[str, int] = self._tokenizer.get_vocab()
        return plain | {f"{token}{TWIN}": i + len(plain) for token, i in plain.items()}


def _with_twins(model: Any, size: int, prior: float) -> Any:
    """The model with every token twice; the second of each has the prior in its bias, and so has the end, which every
    source favours."""
    import torch

    plain, bias = model.model.shared.weight.data[:size].clone(), model.final_logits_bias[:, :size].clone()
    model.resize_token_embeddings(2 * size, mean_resizing=False)
    model.model.shared.weight.data.copy_(torch.cat([plain, plain]))
    twins = bias + prior
    bias[0, model.config.eos_token_id] += prior
    model.final_logits_bias = torch.cat([bias, twins], dim=1)
    return model


def _write_map(folder: Path, tokens: Sequence[str], special: set[int], shortlist: Any) -> None:
    """The map: a source's token allows its twin; the shortlist, or every token, is allowed as it is."""
    always = range(len(tokens)) if shortlist is None else shortlist.tolist()
    lines = ["\t" + " ".join(tokens[i] for i in always if i not in special)]
    lines += [f"{name}\t{name}{TWIN}" for i, name in enumerate(tokens) if i not in special]
    write_text(folder / "vmap.txt", "\n".join(lines) + "\n")


def names(reader: Reader) -> list[str]:
    """The tokens by id, as they are written in the vocabulary."""
    found: dict[str, int] = reader.tokenizer.get_vocab(with_added_tokens=True)
    return sorted(found, key=found.__getitem__)


def specials(reader: Reader) -> set[int]:
    """The ids of commands and marks, which have no meaning as text."""
    return {i for i, token in reader.tokenizer.get_added_tokens_decoder().items() if token.special}
