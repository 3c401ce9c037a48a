"""Exports of runs: what they hold, that `datasets` and precis itself read them, and what is refused."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import datasets
import pytest
from flow_sample import ARTICLES, flow_config, write_articles
from huggingface_hub import DatasetCard
from pyarrow import parquet

from pipeline.cli import main
from pipeline.errors import InputError
from pipeline.export import export_dataset, export_parquet, write
from pipeline.export.schema import COLUMNS
from pipeline.ingest import read_input
from pipeline.job import run
from pipeline.saved import read_outputs, read_references
from pipeline.score import score

Record = dict[str, Any]


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run of eight articles, two of them with references."""
    folder = tmp_path_factory.mktemp("export")
    settings = ("outputs.rewrite.enabled=true", "name=flow of | tests")
    return run(flow_config(write_articles(folder / "in"), folder / "run", *settings)).path


@pytest.fixture(scope="module")
def partial(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run without rewrites in which one article could not be read."""
    folder = tmp_path_factory.mktemp("partial")
    articles = write_articles(folder / "in", ("bakery", "bus"))
    (articles / "bus" / "article.md").write_bytes(b"caf\xe9")
    return run(flow_config(articles, folder / "run")).path


def records(run_dir: Path, name: str = "outputs.jsonl") -> list[Record]:
    return [json.loads(line) for line in (run_dir / name).read_text().splitlines()]


def spans(exported: list[Record]) -> list[list[int]]:
    return [[span["start"], span["end"]] for span in exported]


def test_every_row_says_what_the_run_says(finished: Path, tmp_path: Path) -> None:
    done = export_parquet(finished, tmp_path / "r.parquet")
    rows, texts = (
        parquet.read_table(done.path).to_pylist(),
        {r["id"]: r["text"] for r in records(finished, "articles.jsonl")},
    )
    assert (done.rows, done.absent, len(rows)) == (8, 0, len(ARTICLES))
    for row, record in zip(rows, records(finished), strict=True):
        assert list(row) == [name for name, _, _ in COLUMNS]
        assert (row["id"], row["title"], row["engine"]) == (record["id"], record["article"]["title"], record["engine"])
        assert (row["text"], row["words"]) == (texts[row["id"]], len(texts[row["id"]].split()))
        assert row["flags"] == record["flags"]
        for kind in ("summary", "rewrite"):
            assert row[kind] == record[kind]["text"] and row[f"{kind}_flags"] == record[kind]["flags"]
            assert spans(row[f"{kind}_sentences"]) == record[kind]["sentences"]
            assert list(map(spans, row[f"{kind}_evidence"])) == record[kind]["evidence"]
        for kind in ("bullets", "headlines"):
            assert row[kind] == [item["text"] for item in record[kind]]
            assert row[f"{kind}_flags"] == [item["flags"] for item in record[kind]]
            assert list(map(spans, row[f"{kind}_evidence"])) == [item["evidence"] for item in record[kind]]


def test_the_schema_is_the_same_for_every_run(finished: Path, partial: Path, tmp_path: Path) -> None:
    whole, part = (
        export_parquet(finished, tmp_path / "a.parquet"),
        export_parquet(partial, tmp_path / "b.parquet", with_text=False),
    )
    assert parquet.read_schema(whole.path) == parquet.read_schema(part.path)
    (row,) = parquet.read_table(part.path).to_pylist()
    assert (part.absent, row["id"], row["text"], row["rewrite"], row["rewrite_evidence"]) == (
        1,
        "bakery",
        None,
        None,
        None,
    )


def test_datasets_loads_it_and_its_card_is_valid(
    finished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(write, "SHARD", 3)
    done = export_dataset(finished, tmp_path / "out")
    assert [p.name for p in sorted((done.path / "data").iterdir())] == [
        f"train-{n:05d}-of-00003.parquet" for n in range(3)
    ]
    loaded = datasets.load_dataset(str(done.path), cache_dir=str(tmp_path / "cache"))
    assert list(loaded) == ["train"] and loaded["train"]["id"][:] == [r["id"] for r in records(finished)]
    card = DatasetCard.load(done.path / "README.md")
    data = card.data.to_dict()
    assert (data["pretty_name"], data["license"], data["language"]) == ("flow of | tests", "unknown", ["en"])
    assert (data["task_categories"], data["size_categories"]) == (["summarization"], ["n<1K"])
    manifest = json.loads((finished / "run.json").read_text())
    assert all(
        word in card.text for word in (manifest["config_digest"], manifest["engine"]["identity"], "rouge|v:1.0|")
    )
    assert all(f"| `{name}` |" in card.text for name, _, _ in COLUMNS)


def test_a_card_says_what_is_not_in_it(partial: Path, tmp_path: Path) -> None:
    text = (export_dataset(partial, tmp_path / "out", with_text=False).path / "README.md").read_text()
    assert "Machine-written summary, bullets, headlines of 1 article, without their text" in text
    assert "and are not in it: 1" in text


@pytest.mark.parametrize("form", ["file", "folder", "saved"])
def test_an_export_is_an_input(finished: Path, tmp_path: Path, form: str) -> None:
    path = export_parquet(finished, tmp_path / "r.parquet").path
    if form == "folder":
        path = export_dataset(finished, tmp_path / "out").path
    elif form == "saved":
        made = datasets.load_dataset("parquet", data_files=str(path), cache_dir=str(tmp_path / "c"))
        path = tmp_path / "saved"
        made.save_to_disk(str(path))
    ingested, rejected = read_input(str(path))
    assert rejected == []
    before = {record["id"]: record for record in records(finished, "articles.jsonl")}
    for item, record in zip(ingested, records(finished), strict=True):
        old = before[record["id"]]
        assert (item.article.id, item.article.sha256, item.article.title) == (old["id"], old["sha256"], old["title"])
        assert item.references is not None and len(item.references.headline) == len(record["headlines"])
        assert item.references.bullets == (tuple(bullet["text"] for bullet in record["bullets"]),)


def test_an_export_is_scored_as_the_run_is(finished: Path, tmp_path: Path) -> None:
    path = export_parquet(finished, tmp_path / "r.parquet").path
    references = read_references(finished)
    scores = [
        score({i: read_outputs(place)[i] for i in references}, references, None, engine="x", samples=100, baselines=())
        for place in (finished, path)
    ]
    assert scores[0]["systems"] == scores[1]["systems"] and scores[0]["systems"]["x"]["summary"]["n"] == 2


def test_an_export_holds_references(finished: Path, tmp_path: Path) -> None:
    found = read_references(export_parquet(finished, tmp_path / "r.parquet").path)
    record = records(finished)[0]
    assert found[record["id"]].summary == (record["summary"]["text"],)
    assert found[record["id"]].headline == tuple(item["text"] for item in record["headlines"])


def test_a_damaged_parquet_file_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "r.parquet").write_bytes(b"PAR1 torn")
    with pytest.raises(InputError, match="r.parquet:1: the file is damaged"):
        read_outputs(tmp_path / "r.parquet")


@pytest.mark.parametrize("name", ["run.json", "scores.json"])
@pytest.mark.parametrize(("text", "told"), [("[]", "not a JSON object"), ("{", "not valid JSON")])
def test_a_card_is_not_made_of_what_cannot_be_read(
    finished: Path, tmp_path: Path, name: str, text: str, told: str
) -> None:
    shutil.copytree(finished, tmp_path / "run")
    (tmp_path / "run" / name).write_text(text)
    with pytest.raises(InputError, match=rf"{name}: {told}") as refused:
        export_dataset(tmp_path / "run", tmp_path / "out")
    assert refused.value.where == str(tmp_path / "run" / name)
    assert not (tmp_path / "out").exists()


def test_nothing_is_overwritten_unless_forced(finished: Path, tmp_path: Path) -> None:
    file, folder = tmp_path / "r.parquet", tmp_path / "out"
    first = export_parquet(finished, file).path.read_bytes()
    export_dataset(finished, folder)
    (folder / "notes.txt").write_text("mine")
    (folder / "data" / "train-00000-of-00009.parquet").write_bytes(b"old")
    for refused in (lambda: export_parquet(finished, file), lambda: export_dataset(finished, folder)):
        with pytest.raises(InputError, match="--force"):
            refused()
    assert export_parquet(finished, file, force=True).path.read_bytes() == first
    export_dataset(finished, folder, force=True)
    assert sorted(p.name for p in folder.rglob("*") if p.is_file()) == [
        "README.md", "notes.txt", "train-00000-of-00001.parquet",
    ]  # fmt: skip
    assert (folder / "data" / "train-00000-of-00001.parquet").read_bytes() == first


@pytest.mark.parametrize("to", ["parquet", "dataset"])
def test_a_place_of_the_other_kind_is_refused(finished: Path, tmp_path: Path, to: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("x")
    place = tmp_path / ("folder" if to == "parquet" else "file")
    assert main(["export", str(finished), str(place), "--to", to, "--force"]) == 2


def test_from_the_command_line(
    finished: Path, partial: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["export", str(finished), str(tmp_path / "deep" / "r.parquet")]) == 0
    assert main(["export", str(finished), str(tmp_path / "out")]) == 0
    said = capsys.readouterr()
    assert (said.out, said.err) == (
        f"parquet: {tmp_path / 'deep' / 'r.parquet'} (articles: 8)\ndataset: {tmp_path / 'out'} (articles: 8)\n", ""
    )  # fmt: skip
    assert main(["export", str(finished), str(tmp_path / "out")]) == 2
    assert main(["export", str(partial), str(tmp_path / "part.parquet"), "--without-text"]) == 1
    assert "articles of the run that have no output and are not in it: 1" in capsys.readouterr().err
    assert main(["export", str(tmp_path), str(tmp_path / "none")]) == 2
    assert "there is no outputs.jsonl" in capsys.readouterr().err
    assert not (tmp_path / "none").exists()
