"""Plans: what each strategy asks for, and what is not asked at all."""

from __future__ import annotations

import pytest

from pipeline.config import load_config
from pipeline.engines.fake import FakeEngine
from pipeline.extract import lead, textrank
from pipeline.plan import HEADLINE_TOKENS, MIN_WORDS, extraction_flags, plan
from pipeline.records import KINDS
from pipeline.run import make_briefs
from pipeline.text.article import make_article

CONFIG = load_config(None, ["outputs.rewrite.enabled=true", "guard.enabled=false"])
OUTPUTS = CONFIG.outputs
SENTENCES = [
    "The council of Bramley voted on Monday to close the swimming pool on Mill Road.",
    "Councillors said repairs to the roof would cost $2.6m, more than the town can pay.",
    "About 900 residents had signed a petition to keep the building open.",
    "The pool was opened in 1971 by the mayor of the time.",
    "Swimming clubs will use the baths in Aldham from September.",
    "A private buyer has offered to turn the hall into a climbing centre.",
    "Teachers fear that fewer children will learn to swim.",
    "The leader of the opposition called the decision a failure of planning.",
]
ARTICLE = make_article("pool", "\n\n".join(" ".join(SENTENCES[i : i + 2]) for i in range(0, 8, 2)))
SHORT = make_article("short", "The pool is shut. Nobody knows why it happened on a Monday.")
FOREIGN = make_article(
    "foreign",
    "Der Rat der Stadt hat am Montag beschlossen, das Schwimmbad an der Mühlenstraße zu schließen. Die Reparatur des "
    "Daches wäre zu teuer, sagten die Abgeordneten. Rund neunhundert Einwohner hatten eine Bittschrift unterschrieben. "
    "Die Vereine müssen ab September in der Nachbarstadt schwimmen, und viele Lehrer sind darüber besorgt.",
)


def test_sentences_strategy_asks_for_single_sentences_in_two_lengths() -> None:
    requests = list(plan(ARTICLE, ("summary", "bullets"), OUTPUTS, FakeEngine()))
    assert {r.task for r in requests} == {"brief"}
    assert all(r.source == ARTICLE.sentences[r.sentences[0]].text for r in requests)
    by_sentence: dict[int, set[int | None]] = {}
    for r in requests:
        by_sentence.setdefault(r.sentences[0], set()).add(r.words)
        assert r.serves == ("summary", "bullets")
        for i in r.sentences[1:]:
            assert ARTICLE.sentences[i].text in r.context
    assert all(len(lengths) == 2 for lengths in by_sentence.values())
    assert len(by_sentence) >= OUTPUTS.bullets.max


def test_headlines_read_the_opening_within_their_limit() -> None:
    requests = plan(ARTICLE, ("headlines",), OUTPUTS, FakeEngine())
    assert {r.task for r in requests} == {"headline", "brief"}
    assert len({r.words for r in requests}) >= 2
    assert all(r.serves == ("headlines",) for r in requests)
    headlines = [r for r in requests if r.task == "headline"]
    assert headlines[0].source.startswith(SENTENCES[0])
    for r in headlines:
        assert len(r.source.split()) <= HEADLINE_TOKENS
        assert r.source == " ".join(ARTICLE.sentences[i].text for i in r.sentences)
        assert r.serves == ("headlines",)


def test_a_rewrite_covers_every_sentence() -> None:
    requests = plan(ARTICLE, ("rewrite",), OUTPUTS, FakeEngine())
    assert {r.sentences[0] for r in requests} == set(range(len(ARTICLE.sentences)))


@pytest.mark.parametrize(("strategy", "pick"), [("lead", lead), ("textrank", textrank)])
def test_baselines_ask_for_the_sentences_they_pick(strategy: str, pick: object) -> None:
    requests = plan(ARTICLE, ("summary",), OUTPUTS, FakeEngine(strategy=strategy))  # type: ignore[arg-type]
    count = OUTPUTS.summary.max_sentences
    assert [r.sentences[0] for r in requests] == list(pick(ARTICLE, count))  # type: ignore[operator]
    assert len(requests) == count
    assert all(r.source == ARTICLE.sentences[r.sentences[0]].text for r in requests)


@pytest.mark.parametrize("strategy", ["sentences", "whole", "lead", "textrank"])
@pytest.mark.parametrize(("article", "flag"), [(SHORT, "too_short"), (FOREIGN, "language:de")])
def test_short_and_foreign_articles_are_not_given_to_an_engine(strategy: str, article: object, flag: str) -> None:
    engine = FakeEngine(strategy=strategy)  # type: ignore[arg-type]
    assert extraction_flags(article) == (flag,)  # type: ignore[arg-type]
    assert plan(article, KINDS, OUTPUTS, engine) == []  # type: ignore[arg-type]
    (made,) = make_briefs([article], CONFIG, dict.fromkeys(KINDS, (CONFIG.engine, engine)))  # type: ignore[list-item]
    assert flag in made.brief.flags
    assert made.brief.summary is not None
    assert made.brief.summary.text
    assert {"fallback:extractive", flag} <= set(made.brief.summary.flags)


def test_an_article_of_exactly_the_least_words_is_given_to_the_engine() -> None:
    text = "The council of the town met again on Monday and talked about the old pool. "
    words = (text * 4).split()
    assert extraction_flags(make_article("a", " ".join(words[: MIN_WORDS - 1]) + ".")) == ("too_short",)
    assert extraction_flags(make_article("a", " ".join(words[:MIN_WORDS]) + ".")) == ()


def test_request_ids_are_unique_and_name_article_and_kind() -> None:
    for engine in (FakeEngine(), FakeEngine(strategy="whole"), FakeEngine(strategy="lead")):
        requests = plan(ARTICLE, KINDS, OUTPUTS, engine)
        assert len({r.id for r in requests}) == len(requests)
        assert all(r.article_id == "pool" and r.id.startswith("pool#") for r in requests)


def test_a_whole_engine_with_room_reads_the_article_once_per_kind() -> None:
    requests = plan(ARTICLE, KINDS, OUTPUTS, FakeEngine(strategy="whole"))
    assert [r.serves for r in requests] == [(kind,) for kind in KINDS]
    assert all(r.source.split() == ARTICLE.text.split() for r in requests)
