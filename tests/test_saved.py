"""Readers of saved outputs and references."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import InputError
from pipeline.metrics.texts import Outputs
from pipeline.records import Prose, References
from pipeline.saved import read_articles, read_files, read_outputs, read_references, read_run
from pipeline.score import score


def jsonl(path: Path, *records: Any) -> Path:
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return path


def text_file(path: Path, text: str) -> Path:
    path.write_bytes(text.encode())
    return path


def test_a_run_directory(tmp_path: Path) -> None:
    passage: dict[str, Any] = {"evidence": [], "flags": []}
    summary = {"text": "One. Two.", "sentences": [[0, 4], [5, 9]], "evidence": [[], []], "flags": []}
    jsonl(
        tmp_path / "outputs.jsonl",
        {
            "id": "a", "summary": summary, "bullets": [{"text": "b", **passage}],
            "headlines": [{"text": "h", **passage}], "engine": "embedded|x:1",
        },
    )  # fmt: skip
    jsonl(
        tmp_path / "references.jsonl",
        {"id": "a", "summary": ["r"], "bullets": [["p", "q"], ["s"]], "headline": ["h"]},
    )
    jsonl(
        tmp_path / "articles.jsonl", {"id": "a", "sha256": "0", "text": "One here. Two there.", "title": None}
    )
    saved = read_run(tmp_path)
    assert saved.engine == "embedded"
    assert saved.outputs == {"a": Outputs(Prose("One. Two.", ((0, 4), (5, 9)), ()), ("b",), ("h",), None)}
    assert saved.references == {"a": References(("r",), (("p", "q"), ("s",)), ("h",))}
    assert saved.articles is not None
    assert [s.text for s in saved.articles["a"].sentences] == ["One here.", "Two there."]
    assert read_files(tmp_path, tmp_path).articles == read_articles(tmp_path)
    assert score(saved.outputs, saved.references, saved.articles, engine=saved.engine, samples=100)["systems"]


def test_a_run_without_references_or_articles(tmp_path: Path) -> None:
    jsonl(tmp_path / "outputs.jsonl", {"id": "a", "summary": "s"})
    saved = read_run(tmp_path)
    assert (saved.references, saved.articles) == ({}, None)


def test_simple_jsonl(tmp_path: Path) -> None:
    path = jsonl(
        tmp_path / "o.jsonl", {"id": 7, "summary": "s", "bullets": ["b"], "headlines": ["h"], "rewrite": "w"}
    )
    assert read_outputs(path) == {"7": Outputs(Prose("s", (), ()), ("b",), ("h",), Prose("w", (), ()))}
    path = jsonl(tmp_path / "r.jsonl", {"id": "7", "summary": "s", "bullets": ["b", "c"], "headline": "h"})
    assert read_references(path) == {"7": References(("s",), (("b", "c"),), ("h",))}


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("summary", Outputs(summary=Prose("x y", (), ()))),
        ("bullets", Outputs(bullets=("x y",))),
        ("headlines", Outputs(headlines=("x y",))),
        ("rewrite", Outputs(rewrite=Prose("x y", (), ()))),
    ],
)
def test_plain_text(tmp_path: Path, kind: Any, expected: Outputs) -> None:
    path = text_file(tmp_path / "o.txt", "x y\r\n\nz\u2028z\n")
    read = read_outputs(path, kind)
    assert list(read) == ["1", "2", "3"]
    assert read["1"] == expected
    assert list(read_references(path, kind)) == ["1", "2", "3"]


def test_unequal_line_counts_are_refused(tmp_path: Path) -> None:
    one, two = text_file(tmp_path / "one.txt", "a\n"), text_file(tmp_path / "two.txt", "a\nb\n")
    with pytest.raises(InputError, match="1 outputs .* 2 references"):
        read_files(one, two)
    assert read_files(two, two, engine="mine").engine == "mine"


def test_an_empty_line_is_an_empty_prediction(tmp_path: Path) -> None:
    own, expected = text_file(tmp_path / "o.txt", "a b\n\n"), text_file(tmp_path / "r.txt", "a b\nc\n")
    saved = read_files(own, expected, kind="headlines")
    result = score(saved.outputs, saved.references, saved.articles, engine=saved.engine, samples=100)
    assert result["empty"]["headlines"] == ["2"]
    assert result["systems"]["o"]["headlines"]["rouge1"]["f"] == 0.5


@pytest.mark.parametrize(
    ("record", "message"),
    [
        ({"summary": "s"}, r"o\.jsonl:1: its id is None"),
        ({"id": True, "summary": "s"}, "its id is True"),
        ({"id": "a"}, "'a'.*none of the fields"),
        ({"id": "a", "summary": 3}, "'a'.*'summary' holds 3"),
        ({"id": "a", "summary": float("nan")}, "'summary' holds nan"),
        ({"id": "a", "bullets": ["x", None]}, "'bullets' holds None"),
        ({"id": "a", "summary": {"text": "ab", "sentences": [[0, 9]]}}, r"\[0, 9\] outside its 2"),
        ({"id": "a", "summary": {"text": "ab", "sentences": "no"}}, "'summary'"),
        ({"id": "a", "summary": {"text": "ab", "sentences": 5}}, "'summary' has 5 where a list of spans"),
    ],
)
def test_bad_outputs_name_the_record(tmp_path: Path, record: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_outputs(jsonl(tmp_path / "o.jsonl", record))


def test_bad_references_name_the_record(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="mixes lists"):
        read_references(jsonl(tmp_path / "r.jsonl", {"id": "a", "bullets": ["x", ["y"]]}))


def test_duplicates_and_missing_files_are_refused(tmp_path: Path) -> None:
    path = jsonl(tmp_path / "o.jsonl", {"id": "a", "summary": "s"}, {"id": "a", "summary": "t"})
    with pytest.raises(InputError, match=r"o\.jsonl:2: .*'a' occurs twice, first in line 1"):
        read_outputs(path)
    with pytest.raises(InputError, match="no file"):
        read_run(tmp_path)
    (tmp_path / "latin.txt").write_bytes(b"caf\xe9\n")
    with pytest.raises(InputError, match="not UTF-8"):
        read_outputs(tmp_path / "latin.txt")
