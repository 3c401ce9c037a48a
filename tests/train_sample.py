"""Invented articles for training tests, a data folder of them, and a recipe small enough for seconds."""

from __future__ import annotations

import json
import lzma
import random
from pathlib import Path

NAMES = "Bram Ald Cor Den East Fen Garth Hol Ing Kel Lang Mar Nor Oak Pen Quar Rad Sel Thorn Up Wal Yar".split()
ENDS = "ley ham wick by moor ton ford stead well dale".split()
THINGS = "pool library bridge station museum cinema harbour theatre market school clinic bakery tower garden".split()
REASONS = "roof heating wiring drains windows staircase kitchen floor boiler walls lift chimney".split()
BODIES = "council parish committee trust board assembly".split()
DONE = "bought sold opened rented".split()
DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
RECIPE = """start: random
seed: 13
tokenizer: {vocabulary: 420}
shape: {width: 16, encoder_layers: 1, decoder_layers: 1, heads: 2, feed_forward: 16, positions: 512}
dropout: 0.1
lr: 1.0e-2
slow_encoder: 1.0
warmup_steps: 1
batch_tokens: 600
max_batch: 4
average_last: 2
save_every: 3
stages:
  - name: news
    steps: 4
    data: {one: {tasks: [lead, gap], infill: 1.0}}
  - name: tasks
    steps: 7
    decay_steps: 4
    data: {one: {tasks: [headline, brief]}, two: {tasks: [headline], most: 5}}
"""


def record(n: int) -> dict[str, object]:
    """An article with a headline and two highlights; no two alike."""
    rng = random.Random(n)
    place, thing, part, body, day = (
        rng.choice(NAMES) + rng.choice(ENDS), *(rng.choice(words) for words in (THINGS, REASONS, BODIES, DAYS))
    )  # fmt: skip
    lead = f"The {body} of {place} voted on {day} to close the {thing} built in {1800 + n % 200} because of its {part}."
    cost = f"Repairs to the {part} of the {thing} would cost {n + 2} million pounds, the {body} of {place} said."
    people = f"About {900 + n} residents of {place} had signed a petition to keep the {thing} open to the public."
    again = f"The petition of the {900 + n} residents of {place} to keep the {thing} open to the public is long."
    filler = [
        f"{rng.choice(NAMES)}{rng.choice(ENDS)} {rng.choice(BODIES)} {rng.choice(DONE)} a {rng.choice(THINGS)} "
        f"with a new {rng.choice(REASONS)} on {rng.choice(DAYS)} for {rng.randrange(900)} pounds."
        for _ in range(6)
    ]
    end = (
        f"Built in {1800 + n % 200}, the {thing} in {place} will close on {day} because of its {part}, a {body} voted."
    )
    return {
        "id": f"r{n}",
        "document": f"{lead}\n{cost}\n{people} {again}\n{end}\n{' '.join(filler)}",
        "headline": f"{place} {body} votes to close {thing} because of {part}",
        "bullets": [
            f"Repairs to the {part} would cost {n + 2} million pounds.",
            f"Some {900 + n} residents signed a petition to keep the {thing} open.",
        ],
    }


def write_data(folder: Path, count: int = 12) -> Path:
    """train/ and val/ with the sets `one` and `two`."""
    for s, split in enumerate(("train", "val")):
        (folder / split).mkdir(parents=True)
        for k, name in enumerate(("one", "two")):
            first = 1000 * s + 100 * k
            with lzma.open(folder / split / f"{name}.jsonl.xz", "wt", encoding="utf-8") as file:
                file.writelines(json.dumps(record(n)) + "\n" for n in range(first, first + count))
    return folder


def write_jsonl(path: Path, count: int = 20, **renamed: str) -> Path:
    """Examples a line each, columns renamed as given."""
    lines = []
    for n in range(count):
        lines.append(json.dumps({renamed.get(key, key): value for key, value in record(n).items()}))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def make_tiny_bart(path: Path, t5: bool = False) -> Path:
    """A random BART (or T5) of some thousand weights that knows bytes and some words, in the folder `path`."""
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
    from transformers import (
        BartConfig,
        BartForConditionalGeneration,
        PreTrainedTokenizerFast,
        T5Config,
        T5ForConditionalGeneration,
    )

    tokenizer = Tokenizer(models.BPE(unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=400,
        special_tokens=["<s>", "<pad>", "</s>", "<unk>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator([str(record(n)["document"]) for n in range(5)], trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, bos_token="<s>", eos_token="</s>", pad_token="<pad>", unk_token="<unk>"
    )
    fast.save_pretrained(path)
    torch.manual_seed(3)
    if t5:
        size = T5Config(
            vocab_size=len(fast), d_model=16, d_kv=8, d_ff=16, num_layers=1, num_heads=2, pad_token_id=1,
            eos_token_id=2, decoder_start_token_id=1,
        )  # fmt: skip
        T5ForConditionalGeneration(size).save_pretrained(path)
        return path
    shape = BartConfig(
        vocab_size=len(fast), d_model=16, encoder_layers=1, decoder_layers=1, encoder_attention_heads=2,
        decoder_attention_heads=2, encoder_ffn_dim=16, decoder_ffn_dim=16, max_position_embeddings=256,
    )  # fmt: skip
    BartForConditionalGeneration(shape).save_pretrained(path)
    return path
