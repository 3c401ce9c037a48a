"""`scripts/measure_tuned.py` and `scripts/learning_curve.py` on a tiny random model, beside rouge-score and torch."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import learning_curve
import measure_tuned
import numpy as np
import pytest
import torch
from learning_curve import Point, extrapolated, fitted, known
from rouge_score.rouge_scorer import RougeScorer
from tokenizers import Tokenizer
from train_sample import make_tiny_bart, record, write_jsonl
from transformers import BartForConditionalGeneration

from pipeline.train.batching import EOS
from pipeline.train.checks import Check, by_lines
from pipeline.train.pack import Packed, load, ragged, save

Capture = pytest.CaptureFixture[str]
TASKS = (0, 1, 0, 1, 0, 0)  # headline, brief, …


@pytest.fixture(scope="module")
def bart(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_tiny_bart(tmp_path_factory.mktemp("bart"))


@pytest.fixture(scope="module")
def pairs(bart: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six prepared pairs of two tasks, one of them with a token that the model does not have.

    Without that the sources are of one length: in a padded one the prior would favour the padding token, too.
    """
    folder = tmp_path_factory.mktemp("pairs")
    tokenizer = Tokenizer.from_file(str(bart / "tokenizer.json"))
    tokenizer.save(str(folder / "tokenizer.json"))
    records = [record(n) for n in range(len(TASKS))]
    sources = [[*tokenizer.encode(str(one["document"])).ids[:24], EOS] for one in records]
    sources[0].insert(1, tokenizer.get_vocab_size() + 3)
    targets = [[*tokenizer.encode(str(one["headline"]), add_special_tokens=False).ids[:12], EOS] for one in records]
    task = np.array(TASKS, np.uint8)
    save(Packed(*ragged(sources, np.uint16), *ragged(targets, np.uint16), task), folder / "val.npz")
    return folder


def interval(cell: str) -> list[float]:
    """Mean, low and high of a cell `12.3 (10.0–15.1)`."""
    return [float(number) for number in re.findall(r"[\d.]+", cell)]


def written_by(monkeypatch: pytest.MonkeyPatch, change: Callable[[dict[int, str]], dict[int, str]]) -> list[Check]:
    """The checks that were made, whose texts are those of the model after `change`."""
    checks: list[Check] = []
    texts = Check.texts

    def changed(self: Check) -> dict[int, str]:
        checks.append(self)
        return change(texts(self))

    monkeypatch.setattr(Check, "texts", changed)
    return checks


@pytest.mark.parametrize("target", ["headline", "bullets"])
def test_a_tuned_model_is_scored_on_all_it_writes(
    bart: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture, target: str
) -> None:
    data = write_jsonl(tmp_path / "test.jsonl", 5)
    wanted = [record(n)[target] for n in range(5)]
    references = [str(one) if isinstance(one, str) else "\n".join(map(str, one)) for one in wanted]  # type: ignore[call-overload]
    seen: dict[int, str] = {}

    def half(texts: dict[int, str]) -> dict[int, str]:
        """Half of each reference after what the model wrote: a random model alone would score 0."""
        for i, text in texts.items():
            seen[i] = f"{text} {references[i][: len(references[i]) // 2]}"
        return dict(seen)

    checks = written_by(monkeypatch, half)
    command = ["--data", str(data), "--model", str(bart), "--target", target, "--limit", "5"]
    assert measure_tuned.main(command) == 0
    head, _, row = capsys.readouterr().out.splitlines()
    assert head == "| model | n | R1 F | R2 F | Lsum F |"
    _, model, n, *cells, _ = (cell.strip() for cell in row.split("|"))
    assert (model, n) == (str(bart), "5")
    assert sorted(seen) == list(range(5))
    assert list(checks[0].references) == references
    scorer = RougeScorer(["rouge1", "rouge2", "rougeLsum"], use_stemmer=True)
    scores = [scorer.score(by_lines(references[i]), by_lines(seen[i])) for i in range(5)]
    for name, cell in zip(("rouge1", "rouge2", "rougeLsum"), cells, strict=True):
        values = [score[name].fmeasure for score in scores]
        mean, low, high = interval(cell)
        assert mean == pytest.approx(100 * sum(values) / 5, abs=0.051)
        assert 100 * min(values) - 0.1 <= low < mean < high <= 100 * max(values) + 0.1


def test_the_interval_of_equal_scores_is_a_point_and_one_of_many_is_that_of_the_normal() -> None:
    assert measure_tuned.told([0.25] * 7) == "25.0 (25.0–25.0)"
    values = np.random.default_rng(1).normal(0.4, 0.1, 400)
    _, low, high = interval(measure_tuned.told(list(values)))
    half = 1.96 * values.std() / 20
    assert [low, high] == pytest.approx([100 * (values.mean() - half), 100 * (values.mean() + half)], abs=0.15)


def test_what_cannot_be_measured_is_told_without_a_traceback(bart: Path, tmp_path: Path, capsys: Capture) -> None:
    data = write_jsonl(tmp_path / "test.jsonl", 3)
    assert measure_tuned.main(["--data", str(tmp_path / "gone.jsonl"), "--model", str(bart)]) == 2
    assert "gone.jsonl: no such file" in capsys.readouterr().err
    assert measure_tuned.main(["--data", str(data), "--model", str(bart), "--target", "lede"]) == 2
    assert "no column 'lede'" in capsys.readouterr().err


def nats(model: Any, source: list[int], target: list[int]) -> float:
    """Summed loss of one example, the copy prior of 2 on the source's tokens and `</s>`, by torch alone."""
    ids = torch.tensor([[token for token in source if token < model.config.vocab_size]])
    with torch.no_grad():
        logits = model(input_ids=ids, decoder_input_ids=torch.tensor([[EOS, *target[:-1]]])).logits[0]
    bonus = torch.zeros(logits.shape[-1])
    bonus[list({*ids[0].tolist(), EOS})] = 2.0
    chances = torch.log_softmax(logits + bonus, -1)
    return -float(sum(chances[i, token] for i, token in enumerate(target)))


def test_loss_and_rouge_of_a_checkpoint(
    bart: Path, pairs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    tokenizer, data = Tokenizer.from_file(str(pairs / "tokenizer.json")), load(pairs / "val.npz")
    model = BartForConditionalGeneration.from_pretrained(bart).eval()
    texts: list[str] = []
    write = learning_curve.write

    def noted(model: Any, source: torch.Tensor, tokenizer: Tokenizer, most: int) -> list[str]:
        own = write(model, source, tokenizer, most)
        assert len(own) == len(source)
        texts.extend(f"{text} close" for text in own)
        return texts[-len(own) :]

    monkeypatch.setattr(learning_curve, "write", noted)
    stored = tmp_path / "points.json"
    command = ["--pairs", str(pairs), "--model", f"64={bart}", "--json", str(stored)]
    assert learning_curve.main(command) == 0
    headline, brief = json.loads(stored.read_text())
    out = capsys.readouterr().out
    assert f"| 64 | headline | {headline['loss']:.3f} | {headline['rouge1']:.1f} |" in out
    scorer = RougeScorer(["rouge1", "rouge2"], use_stemmer=True)
    first = 0
    for number, point in enumerate((headline, brief)):
        rows = [i for i, task in enumerate(TASKS) if task == number]
        examples = [tuple(part.tolist() for part in data.example(i)) for i in rows]
        tokens = sum(len(target) for _, target in examples)
        assert point["loss"] == pytest.approx(sum(nats(model, *one) for one in examples) / tokens, abs=1e-4)
        order = learning_curve.sample_of(data, number, 600)
        assert sorted(order.tolist()) == rows
        references = [tokenizer.decode(data.example(i)[1].tolist(), skip_special_tokens=True) for i in order]
        own = texts[first : first + len(rows)]
        first += len(rows)
        scores = [scorer.score(r, t)["rouge1"].fmeasure for r, t in zip(references, own, strict=True)]
        assert point["rouge1"] == pytest.approx(100 * sum(scores) / len(scores))
        assert point["n"] == len(rows)
    assert headline["rouge1"] > 0


def test_fewer_pairs_are_written_than_measured(bart: Path, pairs: Path, capsys: Capture) -> None:
    assert learning_curve.main(["--pairs", str(pairs), "--model", f"1={bart}", "--most", "3", "--written", "1"]) == 0
    assert [line.split("|")[-2].strip() for line in capsys.readouterr().out.splitlines()[2:4]] == ["1", "1"]


def test_tokens_that_an_early_model_lacks_are_left_out_of_the_source() -> None:
    source = torch.tensor([[0, 9, 5, 2], [0, 5, 2, 1], [0, 8, 9, 2]])
    assert known(source, 8).tolist() == [[0, 5, 2], [0, 5, 2], [0, 2, 1]]


def points(*losses: float) -> list[Point]:
    return [Point(1000 * 2**i, "headline", loss, 0.0, 0.0, 1) for i, loss in enumerate(losses)]


def test_the_line_through_the_points_and_what_it_says() -> None:
    assert fitted(points(3.0, 2.9, 2.8)) == pytest.approx((3.0 + 0.1 * np.log2(1000), 0.1))
    assert extrapolated(points(3.0, 2.9, 2.8)) == (
        "0.100 nats less per doubling; 2.50 nats would take 32,000 examples at that rate"
    )
    assert extrapolated(points(3.0, 3.0, 3.0)).endswith(": the loss does not fall")
    assert extrapolated(points(3.0, 3.1, 3.2)) == "-0.100 nats less per doubling: the loss does not fall"


def test_a_curve_of_three_checkpoints_ends_with_the_line(bart: Path, pairs: Path, capsys: Capture) -> None:
    """The same model three times: its loss does not fall."""
    models = [part for n in (1, 2, 4) for part in ("--model", f"{n}={bart}")]
    assert learning_curve.main(["--pairs", str(pairs), *models, "--most", "2", "--written", "1"]) == 0
    told = [line for line in capsys.readouterr().out.splitlines() if not line.startswith("|")]
    assert [line.partition(":")[0] for line in told] == ["headline", "brief"]
    assert all("the loss does not fall" in line for line in told)


def test_a_task_without_pairs_is_named(bart: Path, pairs: Path, tmp_path: Path, capsys: Capture) -> None:
    data = load(pairs / "val.npz")
    save(Packed(data.source, data.source_at, data.target, data.target_at, np.zeros(6, np.uint8)), tmp_path / "val.npz")
    (tmp_path / "tokenizer.json").write_bytes((pairs / "tokenizer.json").read_bytes())
    assert learning_curve.main(["--pairs", str(tmp_path), "--model", f"1={bart}", "--written", "1"]) == 0
    out, err = capsys.readouterr()
    assert "no pairs of the task brief" in err
    assert "brief" not in out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--model", "x=."], "should be EXAMPLES=FOLDER"),
        (["--model", "5=gone"], "should be EXAMPLES=FOLDER"),
        (["--model", "5=."], "no val.npz and no tokenizer.json in"),
    ],
)
def test_wrong_arguments_of_the_curve_end_with_status_2(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture, arguments: list[str], told: str
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as ended:
        learning_curve.main(["--pairs", ".", *arguments])
    assert ended.value.code == 2
    assert told in capsys.readouterr().err
