"""A chat model whose weights are set by hand: after the mark of an output kind it writes the answer scripted for it.

Every answer is one token of its tokenizer; attention and feed-forward layers give nothing, so that the next token
depends on the last one alone. The chat template ends a prompt with the mark of the kind that it asks for.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import torch
from tokenizers import Tokenizer, models, pre_tokenizers
from tokenizers import decoders as decoding
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

SPECIAL = ("<s>", "<pad>", "<|end|>", "<|system|>", "<|user|>", "<|assistant|>")
KINDS = ("summary", "bullets", "headlines", "rewrite", "notes")
TURNS = (
    "{% for m in messages %}<|{{ m.role }}|>{{ m.content }}<|end|>{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>"
)
MARKS = "".join(
    f"{{% {'if' if kind == KINDS[0] else 'elif'} '{{\"{kind}\"' in messages[-1].content %}}<|{kind}|>"
    for kind in KINDS
)
TEMPLATE = f"{TURNS}{MARKS}{{% endif %}}{{% endif %}}"
# Of the article `bridge` in flow_sample.
SUMMARY = (
    "Cracks in two piers of the Marle bridge made engineers shut it on Monday. The repairs will cost $3.4m. "
    "One lane may open in June, the council hopes."
)
BULLETS = [
    "Engineers found cracks in two piers of the bridge", "Repairs will cost $3.4m",
    "About 9,000 drivers cross the bridge on a normal day",
]  # fmt: skip
HEADLINES = ["Marle bridge closed after engineers find cracks", "Cracks in two piers close Marle bridge"]
NO_SYSTEM = "{% if messages[0].role == 'system' %}{{ raise_exception('no system role') }}{% endif %}" + TEMPLATE


def chat_tokenizer(answers: Mapping[str, str], template: str | None = TEMPLATE) -> PreTrainedTokenizerFast:
    """Bytes, control tokens, the marks of the kinds, and each answer as one token."""
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokenizer = Tokenizer(models.BPE(vocab={char: i for i, char in enumerate(alphabet)}, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)  # type: ignore[assignment]
    tokenizer.decoder = decoding.ByteLevel()  # type: ignore[assignment]
    marks = [f"<|{kind}|>" for kind in KINDS]
    tokenizer.add_special_tokens([*SPECIAL, *marks])
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, bos_token="<s>", eos_token="<|end|>", pad_token="<pad>",
        additional_special_tokens=[*SPECIAL[3:], *marks], model_max_length=100_000,
    )  # fmt: skip
    fast.add_tokens(list(answers.values()))
    fast.chat_template = template
    return fast


def chat_model(
    folder: Path, answers: Mapping[str, str], *, template: str | None = TEMPLATE, positions: int = 16_384
) -> Path:
    """The folder of a model that answers a prompt of each kind with the text scripted for it."""
    tokenizer = chat_tokenizer(answers, template)
    tokenizer.save_pretrained(folder)
    size = len(tokenizer)
    shape = LlamaConfig(
        vocab_size=size, hidden_size=2 * ((size + 1) // 2), intermediate_size=8, num_hidden_layers=1,
        num_attention_heads=1, num_key_value_heads=1, max_position_embeddings=positions, tie_word_embeddings=False,
        bos_token_id=tokenizer.bos_token_id, eos_token_id=tokenizer.eos_token_id, pad_token_id=tokenizer.pad_token_id,
    )  # fmt: skip
    torch.manual_seed(2)
    model = LlamaForCausalLM(shape)
    layer = model.model.layers[0]
    with torch.no_grad():
        model.model.embed_tokens.weight.zero_().fill_diagonal_(1.0)
        layer.self_attn.o_proj.weight.zero_()
        layer.mlp.down_proj.weight.zero_()
        model.lm_head.weight.normal_(std=0.01)
        for kind, answer in answers.items():
            mark, said = tokenizer.convert_tokens_to_ids([f"<|{kind}|>", answer])
            model.lm_head.weight[said, mark] = 9.0
            model.lm_head.weight[tokenizer.eos_token_id, said] = 9.0
    model.generation_config.do_sample = True  # as instruction-tuned models have it; `transformers serve` looks here
    model.save_pretrained(folder)
    return folder


def random_chat_model(folder: Path, *, template: str | None = TEMPLATE, positions: int = 16_384) -> Path:
    """The folder of a chat model with random weights."""
    tokenizer = chat_tokenizer({}, template)
    tokenizer.save_pretrained(folder)
    torch.manual_seed(4)
    shape = LlamaConfig(
        vocab_size=len(tokenizer), hidden_size=16, intermediate_size=16, num_hidden_layers=2, num_attention_heads=2,
        num_key_value_heads=1, max_position_embeddings=positions, initializer_range=0.6,
        bos_token_id=tokenizer.bos_token_id, eos_token_id=tokenizer.eos_token_id, pad_token_id=tokenizer.pad_token_id,
    )  # fmt: skip
    LlamaForCausalLM(shape).save_pretrained(folder)
    return folder
