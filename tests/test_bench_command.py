"""`precis bench`: hand-made rounds with their figures, what is combined, and whole benches of small engines."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from checkpoint_sample import generator
from flow_sample import ARTICLES, MORE, write_articles
from rouge_score.rouge_scorer import RougeScorer

from pipeline.api import brief_articles
from pipeline.bench.combinations import Axes, Base, Combination, combinations, named, parse_engine
from pipeline.bench.figures import identical, ratio, rouge_differences, rouge_scores, spread
from pipeline.bench.processes import failure, run_rounds
from pipeline.bench.rows import rows
from pipeline.bench.table import bench_table
from pipeline.bench.worker import measure
from pipeline.cli import main
from pipeline.config import load_config
from pipeline.engines.fake import FakeEngine
from pipeline.errors import ConfigError, EngineError
from pipeline.records import References
from pipeline.run import open_engines
from pipeline.serial import article_to_dict, brief_to_dict
from pipeline.text.article import make_article

Capture = pytest.CaptureFixture[str]
OWN = ("outputs.bullets.engine={name: lead}",)
STUB = """
import json, sys
from pathlib import Path
config, articles, result, began = sys.argv[1:]
engine = next(line for line in Path(config).read_text().splitlines() if line.startswith("  name: "))
log = Path(LOG)
log.write_text((log.read_text() if log.exists() else "") + engine.split()[1] + "\\n")
assert float(began) > 0 and Path(articles).read_text().count("\\n") == 2
if "textrank" in engine:
    print("noise", file=sys.stderr)
    sys.exit("the reason")
Path(result).write_text(json.dumps({"engine": engine.split()[1]}))
"""


def record(name: str, summary: str, *headlines: str) -> dict[str, Any]:
    """A line of outputs.jsonl."""
    return {
        "id": name, "article": {"sha256": "0", "words": 50, "title": None}, "flags": [], "engine": "e",
        "summary": {"text": summary, "sentences": [[0, len(summary)]], "evidence": [[]], "flags": []},
        "headlines": [{"text": text, "evidence": [], "flags": []} for text in headlines],
    }  # fmt: skip


def test_spread_is_the_median_with_the_extremes() -> None:
    assert spread([3.0, 1.0, 2.5]) == {"median": 2.5, "low": 1.0, "high": 3.0, "rounds": [3.0, 1.0, 2.5]}
    assert spread([1.0, 2.0])["median"] == 1.5
    assert spread([1234.5678])["rounds"] == [1235.0]


def test_ratios_are_taken_within_a_round() -> None:
    """A machine that slows down by half in the second round changes no ratio."""
    assert ratio([8.0, 4.0], [2.0, 1.0]) == {"median": 4.0, "low": 4.0, "high": 4.0, "rounds": [4.0, 4.0]}
    found = ratio([8.0, 4.0, 9.0], [2.0, 2.0, 3.0])
    assert found is not None
    assert (found["median"], found["low"], found["high"]) == (3.0, 2.0, 4.0)
    assert ratio([8.0, 4.0], [2.0]) == {"median": 4.0, "low": 4.0, "high": 4.0, "rounds": [4.0]}
    assert ratio([1.0], []) is None
    assert ratio([1.0], [0.0]) is None


def test_equal_outputs_are_counted_by_kind_and_all_headlines_must_agree() -> None:
    one = [record("a", "Same.", "H1", "H2"), record("b", "Other.", "H"), record("c", "Only here.", "H")]
    other = [record("b", "Different.", "H"), record("a", "Same.", "H2", "H1")]
    assert identical(one, other) == {"summary": 0.5, "headlines": 0.5}
    assert identical(one, one) == {"summary": 1.0, "headlines": 1.0}
    assert identical(one, []) == {}


def test_rouge_differences_are_those_of_rouge_score() -> None:
    references = {
        "a": References(summary=("the old bridge was closed on monday",), headline=("bridge closed",)),
        "b": References(summary=("a bakery burned down early",)),
    }
    own = [record("a", "the old bridge was shut", "bridge shut"), record("b", "a bakery burned", "fire")]
    theirs = [record("a", "the bridge closed on monday", "bridge closed"), record("b", "no fire", "fire")]
    a, b = (rouge_scores(name, found, references, 13) for name, found in (("own", own), ("theirs", theirs)))
    assert a is not None
    assert b is not None
    found = rouge_differences(a, b, trials=500, seed=13)
    scorer = RougeScorer(["rouge1", "rouge2", "rougeLsum"], use_stemmer=True)

    def f(records: list[dict[str, Any]], name: str, kind: str) -> float:
        return sum(
            scorer.score(references[r["id"]].summary[0], r["summary"]["text"])[kind].fmeasure for r in records
        ) / len(records)

    for kind in ("rouge1", "rouge2", "rougeLsum"):
        entry = found["summary"][kind]
        assert entry["n"] == 2
        assert entry["f"] == pytest.approx(f(own, "own", kind))
        assert entry["difference"] == pytest.approx(f(own, "own", kind) - f(theirs, "theirs", kind))
        low, high = entry["ci95"]
        assert low <= entry["difference"] <= high
    assert found["headlines"]["rouge1"]["n"] == 1
    assert found["headlines"]["rouge1"]["difference"] == pytest.approx(-0.5)
    assert rouge_scores("own", own, {"z": references["a"]}, 13) is None


def result(seconds: float, cold: float, outputs: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    """What the worker writes, of four articles."""
    return {
        "cold_s": {"import": cold / 4, "load": cold / 4, "first": cold / 2}, "seconds": seconds, "articles": 4,
        "tokens": {"read": 400, "written": 80}, "generate_s": seconds / 2, "memory_mib": {"rss": 100.0, "cuda": None},
        "identity": "e", "outputs": outputs, "failed": [], **more,
    }  # fmt: skip


def test_rows_of_hand_made_rounds() -> None:
    class Found:
        results = {
            "slow": [result(8.0, 4.0, [record("a", "One.", "H")]), result(16.0, 8.0, [record("a", "One.", "H")])],
            "fast": [
                result(2.0, 2.0, [record("a", "One.", "G")]),
                result(8.0, 2.0, [record("a", "Two.", "G")], memory_mib={"rss": 300.0, "cuda": 20.0}),
            ],
            "half": [result(1.0, 1.0, [record("a", "One.", "H")], failed=[{"id": "b", "why": "ValueError: no"}])],
        }
        faults = {"gone": "no such model"}

    made = [Combination(name, name, None) for name in ("slow", "fast", "half", "gone")]
    slow, fast, half, gone = rows(made, Found(), "slow", {}, 13)  # type: ignore[arg-type]
    assert slow["articles_per_s"]["rounds"] == [0.5, 0.25]
    assert fast["articles_per_s"]["median"] == 1.25
    assert fast["tokens_written_per_s"]["rounds"] == [40.0, 10.0]
    assert fast["tokens_read_per_s"]["rounds"] == [200.0, 50.0]
    assert fast["generate_share"]["median"] == 0.5
    assert fast["ratio"]["articles_per_s"] == {"median": 3.0, "low": 2.0, "high": 4.0, "rounds": [4.0, 2.0]}
    assert fast["ratio"]["cold_start"]["rounds"] == [0.5, 0.25]
    assert fast["cold_start_s"]["total"]["median"] == 2.0
    assert fast["cold_start_s"]["first"]["median"] == 1.0
    assert fast["memory_mib"]["rss"]["high"] == 300.0
    assert fast["memory_mib"]["cuda"] == {"median": 20.0, "low": 20.0, "high": 20.0, "rounds": [20.0]}
    assert fast["identical"] == {"summary": 1.0, "headlines": 0.0}
    assert (slow["repeatable"], fast["repeatable"]) == (True, False)
    assert (slow["ok"], slow["why"], slow["rouge"]) == (True, None, None)
    assert (half["ok"], half["why"]) == (False, "1 of 2 articles failed, the first: b: ValueError: no")
    assert (gone["ok"], gone["why"], gone["articles_per_s"], gone["ratio"]) == (False, "no such model", None, None)
    assert set(gone) == set(slow)


def test_an_engine_is_named_with_its_model_and_settings() -> None:
    assert parse_engine("embedded") == ("embedded", None, [])
    assert parse_engine("seq2seq:org/name") == ("seq2seq", "org/name", [])
    assert parse_engine("fake:a:b+c+beams=2+prefix=x: ") == ("fake", "a:b+c", ["engine.beams=2", "engine.prefix=x: "])
    with pytest.raises(ConfigError, match="unknown engine 'embeded'"):
        parse_engine("embeded")


def names(axes: Axes) -> list[str]:
    return [one.name for one in combinations(Base(), axes)]


def test_what_is_combined_and_what_it_is_called() -> None:
    assert names(Axes()) == ["embedded"]
    assert names(Axes(dtypes=("float32",))) == ["embedded"]
    assert names(Axes(dtypes=("float32", "bfloat16"), batch_sizes=(1, 8))) == [
        "embedded float32 b1", "embedded float32 b8", "embedded bfloat16 b1", "embedded bfloat16 b8",
    ]  # fmt: skip
    assert names(Axes(engines=("seq2seq:/x/one", "seq2seq:org/two", "lead"), batch_sizes=(1, 8))) == [
        "seq2seq:one b1", "seq2seq:one b8", "seq2seq:two b1", "seq2seq:two b8", "lead",
    ]  # fmt: skip
    assert names(Axes(engines=("seq2seq:/x/one", "seq2seq:/y/one", "embedded+beams=2+candidates=2"))) == [
        "seq2seq:/x/one", "seq2seq:/y/one", "embedded+beams=2+candidates=2",
    ]  # fmt: skip


def test_the_settings_of_a_combination() -> None:
    axes = Axes(("embedded+beams=2+candidates=2",), ("bfloat16",), (8,), (1,))
    (one,) = combinations(Base(None, ("run.seed=5",), {"input.limit": 3}), axes)
    assert one.config is not None
    engine = one.config.engine
    assert (engine.name, engine.beams, engine.dtype, engine.batch_size, engine.threads) == (
        "embedded", 2, "bfloat16", 8, 1,
    )  # fmt: skip
    assert (one.config.run.batch_articles, one.config.run.seed, one.config.input.limit) == (8, 5, 3)
    (one,) = combinations(Base(), Axes(batch_sizes=(8,), batch_articles=2))
    assert one.config is not None
    assert one.config.run.batch_articles == 2
    (one,) = combinations(Base(None, OWN), Axes(engines=("fake",)))
    assert one.config is not None
    assert one.config.outputs.bullets.engine is None


def test_settings_that_cannot_be_have_a_row_unless_none_can() -> None:
    good, bad = combinations(Base(), Axes(dtypes=("float32", "float31")))
    assert good.fault is None
    assert bad.config is None
    assert "engine.dtype" in str(bad.fault)
    with pytest.raises(ConfigError, match="engine.dtype"):
        combinations(Base(), Axes(dtypes=("float31",)))
    with pytest.raises(ConfigError, match="--batch-sizes: 0"):
        combinations(Base(), Axes(batch_sizes=(0,)))
    with pytest.raises(ConfigError, match=r"outputs\.bullets\.engine: a kind's own engine is not varied"):
        combinations(Base(None, OWN), Axes(batch_sizes=(1, 2)))


def test_the_reference_is_a_name_or_an_engine() -> None:
    made = combinations(Base(), Axes(engines=("lead", "embedded"), batch_sizes=(1, 2)))
    assert named(made, None) == "lead"
    assert named(made, "embedded b2") == "embedded b2"
    assert named(made, "embedded") == "embedded b1"
    with pytest.raises(ConfigError, match="there are lead, embedded b1, embedded b2"):
        named(made, "fake")


def test_rounds_are_interleaved_and_a_failure_is_not_started_again(tmp_path: Path) -> None:
    log = tmp_path / "log"
    articles = [make_article(name, "A bridge was closed on Monday.") for name in "ab"]
    made = combinations(Base(), Axes(engines=("fake", "textrank", "lead")))
    made.append(Combination("never", "never", None, "cannot be"))
    told: list[str] = []
    stub = ("-c", STUB.replace("LOG", repr(str(log))))
    found = run_rounds(made, articles, 2, told.append, stub)
    assert log.read_text().split() == ["fake", "textrank", "lead", "fake", "lead"]
    assert found.results == {"fake": [{"engine": "fake"}] * 2, "lead": [{"engine": "lead"}] * 2}
    assert found.faults == {"textrank": "the reason", "never": "cannot be"}
    assert told[-1] == "round 2 of 2: lead"


def test_how_a_process_ended() -> None:
    assert failure(1, "Traceback …\n  File …\nRuntimeError: no room\n\n") == "RuntimeError: no room"
    assert failure(-9, "loading") == "ended by SIGKILL (out of memory?)"
    assert failure(-11, "") == "ended by SIGSEGV"
    assert failure(3, "") == "ended with status 3 and said nothing"


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs Linux's /proc")
def test_memory_is_that_of_the_process_alone() -> None:
    """The parent's 300 MiB do not count for the child."""
    child = "from pipeline.bench.memory import peak_rss_mib; held = bytearray({n} * 2**20); print(peak_rss_mib())"
    code = (
        "import subprocess, sys\nheld = bytearray(300 * 2**20)\n"
        f"for n in '1', '100':\n    subprocess.run([sys.executable, '-c', {child!r}.replace('{{n}}', n)], check=True)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    small, large = map(float, done.stdout.split())
    assert small < 100
    assert 90 < large - small < 110


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bench of four engines over two articles with references and one without; one engine has no model."""
    folder = tmp_path_factory.mktemp("bench")
    write_articles(folder / "in", ("bakery", "bridge", "bus"))
    generator(folder / "tiny")
    engines = f"fake,lead,seq2seq:{folder / 'tiny'}+beams=2+candidates=2,fake:{folder / 'gone.json'}"
    command = ["bench", "--input", str(folder / "in"), "--engines", engines, "--rounds", "1", "--out"]
    # A random model ends no text before its limit: few of them.
    settings = ("name=small", "run.seed=7", "outputs.bullets.max=3", "outputs.headlines.count=2")
    assert main([*command, str(folder / "out"), *(part for one in settings for part in ("--set", one))]) == 1
    return folder / "out"


NAMES = ["fake", "lead", "seq2seq:tiny+beams=2+candidates=2", "fake:gone.json"]
ROW = {
    "name": str, "engine": str, "settings": dict, "batch_articles": int, "identity": str, "articles_per_s": dict,
    "tokens_written_per_s": dict, "tokens_read_per_s": dict, "generate_share": dict, "tokens": dict,
    "cold_start_s": dict, "memory_mib": dict, "ratio": dict, "identical": dict, "repeatable": bool, "rouge": dict,
    "ok": bool, "why": str, "failed": list,
}  # fmt: skip


def test_the_file_of_a_bench(measured: Path) -> None:
    found = json.loads((measured / "bench.json").read_text())
    assert [row["name"] for row in found["rows"]] == NAMES
    assert (found["seed"], found["articles"], found["warm_up"], found["referenced"]) == (7, 2, "bakery", 2)
    assert found["unread"] == []
    assert found["versions"]["transformers"]
    assert found["machine"]["cores"] >= found["machine"]["cores_usable"] >= 1
    assert found["machine"]["cpu"]
    for row in found["rows"]:
        assert set(row) == set(ROW)
        wrong = {key: value for key, value in row.items() if value is not None and not isinstance(value, ROW[key])}
        assert not wrong
    fake, lead, tiny, gone = found["rows"]
    assert (gone["ok"], gone["articles_per_s"]) == (False, None)
    assert "gone.json: the script of the fake engine cannot be read" in gone["why"]
    for row in (fake, lead, tiny):
        assert row["ok"]
        assert row["articles_per_s"]["median"] > 0
        assert row["memory_mib"]["rss"]["median"] > 20
        cold = row["cold_start_s"]
        parts = sum(cold[part]["median"] for part in ("import", "load", "first"))
        assert parts == pytest.approx(cold["total"]["median"], rel=0.01)
        assert row["tokens"]["read"] > 0
        assert row["tokens"]["written"] > 0
    assert fake["identical"] == {"summary": 1.0, "bullets": 1.0, "headlines": 1.0}
    assert fake["ratio"]["articles_per_s"]["median"] == 1.0
    assert fake["rouge"]["summary"]["rouge1"]["difference"] == 0.0
    assert lead["rouge"]["summary"]["rouge1"]["n"] == 2
    assert tiny["identity"].startswith("seq2seq|tiny")
    assert tiny["memory_mib"]["rss"]["median"] > lead["memory_mib"]["rss"]["median"]


def test_the_outputs_can_be_compared(measured: Path, capsys: Capture) -> None:
    files = sorted(measured.glob("*.jsonl"))
    assert [file.name.partition("-")[0] for file in files] == ["1", "2", "3"]
    lines = [json.loads(line) for line in files[1].read_text().splitlines()]
    assert [line["id"] for line in lines] == ["bakery", "bridge", "bus"]
    references = measured.parent / "in.jsonl"
    references.write_text(json.dumps({"id": "bus", "summary": "The night bus will stop in March."}) + "\n")
    assert main(["compare", *map(str, files[:2]), "--references", str(references), "--trials", "100"]) == 0
    assert "summary" in capsys.readouterr().out.lower()


def test_the_table_has_a_line_for_every_combination(measured: Path) -> None:
    told = bench_table(json.loads((measured / "bench.json").read_text()))
    lines = told.splitlines()
    for name in NAMES:
        assert any(line.startswith(f"{name}  ") for line in lines)
    assert any(line.startswith("fake:gone.json: failed: ") for line in lines)
    assert any(line.startswith("lead, summary") for line in lines)
    assert "2 articles after 1 to warm up, 1 round:" in lines[0]


def test_json_on_stdout_and_nothing_else(tmp_path: Path, capsys: Capture) -> None:
    (write_articles(tmp_path / "in", ("bus",)) / "bus" / "references.yaml").unlink()
    (tmp_path / "c.yaml").write_text(f"input: {{path: {tmp_path / 'in'}}}\nengine: {{name: lead}}\n")
    command = ["bench", str(tmp_path / "c.yaml"), "--out", str(tmp_path / "out"), "--rounds", "1", "--json"]
    assert main(command) == 0
    out, err = capsys.readouterr()
    (row,) = json.loads(out)["rows"]
    assert json.loads(out)["name"] == "c"
    assert row["settings"] == load_config(None, ["engine.name=lead"]).engine.model_dump(mode="json")
    assert row["rouge"] is None
    assert "precis: round 1 of 1: lead" in err


def test_an_article_that_cannot_be_read_is_told_and_is_status_1(tmp_path: Path, capsys: Capture) -> None:
    write_articles(tmp_path / "in", ("bus",))
    (tmp_path / "in" / "bad").mkdir()
    (tmp_path / "in" / "bad" / "article.md").write_bytes(b"\xff\xfe\xfa")
    command = ["bench", "--input", str(tmp_path / "in"), "--engines", "lead", "--rounds", "1", "--json"]
    assert main([*command, "--out", str(tmp_path / "out")]) == 1
    out, err = capsys.readouterr()
    (lost,) = json.loads(out)["unread"]
    assert lost["origin"].endswith("article.md")
    assert "not UTF-8" in lost["why"]
    assert f"not measured: {lost['origin']}" in err
    assert json.loads(out)["rows"][0]["ok"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--engines", "embeded"], "unknown engine 'embeded'"),
        (["--engines", "seq2seq"], "needs a model"),
        (["--batch-sizes", "1,x"], "'x' is no whole number"),
        (["--dtypes", "float31"], "engine.dtype"),
        (["--rounds", "0"], "--rounds: 0 is less than 1"),
        (["--reference", "lead"], "no combination is called 'lead'"),
        (["--input", "nowhere"], "nowhere: no such file or folder"),
    ],
)
def test_what_cannot_be_measured_is_status_2(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture, arguments: list[str], told: str
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["bench", *arguments]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert told in err
    assert not (tmp_path / "runs").exists()


def test_an_engine_that_writes_nothing_is_a_failure(tmp_path: Path) -> None:
    lines = [json.dumps(article_to_dict(make_article(name, f"{ARTICLES[name]} {MORE}"))) for name in ("bus", "water")]
    (tmp_path / "articles.jsonl").write_text("\n".join(lines))

    class Broken(FakeEngine):
        def generate(self, requests: Any, seed: int) -> Any:
            raise RuntimeError("no room")

    with pytest.raises(EngineError, match="every article failed, the first: bus: RuntimeError: no room"):
        measure(load_config(None, ["engine.name=fake"]), tmp_path / "articles.jsonl", 0.0, lambda _: Broken())


def test_what_the_worker_counts(tmp_path: Path) -> None:
    """Tokens of the timed articles only, equal requests once, and the texts of an engine without the wrapper."""
    articles = [make_article(name, f"{ARTICLES[name]} {MORE}") for name in ("bus", "water")]
    (tmp_path / "articles.jsonl").write_text("\n".join(json.dumps(article_to_dict(a)) for a in articles))
    asked: list[Any] = []

    class Noted(FakeEngine):
        def generate(self, requests: Any, seed: int) -> Any:
            asked.append([requests, FakeEngine.generate(self, requests, seed)])
            return asked[-1][1]

    config = load_config(None, ["engine.name=fake"])
    found = measure(config, tmp_path / "articles.jsonl", 0.0, lambda _: Noted())
    timed = [(request, texts) for requests, answers in asked for request, texts in zip(requests, answers, strict=True)
             if request.article_id == "water"]  # fmt: skip
    assert found["articles"] == 1
    assert found["tokens"] == {
        "read": sum(len(f"{request.source} {request.context}".split()) for request, _ in timed),
        "written": sum(len(generated.text.split()) for _, texts in timed for generated in texts),
    }
    engines = open_engines(config)
    assert found["outputs"] == [brief_to_dict(brief) for brief in brief_articles(articles, config, engines)]
