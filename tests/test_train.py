"""Training data: what becomes a pair and why not, and packing (the loop: test_train_loop.py)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

from pipeline.train.pack import NEW_TOKENS, Packed, load, pack, save
from pipeline.train.pairs import Pair, brief_pairs, headline_pairs
from pipeline.train.prepare import document_sentences, record_pairs

DOCUMENT = (
    "The council of Bramley voted on Monday to close the swimming pool on Mill Road.\n"
    "Repairs to the roof would cost $2.6m, more than the town can pay, councillors said.\n"
    "About 900 residents had signed a petition to keep the building open. Swimming clubs will use the baths in Aldham."
)
SENTENCES = document_sentences({"document": DOCUMENT})


@pytest.mark.parametrize(
    ("title", "outcome"),
    [
        ("Bramley council votes to close swimming pool", None),
        ("Bramley council votes to close 12 swimming pools", "headline: unsupported number"),
        ("Texas council votes to close swimming pool in Austin", "headline: unsupported name"),
        ("Why Bramley council votes to close swimming pool", "headline: teaser, or no news"),
        ("Bramley pool", "headline: length"),
    ],
)
def test_headlines_are_kept_or_left_out_with_a_reason(title: str, outcome: str | None) -> None:
    (found,) = headline_pairs({"headline": title, "document": DOCUMENT}, SENTENCES)
    if outcome is None:
        assert isinstance(found, Pair)
        assert found.target == title
        assert SENTENCES[0] in found.focus
    else:
        assert found == outcome


@pytest.mark.parametrize(
    ("target", "outcome"),
    [
        ("About 900 residents signed a petition to keep it open", None),
        ("About 950 residents signed a petition to keep it open", "brief: unsupported number"),
        ("Residents of Texas signed a petition to keep it open", "brief: unsupported name"),
        ("Residents signed", "brief: length"),
        ("Residents, swimmers, a petition, a closed pool and more", "brief: list of topics"),
        (SENTENCES[2], "brief: verbatim"),
    ],
)
def test_briefs_are_kept_or_left_out_with_a_reason(target: str, outcome: str | None) -> None:
    (found,) = brief_pairs(SENTENCES, [target])
    if outcome is None:
        assert isinstance(found, Pair)
        assert found.focus == SENTENCES[2]
        assert found.target == target + "."
        assert SENTENCES[1] in found.context
    else:
        assert found == outcome


def test_a_short_document_gives_its_reason_and_a_record_the_same_pairs_again() -> None:
    assert record_pairs({"id": 1, "document": "Too short."}, ["brief"], 1.0) == ["document: under three sentences"]
    record = {"id": 7, "document": DOCUMENT, "headline": "Bramley council votes to close swimming pool"}
    found = record_pairs(record, ["headline", "brief"], 1.0)
    assert found == record_pairs(record, ["headline", "brief"], 1.0)
    assert {p.task for p in found if isinstance(p, Pair)} == {"headline", "rewrite"}
    (infill,) = [p for p in found if isinstance(p, Pair) and p.task == "rewrite"]
    before, after = infill.focus.split("<mask>")
    assert infill.target.startswith(before.strip())
    assert infill.target.endswith(after.strip())


def examples() -> list[Pair]:
    return [
        Pair(task, f"{sentence} Part {n} of it.", "Some context stands here." if n % 2 else "", sentence, 1 + n % 6)
        for n in range(8)
        for sentence in SENTENCES
        for task in ("headline", "brief")
    ]


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    """A small byte-level tokenizer with all control tokens."""
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    special = ["<s>", "<pad>", "</s>", "<unk>", "<mask>", "<headline>", "<summary>", "<brief>"]
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=500, special_tokens=special, initial_alphabet=alphabet, show_progress=False
    )
    tokenizer.train_from_iterator([DOCUMENT], trainer)
    tokenizer.add_special_tokens(list(NEW_TOKENS))
    return tokenizer


def test_pack_round_trip(tokenizer: Tokenizer, tmp_path: Path) -> None:
    pairs = examples()
    packed = pack(pairs, tokenizer, 13)
    save(packed, tmp_path / "p.npz")
    again = load(tmp_path / "p.npz")
    assert len(again) == len(pairs)
    for name in Packed.__slots__:
        assert np.array_equal(getattr(again, name), getattr(packed, name))
    sized = 0
    for i, pair in enumerate(pairs):
        source, target = again.example(i)
        text = tokenizer.decode(source.tolist(), skip_special_tokens=False)
        size = f"<w{pair.size}>"
        sized += size in text
        context = f"<context>{pair.context}" if pair.context else ""
        assert text.replace(size, "") == f"<s><{pair.task}>{pair.focus}{context}</s>"
        assert tokenizer.decode(target.tolist(), skip_special_tokens=False) == f"{pair.target}</s>"
    assert 0.5 * len(pairs) < sized < len(pairs)
