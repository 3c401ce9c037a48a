"""Fine-tuning as a user calls it: on JSONL and datasets, of a tiny BART and the embedded model, and what is refused."""

from __future__ import annotations

import gzip
import json
import lzma
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from flow_sample import write_articles
from train_sample import make_tiny_bart, record, write_jsonl
from transformers import AutoModelForSeq2SeqLM, AutoTokenizer

from pipeline.cli import main
from pipeline.errors import InputError
from pipeline.files import read_jsonl
from pipeline.score import rouge
from pipeline.train import loop
from pipeline.train.checks import by_lines
from pipeline.train.columns import read_examples
from pipeline.train.load import load_plan
from pipeline.train.pack import load
from pipeline.train.processes import Alone
from pipeline.train.schedule import Settings
from pipeline.train.settings import Examples, FineTune
from pipeline.train.tunable import open_base

Capture = pytest.CaptureFixture[str]
FAST = ["check_examples=2", "beams=1", "max_target_tokens=12", "batch_tokens=1500", "label_smoothing=0.0"]


@pytest.fixture(scope="module")
def bart(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_tiny_bart(tmp_path_factory.mktemp("bart"))


def config(folder: Path, model: object, *lines: str) -> str:
    path = folder / "f.yaml"
    path.write_text("\n".join(["kind: finetune", f"model: {model}", *lines]) + "\n")
    return str(path)


def sets(*values: str) -> list[str]:
    return [part for value in values for part in ("--set", value)]


def test_a_tiny_bart_on_twenty_records_is_a_model_that_a_run_uses(bart: Path, tmp_path: Path, capsys: Capture) -> None:
    data = write_jsonl(tmp_path / "my.jsonl", document="text", bullets="points")
    text = config(
        tmp_path, bart, "epochs: 8", "lr: 2.0e-2", "slow_encoder: 1.0", "prefix: 'tell: '", "patience: 8",
        "data: {source: text, target: points}",
    )  # fmt: skip
    out = tmp_path / "out"
    assert main(["train", text, "--data", str(data), "--out", str(out), *sets(*FAST)]) == 0
    assert capsys.readouterr().out == f"model: {out}\n"
    log = list(read_jsonl(out / "log.jsonl"))
    checks = [line for line in log if "val_loss" in line]
    before = json.loads((out / "work" / "before.json").read_text())
    assert checks[-1]["val_loss"] < before["val_loss"] - 0.5
    card = (out / "README.md").read_text()
    for part in (f"base: {bart}", "18", "target column | points", "prefix: 'tell: '", "engine.name=seq2seq", str(data)):
        assert part in card
    assert len(load(out / "work" / "examples" / "train.npz")) == 18
    model = AutoModelForSeq2SeqLM.from_pretrained(out)
    assert model.config.task_specific_params == {"summarization": {"prefix": "tell: "}}
    tokenizer = AutoTokenizer.from_pretrained(out)
    packed = load(out / "work" / "examples" / "train.npz")
    assert tokenizer.decode(packed.example(0)[0].tolist(), skip_special_tokens=True).startswith("tell: The ")
    articles = write_articles(tmp_path / "in", ("bakery",))
    chosen = sets("engine.name=seq2seq", f"engine.model={out}", "engine.beams=1", "engine.candidates=1")
    short = sets("outputs.bullets.enabled=false", "outputs.headlines.enabled=false", "score.enabled=false")
    assert main(["run", "--input", str(articles), "--out", str(tmp_path / "run"), "--quiet", *chosen, *short]) == 0
    assert str(out) in (tmp_path / "run" / "run.json").read_text()
    assert main(["train", text, "--data", str(data), "--out", str(out), *sets(*FAST)]) == 0
    assert "nothing to do" in capsys.readouterr().err


def test_a_t5_reads_its_own_prefix(tmp_path: Path) -> None:
    text = config(tmp_path, make_tiny_bart(tmp_path / "t5", t5=True), "steps: 3", "lr: 1.0e-2", "slow_encoder: 1.0")
    data = write_jsonl(tmp_path / "my.jsonl", 8)
    out = tmp_path / "out"
    assert main(["train", text, "--data", str(data), "--out", str(out), *sets(*FAST)]) == 0
    packed, tokenizer = load(out / "work" / "examples" / "train.npz"), AutoTokenizer.from_pretrained(out)
    assert tokenizer.decode(packed.example(0)[0].tolist()).startswith("<s>summarize: The ")
    before = json.loads((out / "work" / "before.json").read_text())
    after = [line for line in read_jsonl(out / "log.jsonl") if "val_loss" in line][-1]
    assert after["val_loss"] < before["val_loss"]
    assert AutoModelForSeq2SeqLM.from_pretrained(out).config.model_type == "t5"


@pytest.mark.parametrize(("target", "token"), [("headline", "<headline>"), ("bullets", "<brief>")])
def test_the_embedded_model_for_two_steps(target: str, token: str, tmp_path: Path) -> None:
    data = write_jsonl(tmp_path / "my.jsonl", 12)
    text = config(tmp_path, "embedded", "steps: 2", "lr: 1.0e-4", f"data: {{target: {target}}}")
    out = tmp_path / "out"
    assert main(["train", text, "--data", str(data), "--out", str(out), *sets(*FAST, "beams=2", "max_batch=4")]) == 0
    tokenizer = AutoTokenizer.from_pretrained(out)
    packed = load(out / "work" / "examples" / "train.npz")
    for i in range(len(packed)):
        assert tokenizer.decode(packed.example(i)[0].tolist()).startswith(f"<s>{token}")
    val = load(out / "work" / "examples" / "val.npz")
    shown = [tokenizer.decode(part.example(i)[0].tolist()) for part in (packed, val) for i in range(len(part))]
    assert any("<w" in text for text in shown[: len(packed)])
    assert len(val)
    assert not any("<w" in text or "<n" in text for text in shown[len(packed) :])
    model = AutoModelForSeq2SeqLM.from_pretrained(out)
    assert model.dtype == torch.float16
    assert model.get_input_embeddings().weight.shape[0] == len(tokenizer)
    assert "engine.name=embedded" in (out / "README.md").read_text()
    if target == "headline":
        articles = write_articles(tmp_path / "in", ("bakery",))
        chosen = sets(f"engine.model={out}", "outputs.summary.enabled=false", "outputs.bullets.enabled=false")
        run = ["run", "--input", str(articles), "--out", str(tmp_path / "run"), "--quiet", *chosen]
        assert main([*run, "--set", "score.enabled=false"]) == 0
        assert json.loads((tmp_path / "run" / "outputs.jsonl").read_text())["engine"].startswith("embedded|out|")


def test_it_stops_when_checks_get_no_better_and_keeps_the_best(bart: Path, tmp_path: Path) -> None:
    plan = load_plan(Path(config(tmp_path, bart, "steps: 50")))
    assert isinstance(plan, FineTune)
    base = open_base(plan)
    from pipeline.train.columns import Example, Read
    from pipeline.train.examples import write_examples
    from pipeline.train.tunable import load_base

    examples = tuple(Example(str(r["document"]), (str(r["headline"]),)) for r in map(record, range(6)))
    (tmp_path / "e").mkdir()
    write_examples(Read(examples, examples[:2], "headline", 0), base, plan, tmp_path / "e")
    scores = iter([0.1, 0.3, 0.2, 0.3, 0.25, 0.9])
    settings = Settings(
        start="", seed=1, prior=0.0, label_smoothing=0.0, dropout=0.0, lr=1e-2, warmup_steps=0, batch_tokens=2000,
        max_batch=2, weight_decay=0.0, clip=1.0, average_last=0, steps=50, save_every=2,
    )  # fmt: skip
    model, objective = load_base(base, plan, torch.device("cpu"))
    work = loop.Work(model, objective, lambda: {"rougeL": next(scores)}, base.pad, "rougeL", patience=3)
    progress = loop.run(settings, load(tmp_path / "e" / "train.npz"), work, tmp_path, Alone(torch.device("cpu")))
    assert (progress.step, progress.best, progress.stale, progress.finished) == (10, 0.3, 3, True)
    assert torch.load(tmp_path / "best.pt", weights_only=True)["step"] == 4
    assert next(scores) == 0.9


def test_a_training_whose_loss_is_lost_ends_with_status_2_and_without_a_model(
    bart: Path, tmp_path: Path, capsys: Capture
) -> None:
    data = write_jsonl(tmp_path / "my.jsonl", 12)
    text = config(tmp_path, bart, "steps: 9", "check_every: 3", "lr: 1.0e30", "clip: 1.0e30", "max_batch: 4")
    assert main(["train", text, "--data", str(data), "--out", str(tmp_path / "out"), *sets(*FAST)]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "not finite at step" in err
    assert list(tmp_path.glob("out/*.safetensors")) == list(tmp_path.glob("out/work/*.pt")) == []


def test_a_check_scores_what_transformers_writes(bart: Path, tmp_path: Path) -> None:
    """The same texts generated one by one, and scored by the public function."""
    data = write_jsonl(tmp_path / "my.jsonl", 10)
    text = config(tmp_path, bart, "steps: 1", "lr: 1.0e-9", "data: {target: headline, held_out: 0.3}", "dropout: 0.0")
    out = tmp_path / "out"
    arguments = sets("check_examples=3", "beams=2", "max_target_tokens=10", "max_source_tokens=64")
    assert main(["train", text, "--data", str(data), "--out", str(out), *arguments]) == 0
    model, tokenizer = AutoModelForSeq2SeqLM.from_pretrained(bart), AutoTokenizer.from_pretrained(bart)
    packed = load(out / "work" / "examples" / "val.npz")
    references = [r["reference"] for r in read_jsonl(out / "work" / "examples" / "references.jsonl")]
    assert len(packed) == len(references) == 3
    written = []
    for i in range(3):
        ids = torch.from_numpy(packed.example(i)[0].astype("int64"))[None]
        assert ids.shape[1] == 64
        made = model.generate(input_ids=ids, num_beams=2, max_new_tokens=10, no_repeat_ngram_size=3)
        written.append(tokenizer.decode(made[0], skip_special_tokens=True).strip())
    scores = rouge([by_lines(t) for t in written], [by_lines(t) for t in references])
    before = json.loads((out / "work" / "before.json").read_text())
    assert before["rougeL"] == pytest.approx(scores["rougeL"]["f"], abs=1e-4)
    assert before["rouge1"] == pytest.approx(scores["rouge1"]["f"], abs=1e-4)


def test_columns_are_found_held_out_and_counted(tmp_path: Path) -> None:
    lines = [json.dumps(record(n)) for n in range(10)] + [
        '{"document": "No target."}',
        '{"document": "", "headline": "a"}',
    ]
    (tmp_path / "train.jsonl").write_text("\n".join(lines) + "\n")
    found = read_examples(Examples(), tmp_path, None, seed=1)
    assert (len(found.train), len(found.val), found.target, found.skipped) == (9, 1, "headline", 2)
    assert {e.source for e in found.train} & {e.source for e in found.val} == set()
    assert read_examples(Examples(), tmp_path / "train.jsonl", None, seed=1) == found
    assert len(read_examples(Examples(most=4), tmp_path, None, 1).train) == 4 - 1
    assert len(read_examples(Examples(), tmp_path, 5, 1).train) == 5 - 1
    with lzma.open(tmp_path / "val.jsonl.xz", "wt") as file:
        file.write(json.dumps(record(50)) + "\n")
    both = read_examples(Examples(validation="val.jsonl.xz", target="bullets"), tmp_path, None, 1)
    assert (len(both.train), len(both.val)) == (10, 1)
    (tmp_path / "more.jsonl").write_text("".join(json.dumps(record(n)) + "\n" for n in range(60, 67)))
    for given, limit, counts in ((3, None, (3, 7)), (3, 2, (2, 2)), (9, 5, (5, 5)), (None, None, (10, 7))):
        some = read_examples(Examples(validation="more.jsonl", most=given), tmp_path, limit, 1)
        assert (len(some.train), len(some.val)) == counts
    assert both.val[0].target == tuple(record(50)["bullets"])  # type: ignore[arg-type]


@pytest.mark.parametrize(("suffix", "pack"), [(".gz", gzip.compress), (".xz", lzma.compress)])
def test_a_packed_file_is_trained_on_like_a_plain_one_and_a_torn_one_is_refused(
    suffix: str, pack: Callable[[bytes], bytes], bart: Path, tmp_path: Path, capsys: Capture
) -> None:
    plain, packed = write_jsonl(tmp_path / "my.jsonl", 60), tmp_path / f"my.jsonl{suffix}"
    whole = pack(plain.read_bytes())
    packed.write_bytes(whole)
    assert read_examples(Examples(), packed, None, 1) == read_examples(Examples(), plain, None, 1)
    assert read_examples(Examples(train=packed.name), tmp_path, None, 1) == read_examples(Examples(), plain, None, 1)
    packed.write_bytes(whole[: len(whole) // 2])
    text = config(tmp_path, bart, "steps: 1")
    assert main(["train", text, "--data", str(packed), "--out", str(tmp_path / "out")]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"precis: {packed}:")
    assert "the file is damaged" in err
    assert "Traceback" not in err


def test_a_dataset_in_a_folder_is_read_by_its_splits(tmp_path: Path) -> None:
    datasets = pytest.importorskip("datasets")
    rows = [{"body": record(n)["document"], "title": record(n)["headline"]} for n in range(8)]
    whole = datasets.DatasetDict(
        {"train": datasets.Dataset.from_list(rows[:6]), "test": datasets.Dataset.from_list(rows[6:])}
    )
    whole.save_to_disk(str(tmp_path / "saved"))
    wanted = Examples(dataset=str(tmp_path / "saved"), train="train", validation="test", source="body", target="title")
    found = read_examples(wanted, None, None, 1)
    assert (len(found.train), len(found.val)) == (6, 2)
    assert found.val[0].target == (rows[6]["title"],)
    with pytest.raises(InputError, match="no column 'headline'; there are body, title"):
        read_examples(wanted.model_copy(update={"target": "headline"}), None, None, 1)
    with pytest.raises(InputError, match="the dataset cannot be read"):
        read_examples(wanted.model_copy(update={"train": "dev"}), None, None, 1)
    with pytest.raises(InputError, match="the dataset cannot be read"):
        read_examples(Examples(dataset=str(tmp_path / "none"), train="train"), None, None, 1)


@pytest.mark.parametrize(
    ("lines", "settings", "told"),
    [
        ([], [], "my.jsonl: no records"),
        (['{"document": "A text."}'], [], "no column summary or headline or bullets; there are document"),
        (
            ['{"text": "A text.", "headline": "A"}'],
            [],
            "no column 'document'; there are text, headline (set data.source)",
        ),
        (['{"document": "A text.", "headline": ""}'], [], "no record has both 'document' and 'headline' filled in"),
        (['{"document": "A text.", "headline": "A"}'], [], "one example cannot be both trained on and validated"),
        (["not json"], [], "my.jsonl:1: not valid JSON"),
        (["[1]"], [], "my.jsonl:1: should be a JSON object"),
        (["", "\udce9"], [], "my.jsonl:2: not UTF-8 text (byte 0xe9 at offset 0)"),
        (None, [], "no such file or folder"),
        (None, ["model=/no/such/folder"], "the model cannot be loaded"),
        (None, ["prefx=a"], "prefx: unknown key; did you mean prefix?"),
        (None, ["prior=1.0"], "prior: has no effect on this model"),
        (None, ["task=headline"], "task: has no effect on this model"),
        (None, ["epochs=1", "minutes=2"], "give one of epochs, steps and minutes"),
    ],
)
def test_what_cannot_be_tuned_is_one_message_and_status_2(
    lines: list[str] | None, settings: list[str], told: str, bart: Path, tmp_path: Path, capsys: Capture
) -> None:
    data = tmp_path / "my.jsonl"
    if lines is not None:
        data.write_text("\n".join(lines) + "\n", encoding="utf-8", errors="surrogateescape")
    elif settings:
        write_jsonl(data, 4)
    text = config(tmp_path, bart, "steps: 1")
    assert main(["train", text, "--data", str(data), "--out", str(tmp_path / "out"), *sets(*settings)]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert told in err
    assert "Traceback" not in err
    assert all(line.startswith("precis: ") for line in err.splitlines() if line)
    assert not (tmp_path / "out").exists()


def test_a_decoder_only_model_is_refused(tmp_path: Path, capsys: Capture) -> None:
    folder = make_tiny_bart(tmp_path / "gpt")
    (folder / "config.json").write_text('{"model_type": "gpt2", "n_embd": 8, "n_layer": 1, "n_head": 1}')
    data = write_jsonl(tmp_path / "my.jsonl", 4)
    text = config(tmp_path, folder, "steps: 1")
    assert main(["train", text, "--data", str(data), "--out", str(tmp_path / "out")]) == 2
    assert "not an encoder-decoder" in capsys.readouterr().err


def test_several_processes_without_accelerate(bart: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
                                              capsys: Capture) -> None:  # fmt: skip
    monkeypatch.setattr("pipeline.train.launch.find_spec", lambda name: None)
    data = write_jsonl(tmp_path / "my.jsonl", 4)
    text = config(tmp_path, bart, "steps: 1")
    arguments = ["train", text, "--data", str(data), "--out", str(tmp_path / "out"), "--processes", "2"]
    assert main(arguments) == 2
    assert "pip install 'precis[accelerate]'" in capsys.readouterr().err
