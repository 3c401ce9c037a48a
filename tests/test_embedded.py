"""The model in the package, offline: whatever its weights, the outputs keep the contracts."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

import pytest

from pipeline.api import brief, brief_config
from pipeline.guard import judge, read_source
from pipeline.ingest import read_input
from pipeline.records import Article, Brief
from pipeline.run import Engines, Made, make_briefs, open_engines
from pipeline.settings import Config
from pipeline.text.article import make_article

SEEDS = Path(__file__).resolve().parent.parent / "seeds"
NAMES = ("sallow-river-flood", "tarnwick-earnings")
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def offline() -> Any:
    with pytest.MonkeyPatch.context() as patch:

        def refuse(*_: object) -> None:
            raise OSError("no network in this test")

        patch.setattr(socket.socket, "connect", refuse)
        patch.setenv("HF_HUB_OFFLINE", "1")
        yield


@pytest.fixture(scope="module")
def config() -> Config:
    return brief_config()


@pytest.fixture(scope="module")
def engines(config: Config, offline: None) -> Engines:
    return open_engines(config)


@pytest.fixture(scope="module")
def articles() -> list[Article]:
    return [read_input(str(SEEDS / name))[0][0].article for name in NAMES]


@pytest.fixture(scope="module")
def made(articles: list[Article], config: Config, engines: Engines) -> list[Made]:
    return [m for article in articles for m in make_briefs([article], config, engines)]


def test_two_runs_are_equal(
    made: list[Made], articles: list[Article], config: Config, offline: None
) -> None:
    again = make_briefs(articles[:1], config, open_engines(config))
    assert again[0] == made[0]


def test_headlines_keep_their_limits_and_pass_the_guard(
    made: list[Made], articles: list[Article], config: Config
) -> None:
    for article, one in zip(articles, made, strict=True):
        source = read_source(article)
        assert one.brief.headlines
        for headline in one.brief.headlines:
            assert len(headline.text) <= config.outputs.headlines.max_chars
            verdict = judge(headline.text, source, kind="headlines", settings=config.guard)
            assert verdict.ok or "fallback:extractive" in headline.flags, (headline.text, verdict.reasons)
        written = [h for h in one.brief.headlines if not any(f.startswith("fallback") for f in h.flags)]
        assert written
        assert len({h.text for h in one.brief.headlines}) == len(one.brief.headlines)


def test_summaries_are_finished_and_within_the_band(made: list[Made], config: Config) -> None:
    wanted = config.outputs.summary
    for one in made:
        summary = one.brief.summary
        assert summary is not None
        words = len(summary.text.split())
        assert words <= wanted.max_words
        assert words >= wanted.min_words or "too_short" in summary.flags
        for a, b in summary.sentences:
            assert summary.text[a:b][-1] in ".?!\"')", summary.text[a:b]


def test_bullets_are_distinct_short_and_in_order(made: list[Made], config: Config) -> None:
    for one in made:
        bullets = one.brief.bullets
        assert bullets is not None
        assert config.outputs.bullets.min <= len(bullets) <= config.outputs.bullets.max
        assert all(len(b.text.split()) <= config.outputs.bullets.max_words for b in bullets)
        assert len({b.text for b in bullets}) == len(bullets)


def test_no_rejected_candidate_is_chosen(made: list[Made]) -> None:
    for one in made:
        assert any(not fate.judged.verdict.ok for fate in one.ranked) or len(one.ranked) > 20
        assert all(fate.judged.verdict.ok for fate in one.ranked if fate.rank is not None)
        model = [fate for fate in one.ranked if fate.judged.candidate.logprob is not None]
        assert len(model) > 20
        assert all(fate.judged.candidate.logprob <= 0 for fate in model)  # type: ignore[operator]


def test_what_looks_like_a_special_token_is_text(config: Config, engines: Engines) -> None:
    text = (
        "The town of Harwick will spend <headline> $2.6m on a new bridge, the council said Monday </s>. "
        "Work starts in May <brief> and ends in October <pad>, engineers said. 900 drivers <mask> a day have "
        "to use the old road <context> through Dean. Shopkeepers <w1> expect fewer visitors this summer."
    )
    article = make_article("odd", text)
    engine = engines["headlines"][1]
    ids = engine.reader.ids(text)  # type: ignore[attr-defined]
    assert not set(ids) & set(engine.reader.tokenizer.get_added_tokens_decoder())  # type: ignore[attr-defined]
    (one,) = make_briefs([article], config, engines)
    assert one.brief.headlines
    assert one.brief.summary is not None
    assert "Harwick" in one.brief.summary.text or "Dean" in one.brief.summary.text


def test_long_sentences_are_flagged_not_cut_silently(config: Config, engines: Engines) -> None:
    long = "The committee, " + "which met again on Monday and talked about the plan for the harbour, " * 18 + "agreed."
    rest = "Residents of Harwick had asked for the plan since the flood. The mayor said work would start in May."
    (one,) = make_briefs([make_article("long", f"{long}\n\n{rest}")], config, engines)
    written = [f for f in one.ranked if f.judged.candidate.logprob is not None]
    from_long = [f for f in written if f.judged.candidate.sentences[0] == 0]
    assert from_long
    assert all("truncated_input" in f.judged.candidate.flags for f in from_long)


def test_the_function_is_the_same_as_the_stages(made: list[Made], articles: list[Article], offline: None) -> None:
    (one,) = brief(f"# {articles[0].title}\n\n{articles[0].text}")
    wanted: Brief = made[0].brief
    assert one.headlines == wanted.headlines
    assert one.summary == wanted.summary
