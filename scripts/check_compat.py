"""Compare `pipeline.compat` with transformers 4 itself, call by call.

    python -m venv old && old/bin/pip install "transformers<5" torch sentencepiece
    python scripts/check_compat.py --old old/bin/python MODEL…

MODEL: folders or hub names of encoder-decoders. Prints one line per call; status 1 if any answer differs.
"""

from __future__ import annotations

import argparse
import json
import logging
import subprocess
import sys
import warnings
from typing import Any

TEXTS = [
    "The council of the harbour town voted on Monday to close the old bridge for repairs. Work will take a year.",
    "A ferry ran aground in fog.",
    "Divers found a crack in the hull, and all crossings were cancelled until Friday, the operator said.",
]
CALLS: list[tuple[str, dict[str, Any], dict[str, Any]]] = [  # (task, parameters of pipeline, of the call)
    ("summarization", {}, {}),
    ("summarization", {}, {"max_length": 12, "min_length": 4}),
    ("summarization", {}, {"max_new_tokens": 9, "num_beams": 1}),
    ("summarization", {"truncation": True}, {"max_length": 15, "batch_size": 2}),
    ("summarization", {}, {"max_length": 14, "num_beams": 6, "num_return_sequences": 3}),
    ("summarization", {}, {"max_length": 14, "num_beams": 4, "length_penalty": 2.0, "early_stopping": True}),
    ("summarization", {}, {"max_length": 14, "no_repeat_ngram_size": 2, "repetition_penalty": 1.3}),
    ("summarization", {}, {"max_length": 14, "num_beams": 4, "num_beam_groups": 2, "diversity_penalty": 0.7}),
    ("summarization", {}, {"max_length": 14, "num_beams": 6, "num_beam_groups": 3, "diversity_penalty": 1.5,
                           "num_return_sequences": 6}),
    ("summarization", {"max_length": 16}, {"clean_up_tokenization_spaces": True}),
    ("text2text-generation", {}, {}),
    ("text2text-generation", {"max_length": 13}, {"batch_size": 3, "min_length": 5}),
    ("text2text-generation", {}, {"max_new_tokens": 7, "stop_sequence": " the"}),
]  # fmt: skip


def answer(pipeline: Any, model: str) -> list[Any]:
    """What a list of texts and one text alone give for every call; null where that version has no such search."""
    found: list[Any] = []
    for task, given, options in CALLS:
        pipe = pipeline(task, model=model, **given)
        try:
            found.append([pipe(TEXTS, **options), pipe(TEXTS[0], **options)])
        except ValueError as error:
            if "trust_remote_code" not in str(error):
                raise
            found.append(None)
    return found


def main() -> int:
    """Run both sides and compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="+", metavar="MODEL")
    parser.add_argument("--old", help="a Python with transformers 4")
    parser.add_argument("--answer", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    warnings.simplefilter("ignore")
    if args.answer:
        import transformers

        transformers.utils.logging.set_verbosity_error()
        print(json.dumps([answer(transformers.pipeline, model) for model in args.models]))
        return 0
    logging.disable(logging.WARNING)
    from pipeline.compat import pipeline

    if not args.old:
        parser.error("--old is needed: a Python with transformers 4")
    command = [args.old, __file__, "--answer", *args.models]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        return done.returncode
    differing = 0
    for model, theirs in zip(args.models, json.loads(done.stdout), strict=True):
        for call, ours, old in zip(CALLS, answer(pipeline, model), theirs, strict=True):
            state = "not there" if old is None else "same" if ours == old else "DIFFERENT"
            differing += state == "DIFFERENT"
            print(f"{state}\t{model}\t{call}" + (f"\n  {ours}\n  {old}" if state == "DIFFERENT" else ""))
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
