"""Web pages: encodings, titles, lines that are no article, and pages that hold none."""

from __future__ import annotations

import codecs
from pathlib import Path

import pytest

from pipeline.ingest import read_input
from pipeline.ingest.web import html_document
from pipeline.ingest.web_lines import article_lines, is_stamp

PARAGRAPHS = (
    "The only ferry to the island stopped running on Monday after engineers found a crack in its hull, the operator "
    "said. It will be out of service for at least three weeks.",
    "Repairs will cost £1.2m, and a smaller boat was hired to carry food and medicine. Nobody had been told.",
    "“We heard it on the radio,” said Nora Quill, who runs the island’s only shop. She has two days of milk left.",
)
STORY = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
ARTICLE = f"""<article><h1>Ferry service halted</h1><p class="date">Published 3 March 2031, 10:14 GMT</p>
<p>March 3, 2031</p>{STORY}<p><a href="/boats">More about boats</a></p><p>Last updated: 4 March 2031</p></article>"""


def page(body: str, head: str = "") -> str:
    return f"""<!doctype html><html><head><title>Ferry service halted | Harbour Post</title>{head}</head><body>
<nav><ul><li><a href="/">Home</a></li><li><a href="/news">News</a></li></ul></nav>
<div class="cookies"><p>We use cookies to improve your experience. By reading on you accept it.</p></div>
{body}<footer>Copyright Harbour Post. Terms of use apply.</footer></body></html>"""


def test_the_heading_dates_and_lone_links_are_no_part_of_the_text() -> None:
    found = html_document(page(ARTICLE).encode())
    assert found.title == "Ferry service halted"
    assert found.text.strip().split("\n") == list(PARAGRAPHS)


def test_a_title_of_its_own_for_sharing_leaves_no_heading_behind() -> None:
    found = html_document(page(ARTICLE, '<meta property="og:title" content="Ferry stops after crack">').encode())
    assert found.title == "Ferry stops after crack"
    assert found.text.strip().split("\n") == list(PARAGRAPHS)


def test_a_link_that_is_a_sentence_stays() -> None:
    lines = [*PARAGRAPHS, "More about boats"]
    assert article_lines("\n".join(lines), lines, ()) == list(PARAGRAPHS)


@pytest.mark.parametrize(
    ("declared", "encoding"),
    [
        ('<meta charset="utf-8">', "utf-8"),
        ("", "utf-8"),
        ("", "utf-8-sig"),
        ('<meta charset="windows-1252">', "cp1252"),
        ('<meta charset="iso-8859-1">', "cp1252"),
        ('<meta http-equiv="Content-Type" content="text/html; charset=ISO-8859-1">', "cp1252"),
        ('<meta charset="us-ascii">', "cp1252"),
        ('<meta charset="GB2312">', "gb18030"),
        ('<meta charset="utf-16">', "utf-16"),
        ("", "utf-16"),
    ],
)
def test_encodings(declared: str, encoding: str) -> None:
    assert html_document(page(ARTICLE, declared).encode(encoding)).text.strip().split("\n") == list(PARAGRAPHS)


def test_a_big_endian_page_and_one_with_an_xml_declaration() -> None:
    big = codecs.BOM_UTF16_BE + page(ARTICLE).encode("utf-16-be")
    xml = b'<?xml version="1.0" encoding="windows-1252"?>' + page(ARTICLE).encode("cp1252")
    for data in (big, xml):
        assert html_document(data).text.strip().split("\n") == list(PARAGRAPHS)


@pytest.mark.parametrize("declared", ["", '<meta charset="nonsense">', '<meta charset="utf-8">'])
def test_an_encoding_is_never_guessed(declared: str) -> None:
    with pytest.raises(ValueError, match="not UTF-8 text|declared encoding"):
        html_document(page(ARTICLE, declared).encode("cp1252"))


LISTED = "".join(f"<li><a href='/{n}'>Headline number {n} about something that happened</a></li>" for n in range(30))
MISSING = """<main><h1>Page not found</h1><p>Sorry, the page you are looking for does not exist. It may have moved.</p>
<p><a href='/'>Go to the homepage</a></p></main>"""


@pytest.mark.parametrize(
    "body",
    [
        "",
        f"<main><ul>{LISTED}</ul></main>",
        MISSING,
        "<main><h1>Before you continue</h1><p>We and our partners store and read cookies, and process data.</p></main>",
        "<div id='root'></div><noscript>You need to enable JavaScript to run this app.</noscript>",
        "<main><h1>Ferry halted</h1><p>This article is for subscribers only. Log in or subscribe to go on.</p></main>",
    ],
)
def test_a_page_without_an_article_is_quarantined(tmp_path: Path, body: str) -> None:
    (tmp_path / "a.html").write_text(page(body))
    _, (lost,) = read_input(str(tmp_path))
    assert (lost.id, lost.stage) == ("a", "ingest")
    assert "no article" in lost.reason


def test_an_article_about_cookies_is_one() -> None:
    about = "<p>The regulator said on Monday that sites may store cookies only with consent.</p>"
    story = (
        f"<article><h1>Consent</h1>{about}<p>Two firms were fined, and one of them will appeal the fine.</p></article>"
    )
    assert "will appeal" in html_document(page(story).encode()).text


@pytest.mark.parametrize(
    ("line", "stamp"),
    [
        ("Published 3 March 2031, 10:14 GMT", True),
        ("Updated: Mon 3rd Mar 2031 at 9:05 p.m. ET", True),
        ("2031-03-03T10:14:00Z", True),
        ("5 min read", True),
        ("3 hours ago", True),
        ("March", False),
        ("Updated", False),
        ("On 3 March 2031 it sank.", False),
        ("The 3 of us", False),
        ("It may last 5 hours, they say", False),
    ],
)
def test_times_of_publication(line: str, stamp: bool) -> None:
    assert is_stamp(line) is stamp
