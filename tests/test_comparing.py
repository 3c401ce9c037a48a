"""`precis compare` from files and run directories to text, tables and a page."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from flow_sample import flow_config, write_articles

from pipeline.cli import main
from pipeline.job import run

Capture = pytest.CaptureFixture[str]
FAST = ["--trials", "200", "--samples", "100"]
REFERENCES = [
    "The river flooded forty houses overnight",
    "A baker won the prize for bread",
    "Two trains stopped when a tree fell",
    "The council will build a bridge",
    "Nobody saw the comet because of clouds",
    "The school opens again in May",
    "A dog found the lost hikers",
    "The museum bought a small painting",
]


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("compared")
    articles = write_articles(folder / "in", ("bakery", "bridge", "bus"))
    for name, engine in (("one", "fake"), ("two", "lead")):
        run(flow_config(articles, folder / name, f"engine.name={engine}"))
    return folder / "one", folder / "two"


def write_texts(folder: Path) -> tuple[Path, Path, Path, Path]:
    """References, a perfect system, one that drops the last two words (JSON Lines), and one that says the same."""
    short = [text.rsplit(" ", 2)[0] for text in REFERENCES]
    (folder / "refs.txt").write_text("".join(f"{text}\n" for text in REFERENCES))
    (folder / "perfect.txt").write_text("".join(f"{text}\n" for text in REFERENCES))
    lines = [json.dumps({"id": number, "headlines": [text]}) for number, text in enumerate(short, 1)]
    (folder / "short.jsonl").write_text("\n".join(lines))
    (folder / "same_again.txt").write_text("".join(f"{text}\n" for text in short))
    return tuple(folder / name for name in ("refs.txt", "perfect.txt", "short.jsonl", "same_again.txt"))  # type: ignore[return-value]


def compared(capsys: Capture, *arguments: object, status: int = 0) -> Any:
    capsys.readouterr()
    assert main(["compare", *map(str, arguments), *FAST, "--json"]) == status
    out, err = capsys.readouterr()
    return json.loads(out) if status == 0 else err


def test_two_runs(runs: tuple[Path, Path], tmp_path: Path, capsys: Capture) -> None:
    record = compared(capsys, *runs)
    assert (record["name"], record["baseline"]) == ("two against one", "one")
    assert record["settings"] == ["engine.name"]
    stored = json.loads((runs[0] / "scores.json").read_text())["systems"]["fake"]
    rows = {(t["kind"], t["metric"]): t["rows"] for t in record["tables"]}
    for kind in ("summary", "bullets", "headlines"):
        for name in ("rouge1", "rouge2", "rougeL", "rougeLsum"):
            assert rows[kind, name][0]["value"] == pytest.approx(stored[kind][name]["f"])
            assert rows[kind, name][0]["ci95"] == pytest.approx(stored[kind][name]["ci95"])
    page = tmp_path / "page.html"
    assert main(["compare", *map(str, runs), *FAST, "--html", str(page)]) == 0
    out, err = capsys.readouterr()
    assert "Summary (2 articles in common)" in out
    assert "Summary: where they differ most in ROUGE-1" in out
    assert f"page: {page}" in err
    assert "engine.name" in page.read_text()
    again = compared(capsys, runs[0], runs[0])
    assert [one["name"] for one in again["systems"]] == ["one", "one (2)"]
    assert {row["difference"]["ties"] for t in again["tables"] for row in t["rows"][1:]} <= {1, 2}


def test_texts_of_any_system_in_files_of_two_kinds(tmp_path: Path, capsys: Capture) -> None:
    refs, perfect, short, same = write_texts(tmp_path)
    record = compared(capsys, perfect, short, same, "--references", refs, "--kind", "headlines")
    assert [one["name"] for one in record["systems"]] == ["perfect", "short", "same_again"]
    (table,) = [t for t in record["tables"] if (t["kind"], t["metric"]) == ("headlines", "rouge1")]
    first, jsonl, text = table["rows"]
    assert first["value"] == 1.0
    assert jsonl["value"] == text["value"] < 1
    assert (jsonl["difference"]["losses"], jsonl["verdict"]) == (8, "worse")
    assert jsonl["difference"]["p_holm"] == pytest.approx(2 * jsonl["difference"]["p"])
    assert record["examples"][0]["references"] == [REFERENCES[int(record["examples"][0]["id"]) - 1]]
    named = compared(capsys, perfect, short, "--references", refs, "--kind", "headlines", "--names", "A, B")
    assert [one["name"] for one in named["systems"]] == ["A", "B"]


def test_a_run_beside_texts_of_another_system(runs: tuple[Path, Path], tmp_path: Path, capsys: Capture) -> None:
    path = tmp_path / "other.jsonl"
    lines = [json.dumps({"id": name, "summary": "A bridge fell. Nobody was hurt."}) for name in ("bridge", "bus")]
    path.write_text("\n".join(lines))
    record = compared(capsys, runs[0], path, "--references", runs[0], "--metrics", "summary.rouge1,summary.coverage")
    assert [(t["kind"], t["metric"]) for t in record["tables"]] == [("summary", "rouge1"), ("summary", "coverage")]
    assert {row["difference"]["n"] for t in record["tables"] for row in t["rows"] if row["difference"]} == {1}
    assert [example["id"] for example in record["examples"]] == ["bridge"]
    assert "other: 1 references without an output (bakery)" in record["notes"]
    assert "other: 1 outputs without references (bus)" in record["notes"]
    assert "one: 1 articles that other lacks (bakery)" in record["notes"]


def test_other_score_settings_are_refused_unless_told_to(
    runs: tuple[Path, Path], tmp_path: Path, capsys: Capture
) -> None:
    odd = tmp_path / "odd"
    run(flow_config(runs[0].parent / "in", odd, "engine.name=lead", "score.stemmer=false"))
    message = compared(capsys, runs[0], odd, status=2)
    assert "odd is scored unlike one" in message
    assert "stem: porter / none" in message
    assert "--anyway" in message
    record = compared(capsys, runs[0], odd, "--anyway")
    assert any("odd is scored unlike one: stem" in note for note in record["notes"])
    stored = json.loads((odd / "scores.json").read_text())["systems"]["engine:lead"]["summary"]["rouge1"]["f"]
    assert record["tables"][0]["rows"][1]["value"] == pytest.approx(stored)  # by its own settings
    run(flow_config(runs[0].parent / "in", tmp_path / "seeded", "engine.name=lead", "run.seed=99"))
    compared(capsys, runs[0], tmp_path / "seeded")  # another seed changes intervals, not scores


def test_both_runs_are_scored_by_their_own_settings(runs: tuple[Path, Path], tmp_path: Path, capsys: Capture) -> None:
    plain = []
    for name, engine in (("a", "fake"), ("b", "lead")):
        options = (f"engine.name={engine}", "score.stemmer=false", "score.bootstrap_samples=150")
        run(flow_config(runs[0].parent / "in", tmp_path / name, *options))
        plain.append(tmp_path / name)
    capsys.readouterr()
    assert main(["compare", *map(str, plain), "--trials", "200", "--json"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert "|stem:none|" in record["signature"]
    assert "|boot:150|" in record["signature"]
    stored = json.loads((plain[0] / "scores.json").read_text())["systems"]["fake"]["summary"]["rouge1"]
    assert record["tables"][0]["rows"][0]["ci95"] == pytest.approx(stored["ci95"])


@pytest.mark.parametrize(
    ("arguments", "parts"),
    [
        (["one"], ["at least two systems"]),
        (["one", "gone"], ["gone"]),
        (["one", "two", "--metrics", "summary.rogue2"], ["did you mean summary.rouge2?"]),
        (["one", "two", "--kind", "sumary"], ["--kind: unknown kind 'sumary'"]),
        (["one", "two", "--trials", "3"], ["--trials: should be from 100"]),
        (["one", "two", "--table", "x.doc"], ["x.doc: a table ends in .md, .tex, .csv"]),
        (["one", "two", "--names", "a"], ["1 names for 2 systems"]),
    ],
)
def test_what_cannot_be_compared_is_told_without_a_traceback(
    arguments: list[str], parts: list[str], runs: tuple[Path, Path], capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(runs[0].parent)
    capsys.readouterr()
    assert main(["compare", *arguments]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert all(line.startswith("precis: ") for line in err.splitlines())
    for part in parts:
        assert part in err


def told(capsys: Capture, *arguments: object) -> str:
    capsys.readouterr()
    assert main(["compare", *map(str, arguments), *FAST]) == 0
    return capsys.readouterr().out


def test_equal_texts_have_their_articles_in_common(runs: tuple[Path, Path], tmp_path: Path, capsys: Capture) -> None:
    refs, perfect, short, same = write_texts(tmp_path)
    out = told(capsys, runs[0], runs[0])
    assert "Summary (2 articles in common)\n  the same on every article: ROUGE-1" in out
    out = told(capsys, short, same, "--references", refs, "--kind", "headlines")
    assert "Headline, first choice (8 articles in common)\n  the same on every article: ROUGE-1" in out
    assert "no system differs significantly from short" in out
    out = told(capsys, perfect, perfect, "--references", refs)
    assert "Summary (8 articles in common)" in out


def test_equal_texts_under_other_ids_are_told_apart_by_their_ids(tmp_path: Path, capsys: Capture) -> None:
    for name, ids in (("one", "ab"), ("two", "cd"), ("refs", "abcd")):
        lines = [json.dumps({"id": i, "summary": text}) for i, text in zip(ids, REFERENCES * 2, strict=False)]
        (tmp_path / f"{name}.jsonl").write_text("\n".join(lines))
    err = compared(capsys, *(tmp_path / f"{n}.jsonl" for n in ("one", "two")), "--references",
                   tmp_path / "refs.jsonl", status=2)  # fmt: skip
    assert "one and two have no article in common; the first ids: 'a', 'c' (articles are paired by their ids" in err


def test_a_run_whose_counts_cannot_be_read_counts_its_outputs(
    runs: tuple[Path, Path], tmp_path: Path, capsys: Capture
) -> None:
    broken = shutil.copytree(runs[1], tmp_path / "broken")
    (broken / "run.json").write_text("[]")
    whole, without = compared(capsys, runs[0], broken)["systems"]
    assert whole["counts"]["articles"] == 3
    assert without["counts"] == {"done": len((broken / "outputs.jsonl").read_text().splitlines())}


def test_kinds_that_only_one_has_are_not_called_compared(tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "refs.jsonl").write_text(json.dumps({"id": "a", "summary": "A bus", "headline": "A bus"}))
    (tmp_path / "one.jsonl").write_text(json.dumps({"id": "a", "summary": "A bus"}))
    (tmp_path / "two.jsonl").write_text(json.dumps({"id": "a", "headlines": ["A bus"]}))
    out = told(capsys, *(tmp_path / f"{n}.jsonl" for n in ("one", "two")), "--references", tmp_path / "refs.jsonl")
    assert "Summary (only one has any)" in out
    assert "Headline, first choice (only two has any)" in out
    assert "nothing is compared" in out
    assert "differs significantly" not in out


def test_texts_need_references(tmp_path: Path, capsys: Capture) -> None:
    _, perfect, short, _ = write_texts(tmp_path)
    assert "--references" in compared(capsys, perfect, short, status=2)


def test_markdown_bolds_the_best_and_marks_what_is_significant(tmp_path: Path, capsys: Capture) -> None:
    refs, perfect, short, _ = write_texts(tmp_path)
    odd = tmp_path / "a|b_*c.txt"
    odd.write_text("".join(f"{text}\n" for text in REFERENCES))
    arguments = [odd, short, "--references", refs, "--kind", "headlines", "--metrics", "headlines.rouge1"]
    assert main(["compare", *map(str, arguments), *FAST, "--format", "markdown"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "|  | Headline, first choice ROUGE-1 |"
    assert lines[1] == "| --- | ---: |"
    assert lines[2] == r"| a\|b\_\*c | **100.00** |"
    assert re.fullmatch(r"\| short \| \d\d\.\d\d† \|", lines[3])
    assert "rouge" in lines[-1]
    assert perfect.exists()


def test_latex_escapes_everything_and_balances(tmp_path: Path, capsys: Capture) -> None:
    refs, _, short, _ = write_texts(tmp_path)
    arguments = [short, short, "--references", refs, "--kind", "headlines", "--names", r"a_b&c%$#{}~^\<>|,two"]
    assert main(["compare", *map(str, arguments), *FAST, "--table", str(tmp_path / "t.tex")]) == 0
    text = (tmp_path / "t.tex").read_text()
    name = r"a\_b\&c\%\$\#\{\}\textasciitilde{}\textasciicircum{}\textbackslash{}\textless{}\textgreater{}\textbar{}"
    row = next(line for line in text.splitlines() if line.startswith(r"a\_b"))
    assert row.startswith(f"{name} & \\textbf{{")
    assert row.endswith(r" \\")
    columns = re.search(r"\\begin\{tabular\}\{l(r+)\}", text)
    assert columns
    assert len(columns[1]) == row.replace(r"\&", "").count("&") == 8
    bare = re.sub(r"\\[{}&%$#_\\]", "", text)
    assert bare.count("{") == bare.count("}")
    assert bare.count("$") == 2 * text.count(r"$^{\dagger}$") + 2 * text.count(r"$\times$")
    assert not re.search(r"[#~^|<>]|(?<!\\)_", bare.replace(r"^{\dagger}", ""))
    assert r"\multicolumn{4}{c}{Headline, first choice}" in text


def test_csv_has_every_test_unrounded_and_no_formulas(tmp_path: Path, capsys: Capture) -> None:
    refs, perfect, short, _ = write_texts(tmp_path)
    arguments = [perfect, short, "--references", refs, "--kind", "headlines", "--names", "=1+1,short"]
    record = compared(capsys, *arguments)
    assert main(["compare", *map(str, arguments), *FAST, "--format", "csv"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert {row["system"] for row in rows} == {"'=1+1", "short"}
    assert len(rows) == sum(len(table["rows"]) for table in record["tables"])
    found = record["tables"][0]["rows"][1]["difference"]
    assert float(rows[1]["difference_value"]) == found["value"]
    assert float(rows[1]["difference_p_bootstrap"]) == found["p_bootstrap"]
    assert rows[1]["signature"] == record["signature"]
    assert rows[0]["difference_p"] == ""


def test_a_sweep_writes_the_same_tables(tmp_path: Path, capsys: Capture) -> None:
    articles = write_articles(tmp_path / "in", ("bakery", "bridge"))
    sweep = {
        "base": {"input": {"path": str(articles)}, "engine": {"name": "fake"}, "score": {"bootstrap_samples": 100}},
        "out": str(tmp_path / "out"),
        "trials": 100,
        "list": [{"name": "plain"}, {"name": "titles", "set": {"headlines.case": "title"}}],
    }
    (tmp_path / "s.yaml").write_text(yaml.safe_dump(sweep))
    table = tmp_path / "t.csv"
    assert main(["sweep", str(tmp_path / "s.yaml"), "--table", str(table), "--format", "markdown"]) == 0
    assert capsys.readouterr().out.startswith("|  | Summary ROUGE-1 |")
    rows = list(csv.DictReader(table.open()))
    assert {row["system"] for row in rows} == {"plain", "titles", "lead", "textrank"}
    assert main(["sweep", str(tmp_path / "s.yaml"), "--table", "x.png"]) == 2


def test_comparing_imports_no_model_library(runs: tuple[Path, Path]) -> None:
    code = (
        "import sys\nfrom pipeline.cli import main\n"
        f"status = main(['compare', {str(runs[0])!r}, {str(runs[1])!r}, '--trials', '100'])\n"
        "print(status, sorted({'torch', 'transformers', 'evaluate', 'datasets'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert done.stdout.splitlines()[-1] == "0 []", done.stderr
