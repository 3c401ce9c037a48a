"""Paired comparison of two scored systems."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from pipeline.compare import Systems, compare_systems, most_different
from pipeline.compare.pair import Delta, common_articles, correlation
from pipeline.compare.record import Entrant, to_record
from pipeline.errors import ConfigError, InputError
from pipeline.metrics.holm import holm
from pipeline.metrics.measure import Scored
from pipeline.metrics.power import LEVEL
from pipeline.metrics.texts import Outputs
from pipeline.records import Article, References
from pipeline.report.comparison_read import read_comparison
from pipeline.report.comparison_text import systems_table
from pipeline.score import score_systems
from pipeline.text.sentences import split_sentences

WORDS = ["alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa"]
REFERENCES = {str(k): References(headline=(" ".join(WORDS[: 3 + k % 5]),)) for k in range(40)}


HEADLINES = [("headlines", "rouge1"), ("headlines", "rouge2")]


def scored(system: str, shift: int, ids: range = range(40), *, seed: int = 13, stemmer: bool = True) -> Scored:
    """Headlines with `shift` words of the reference replaced."""
    outputs = {}
    for k in ids:
        reference = REFERENCES[str(k)].headline[0].split()
        outputs[str(k)] = Outputs(headlines=(" ".join(reference[shift:] + ["wrong"] * shift),))
    return score_systems(outputs, REFERENCES, engine=system, seed=seed, use_stemmer=stemmer)[system]


def pair(a: Scored, b: Scored, *, trials: int = 999, anyway: bool = False) -> Systems:
    return compare_systems([a, b], a.system, trials=trials, anyway=anyway)


def deltas_of(found: Systems) -> list[Delta]:
    return [row.delta for table in found.tables for row in table.rows if row.delta is not None]


def test_a_clear_difference() -> None:
    found = compare_systems([scored("bad", 1), scored("good", 0)], "bad")
    first = deltas_of(found)[0]
    assert (first.kind, first.metric, first.n) == ("headlines", "rouge1", 40)
    assert first.difference == pytest.approx(first.b - first.a)
    assert first.difference > 0
    assert first.test.p == first.test.p_bootstrap == pytest.approx(1 / 10_001)
    assert (first.wins, first.losses, first.ties) == (40, 0, 0)
    assert first.test.ci95[0] <= first.difference <= first.test.ci95[1]


def test_equal_systems_tie_and_tell_nothing_of_what_could_be_detected() -> None:
    found = deltas_of(pair(scored("one", 1), scored("two", 1)))
    told = {(d.difference, d.test.p, d.test.p_bootstrap, d.ties, d.test.detectable, d.length_r) for d in found}
    assert told == {(0.0, 1.0, 1.0, 40, None, None)}


def test_only_common_articles_count() -> None:
    a, b = scored("a", 0, range(30)), scored("b", 0, range(10, 40))
    assert common_articles(a, b) == tuple(str(k) for k in range(10, 30))
    found = pair(a, b)
    assert {d.n for d in deltas_of(found)} == {20}
    assert {row.n for table in found.tables for row in table.rows} == {30}


def test_the_same_seed_gives_the_same_numbers() -> None:
    a, b = scored("a", 1), scored("b", 2)
    assert pair(a, b) == pair(a, b)
    assert pair(a, b) != compare_systems([a, b], "a", trials=999, seed=14)


def test_signatures_that_change_scores_are_refused_unless_told_to() -> None:
    a, other = scored("a", 1), scored("b", 0, stemmer=False)
    with pytest.raises(ConfigError, match=r"signatures differ.*stem: porter / none"):
        common_articles(a, other)
    ((name, why),) = pair(a, other).problems
    assert name == "b"
    assert "changes the scores" in why
    assert deltas_of(pair(a, other)) == []
    assert {d.n for d in deltas_of(pair(a, other, anyway=True))} == {40}
    assert len(common_articles(a, scored("b", 0, seed=14))) == 40  # changes intervals only


def test_different_references_and_no_overlap_are_refused() -> None:
    a = scored("a", 0)
    other = Scored("b", a.signature, a.rows, dict.fromkeys(a.references, "changed"))
    with pytest.raises(InputError, match="different references"):
        common_articles(a, other)
    with pytest.raises(InputError, match="no article in common"):
        common_articles(scored("a", 0, range(3)), scored("b", 0, range(5, 9)))


def test_fractions_that_differ_in_their_last_bits_are_ties() -> None:
    a, b = scored("a", 1), scored("b", 1)
    noisy = tuple(
        replace(item, rouge={name: prf._replace(f=prf.f + 1e-17 + 1e-16 * prf.f) for name, prf in item.rouge.items()})
        for item in b.rows["headlines"]
    )
    found = deltas_of(pair(a, replace(b, rows={"headlines": noisy})))
    assert {(d.difference, d.wins, d.losses, d.ties) for d in found} == {(0.0, 0, 0, 40)}


def test_lengths_and_their_correlation_against_scipy() -> None:
    rng = np.random.default_rng(5)
    x, y = rng.normal(size=50), rng.normal(size=50)
    assert correlation(x, y) == pytest.approx(stats.pearsonr(x, y).statistic, abs=1e-12)
    assert correlation(x, np.full(50, 2.0)) is None
    assert correlation(np.eye(9)[0], np.eye(9)[0]) is None  # of a single article
    long = score_systems(
        {i: Outputs(headlines=(f"{r.headline[0]} and" + " so on" * int(i),)) for i, r in REFERENCES.items()},
        REFERENCES,
        engine="long",
    )["long"]
    found = next(d for d in deltas_of(pair(scored("exact", 0), long)) if d.metric == "rouge1")
    words = sum(len(r.headline[0].split()) for r in REFERENCES.values()) / 40
    assert found.words == pytest.approx((words, words + 1 + 2 * 39 / 2))
    lost = [item.rouge["rouge1"].f - 1.0 for item in long.rows["headlines"]]
    assert found.length_r == pytest.approx(stats.pearsonr(lost, [1.0 + 2 * k for k in range(40)]).statistic, abs=1e-9)


def test_the_most_different_articles_come_first_with_their_texts() -> None:
    base, good, bad = scored("base", 1), scored("good", 0), scored("bad", 3)
    found = compare_systems([base, good, bad], "base", HEADLINES, trials=100)
    shown = most_different(found, [base, good, bad], REFERENCES, 6)
    spread = {i: abs(found.values[HEADLINES[0]]["bad"][i] - v) for i, v in found.values[HEADLINES[0]]["base"].items()}
    assert [example.id for example in shown] == sorted(spread, key=lambda i: -spread[i])[:6]
    first = shown[0]
    assert first.references == (REFERENCES[first.id].headline[0],)
    assert [output.system for output in first.outputs] == ["base", "good", "bad"]
    assert first.outputs[1].text == REFERENCES[first.id].headline[0]
    assert first.outputs[1].difference > 0 > first.outputs[2].difference
    assert most_different(pair(base, replace(base, system="same")), [base], REFERENCES, 3) == ()


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
    for other in systems[1:]:
        assert rows[other.system].delta in deltas_of(pair(systems[0], other))
    assert rows["good"].p_holm == pytest.approx(3 / 1000)
    assert rows["same"].p_holm == 1.0
    assert found.tables[0].floor == pytest.approx(3 / 1000)


def test_few_articles_cannot_be_significant_and_say_so() -> None:
    few = range(4)
    systems = [scored("base", 1, few), scored("good", 0, few)]
    (table, _) = compare_systems(systems, "base", HEADLINES).tables
    assert table.rows[1].delta is not None
    assert table.rows[1].delta.test.ci95[0] > 0  # the interval alone would have called it better
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
    systems = [score_systems(own, REFERENCES, articles, engine=name)[name] for name, own in outputs.items()]
    metrics = [("headlines", "novel_bigrams"), ("headlines", "coverage")]
    found = compare_systems(systems, "copy", metrics, trials=200)
    assert [(table.better, table.rows[1].verdict) for table in found.tables] == [(None, "higher"), (None, "lower")]


def test_a_comparison_of_systems_as_record_text_and_view() -> None:
    systems = [scored("base", 1), scored("good", 0, range(30)), scored("same", 1)]
    found = compare_systems(systems, "base", HEADLINES, trials=200)
    settings = [{"engine.beams": n} for n in (4, 1, 2)]
    entrants = [Entrant(s.system, settings=own, path=s.system) for s, own in zip(systems, settings, strict=True)]
    shown = most_different(found, systems, REFERENCES, 2)
    signature = systems[0].signature
    told = {"signature": signature, "examples": shown, "notes": ["a note"]}
    record = to_record("trial", entrants, ["engine.beams"], found, **told)
    assert json.loads(json.dumps(record, allow_nan=False)) == record
    text = systems_table(record)
    good = next(line for line in text.splitlines() if line.startswith("  good (n = 30)"))
    assert re.search(r"30–0–0 +\d+\.\d\d  ▲ better$", good)
    assert "Headline, first choice: good: better in ROUGE-1 and ROUGE-2" in text
    assert text.rstrip().endswith(signature)
    assert "Holm: p corrected for the 2 systems compared under a metric; the other two p are not." in text
    assert f"reference: {REFERENCES[shown[0].id].headline[0]}" in text
    view = read_comparison(record)
    assert [entry.settings for entry in view.entries] == [("4",), ("1",), ("2",)]
    assert view.short == ("beams",)
    (articles,) = [group.articles for group in view.groups]
    assert articles is not None
    assert articles.systems == ("good", "same")
    assert {ended for row in articles.rows for _, ended in row.cells[1:]} == {"tie"}
    wins = [row.cells[0][1] for row in articles.rows]
    assert (wins.count("win"), wins.count("none")) == (30, 10)


def test_two_systems_are_a_line_a_metric_and_only_the_test_marks() -> None:
    articles = {i: Article(i, r.headline[0], tuple(split_sentences(r.headline[0]))) for i, r in REFERENCES.items()}
    outputs = {i: Outputs(headlines=(f"{r.headline[0]} again",)) for i, r in REFERENCES.items()}
    systems = [
        score_systems(own, REFERENCES, articles, engine=name)[name]
        for name, own in (
            ("copy", {i: Outputs(headlines=r.headline) for i, r in REFERENCES.items()}),
            ("more", outputs | {"0": Outputs(headlines=REFERENCES["0"].headline)}),
        )
    ]
    found = compare_systems(systems, "copy", trials=999)
    entrants = [Entrant("copy"), Entrant("more")]
    lines = systems_table(to_record("x", entrants, [], found, signature=systems[0].signature)).splitlines()
    rouge = next(line for line in lines if line.startswith("  ROUGE-1"))
    number = r"\d+\.\d\d"
    tests = rf"−{number} +\[−.*\] +0\.001 +0\.001 +0–39–1 +{number}  ▼ worse"
    assert re.match(rf"  ROUGE-1 +100\.00 +{number} +{tests}", rouge)
    compression = next(line for line in lines if line.startswith("  compression"))
    assert re.search(r"  1\.00  +0\.8\d  ", compression)  # a ratio is not multiplied by 100
    (alike,) = (line for line in lines if "the same on every article: " in line)
    assert "repetition" in alike and "sentences" in alike
    assert any(line.startswith("No p is corrected: one system is compared.") for line in lines)


def test_n_of_the_paired_test_is_that_of_the_common_articles() -> None:
    few = range(4)
    found = compare_systems([scored("base", 1), scored("few", 0, few)], "base", HEADLINES)
    record = to_record("x", [Entrant("base"), Entrant("few")], [], found, signature="rouge|seed:13")
    (group,) = read_comparison(record).groups
    assert (group.main[0].n, group.main[0].paired) == (40, 4)
    assert group.main[0].floor == "4 articles cannot give a corrected p under 0.05"
