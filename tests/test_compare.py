"""Paired comparison of two scored systems."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.compare import LEVEL, Comparison, compare, compare_systems
from pipeline.compare.record import Entrant, to_record
from pipeline.errors import ConfigError, InputError
from pipeline.metrics.holm import holm
from pipeline.metrics.measure import Scored
from pipeline.metrics.texts import Outputs
from pipeline.records import Article, References
from pipeline.report.comparison_read import read_comparison
from pipeline.report.comparison_text import systems_table
from pipeline.report.terminal import compare_table
from pipeline.score import score_items
from pipeline.text.sentences import split_sentences

WORDS = ["alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa"]
REFERENCES = {str(k): References(headline=(" ".join(WORDS[: 3 + k % 5]),)) for k in range(40)}


HEADLINES = [("headlines", "rouge1"), ("headlines", "rouge2")]


def scored(system: str, shift: int, ids: range = range(40), *, seed: int = 13) -> Scored:
    """Headlines with `shift` words of the reference replaced."""
    outputs = {}
    for k in ids:
        reference = REFERENCES[str(k)].headline[0].split()
        outputs[str(k)] = Outputs(headlines=(" ".join(reference[shift:] + ["wrong"] * shift),))
    return score_items(outputs, REFERENCES, engine=system, seed=seed)


def delta_of(comparison: Comparison, kind: str, metric: str) -> tuple[float, float, tuple[int, int, int]]:
    found = next(d for d in comparison.deltas if d.kind == kind and d.metric == metric)
    return found.difference, found.p, (found.wins, found.losses, found.ties)


def test_a_clear_difference() -> None:
    comparison = compare(scored("bad", 1), scored("good", 0))
    difference, p, tally = delta_of(comparison, "headlines", "rouge1")
    assert difference > 0
    assert p == pytest.approx(1 / 10_001)
    assert tally == (40, 0, 0)
    first = comparison.deltas[0]
    assert first.difference == pytest.approx(first.b - first.a)
    assert first.ci95[0] <= first.difference <= first.ci95[1]


def test_equal_systems_tie() -> None:
    comparison = compare(scored("one", 1), scored("two", 1))
    assert {(d.difference, d.p, d.ties) for d in comparison.deltas} == {(0.0, 1.0, 40)}


def test_only_common_articles_count() -> None:
    comparison = compare(scored("a", 0, range(30)), scored("b", 0, range(10, 40)))
    assert comparison.common == tuple(str(k) for k in range(10, 30))
    assert comparison.only_a == tuple(str(k) for k in range(10))
    assert comparison.only_b == tuple(str(k) for k in range(30, 40))
    assert {d.n for d in comparison.deltas} == {20}


def test_the_same_seed_gives_the_same_numbers() -> None:
    a, b = scored("a", 1), scored("b", 2)
    assert compare(a, b, trials=500) == compare(a, b, trials=500)


def test_different_signatures_are_refused() -> None:
    with pytest.raises(ConfigError, match="signatures differ"):
        compare(scored("a", 0), scored("b", 0, seed=14))


def test_different_references_and_no_overlap_are_refused() -> None:
    a = scored("a", 0)
    other = Scored("b", a.signature, a.rows, dict.fromkeys(a.references, "changed"))
    with pytest.raises(InputError, match="different references"):
        compare(a, other)
    with pytest.raises(InputError, match="no article in common"):
        compare(scored("a", 0, range(3)), scored("b", 0, range(5, 9)))


def test_it_can_be_printed_and_saved() -> None:
    record = compare(scored("a", 1), scored("b", 0), trials=200).to_dict()
    json.dumps(record, allow_nan=False)
    assert record["rows"][0]["diff"] > 0
    assert "40 articles in common" in compare_table(record)


def test_fractions_that_differ_in_their_last_bits_are_ties() -> None:
    a, b = scored("a", 1), scored("b", 1)
    noisy = tuple(
        replace(item, rouge={name: prf._replace(f=prf.f + 1e-17 + 1e-16 * prf.f) for name, prf in item.rouge.items()})
        for item in b.rows["headlines"]
    )
    comparison = compare(a, replace(b, rows={"headlines": noisy}), trials=200)
    assert {(d.difference, d.wins, d.losses, d.ties) for d in comparison.deltas} == {(0.0, 0, 0, 40)}


def test_holm_against_worked_examples() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.5, 0.6]) == [1.0, 1.0]
    assert holm([0.2]) == [0.2]
    assert holm([]) == []


@given(st.lists(st.floats(0, 1), min_size=1, max_size=9), st.floats(0.001, 0.999))
def test_holm_rejects_what_the_step_down_procedure_rejects(chances: list[float], level: float) -> None:
    """Holm's own wording: from the smallest p on, reject while p ≤ α / (hypotheses left), then stop."""
    order = sorted(range(len(chances)), key=lambda i: chances[i])
    rejected = set()
    for k, i in enumerate(order):
        if chances[i] * (len(chances) - k) > level:
            break
        rejected.add(i)
    assert {i for i, p in enumerate(holm(chances)) if p <= level} == rejected


def test_several_systems_are_corrected_for_their_number_and_marked_only_by_the_test() -> None:
    systems = [scored("base", 1), scored("good", 0), scored("bad", 2), scored("same", 1)]
    found = compare_systems(systems, "base", HEADLINES, trials=999)
    assert [(table.kind, table.metric, table.better) for table in found.tables] == [(*m, "higher") for m in HEADLINES]
    rows = {row.system: row for row in found.tables[0].rows}
    assert list(rows) == ["base", "good", "bad", "same"]
    assert (rows["base"].delta, rows["base"].verdict) == (None, None)
    assert {name: row.verdict for name, row in rows.items()} == {
        "base": None,
        "good": "better",
        "bad": "worse",
        "same": None,
    }
    single = {name: compare(systems[0], other, trials=999).deltas for name, other in zip(rows, systems, strict=True)}
    for name in ("good", "bad", "same"):
        assert rows[name].delta in single[name]
    assert rows["good"].p_holm == pytest.approx(3 / 1000)
    assert rows["same"].p_holm == 1.0
    assert found.tables[0].floor == pytest.approx(3 / 1000)


def test_few_articles_cannot_be_significant_and_say_so() -> None:
    few = range(4)
    systems = [scored("base", 1, few), scored("good", 0, few)]
    (table, _) = compare_systems(systems, "base", HEADLINES).tables
    assert table.rows[1].delta is not None
    assert table.rows[1].delta.ci95[0] > 0  # the interval alone would have called it better
    assert table.rows[1].verdict is None
    assert table.floor == pytest.approx(2 / 2**4)
    assert table.floor > LEVEL


def test_one_system_that_cannot_be_compared_leaves_the_others() -> None:
    odd = replace(scored("odd", 0), references=dict.fromkeys(scored("odd", 0).references, "changed"))
    found = compare_systems([scored("base", 1), odd, scored("good", 0)], "base", HEADLINES, trials=200)
    assert [name for name, _ in found.problems] == ["odd"]
    verdicts = {row.system: (row.delta is None, row.verdict) for row in found.tables[0].rows}
    assert verdicts == {"base": (True, None), "odd": (True, None), "good": (False, "better")}
    nobody = compare_systems([scored("good", 0)], "gone", HEADLINES)
    assert [name for name, _ in nobody.problems] == ["gone"]
    assert nobody.tables[0].rows[0].value == 1.0


def test_metrics_of_which_neither_end_is_better_are_higher_or_lower() -> None:
    text = "Nobody rides the bus. " * 3
    articles = {i: Article(i, text, tuple(split_sentences(text))) for i in REFERENCES}
    outputs = {
        name: {i: Outputs(headlines=(text,)) for i in REFERENCES}
        for name, text in (("copy", "Nobody rides the bus"), ("new", "Buses run without any passengers"))
    }
    systems = [score_items(own, REFERENCES, articles, engine=name) for name, own in outputs.items()]
    metrics = [("headlines", "novel_bigrams"), ("headlines", "coverage")]
    found = compare_systems(systems, "copy", metrics, trials=200)
    assert [(table.better, table.rows[1].verdict) for table in found.tables] == [(None, "higher"), (None, "lower")]


def test_a_comparison_of_systems_as_record_text_and_view() -> None:
    systems = [scored("base", 1), scored("good", 0, range(30)), scored("same", 1)]
    found = compare_systems(systems, "base", HEADLINES, trials=200)
    settings = [{"engine.beams": n} for n in (4, 1, 2)]
    entrants = [Entrant(s.system, settings=own, path=s.system) for s, own in zip(systems, settings, strict=True)]
    record = to_record("trial", entrants, ["engine.beams"], found, signature="sig|x", notes=["a note"])
    assert json.loads(json.dumps(record, allow_nan=False)) == record
    text = systems_table(record)
    good = next(line for line in text.splitlines() if line.startswith("  good (n = 30)"))
    assert good.endswith("30–0–0  ▲ better")
    assert "Headline, first choice: good: better in ROUGE-1 and ROUGE-2" in text
    assert text.rstrip().endswith("sig|x")
    view = read_comparison(record)
    assert [entry.settings for entry in view.entries] == [("4",), ("1",), ("2",)]
    assert view.short == ("beams",)
    (articles,) = [group.articles for group in view.groups]
    assert articles is not None
    assert articles.systems == ("good", "same")
    assert {ended for row in articles.rows for _, ended in row.cells[1:]} == {"tie"}
    wins = [row.cells[0][1] for row in articles.rows]
    assert (wins.count("win"), wins.count("none")) == (30, 10)


def test_lengths_are_not_scaled_and_only_the_test_marks() -> None:
    row = {"kind": "summary", "a": 2.5, "b": 3.0, "diff": 0.5, "wins": 4, "losses": 0, "ties": 0, "ci95": [0.25, 0.75]}
    rows = [{**row, "metric": "density", "p": 0.125}, {**row, "metric": "compression", "p": 0.01}]
    density, compression = compare_table({"a": "x", "b": "y", "rows": rows}).splitlines()[3:5]
    assert "2.50  3.00  +0.50 [+0.25, +0.75]" in density
    assert "*" not in density
    assert "*" in compression
