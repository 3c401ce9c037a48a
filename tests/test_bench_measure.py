"""Rows, other systems, lengths and tables of the bench, against rouge-score, sumy and scipy."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from bench.control import ASKS, control_rows
from bench.generate import settings
from bench.measure import SAMPLES, SEED, TYPES, differences, row
from bench.ours import checked, kind_rows
from bench.sets import Item
from bench.systems import extract, sumy_choice
from bench.tables import BEGIN, END, glance, put_between_markers, quality_table, wilson
from flow_sample import ARTICLES
from rouge_score import rouge_scorer
from sumy.models.dom import ObjectDocumentModel, Paragraph
from sumy.models.dom import Sentence as SumySentence
from sumy.summarizers.lex_rank import LexRankSummarizer
from sumy.summarizers.lsa import LsaSummarizer
from sumy.utils import get_stop_words

from pipeline.errors import InputError
from pipeline.metrics.tokens import porter_stem, words
from pipeline.records import Article, Brief, Passage
from pipeline.text.article import make_article

FAKE = ["engine.name=fake"]
TEXT = " ".join(ARTICLES.values())


def article(text: str = TEXT, name: str = "a") -> Article:
    return make_article(name, text)


def test_rouge_of_a_row_is_that_of_rouge_score() -> None:
    items = [
        Item(article(), (("the bridge is closed .", "it will cost $ 3.4m ."),), {}),
        Item(article(), (("a",),), {}),
    ]
    outputs = [("Engineers closed the bridge.", "Repairs cost $3.4m."), ("b",)]
    found = row("x", items, outputs, None)
    scorer = rouge_scorer.RougeScorer(list(TYPES), use_stemmer=True)
    for name in TYPES:
        expected = [
            scorer.score("\n".join(i.references[0]), "\n".join(o))[name].fmeasure
            for i, o in zip(items, outputs, strict=True)
        ]
        assert found.rouge[name].f == pytest.approx(np.mean(expected))
        assert found.rouge[name].low <= found.rouge[name].f <= found.rouge[name].high
    assert found.alarmed is None


def test_how_much_is_copied_new_repeated_and_unsupported() -> None:
    item = Item(article(), (("a",),), {})
    copied = ("Nobody was hurt because the staff had left at midnight.",)
    part = ("the staff had left at midnight",)
    new = ("The crew had gone by 1 am, Tom Ashby said: the crew had gone by 1 am.",)
    found = [row("x", [item], [output], frozenset({"the"})) for output in (copied, part, new)]
    assert [(f.verbatim, f.copied) for f in found] == [(1.0, 1.0), (0.0, 1.0), (0.0, 0.0)]
    assert [f.novel for f in found[:2]] == [0.0, 0.0]
    assert found[2].novel == pytest.approx(1.0)
    assert found[2].repetition == pytest.approx(5 / 15)
    assert [len(f.alarmed or ()) for f in found] == [0, 0, 1]
    nothing = row("x", [item], [()], frozenset())
    assert (nothing.novel, nothing.verbatim, nothing.rouge["rouge1"].f) == (None, None, 0.0)


class OwnTokens:
    """What sumy asks of a tokenizer, with our words."""

    def to_words(self, text: str) -> tuple[str, ...]:
        return tuple(words(text))


@pytest.mark.parametrize(("name", "summarizer"), [("LexRank", LexRankSummarizer), ("LSA", LsaSummarizer)])
def test_sumy_systems_choose_as_sumy_does(name: str, summarizer: Any) -> None:
    one = article()
    expected = summarizer(porter_stem)
    expected.stop_words = get_stop_words("english")
    sentences = [SumySentence(sentence.text, OwnTokens()) for sentence in one.sentences]
    chosen = [str(s) for s in expected(ObjectDocumentModel([Paragraph(sentences)]), 3)]
    assert [one.sentences[i].text for i in sumy_choice(name, one, 3)] == chosen
    assert len(extract(name, one, "headlines", [("a",)])) == 1


@pytest.mark.parametrize("name", ["LexRank", "LSA"])
def test_sumy_systems_answer_an_article_without_content_words(name: str) -> None:
    assert sumy_choice(name, article("It was. He is."), 3) == (0, 1)


def test_oracle_beats_every_other_extract() -> None:
    item = Item(article(), (("the museum bought a tower clock from 1786", "families must boil their water"),), {})
    f = {
        name: row(name, [item], [extract(name, item.article, "summary", item.references)], None).rouge["rouge1"].f
        for name in ("lead", "textrank", "LexRank", "LSA", "oracle")
    }
    assert max(f, key=lambda name: f[name]) == "oracle"


def test_fallbacks_and_alarms_are_counted_by_output() -> None:
    one = article()
    briefs = [brief("The bridge is closed", "Tom Ashby is closed"), brief("Tom Ashby")]
    briefs[0] = replace(briefs[0], headlines=(*(briefs[0].headlines or ()), Passage("x", (), ("fallback:extractive",))))
    found = [checked([one], {"a": made}, ("headlines",), frozenset({"the"}))[0] for made in briefs]
    assert [(c.fallback, len(c.alarms)) for c in found] == [(True, 2), (False, 2)]
    assert found[0].lines == ("The bridge is closed", "Tom Ashby is closed", "x")
    row_ = kind_rows("set", found)[0]
    assert row_ == ["set", "headlines", "1 of 2: 50.0 % (9.5–90.5)", "2 of 2: 100.0 % (34.2–100.0)", "name 2"]
    assert found[1].as_record("set")["alarms"] == [["name", "Tom"], ["name", "Ashby"]]


def brief(*texts: str) -> Brief:
    return Brief("a", "", 0, None, "", headlines=tuple(map(Passage, texts)))


def test_control_rows_say_how_near() -> None:
    given = {60: [brief("a" * 60, "b" * 50)], 90: [brief("c" * 100)]}

    def made(_: Any, kinds: Any, overrides: Any) -> list[Brief]:
        return given.get(int(overrides[0].split("=")[1]), []) if kinds == ("headlines",) else []

    rows = control_rows([], made)
    assert rows[0][1:] == ["1", "2", "55.0", "5.0 characters (8 %)", "2 (100 %)"]
    assert rows[1][1:] == ["1", "1", "100.0", "10.0 characters (11 %)", "0 (0 %)"]
    assert rows[2][1:] == ["0", "0", "–", "–", "–"]


def test_every_length_is_a_setting_that_loads() -> None:
    bands = [settings((ask.kind,), [*FAKE, *ask.overrides]).outputs for ask in ASKS]
    assert [o.headlines.max_chars for o in bands[:2]] == [60, 90]
    assert [(o.summary.min_words, o.summary.max_words) for o in bands[2:]] == [(24, 36), (48, 72), (96, 144)]


def test_tables() -> None:
    item = Item(article(), (("the bridge is closed",),), {})
    ours, lead = (row(n, [item] * 3, [(o,)] * 3, frozenset()) for n, o in (("ours", "the bridge"), ("lead", "bridge")))
    lines = quality_table([ours, lead]).splitlines()
    assert len(lines) == 4
    assert lines[2].startswith("| ours | 3 | 66.7 (66.7–66.7) | 50.0 (50.0–50.0) | 66.7 (66.7–66.7) |")
    assert all(line.count("|") == lines[0].count("|") for line in lines)
    assert glance("title", [ours, lead])[0][-3:] == [
        "+26.7 (+26.7 to +26.7)",
        "+50.0 (+50.0 to +50.0)",
        "+26.7 (+26.7 to +26.7)",
    ]
    assert differences(lead, ours)[0].f == pytest.approx(-4 / 15)
    assert (SAMPLES, SEED) == (1000, 13)


def test_wilson_is_scipys() -> None:
    from scipy.stats import binomtest

    for hits, n in ((0, 50), (1, 80), (40, 50)):
        expected = binomtest(hits, n).proportion_ci(method="wilson")
        assert wilson(hits, n) == pytest.approx((expected.low, expected.high), abs=1e-6)


def test_text_goes_between_the_markers(tmp_path: Path) -> None:
    path = tmp_path / "card.md"
    path.write_text(f"# Card\n\n{BEGIN}\nold\n{END}\n\n## Limits\n")
    for text in ("new\n\ntext", "newer"):
        put_between_markers(path, text)
        assert path.read_text() == f"# Card\n\n{BEGIN}\n{text}\n{END}\n\n## Limits\n"
    path.write_text(f"{END} {BEGIN}")
    with pytest.raises(InputError, match="card.md"):
        put_between_markers(path, "x")
