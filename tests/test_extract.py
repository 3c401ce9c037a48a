"""Extractive baselines over an article's own sentences."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.extract import SumyDocument, lead, oracle, sumy_summarizer, textrank
from pipeline.records import Article, Sentence
from pipeline.score import rouge

TEXTS = (
    "The river rose overnight and flooded the lower town.",
    "Nobody was hurt.",
    "Firefighters moved forty families from the lower town to a school.",
    "The mayor thanked the firefighters.",
    "The school will shelter the families until the river falls.",
    "Nobody was hurt.",
)


def article(*texts: str) -> Article:
    """An article with one sentence a line."""
    starts = [sum(len(text) + 1 for text in texts[:index]) for index in range(len(texts))]
    sentences = tuple(
        Sentence(t, s, s + len(t), k) for k, (t, s) in enumerate(zip(texts, starts, strict=True))
    )
    return Article("a", "\n".join(texts), sentences)


FLOOD = article(*TEXTS)


def test_lead_takes_the_first_sentences() -> None:
    assert lead(FLOOD) == (0, 1, 2)
    assert lead(FLOOD, 10) == (0, 1, 2, 3, 4, 5)
    assert lead(article()) == ()


def test_textrank_is_sumys_choice_in_source_order() -> None:
    document = SumyDocument.of(TEXTS)
    for n in (1, 2, 3):
        chosen = sumy_summarizer("text_rank", "TextRankSummarizer")(document, n)
        assert textrank(FLOOD, n) == tuple(document.sentences.index(sentence) for sentence in chosen)


def test_textrank_of_odd_articles() -> None:
    assert textrank(article()) == ()
    assert textrank(article("Alone.")) == (0,)
    assert textrank(article("…", "—", "!")) == (0, 1, 2)
    assert len(textrank(article("Same words here.", "Same words here.", "Same words here."), 2)) == 2


def test_oracle_finds_the_reference_sentences() -> None:
    reference = f"{TEXTS[4]}\n{TEXTS[0]}"
    assert oracle(FLOOD, [reference]) == (0, 4)
    assert oracle(FLOOD, [reference], n=1) in {(0,), (4,)}


def test_oracle_stops_when_nothing_is_gained() -> None:
    assert oracle(FLOOD, ["zebra"]) == ()
    assert oracle(FLOOD, [TEXTS[1]]) == (1,)
    assert oracle(article(), ["a"]) == ()


def test_several_references_count_the_best_per_type() -> None:
    assert oracle(FLOOD, ["nothing alike", TEXTS[3]], n=1) == (3,)


def _value(chosen: tuple[int, ...], texts: list[str], references: list[str]) -> float:
    scores = rouge(["\n".join(texts[k] for k in chosen)], [references], rouge_types=["rouge1", "rouge2"])
    return scores["rouge1"]["f"] + scores["rouge2"]["f"]


LINE = st.lists(st.sampled_from("abcdef"), min_size=1, max_size=6).map(" ".join)


@settings(max_examples=80, deadline=None)
@given(texts=st.lists(LINE, min_size=1, max_size=6), references=st.lists(LINE, min_size=1, max_size=3))
def test_every_oracle_step_is_the_best_one(texts: list[str], references: list[str]) -> None:
    one, two = (oracle(article(*texts), references, n) for n in (1, 2))
    singles = [_value((k,), texts, references) for k in range(len(texts))]
    assert (_value(one, texts, references) if one else 0.0) == max(singles)
    if len(two) == 2:
        assert set(one) < set(two)
        assert _value(two, texts, references) > _value(one, texts, references)
