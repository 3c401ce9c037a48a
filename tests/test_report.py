"""report.html: one file that shows everything of a run and trusts nothing in it."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from report_sample import ACROSS, FIRST, IMAGE, OVER, SCRIPT, SUMMARY, write_run

from pipeline.errors import InputError
from pipeline.report import view
from pipeline.report.html import render_report
from pipeline.report.lines import Line
from pipeline.report.marks import cut, flagged, paragraphs, trim
from pipeline.report.page import TEMPLATES
from pipeline.report.view import load_run

CREWS = "Crews worked all night"  # passage 1 of the second article


class Page(HTMLParser):
    """What a browser would make of the page: elements, attributes, text, and the text of each mark."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.ids: list[str] = []
        self.text = ""
        self.marked: dict[str, str] = {}
        self._mark: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        self.tags.append((tag, found))
        self.ids += [found["id"]] if "id" in found else []
        if tag == "mark":
            self._mark = found["data-p"].split()

    def handle_endtag(self, tag: str) -> None:
        if tag == "mark":
            self._mark = []

    def handle_data(self, data: str) -> None:
        self.text += data
        for number in self._mark:
            self.marked[number] = self.marked.get(number, "") + data


def labelled(line: Line, label: str) -> list[str]:
    return [part.text for part in line.parts if label in part.labels]


@pytest.fixture
def run_dir(tmp_path: Path) -> Path:
    return write_run(tmp_path / "spring")


@pytest.fixture
def html(run_dir: Path) -> str:
    return render_report(load_run(run_dir))


def test_the_page_shows_every_text_of_the_run(html: str) -> None:
    text = Page(html).text
    wanted = ["spring", "fake", "tiny/x", "Headline two", "River rose.", "Bullet one", f"Title {IMAGE}"]
    wanted += [
        "Reference summary",
        "Ref point B",
        "Key <b>point</b>",
        "Lost",
        "rejected by the guard",
        "Won candidate",
    ]
    wanted += ["bad.jsonl:3", "not JSON", "precis run x", "waiting", "path: https://example.org/feed"]
    wanted += [
        "rouge|v:1.0|seed:13",
        "no model here",
        "brand new:flag",
        "taken from the article as it stands",
    ]
    wanted += ["a number the article does not support: 77", "a number the article does not support: 99"]
    assert [part for part in wanted if part not in text] == []


def test_markup_in_articles_and_outputs_stays_text(html: str) -> None:
    page = Page(html)
    assert [tag for tag, _ in page.tags].count("script") == 1  # ours
    assert not [tag for tag, _ in page.tags if tag in ("img", "iframe", "object", "b-tag")]
    assert not [name for _, attrs in page.tags for name in attrs if name.startswith("on")]
    assert SCRIPT in page.text
    assert IMAGE in page.text


def test_nothing_is_loaded_from_elsewhere(html: str) -> None:
    page = Page(html)
    links = [attrs[name] for _, attrs in page.tags for name in ("src", "href") if name in attrs]
    assert {link for link in links if not link.startswith("#")} == {"data:,"}
    assert "url(" not in html
    assert "@import" not in html
    policy = next(a["content"] for _, a in page.tags if a.get("http-equiv") == "Content-Security-Policy")
    assert policy.startswith("default-src 'none'")
    assert "unsafe-inline" not in policy


def test_our_files_cannot_close_their_elements() -> None:
    for name in ("report.css", "report.js"):
        assert "</" not in (TEMPLATES / name).read_text(encoding="utf-8")


def test_the_style_asks_small_parts_of_the_page_only() -> None:
    """`:has()` on the body made a page of 500 articles take ten times as long to open."""
    css = re.sub(r"/\*.*?\*/", "", (TEMPLATES / "report.css").read_text(encoding="utf-8"), flags=re.DOTALL)
    assert set(re.findall(r"(\S*):has\(", css)) == {".bar", ".title"}


def test_a_run_of_many_articles_shows_fewer_candidates(run_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(view, "MANY", 1)
    monkeypatch.setattr(view, "SHOWN_OF_MANY", 0)
    text = Page(render_report(load_run(run_dir))).text
    assert "Lost 99 candidate" not in text
    assert "2 written, 1 chosen 1 × rejected by the guard" in text
    assert "and 1 more" in text


def test_every_link_on_the_page_has_its_target_and_ids_are_unique(html: str) -> None:
    page = Page(html)
    assert len(page.ids) == len(set(page.ids))
    targets = {attrs["href"][1:] for _, attrs in page.tags if attrs.get("href", "").startswith("#")}
    assert targets <= set(page.ids)


def test_marks_cover_exactly_the_supporting_text(html: str) -> None:
    marked = Page(html).marked
    assert marked == {"1": FIRST + CREWS, "2": OVER, "3": ACROSS.replace("\n\n", "")}


def test_sentences_and_their_evidence_numbers(run_dir: Path) -> None:
    piece = load_run(run_dir).pieces[0]
    lines = {line.key: line for block in piece.blocks for line in block.lines}
    assert {key: line.passages for key, line in lines.items()} == {
        "h1": (1,),
        "h2": (),
        "s1": (1, 2),
        "s2": (3,),
        "b1": (2,),
        "r1": (1,),
        "r2": (3,),
        "r3": (4,),
    }
    assert "".join(line.text + line.gap for key, line in lines.items() if key[0] == "s") == SUMMARY
    assert labelled(lines["s2"], "doubt") == ["77"]
    assert labelled(lines["r2"], "mended") == ["12"]
    assert piece.users[2] == ("s1", "b1")
    assert piece.quiet == {4}


def test_the_rewrite_is_shown_by_paragraphs_beside_what_it_was_written_from(html: str) -> None:
    page = html[html.index('class="rewrite"') :]
    rows = [Page(row).text.split() for row in page[: page.index("</section>")].split('class="pair"')[1:]]
    joined = [" ".join(row) for row in rows]
    assert joined[0].startswith("> River rose.1 12 crews worked.3 1 The 🛶 river")
    assert joined[1] == "> Nobody slept.4 4 Nobody slept."


def test_folders_of_the_machine_are_not_shown_with_an_article(html: str) -> None:
    assert "crews/article.md" in html
    assert "/home/someone" not in html


def test_a_run_with_the_required_files_only(tmp_path: Path) -> None:
    (tmp_path / "articles.jsonl").write_text('{"id": "a", "text": "One."}\n')
    (tmp_path / "outputs.jsonl").write_text('{"id": "a", "summary": {"text": "Uno."}}\n')
    run = load_run(tmp_path)
    assert run.scores is None
    assert run.counts == (("articles", 1), ("done", 1), ("quarantined", 0))
    assert "Uno." in Page(render_report(run)).text


def test_a_broken_line_is_named(run_dir: Path) -> None:
    with (run_dir / "outputs.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"id": "torn')
    with pytest.raises(InputError, match=r"outputs\.jsonl:3"):
        load_run(run_dir)
    with pytest.raises(InputError, match=r"articles\.jsonl is missing"):
        load_run(run_dir / "elsewhere")


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        ([], [("abcdef", ())]),
        ([(1, (0, 6))], [("abcdef", (1,))]),
        ([(1, (1, 4)), (2, (3, 5))], [("a", ()), ("bc", (1,)), ("d", (1, 2)), ("e", (2,)), ("f", ())]),
        ([(1, (2, 2)), (2, (4, 99))], [("abcd", ()), ("ef", (2,))]),
        ([(1, (0, 3)), (2, (0, 3))], [("abc", (1, 2)), ("def", ())]),
    ],
)
def test_cut(spans: list[tuple[int, tuple[int, int]]], expected: list[tuple[str, tuple[int, ...]]]) -> None:
    assert [(part.text, part.labels) for part in cut("abcdef", spans)] == expected


def test_spans_are_trimmed_and_each_starts_once() -> None:
    text = "One.\n\nTwo.\n\nThree."
    assert trim((4, 12), text) == (6, 10)
    assert trim((-3, 99), text) == (0, len(text))
    assert trim((4, 6), text) == (4, 4)
    starts = [n for paragraph in paragraphs(text, [(1, (0, 18)), (2, (6, 10))]) for s in paragraph for n in s.starts]
    assert starts == [1, 2]


def test_flags_mark_whole_numbers_only() -> None:
    text = "12 of 1,200 and 12.5 in 12, not 7."
    flags = ["unsupported:number:12", "fallback:extractive", "repaired:number:8->7", "verbatim"]
    assert flagged(text, flags) == [("doubt", (0, 2)), ("doubt", (24, 26)), ("mended", (32, 33))]


def test_the_html_table_has_the_numbers_and_says_what_is_not_scored(html: str) -> None:
    text = re.sub(r"\s+", " ", Page(html).text)
    assert "fake 40.00 35.00–44.00 41.00 36.00–45.00 43.00 38.00–47.00" in text
    assert "fake 25.00 20.00–29.00 not scored not scored" in text
