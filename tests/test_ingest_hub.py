"""Hugging Face data sets as input: folders of save_to_disk, and sets of the Hub from the cache, without a network."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import datasets
import huggingface_hub
import pyarrow as pa
import pytest
from huggingface_hub.errors import HfHubHTTPError

from pipeline.cli import main
from pipeline.errors import InputError
from pipeline.ingest import DatasetPart, read_input
from pipeline.records import References

TEXT = "The bridge shut on Monday. Nobody minded."
COLUMNS = {
    "article": [TEXT, " ", f"{TEXT} Again."],
    "highlights": ["x one\ny two", "x", None],
    "id": ["a", "b", None],
    "picture": [b"\x00", b"\x01", b"\x02"],
}
SPLITS = ("train", "test")
REVISION = "0123abc"


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    """A DatasetDict of two splits in news/, a Dataset in one/."""
    one = datasets.Dataset.from_dict(COLUMNS)
    datasets.DatasetDict({"train": one.select([0]), "test": one}).save_to_disk(str(tmp_path / "news"))
    one.save_to_disk(str(tmp_path / "one"))
    return tmp_path


@pytest.fixture
def cached(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A set of the Hub as `datasets` keeps it when it has been downloaded; the Hub itself cannot be reached."""
    folder = tmp_path / "cache" / "harbour___post_news" / "default" / "0.0.0" / REVISION
    folder.mkdir(parents=True)
    table = pa.table(COLUMNS)
    for split in SPLITS:
        with pa.ipc.new_stream(folder / f"post_news-{split}.arrow", table.schema) as writer:
            writer.write_table(table)
    features = {name: {"dtype": str(table.schema.field(name).type), "_type": "Value"} for name in COLUMNS}
    counts = {name: {"name": name, "num_bytes": 1, "num_examples": 3, "dataset_name": "post_news"} for name in SPLITS}
    info = {"dataset_name": "post_news", "config_name": "default", "features": features, "splits": counts}
    version = {"version_str": "0.0.0", "major": 0, "minor": 0, "patch": 0}
    (folder / "dataset_info.json").write_text(json.dumps({**info, "version": version}))
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "cache")
    monkeypatch.setattr(datasets.config, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    monkeypatch.chdir(tmp_path)
    return "hf://harbour/post_news"


def check(path: str, part: DatasetPart, name: str) -> None:
    """The three rows of COLUMNS: two articles and a row without text."""
    ingested, (lost,) = read_input(path, part=part)
    assert [item.article.id for item in ingested] == ["a", f"{name}-3"]
    assert [item.article.origin for item in ingested] == [f"{path}:1", f"{path}:3"]
    assert ingested[0].references == References(summary=("x one\ny two",), bullets=(("x one", "y two"),))
    assert (lost.id, lost.origin) == ("b", f"{path}:2") and "the text is empty" in lost.reason


def test_folders_of_save_to_disk(saved: Path) -> None:
    check(str(saved / "one"), DatasetPart(), "one")
    check(str(saved / "news"), DatasetPart(split="test"), "news/test")
    assert read_input(str(saved / "news"), part=DatasetPart("test"), limit=1)[1] == []


@pytest.mark.parametrize("streaming", [True, False])
def test_a_set_of_the_hub_from_the_cache(cached: str, streaming: bool) -> None:
    check(cached, DatasetPart("test", streaming=streaming), "post_news/test")
    check(cached, DatasetPart("test", revision=REVISION, streaming=streaming), "post_news/test")


def test_a_retry_names_the_split(saved: Path) -> None:
    _, (lost,) = read_input(str(saved / "news"), part=DatasetPart("test"))
    assert lost.retry == f"precis run --input {saved / 'news'} --set input.split=test"


@pytest.mark.parametrize(
    ("path", "part", "message"),
    [
        ("hf://harbour/post_news", DatasetPart(), r"has several splits: train, test \(choose one: input.split\)"),
        ("hf://harbour/post_news", DatasetPart("dev"), r"has no split 'dev' \(input.split can be train, test\)"),
        ("hf://harbour/post_news", DatasetPart("test", config_name="v2"), "Couldn't find cache .* 'v2'; Available"),
        ("hf://harbour/post_news", DatasetPart("test", revision="main"), f"holds revision {REVISION}, not main"),
        ("hf://harbour/elsewhere", DatasetPart(), "the Hub cannot be reached and the data set is not in the cache"),
        ("hf://post_news", DatasetPart(), r"not the name of a data set \(write it as hf://OWNER/NAME\)"),
        ("hf://harbour/a/b", DatasetPart(), "not the name of a data set"),
    ],
)
def test_what_is_not_there_is_one_clear_fault(cached: str, path: str, part: DatasetPart, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_input(path, part=part)


def test_a_folder_of_the_name_of_a_set_is_not_read_in_its_place(cached: str, tmp_path: Path) -> None:
    (tmp_path / "harbour" / "post_news").mkdir(parents=True)
    with pytest.raises(InputError, match="holds a folder 'harbour/post_news' of the same name"):
        read_input(cached, part=DatasetPart("test"))


def test_faults_of_saved_folders(saved: Path) -> None:
    with pytest.raises(InputError, match="has several splits: train, test"):
        read_input(str(saved / "news"))
    with pytest.raises(InputError, match="has no split 'test'"):
        read_input(str(saved / "one"), part=DatasetPart("test"))
    with pytest.raises(InputError, match="no column is named 'story' .* there are: article, highlights, id, picture"):
        read_input(str(saved / "one"), columns={"text": "story"})
    next((saved / "one").glob("*.arrow")).unlink()
    with pytest.raises(InputError, match="the data set cannot be read"):
        read_input(str(saved / "one"))


def test_from_the_command_line(cached: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given = ["run", "--input", cached, "--set", "engine.name=lead", "--out", str(tmp_path / "out"), "--quiet"]
    assert main(given) == 2
    assert "has several splits: train, test" in capsys.readouterr().err
    assert main([*given, "--set", "input.split=test"]) == 1
    lines = (tmp_path / "out" / "outputs.jsonl").read_text().splitlines()
    assert [json.loads(line)["id"] for line in lines] == ["a", "post_news/test-3"]
    assert main([*given, "--set", "input.split=train"]) == 1  # other articles, not other settings


def test_a_stream_that_breaks_off_is_a_fault(saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: object) -> Iterator[dict[str, str]]:
        yield {"article": TEXT}
        raise HfHubHTTPError.__bases__[0]("connection reset")

    monkeypatch.setattr(datasets.Dataset, "__iter__", broken)
    with pytest.raises(InputError, match="cannot be read after row 1: connection reset"):
        read_input(str(saved / "one"))
