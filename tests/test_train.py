"""Training: what becomes a pair and why not, packing, and a loop that a kill does not change."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import AutoModelForSeq2SeqLM, AutoTokenizer, BartConfig, BartForConditionalGeneration

from pipeline.train import loop
from pipeline.train.export import export
from pipeline.train.pack import NEW_TOKENS, Packed, load, pack, save
from pipeline.train.pairs import Pair, brief_pairs, headline_pairs
from pipeline.train.prepare import document_sentences, record_pairs

DOCUMENT = (
    "The council of Bramley voted on Monday to close the swimming pool on Mill Road.\n"
    "Repairs to the roof would cost $2.6m, more than the town can pay, councillors said.\n"
    "About 900 residents had signed a petition to keep the building open. Swimming clubs will use the baths in Aldham."
)
SENTENCES = document_sentences({"document": DOCUMENT})
SETTINGS = """start: {start}
seed: 13
prior: 2.0
label_smoothing: 0.1
dropout: 0.1
lr: 1.0e-2
warmup_steps: 2
steps: 6
decay_steps: 3
batch_tokens: 200
max_batch: 4
weight_decay: 0.01
clip: 1.0
average_last: 2
save_every: 3
data: {{}}
"""


@pytest.mark.parametrize(
    ("title", "outcome"),
    [
        ("Bramley council votes to close swimming pool", None),
        ("Bramley council votes to close 12 swimming pools", "headline: unsupported"),
        ("Texas council votes to close swimming pool in Austin", "headline: unsupported"),
        ("Why Bramley council votes to close swimming pool", "headline: teaser or length"),
        ("Bramley pool", "headline: teaser or length"),
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
        ("About 950 residents signed a petition to keep it open", "brief: unsupported"),
        ("Residents of Texas signed a petition to keep it open", "brief: unsupported"),
        ("Residents signed", "brief: length"),
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
def ready(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """start/ with a tiny BART and its tokenizer, pairs/ packed, train.yaml."""
    folder = tmp_path_factory.mktemp("train")
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)  # type: ignore[assignment]
    tokenizer.decoder = decoders.ByteLevel()  # type: ignore[assignment]
    special = ["<s>", "<pad>", "</s>", "<unk>", "<mask>", "<headline>", "<summary>", "<brief>"]
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=500, special_tokens=special, initial_alphabet=alphabet, show_progress=False
    )
    tokenizer.train_from_iterator([DOCUMENT], trainer)
    torch.manual_seed(1)
    shape = BartConfig(
        vocab_size=tokenizer.get_vocab_size(), d_model=16, encoder_layers=1, decoder_layers=1,
        encoder_attention_heads=2, decoder_attention_heads=2, encoder_ffn_dim=16, decoder_ffn_dim=16,
        max_position_embeddings=256,
    )  # fmt: skip
    BartForConditionalGeneration(shape).save_pretrained(folder / "start")
    tokenizer.add_special_tokens(list(NEW_TOKENS))
    (folder / "pairs").mkdir()
    tokenizer.save(str(folder / "pairs" / "tokenizer.json"))
    save(pack(examples(), tokenizer, 13), folder / "pairs" / "train.npz")
    save(pack(examples()[:6], tokenizer, 13), folder / "pairs" / "val.npz")
    (folder / "train.yaml").write_text(SETTINGS.format(start=folder / "start"))
    return folder


def test_pack_round_trip(ready: Path, tmp_path: Path) -> None:
    tokenizer = Tokenizer.from_file(str(ready / "pairs" / "tokenizer.json"))
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


def test_batches_hold_every_example_once_within_their_limits(ready: Path) -> None:
    data = load(ready / "pairs" / "train.npz")
    found = loop.batches(data, 13, 0, 200, 4)
    assert sorted(i for rows in found for i in rows.tolist()) == list(range(len(data)))
    lengths = np.diff(data.source_at)
    assert all(len(rows) == 1 or len(rows) * lengths[rows].max() <= 200 for rows in found)
    assert max(len(rows) for rows in found) <= 4
    again, other = loop.batches(data, 13, 0, 200, 4), loop.batches(data, 13, 1, 200, 4)
    assert all(np.array_equal(a, b) for a, b in zip(found, again, strict=True))
    assert [r.tolist() for r in other] != [r.tolist() for r in found]


def test_killed_and_resumed_equals_uninterrupted(
    ready: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings, device = loop.read_settings(ready / "train.yaml"), torch.device("cpu")
    loop.train(settings, ready / "pairs", tmp_path / "whole", device)

    real = loop.validate

    def killed(*args: object) -> dict[str, float]:
        raise KeyboardInterrupt  # right after the save at step 3

    monkeypatch.setattr(loop, "validate", killed)
    with pytest.raises(KeyboardInterrupt):
        loop.train(settings, ready / "pairs", tmp_path / "killed", device)
    monkeypatch.setattr(loop, "validate", real)
    assert torch.load(tmp_path / "killed" / "state.pt", weights_only=True)["step"] == 3
    loop.train(settings, ready / "pairs", tmp_path / "killed", device)

    whole, resumed = (torch.load(tmp_path / n / "state.pt", weights_only=True) for n in ("whole", "killed"))
    assert whole["step"] == resumed["step"] == 6
    start = loop.load_model(settings, ready / "pairs", device).state_dict()
    moved = 0.0
    for name, value in whole["model"].items():
        assert torch.allclose(value, resumed["model"][name], atol=1e-6), name
        moved = max(moved, float((value - start[name]).abs().max()))
    assert moved > 1e-3

    export(tmp_path / "whole", ready / "pairs", ready / "train.yaml", tmp_path / "model")
    model = AutoModelForSeq2SeqLM.from_pretrained(tmp_path / "model", dtype=torch.float32)
    tokenizer = AutoTokenizer.from_pretrained(tmp_path / "model")
    assert model.get_input_embeddings().weight.shape[0] == len(tokenizer)
    parts = sorted((tmp_path / "whole").glob("weights-*.pt"))
    assert [p.name for p in parts] == ["weights-000003.pt", "weights-000006.pt"]
    mean = sum(torch.load(p, weights_only=True)["model.shared.weight"].float() for p in parts) / 2
    assert torch.allclose(model.get_input_embeddings().weight, mean, atol=2e-3)
    ids = tokenizer("<s><headline><w2>The council voted.</s>", add_special_tokens=False)["input_ids"]
    assert ids[1] == tokenizer.convert_tokens_to_ids("<headline>")
    assert tokenizer.decode(ids, skip_special_tokens=True) == "The council voted."


def test_settings_with_unknown_or_missing_keys_are_refused(ready: Path, tmp_path: Path) -> None:
    text = (ready / "train.yaml").read_text()
    (tmp_path / "t.yaml").write_text(text.replace("lr: ", "learning_rate: "))
    with pytest.raises(SystemExit, match="learning_rate"):
        loop.read_settings(tmp_path / "t.yaml")


def test_the_learning_rate_warms_up_stays_and_falls_to_zero(ready: Path) -> None:
    s = replace(loop.read_settings(ready / "train.yaml"), warmup_steps=2, steps=10, decay_steps=4)
    assert [loop.rate(step, s) for step in range(11)] == [0.5, 1, 1, 1, 1, 1, 1, 0.75, 0.5, 0.25, 0]
