"""The rewrite: near its length, in order, nothing the guard rejects, and honest about what it cannot reach."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_select import ARTICLE, check_fates, in_source_order, pool

from pipeline.config import load_config
from pipeline.engines.fake import FakeEngine
from pipeline.guard import judge, read_source
from pipeline.records import Article, Candidate, Judged, Reason, Verdict
from pipeline.rewrite import reworded, select_rewrite
from pipeline.rewrite.choose import BAND, best
from pipeline.rewrite.grams import counts, source_grams, source_share
from pipeline.rewrite.variants import quotation_marked
from pipeline.rewrite.worth import Option
from pipeline.run import Made, make_briefs
from pipeline.settings_outputs import RewriteSettings
from pipeline.text.article import make_article

ONLY = [f"outputs.{kind}.enabled=false" for kind in ("summary", "bullets", "headlines")]
QUOTES = (
    '"We will not go." ' * 3 + '"It was my house, and I built it," Ana Reyes said. "Nobody asked us about the road."'
)


def made(article: Article, *overrides: str) -> Made:
    config = load_config(None, ["outputs.rewrite.enabled=true", "engine.name=fake", *ONLY, *overrides])
    (found,) = make_briefs([article], config, {"rewrite": (config.engine, FakeEngine())})
    return found


def option(slot: int, words: int, worth: float, shared: int = 0) -> Option:
    judged = Judged(Candidate("r", "rewrite", "x", None, (slot,), ("rewrite",)), Verdict(True))
    return Option(judged, slot, 1, words, shared, words, worth, False)


@settings(max_examples=60, deadline=None)
@given(pool("rewrite"), st.floats(0.1, 0.9))
def test_the_choice_is_in_order_accounts_for_everyone_and_says_when_it_misses(
    items: list[Judged], ratio: float
) -> None:
    found = select_rewrite(items, ARTICLE, RewriteSettings(enabled=True, ratio=ratio))
    check_fates(found, items)
    assert in_source_order(found)
    assert found.chosen
    target = max(1, round(ratio * ARTICLE.words))
    words = sum(len(item.candidate.text.split()) for item in found.chosen)
    assert (abs(words - target) <= BAND * target) != (f"off_target:{words}/{target}" in found.flags)


@given(st.lists(st.lists(st.tuples(st.integers(1, 9), st.floats(0.1, 2)), max_size=3), min_size=1, max_size=5))
@settings(max_examples=60, deadline=None)
def test_the_knapsack_finds_what_trying_everything_finds(rows: list[list[tuple[int, float]]]) -> None:
    table = [[option(k, words, worth) for words, worth in row] for k, row in enumerate(rows)]
    chosen = best(table, list(range(len(rows))), 12, 0.0)
    reached = {0: 0.0}
    for row in table:
        reached = {
            words: max(value for total, value in offers if total == words)
            for offers in [
                [*reached.items()]
                + [(w + o.words, v + o.worth + 0.8) for w, v in reached.items() for o in row if w + o.words <= 13]
            ]
            for words in {total for total, _ in offers}
        }
    wanted = [words for words in reached if words]
    if not wanted:
        assert chosen == []
        return
    near = min(wanted, key=lambda words: abs(words - 12))
    words = sum(o.words for o in chosen)
    assert abs(words - 12) == abs(near - 12)
    assert sum(o.worth + 0.8 for o in chosen) == pytest.approx(reached[words])


def test_a_price_on_copied_wording_changes_the_choice() -> None:
    table = [[option(0, 10, 2.0, shared=9), option(0, 10, 1.5, shared=1)]]
    assert best(table, [0], 10, 0.0)[0].shared == 9
    assert best(table, [0], 10, 0.2)[0].shared == 1


def test_when_nothing_survives_the_articles_own_sentences_answer_and_say_so() -> None:
    text = "The ferry carried 999 passengers."
    verdict = Verdict(False, (Reason("unsupported:number", (18, 21), "999"),))
    items = [Judged(Candidate("r", "brief", text, -0.1, (0,), ("rewrite",)), verdict, 9.0)]
    found = select_rewrite(items, ARTICLE, RewriteSettings(enabled=True))
    check_fates(found, items)
    assert found.chosen
    assert all(item.candidate.text in {s.text for s in ARTICLE.sentences} for item in found.chosen)


def test_candidates_by_rule_are_judged_like_any_and_pass() -> None:
    source = read_source(ARTICLE)
    found = reworded(ARTICLE, [])
    own = [c for c in found if not c.extractive]
    assert len(own) >= 8
    assert all(set(c.flags) & {"reworded"} for c in own)
    passed = [c for c in own if judge(c.text, source, kind="rewrite", evidence=_evidence(c)).ok]
    assert len(passed) >= 0.8 * len(own)


def _evidence(candidate: Candidate) -> str:
    return " ".join(ARTICLE.sentences[i].text for i in candidate.sentences)


@pytest.mark.parametrize("ratio", [0.3, 0.5, 0.7])
@pytest.mark.parametrize("style", ["news", "plain"])
def test_a_rewrite_of_an_article_is_near_its_length_and_passes_the_guard(ratio: float, style: str) -> None:
    article = make_article("long", "\n\n".join(f"{ARTICLE.text} {p}" for p in _paragraphs()))
    result = made(article, f"outputs.rewrite.ratio={ratio}", f"outputs.rewrite.style={style}")
    prose = result.brief.rewrite
    assert prose is not None
    assert abs(len(prose.text.split()) / (ratio * article.words) - 1) <= BAND
    assert [prose.text[a:b] for a, b in prose.sentences]
    assert all(prose.evidence)
    assert "\n\n" in prose.text
    chosen = [fate.judged for fate in result.ranked if fate.rank is not None]
    assert all(item.verdict.ok for item in chosen)


def _paragraphs() -> list[str]:
    return [f"The port of Dean opened gate {n} in {1900 + n}. It cost {n}00 pounds." for n in range(11, 13)]


@pytest.mark.parametrize(
    ("text", "flag"),
    [
        ("The old pool closed on Monday. It leaked.", "too_short"),
        ("Der Hafen wurde am Dienstag geschlossen, teilte die Behörde am Abend mit. " * 6, "language:de"),
    ],
)
def test_short_and_foreign_articles_are_answered_with_their_own_sentences(text: str, flag: str) -> None:
    article = make_article("a", text)
    result = made(article)
    assert result.brief.rewrite is not None
    assert {flag, "fallback:extractive"} <= set(result.brief.rewrite.flags)
    prose = result.brief.rewrite
    assert {prose.text[a:b] for a, b in prose.sentences} <= {s.text for s in article.sentences}


def test_an_article_of_quotations_keeps_them_verbatim() -> None:
    article = make_article("q", f"{QUOTES}\n\n{QUOTES.replace('house', 'barn')}")
    result = made(article)
    assert result.brief.rewrite is not None
    text = result.brief.rewrite.text
    assert text.count('"') % 2 == 0
    assert text.count('"') >= 2
    inside = [part for n, part in enumerate(text.split('"')) if n % 2]
    assert all(part.rstrip(".,") in article.text for part in inside)


def test_one_paragraph_and_a_very_long_article_work() -> None:
    one = made(make_article("one", " ".join(ARTICLE.text.split())))
    assert one.brief.rewrite is not None
    assert "\n" not in one.brief.rewrite.text
    text = " ".join(ARTICLE.text.split())
    long = make_article(
        "long", "\n\n".join(f"{text.replace('214', str(n + 200))} Gate {n} was shut." for n in range(32))
    )
    assert long.words > 3000
    result = made(long, "outputs.rewrite.ratio=0.5")
    assert result.brief.rewrite is not None
    assert abs(len(result.brief.rewrite.text.split()) / (0.5 * long.words) - 1) <= BAND


def test_sentences_of_a_long_quotation_get_their_marks() -> None:
    article = make_article("q", 'Reyes stood up. "Everybody read it. Nobody had the money. It is gone," she said.')
    assert [quotation_marked(article, i) for i in range(len(article.sentences))][1:3] == [
        '"Everybody read it."',
        '"Nobody had the money."',
    ]


def test_shares_of_four_grams() -> None:
    grams = source_grams("The ferry ran aground near the port on Tuesday.")
    assert counts("The ferry ran aground on Monday.", grams) == (1, 3)
    assert source_share(["The ferry ran aground.", "Yes."], grams) == 1.0
    assert source_share(["Yes."], grams) is None
