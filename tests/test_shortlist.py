"""The tokens that any text may have: counted from pairs, kept with the model, refused when spoilt."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
from tokenizers import Tokenizer

from pipeline.engines.embedded_prompts import open_reader
from pipeline.engines.shortlist import read_shortlist, write_shortlist
from pipeline.errors import EngineError
from pipeline.records import Request
from pipeline.train.pack import END, Packed
from pipeline.train.shortlist import common_tokens, main

WEIGHTS = Path(str(files("pipeline").joinpath("weights")))


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    found: Tokenizer = Tokenizer.from_file(str(WEIGHTS / "tokenizer.json"))
    return found


def packed(tokenizer: Tokenizer, pairs: list[tuple[str, str]]) -> Packed:
    sources, targets = (
        [[*tokenizer.encode(text, add_special_tokens=False).ids, END] for text in texts]
        for texts in zip(*pairs, strict=True)
    )
    flat = [np.array([i for ids in rows for i in ids], np.uint16) for rows in (sources, targets)]
    at = [np.cumsum([0, *map(len, rows)]) for rows in (sources, targets)]
    return Packed(flat[0], at[0], flat[1], at[1], np.zeros(len(pairs), np.uint8))


def test_what_targets_add_to_their_sources_comes_first(tokenizer: Tokenizer) -> None:
    texts = [(" The mayor resigned", " Mayor quits quits quits"), (" A strike began", " Strike begins")]
    pairs = packed(tokenizer, texts)
    single = {i for piece, i in tokenizer.get_vocab(with_added_tokens=False).items() if len(piece) == 1}
    small = set(common_tokens(pairs, tokenizer, len(single) + 1).tolist())
    assert small == single | {END}
    found = common_tokens(pairs, tokenizer, len(single) + 6)
    assert (np.diff(found) > 0).all()
    added = set(found.tolist()) - small
    wanted = {
        i
        for source, target in texts
        for i in set(tokenizer.encode(target, add_special_tokens=False).ids)
        - set(tokenizer.encode(source, add_special_tokens=False).ids)
    }
    assert added <= wanted or wanted <= added
    special = set(tokenizer.get_added_tokens_decoder()) - {END}
    assert not special & set(common_tokens(pairs, tokenizer, 10_000).tolist())


def test_a_prompt_may_write_the_list_and_its_source(tokenizer: Tokenizer) -> None:
    reader = open_reader(WEIGHTS, spell_guard=False, shortlist=True)
    request = Request("a#1", "a", "brief", " Zimbabwean veterinarians vaccinated 31,007 oryxes.", (0,), ())
    (prompt,) = reader.prompts([request])
    listed = read_shortlist(WEIGHTS, tokenizer.get_vocab_size())
    assert listed is not None and prompt.written is not None
    assert set(prompt.written.tolist()) == set(listed.tolist()) | set(prompt.ids)
    assert set(prompt.ids) - set(listed.tolist())
    assert open_reader(WEIGHTS, spell_guard=False, shortlist=False).prompts([request])[0].written is None


@pytest.mark.parametrize(
    "text",
    ["", "[1]", '{"tokens": []}', '{"tokens": [5, 3]}', '{"tokens": [3, 3]}', '{"tokens": [-1]}', '{"tokens": [100]}',
     '{"tokens": ["a"]}', '{"tokens": [[1]]}'],
)  # fmt: skip
def test_a_spoilt_list_is_named(text: str, tmp_path: Path) -> None:
    (tmp_path / "shortlist.json").write_text(text)
    with pytest.raises(EngineError, match="shortlist") as raised:
        read_shortlist(tmp_path, 100)
    assert "shortlist.json" in str(raised.value)


def test_a_list_is_read_as_it_was_written(tmp_path: Path) -> None:
    assert read_shortlist(tmp_path, 100) is None
    write_shortlist(tmp_path, [7, 3, 99, 3])
    assert json.loads((tmp_path / "shortlist.json").read_text()) == {"tokens": [3, 7, 99]}
    found = read_shortlist(tmp_path, 100)
    assert found is not None and found.tolist() == [3, 7, 99]


def test_the_command_writes_a_list_of_the_size_asked_for(tokenizer: Tokenizer, tmp_path: Path) -> None:
    pairs = packed(tokenizer, [(" The mayor resigned", " Mayor quits"), (" A strike began", " Strike begins")])
    fields = ("source", "source_at", "target", "target_at", "task")
    np.savez_compressed(tmp_path / "train.npz", **{name: getattr(pairs, name) for name in fields})
    (tmp_path / "tokenizer.json").write_bytes((WEIGHTS / "tokenizer.json").read_bytes())
    assert main(["--pairs", str(tmp_path), "--out", str(tmp_path), "--size", "400"]) == 0
    found = read_shortlist(tmp_path, tokenizer.get_vocab_size())
    assert found is not None and len(found) == 400
