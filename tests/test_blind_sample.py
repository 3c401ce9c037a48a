"""The blind reading: what the sheets hold, what is refused, and the document made of the verdicts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import blind_sample
import pytest
from bench.blind import reading
from bench_sample import write_data

from pipeline.errors import InputError
from pipeline.files import read_jsonl, write_jsonl


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sheets of three articles, by the fake engine."""
    root = tmp_path_factory.mktemp("blind")
    data = write_data(root / "data")
    options = ["--data", str(data), "--n", "3", "--out", str(root / "out"), "--set", "engine.name=fake"]
    assert blind_sample.main(options) == 0
    first = (root / "out" / "sheet.jsonl").read_bytes()
    assert blind_sample.main(options) == 0
    assert (root / "out" / "sheet.jsonl").read_bytes() == first
    return root / "out"


@pytest.fixture
def records(folder: Path) -> list[dict[str, Any]]:
    """The sheet, all answers yes."""
    found = list(read_jsonl(folder / "sheet.jsonl"))
    for record in found:
        for verdict in (record["verdicts"]["headline"], *record["verdicts"]["summary"]):
            assert verdict == {"grammatical": None, "true": None}
            verdict.update(grammatical=True, true=True)
    return found


def test_the_sheet_has_articles_and_outputs_and_no_reference(folder: Path, records: list[dict[str, Any]]) -> None:
    assert len({record["id"] for record in records}) == 3
    page = (folder / "sheet.md").read_text()
    for record in records:
        assert record["article"] in page
        assert record["headlines"]
        assert len(record["verdicts"]["summary"]) == len(record["summary"]) > 0
        assert "Another subject" not in json.dumps(record)


def test_verdicts_become_a_document_without_article_text(records: list[dict[str, Any]]) -> None:
    records[0]["verdicts"]["headline"]["true"] = False
    records[1]["verdicts"]["summary"][0] = {"grammatical": False, "true": False}
    records[0]["reason"] = records[1]["reason"] = "wrong | so"
    text = reading(records, "a test")
    assert "| **first headline grammatical and true** | 2 of 3: 66.7 % (20.8–93.9) |" in text
    assert "| first headline grammatical | 3 of 3" in text
    assert "| every summary sentence true | 2 of 3" in text
    assert f"| {records[0]['id']} | false | " in text
    assert "form + false" in text
    assert "wrong \\| so" in text
    assert "Read by: a test." in text
    assert not any(record["article"][:40] in text for record in records)


def test_an_output_that_is_not_there_counts_as_a_no(records: list[dict[str, Any]]) -> None:
    records[0]["verdicts"]["summary"] = []
    assert "| every summary sentence true | 2 of 3" in reading(records, "a test")


def test_sheets_that_are_not_filled_or_quote_are_refused(records: list[dict[str, Any]]) -> None:
    records[0]["verdicts"]["headline"]["true"] = None
    records[1]["verdicts"]["headline"]["true"] = False
    records[2]["reason"] = " ".join(records[2]["article"].split()[:9])
    with pytest.raises(InputError) as error:
        reading(records, "a test")
    for record, what in zip(records, ("neither true nor false", "no reason", "quotes more than 8"), strict=True):
        assert f"{record['id']}: " in str(error.value)
        assert what in str(error.value)
    with pytest.raises(InputError, match="empty"):
        reading([], "a test")
    with pytest.raises(InputError, match="lacks article"):
        reading([{"id": "a"}], "a test")


def test_collect_writes_the_document(folder: Path, records: list[dict[str, Any]], tmp_path: Path) -> None:
    write_jsonl(tmp_path / "filled.jsonl", records)
    document = tmp_path / "reading.md"
    options = ["--collect", str(tmp_path / "filled.jsonl"), "--write", str(document)]
    assert blind_sample.main([*options, "--reader", "a test"]) == 0
    assert document.read_text() == reading(records, "a test")
    assert blind_sample.main(["--collect", str(folder / "sheet.jsonl"), "--reader", "x", "--write", str(document)]) == 2
    with pytest.raises(SystemExit):
        blind_sample.main(options)


def test_sheets_stay_out_of_the_repository(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = str(folder.parent / "data")
    assert blind_sample.main(["--data", data, "--out", str(blind_sample.ROOT / "docs" / "x")]) == 2
    assert "outside the repository" in capsys.readouterr().err
    assert not (blind_sample.ROOT / "docs" / "x").exists()
    assert blind_sample.main(["--data", data, "--n", "99", "--out", str(folder.parent / "more")]) == 2
