"""Ingest: every kind of input, and that nothing is lost without a quarantine entry."""

from __future__ import annotations

import gzip
import io
import json
import lzma
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import InputError
from pipeline.ingest import read_input
from pipeline.records import References

TEXT = "The bridge shut on Monday. Nobody minded."
PAGE = """<!doctype html><html><head><meta charset="utf-8"><title>Ferry service halted</title></head><body>
<nav><ul><li><a href="/">Home</a></li><li><a href="/news">News</a></li></ul></nav>
<article><h1>Ferry service halted</h1>
<aside><h2>Key points</h2><ul><li>The ferry stopped on Monday</li><li>Repairs cost £1.2m</li></ul></aside>
<p>The only ferry to the island stopped running on Monday after engineers found a crack in its hull, the operator
said. It will be out of service for at least three weeks.</p>
<p>Repairs will cost £1.2m, and a smaller boat was hired to carry food &amp; medicine. Nobody had been told.</p>
<p>“We heard it on the radio,” said Nora Quill, who runs the island's only shop. She has two days of milk left.</p>
</article><footer>Copyright Harbour Post. Terms of use apply.</footer></body></html>"""


def _write(path: Path, content: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
    return path


def _lines(*records: object) -> str:
    return "".join(f"{record if isinstance(record, str) else json.dumps(record)}\n" for record in records)


def test_text_file(tmp_path: Path) -> None:
    file = _write(tmp_path / "bridge.txt", "\ufeff" + TEXT + "\r\n")
    (item,), rejected = read_input(str(file))
    assert (item.article.id, item.article.text, item.article.origin) == ("bridge", TEXT, str(file))
    assert item.references is None and rejected == []


def test_markdown_file(tmp_path: Path) -> None:
    raw = "# Bridge **shut**\n\n![map](m.png)\nThe [old](http://a.b) bridge *shut*. <!-- x -->\n\n> 5 * 3 * 2_a_b\n"
    (item,), _ = read_input(str(_write(tmp_path / "a.MD", raw)))
    assert item.article.title == "Bridge shut"
    assert item.article.text == "The old bridge shut.\n\n5 * 3 * 2_a_b"


@pytest.mark.parametrize("use", ["reference", "keep", "drop"])
def test_html_file(tmp_path: Path, use: str) -> None:
    file = _write(tmp_path / "ferry.html", PAGE)
    (item,), _ = read_input(str(file), key_points=use)  # type: ignore[arg-type]
    article = item.article
    assert article.title == "Ferry service halted"
    assert "She has two days of milk left." in [sentence.text for sentence in article.sentences]
    assert not [word for word in ("Home", "Copyright", "Ferry service halted") if word in article.text]
    assert ("- Repairs cost £1.2m" in article.text) == (use == "keep")
    points = ("The ferry stopped on Monday", "Repairs cost £1.2m")
    assert item.references == (References(bullets=(points,)) if use == "reference" else None)


def test_html_in_another_encoding_needs_a_declaration(tmp_path: Path) -> None:
    declared = PAGE.replace('charset="utf-8"', 'charset="windows-1252"').encode("windows-1252")
    _write(tmp_path / "declared.html", declared)
    _write(tmp_path / "silent.html", declared.replace(b"windows-1252", b"utf-8"))
    (item,), (lost,) = read_input(str(tmp_path))
    assert item.article.id == "declared" and "£1.2m" in item.article.text
    assert lost.id == "silent" and "declared encoding" in lost.reason


def test_folder_of_articles_with_references(tmp_path: Path) -> None:
    _write(tmp_path / "README.md", "# About\n\nNot an article.")
    _write(tmp_path / "notes.txt", "Not an article either.")
    _write(tmp_path / "b" / "article.md", f"# B\n\nKey points\n- It shut\n- Quietly\n\n{TEXT}")
    _write(tmp_path / "a" / "deep" / "article.txt", TEXT)
    _write(tmp_path / ".git" / "article.md", TEXT)
    _write(
        tmp_path / "b" / "references.yaml",
        "summary: [It “shut”.]\nbullets:\n- [one, two]\nheadline: [H, I]\n",
    )
    ingested, rejected = read_input(str(tmp_path))
    assert [item.article.id for item in ingested] == ["a/deep", "b"] and rejected == []
    assert ingested[0].references is None
    expected = References(('It "shut".',), (("one", "two"), ("It shut", "Quietly")), ("H", "I"))
    assert ingested[1].references == expected
    alone = read_input(str(tmp_path / "b" / "article.md"))[0], read_input(str(tmp_path / "b"))[0]
    assert [[item.article.id for item in items] for items in alone] == [["b"], ["b"]]
    assert all(items[0].references == expected for items in alone)


def test_folder_without_article_files_takes_every_known_kind(tmp_path: Path) -> None:
    _write(tmp_path / "x.txt", TEXT)
    _write(tmp_path / "sub" / "y.jsonl", _lines({"text": TEXT}, {"id": "own", "text": TEXT}))
    _write(tmp_path / "readme.txt", "How to use this.")
    _write(tmp_path / "picture.png", b"\x89PNG")
    ingested, _ = read_input(str(tmp_path))
    assert [item.article.id for item in ingested] == ["sub/y-1", "own", "x"]


@pytest.mark.parametrize(
    ("yaml", "reason"),
    [
        ("summaries: [x]", "unknown key 'summaries'"),
        ("summary: {a: b}", "summary should be a text or a list of texts"),
        ("headline: [1]", "headline should be"),
        ("bullets: [one, [two]]", "bullets should be a list"),
        ("summary: [x", "not valid YAML"),
        ("- x", "should map"),
        ("summary: [x]\nsummary: [y]", "given twice"),
    ],
)
def test_wrong_references_quarantine_the_article(tmp_path: Path, yaml: str, reason: str) -> None:
    _write(tmp_path / "a" / "article.md", TEXT)
    _write(tmp_path / "a" / "references.yaml", yaml)
    ingested, (lost,) = read_input(str(tmp_path))
    assert ingested == [] and (lost.id, lost.stage) == ("a", "ingest")
    assert reason in lost.reason and lost.reason.startswith("references.yaml")


def test_jsonl_keeps_good_records_and_names_the_line_of_each_fault(tmp_path: Path) -> None:
    file = _write(
        tmp_path / "news.jsonl",
        _lines(
            {"id": "a", "text": TEXT, "title": "T", "headline": "H", "summary": ["S"], "bullets": ["x", "y"]},
            '{"id": "b", "text": "cut off',
            "",
            {"id": 7, "document": TEXT, "headlines": ["H", "I"], "highlights": "x\ny", "source": 1},
            ["not", "an", "object"],
            {"id": "c"},
            {"id": "d", "text": 5},
            {"id": "a", "text": "Another text."},
            {"body": TEXT, "bullets": [["x"], ["y", "z"]], "key_points": ["k"]},
            {"id": "e", "text": TEXT, "summary": {"a": 1}},
            {"id": "f", "text": " \u200b"},
            {"id": True, "text": TEXT},
            {"id": "g", "text": f"{TEXT} \ud800"},
            {"id": "h", "text": TEXT, "title": 3},
            '{"id": "i", "text": "caf\\u00e9"}',
        ).encode("utf-8", "surrogatepass")
        + b'{"id": "j", "text": "caf\xe9"}\n',
    )
    ingested, rejected = read_input(str(file))
    by_id = {item.article.id: item for item in ingested}
    assert list(by_id) == ["a", "7", "news-9", "g", "i"]
    assert by_id["a"].references == References(("S",), (("x", "y"),), ("H",))
    assert by_id["a"].article.title == "T" and by_id["a"].article.origin == f"{file}:1"
    assert by_id["7"].references == References(("x\ny",), (("x", "y"),), ("H", "I"))
    assert by_id["news-9"].references == References(bullets=(("x",), ("y", "z"), ("k",)))
    assert by_id["g"].article.text == f"{TEXT} \ufffd"
    reasons = {int(lost.origin.rpartition(":")[2]): lost.reason for lost in rejected}
    assert sorted(reasons) == [2, 5, 6, 7, 8, 10, 11, 12, 14, 16]
    for line, reason in {
        2: "not valid JSON",
        5: "JSON object",
        6: "has no text",
        7: "the text should be text",
        8: f"the id 'a' was taken by {file}:1",
        10: "summary should be",
        11: "no text",
        12: "id should be",
        14: "title should be text",
        16: "not UTF-8",
    }.items():
        assert reason in reasons[line]
    assert {lost.retry for lost in rejected} == {f"precis run --input {file}"}
    assert {lost.stage for lost in rejected} == {"ingest"}


@pytest.mark.parametrize(("suffix", "pack"), [(".gz", gzip.compress), (".xz", lzma.compress)])
def test_packed_jsonl(tmp_path: Path, suffix: str, pack: object) -> None:
    whole = pack(_lines({"text": TEXT}, {"text": TEXT}).encode())  # type: ignore[operator]
    ingested, rejected = read_input(str(_write(tmp_path / f"n.jsonl{suffix}", whole)))
    assert [item.article.id for item in ingested] == ["n-1", "n-2"] and rejected == []
    _, rejected = read_input(str(_write(tmp_path / f"cut.jsonl{suffix}", whole[:-9])))
    assert "ended before" in rejected[0].reason
    _, rejected = read_input(str(_write(tmp_path / f"no.jsonl{suffix}", b"plain")))
    assert len(rejected) == 1


def test_json_file(tmp_path: Path) -> None:
    many = _write(tmp_path / "many.json", json.dumps([{"text": TEXT}, 5, {"id": "x", "content": TEXT}]))
    ingested, (lost,) = read_input(str(many))
    assert [item.article.id for item in ingested] == ["many-1", "x"] and lost.origin == f"{many}:2"
    assert len(read_input(str(_write(tmp_path / "one.json", json.dumps({"text": TEXT}))))[0]) == 1
    assert "Expecting" in read_input(str(_write(tmp_path / "bad.json", "{")))[1][0].reason


def test_csv_file(tmp_path: Path) -> None:
    rows = (
        (
            "\ufeffid,Text,title,headline,bullets\r\n"
            f'a,"{TEXT}\nSecond ""line"".",T,H,"[""x"", ""y""]"\r\n'
            "b,too few\r\n"
            ",,,,\r\n"
            f",{TEXT},,,\r\n"
            "c,,T,,\r\n"
        ).encode()
        + b"d,caf\xe9,,,\r\n"
        + f"e,{'long ' * 40_000}end.,,,\r\n".encode()
    )
    file = _write(tmp_path / "t.csv", rows + b'f,"never closed,,,\r\ng,x,,,\r\n')
    ingested, rejected = read_input(str(file))
    assert [item.article.id for item in ingested] == ["a", "t-6", "e"]
    assert ingested[0].article.text == f'{TEXT}\nSecond "line".'
    assert ingested[0].references == References(bullets=(("x", "y"),), headline=("H",))
    assert [lost.origin.rpartition(":")[2] for lost in rejected] == ["4", "7", "8", "10"]
    reasons = ("2 cells where the header has 5", "has no text", "not UTF-8", "not valid CSV")
    assert all(reason in lost.reason for reason, lost in zip(reasons, rejected, strict=True))


@pytest.mark.parametrize(("header", "reason"), [("id,words", "there are: id, words"), ("text,text", "same name")])
def test_csv_header_that_cannot_be_used(tmp_path: Path, header: str, reason: str) -> None:
    file = _write(tmp_path / "t.csv", f"{header}\na,b\n")
    with pytest.raises(InputError, match=reason):
        read_input(str(file))
    _write(tmp_path / "good.txt", TEXT)
    (item,), (lost,) = read_input(str(tmp_path))
    assert item.article.id == "good" and (lost.origin, lost.id) == (str(file), None) and reason in lost.reason


def test_stdin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(f"# T\n\n{TEXT}".encode())))
    (item,), _ = read_input("-")
    assert (item.article.id, item.article.title, item.article.origin) == ("stdin", "T", "<stdin>")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"caf\xe9")))
    assert read_input("-")[1][0].origin == "<stdin>"


def test_files_that_cannot_be_read_are_quarantined(tmp_path: Path) -> None:
    _write(tmp_path / "latin.txt", b"caf\xe9")
    _write(tmp_path / "empty.md", "")
    (tmp_path / "gone.txt").symlink_to(tmp_path / "nowhere")
    _write(tmp_path / "it's good.txt", TEXT)
    (tmp_path / "gone.csv").symlink_to(tmp_path / "nowhere")
    ingested, rejected = read_input(str(tmp_path))
    assert [item.article.id for item in ingested] == ["it's good"]
    reasons = {Path(lost.origin).name: lost.reason for lost in rejected}
    assert "byte 0xe9 at offset 3" in reasons["latin.txt"] and "no text" in reasons["empty.md"]
    assert "No such file" in reasons["gone.txt"] and "No such file" in reasons["gone.csv"]


def test_two_files_with_one_id(tmp_path: Path) -> None:
    _write(tmp_path / "a.md", TEXT)
    _write(tmp_path / "a.txt", TEXT)
    (item,), (lost,) = read_input(str(tmp_path))
    assert item.article.origin.endswith("a.md") and "was taken by" in lost.reason


@pytest.mark.parametrize("name", ["missing", "folder", "a.rtf", "empty.jsonl"])
def test_unusable_input_is_an_error(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    _write(tmp_path / "a.rtf", b"{\\rtf1}")
    _write(tmp_path / "empty.jsonl", "\n \n")
    with pytest.raises(InputError):
        read_input(str(tmp_path / name))


JSON = st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.lists(st.text(max_size=3), max_size=2)
FIELDS = st.sampled_from(["id", "text", "document", "title", "summary", "bullets", "headline", "key_points", "x"])
RECORDS = st.dictionaries(FIELDS, JSON | st.lists(JSON, max_size=2), max_size=5).map(json.dumps)
LINES = st.lists(RECORDS | RECORDS.map(lambda line: line[:-2]) | st.just('{"text": "A b."}') | st.text(max_size=8))


@settings(deadline=None, max_examples=60)
@given(LINES)
def test_no_line_is_lost(lines: list[str]) -> None:
    data = "\n".join(line.replace("\n", " ") for line in lines).encode("utf-8", "surrogatepass")
    records = [line for line in data.split(b"\n") if line.strip()]
    with tempfile.TemporaryDirectory() as folder:
        file = _write(Path(folder, "f.jsonl"), data)
        if not records:
            with pytest.raises(InputError):
                read_input(str(file))
            return
        ingested, rejected = read_input(str(file))
    assert len(ingested) + len(rejected) == len(records)
    assert len({item.article.id for item in ingested}) == len(ingested)
    for item in ingested:
        repr(item).encode("utf-8")
