"""PDF files, written by the test: paragraphs, furniture, broken words, titles, and what cannot be read."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from pathlib import Path

import pypdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pdf_sample import Placed, lines, pdf

from pipeline.errors import MissingExtra
from pipeline.ingest import read_input
from pipeline.ingest.documents import Document
from pipeline.ingest.pdf import pdf_document
from pipeline.ingest.pdf_lines import joined

TITLE = "Ferry service halted after crack is found"
BODY = lines(
    "The only ferry to the island stopped running on Mon-",
    "day after engineers found a well-",
    "known crack in its hull, which had been seen before.",
    "",
    "Repairs will cost £1.2m, and a smaller boat was hired to carry",
    "food and medicine. The operator, a family firm, has run the",
)
REST = lines(
    "line since 1962 and says that nobody was hurt or left behind there.",
    "It ended.",
    "A new paragraph begins after a short line and is as long as the others.",
    "• first item",
    "• second item",
)
TEXT = """The only ferry to the island stopped running on Monday after engineers found a well-known crack in its hull, \
which had been seen before.

Repairs will cost £1.2m, and a smaller boat was hired to carry food and medicine. The operator, a family firm, has run \
the line since 1962 and says that nobody was hurt or left behind there. It ended.

A new paragraph begins after a short line and is as long as the others.

• first item

• second item"""


def page(number: int, body: list[Placed], heading: str = "") -> list[Placed]:
    """A page with a running head and a number at its foot."""
    head = [(72, 760, 9, f"Harbour Post | No. {number}"), (300, 40, 9, str(number))]
    return [*head, *lines(*filter(None, heading.split("|")), top=700, size=20, leading=24), *body]


def two_pages(title: str | None = None) -> bytes:
    return pdf(page(4, BODY, "Ferry service halted|after crack is found"), page(5, REST), title=title)


@pytest.mark.parametrize(
    ("metadata", "title"),
    [
        (TITLE, TITLE),
        (None, TITLE),
        ("Microsoft Word - ferry_v3.docx", TITLE),
        ("Template 2031", TITLE),
        ("Ferry service halted", "Ferry service halted"),
    ],
)
def test_paragraphs_and_title(metadata: str | None, title: str) -> None:
    assert pdf_document(two_pages(metadata)) == Document(TEXT, title)


def test_without_a_heading_the_title_is_that_of_the_metadata_unless_it_is_a_file_name() -> None:
    assert pdf_document(pdf(BODY, title=TITLE)).title == TITLE
    assert pdf_document(pdf(BODY, title="ferry.indd")).title is None
    assert pdf_document(pdf(BODY)).title is None


def test_an_article_read_from_a_file_bears_its_name(tmp_path: Path) -> None:
    (tmp_path / "ferry.PDF").write_bytes(two_pages())
    (item,), _ = read_input(str(tmp_path))
    assert (item.article.id, item.article.title) == ("ferry", TITLE)
    assert [s.paragraph for s in item.article.sentences] == [0, 1, 1, 1, 2, 3, 4]


def test_indented_paragraphs_and_wide_leading() -> None:
    set_wide = lines("The first line of it is long enough to be a line", "and so is the second one of them all, it is.")
    indented = lines("An indented line begins the next paragraph of the", "article, which goes on.", top=602)
    indented[0] = (90, *indented[0][1:])
    text = pdf_document(pdf([*set_wide, *indented])).text
    assert text.count("\n\n") == 1 and text.partition("\n\n")[2].startswith("An indented line")
    wide = lines(*(f"This is the line with the number {n} of a text set in wide" for n in range(5)), leading=24)
    assert "\n" not in pdf_document(pdf(wide)).text


def test_a_list_item_goes_on_below_its_text() -> None:
    item = lines("• An item that is so long that it needs a second", "line, which hangs.", "• The next item", top=640)
    item[1] = (90, *item[1][1:])
    text = pdf_document(pdf([*lines("The list holds two items, all of them short:", top=654), *item])).text
    _, first, second = text.split("\n\n")
    assert first == "• An item that is so long that it needs a second line, which hangs."
    assert second == "• The next item"


def test_a_line_of_the_text_that_recurs_elsewhere_on_a_page_is_no_running_head() -> None:
    said = "The ferry stopped again, as it had done before."
    first, second = lines(said, "More was said then.", top=600), lines("It sailed.", said, top=580)
    text = pdf_document(pdf(page(1, first), page(2, second))).text
    assert text.count(said) == 2 and "Harbour Post" not in text


def test_columns_are_read_one_after_the_other() -> None:
    left = lines("The left column holds the be-", "ginning of the sentence that", top=640)
    right = lines("the right one ends.", "", "And then there is one more.", top=640, x=320)
    text = pdf_document(pdf([*left, *right])).text
    assert text == (
        "The left column holds the beginning of the sentence that the right one ends.\n\nAnd then there is one more."
    )


@pytest.mark.parametrize(
    ("left", "right", "whole"),
    [
        ("the govern-", "ment said", "the government said"),
        ("a well-", "known man", "a well-known man"),
        ("a long-", "term plan", "a long-term plan"),
        ("a micro-", "scope", "a microscope"),
        ("in Rath-", "more today", "in Rathmore today"),
        ("the Franco-", "Prussian war", "the Franco-Prussian war"),
        ("pages 3-", "4 of it", "pages 3- 4 of it"),
        ("soft\u00ad", "ware", "software"),
        ("it -", "was", "it - was"),
        ("plain", "words", "plain words"),
    ],
)
def test_words_broken_at_line_ends(left: str, right: str, whole: str) -> None:
    assert joined(left, right, frozenset({"rathmore"})) == whole


def test_a_compound_that_stands_elsewhere_keeps_its_hyphen() -> None:
    assert joined("the re-", "sign law", frozenset({"re-sign"})) == "the re-sign law"
    assert joined("the re-", "sign law", frozenset()) == "the resign law"


def test_a_number_that_does_not_count_the_pages_stays() -> None:
    year = lines("The prize was won by a man who was born in the year", "1962", top=60)
    assert pdf_document(pdf(year)).text.endswith("year 1962")
    assert pdf_document(pdf([*BODY, (300, 30, 9, "Page 1 of 1")])).text == pdf_document(pdf(BODY)).text


def encrypted(password: str) -> bytes:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(two_pages()))
    writer.encrypt(user_password=password, owner_password="owner", algorithm="RC4-128")
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


def test_a_file_without_a_password_to_open_is_read() -> None:
    assert pdf_document(encrypted("")).text == TEXT


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (encrypted("secret"), "is encrypted"),
        (pdf([], []), "has no text on its 2 pages (scanned?)"),
        (b"%PDF-1.4\nnothing", "not a readable PDF file"),
        (b"", "not a readable PDF file"),
        (two_pages()[:900], "PDF file"),
    ],
)
def test_what_cannot_be_read_is_quarantined_with_the_reason(tmp_path: Path, data: bytes, reason: str) -> None:
    (tmp_path / "a.pdf").write_bytes(data)
    (tmp_path / "b.txt").write_text("The bridge shut on Monday.")
    (item,), (lost,) = read_input(str(tmp_path))
    assert item.article.id == "b" and (lost.id, lost.stage) == ("a", "ingest")
    assert reason in lost.reason


def test_pages_without_text_are_flagged(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(pdf(page(1, BODY), [], page(3, REST)))
    (item,), _ = read_input(str(tmp_path))
    assert item.article.flags == ("left_out:1 of 3 pages, without text",)


def shows(text: str, monkeypatch: pytest.MonkeyPatch) -> bytes:
    """A file whose fonts give this text."""
    place = [1.0, 0.0, 0.0, 1.0, 0.0, 0.0]

    def extract_text(_: object, visitor_text: Callable[..., None]) -> None:
        visitor_text(text, place, place, {}, 9)

    monkeypatch.setattr("pypdf.PageObject.extract_text", extract_text)
    return two_pages()


def test_ligatures_are_spelt_out(monkeypatch: pytest.MonkeyPatch) -> None:
    assert pdf_document(shows("a ﬁrst oﬃce", monkeypatch)).text == "a first office a first office"


def test_fonts_without_a_meaning_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValueError, match="do not say which characters"):
        pdf_document(shows("\ue001\ue002 ab", monkeypatch))


def test_without_pypdf_the_error_names_the_command(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "pypdf", None)
    (tmp_path / "a.pdf").write_bytes(two_pages())
    with pytest.raises(MissingExtra, match=r"pip install 'precis\[documents\]'"):
        read_input(str(tmp_path))


WHOLE = two_pages(TITLE)


@settings(deadline=None, max_examples=60)
@given(at=st.integers(0, len(WHOLE) - 1), cut=st.integers(0, 40), put=st.binary(max_size=12))
def test_a_damaged_file_is_read_or_refused(at: int, cut: int, put: bytes) -> None:
    try:
        assert pdf_document(WHOLE[:at] + put + WHOLE[at + cut :]).text
    except ValueError as error:
        assert str(error)


WORDS = st.lists(
    st.sampled_from("The ferry stopped near Marle when a crack was found by three men".split()), min_size=4
)


@settings(deadline=None, max_examples=40)
@given(st.lists(st.lists(WORDS.map(" ".join), min_size=1, max_size=6), min_size=1, max_size=4))
def test_no_word_is_lost_or_added(pages: list[list[str]]) -> None:
    distinct = [[f"{text} x{'abcd'[p]}{'abcdef'[n]}" for n, text in enumerate(page)] for p, page in enumerate(pages)]
    said = pdf_document(pdf(*(lines(*page) for page in distinct))).text.split()
    assert said == [word for page in distinct for line in page for word in line.split()]


def test_pages_that_are_alike_are_no_furniture() -> None:
    same = lines("The same line is all there is on every page.")
    assert pdf_document(pdf(same, same)).text
