"""The command line: results on stdout, messages on stderr, exit statuses, and what is not imported."""

from __future__ import annotations

import argparse
import io
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest
from flow_sample import ARTICLES, MORE, flow_config, write_articles

from pipeline.cli import COMMANDS, build_parser, main
from pipeline.engines import ENGINES
from pipeline.job import run
from pipeline.settings_engine import EngineName

Capture = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cli")
    run(flow_config(write_articles(folder / "in", ("bakery", "bridge", "bus")), folder / "run"))
    return folder / "run"


def python(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)


def one_message(capsys: Capture, *parts: str) -> None:
    out, err = capsys.readouterr()
    assert out == ""
    assert "Traceback" not in err
    assert err.startswith("precis: ")
    for part in parts:
        assert part in err


def article(folder: Path, name: str) -> str:
    path = folder / f"{name}.txt"
    path.write_text(f"{ARTICLES[name]} {MORE}")
    return str(path)


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys\nfrom pipeline.cli import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit as end:\n    assert end.code == 0\n"
        "print(sorted({'torch', 'transformers', 'datasets', 'evaluate', 'pydantic', 'numpy'} & set(sys.modules)))"
    )
    done = python(code)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "[]"
    for name, *_ in COMMANDS:
        assert f"  {name} " in done.stdout


@pytest.mark.parametrize("name", [name for name, *_ in COMMANDS])
def test_every_command_has_help(name: str, capsys: Capture) -> None:
    with pytest.raises(SystemExit) as end:
        main([name, "--help"])
    assert end.value.code == 0
    assert f"precis {name}" in capsys.readouterr().out


def test_no_command_prints_help_and_is_an_error(capsys: Capture) -> None:
    assert main([]) == 2
    assert "brief" in capsys.readouterr().out


def test_brief_json_is_one_record_per_article_in_argument_order(tmp_path: Path, capsys: Capture) -> None:
    files = [article(tmp_path, "water"), article(tmp_path, "bakery")]
    assert main(["brief", "--json", "--engine", "fake", *files]) == 0
    records = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [r["id"] for r in records] == ["water", "bakery"]
    assert all({"summary", "bullets", "headlines"} <= set(r) and "rewrite" not in r for r in records)


def test_brief_prints_headlines_summary_and_bullets(tmp_path: Path, capsys: Capture) -> None:
    path = article(tmp_path, "bridge")
    assert main(["brief", "--json", "--engine", "fake", path]) == 0
    record = json.loads(capsys.readouterr().out)
    assert main(["brief", "--engine", "fake", path]) == 0
    printed = " ".join(capsys.readouterr().out.split())
    for passage in record["headlines"] + record["bullets"]:
        assert passage["text"] in printed
    assert record["summary"]["text"] in printed


def test_brief_of_chosen_kinds(tmp_path: Path, capsys: Capture) -> None:
    assert main(["brief", "--json", "--engine", "fake", "--kinds", "rewrite,headlines", article(tmp_path, "bus")]) == 0
    record = json.loads(capsys.readouterr().out)
    assert {"headlines", "rewrite"} <= set(record)
    assert not {"summary", "bullets"} & set(record)


def test_brief_takes_a_config_and_settings(tmp_path: Path, capsys: Capture) -> None:
    config = tmp_path / "c.yaml"
    config.write_text("engine: {name: fake}\noutputs: {bullets: {enabled: false}, headlines: {count: 2}}\n")
    path = article(tmp_path, "bridge")
    assert main(["brief", "--json", "--config", str(config), path]) == 0
    record = json.loads(capsys.readouterr().out)
    assert "bullets" not in record
    assert len(record["headlines"]) == 2
    assert main(["brief", "--json", "--config", str(config), "--set", "outputs.headlines.count=1", path]) == 0
    assert len(json.loads(capsys.readouterr().out)["headlines"]) == 1
    assert main(["brief", "--json", "--config", str(config), "--kinds", "bullets", "--engine", "lead", path]) == 0
    record = json.loads(capsys.readouterr().out)
    assert record["engine"] == "lead"
    assert "summary" not in record
    assert main(["brief", "--engine", "fake", "--set", "engine.beam=1", path]) == 2
    one_message(capsys, "engine.beam", "engine.beams")


def test_the_help_names_every_engine(capsys: Capture) -> None:
    with pytest.raises(SystemExit):
        main(["brief", "--help"])
    told = " ".join(capsys.readouterr().out.split())
    assert ", ".join(ENGINES) in told
    assert set(ENGINES) == set(get_args(EngineName))


def test_brief_reads_stdin(monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    text = f"{ARTICLES['museum']} {MORE}".encode()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text), encoding="utf-8"))
    assert main(["brief", "--json", "--engine", "fake", "-"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert record["id"] == "stdin"
    assert record["article"]["words"] == len(text.split())


def test_brief_unknown_kind(tmp_path: Path, capsys: Capture) -> None:
    assert main(["brief", "--engine", "fake", "--kinds", "sumary", article(tmp_path, "bus")]) == 2
    one_message(capsys, "sumary", "summary, bullets, headlines, rewrite")


def test_brief_with_an_unreadable_file_among_others_is_status_1(tmp_path: Path, capsys: Capture) -> None:
    bad = tmp_path / "bad.txt"
    bad.write_bytes(b"\xff\xfe\xfa\x81")
    assert main(["brief", "--json", "--engine", "fake", str(bad), article(tmp_path, "bus")]) == 1
    out, err = capsys.readouterr()
    assert [json.loads(line)["id"] for line in out.splitlines()] == ["bus"]
    assert "bad.txt" in err


@pytest.mark.parametrize("command", [["brief", "--engine", "fake"], ["run", "--set", "engine.name=fake", "--input"]])
def test_missing_file(command: list[str], tmp_path: Path, capsys: Capture) -> None:
    out = ["--out", str(tmp_path / "out")] if command[0] == "run" else []
    assert main([*command, str(tmp_path / "nowhere.txt"), *out]) == 2
    one_message(capsys, "nowhere.txt", "no such file")


def test_unknown_engine(tmp_path: Path, capsys: Capture) -> None:
    assert main(["brief", "--engine", "embeded", article(tmp_path, "bus")]) == 2
    one_message(capsys, "engine.name", "embedded")


def test_unknown_config_keys_are_all_named_with_the_nearest(tmp_path: Path, capsys: Capture) -> None:
    path = tmp_path / "c.yaml"
    path.write_text("engine: {name: fake, beam: 3}\noutputs: {headline: {count: 2}}\nrun: {seed: -1}\n")
    assert main(["run", str(path)]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "Traceback" not in err
    assert len(err.splitlines()) == 3
    for part in ("engine.beam", "engine.beams", "outputs.headline", "outputs.headlines", "run.seed"):
        assert part in err


def test_missing_config_and_bad_set(tmp_path: Path, capsys: Capture) -> None:
    assert main(["run", str(tmp_path / "none.yaml")]) == 2
    one_message(capsys, "none.yaml", "no such config file")
    assert main(["run", "--set", "engine.name"]) == 2
    one_message(capsys, "key=value")


def test_run_prints_results_and_the_report_and_again_is_a_no_op(tmp_path: Path, capsys: Capture) -> None:
    folder = write_articles(tmp_path / "in", ("bakery", "bus"))
    command = ["run", "--input", str(folder), "--out", str(tmp_path / "out"), "--set", "engine.name=fake"]
    command += ["--set", "score.bootstrap_samples=100", "--set", "score.baselines=[lead]"]
    assert main(command) == 0
    out, _ = capsys.readouterr()
    assert out.splitlines()[-1] == f"report: {tmp_path / 'out' / 'report.html'}"
    assert "Title of bakery" in out
    assert "lead" in out
    assert main([*command, "--quiet"]) == 0
    out, err = capsys.readouterr()
    assert "nothing to do" in err
    assert out.splitlines() == [f"report: {tmp_path / 'out' / 'report.html'}"]
    assert main([*command, "--set", "outputs.headlines.count=1"]) == 2
    one_message(capsys, "outputs.headlines.count", "--fresh")
    assert main([*command, "--set", "outputs.headlines.count=1", "--fresh", "--quiet"]) == 0


def test_fail_under_is_status_1_and_says_what_was_missed(tmp_path: Path, capsys: Capture) -> None:
    folder = write_articles(tmp_path / "in", ("bakery",))
    command = ["run", "--input", str(folder), "--out", str(tmp_path / "out"), "--quiet", "--set", "engine.name=fake"]
    command += ["--set", "score.bootstrap_samples=100"]
    assert main([*command, "--set", "score.fail_under={summary.rouge1.f: 0.01}"]) == 0
    assert main([*command, "--set", "score.fail_under={summary.rouge1.f: 0.99, rewrite.rouge2.f: 0.1}"]) == 1
    err = capsys.readouterr().err
    assert "summary.rouge1.f" in err
    assert "rewrite.rouge2.f: no such score" in err
    assert main([*command, "--fail-under", "summary.rouge1.f=0.01"]) == 0
    assert main([*command, "--fail-under", "summary.rouge1.f=0.99", "--fail-under", "bullets.density.value=2"]) == 1
    err = capsys.readouterr().err
    assert "nothing to do" in err
    assert re.search(r"threshold missed: summary\.rouge1\.f: 0\.\d{4} is under 0\.99\n", err)
    assert main([*command, "--fail-under", "summary.rogue1.f=0.2"]) == 2
    one_message(capsys, "unknown score summary.rogue1.f; did you mean summary.rouge1.f?")
    assert main([*command, "--fail-under", "summary.rouge1.f"]) == 2
    one_message(capsys, "--fail-under", "write it as KIND.METRIC.PART=NUMBER")


def test_fail_under_of_score_is_status_1_for_missed_and_for_missing_scores(finished: Path, capsys: Capture) -> None:
    command = ["score", str(finished), "--samples", "100"]
    assert main([*command, "--fail-under", "summary.rouge1.f=0.0001"]) == 0
    value = json.loads((finished / "scores.json").read_text())["systems"]["fake"]["summary"]["rouge1"]["r"]
    assert main([*command, "--fail-under", f"summary.rouge1.r={value}"]) == 0
    assert main([*command, "--fail-under", "summary.rouge1.r=0.999", "--fail-under", "rewrite.rouge1.f=0"]) == 1
    out, err = capsys.readouterr()
    assert "Summary" in out
    assert f"precis: threshold missed: summary.rouge1.r: {value:.4f} is under 0.999\n" in err
    assert "precis: threshold missed: rewrite.rouge1.f: no such score, at least 0 is asked for\n" in err
    assert main([*command, "--fail-under", "sumary.rouge1.f=0.2", "--fail-under", "summary.rouge1.f=35"]) == 2
    one_message(capsys, "did you mean summary.rouge1.f?", "summary.rouge1.f: scores are fractions from 0 to 1, not 35")


def test_score_of_plain_text(tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "out.txt").write_text("the cat sat on the mat\nthe dog ran\n")
    (tmp_path / "ref.txt").write_text("the cat sat on the mat\na bird flew away\n")
    command = ["score", "--outputs", str(tmp_path / "out.txt"), "--references", str(tmp_path / "ref.txt")]
    assert main([*command, "--json", "--samples", "100"]) == 0
    row = json.loads(capsys.readouterr().out)["systems"]["out"]["summary"]
    assert row["n"] == 2
    assert row["rouge1"]["f"] == pytest.approx(0.5)
    assert main([*command, "--samples", "100", "--kind", "headlines"]) == 0
    assert "50.00" in capsys.readouterr().out
    (tmp_path / "ref.txt").write_text("one line\n")
    assert main(command) == 2
    one_message(capsys, "same number of lines")


def test_score_of_a_run_equals_its_scores_json(finished: Path, capsys: Capture) -> None:
    assert main(["score", str(finished), "--json", "--samples", "100"]) == 0
    again = json.loads(capsys.readouterr().out)
    stored = json.loads((finished / "scores.json").read_text())
    assert again["systems"]["fake"] == stored["systems"]["fake"]


def test_score_needs_what_it_compares(capsys: Capture, tmp_path: Path) -> None:
    assert main(["score"]) == 2
    one_message(capsys, "--outputs and --references")
    assert main(["score", str(tmp_path / "no-run")]) == 2
    one_message(capsys, "no-run")


def test_score_imports_no_model_library(tmp_path: Path, finished: Path) -> None:
    code = (
        "import sys\nfrom pipeline.cli import main\n"
        f"status = main(['score', {str(finished)!r}, '--samples', '100'])\n"
        "print(status, sorted({'torch', 'transformers', 'evaluate', 'datasets'} & set(sys.modules)))"
    )
    done = python(code)
    assert done.stdout.splitlines()[-1] == "0 []", done.stderr


def test_explain(finished: Path, capsys: Capture) -> None:
    assert main(["explain", str(finished), "bakery"]) == 0
    out = capsys.readouterr().out
    candidates = [json.loads(line) for line in (finished / "candidates.jsonl").read_text().splitlines()]
    for candidate in candidates:
        if candidate["id"] == "bakery":
            assert candidate["text"] in out
            assert candidate["why"] in out
    assert main(["explain", str(finished), "bakry"]) == 2
    one_message(capsys, "bakry", "bakery")
    assert main(["explain", str(finished / "none"), "bakery"]) == 2


def test_report_writes_the_page_again(finished: Path, capsys: Capture) -> None:
    page = finished / "report.html"
    written_by_the_run = page.read_text()
    page.unlink()
    assert main(["report", str(finished)]) == 0
    assert capsys.readouterr().out == f"report: {page}\n"
    assert "Title of bakery" in written_by_the_run
    assert page.read_text() == written_by_the_run
    assert main(["report", str(finished / "none")]) == 2


def test_doctor(capsys: Capture) -> None:
    assert main(["doctor", "--json"]) == 0
    found = {check["what"]: check for check in json.loads(capsys.readouterr().out)}
    assert found["embedded model"]["ok"]
    assert found["torch"]["needed"]
    assert main(["doctor"]) == 0
    out = capsys.readouterr().out
    assert all(what in out for what in found)


def test_interrupt_is_130(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Capture) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("pipeline.job.run", interrupted)
    assert main(["run", "--set", "engine.name=fake", "--out", str(tmp_path)]) == 130
    assert "resumes" in capsys.readouterr().err


def test_installed_command_reports_errors_without_a_traceback(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "pipeline.cli", "brief", "--engine", "fake", str(tmp_path / "gone.md")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 2
    assert done.stdout == ""
    assert "gone.md" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", [name for name, *_ in COMMANDS])
def test_every_argument_says_what_it_is(command: str) -> None:
    subparsers = next(a for a in build_parser()._actions if isinstance(a, argparse._SubParsersAction))
    assert all(action.help for action in subparsers.choices[command]._actions)
