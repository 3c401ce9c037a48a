"""ROUGE against the rouge-score package, to 1e-12."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rouge_score import rouge_scorer

from pipeline.errors import ConfigError, InputError
from pipeline.metrics import tokens
from pipeline.metrics.lcs import lcs_bits, lcs_length, line_table
from pipeline.score import rouge, rouge_stream
from pipeline.text.sentences import split_sentences

TYPES = ["rouge1", "rouge2", "rouge3", "rougeL", "rougeLsum"]
ORACLES = {stem: rouge_scorer.RougeScorer(TYPES, use_stemmer=stem) for stem in (True, False)}
PAIRS = [
    ("", ""),
    ("", "a reference"),
    ("a prediction", ""),
    ("\n\n", "\n"),
    ("...", "?!"),
    ("The cat sat on the mat.", "The cats were sitting on mats."),
    ("police killed the gunman", "police kill the gunman"),
    ("the gunman kill police", "police killed the gunman"),
    ("w1 w2 w6 w7 w8\nw1 w3 w8 w9 w5", "w1 w2 w3 w4 w5"),
    ("a a a b\nb a a", "a b a b\n\na a"),
    ("Profit of £1,200m – up 3.5% – “generous”", "Profits rose 3.5% to £1,200m\nGenerously"),
    ("Привет, мир", "Привет, мир"),
    ("café naïve İstanbul Kelvin K", "cafe naive istanbul kelvin k"),
    ("line one\r\nline two\u2028line three", "line two\nline three line one"),
    ("the " * 70, "the a " * 70),
    ("one\n \ntwo three", "three\ntwo\none"),
]
SMALL = st.lists(st.sampled_from(["a", "b", "c", "dogs", "dog", "running", "\n"]), max_size=30).map(" ".join)
ANY = st.one_of(SMALL, st.text(max_size=60), st.text(alphabet="abKİé19 \n.'-", max_size=80))


def assert_equal(predictions: list[str], references: Sequence[str | list[str]], *, stem: bool) -> None:
    ours = rouge(predictions, references, rouge_types=TYPES, use_stemmer=stem, per_item=True)
    for index, (prediction, reference) in enumerate(zip(predictions, references, strict=True)):
        targets = [reference] if isinstance(reference, str) else list(reference)
        theirs = ORACLES[stem].score_multi(targets, prediction)
        for kind in TYPES:
            assert ours[kind][index] == pytest.approx(tuple(theirs[kind]), abs=1e-12), kind


@pytest.mark.parametrize("stem", [True, False])
@pytest.mark.parametrize(("prediction", "reference"), PAIRS)
def test_table_equals_rouge_score(prediction: str, reference: str, stem: bool) -> None:
    assert_equal([prediction], [reference], stem=stem)


@settings(max_examples=400, deadline=None)
@given(prediction=ANY, reference=ANY, stem=st.booleans())
def test_random_text_equals_rouge_score(prediction: str, reference: str, stem: bool) -> None:
    assert_equal([prediction], [reference], stem=stem)


@settings(max_examples=150, deadline=None)
@given(prediction=SMALL, references=st.lists(SMALL, min_size=1, max_size=4))
def test_several_references_equal_score_multi(prediction: str, references: list[str]) -> None:
    assert_equal([prediction], [references], stem=True)


TOKENS = st.lists(st.sampled_from([0, 1, 2, 3, 4]), max_size=40)


@settings(max_examples=300, deadline=None)
@given(lines=st.lists(TOKENS, min_size=1, max_size=4), candidate=TOKENS)
def test_lcs_walk_equals_the_table_walk(lines: list[list[int]], candidate: list[int]) -> None:
    """The walk sees the common tokens of the reference only, the oracle all of them; 0 is never in common."""
    picked = lcs_bits(line_table(lines, 4), candidate)
    first = 0
    for line in lines:
        kept = [token for token in line if token]
        unlike = [token or -index for index, token in enumerate(line, start=1)]
        expected = rouge_scorer.lcs_ind(unlike, candidate)
        places = [index for index in range(len(kept)) if picked >> (first + index) & 1]
        indexes = [index for index, token in enumerate(line) if token]
        assert [indexes[place] for place in places] == expected
        assert lcs_length(kept, [token for token in candidate if token]) == len(expected)
        first += len(kept) + 1
    assert picked >> first == 0


def test_lin_2004_union_lcs_example() -> None:
    """Section 3.2: the reference w1..w5 against two sentences has a union LCS of 4 of its 5 words."""
    score = rouge(["w1 w2 w6 w7 w8\nw1 w3 w8 w9 w5"], ["w1 w2 w3 w4 w5"], per_item=True)["rougeLsum"][0]
    assert score.r == pytest.approx(4 / 5)


def test_means_are_the_default() -> None:
    scores = rouge(["a b", ""], ["a b", ["c", "d"]], rouge_types=["rouge1"])
    assert scores == {"rouge1": {"p": 0.5, "r": 0.5, "f": 0.5}}


def test_more_than_nine_grams_are_allowed() -> None:
    text = " ".join(map(str, range(12)))
    assert rouge([text], [text], rouge_types=["rouge12"])["rouge12"]["f"] == 1.0


@pytest.mark.parametrize(
    ("predictions", "references", "message"),
    [
        (["a"], ["a", "b"], "1 predictions and 2 references"),
        (["a", None], ["a", "b"], "prediction 2"),
        (["a"], [[]], "reference 1"),
        (["a"], [["b", 3]], "reference 1"),
        ([float("nan")], ["b"], "prediction 1 is NaN"),
        (["a", "b"], ["a", float("nan")], "reference 2 .* NaN"),
        (["a"], [["b", float("nan")]], "reference 1 holds NaN"),
        ("text", ["text"], "list"),
        ([], [], "no predictions"),
    ],
)
def test_unusable_input_is_named(predictions: list[str], references: list[str], message: str) -> None:
    with pytest.raises(InputError, match=message):
        rouge(predictions, references)


@pytest.mark.parametrize(
    "options",
    [
        {"rouge_types": ["rouge0"]},
        {"rouge_types": ["L"]},
        {"multi_ref": "median"},
        {"profile": "bing"},
        {"tokenizer": "mecab"},
    ],
)
def test_unknown_options_are_config_errors(options: dict[str, object]) -> None:
    with pytest.raises(ConfigError):
        rouge(["a"], ["a"], **options)  # type: ignore[call-overload]


def test_thousands_of_pairs_of_real_sentences_equal_rouge_score() -> None:
    """Every two of 57 pieces of the seed articles, one or two sentences long: 3,249 pairs."""
    articles = sorted((Path(__file__).parents[1] / "seeds").glob("*/article.md"))
    sentences = [one.text for path in articles for one in split_sentences(path.read_text(encoding="utf-8"))]
    pieces = ["\n".join(sentences[start : start + 1 + start % 8 // 4]) for start in range(0, 57 * 4, 4)]
    pairs = [(prediction, reference) for prediction in pieces for reference in pieces]
    assert len(pairs) > 3000
    scored = zip(pairs, rouge_stream(pairs, TYPES, use_stemmer=True), strict=True)
    worst = 0.0
    for (prediction, reference), ours in scored:
        theirs = ORACLES[True].score(reference, prediction)
        worst = max(worst, *(abs(a - b) for kind in TYPES for a, b in zip(ours[kind], theirs[kind], strict=True)))
    assert worst <= 1e-12


def test_a_stream_is_scored_pair_by_pair() -> None:
    """Nothing is read ahead, so the memory does not grow with the number of pairs."""
    read = []

    def pairs() -> Iterator[tuple[str, str]]:
        for number in range(5):
            read.append(number)
            yield f"river {number}", "river 3"

    scores = rouge_stream(pairs(), ["rouge1"])
    assert read == []
    assert next(scores)["rouge1"].f == 0.5
    assert read == [0]
    assert [one["rouge1"].f for one in scores] == [0.5, 0.5, 1.0, 0.5]


def test_generators_are_scored_too() -> None:
    assert rouge((text for text in "ab"), (text for text in "aa"), ["rouge1"])["rouge1"]["f"] == 0.5
    with pytest.raises(InputError, match="only 1 references"):
        rouge((text for text in "ab"), (text for text in "a"))


def test_kept_stems_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "_STEMMED", 3)
    stems = tokens.Stems(lambda word: word[:4])
    assert stems.of([["rivers", "flooded"], ["houses", "sun", "rivers"]]) == [["rive", "floo"], ["hous", "sun", "rive"]]
    assert len(stems) <= 3


class Letters:
    """A tokenizer for rouge-score: every character but blanks is a word."""

    def tokenize(self, text: str) -> list[str]:
        return list("".join(text.split()))


@given(st.text("ab \n", max_size=20), st.text("ab \n", max_size=20))
@settings(max_examples=60)
def test_a_tokenizer_of_ones_own_equals_that_of_rouge_score(prediction: str, reference: str) -> None:
    types = ["rouge1", "rouge2", "rougeL", "rougeLsum"]
    theirs = rouge_scorer.RougeScorer(types, use_stemmer=True, tokenizer=Letters()).score(reference, prediction)
    ours = rouge([prediction], [reference], types, per_item=True, tokenizer=Letters().tokenize)
    assert {name: ours[name][0] for name in types} == {name: pytest.approx(tuple(theirs[name])) for name in types}
