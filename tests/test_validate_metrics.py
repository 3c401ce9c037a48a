"""The comparison with people's judgements: statistics against scipy and scikit-learn, tables of invented data."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import validate_metrics
from bench_sample import write_records
from flow_sample import ARTICLES, MORE
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import kendalltau, pearsonr
from sklearn.metrics import balanced_accuracy_score, roc_auc_score
from validate import qags
from validate.correlation import pearson, summary_level, system_level, tau_b


def test_nothing_speaks_against_a_sentence_that_a_measure_cannot_count() -> None:
    values = ({"novel_bigrams": None}, {"novel_bigrams": 0.2}, {"novel_bigrams": 0.9})
    sentences = [qags.Sentence("a", "x", True, one, ()) for one in values]  # type: ignore[arg-type]
    assert qags._oriented(sentences, "novel_bigrams").tolist() == [-0.2, -0.2, -0.9]


VALUES = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=3, max_size=12)


@settings(max_examples=50, deadline=None)
@given(VALUES)
@pytest.mark.filterwarnings("ignore::RuntimeWarning", "ignore::scipy.stats.ConstantInputWarning")
def test_correlations_are_those_of_scipy(pairs: list[tuple[int, int]]) -> None:
    a, b = np.array(pairs, dtype=np.float64).T
    assert float(tau_b(a, b)) == pytest.approx(kendalltau(a, b).statistic, nan_ok=True)
    assert float(pearson(a, b)) == pytest.approx(pearsonr(a, b).statistic, nan_ok=True)


def test_levels_by_hand() -> None:
    """Two articles and three systems: in the first the metric ranks as people do, in the second the other way round."""
    human = np.array([[0.1, 0.2, 0.3], [0.1, 0.2, 0.6], [0.5, 0.5, 0.5]])
    metric = np.array([[1.0, 2.0, 3.0], [6.0, 5.0, 1.0], [1.0, 2.0, 3.0]])
    within = summary_level(metric, human, "kendall", samples=100, seed=1)
    assert (within.value, within.n) == (0.0, 2)  # people see no difference in the third
    across = system_level(metric, human, "kendall", samples=100, seed=1)
    assert across.value == pytest.approx(kendalltau(metric.mean(axis=0), human.mean(axis=0)).statistic)
    gaps = np.where(np.arange(9).reshape(3, 3) == 5, np.nan, metric)
    means = np.nanmean(gaps, axis=0)
    known = system_level(gaps, human, "pearson", samples=100, seed=1).value
    assert known == pytest.approx(pearsonr(means, human.mean(axis=0)).statistic)
    assert summary_level(gaps, human, "kendall", samples=100, seed=1).n == 1  # two systems are too few


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 5)), min_size=2, max_size=30))
def test_detection_is_that_of_scikit_learn(rows: list[tuple[bool, int]]) -> None:
    judged = np.array([row[0] for row in rows])
    values = np.array([float(row[1]) for row in rows])
    if judged.all() or not judged.any():
        assert np.isnan(qags.roc_auc(judged, values))
        return
    assert qags.roc_auc(judged, values) == pytest.approx(roc_auc_score(judged, values))
    cuts = [*sorted(set(values)), 9.0]
    scores = [balanced_accuracy_score(judged, values >= cut) for cut in cuts[:-1]]
    best = qags.best_threshold(values, judged)
    assert qags.balanced(judged, values >= best) == pytest.approx(max(scores))


def test_each_half_is_decided_with_the_other_halfs_threshold() -> None:
    values = np.array([1.0, 2.0, 3.0, 4.0, 11.0, 12.0, 13.0, 14.0])
    judged = np.array([False, False, True, True] * 2)
    half = np.array([True] * 4 + [False] * 4)
    assert qags.decide(values, judged, half).tolist() == [False] * 4 + [True] * 4  # cuts at 12.5 and at 2.5


def data(folder: Path) -> Path:
    """Invented judgements: of four systems the longer ones are better, and sentences with a wrong number are bad."""
    realsumm, judged = [], []
    for name, text in [(f"{name}-{k}", text) for name, text in ARTICLES.items() for k in (1, 2)]:
        sentences = text.split(". ")
        names = ("abs/0", "abs/1", "ext/2", "ext/3")
        systems = {
            system: {"summary": sentences[: n + 1], "litepyramid_recall": n / 4} for n, system in enumerate(names)
        }
        realsumm.append(
            {"id": f"realsumm-{name}", "document": f"{text} {MORE}", "reference": sentences, "systems": systems}
        )
        said = [{"text": sentences[0], "consistent": True}, {"text": f"{sentences[0]} of 777", "consistent": False}]
        for half in ("cnndm", "xsum"):
            judged.append({"id": f"qags-{half}-{name}", "document": f"{text} {MORE}", "sentences": said})
    write_records(folder / "judged" / "realsumm.jsonl.xz", realsumm)
    write_records(folder / "judged" / "qags.jsonl.xz", judged)
    return folder


def test_the_tables_go_between_the_markers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / "page.md"
    names = [f"validate_metrics {name}" for name in ("realsumm", "qags")]
    parts = (f"<!-- {name}: begin -->\nold\n<!-- {name}: end -->\nkept\n" for name in names)
    page.write_text("# Page\n" + "".join(parts))
    options = ["--data", str(data(tmp_path)), "--samples", "50", "--trials", "200"]
    assert validate_metrics.main([*options, "--write", str(page)]) == 0
    text = page.read_text(encoding="utf-8")
    assert "old" not in text
    assert text.count("kept") == 2
    tables = [row for row in reversed(text.splitlines()) if row.startswith("| ")]
    rows = {row.split("|")[1].strip(): row for row in tables}  # the first of each name
    assert "1.00 [1.00, 1.00]" in rows["`rouge1.r`"]
    assert "| 16 | " in rows["`rouge1.r`"]
    assert rows["1"].split("|")[2].strip() == "ext/3"
    assert "1.000 [1.000, 1.000]" in rows["`numbers_supported`"]
    assert rows["numbers"].split("|")[3].strip() == "16 (100 %)"
    assert capsys.readouterr().out == ""


def test_faults_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert validate_metrics.main(["--data", str(tmp_path)]) == 2
    assert "realsumm.jsonl.xz" in capsys.readouterr().err
    page = tmp_path / "page.md"
    page.write_text("no markers")
    options = ["--data", str(data(tmp_path)), "--only", "qags", "--samples", "50"]
    assert validate_metrics.main([*options, "--write", str(page)]) == 2
    assert "validate_metrics qags: begin" in capsys.readouterr().err
