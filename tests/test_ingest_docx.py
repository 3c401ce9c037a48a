"""Word files, written with python-docx: paragraphs, titles, lists, tracked changes, and what is left out."""

from __future__ import annotations

import io
import json
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.oxml import parse_xml
from flow_sample import flow_config
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import decoding
from pipeline.errors import MissingExtra
from pipeline.ingest import docx as reader
from pipeline.ingest import read_input
from pipeline.ingest.documents import Document
from pipeline.ingest.docx import docx_document
from pipeline.job import run

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
FIRST, SECOND = "The only ferry to the island stopped on Monday.", "Repairs will cost £1.2m."


def written(*make: Callable[[Any], object], title: str = "") -> bytes:
    """A Word file to which each function has added something."""
    document = docx.Document()
    document.core_properties.title = title
    for add in make:
        add(document)
    made = io.BytesIO()
    document.save(made)
    return made.getvalue()


def text(words: str, style: str | None = None) -> Callable[[Any], object]:
    return lambda document: document.add_paragraph(words, style=style)


def heading(words: str, level: int = 1) -> Callable[[Any], object]:
    return lambda document: document.add_heading(words, level)


def xml(inner: str) -> Callable[[Any], object]:
    """A paragraph of this raw content."""
    return lambda document: document.element.body.insert(-1, parse_xml(f"<w:p {W}>{inner}</w:p>"))


def table(document: Any) -> None:
    document.add_table(2, 2).cell(0, 0).text = "a figure in a table"


def test_paragraphs_headings_and_lists() -> None:
    data = written(
        heading("Ferry halted", 0),
        text(FIRST),
        text(""),
        heading("What happens now"),
        text("A boat was hired", "List Bullet"),
        text("The hull is mended", "List Number"),
        text(SECOND),
    )
    body = f"{FIRST}\n\nWhat happens now\n\n- A boat was hired\n\n- The hull is mended\n\n{SECOND}"
    assert docx_document(data) == Document(body, "Ferry halted")


@pytest.mark.parametrize(
    ("parts", "given", "title", "first"),
    [
        ((heading("Ferry halted", 0), text(FIRST)), "Template", "Ferry halted", FIRST),
        ((heading("Ferry halted", 1), text(FIRST)), "", "Ferry halted", FIRST),
        ((heading("News", 1), text(FIRST)), "Ferry halted", "Ferry halted", "News"),
        ((text(FIRST), heading("Later", 1)), "", None, FIRST),
        ((text(FIRST),), "Ferry halted", "Ferry halted", FIRST),
        ((heading("Only a heading", 1),), "", None, "Only a heading"),
    ],
)
def test_titles(parts: tuple[Callable[[Any], object], ...], given: str, title: str | None, first: str) -> None:
    found = docx_document(written(*parts, title=given))
    assert (found.title, found.text.split("\n\n")[0]) == (title, first)


def test_what_is_left_out_is_flagged(tmp_path: Path) -> None:
    box = "<w:pict><w:txbxContent><w:p><w:r><w:t>in a box</w:t></w:r></w:p></w:txbxContent></w:pict>"
    note = '<w:footnoteReference w:id="2"/>'
    data = written(
        xml(f"<w:r><w:t>{FIRST}</w:t></w:r><w:r>{note}</w:r><w:r>{note}</w:r><w:r>{box}</w:r>"), table, text(SECOND)
    )
    (tmp_path / "ferry.docx").write_bytes(data)
    (item,), _ = read_input(str(tmp_path))
    assert item.article.text == f"{FIRST}\n\n{SECOND}"
    assert item.article.flags == ("left_out:2 footnotes, 1 text box, 1 table",)


def test_what_is_left_out_is_told_with_the_outputs(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "ferry.docx").write_bytes(written(text(f"{FIRST} {SECOND}"), table))
    done = run(flow_config(tmp_path / "in", tmp_path / "run"))
    (line,) = (done.path / "outputs.jsonl").read_text().splitlines()
    assert "left_out:1 table" in json.loads(line)["flags"]
    assert done.counts["flags"]["left_out"] == 1
    assert "a part of the document was not read: 1 table" in (done.path / "report.html").read_text()


def test_tracked_changes_are_accepted_and_links_and_controls_read() -> None:
    part = "<w:r><w:t>{}</w:t></w:r>"
    inserted, deleted = (
        f"<w:ins>{part.format('stopped ')}</w:ins>",
        "<w:del><w:r><w:delText>sank </w:delText></w:r></w:del>",
    )
    moved = f"<w:moveFrom>{part.format('away ')}</w:moveFrom>"
    link = f"<w:hyperlink>{part.format('on Monday')}</w:hyperlink>"
    control = f"<w:sdt><w:sdtContent>{part.format('.')}</w:sdtContent></w:sdt>"
    data = written(xml(f'<w:r><w:t xml:space="preserve">It </w:t></w:r>{inserted}{deleted}{moved}{link}{control}'))
    assert docx_document(data).text == "It stopped on Monday."


def _changed(name: str, change: Callable[[bytes], bytes | None]) -> bytes:
    """A Word file in which one part is another; None: it lacks it."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(written(text(FIRST)))) as old, zipfile.ZipFile(made, "w") as new:
        for entry in old.infolist():
            part = old.read(entry) if entry.filename != name else change(old.read(entry))
            if part is not None:
                new.writestr(entry, part)
    return made.getvalue()


def _without(name: str) -> bytes:
    return _changed(name, lambda _: None)


def _in_headers(offset: int, value: int) -> bytes:
    """A Word file with a byte set in the header of every member, in both places where an archive keeps it."""
    data = bytearray(written(text(FIRST)))
    for mark, more in ((b"PK\x03\x04", 0), (b"PK\x01\x02", 2)):
        at = data.find(mark)
        while at >= 0:
            data[at + offset + more] = value
            at = data.find(mark, at + 4)
    return bytes(data)


NAMELESS_STYLE = _changed("word/document.xml", lambda x: x.replace(b"<w:r>", b"<w:pPr><w:pStyle/></w:pPr><w:r>"))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"plain", "not a readable Word file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and more", "is encrypted, or a .doc file"),
        (_without("word/document.xml"), "not a readable Word file"),
        (_without("[Content_Types].xml"), "not a readable Word file"),
        (NAMELESS_STYLE, "not a readable Word file: required 'w:val' attribute"),
        (_in_headers(6, 1), "password required"),
        (_in_headers(4, 149), "not a readable Word file: zip file version 14.9"),
        (written(table), "no text outside tables"),
        (written(), "no text outside tables"),
    ],
)
def test_what_cannot_be_read_is_quarantined_with_the_reason(tmp_path: Path, data: bytes, reason: str) -> None:
    (tmp_path / "a.docx").write_bytes(data)
    _, (lost,) = read_input(str(tmp_path))
    assert (lost.id, lost.stage) == ("a", "ingest") and reason in lost.reason


def test_an_archive_that_unpacks_to_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "MOST_BYTES", 5_000)
    with pytest.raises(ValueError, match="the limit for one document"):
        docx_document(written(text(FIRST)))
    assert decoding.MOST_BYTES == 64 * 2**20


def test_without_python_docx_the_error_names_the_command(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "a.docx").write_bytes(written(text(FIRST)))
    monkeypatch.setitem(sys.modules, "docx", None)
    with pytest.raises(MissingExtra, match=r"pip install 'precis\[documents\]'"):
        read_input(str(tmp_path))


WHOLE = written(heading("Ferry halted", 0), text(FIRST))


@settings(deadline=None, max_examples=60)
@given(at=st.integers(0, len(WHOLE) - 1), cut=st.integers(0, 40), put=st.binary(max_size=12))
def test_a_damaged_file_is_read_or_refused(at: int, cut: int, put: bytes) -> None:
    try:
        assert docx_document(WHOLE[:at] + put + WHOLE[at + cut :]).text
    except ValueError as error:
        assert str(error)
