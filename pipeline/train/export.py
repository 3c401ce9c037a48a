"""Averaged checkpoints → a folder that plain AutoModelForSeq2SeqLM and AutoTokenizer load.

    python -m pipeline.train.export --run OUT/work/STAGE --pairs OUT/work/STAGE/pairs --config …/stage.yaml --out DIR

`precis train` does it after every stage; by itself it is for weights that were trained on another machine.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch
from tokenizers import Tokenizer
from transformers import BartConfig, BartForConditionalGeneration, PreTrainedTokenizerFast

from pipeline.engines.shortlist import write_shortlist
from pipeline.errors import InputError
from pipeline.train.pack import NEW_TOKENS, load
from pipeline.train.schedule import read_settings
from pipeline.train.shortlist import common_tokens

TASKS = ("<headline>", "<summary>", "<brief>")


def average(paths: list[Path]) -> dict[str, torch.Tensor]:
    """The mean of several state dicts, in fp32."""
    states = [torch.load(path, weights_only=True, map_location="cpu") for path in paths]
    return {name: torch.stack([state[name].float() for state in states]).mean(0) for name in states[0]}


def export(run: Path, pairs: Path, config: Path, out: Path, last: int | None = None) -> None:
    """Write model.safetensors (fp16), config and tokenizer; `last`: how many of the kept weights to average."""
    settings = read_settings(config)
    kept = sorted(run.glob("weights-*.pt"))
    if not kept:
        raise InputError("no weights-*.pt to export", where=str(run))
    state = average(kept[-(last or settings.average_last) :])
    shape = BartConfig.from_pretrained(settings.start)
    shape.vocab_size = len(state["model.shared.weight"])
    model = BartForConditionalGeneration(shape)
    model.load_state_dict(state)
    model.half().save_pretrained(out)
    save_tokenizer(pairs / "tokenizer.json", out, shape.max_position_embeddings)
    tokenizer = Tokenizer.from_file(str(out / "tokenizer.json"))
    write_shortlist(out, common_tokens(load(pairs / "train.npz"), tokenizer).tolist())


def save_tokenizer(path: Path, out: Path, positions: int) -> None:
    """The tokenizer of prepared pairs as AutoTokenizer wants it, its task and control tokens marked as special."""
    vocabulary = Tokenizer.from_file(str(path)).get_vocab()
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_file=str(path),
        bos_token="<s>",
        eos_token="</s>",
        pad_token="<pad>",
        unk_token="<unk>",
        mask_token="<mask>",
        extra_special_tokens=[token for token in (*TASKS, *NEW_TOKENS) if token in vocabulary],
        model_max_length=positions,
    )
    tokenizer.save_pretrained(out)


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("run", "pairs", "config", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--last", type=int, help="average this many of the kept weights")
    args = parser.parse_args(argv)
    export(args.run, args.pairs, args.config, args.out, args.last)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
