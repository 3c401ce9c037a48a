"""Tables as input: Parquet, Arrow and packed files, which column is which, limits, and bounded memory."""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from pipeline import decoding
from pipeline.config import load_config
from pipeline.errors import ConfigError, InputError
from pipeline.ingest import DatasetPart, read_configured, read_input
from pipeline.ingest.columns import choose
from pipeline.ingest.formats import read_file
from pipeline.job import ingest
from pipeline.records import Ingested, References

TEXT = "The bridge shut on Monday. Nobody minded."
Row = dict[str, Any]


def as_parquet(path: Path, rows: list[Row], schema: pa.Schema | None = None) -> Path:
    parquet.write_table(pa.Table.from_pylist(rows, schema=schema), path, row_group_size=3)
    return path


def as_arrow(path: Path, rows: list[Row], schema: pa.Schema | None = None, *, stream: bool = False) -> Path:
    table = pa.Table.from_pylist(rows, schema=schema)
    with (pa.ipc.new_stream if stream else pa.ipc.new_file)(path, table.schema) as writer:
        writer.write_table(table, max_chunksize=3)
    return path


def as_lines(path: Path, rows: list[Row]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def zstandard(data: bytes) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.CompressedOutputStream(sink, "zstd") as packed:
        packed.write(data)
    return bytes(sink.getvalue().to_pybytes())


PACK: dict[str, Callable[[bytes], bytes]] = {
    ".gz": gzip.compress,
    ".xz": lzma.compress,
    ".bz2": bz2.compress,
    ".zst": zstandard,
}
PLAIN = {
    "a.jsonl": json.dumps({"id": "a", "text": TEXT}) + "\n",
    "a.ndjson": json.dumps({"id": "a", "text": TEXT}) + "\n",
    "a.json": json.dumps([{"id": "a", "text": TEXT}]),
    "a.csv": f"text,id\n{TEXT},a\n",
    "a.txt": TEXT,
    "a.md": TEXT,
    "a.html": f"<html><body><article><p>{TEXT} {' '.join(['It stays shut.'] * 9)}</p></article></body></html>",
}


@pytest.mark.parametrize("write", [as_parquet, as_arrow, lambda *a: as_arrow(*a, stream=True)])
def test_rows_become_articles_and_each_bad_one_is_named(tmp_path: Path, write: Callable[..., Path]) -> None:
    rows: list[Row] = [
        {"id": "a", "Article": TEXT, "highlights": "x one\ny two", "picture": b"\x00"},
        {"id": "b", "Article": None, "highlights": "x"},
        {"id": "a", "Article": "Another text.", "highlights": None},
        {"id": None, "Article": TEXT, "highlights": ""},
        {"id": "c", "Article": " ", "highlights": None},
    ]
    file = write(tmp_path / f"news.{'parquet' if write is as_parquet else 'arrow'}", rows)
    ingested, rejected = read_input(str(file))
    assert [item.article.id for item in ingested] == ["a", "news-4"]
    assert ingested[0].references == References(summary=("x one\ny two",), bullets=(("x one", "y two"),))
    assert (ingested[1].references, ingested[1].article.origin) == (None, f"{file}:4")
    assert [(lost.id, lost.origin) for lost in rejected] == [("b", f"{file}:2"), ("a", f"{file}:3"), ("c", f"{file}:5")]
    assert "has no text" in rejected[0].reason and "was taken by" in rejected[1].reason


@pytest.mark.parametrize(
    ("row", "references"),
    [
        ({"article": TEXT, "highlights": ["x", "y"]}, References(("x\ny",), (("x", "y"),))),
        ({"document": TEXT, "summary": "s"}, References(("s",))),
        ({"dialogue": TEXT, "summary": ["s", "t"], "topic": "z"}, References(("s", "t"))),
        ({"report": TEXT, "abstract": "s"}, References(("s",))),
        ({"content": TEXT, "tldr": "s", "title": "T"}, References(("s",))),
        ({"email_body": TEXT, "subject_line": "h"}, References(headline=("h",))),
        ({"maintext": TEXT, "headlines": ["h", "i"], "bullets": [["x"]]}, References((), (("x",),), ("h", "i"))),
        ({"text": TEXT, "bullets": ["x"], "highlights": ["y", "z"]}, References(("y\nz",), (("x",),))),
        ({"text": TEXT, "label": 3}, None),
    ],
)  # fmt: skip
def test_columns_of_known_sets(tmp_path: Path, row: Row, references: References | None) -> None:
    for file in (as_parquet(tmp_path / "a.parquet", [row]), as_lines(tmp_path / "a.jsonl", [row])):
        (item,), rejected = read_input(str(file))
        assert (item.article.text, item.references, rejected) == (TEXT, references, [])


def test_columns_named_by_the_settings(tmp_path: Path) -> None:
    rows = [{"Story": TEXT, "article": "not this", "lede": "s", "highlights": "x\ny", "nr": 7}]
    named = {"text": "Story", "summary": "lede", "bullets": None, "id": "nr"}
    expected = References(summary=("s",))
    (tmp_path / "a.csv").write_text(f'Story,article,lede,highlights,nr\n"{TEXT}",not this,s,"x\ny",7\n')
    for file in (as_parquet(tmp_path / "a.parquet", rows), as_lines(tmp_path / "a.jsonl", rows), tmp_path / "a.csv"):
        (item,), _ = read_input(str(file), columns=named)  # type: ignore[arg-type]
        assert (item.article.id, item.article.text, item.references) == ("7", TEXT, expected)
    (points,), _ = read_input(str(tmp_path / "a.parquet"), columns={"text": "Story", "summary": "highlights"})
    assert points.references == References(("x\ny",), (("x", "y"),))


def test_a_retry_repeats_the_settings(tmp_path: Path) -> None:
    file = as_parquet(
        tmp_path / "a.parquet", [{"the story": None, "summary": "x"}, {"the story": TEXT, "summary": "x"}]
    )
    _, (lost,) = read_input(str(file), columns={"text": "the story", "summary": None})
    assert lost.retry == f"precis run --input {file} --set 'input.columns.text=the story' --set input.columns.summary="


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        (
            {},
            r"no column is known to hold the text \(text, article, .*\); there are: story, label \(name the column, as",
        ),
        ({"text": "storey"}, r"no column is named 'storey' \(input.columns.text\); there are: story, label"),
        ({"text": "story", "headline": "x"}, r"no column is named 'x' \(input.columns.headline\); there are: story"),
    ],
)
def test_columns_that_do_not_fit_are_one_fault_that_lists_them(tmp_path: Path, columns: Any, message: str) -> None:
    file = as_parquet(tmp_path / "a.parquet", [{"story": TEXT, "label": 1}])
    with pytest.raises(InputError, match=message):
        read_input(str(file), columns=columns)


def test_a_record_without_text_lists_its_fields(tmp_path: Path) -> None:
    _, (lost,) = read_input(str(as_lines(tmp_path / "a.jsonl", [{"story": TEXT, "label": 1}])))
    assert "its fields: story, label" in lost.reason


def test_the_settings_reach_the_reader(tmp_path: Path) -> None:
    file = as_parquet(tmp_path / "a.parquet", [{"story": f"{TEXT} Part {n}."} for n in range(9)])
    config = load_config(None, ["input.columns.text=story", "input.limit=2"], {"input.path": str(file)})
    assert [item.article.id for item in ingest(config)[0]] == ["a-1", "a-2"]
    elsewhere = load_config(None, ["input.split=test"], {"input.path": "hf://harbour/post_news"})
    assert len(read_configured(elsewhere.input, str(as_lines(tmp_path / "a.jsonl", [{"text": TEXT}])))[0]) == 1
    with pytest.raises(ConfigError, match="input.columns.txt"):
        load_config(None, ["input.columns.txt=story"])
    with pytest.raises(ConfigError, match="input.revision: is for data sets of the Hub"):
        load_config(None, ["input.revision=main"])
    with pytest.raises(InputError, match="has no split 'test'"):
        read_input(str(file), part=DatasetPart(split="test"))


def test_a_folder_of_shards(tmp_path: Path) -> None:
    for n in range(3):
        as_parquet(tmp_path / f"train-{n:05d}-of-00003.parquet", [{"text": f"{TEXT} {n}", "id": n}])
    (tmp_path / "train-00003.parquet").write_bytes(b"PAR1 torn")
    as_parquet(tmp_path / "train-00004.parquet", [{"label": 1}])
    (tmp_path / "README.md").write_text("# A card")
    ingested, (torn, other) = read_input(str(tmp_path))
    assert [item.article.id for item in ingested] == ["0", "1", "2"]
    assert "cannot be read from row 1" in torn.reason and torn.origin.endswith("train-00003.parquet")
    assert "there are: label" in other.reason


def test_rows_before_a_damage_are_kept(tmp_path: Path) -> None:
    rows = [{"text": f"{TEXT} Number {n}."} for n in range(60)]
    file = as_arrow(tmp_path / "a.arrow", rows, stream=True)
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    ingested, (lost,) = read_input(str(file))
    assert 9 < len(ingested) < 50 and lost.origin == f"{file}:{len(ingested) + 1}"
    assert "cannot be read from row" in lost.reason


def test_text_that_is_not_utf8_costs_its_own_row(tmp_path: Path) -> None:
    data = pa.array([TEXT.encode(), b"caf\xe9 au lait", b"Another text."], pa.binary())
    strings = pa.StringArray.from_buffers(3, data.buffers()[1], data.buffers()[2])
    parquet.write_table(pa.table({"text": strings}), tmp_path / "a.parquet")
    ingested, (lost,) = read_input(str(tmp_path / "a.parquet"))
    assert [item.article.id for item in ingested] == ["a-1", "a-3"] and lost.origin.endswith(":2")


@pytest.mark.parametrize("suffix", PACK)
@pytest.mark.parametrize("name", PLAIN)
def test_packed_files(tmp_path: Path, name: str, suffix: str) -> None:
    whole = PACK[suffix](PLAIN[name].encode())
    file = tmp_path / f"{name}{suffix.upper() if name == 'a.txt' else suffix}"
    file.write_bytes(whole)
    (item,), rejected = read_input(str(file))
    assert (item.article.id, rejected) == ("a", []) and item.article.text.startswith(TEXT)
    file.write_bytes(whole[:-9])
    ingested, (lost,) = read_input(str(file))
    assert len(ingested) <= 1 and any(word in lost.reason for word in ("ended before", "Truncated"))
    file.write_bytes(b"plain")
    assert len(read_input(str(file))[1]) == 1


def test_what_unpacks_to_more_than_the_limit_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoding, "MOST_BYTES", 500)
    (tmp_path / "bomb.txt.gz").write_bytes(gzip.compress(b"a" * 501))
    lines = PLAIN["a.jsonl"].encode()
    (tmp_path / "bomb.jsonl.xz").write_bytes(lzma.compress(lines + b" " * 10**6 + b"\n" + lines))
    (tmp_path / "bomb.csv.bz2").write_bytes(bz2.compress(PLAIN["a.csv"].replace("a\n", "b\n").encode() + b"x" * 501))
    ingested, rejected = read_input(str(tmp_path))
    assert [item.article.id for item in ingested] == ["b", "a"]
    reasons = {Path(lost.origin).name: lost.reason for lost in rejected}
    assert "the limit for one document" in reasons.pop("bomb.txt.gz")
    assert list(reasons) == ["bomb.csv.bz2:3", "bomb.jsonl.xz:2"]
    assert all("the rest of the file is not read" in reason for reason in reasons.values())


def test_reading_ends_with_the_last_article_that_is_wanted(tmp_path: Path) -> None:
    rows = [{"text": TEXT}, {"text": None}, {"text": f"{TEXT} Again."}, {"text": None}]
    ingested, rejected = read_input(str(as_parquet(tmp_path / "a.parquet", rows)), limit=2)
    assert [item.article.id for item in ingested] == ["a-1", "a-3"]
    assert [lost.origin.rpartition(":")[2] for lost in rejected] == ["2"]


def outcomes(path: Path) -> Iterator[object]:
    return read_file(path, "a", choose({}))


def test_a_large_file_is_never_held_whole(tmp_path: Path) -> None:
    """One row group of 20,000 rows, 40 MB of text: what pyarrow holds at any time is a small part of it."""
    texts = [f"{n} " * 400 for n in range(20_000)]
    parquet.write_table(pa.table({"text": texts}), tmp_path / "a.parquet", compression="none", use_dictionary=False)
    assert (tmp_path / "a.parquet").stat().st_size > 40e6
    before, held, rows = pa.total_allocated_bytes(), 0, 0
    for _ in outcomes(tmp_path / "a.parquet"):
        rows += 1
        held = max(held, pa.total_allocated_bytes() - before) if rows % 100 == 0 else held
    assert rows == 20_000 and 0 < held < 10e6


STRINGS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.just(TEXT)
LISTS = st.none() | st.lists(STRINGS, max_size=3)
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "id": st.none() | st.sampled_from(["a", "b", " ", "c d"]),
            "text": st.none() | STRINGS | st.just(TEXT),
            "title": st.none() | STRINGS,
            "summary": LISTS,
            "highlights": LISTS,
            "headline": st.none() | STRINGS,
        }
    ),
    min_size=1,
    max_size=8,
)
SCHEMA = pa.schema(
    [(name, pa.list_(pa.string()) if name in ("summary", "highlights") else pa.string()) for name in
     ("id", "text", "title", "summary", "highlights", "headline")]
)  # fmt: skip


def _key(item: Ingested) -> object:
    article = item.article
    return article.id, article.text, article.title, article.origin.rpartition(":")[2], item.references


@settings(deadline=None, max_examples=50)
@given(ROWS)
def test_the_same_records_give_the_same_articles_from_every_kind_of_table(rows: list[Row]) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = [
            as_lines(folder / "a.jsonl", rows),
            as_parquet(folder / "a.parquet", rows, SCHEMA),
            as_arrow(folder / "a.arrow", rows, SCHEMA),
        ]
        found = [read_input(str(file)) for file in files]
    articles = [[_key(item) for item in ingested] for ingested, _ in found]
    reasons = [
        [lost.reason.partition("; its fields")[0].partition(" was taken")[0] for lost in rejected]
        for _, rejected in found
    ]
    assert articles[0] == articles[1] == articles[2] and reasons[0] == reasons[1] == reasons[2]
    assert len(articles[0]) + len(reasons[0]) == len(rows)
