"""Plans: what each strategy asks for, what is not asked at all, and map-reduce that comes to an end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.config import load_config
from pipeline.engines.base import Generated
from pipeline.engines.fake import FakeEngine
from pipeline.extract import lead, textrank
from pipeline.plan import HEADLINE_TOKENS, MIN_WORDS, extraction_flags, plan
from pipeline.records import KINDS, Kind, Request
from pipeline.run import Engines, make_briefs
from pipeline.settings import Config
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


@dataclass
class Whole:
    """A small engine for whole articles: keeps the first words of what it reads, and notes what it was asked."""

    budget: int = 30
    keep: int = 8
    identity: str = "whole"
    strategy: str = "whole"
    model: dict[str, str | None] = field(default_factory=dict)
    asked: list[Request] = field(default_factory=list)

    def count_tokens(self, text: str) -> int:
        return len(text.split())

    def generate(self, requests: Sequence[Request], seed: int) -> list[list[Generated]]:
        self.asked += requests
        return [
            [Generated(" ".join(r.source.split()[: self.keep]).rstrip(".") + ".", -0.5)] for r in requests
        ]


def engines(engine: Whole, config: Config = CONFIG) -> Engines:
    return dict.fromkeys(KINDS, (config.engine, engine))  # type: ignore[misc]


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
    requests = plan(ARTICLE, KINDS, OUTPUTS, Whole(budget=10_000))
    assert [r.serves for r in requests] == [(kind,) for kind in KINDS]
    assert all(r.source.split() == ARTICLE.text.split() for r in requests)


@settings(max_examples=40, deadline=None)
@given(budget=st.integers(16, 60), keep=st.integers(3, 8))
def test_map_reduce_reads_everything_and_ends_in_one_request_per_kind(budget: int, keep: int) -> None:
    engine = Whole(budget, keep)
    (made,) = make_briefs([ARTICLE], CONFIG, engines(engine))
    for kind in KINDS:
        own = [r for r in engine.asked if f"#{kind}:" in r.id]
        mapped = sorted((r for r in own if ":map:" in r.id), key=lambda r: int(r.id.rsplit(":", 1)[1]))
        if len(mapped) > 1:
            assert " ".join(r.source for r in mapped).split() == ARTICLE.text.split()
        final = [r for r in own if r.serves]
        assert len(final) == 1
        assert final[0].serves == (kind,)
        assert set(final[0].sentences) == set(range(len(ARTICLE.sentences)))
        assert all(engine.count_tokens(r.source) <= budget for r in own)
    assert made.brief.summary is not None
    assert made.brief.headlines


@pytest.mark.parametrize("keep", [16, 30, 100])
def test_an_engine_that_does_not_shorten_still_ends_within_its_budget(keep: int) -> None:
    engine = Whole(16, keep)
    (made,) = make_briefs([ARTICLE], CONFIG, engines(engine))
    assert all(engine.count_tokens(r.source) <= 16 for r in engine.asked)
    assert len(engine.asked) < 200
    assert made.brief.summary is not None
    assert made.brief.summary.text


def test_kinds_are_reduced_apart() -> None:
    engine = Whole(30, 8)
    make_briefs([ARTICLE], CONFIG, engines(engine))
    reduced: dict[Kind, set[str]] = {kind: {r.task for r in engine.asked if f"#{kind}:" in r.id} for kind in KINDS}
    assert reduced["headlines"] == {"headline"}
    assert reduced["summary"] == {"summary"}
