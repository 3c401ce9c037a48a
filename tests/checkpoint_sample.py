"""Tiny checkpoints with random weights, made from the real config and tokenizer classes and saved to disk."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer, models, pre_tokenizers, processors, trainers
from transformers import (
    BartConfig,
    BartForConditionalGeneration,
    BartModel,
    BertConfig,
    BertForSequenceClassification,
    BertModel,
    BertTokenizer,
    PreTrainedTokenizerFast,
    RobertaConfig,
    RobertaModel,
)

WORDS = "the a river house flooded forty rose fell nobody was hurt mayor thanked them on sunday will it in town . ##s"
VOCAB = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *WORDS.split()]
POSITIONS = 32
SMALL: dict[str, Any] = {"hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 16}
NLI = {0: "contradiction", 1: "neutral", 2: "entailment"}


def bert(folder: Path, labels: dict[int, str] | None = None) -> Path:
    """A BERT that reads 32 tokens, with a classifier for `labels` on top if there are any."""
    folder.mkdir()
    BertTokenizer(vocab={word: i for i, word in enumerate(VOCAB)}).save_pretrained(folder)
    torch.manual_seed(5)
    # Large weights, so that the classes differ from text to text.
    shape = BertConfig(vocab_size=len(VOCAB), max_position_embeddings=POSITIONS, initializer_range=0.5, **SMALL)
    if labels is None:
        BertModel(shape).save_pretrained(folder)
    else:
        shape.id2label, shape.label2id = labels, {name: i for i, name in labels.items()}
        BertForSequenceClassification(shape).save_pretrained(folder)
    return folder


def _byte_pairs(folder: Path) -> int:
    """Save a byte-level tokenizer, which reads a word at the beginning otherwise than after a space; its size."""
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)  # type: ignore[assignment]
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    special = ["<s>", "<pad>", "</s>", "<unk>"]
    trainer = trainers.BpeTrainer(
        vocab_size=300, special_tokens=special, initial_alphabet=alphabet, show_progress=False
    )
    tokenizer.train_from_iterator([WORDS], trainer)
    tokenizer.post_processor = processors.TemplateProcessing(  # type: ignore[assignment]
        single="<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    names = {"bos_token": "<s>", "cls_token": "<s>", "eos_token": "</s>", "sep_token": "</s>"}
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, pad_token="<pad>", unk_token="<unk>", **names)
    fast.save_pretrained(folder)
    return len(fast)


def roberta(folder: Path) -> Path:
    """A RoBERTa, whose positions begin behind the padding token's id: of 34 it can use 32."""
    folder.mkdir()
    torch.manual_seed(6)
    shape = RobertaConfig(
        vocab_size=_byte_pairs(folder), max_position_embeddings=POSITIONS + 2, pad_token_id=1, **SMALL
    )
    RobertaModel(shape).save_pretrained(folder)
    return folder


def _bart_shape(size: int, encoder_layers: int, positions: int) -> BartConfig:
    return BartConfig(
        vocab_size=size, d_model=16, encoder_layers=encoder_layers, decoder_layers=1, encoder_attention_heads=2,
        decoder_attention_heads=2, encoder_ffn_dim=16, decoder_ffn_dim=16, max_position_embeddings=positions,
    )  # fmt: skip


def bart(folder: Path) -> Path:
    """An encoder-decoder."""
    folder.mkdir()
    torch.manual_seed(7)
    BartModel(_bart_shape(_byte_pairs(folder), 2, POSITIONS)).save_pretrained(folder)
    return folder


def generator(folder: Path) -> Path:
    """An encoder-decoder that generates and reads 1,024 tokens."""
    folder.mkdir()
    torch.manual_seed(8)
    BartForConditionalGeneration(_bart_shape(_byte_pairs(folder), 1, 1024)).save_pretrained(folder)
    return folder
