"""Normalisation, language and the making of an Article."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import InputError
from pipeline.text.article import make_article
from pipeline.text.language import detect_language, identified, looks_english
from pipeline.text.normalise import normalise

# Lines that the rules look at, mixed with anything Unicode has.
PIECES = st.sampled_from(
    [
        "- ",
        "-",
        "\n",
        "\n\n",
        "\r\n",
        "  ",
        "\t",
        "&amp;",
        "&#8217;",
        "&nbsp;",
        "’",
        "“",
        "''",
        "``",
        "# ",
        "* ",
    ]
    + [
        "\u200b",
        "\u200d",
        "\u00ad",
        "\ufeff",
        "\u2028",
        "\ud800",
        "Ã©",
        "e\u0301",
        "Key points",
        "a line that ends",
    ]
    + [
        "and goes on",
        "Yes.",
        "Yes",
        "1. ",
        "12",
        "inter-",
        "•",
        "—",
        "…",
        "&",
        "amp;",
        "#38;",
        "\x00",
        "\x1c",
    ]
)
TEXTS = st.lists(PIECES | st.text(max_size=6), max_size=30).map("".join)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("a\r\nb\rc\u2028d", "a\nb\nc\nd"),
        ("a\u00a0b \t c", "a b c"),
        ("“Stop,” he said. ‘No’—it’s 5′ 6″.", "\"Stop,\" he said. 'No'—it's 5' 6\"."),
        ("``Stop,'' he said.", '"Stop," he said.'),
        ("co\u00adoperate zero\u200bwidth \ufeffmark", "cooperate zerowidth mark"),
        ("e\u0301te\u0301", "été"),
        (
            "AT&amp;T said &quot;no&quot; &amp;amp; left&#33; &unknown; &#0;",
            'AT&T said "no" & left! &unknown; \ufffd',
        ),
        ("The cafÃ© isnâ€™t open.", "The café isn't open."),
        ("lone \ud800 half", "lone \ufffd half"),
        ("👩\u200d👧 stays, a\u200db does not", "👩\u200d👧 stays, ab does not"),
        ("a\n\n\n\nb\n \n", "a\n\nb"),
        ("-\n- one\n•\n---\n* * *\n- two", "- one\n- two"),
        (
            "The same  line is there twice.\nOther.\nTHE same line is there twice.",
            "The same line is there twice.\nOther.",
        ),
        ("- It shut.\n- Ann left.\n- It shut.", "- It shut.\n- Ann left."),
        ("- item\n• ITEM\nitem", "- item\nitem"),
        ("Advertisement\nText one.\nAdvertisement\nText two.", "Advertisement\nText one.\nText two."),
        ("Did you?\nYes.\nAnd then?\nYes.", "Did you?\nYes.\nAnd then?\nYes."),
        ("## Heading\n#1 in the charts", "Heading\n#1 in the charts"),
        ("1–2 inches — then … more", "1–2 inches — then … more"),
        ("", ""),
        ("\u200b \n-\n", ""),
    ],
)
def test_normalise(raw: str, expected: str) -> None:
    assert normalise(raw) == expected


def test_hard_wrapped_paragraphs_are_joined() -> None:
    wrapped = (
        "The council voted on Tuesday to close the old\nbridge for good, and the engineers who\ninspected it "
        "said that nobody should be sur-\nprised.\n\nIt opened in 1931.\nIt closed in 2020."
    )
    joined = (
        "The council voted on Tuesday to close the old bridge for good, and the engineers who inspected it "
        "said that nobody should be sur-prised.\n\nIt opened in 1931.\nIt closed in 2020."
    )
    assert normalise(wrapped) == joined


def test_lines_that_were_not_wrapped_stay_apart() -> None:
    text = "roses are red\nviolets are quite blue\nsugar\nis sweet"
    assert normalise(text) == text


def test_a_line_indented_under_an_item_belongs_to_it() -> None:
    assert normalise("- first point\n  goes on here\n- second\nBody.") == "- first point goes on here\n- second\nBody."


@settings(deadline=None)
@given(TEXTS)
def test_normalise_is_idempotent_and_clean(raw: str) -> None:
    text = normalise(raw)
    assert normalise(text) == text
    assert text.encode("utf-8") == normalise(raw).encode("utf-8")
    assert text == text.strip("\n") and "\n\n\n" not in text and "  " not in text
    assert not set(text) & set("\r\u00a0\u200b\ufeff“”‘’\x00")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The council voted on Tuesday to close the bridge, and nobody was surprised.", "en"),
        ("Совет проголосовал во вторник за закрытие моста, и никто не удивился.", "ru"),
        ("Der Rat stimmte am Dienstag für die Schließung der Brücke, und niemand war überrascht.", "de"),
        ("Le conseil a voté mardi la fermeture du pont, et personne n'a été surpris.", "fr"),
        ("市议会周二投票决定关闭这座旧桥，居民对此并不感到惊讶，工程师早已警告过桥梁的危险状况。", "zh"),
        ("12:30 — 4/5", "und"),
    ],
)
def test_language(text: str, language: str) -> None:
    assert detect_language(text) == language
    assert looks_english(text) == (language in ("en", "und"))


OTHER = {
    "de": "Der Rat stimmte am Dienstag für die Schließung der Brücke, weil die Ingenieure vor Rissen gewarnt hatten.",
    "fr": "Le conseil a voté mardi la fermeture du pont, car les ingénieurs avaient signalé des fissures.",
    "nl": "De raad stemde dinsdag voor de sluiting van de brug, omdat de ingenieurs voor scheuren hadden gewaarschuwd.",
    "id": "Dewan kota memutuskan pada hari Selasa untuk menutup jembatan itu karena para ahli menemukan retakan.",
    "ru": "Совет проголосовал во вторник за закрытие моста, потому что инженеры предупреждали о трещинах.",
    "zh": "市议会周二投票决定关闭这座旧桥，工程师早已警告过桥梁的危险状况。",
}
SEEDS = sorted(Path("seeds").glob("*/article.md"))


@pytest.mark.parametrize("share", [0.0, 0.1, 0.25, 0.5, 0.75])
@pytest.mark.parametrize("other", OTHER)
def test_a_text_taken_for_english_without_the_library_is_english_to_it(other: str, share: float) -> None:
    for path in SEEDS[::4]:
        text = path.read_text(encoding="utf-8")[:3600]
        kept = text[: int((1 - share) * len(text))]
        foreign = (f"{OTHER[other]} " * 60)[: len(text) - len(kept)]
        for mixed in (kept + foreign, foreign + kept):
            assert detect_language(mixed) == identified(mixed)


def test_ordinary_news_does_not_load_the_library() -> None:
    code = "import sys; from pathlib import Path; from pipeline.text.language import detect_language as detect\n"
    code += f"assert detect(Path({str(SEEDS[0])!r}).read_text(encoding='utf-8')) == 'en'\n"
    code += "assert 'py3langid' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_make_article() -> None:
    box = "Key points\n- It shut\n- It shut"
    raw = f"# The “old” bridge closes #\r\n\n{box}\n\nIt shut on Monday. Nobody minded.\n\nIt shut\n"
    article = make_article("bridge", raw, origin="bridge.md")
    assert article.title == 'The "old" bridge closes'
    assert article.key_points == ("It shut",)
    assert article.text == "It shut on Monday. Nobody minded.\n\nIt shut"
    assert [(s.text, s.paragraph) for s in article.sentences] == [
        ("It shut on Monday.", 0),
        ("Nobody minded.", 0),
        ("It shut", 1),
    ]
    assert article.sha256 == hashlib.sha256(article.text.encode()).hexdigest()
    assert (article.id, article.origin, article.flags) == ("bridge", "bridge.md", ())


def test_the_given_title_wins_and_is_not_repeated_in_the_text() -> None:
    article = make_article("a", "Bridge closes\nIt shut on Monday.", title="Bridge  closes")
    assert (article.title, article.text) == ("Bridge closes", "It shut on Monday.")


@pytest.mark.parametrize(
    ("use", "text", "points"),
    [
        ("reference", "It shut.", ("given", "One", "Two")),
        ("keep", "At a glance\n- One\n- Two\nIt shut.", ()),
        ("drop", "It shut.", ()),
    ],
)
def test_what_becomes_of_key_points(use: str, text: str, points: tuple[str, ...]) -> None:
    raw = "At a glance\n- One\n- Two\nIt shut."
    article = make_article("a", raw, key_points_given=["given", "One"], key_points=use)  # type: ignore[arg-type]
    assert (article.text, article.key_points) == (text, points)


def test_an_article_in_another_language_is_flagged() -> None:
    article = make_article("a", "Совет проголосовал во вторник за закрытие моста. Никто не удивился.")
    assert article.flags == ("language:ru",)


@pytest.mark.parametrize("raw", ["", " \n\u200b", "# Only a title", "-\n-\n"])
def test_an_article_without_text_is_an_error(raw: str) -> None:
    with pytest.raises(InputError, match="no text"):
        make_article("a", raw, origin="a.txt")


def test_an_article_that_is_only_its_box_keeps_it_as_text() -> None:
    article = make_article("a", "Key points\n- One\n- Two")
    assert (article.text, article.key_points) == ("Key points\n- One\n- Two", ())


@settings(deadline=None)
@given(TEXTS)
def test_article_text_is_normal_and_its_sentences_fit(raw: str) -> None:
    try:
        article = make_article("a", raw)
    except InputError:
        return
    assert normalise(article.text) == article.text
    assert all(article.text[s.start : s.end] == s.text for s in article.sentences)
