"""Several systems, several references, what is missing, and the published protocols; also from the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from rouge_score import rouge_scorer
from score_sample import ARTICLES, OUTPUTS, REFERENCES

from pipeline.cli import main
from pipeline.errors import ConfigError, InputError
from pipeline.metrics.protocols import PROTOCOLS, one_a_line
from pipeline.metrics.signature import parse
from pipeline.metrics.texts import Outputs
from pipeline.protocols import score_protocols
from pipeline.records import Kind, Prose, References
from pipeline.saved import read_files, read_references, short_name
from pipeline.score import score, score_systems
from pipeline.scoring import Options

Capture = pytest.CaptureFixture[str]
BY_NAME = {one.name: one for one in PROTOCOLS}
PREDICTION = "Rivers flooded 40 houses in Stannick. Nobody was hurt . The agreement held."
ALTERNATIVES = ["The river flooded forty houses. Nobody was hurt.", "The agreements held. Houses of Stannick flooded."]


def text(path: Path, *lines: str) -> str:
    path.write_text("".join(line + "\n" for line in lines), encoding="utf-8")
    return str(path)


@pytest.mark.parametrize(
    ("protocol", "stem", "prepare", "column", "rouge_type"),
    [
        ("rouge-score", False, str, "rougeLsum", "rougeLsum"),
        ("rouge-score", False, str, "rouge2", "rouge2"),
        ("hf-summarization", True, one_a_line, "rougeLsum", "rougeLsum"),
        ("hf-summarization", True, one_a_line, "rougeL", "rougeL"),
        ("helm", True, str, "rougeL", "rougeL"),
        ("lm-eval", False, lambda text: text.replace(" . ", ".\n"), "rougeL", "rougeLsum"),
        ("torchmetrics", False, one_a_line, "rouge1", "rouge1"),
    ],
)
def test_protocols_are_rouge_score_used_as_the_tools_use_it(
    protocol: str, stem: bool, prepare: Any, column: str, rouge_type: str
) -> None:
    oracle = rouge_scorer.RougeScorer([rouge_type], use_stemmer=stem)
    theirs = oracle.score_multi([prepare(one) for one in ALTERNATIVES], prepare(PREDICTION))[rouge_type]
    ours = BY_NAME[protocol].score(PREDICTION, ALTERNATIVES)[column]
    assert ours == pytest.approx(tuple(theirs), abs=1e-12)


def test_torchmetrics_takes_all_types_from_the_best_reference_by_rouge_1() -> None:
    prediction, references = "a b c d", ["d c b a", "a b x y"]  # all words, and two in the same order
    ours = BY_NAME["torchmetrics"].score(prediction, references)
    assert (ours["rouge1"].f, ours["rouge2"].f) == (1.0, 0.0)
    assert BY_NAME["rouge-score"].score(prediction, references)["rouge2"].f == pytest.approx(1 / 3)


def test_perl_pools_the_references() -> None:
    """Hits and counts are added up over the references: 4 of 4 and 2 of 4 words."""
    ours = BY_NAME["rouge-1.5.5"].score("a b c d", ["d c b a", "a b x y"])
    assert ours["rouge1"] == (0.75, 0.75, 0.75)


def test_which_protocols_coincide_by_construction() -> None:
    """As docs/scoring.md says, so that nobody takes their agreement for a finding."""
    text, references = "Rivers rose and flooded houses. The agreements held.", ALTERNATIVES
    of = {name: one.score(text, references) for name, one in BY_NAME.items()}
    assert of["precis"] == of["hf-summarization"] == of["helm"] | {"rougeLsum": of["precis"]["rougeLsum"]}
    for name in ("rouge1", "rouge2", "rougeL"):
        assert of["lm-eval"][name] == of["rouge-score"][name]
    assert of["torchmetrics"]["rouge1"] == of["rouge-score"]["rouge1"]
    assert of["torchmetrics"] != of["rouge-score"]
    one, other = (BY_NAME[name].score(text, references[:1]) for name in ("torchmetrics", "rouge-score"))
    assert {name: one[name] for name in ("rouge2", "rougeL")} == {name: other[name] for name in ("rouge2", "rougeL")}


def test_protocols_that_tools_do_not_print_are_absent() -> None:
    assert "rougeLsum" not in BY_NAME["helm"].score("a", ["a"])
    assert set(BY_NAME["precis"].score("a", ["a"])) == {"rouge1", "rouge2", "rougeL", "rougeLsum"}


def test_the_precis_row_is_that_of_scores_json() -> None:
    table = score_protocols({"mine": OUTPUTS}, REFERENCES, ARTICLES)["kinds"]
    scores = score(OUTPUTS, REFERENCES, ARTICLES, engine="mine", samples=100)["systems"]
    for kind in ("summary", "bullets", "headlines"):
        (row,) = (row for row in table[kind]["rows"] if row["protocol"] == "precis")
        for system, own in row["systems"].items():
            for column, value in own.items():
                assert value == pytest.approx(scores[system][kind][column]["f"], abs=1e-12)
        assert (
            row["signature"]
            == score(OUTPUTS, REFERENCES, ARTICLES, engine="mine")["systems"]["mine"][kind]["signature"]
        )


@pytest.mark.parametrize("unpaired", ["skip", "zero"])
def test_a_system_without_a_kind_does_not_take_it_from_the_others(unpaired: Any) -> None:
    bare = {name: Outputs(summary=one.summary) for name, one in OUTPUTS.items()}
    both = score_protocols({"mine": OUTPUTS, "bare": bare}, REFERENCES, ARTICLES, baselines=(), unpaired=unpaired)
    alone = score_protocols({"mine": OUTPUTS}, REFERENCES, ARTICLES, baselines=(), unpaired=unpaired)
    assert both["kinds"]["headlines"] == alone["kinds"]["headlines"]
    assert set(both["kinds"]["summary"]["rows"][0]["systems"]) == {"mine", "bare"}


def test_a_system_named_like_a_baseline_keeps_its_own_texts() -> None:
    wrong = {name: Outputs(summary=Prose("zebra giraffe", (), ())) for name in OUTPUTS}
    rows = score_protocols({"lead": wrong}, REFERENCES, ARTICLES)["kinds"]["summary"]["rows"][0]["systems"]
    assert rows["engine:lead"]["rouge1"] == 0.0 < rows["lead"]["rouge1"]
    found = score_systems(wrong, REFERENCES, ARTICLES, engine="lead", baselines=("lead",))
    assert {name: one.rows["summary"][0].rouge["rouge1"].f > 0 for name, one in found.items()} == {
        "engine:lead": False, "lead": True
    }  # fmt: skip


@pytest.mark.parametrize(
    "option",
    [["--profile", "perl"], ["--multi-ref", "mean"], ["--no-stemmer"], ["--samples", "7"], ["--seed", "1"],
     ["--fail-under", "summary.rouge1.f=0.1"]],
)  # fmt: skip
def test_what_protocols_would_ignore_is_refused(tmp_path: Path, capsys: Capture, option: list[str]) -> None:
    own = text(tmp_path / "o.txt", "a b")
    command = ["score", "--outputs", own, "--references", own, "--protocols"]
    assert main([*command, *option]) == 2
    assert f"{option[0]}: every protocol" in capsys.readouterr().err
    assert main(command) == 0


def test_a_folder_is_called_by_its_whole_name(tmp_path: Path) -> None:
    (tmp_path / "m1.5").mkdir()
    assert short_name(tmp_path / "m1.5") == "m1.5"
    assert short_name(tmp_path / "m1.5.jsonl") == "m1.5"


def test_spread_and_changes_of_order() -> None:
    references = {"x": References(summary=("rivers flooded houses", "the agreement held"))}
    systems = {
        "stems": {"x": Outputs(summary=Prose("river flooding house", (), ()))},  # equal only when stemmed
        "words": {"x": Outputs(summary=Prose("rivers rose at night", (), ()))},
    }
    table = score_protocols(systems, references, None)["kinds"]["summary"]
    assert table["n"] == 1
    assert table["spread"]["stems"]["rouge1"] == pytest.approx(1.0)
    (swap,) = (swap for swap in table["swaps"] if swap["metric"] == "rouge1")
    assert swap["a_above"] == ["precis", "hf-summarization", "helm", "pyrouge"]
    assert swap["b_above"] == ["rouge-score", "torchmetrics", "lm-eval", "rouge-1.5.5"]


def test_several_systems_share_one_table(tmp_path: Path, capsys: Capture) -> None:
    one, two = text(tmp_path / "one.txt", "a b", "c"), text(tmp_path / "two.txt", "a", "")
    references = text(tmp_path / "ref.txt", "a b", "c d")
    command = ["score", "--outputs", one, "--outputs", two, "--references", references, "--samples", "100"]
    assert main([*command, "--json"]) == 0
    shown = capsys.readouterr()
    scores = json.loads(shown.out)
    assert list(scores["systems"]) == ["one", "two"]
    assert scores["systems"]["one"]["summary"]["rouge1"]["f"] == pytest.approx((1 + 2 / 3) / 2)
    assert scores["empty"] == {"summary": ["2 (two)"]}
    assert "empty summary, scored 0: 2 (two)" in shown.err
    assert parse(scores["signature"]).n == "2"
    assert main([*command[:-2], "--protocols"]) == 0
    assert "pyrouge" in capsys.readouterr().out


def test_files_of_the_same_name_keep_apart(tmp_path: Path, capsys: Capture) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    one, two = text(tmp_path / "a" / "out.txt", "x"), text(tmp_path / "b" / "out.txt", "x")
    assert main(["score", "--outputs", one, "--outputs", two, "--references", one, "--json"]) == 0
    assert list(json.loads(capsys.readouterr().out)["systems"]) == [one, two]


def test_several_reference_files_are_alternatives(tmp_path: Path) -> None:
    own = Path(text(tmp_path / "o.txt", "a b", "c"))
    first, second = Path(text(tmp_path / "r1.txt", "x", "c")), Path(text(tmp_path / "r2.txt", "a b", "y"))
    assert read_files(own, [first, second]).references["1"].summary == ("x", "a b")
    short = Path(text(tmp_path / "r3.txt", "x"))
    with pytest.raises(InputError, match=r"r3\.txt has 1 references and .*r1\.txt 2: '2' is missing"):
        read_files(own, [first, short])


JSONL = {"a": "the river rose", "b": "houses flooded", "c": "nobody hurt"}


def jsonl(path: Path, ids: str) -> str:
    return text(path, *(json.dumps({"id": name, "summary": JSONL[name]}) for name in ids))


@pytest.mark.parametrize(
    ("policy", "status", "n", "f", "told"),
    [
        ("skip", 0, 1, 1.0, ["b: has references but no output", "c: has an output but no references"]),
        ("zero", 0, 2, 0.5, ["empty summary, scored 0: b", "c: has an output but no references"]),
        ("error", 2, 0, 0.0, ["1 outputs without references: c; 1 references without an output: b"]),
    ],
)
def test_what_happens_to_missing_ids_can_be_chosen(
    tmp_path: Path, capsys: Capture, policy: str, status: int, n: int, f: float, told: list[str]
) -> None:
    own, expected = jsonl(tmp_path / "o.jsonl", "ac"), jsonl(tmp_path / "r.jsonl", "ab")
    command = ["score", "--outputs", own, "--references", expected, "--missing", policy, "--samples", "100", "--json"]
    assert main(command) == status
    shown = capsys.readouterr()
    assert all(line in shown.err for line in told)
    if status == 0:
        row = json.loads(shown.out)["systems"]["o"]["summary"]
        assert (row["n"], row["rouge1"]["f"]) == (n, pytest.approx(f))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--samples", "0"], "--samples 0"),
        (["--samples", "-3"], "--samples -3"),
        (["--seed", "-1"], "--seed -1"),
        (["--profile", "bing"], "--profile 'bing': of google, perl, unicode"),
        (["--multi-ref", "median"], "--multi-ref 'median'"),
        (["--missing", "drop"], "--missing 'drop'"),
    ],
)
def test_unusable_options_are_one_message(tmp_path: Path, capsys: Capture, arguments: list[str], message: str) -> None:
    own = text(tmp_path / "o.txt", "a")
    assert main(["score", "--outputs", own, "--references", own, *arguments]) == 2
    err = capsys.readouterr().err
    assert message in err
    assert len(err.splitlines()) == 1


def test_every_unusable_option_is_named() -> None:
    with pytest.raises(ConfigError, match="(?s)--samples 0.*--seed -1"):
        Options(samples=0, seed=-1)


def test_a_profile_reaches_scores_and_signature(tmp_path: Path, capsys: Capture) -> None:
    own = text(tmp_path / "o.txt", "Совет проголосовал", "Мост")
    command = ["score", "--outputs", own, "--references", own, "--json", "--samples", "100"]
    assert main(command) == 0
    assert json.loads(capsys.readouterr().out)["systems"]["o"]["summary"]["rouge1"]["f"] == 0.0
    assert main([*command, "--profile", "unicode", "--no-stemmer", "--multi-ref", "jackknife"]) == 0
    row = json.loads(capsys.readouterr().out)["systems"]["o"]["summary"]
    assert row["rouge1"]["f"] == 1.0
    signed = parse(row["signature"])
    assert (signed.profile, signed.stem, signed.multiref, signed.n) == ("unicode", "none", "jackknife", "2")


def test_perl_scores_are_means_of_resamples() -> None:
    scores = score(OUTPUTS, REFERENCES, None, engine="mine", profile="perl", multi_ref="mean", samples=1000)
    row = scores["systems"]["mine"]["summary"]["rouge1"]
    assert row["f"] == round(row["f"], 5)
    low, high = row["ci95"]
    assert low <= row["f"] <= high
    assert parse(scores["signature"]).seed == "0-999"


@pytest.mark.parametrize("command", ["score", "compare"])
def test_references_are_read_once_for_all_systems(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture, command: str
) -> None:
    read: list[Path] = []

    def noted(path: Path, kind: Kind = "summary") -> dict[str, References]:
        read.append(path)
        return read_references(path, kind)

    monkeypatch.setattr("pipeline.saved.read_references", noted)
    systems = [text(tmp_path / f"{name}.txt", "a b", name) for name in ("one", "two", "three")]
    expected = text(tmp_path / "refs.txt", "a b", "c d")
    given = [part for path in systems for part in ("--outputs", path)] if command == "score" else systems
    assert main([command, *given, "--references", expected, "--samples", "100", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert read == [Path(expected)]
    assert len(found["systems"]) == 3


def test_the_protocols_split_every_text_once() -> None:
    one_a_line.cache_clear()
    score_protocols({"mine": OUTPUTS}, REFERENCES, ARTICLES, baselines=())
    texts = {out.summary.text for out in OUTPUTS.values() if out.summary}
    split = one_a_line.cache_info()
    assert split.misses >= len(texts)
    assert split.hits == 4 * split.misses  # five protocols split sentences
