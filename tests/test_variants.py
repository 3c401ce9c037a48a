"""What selection weighs: finite verbs, headline angles and lengths, coverage of the article."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.coverage import gain, part_of, reaching, survey
from pipeline.finite import finite_verbs, has_finite_verb
from pipeline.records import Candidate, Judged, Verdict
from pipeline.select import copies, select_bullets, select_headlines
from pipeline.settings_outputs import BulletSettings, HeadlineSettings
from pipeline.text.article import make_article
from pipeline.variants import angle, length, next_best, similarity

ARTICLE = make_article(
    "ferry",
    "The ferry Aldine ran aground near Port Marle on Tuesday with 214 passengers aboard. "
    "The harbour office said nobody was hurt in the accident. "
    "Divers examined the hull during the night and found a crack two metres long.\n\n"
    "The operator cancelled all crossings until Friday and promised refunds. "
    "Travellers slept in a school gym while buses were arranged. "
    "The captain has sailed this route for nineteen years.\n\n"
    "Investigators will study the radar record of the last hour. "
    "A similar accident happened in 2011, when fog was to blame. "
    "A new lighthouse will be built on the northern rocks next spring.",
)


@pytest.mark.parametrize(
    ("text", "headline", "expected"),
    [
        ("The army is giving up ground in the east", False, True),
        ("The town's army giving up ground little by little in the eastern region", False, False),
        ("Half of bright light", False, False),
        ("Mines that the capital wants", False, False),
        ("Senate passes bill after long debate", True, True),
        ("Unions reject offer", True, True),
        ("Three killed in flood", True, True),
        ("Second suspect taken into custody", True, True),
        ("U.S. to send mines", True, True),
        ("U.S. to send mines", False, False),
        ("A plan to send mines", True, False),
        ("Profit up 38% at freight group", True, True),
        ("She said that the road would open", False, True),
        ("The death of two police officers", False, False),
    ],
)
def test_finite_verbs(text: str, headline: bool, expected: bool) -> None:
    assert has_finite_verb(text, headline=headline) is expected


@given(st.text(alphabet="abcdes '’,.?\"-T", max_size=60), st.booleans())
def test_finite_verbs_of_anything_are_counted_without_fault(text: str, headline: bool) -> None:
    assert finite_verbs(text, headline=headline) <= len(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Why did the ferry leave its channel?", "question"),
        ("Ferry with 214 aboard runs aground", "number"),
        ("Crossings cancelled after ferry accident", "consequence"),
        ("Northsea Lines cancels all crossings", "who"),
        ("Ferry runs aground near port", "what"),
    ],
)
def test_angles(text: str, expected: str) -> None:
    assert angle(text) == expected


def item(text: str, score: float, sentence: int = 0, *, kind: str = "headlines") -> Judged:
    return Judged(Candidate("r", "headline", text, -0.5, (sentence,), (kind,)), Verdict(True), score)  # type: ignore[arg-type]


def test_length_classes() -> None:
    assert [length("x" * n) for n in (40, 41, 60, 61, 90, 120)] == [0, 1, 1, 2, 2, 2]


def test_marginal_relevance_prefers_another_angle_and_length_to_a_slightly_better_echo() -> None:
    first = item("Ferry runs aground near Port Marle", 1.0)
    echo = item("Ferry runs aground near Port Marle in fog", 0.9)
    other = item("Operator cancels crossings until Friday after the accident in channel", 0.7)
    assert next_best([echo, other], []) is echo
    assert next_best([echo, other], [first]) is other
    assert similarity(first.candidate.text, first.candidate.text) == 1.0


def test_questions_are_headlines_only_when_asked_for() -> None:
    items = [item("Why did the ferry leave its channel?", 2.0), item("Ferry runs aground near Port Marle", 1.0)]
    refused = select_headlines(items, ARTICLE, HeadlineSettings(count=2))
    assert [j.candidate.text for j in refused.chosen] == ["Ferry runs aground near Port Marle"]
    assert any("question" in fate.why for fate in refused.ranked if fate.judged is items[0])
    allowed = select_headlines(items, ARTICLE, HeadlineSettings(count=2, question=True))
    assert allowed.chosen == tuple(items)
    assert next(f.why for f in allowed.ranked if f.rank == 0) == "chosen: question, 36 characters"


SOUNDS = (
    "Ferry runs aground near Port Marle",
    "Ferry strikes rocks near Port Marle",
    "Divers find crack in ferry hull",
    "214 passengers spend the night in a school gym at Port Marle",
    "Operator cancels all crossings",
    "Why did the radar fail?",
)


@given(
    st.lists(st.sampled_from(SOUNDS), min_size=1, max_size=6, unique=True),
    st.lists(st.floats(-3, 1), min_size=6, max_size=6),
    st.floats(0, 1),
    st.integers(1, 5),
)
def test_the_first_headline_does_not_depend_on_diversity(
    texts: list[str], scores: list[float], diversity: float, count: int
) -> None:
    items = [item(text, score, n) for n, (text, score) in enumerate(zip(texts, scores, strict=False))]
    settings = HeadlineSettings(count=count, diversity=diversity, question=True)
    chosen = select_headlines(items, ARTICLE, settings).chosen
    assert chosen[0].score == max(i.score for i in items)
    found = [j.score for j in chosen]
    assert found == sorted(found, reverse=True)


def test_diversity_trades_scores_for_difference() -> None:
    scores = (1.0, 0.9, 0.2, 0.1, 0.0, -0.5)
    items = [item(text, score, n) for n, (text, score) in enumerate(zip(SOUNDS, scores, strict=True))]

    def chosen(diversity: float) -> list[str]:
        settings = HeadlineSettings(count=2, diversity=diversity)
        return [j.candidate.text for j in select_headlines(items, ARTICLE, settings).chosen]

    assert chosen(0.0) == list(SOUNDS[:2])
    assert chosen(0.9) == [SOUNDS[0], SOUNDS[3]]  # another angle and another length
    for diversity in (0.2, 0.5, 0.8):
        worth = {
            text: (1 - diversity) * score
            - diversity * (similarity(text, SOUNDS[0]) - 0.25 * (angle(text) != "what") - 0.25 * (length(text) != 0))
            for text, score in zip(SOUNDS[1:5], scores[1:5], strict=True)
        }
        assert angle(SOUNDS[0]) == "what"
        assert chosen(diversity) == [SOUNDS[0], max(worth, key=lambda text: worth[text])]


def test_coverage_has_diminishing_returns() -> None:
    ground = survey(ARTICLE)
    first, second = ARTICLE.sentences[0].text, ARTICLE.sentences[3].text
    alone = gain(second, 3, [], ground)
    assert 0 < gain(second, 3, [(first, 0)], ground) <= alone
    assert gain(first, 0, [(first, 0)], ground) < gain(first, 0, [], ground)
    assert abs(sum(ground.weights.values()) - 1) < 1e-9


def test_sentences_are_asked_for_in_every_third() -> None:
    order = tuple(range(len(ARTICLE.sentences)))
    asked = reaching(ARTICLE, order, 6)
    assert len(asked) == len(set(asked)) == 6
    assert {part_of(ARTICLE, i) for i in asked} == {0, 1, 2}
    assert asked[0] == 0
    assert reaching(ARTICLE, order, 2) == (0, 1)


def test_bullets_reach_the_end_and_do_not_repeat_the_summary() -> None:
    items = [item(s.text, 0.5 - 0.02 * i, i, kind="bullets") for i, s in enumerate(ARTICLE.sentences)]
    summary = [ARTICLE.sentences[0].text, ARTICLE.sentences[2].text]
    found = select_bullets(items, ARTICLE, BulletSettings(min=3, max=4), summary)
    places = [j.candidate.sentences[0] for j in found.chosen]
    assert not {0, 2} & set(places)
    assert {part_of(ARTICLE, i) for i in places} == {0, 1, 2}
    why = {f.judged.candidate.sentences[0]: f.why for f in found.ranked if f.rank is None}
    assert why[0] == why[2] == "repeats the summary word for word"


def test_copies() -> None:
    sentence = "The operator, Northsea Lines, cancelled all crossings until Friday and promised refunds."
    assert copies("The operator cancelled all crossings until Friday and promised refunds", sentence)
    assert not copies("Refunds were promised for all of the crossings that had been cancelled", sentence)
