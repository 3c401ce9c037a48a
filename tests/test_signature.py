"""Signatures: written, read and compared in one place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import InputError
from pipeline.metrics.signature import AFFECTS, Signature, difference, parse, refusal, signature

VALUE = st.none() | st.text(alphabet="abcXYZ019.-+_ ", min_size=1, max_size=12)


@given(values=st.fixed_dictionaries({name: VALUE for name in AFFECTS if name != "metric"}))
def test_what_is_written_is_read_back(values: dict[str, str | None]) -> None:
    made = Signature("rouge", **values)
    assert parse(str(made)) == made


def test_every_field_says_what_it_changes() -> None:
    assert list(AFFECTS) == [*Signature.__slots__]


def test_this_release_writes_all_fields_in_the_documented_order() -> None:
    text = signature(samples=500, seed=7, n=[14, 14])
    assert [part.split(":")[0] for part in text.split("|")] == ["rouge", *list(AFFECTS)[1:]]
    assert "|n:14|boot:500|seed:7|" in text
    assert parse(signature(n=[12, 14, 13])).n == "12-14"
    assert parse(signature()).n is None


@pytest.mark.parametrize(
    ("change", "affects"),
    [
        ({"use_stemmer": False}, ["scores"]),
        ({"profile": "perl"}, ["scores", "scores", "scores", "intervals"]),  # its tokens, stemmer and seeds
        ({"tok": "custom"}, ["scores", "scores"]),  # nothing is stemmed then
        ({"multi_ref": "mean"}, ["scores"]),
        ({"samples": 10}, ["intervals"]),
        ({"seed": 1}, ["intervals"]),
        ({"n": [3]}, ["articles"]),
        ({}, []),
    ],
)
def test_differences_say_what_they_change(change: dict[str, object], affects: list[str]) -> None:
    found = difference(signature(), signature(**change))  # type: ignore[arg-type]
    assert [one.affects for one in found] == affects
    assert (refusal(signature(), signature(**change)) is not None) == ("scores" in affects)  # type: ignore[arg-type]


def test_a_refusal_names_field_and_values() -> None:
    why = refusal("rouge|v:1.0|stem:porter", "rouge|v:1.0")
    assert why == "stem: porter / not told (changes the scores)"


@pytest.mark.parametrize(
    "text", ["", "rouge|", "rouge|stem", "rouge|stem:a|stem:b", "rouge|colour:red", "rouge|metric:x"]
)
def test_what_is_no_signature_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="no signature"):
        parse(text)
