"""Whole articles: read once if they fit, else in steps that end whatever the engine says, each text used once."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from long_sample import Whole, first_words, long_text

from pipeline.config import load_config
from pipeline.engines.base import Generated
from pipeline.engines.fake import FakeEngine
from pipeline.errors import ConfigError, EngineError
from pipeline.mapreduce import SHRUNK, Budgets, budgets, converse, read_whole
from pipeline.records import KINDS, Article, Candidate, Kind, Request
from pipeline.run import Engines, Made, make_briefs, open_engines
from pipeline.settings_engine import EngineSettings
from pipeline.text.article import make_article

CONFIG = load_config(None, ["engine.name=fake", "outputs.rewrite.enabled=true", "guard.enabled=false"])
SHARED: tuple[Kind, ...] = ("summary", "bullets", "headlines")
ARTICLE = make_article("long", long_text(600))


def engines(engine: Whole, kinds: tuple[Kind, ...] = KINDS) -> Engines:
    return dict.fromkeys(kinds, (CONFIG.engine, engine))  # type: ignore[return-value]


def read(engine: Whole, article: Article = ARTICLE, kinds: tuple[Kind, ...] = KINDS) -> Made:
    (made,) = make_briefs([article], CONFIG, engines(engine, kinds))
    return made


def of(engine: Whole, step: str) -> list[Request]:
    return [r for r in engine.asked if r.id.split("#")[1].startswith(step)]


def test_an_article_that_fits_goes_in_once_for_each_kind() -> None:
    engine = Whole(budget=10_000)
    made = read(engine)
    assert [r.id for r in engine.asked] == [f"long#{kind}:final" for kind in KINDS] or len(engine.asked) == len(KINDS)
    assert all(r.source.split() == ARTICLE.text.split() for r in engine.asked)
    assert made.steps == ()
    assert "not_reduced" not in dict(made.brief.limits)


def test_all_kinds_share_the_map_step() -> None:
    engine = Whole(60)
    read(engine, kinds=SHARED)
    mapped = of(engine, "map")
    assert " ".join(r.source for r in sorted(mapped, key=lambda r: int(r.id.rsplit(":")[-1]))).split() == (
        ARTICLE.text.split()
    )
    assert {r.serves for r in mapped} == {()}
    final = [r for r in engine.asked if r.serves]
    assert sorted(r.serves[0] for r in final) == sorted(SHARED)
    assert len({r.source for r in final}) == 1
    assert {r.task for r in final} == {"headline", "summary"}


def test_a_rewrite_retells_every_chunk() -> None:
    engine = Whole(60)
    read(engine, kinds=("rewrite",))
    assert {r.serves for r in engine.asked} == {("rewrite",)}
    assert sorted(w for r in engine.asked for w in r.source.split()) == sorted(ARTICLE.text.split())
    ratio = CONFIG.outputs.rewrite.ratio
    assert all(r.words == max(20, round(ratio * len(r.source.split()))) for r in engine.asked)


@settings(max_examples=30, deadline=None)
@given(budget=st.integers(40, 200), reduce_budget=st.integers(24, 200), words=st.integers(60, 900))
def test_every_text_is_read_by_one_later_step_and_budgets_hold(budget: int, reduce_budget: int, words: int) -> None:
    engine = Whole(200)
    article = make_article("long", long_text(words))
    dialogue = read_whole(article, SHARED, CONFIG.outputs, engine, Budgets(budget, reduce_budget))
    found = converse({"long": dialogue}, lambda rs: answers(engine, rs))["long"]
    for request in engine.asked:
        limit = reduce_budget if request.origin is not None and request.origin.reads else budget
        assert engine.count_tokens(request.source) <= limit
    final = [r for r in engine.asked if r.serves]
    assert [r.serves for r in final] == [(kind,) for kind in SHARED]
    assert set(final[0].sentences) == set(range(len(article.sentences)))
    steps = [r for r in engine.asked if not r.serves]
    readers = [r.origin.reads for r in [*steps, final[0]] if r.origin is not None]
    read_names = [name for reads in readers for name in reads]
    assert sorted(read_names) == sorted(r.id for r in steps)  # each once: none twice, none left out
    assert all(len(r.origin.reads) != 1 for r in steps if r.origin is not None)  # a lone text is passed on
    assert {c.request_id for c in found} == {r.id for r in engine.asked}


def answers(engine: Whole, requests: object) -> list[Candidate]:
    found = []
    for request in requests:  # type: ignore[attr-defined]
        text = engine.generate([request], 0)[0][0].text
        found.append(
            Candidate(request.id, request.task, text, None, request.sentences, request.serves, origin=request.origin)
        )
    return found


def longer(request: Request) -> str:
    return f"{request.source} And that is not all there is to say."


def same(request: Request) -> str:
    return request.source


def slightly_shorter(request: Request) -> str:
    return " ".join(request.source.split()[:-1])


ADVERSARIES: dict[str, Callable[[Request], str]] = {
    "longer": longer,
    "the same": same,
    "one word shorter": slightly_shorter,
    "nothing": lambda _: "",
    "nothing for every other chunk": lambda r: "" if r.id.endswith(("1", "3", "5", "7", "9")) else first_words(r),
    "one endless word": lambda _: "x" * 5000,
    "always the same sentence": lambda _: "The council met again on Monday in the old town hall.",
}


@pytest.mark.parametrize("name", ADVERSARIES)
@pytest.mark.parametrize("budget", [24, 60])
def test_an_adversarial_engine_comes_to_an_end(name: str, budget: int) -> None:
    engine = Whole(budget, ADVERSARIES[name])
    made = read(engine, kinds=SHARED)
    assert all(engine.count_tokens(r.source) <= budget for r in engine.asked)
    rounds = {r.id.split("#")[1].split(":")[1] for r in of(engine, "reduce")}
    tokens = engine.count_tokens(ARTICLE.text)
    assert len(rounds) <= math.log(tokens) / -math.log(SHRUNK)
    assert made.brief.summary is not None
    assert made.brief.summary.text
    limits = dict(made.brief.limits)
    if name in ("longer", "the same", "one word shorter"):
        chunks = len(of(engine, "map"))
        assert limits["not_reduced"] == len(SHARED) * chunks  # the chunks themselves were told, one by one
        assert not rounds
    if name.startswith("nothing"):
        assert limits["empty_step"] >= 1
    if name == "nothing":
        assert "fallback:extractive" in made.brief.summary.flags
        assert not [r for r in engine.asked if r.serves]


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32), st.integers(20, 80))
def test_an_engine_of_random_lengths_comes_to_an_end(seed: int, budget: int) -> None:
    import random

    draw = random.Random(seed)
    engine = Whole(budget, lambda r: " ".join(draw.choices(r.source.split(), k=draw.randint(0, 2 * budget))))
    made = read(engine, kinds=SHARED)
    sizes = [len([r for r in engine.asked if f"#reduce:{n}:" in r.id]) for n in range(1, 60)]
    assert all(a >= b for a, b in pairwise(sizes))
    assert sizes[-1] == 0
    assert made.brief.summary is not None


def test_the_words_of_a_step_are_a_share_of_its_chunk_and_not_the_contracts() -> None:
    engine = Whole(400)
    article = make_article("long", long_text(3000))
    dialogue = read_whole(article, SHARED, CONFIG.outputs, engine, Budgets(200, 400, share=0.3))
    converse({"long": dialogue}, lambda rs: answers(engine, rs))
    sizes = [len(r.source.split()) for r in of(engine, "map")]
    mean = sum(sizes) / len(sizes)
    assert {r.words for r in of(engine, "map")} == {round(0.3 * mean)}
    most = 400 // 4
    assert all(r.words is not None and r.words <= most for r in of(engine, "reduce"))
    assert next(r for r in engine.asked if r.serves == ("summary",)).words == CONFIG.outputs.summary.max_words


def test_context_goes_with_a_chunk_but_is_not_its_source() -> None:
    engine = Whole(120)
    dialogue = read_whole(ARTICLE, ("summary",), CONFIG.outputs, engine, Budgets(120, 120, overlap=1))
    converse({"long": dialogue}, lambda rs: answers(engine, rs))
    mapped = of(engine, "map")
    assert not mapped[0].context
    for before, request in pairwise(mapped):
        assert request.context in ("", before.source.split("\n")[-1].split(". ")[-1]) or before.source.endswith(
            request.context
        )
    assert any(r.context for r in mapped)
    assert " ".join(r.source for r in mapped).split() == ARTICLE.text.split()


def test_articles_of_a_batch_do_not_change_each_other() -> None:
    texts = [make_article(f"a{n}", long_text(100 * n, n)) for n in range(1, 5)]
    together = make_briefs(texts, CONFIG, engines(Whole(60)))
    alone = [make_briefs([text], CONFIG, engines(Whole(60)))[0] for text in texts]
    assert together == alone


@pytest.mark.parametrize("key", ["map_tokens", "reduce_tokens"])
def test_a_budget_over_the_models_own_is_one_clear_error(key: str) -> None:
    settings_ = EngineSettings.model_validate({"name": "fake", key: 600})
    with pytest.raises(EngineError) as error:
        budgets(settings_, FakeEngine(strategy="whole"))
    assert f"engine.{key}" in str(error.value)
    assert "600" in str(error.value)
    assert "512" in str(error.value)
    config = load_config(None, ["engine.name=fake", f"outputs.bullets.engine={{name: fake, {key}: 600}}"])
    with pytest.raises(EngineError, match=rf"outputs\.bullets\.engine\.{key}"):
        open_engines(config, lambda _: FakeEngine(strategy="whole"))


@pytest.mark.parametrize("setting", ["map_tokens=100", "reduce_tokens=100", "map_share=0.3", "overlap=1"])
def test_a_setting_without_effect_is_refused(setting: str) -> None:
    with pytest.raises(ConfigError, match="no effect on the engine embedded"):
        load_config(None, [f"engine.{setting}"])
    assert load_config(None, ["engine.name=fake", f"engine.{setting}"])


def test_budgets_default_to_what_the_model_reads() -> None:
    assert budgets(EngineSettings(name="fake"), FakeEngine(strategy="whole")) == Budgets(512, 512, 0.25, 0)


BRIDGE = """The mayor, who took office in May, said on Friday that the bridge would stay closed until the repairs end.
Engineers had found cracks in two of its piers during a routine inspection earlier in the week.

Ferries will run twice an hour instead, and buses will take a detour through the village of Aldham.
The repairs will cost 3.4 million dollars, the council said, and half of that will come from the state."""
FREE = (
    "Cracks found by engineers in two piers keep the bridge closed for repairs that cost 3.4 million dollars. "
    "While they last there will be ferries twice an hour, and through Aldham there is a detour for buses."
)


def test_a_freely_worded_summary_that_the_article_supports_is_chosen() -> None:
    config = load_config(None, ["engine.name=fake"])
    engine = Whole(10_000, says=lambda request: FREE)
    (made,) = make_briefs([make_article("bridge", BRIDGE)], config, {"summary": (config.engine, engine)})  # type: ignore[dict-item]
    assert made.brief.summary is not None
    assert (made.brief.summary.text, made.brief.summary.flags) == (FREE, ())


def test_of_a_summary_that_broke_off_the_whole_sentences_are_kept() -> None:
    class BreaksOff(Whole):
        def generate(self, requests: Sequence[Request], seed: int) -> list[list[Generated]]:
            broken = Generated(f"{FREE} The mayor took office and said that", -0.5, ("unfinished",))
            return [[broken] for _ in requests]

    config = load_config(None, ["engine.name=fake", "guard.enabled=false"])
    (made,) = make_briefs([make_article("b", BRIDGE)], config, {"summary": (config.engine, BreaksOff(10_000))})  # type: ignore[dict-item]
    assert made.brief.summary is not None
    assert (made.brief.summary.text, made.brief.summary.flags) == (FREE, ())
    assert dict(made.brief.limits) == {"unfinished": 1}
    lost = [fate for fate in made.ranked if fate.rank is None]
    assert [fate.judged.candidate.text for fate in lost] == ["The mayor took office and said that"]
