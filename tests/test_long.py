"""Long articles through whole runs: the tree and the counts in the files, memory within a bound, the same as before."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from long_sample import long_text

from pipeline.config import load_config
from pipeline.engines.fake import FakeEngine
from pipeline.extract import LONG, SumyDocument, _normal_words, sumy_summarizer
from pipeline.files import read_jsonl
from pipeline.job import run
from pipeline.limits import LIMITS
from pipeline.report.explain import explain_article
from pipeline.report.flags import FLAGS
from pipeline.report.html import render_report
from pipeline.report.tree import Node, reading_tree
from pipeline.report.view import load_run
from pipeline.text.article import make_article
from pipeline.textrank import ratings

BUDGET = 200
WORD = "x" * 4000  # no white space: longer than any budget in the tokens of `Letters`
UNBROKEN = "and ".join(f"word{i} " for i in range(300))  # no full stop


class Letters(FakeEngine):
    """Reads whole articles; six characters are a token, so that long words cost."""

    def count_tokens(self, text: str) -> int:
        return sum(-(-len(word) // 6) for word in text.split())


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run over a long article, one with a monstrous word and sentence, and a short one."""
    folder = tmp_path_factory.mktemp("long")
    (folder / "in").mkdir()
    odd = f"{long_text(300, 2)}\n\nThey wrote {WORD} on {UNBROKEN}."
    texts = {"long": long_text(4000), "odd": odd, "short": long_text(60, 3)}
    for name, text in texts.items():
        (folder / "in" / f"{name}.txt").write_text(text, encoding="utf-8")
    values = ["engine.name=fake", f"input.path={folder / 'in'}", f"run.out={folder / 'out'}", "engine.overlap=1"]
    values += [f"engine.map_tokens={BUDGET}", f"engine.reduce_tokens={BUDGET}"]
    finished = run(load_config(None, values), open_one=lambda _: Letters(strategy="whole", budget=BUDGET))
    assert (finished.counts["done"], finished.counts["quarantined"]) == (3, 0)
    return folder / "out"


def records(out: Path, name: str) -> list[dict[str, Any]]:
    return [r for r in read_jsonl(out / "candidates.jsonl") if r["id"] == name]


def test_every_intermediate_text_is_kept_with_its_place_in_the_tree(done: Path) -> None:
    found = records(done, "long")
    steps = {r["request"]: r for r in found if r.get("step") and r["rank"] == 0}
    article = next(r for r in read_jsonl(done / "articles.jsonl") if r["id"] == "long")
    maps = sorted((r for r in steps.values() if r["step"] == "map"), key=lambda r: r["span"])
    assert len(maps) > 15
    assert maps[0]["span"][0] == 0
    assert maps[-1]["span"][1] == len(article["text"])
    gaps = [article["text"][a["span"][1] : b["span"][0]] for a, b in zip(maps, maps[1:], strict=False)]
    assert all(gap.isspace() for gap in gaps)
    reduced = [r for r in steps.values() if r["step"] == "reduce"]
    assert reduced
    final = {tuple(r["reads"]) for r in found if not r.get("step") and "reads" in r}
    read = [name for r in steps.values() for name in r["reads"]] + [name for reads in final for name in reads]
    assert sorted(read) == sorted(steps)
    for r in reduced:
        parts = [steps[name]["span"] for name in r["reads"]]
        assert r["span"] == [parts[0][0], parts[-1][1]]


def leaves(node: Node) -> list[Node]:
    return [leaf for part in node.parts for leaf in leaves(part)] if node.parts else [node]


def test_explain_and_the_report_show_the_tree(done: Path) -> None:
    (root,) = reading_tree(records(done, "long"))
    assert root.name == "headlines, summary, bullets"
    bottom = leaves(root)
    assert [leaf.name for leaf in bottom] == [f"map {n}" for n in range(len(bottom))]
    said = explain_article(done, "long")
    page = render_report(load_run(done))
    assert "READ IN STEPS" in said
    for node in bottom:
        assert f"{node.name}  [{node.span[0]}–{node.span[1]}]" in said
        assert node.text in said
        assert f"characters {node.span[0]} to {node.span[1]}" in page
    assert "EVIDENCE from" in said
    assert "READ IN STEPS" not in explain_article(done, "short")


def test_limits_are_counted_in_outputs_and_run(done: Path) -> None:
    outputs = {r["id"]: r for r in read_jsonl(done / "outputs.jsonl")}
    counts = json.loads((done / "run.json").read_text())["counts"]
    assert outputs["short"]["limits"] == outputs["long"]["limits"] == {}
    odd = outputs["odd"]["limits"]
    assert odd["split_word"] >= 4000 // 6 // BUDGET
    assert odd["split_sentence"] >= odd["split_word"]
    assert counts["limits"] == odd
    assert counts["truncated"] == 0
    assert f"{odd['split_word']} × split_word" in explain_article(done, "odd")
    whole = "".join(r["text"] for r in read_jsonl(done / "articles.jsonl") if r["id"] == "odd")
    spans = sorted(r["span"] for r in records(done, "odd") if r.get("step") == "map" and r["rank"] == 0)
    assert "".join("".join(whole[start:end].split()) for start, end in spans) == "".join(whole.split())


def test_coverage_is_in_outputs_run_and_report(done: Path) -> None:
    outputs = {r["id"]: r["coverage"] for r in read_jsonl(done / "outputs.jsonl")}
    summary = json.loads((done / "run.json").read_text())["coverage"]
    assert set(summary) == {"all", "summary", "bullets", "headlines"}
    for kind, mean in summary.items():
        assert mean == pytest.approx(sum(c[kind] for c in outputs.values()) / 3, abs=1e-3)
    assert all(len(c["tenths"]) == 10 and sum(c["tenths"]) > 0 for c in outputs.values())
    assert f"passages from {100 * outputs['long']['all']:.0f} %" in render_report(load_run(done))


def test_every_limit_that_a_text_can_carry_has_its_words_in_the_report() -> None:
    apart = {"empty_step", "no_text", "rated_in_part", "rated_in_blocks"}  # of no text
    assert set(LIMITS) - apart <= set(FLAGS)


@pytest.mark.parametrize("words", [60, 1500])
def test_textrank_without_its_matrix_gives_sumys_ratings(words: int) -> None:
    texts = [s.text for s in make_article("a", long_text(words)).sentences] + ["One.", "One.", "The of.", "Two words."]
    assert len(texts) < LONG
    document = SumyDocument.of(texts)
    summarizer = sumy_summarizer("text_rank", "TextRankSummarizer")
    dense = summarizer.rate_sentences(document)
    sparse = ratings([_normal_words(s, summarizer) for s in document.sentences])
    assert sparse == pytest.approx([float(dense[s]) for s in document.sentences], abs=1e-12)


SCRIPT = """
import resource, sys
resource.setrlimit(resource.RLIMIT_AS, ({limit}, {limit}))
sys.path.insert(0, {tests!r})
from long_sample import long_text
from pipeline.config import load_config
from pipeline.engines import open_engine
from pipeline.engines.fake import FakeEngine
from pipeline.run import make_briefs, open_engines
from pipeline.text.article import make_article
article = make_article("a", long_text(60000))
config = load_config(None, ["engine.name={name}"])
engines = open_engines(config, lambda s: FakeEngine(strategy="whole") if s.name == "fake" else open_engine(s))
(made,) = make_briefs([article], config, engines)
assert made.brief.summary.text and made.brief.words > 50000
"""


@pytest.mark.skipif(sys.platform != "linux", reason="address space is limited as Linux does it")
@pytest.mark.parametrize("name", ["fake", "textrank"])
def test_a_document_of_3000_sentences_stays_within_its_memory(name: str) -> None:
    """A matrix of its sentences alone would take 72 MB for each copy, and sumy makes several."""
    limit = 900 * 2**20
    code = SCRIPT.format(limit=limit, tests=str(Path(__file__).parent), name=name)
    environment = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "PATH": "", "PYTHONHASHSEED": "0"}
    done_ = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=500, env=environment)
    assert done_.returncode == 0, done_.stderr[-2000:]
