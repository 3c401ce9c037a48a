"""Tiny random checkpoints of every family of encoder-decoders, as the hub ships them: the family's own config and
tokenizer classes, a vocabulary trained on invented sentences, everything saved to a folder.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, cast

import sentencepiece
import torch
import transformers
from tokenizers import Tokenizer, models, pre_tokenizers, trainers
from transformers import GenerationConfig

from pipeline.config import load_config
from pipeline.engines import open_engine
from pipeline.engines.seq2seq import Seq2SeqEngine
from pipeline.records import Request

Made = Callable[[str], Path]  # the folder of a family's checkpoint
CORPUS = [
    f"The council of town number {i} voted on Monday to close the bridge. Nobody was hurt, the mayor said; about "
    f"{7 * i} people thanked the firemen who worked by the northern river until noon."
    for i in range(40)
]
WORDS = "the council of town number voted on monday to close bridge nobody was hurt mayor said about people thanked"
PIECES = 150
M2M_CODES = "af ar de en es fr ja ru zh".split()
NLLB_CODES = ["deu_Latn", "eng_Latn", "fra_Latn", "zho_Hans"]
BASE: dict[str, Any] = {
    "d_model": 16, "encoder_layers": 2, "decoder_layers": 1, "encoder_attention_heads": 2, "decoder_attention_heads": 2,
    "encoder_ffn_dim": 16, "decoder_ffn_dim": 16, "init_std": 0.6,
}  # fmt: skip
T5: dict[str, Any] = {
    "d_model": 16, "d_kv": 8, "d_ff": 16, "num_layers": 2, "num_decoder_layers": 2, "num_heads": 2,
    "decoder_start_token_id": 0, "initializer_factor": 3.0,
}  # fmt: skip
BERT: dict[str, Any] = {
    "hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 16,
    "initializer_range": 0.6,
}  # fmt: skip


def pieces(path: Path, model: str = "unigram", **more: Any) -> Path:
    """A SentencePiece model trained on the corpus."""
    written = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(CORPUS), model_writer=written, vocab_size=more.pop("size", PIECES), model_type=model,
        hard_vocab_limit=False, character_coverage=1.0, minloglevel=2, **more,
    )  # fmt: skip
    path.write_bytes(written.getvalue())
    return path


def settle(
    folder: Path, config: Any, tokenizer: Mapping[str, Any], generation: Mapping[str, Any] | None = None
) -> Path:
    """Save a random model of `config` beside the vocabulary files in `folder`; the size of the vocabulary is set."""
    (folder / "tokenizer_config.json").write_text(json.dumps(tokenizer))
    (folder / "config.json").write_text(json.dumps({"model_type": config.model_type}))
    vocabulary = getattr(transformers, tokenizer["tokenizer_class"]).from_pretrained(folder).get_vocab()
    config.vocab_size = config.decoder_vocab_size = 1 + max(vocabulary.values())
    return save_model(folder, config, generation)


def save_model(folder: Path, config: Any, generation: Mapping[str, Any] | None = None) -> Path:
    """Save a random model of `config`, with the generation settings its authors would have stored."""
    torch.manual_seed(11)
    model = transformers.AutoModelForSeq2SeqLM.from_config(config)
    if generation:
        model.generation_config = GenerationConfig(**{**model.generation_config.to_diff_dict(), **generation})
    model.save_pretrained(folder)
    return folder


def byte_pairs(folder: Path) -> None:
    """vocab.json and merges.txt, as BART and LED have them."""
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)  # type: ignore[assignment]
    trainer = trainers.BpeTrainer(
        vocab_size=360, special_tokens=["<s>", "<pad>", "</s>", "<unk>", "<mask>"], show_progress=False,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
    )  # fmt: skip
    tokenizer.train_from_iterator(CORPUS, trainer)
    tokenizer.model.save(str(folder))


def bart(folder: Path, **more: Any) -> Path:
    byte_pairs(folder)
    shape = {"max_position_embeddings": 96, **BASE, **more.pop("config", {})}
    stored = {
        "min_length": 56, "max_length": 142, "num_beams": 6, "no_repeat_ngram_size": 2, "early_stopping": True,
        "length_penalty": 2.0, "forced_bos_token_id": 0, "forced_eos_token_id": 2,
    }  # fmt: skip
    names = {"tokenizer_class": "BartTokenizer", "model_max_length": 1024}
    return settle(folder, transformers.BartConfig(**shape), {**names, **more}, stored)


def mbart(folder: Path, name: str = "MBartTokenizer", **stored: Any) -> Path:
    pieces(folder / "sentencepiece.bpe.model")
    shape = transformers.MBartConfig(max_position_embeddings=96, **BASE)
    return settle(folder, shape, {"tokenizer_class": name, "model_max_length": 80}, stored or None)


def mbart50(folder: Path) -> Path:
    return mbart(folder, "MBart50Tokenizer", decoder_start_token_id=2, max_length=200, num_beams=5)


def pegasus_pieces(folder: Path) -> dict[str, Any]:
    marks = ["<mask_1>", "<mask_2>", *(f"<unk_{i}>" for i in range(2, 103)), "<n>"]
    pieces(folder / "spiece.model", size=260, pad_id=0, eos_id=1, unk_id=2, bos_id=-1, user_defined_symbols=marks)
    return {"tokenizer_class": "PegasusTokenizer", "model_max_length": 1024}


def pegasus(folder: Path) -> Path:
    names = pegasus_pieces(folder)
    stored = {"num_beams": 8, "length_penalty": 0.8, "max_length": 128, "min_length": 32, "forced_eos_token_id": 1}
    return settle(folder, transformers.PegasusConfig(max_position_embeddings=96, **BASE), names, stored)


def pegasus_x(folder: Path) -> Path:
    names = pegasus_pieces(folder)
    shape = {"max_position_embeddings": 120, "block_size": 8, "num_global_tokens": 4, **BASE}
    settle(folder, transformers.PegasusXConfig(**shape), names)
    transformers.PegasusTokenizer.from_pretrained(folder).save_pretrained(folder)
    (folder / "spiece.model").unlink()
    return folder


def bigbird(folder: Path) -> Path:
    names = pegasus_pieces(folder)
    shape = {"max_position_embeddings": 128, "block_size": 4, "num_random_blocks": 2, **BASE}
    return settle(folder, transformers.BigBirdPegasusConfig(**shape), names)


def t5(folder: Path, kind: str = "T5Config", **more: Any) -> Path:
    pieces(folder / "spiece.model", pad_id=0, eos_id=1, unk_id=2, bos_id=-1)
    names = {"tokenizer_class": "T5Tokenizer", "extra_ids": 100, **more.pop("tokenizer", {})}
    return settle(folder, getattr(transformers, kind)(**{**T5, **more}), names)


def t5_v1(folder: Path) -> Path:
    tasks = {"summarization": {"prefix": "summarize: ", "min_length": 30, "num_beams": 4}}
    return t5(folder, n_positions=128, task_specific_params=tasks, tokenizer={"model_max_length": 128})


def flan_t5(folder: Path) -> Path:
    gated = {"feed_forward_proj": "gated-gelu", "tie_word_embeddings": False}
    return t5(folder, **gated, n_positions=96, tokenizer={"model_max_length": 96})


def mt5(folder: Path) -> Path:
    return t5(folder, "MT5Config", tie_word_embeddings=False)


def byt5(folder: Path) -> Path:
    """Bytes for tokens: no vocabulary to store."""
    return settle(folder, transformers.T5Config(**T5, n_positions=1024), {"tokenizer_class": "ByT5Tokenizer"})


def umt5(folder: Path) -> Path:
    """Stored by a recent transformers: tokenizer.json alone."""
    t5(folder, "UMT5Config", tie_word_embeddings=False)
    transformers.T5Tokenizer.from_pretrained(folder).save_pretrained(folder)
    (folder / "spiece.model").unlink()
    return folder


def longt5(folder: Path) -> Path:
    return t5(folder, "LongT5Config", n_positions=160, local_radius=8, encoder_attention_type="transient-global")


def led(folder: Path) -> Path:
    byte_pairs(folder)
    shape = {"max_encoder_position_embeddings": 100, "max_decoder_position_embeddings": 64, "attention_window": 8}
    names = {"tokenizer_class": "LEDTokenizer", "model_max_length": 16384}
    return settle(folder, transformers.LEDConfig(**shape, **BASE), names, {"max_length": 32, "num_beams": 2})


def m2m(folder: Path, **stored: Any) -> Path:
    model = pieces(folder / "sentencepiece.bpe.model")
    spm = sentencepiece.SentencePieceProcessor(model_file=str(model))
    words = ["<s>", "<pad>", "</s>", "<unk>", *(spm.id_to_piece(i) for i in range(3, len(spm)))]
    (folder / "vocab.json").write_text(json.dumps({word: i for i, word in enumerate(words)}))
    known = transformers.models.m2m_100.tokenization_m2m_100.FAIRSEQ_LANGUAGE_CODES["m2m100"]
    names = {"tokenizer_class": "M2M100Tokenizer", "additional_special_tokens": [f"__{code}__" for code in known]}
    shape = transformers.M2M100Config(max_position_embeddings=96, **BASE)
    return settle(folder, shape, names, {"num_beams": 5, "max_length": 200, **stored})


def nllb(folder: Path) -> Path:
    pieces(folder / "sentencepiece.bpe.model", "bpe")
    names = {"tokenizer_class": "NllbTokenizer", "additional_special_tokens": NLLB_CODES}
    return settle(folder, transformers.M2M100Config(max_position_embeddings=96, **BASE), names)


def marian(folder: Path, codes: tuple[str, ...] = ()) -> Path:
    for half in ("source", "target"):
        pieces(folder / f"{half}.spm")
    spm = sentencepiece.SentencePieceProcessor(model_file=str(folder / "source.spm"))
    words = ["</s>", "<unk>", *(spm.id_to_piece(i) for i in range(3, len(spm))), *codes, "<pad>"]
    (folder / "vocab.json").write_text(json.dumps({word: i for i, word in enumerate(words)}))
    pad = len(words) - 1
    own = {"eos_token_id": 0, "pad_token_id": pad, "decoder_start_token_id": pad}
    shape = transformers.MarianConfig(max_position_embeddings=96, **own, **BASE)
    names = {"tokenizer_class": "MarianTokenizer", "source_lang": "en", "target_lang": "fr", "model_max_length": 80}
    stored = {"bad_words_ids": [[pad]], "num_beams": 4, "forced_eos_token_id": 0, "max_length": 512}
    return settle(folder, shape, names, stored)


def multilingual_marian(folder: Path) -> Path:
    return marian(folder, (">>fra<<", ">>deu<<"))


def word_pieces(folder: Path, name: str, specials: str) -> int:
    letters = "abcdefghijklmnopqrstuvwxyz0123456789.,;"
    vocabulary = [*specials.split(), *WORDS.split(), *letters, *(f"##{letter}" for letter in letters)]
    vocabulary = list(dict.fromkeys(vocabulary))
    (folder / name).write_text("\n".join(vocabulary) + "\n")
    return len(vocabulary)


def prophetnet(folder: Path) -> Path:
    word_pieces(folder, "prophetnet.tokenizer", "[PAD] [UNK] [CLS] [SEP] [X_SEP] [MASK]")
    shape = transformers.ProphetNetConfig(
        hidden_size=16, num_encoder_layers=2, num_decoder_layers=1, num_encoder_attention_heads=2,
        num_decoder_attention_heads=2, encoder_ffn_dim=16, decoder_ffn_dim=16, max_position_embeddings=96, init_std=0.6,
        bos_token_id=3, eos_token_id=3, decoder_start_token_id=3,
    )  # fmt: skip
    names = {"tokenizer_class": "ProphetNetTokenizer", "cls_token": "[CLS]", "model_max_length": 512}
    return settle(folder, shape, names)


def bert2bert(folder: Path, **stated: Any) -> Path:
    """Neither its config nor its tokenizer says how to begin, unless `stated` does."""
    size = word_pieces(folder, "vocab.txt", "[PAD] [UNK] [CLS] [SEP] [MASK]")
    (folder / "tokenizer_config.json").write_text(json.dumps({"tokenizer_class": "BertTokenizer"}))
    halves = [transformers.BertConfig(vocab_size=size, max_position_embeddings=96, **BERT) for _ in range(2)]
    pair = transformers.EncoderDecoderConfig.from_encoder_decoder_configs(*halves)
    pair.update(stated)
    return save_model(folder, pair)


def roberta2roberta(folder: Path) -> Path:
    byte_pairs(folder)
    size = len(json.loads((folder / "vocab.json").read_text()))
    (folder / "tokenizer_config.json").write_text(json.dumps({"tokenizer_class": "RobertaTokenizer"}))
    half = {"vocab_size": size, "max_position_embeddings": 96, "pad_token_id": 1, **BERT}
    halves = [transformers.RobertaConfig(**half, bos_token_id=0, eos_token_id=2) for _ in range(2)]
    return save_model(folder, transformers.EncoderDecoderConfig.from_encoder_decoder_configs(*halves))


CHECKPOINTS: dict[str, Callable[[Path], Path]] = {
    "bart": bart,
    "mbart": mbart,
    "mbart50": mbart50,
    "pegasus": pegasus,
    "pegasus_x": pegasus_x,
    "bigbird_pegasus": bigbird,
    "t5": t5_v1,
    "flan_t5": flan_t5,
    "byt5": byt5,
    "mt5": mt5,
    "umt5": umt5,
    "longt5": longt5,
    "led": led,
    "marian": marian,
    "marian_multilingual": multilingual_marian,
    "m2m_100": m2m,
    "nllb": nllb,
    "prophetnet": prophetnet,
    "bert2bert": bert2bert,
    "roberta2roberta": roberta2roberta,
}


def opened(folder: Path, *overrides: str, beams: int = 2) -> Seq2SeqEngine:
    """The engine seq2seq with the checkpoint in `folder`."""
    values = ["engine.name=seq2seq", f"engine.model={folder}", f"engine.beams={beams}", "engine.candidates=2"]
    return cast(Seq2SeqEngine, open_engine(load_config(None, [*values, *overrides]).engine))


def request(text: str, words: int | None = 2) -> Request:
    """A text to be summarised in about so many words; None: without a wish."""
    return Request(text, "a", "summary", text, (0,), ("summary",), words=words)
