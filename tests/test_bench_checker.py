"""The independent fact checker: tables of planted errors and of true sentences, and its numbers against a speller."""

from __future__ import annotations

import ast
from pathlib import Path

import bench.checker
import bench.checker_numbers
import pytest
from bench.checker import Known, check, common_words
from bench.checker_numbers import numbers, readings
from hypothesis import given
from hypothesis import strategies as st

ARTICLE = """Mayor Petra Lindqvist told the council of Old Harwick on Tuesday that the Marle bridge will close
for 14 weeks. Repairs will cost $3.4 million, between 5 and 10 percent more than in 2019, according to Dean Road Works.
"We have no choice, and the piers cannot wait," Lindqvist said. About twenty-five shops lie on the U.S. side.
The Russian engineer Ivan B. Moreno, who built it, died on Sept. 3. Sales rose to 4 to 5 million pounds.
Critics call the plan a gift to drivers."""
KNOWN = Known(ARTICLE)
COMMON = frozenset({"however", "officials", "repairs", "bridge", "will", "cost", "close", "closed", "road", "he"})

TRUE = [
    "The Marle bridge will close for fourteen weeks",
    "Repairs will cost $3.4m",
    "Repairs cost 3.4 million dollars",
    "10% more than in 2019",
    "Sales rose to 4 million pounds",
    "25 shops lie on the US side",
    "Ivan Moreno died on September 3",
    "Moreno came from Russia",
    "Mayor Lindqvist: 'We have no choice'",
    '"We have no choice … the piers cannot wait," she said',
    "Lindqvist’s council",
    "However, officials agreed",
    "One of the shops is old",
    "Repairs Will Cost the Bridge $3.4m",
    "Old Harwick's Lindqvist closes a bridge",
    "Closed in the U.S",
]
FALSE = [
    ("The bridge will close for 15 weeks", "number", "15"),
    ("Repairs will cost $3.4 billion", "number", "3.4 billion"),
    ("Repairs will cost $3.4", "number", "3.4"),
    ("Repairs will cost 14% more", "number", "14"),
    ("It was $14 dearer", "number", "14"),
    ("Thirty shops lie there", "number", "Thirty"),
    ("He died on September 8", "number", "8"),
    ("Mayor Petra Lundqvist spoke", "name", "Lundqvist"),
    ("Johnston spoke to the council", "name", "Johnston"),
    ("The council met on Friday", "name", "Friday"),
    ("Petra Moreno spoke", "name", "petra moreno"),
    ("It is the work of Marle Road", "name", "marle road"),
    ("Canadian shops lie there", "name", "Canadian"),
    ('"We have no choice, and the drivers cannot wait," she said', "quotation", "We have no choice, and the drivers"),
    ("Critics call the plan 'a gift to shops'", "quotation", "a gift to shops"),
    ('"Critics call the plan a gift to drivers," Lindqvist said', "quotation", "Critics call the plan a gift"),
]


@pytest.mark.parametrize("text", TRUE)
def test_true_text_raises_no_alarm(text: str) -> None:
    assert check(text, KNOWN, COMMON) == []


@pytest.mark.parametrize(("text", "kind", "what"), FALSE)
def test_planted_errors_are_named(text: str, kind: str, what: str) -> None:
    found = check(text, KNOWN, COMMON)
    assert [(alarm.kind, alarm.text[: len(what)]) for alarm in found] == [(kind, what)]


def test_a_capital_that_opens_a_sentence_is_a_name_unless_the_word_is_ordinary() -> None:
    assert [alarm.text for alarm in check("However, it closes", KNOWN)] == ["However"]
    texts = [
        "It was however late.",
        "They, however, left.",
        "He came, however. The Will of Will said: Will.",
        "I will.",
    ]
    assert common_words([*texts, "however"]) == {"however"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("two hundred and six", [(206, "")]),
        ("a dozen eggs", [(12, "")]),
        ("$1.2bn", [(1.2e9, "money")]),
        ("£5 million or 12.5 per cent", [(5e6, "money"), (12.5, "percent")]),
        ("1,250,000 people on the fifth day", [(1.25e6, ""), (5, "")]),
        ("twenty-one-year-old", [(21, "")]),
        ("no number, anyone, tent", []),
    ],
)
def test_numbers(text: str, expected: list[tuple[float, str]]) -> None:
    assert [(number.value, number.unit) for number in numbers(text)] == expected


def test_a_range_gives_its_first_number_the_scale_of_its_second() -> None:
    assert readings("$4.7 to $4.8bn") == {(4.7, "money"), (4.7e9, "money"), (4.8e9, "money")}
    assert readings("5 and 10 percent") == {(5.0, ""), (5.0, "percent"), (10.0, "percent")}


ONES = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen".split()
ONES += "seventeen eighteen nineteen".split()
TENS = "_ _ twenty thirty forty fifty sixty seventy eighty ninety".split()


def spell(n: int) -> str:
    """English words of 0 to 999,999, written for this test."""
    if n < 20:
        return ONES[n]
    if n < 100:
        return TENS[n // 10] + (f"-{ONES[n % 10]}" if n % 10 else "")
    size, name = (1000, "thousand") if n >= 1000 else (100, "hundred")
    rest = f" and {spell(n % size)}" if 0 < n % size < 100 else f" {spell(n % size)}" if n % size else ""
    return f"{spell(n // size)} {name}{rest}"


@given(st.integers(0, 999_999))
def test_spelled_numbers_have_their_value(n: int) -> None:
    assert [number.value for number in numbers(f"There were {spell(n)} of them")] == [n]
    assert check(f"There were {n:,} of them", Known(f"There were {spell(n)} of them"), frozenset({"there"})) == []


WORDS = ["bridge", "Lindqvist", "Old Harwick", "14", "$3.4m", "5 percent", "U.S.", "closed", "'no choice'", '"a gift"']


@given(st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=6), min_size=1, max_size=6))
def test_a_sentence_of_the_article_raises_no_alarm(sentences: list[list[str]]) -> None:
    texts = [f"The {' '.join(words)}." for words in sentences]
    known = Known("\n".join(texts))
    assert [alarm for text in texts for alarm in check(text, known)] == []


def test_the_checker_shares_no_code_with_the_package() -> None:
    for module in (bench.checker, bench.checker_numbers):
        tree = ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))
        froms = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        plain = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
        ours = {name for name in froms | plain if name.split(".")[0] in ("pipeline", "bench")}
        assert ours <= {"bench.checker_numbers"}
