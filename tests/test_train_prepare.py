"""From data files to packed pairs: what is read, what is held out, what is counted, and nothing lost silently."""

from __future__ import annotations

import gzip
import json
import lzma
from collections import Counter
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer, models, pre_tokenizers, trainers
from train_sample import record

from pipeline.train import prepare
from pipeline.train.datafiles import BadRecord, checked, read_file, read_records, set_file
from pipeline.train.pack import load
from pipeline.train.pairs import Pair
from pipeline.train.tally import Tally, markdown

NAMES = st.sampled_from(["id", "document", "text", "headline", "summary", "bullets"])
VALUES = st.none() | st.text() | st.integers() | st.lists(st.text() | st.none())


@given(st.dictionaries(NAMES, VALUES))
def test_a_record_is_usable_or_says_why_not(value: dict[str, object]) -> None:
    found = checked(value, "mine.jsonl:1")
    if isinstance(found, BadRecord):
        assert found.where == "mine.jsonl:1"
        assert found.reason
    else:
        assert found["document"].strip()
        assert found["document"] in (value.get("document"), value.get("text"))
        assert all(found[k] is None or isinstance(found[k], str) for k in ("headline", "summary"))
        assert found["bullets"] is None or all(isinstance(b, str) for b in found["bullets"])
        assert found["id"]


LINES = [
    json.dumps({"text": "A document.", "highlights": ["One.", "Two."], "headlines": ["A title", "Another"]}),
    "{not json",
    "[1, 2]",
    "",
    json.dumps({"headline": "No document"}),
    json.dumps({"document": "  "}),
    json.dumps({"document": "A document.", "summary": 7}),
    json.dumps({"id": 9, "document": "A document.", "bullets": "- One.\n- Two."}),
]


@pytest.mark.parametrize("suffix", [".jsonl", ".jsonl.gz", ".jsonl.xz"])
def test_every_line_of_a_file_is_a_record_or_a_reason(tmp_path: Path, suffix: str) -> None:
    opener = {".jsonl": open, ".jsonl.gz": gzip.open, ".jsonl.xz": lzma.open}[suffix]
    with opener(tmp_path / f"mine{suffix}", "wt", encoding="utf-8") as file:
        file.write("\n".join(LINES))
    found = list(read_file(tmp_path / f"mine{suffix}"))
    assert [r.reason if isinstance(r, BadRecord) else "" for r in found] == [
        "",
        "not valid JSON in UTF-8",
        "not a JSON object",
        "no document",
        "the document is empty",
        "summary is neither text nor a list of texts",
        "",
    ]
    first, last = found[0], found[-1]
    assert isinstance(first, dict)
    assert isinstance(last, dict)
    assert (first["headline"], first["bullets"]) == ("A title", ["One.", "Two."])
    assert (last["id"], len(last["bullets"])) == ("9", 2)


def test_a_damaged_file_keeps_what_came_before_the_damage(tmp_path: Path) -> None:
    whole = gzip.compress(b"".join(json.dumps(record(n)).encode() + b"\n" for n in range(300)))
    (tmp_path / "mine.jsonl.gz").write_bytes(whole[: len(whole) // 2])
    found = list(read_file(tmp_path / "mine.jsonl.gz"))
    assert isinstance(found[0], dict)
    assert isinstance(found[-1], BadRecord)
    assert found[-1].reason.startswith("file damaged")


def test_one_file_is_divided_into_train_and_val(tmp_path: Path) -> None:
    lines = [json.dumps(record(n)) for n in range(200)]
    (tmp_path / "mine.jsonl").write_text("\n".join([*lines, "{bad"]))
    train, val = (list(read_records(tmp_path, split, "mine")) for split in ("train", "val"))
    ids = [{r["id"] for r in part if isinstance(r, dict)} for part in (train, val)]
    assert ids[0] | ids[1] == {f"r{n}" for n in range(200)}
    assert not ids[0] & ids[1]
    assert 2 <= len(ids[1]) <= 25
    assert [isinstance(r, BadRecord) for r in (*train, *val)].count(True) == 1
    assert set_file(tmp_path, "train", "other") is None


def tokenizer_folder(folder: Path) -> Path:
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)  # type: ignore[assignment]
    special = ["<s>", "<pad>", "</s>", "<unk>", "<mask>", "<headline>", "<summary>", "<brief>"]
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=900, special_tokens=special, initial_alphabet=alphabet, show_progress=False
    )
    tokenizer.train_from_iterator([str(record(n)["document"]) for n in range(20)], trainer)
    folder.mkdir()
    tokenizer.save(str(folder / "tokenizer.json"))
    return folder


def test_a_folder_becomes_pairs_and_a_report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Own JSONL beside a set with splits; two planted leaks, a bad line, a set that is not there."""
    data = tmp_path / "data"
    for split in ("train", "val", "test"):
        (data / split).mkdir(parents=True)
    held, tested = record(5000), record(5001)
    leaked = [
        {**held, "id": "copy", "headline": "Something else entirely happens in Bramley today"},
        {"id": "same title", "document": str(record(5002)["document"]), "headline": tested["headline"]},
    ]
    own = [*(record(n) for n in range(24)), *leaked]
    (data / "train" / "one.jsonl").write_text("\n".join(map(json.dumps, own)) + "\n{bad\n")
    (data / "val" / "one.jsonl").write_text(
        "\n".join(json.dumps(r) for r in [held, *(record(n) for n in range(900, 906))])
    )
    (data / "test" / "one.jsonl").write_text(json.dumps(tested))
    (data / "mine.jsonl").write_text("\n".join(json.dumps(record(n)) for n in range(2000, 2040)))
    rules = {
        "one": {"tasks": ["headline", "brief"], "infill": 1.0, "lead": 1.0},
        "mine": {"tasks": ["headline"], "most": 7},
        "nowhere": {"tasks": ["brief"]},
    }
    config = {"start": str(tokenizer_folder(tmp_path / "start")), "seed": 3, "steps": 1, "data": rules}
    (tmp_path / "c.yaml").write_text(yaml.safe_dump(config))
    arguments = ["--data", str(data), "--config", str(tmp_path / "c.yaml"), "--out"]
    assert prepare.main([*arguments, str(tmp_path / "pairs")]) == 0
    assert "nowhere: no such set" in capsys.readouterr().err

    dropped = json.loads((tmp_path / "pairs" / "dropped.json").read_text())
    one = dropped["train/one"]
    assert 1 <= one["leak: document in val"] <= 4  # the planted copy, and invented articles that came out alike
    assert 1 <= one["leak: headline in test"] <= 4
    assert one["record: not valid JSON in UTF-8"] == 1
    assert dropped["train/nowhere"] == {"set: no file": 1}
    assert dropped["val/mine"].get("kept: headline", 0) + dropped["train/mine"]["kept: headline"] > 25
    whole = json.loads((tmp_path / "pairs" / "preparation.json").read_text())
    assert whole["sets"]["train/one"]["records"] == 27
    assert whole["sets"]["train/one"]["bad"] == ["one.jsonl:27: not valid JSON in UTF-8"]
    assert whole["sets"]["train/one"]["kinds"]["headline: title"] == one["kept: headline"] > 12

    packed = load(tmp_path / "pairs" / "train.npz")
    counts = Counter(packed.task.tolist())
    assert counts[0] == one["kept: headline"] + 7
    assert counts[1] == one["kept: brief"] + one.get("kept: lead", 0)
    assert counts[2] == one["kept: rewrite"]
    table = (tmp_path / "pairs" / "dropped.md").read_text()
    offered = one["kept: headline"] + sum(n for name, n in one.items() if name.startswith("headline:"))
    assert f"| train/one | headline | {offered} | {one['kept: headline']} |" in table

    assert prepare.main([*arguments, str(tmp_path / "again")]) == 0
    for name in ("train.npz", "val.npz", "dropped.json", "dropped.md"):
        assert (tmp_path / "pairs" / name).read_bytes() == (tmp_path / "again" / name).read_bytes(), name


@pytest.mark.parametrize(
    ("change", "more", "told"),
    [
        ({"data": {"one": {"task": ["headline"]}}}, [], "c.yaml: data.one.task: unknown key; did you mean tasks?"),
        ({"sed": 3}, [], "c.yaml: sed: unknown key; did you mean seed?"),
        ({"steps": None}, [], "give either steps or minutes"),
        ({"start": "none"}, [], "start: none: no checkpoint there: tokenizer.json missing"),
        ({"start": "random", "tokenizer": {"vocabulary": 300}}, [], "a start that is to be made: use precis train"),
        ({"stages": [{"name": "a"}, {"name": "b"}]}, [], "has several stages"),
        ({"kind": "finetune", "start": None, "data": {}}, [], "c.yaml: kind: only a recipe has pairs"),
        ({}, ["--limit", "0"], "--limit: should be at least 1, got 0"),
        ({}, ["--data", "none"], "--data: no such folder: none"),
    ],
)
def test_a_recipe_that_cannot_be_prepared_is_one_message(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], change: dict[str, object], more: list[str], told: str
) -> None:
    config = {"start": str(tmp_path), "steps": 1, "data": {"one": {"tasks": ["headline"]}}, **change}
    config = {key: value for key, value in config.items() if value is not None}
    (tmp_path / "c.yaml").write_text(yaml.safe_dump(config))
    arguments = ["--data", str(tmp_path), "--config", str(tmp_path / "c.yaml"), "--out", str(tmp_path / "out"), *more]
    assert prepare.main(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert told in err
    assert all(line.startswith("precis: ") for line in err.splitlines())
    assert not (tmp_path / "out").exists()


def test_the_documented_command_reads_a_config_of_this_repository(tmp_path: Path) -> None:
    root = Path(__file__).resolve().parent.parent
    for text in (str(prepare.__doc__), (root / "docs" / "data.md").read_text(encoding="utf-8")):
        (command,) = [line.split() for line in text.splitlines() if "-m pipeline.train.prepare" in line]
        found = prepare._recipe(root / command[command.index("--config") + 1], tmp_path, None)
        assert (root / found.start / prepare.TOKENIZER).is_file()


def test_a_tally_counts_pairs_by_where_they_come_from() -> None:
    tally = Tally(records=3)
    kinds = ("headline: title", "paraphrase: same event", "lead", "infill")
    tasks = ("headline", "brief", "brief", "rewrite")
    tally.count([Pair(t, "a", "", "b", 1, 2, k) for t, k in zip(tasks, kinds, strict=True)])
    tally.count(["headline: unsupported name", "headline: unsupported name", "headline: length"])
    assert tally.outcomes["kept: paraphrase"] == tally.outcomes["kept: lead"] == tally.outcomes["kept: rewrite"] == 1
    assert tally.novelty == {"<n2>": 2}
    tally.removed["body: dateline"] = 5
    rows = markdown({"train/one": tally}).splitlines()
    assert "| body: dateline | 5 | one 5 |" in rows
    assert "| headline: title | 1 | one 1 |" in rows
    assert "| train/one | headline | 4 | 1 | 25 % | unsupported name 2, length 1 |" in rows
    assert "| **all of train** | paraphrase | 1 | 1 | 100 % |  |" in rows


COUNCIL = (
    "The council of Bramley voted by 9 to 2 on Monday to close the swimming pool on Mill Road next spring.\n"
    "Councillors said the leaking roof would cost $2.6 million, more than the little town can pay.\n"
    "Swimmers wept in the gallery when Mayor Kit Orme read out the result."
)
AGAIN = (
    "Bramley's pool on Mill Road is to close in spring after councillors backed the plan by 9 votes to 2.\n"
    "Repairs to a leaking roof had been put at $2.6 million, a sum the council of the town cannot pay.\n"
    "Mayor Orme read out the result as swimmers in the gallery wept."
)


def test_reports_on_one_event_give_paraphrases_whether_in_two_records_or_in_one() -> None:
    rule = prepare.Rule.read({"tasks": ["paraphrase"]})
    two = [{"id": n, "document": text, "date": f"2031-05-0{n}"} for n, text in ((1, COUNCIL), (2, AGAIN))]
    titles = ["Bramley pool to close", "Bramley closes its pool"]
    roundup = {
        "id": 3,
        "document": f"{titles[0]}\n{COUNCIL}\n\n{titles[1]}\n{AGAIN}",
        "headline_variants": titles,
    }
    found = {}
    for name, records in (("two", two), ("one", [roundup])):
        pairs, tally = prepare.chunk_pairs((records, rule, frozenset()))
        found[name] = {p.target for p in pairs if isinstance(p, Pair)}
        assert tally.outcomes["kept: paraphrase"] == tally.kinds["paraphrase: same event"] == len(found[name]) > 0
    assert found["two"] == found["one"]


def test_the_reports_of_a_roundup_keep_their_own_titles() -> None:
    titles = ["Bramley council votes to close pool", "Zoltan Orme reads out vote on Bramley pool"]
    record_ = {
        "id": 1,
        "document": f"{titles[0]}\n{COUNCIL}\n\n{titles[1]}\n{AGAIN}",
        "headline": "Texas pool to close",
        "headline_variants": titles,
    }
    pairs, tally = prepare.chunk_pairs(([record_], prepare.Rule.read({"tasks": ["headline"]}), frozenset()))
    kept = [p for p in pairs if isinstance(p, Pair)]
    assert [p.target for p in kept] == ["Bramley council votes to close pool"]
    assert kept[0].kind == "headline: of a report in a roundup"
    assert sum(n for k, n in tally.outcomes.items() if k.startswith("headline: unsupported")) == 2
