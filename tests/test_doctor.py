"""`precis doctor`: made-up Hugging Face caches, configs that would and would not run, and the self test."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from flow_sample import write_articles

from pipeline.cli import main
from pipeline.config import Config, load_config
from pipeline.doctor import Check, checks, config_checks, failed, for_config, text
from pipeline.doctor.everything import embedded_backend
from pipeline.doctor.models import Model, cached_models, find_model, model_folder
from pipeline.doctor.needs import ENGINE_NEEDS, FORMAT_NEEDS, Needs, remedy, there
from pipeline.doctor.self_test import TEXT, beside, self_test
from pipeline.engines import ENGINES
from pipeline.errors import InputError
from pipeline.ingest.discover import discover
from pipeline.settings_engine import EngineSettings

Capture = pytest.CaptureFixture[str]
BART = {"model_type": "bart", "is_encoder_decoder": True, "architectures": ["BartForConditionalGeneration"]}
LLAMA = {"model_type": "llama", "architectures": ["LlamaForCausalLM"]}
NLI = {"architectures": ["BertForSequenceClassification"], "id2label": {"0": "CONTRADICTION", "1": "entailment"}}
TOKENIZER: dict[str, Any] = {"tokenizer.json": {}}
WHOLE: dict[str, Any] = {"model.safetensors": "x" * 2**20, **TOKENIZER}
ENCODER = {"architectures": ["BertModel"]}
INDEX = {"weight_map": {"a": "model-1.safetensors", "b": "model-2.safetensors"}}


def cached(cache: Path, name: str, files: dict[str, Any], commit: str = "c" * 40, ref: str = "main") -> Path:
    """A model as the hub's client lays it out: blobs, a snapshot of links to them, and a reference."""
    root = cache / f"models--{name.replace('/', '--')}"
    snapshot = root / "snapshots" / commit
    for place in (root / "blobs", root / "refs", snapshot):
        place.mkdir(parents=True, exist_ok=True)
    for file, content in files.items():
        blob = root / "blobs" / f"{commit[:4]}-{file}"
        blob.write_text(content if isinstance(content, str) else json.dumps(content))
        (snapshot / file).symlink_to(Path("../..") / "blobs" / blob.name)
    (root / "refs" / ref).write_text(commit)
    return snapshot


def only(cache: Path) -> Model:
    (model,), damaged = cached_models(cache)
    assert damaged == []
    return model


@pytest.mark.parametrize(
    ("files", "lacks", "use"),
    [
        ({"config.json": BART, **WHOLE}, (), ("seq2seq", "ctranslate2")),
        ({"config.json": {"model_type": "led", "is_encoder_decoder": True}, **WHOLE}, (), ("seq2seq",)),
        ({"config.json": {"model_type": "whisper", "is_encoder_decoder": True}, **WHOLE}, (), ()),
        ({"config.json": LLAMA, "chat_template.jinja": "…", **WHOLE}, (), ("chat",)),
        ({"config.json": LLAMA, "tokenizer_config.json": {"chat_template": "…"}, **WHOLE}, (), ("chat",)),
        ({"config.json": LLAMA, **WHOLE}, (), ()),
        ({"config.json": NLI, **WHOLE}, (), ("consistency",)),
        ({"config.json": ENCODER, "modules.json": {}, **WHOLE}, (), ("embedding", "bertscore")),
        ({"config.json": {"architectures": ["RobertaForMaskedLM"]}, **WHOLE}, (), ("bertscore", "embedding")),
        ({"config.json": BART, **TOKENIZER}, ("weights",), ("seq2seq", "ctranslate2")),
        ({"config.json": BART, "model.safetensors": "x"}, ("tokenizer",), ("seq2seq", "ctranslate2")),
        (WHOLE, ("config.json",), ()),
        (
            {"config.json": BART, "model.safetensors.index.json": INDEX, "model-1.safetensors": "x", **TOKENIZER},
            ("model-2.safetensors",),
            ("seq2seq", "ctranslate2"),
        ),
        (
            {
                "config.json": {"model_type": "t5", "is_encoder_decoder": True},
                "tokenizer_config.json": {"tokenizer_class": "ByT5Tokenizer"},
                "pytorch_model.bin": "x",
            },
            (),
            ("seq2seq", "ctranslate2"),
        ),
    ],
)
def test_what_a_cached_model_lacks_and_is_for(
    tmp_path: Path, files: dict[str, Any], lacks: tuple[str, ...], use: tuple[str, ...]
) -> None:
    cached(tmp_path, "org/name", files)
    model = only(tmp_path)
    assert (model.name, model.refs, model.lacks, model.use) == ("org/name", ("main",), lacks, use)


def test_sizes_revisions_and_other_repositories(tmp_path: Path) -> None:
    cached(tmp_path, "org/name", {"config.json": BART, **WHOLE}, "a" * 40)
    cached(tmp_path, "org/name", {"config.json": BART, **TOKENIZER}, "b" * 40, "v2")
    (tmp_path / "datasets--org--data" / "snapshots" / ("d" * 40)).mkdir(parents=True)
    models, _ = cached_models(tmp_path)
    assert [(m.revision, m.refs, m.lacks) for m in models] == [
        ("a" * 40, ("main",), ()),
        ("b" * 40, ("v2",), ("weights",)),
    ]
    assert models[0].mib == pytest.approx(1.0, abs=0.05)
    assert find_model("org/name", None, models) == models[0]
    assert find_model("org/name", "v2", models) == models[1]
    assert find_model("org/name", "b" * 40, models) == models[1]
    assert find_model("org/name", "v3", models) is None
    found = {check.what: check for check in checks(tmp_path)}
    assert found["org/name@aaaaaaaa"].ok
    assert "for seq2seq, ctranslate2" in found["org/name@aaaaaaaa"].detail
    assert found["org/name@bbbbbbbb"].state == "absent"
    assert "incomplete: no weights" in found["org/name@bbbbbbbb"].detail
    assert "of the cache: org/name" in found["seq2seq"].detail


def test_an_empty_and_a_missing_cache_are_said(tmp_path: Path) -> None:
    for cache in (tmp_path, tmp_path / "none"):
        found = {check.what: check for check in checks(cache)}
        assert str(cache) in found["Hugging Face cache"].detail
        assert not failed(found.values())


def test_a_file_in_the_place_of_the_cache_is_named(tmp_path: Path) -> None:
    (tmp_path / "hub").write_text("")
    (damaged,) = (check for check in checks(tmp_path / "hub") if check.what == "damaged")
    assert not damaged.ok
    assert "found a file" in damaged.detail
    config = load_config(None, ["input.path=hf://org/data"])
    assert any(check.what == "input.path" and not check.ok for check in config_checks(config, tmp_path / "hub"))


def test_a_damaged_cache_is_named(tmp_path: Path) -> None:
    cached(tmp_path, "org/name", {"config.json": BART, **WHOLE})
    (tmp_path / "models--org--name" / "refs" / "main").write_text("e" * 40)
    damaged = [check for check in checks(tmp_path) if check.what == "damaged"]
    assert damaged
    assert not damaged[0].ok


def test_the_packages_own_model_is_one_for_the_embedded_engine() -> None:
    model = model_folder(Path(__file__).resolve().parent.parent / "pipeline" / "weights")
    assert model.lacks == ()
    assert model.use == ("embedded", "seq2seq")


def test_every_engine_has_a_row() -> None:
    assert set(ENGINES) <= set(ENGINE_NEEDS)
    assert {check.what for check in checks() if check.group == "engines"} == set(ENGINES)


def test_every_format_that_is_read_has_a_row_with_what_its_reader_imports(tmp_path: Path) -> None:
    (tmp_path / "a.unknown").write_text("text")
    with pytest.raises(InputError) as refused:
        discover(tmp_path / "a.unknown")
    read = set(re.findall(r"\.[a-z0-9]+", str(refused.value.fix))) - {".gz", ".xz", ".bz2", ".zst"}
    assert {".txt", ".html", ".jsonl"} <= read == set(FORMAT_NEEDS)
    assert {check.what for check in checks() if check.group == "inputs"} == read
    needed = {kind: needs.modules for kind, needs in FORMAT_NEEDS.items() if needs.modules}
    assert needed == {
        ".html": ("trafilatura",), ".htm": ("trafilatura",), ".pdf": ("pypdf",), ".docx": ("docx",),
        ".parquet": ("pyarrow",), ".arrow": ("pyarrow",),
    }  # fmt: skip


def test_what_is_lacking_for_a_packed_document_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "v1.2").mkdir()
    (tmp_path / "v1.2" / "x.y.PDF.gz").write_bytes(b"")
    monkeypatch.setitem(FORMAT_NEEDS, ".pdf", Needs(("no_such_module",), "documents"))
    config = load_config(None, [f"input.path={tmp_path}"])
    (told,) = (check for check in config_checks(config, tmp_path / "none") if check.what == "input .pdf")
    assert told.needed
    assert not told.ok
    assert "pip install 'precis[documents]'" in told.detail


def test_an_endpoint_is_asked_whether_it_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        settings = EngineSettings(
            name="endpoint",
            model="any",
            base_url=f"http://127.0.0.1:{server.getsockname()[1]}/v1",
            api_key_env="MY_KEY",
            prompts="no-prompts",
            device="cuda:0",
        )
        monkeypatch.setenv("MY_KEY", "secret")
        found = [*for_config._server("engine", settings)]
        assert [check.ok for check in found] == [True, True]
        assert "secret" not in text(found)
    monkeypatch.delenv("MY_KEY")
    found = [*for_config._server("engine", settings)]
    assert [check.ok for check in found] == [False, False]
    assert "127.0.0.1:" in found[0].detail
    assert found[1].detail == "MY_KEY is not set"
    monkeypatch.setattr("pipeline.doctor.for_config.gpus", lambda: ())
    assert [check.detail for check in for_config._surroundings("engine", settings)] == [
        "no-prompts: no such folder", "cuda:0: no driver",
    ]  # fmt: skip


def test_a_data_set_of_the_hub(tmp_path: Path) -> None:
    (tmp_path / "datasets--org--data" / "snapshots" / ("d" * 40)).mkdir(parents=True)
    values = {"input.path": "hf://org/data", "engine.name": "lead"}
    assert checked(load_config(None, (), values), tmp_path)["input.path"].ok
    found = checked(load_config(None, (), values), tmp_path / "none")["input.path"]
    assert not found.ok
    assert "would be read from the Hub" in found.detail


def test_a_missing_package_is_named_with_the_command_that_installs_it() -> None:
    assert remedy(Needs(("json",))) == ""
    assert remedy(Needs(("json", "no_such_module"), "documents")) == (
        "no_such_module not installed: pip install 'precis[documents]'"
    )
    assert remedy(Needs(("no_such.inner",))) == "no_such.inner not installed: pip install no_such.inner"
    assert there("json.decoder")
    assert not there("no_such.inner")


def checked(config: Config, cache: Path) -> dict[str, Check]:
    found = config_checks(config, cache)
    assert len({check.what for check in found}) == len(found)
    return {check.what: check for check in found}


def test_a_config_that_runs(tmp_path: Path) -> None:
    articles = write_articles(tmp_path / "in", ("bakery", "bus"))
    cached(tmp_path / "hub", "org/name", {"config.json": BART, **WHOLE})
    values = {"input.path": str(articles), "run.out": str(tmp_path / "new" / "out")}
    config = load_config(None, ["engine.name=seq2seq", "engine.model=org/name"], values)
    found = checked(config, tmp_path / "hub")
    assert all(check.ok and check.needed for check in found.values())
    assert list(found) == ["input.path", "engine", "engine.model", "run.out"]
    assert "2 files" in found["input.path"].detail
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    ("overrides", "what", "told"),
    [
        (["input.path=nowhere"], "input.path", "no such file or folder"),
        (["engine.name=seq2seq", "engine.model=org/none"], "engine.model", "hf download org/none"),
        (["engine.name=seq2seq", "engine.model=./none"], "engine.model", "no such folder"),
        (["engine.name=seq2seq", "engine.model=org/half"], "engine.model", "incomplete: no weights"),
        (["engine.name=seq2seq", "engine.model=org/nli"], "engine.model", "not for seq2seq"),
        (["engine.name=seq2seq", "engine.model=org/whole", "engine.revision=v9"], "engine.model", "--revision v9"),
        (["engine.name=fake", "engine.model=none.json"], "engine.model", "no such file"),
        (["score.models.consistency=org/whole"], "score.models.consistency", "not for consistency"),
        (["score.models.bertscore=org/none"], "score.models.bertscore", "not on this disk"),
        (["score.evaluate=[none.py]"], "score.evaluate", "no such module"),
        (["run.out=taken/out"], "run.out", "cannot be written"),
        (
            ["outputs.bullets.engine={name: seq2seq, model: org/none}"],
            "outputs.bullets.engine.model",
            "not on this disk",
        ),
    ],
)
def test_what_a_config_lacks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, overrides: list[str], what: str, told: str
) -> None:
    monkeypatch.chdir(tmp_path)
    write_articles(tmp_path / "seeds", ("bus",))
    (tmp_path / "taken").write_text("a file where a folder is wanted")
    cached(tmp_path / "hub", "org/whole", {"config.json": BART, **WHOLE})
    cached(tmp_path / "hub", "org/half", {"config.json": BART, **TOKENIZER})
    cached(tmp_path / "hub", "org/nli", {"config.json": NLI, **WHOLE})
    found = checked(load_config(None, overrides), tmp_path / "hub")
    assert [check.what for check in found.values() if not check.ok] == [what]
    assert told in found[what].detail
    assert failed(found.values())


def test_a_model_larger_than_the_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cached(tmp_path, "org/name", {"config.json": BART, **WHOLE})
    config = load_config(None, ["engine.name=seq2seq", "engine.model=org/name"], {"input.path": str(tmp_path)})
    monkeypatch.setattr("pipeline.doctor.for_config.memory_gib", lambda: (1.0, 0.001))
    assert "0.001 are free" in checked(config, tmp_path)["engine.model"].detail
    monkeypatch.setattr("pipeline.doctor.for_config.memory_gib", lambda: (None, None))
    assert checked(config, tmp_path)["engine.model"].ok


def test_the_command_with_a_config(tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "c.yaml"
    path.write_text(f"input: {{path: {write_articles(tmp_path / 'in', ('bus',))}}}\nengine: {{name: lead}}\n")
    assert main(["doctor", str(path), "--run"]) == 0
    out = capsys.readouterr().out
    assert "MISSING" not in out
    assert "engine (lead)" in out
    assert main(["doctor", str(path), "--json", "--set", "input.path=gone"]) == 1
    found = {check["what"]: check for check in json.loads(capsys.readouterr().out)}
    assert found["input.path"] == {
        "group": "config c", "what": "input.path", "ok": False, "needed": True,
        "detail": "gone: no such file or folder",
    }  # fmt: skip
    assert main(["doctor", str(path), "--set", "engine.nam=lead"]) == 2
    assert "engine.nam" in capsys.readouterr().err


def test_the_self_test_says_what_was_written_and_what_failed(tmp_path: Path) -> None:
    check = self_test("fake", EngineSettings(name="fake"))
    assert check.ok
    assert "The ferry" in check.detail
    lead = self_test("lead", EngineSettings(name="lead"))
    assert lead.ok
    assert any(f"“{sentence}”" in lead.detail for sentence in TEXT.split(". "))
    gone = self_test("fake", EngineSettings(name="fake", model=str(tmp_path / "none.json")))
    assert gone.state == "FAILED"
    assert "none.json" in gone.detail
    script = tmp_path / "script.json"
    script.write_text(json.dumps({" ": ["A dragon ate 77 sailors"]}))
    false = self_test("fake", EngineSettings(name="fake", model=str(script)))
    assert not false.ok
    assert false.detail == "no headline that the guard accepts"


def test_the_embedded_engine_writes_its_headline() -> None:
    check = self_test("embedded", EngineSettings(name="embedded"))
    assert check.ok
    assert "ferry" in check.detail.lower()


def test_a_headline_beside_the_recorded_one() -> None:
    recorded = {"0123456789abcdef": "A boat sails"}
    assert beside(recorded, "0123456789abcdef" + "0" * 48, "A boat sails") == ", as recorded"
    assert "“A boat sails”" in beside(recorded, "0123456789abcdef", "A ship sails")
    assert beside(recorded, "f" * 64, "A ship sails") == ""
    assert beside(recorded, None, "A ship sails") == ""


def test_what_computes_the_embedded_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("ctranslate2")
    monkeypatch.setenv("PRECIS_CACHE", str(tmp_path / "kept"))
    (backend,) = [check for check in checks(tmp_path) if check.what == "embedded backend"]
    assert backend.ok and not backend.needed
    assert "ctranslate2 in int8" in backend.detail and f"{tmp_path / 'kept'} (0 there, 0 MiB)" in backend.detail
    for folder in ("whole", "part"):
        (tmp_path / "kept" / "ctranslate2" / folder).mkdir(parents=True)
        (tmp_path / "kept" / "ctranslate2" / folder / "model.bin").write_bytes(bytes(2**20))
    (tmp_path / "kept" / "ctranslate2" / "whole" / "conversion.json").write_text("{}")
    assert "(1 there, 1 MiB)" in embedded_backend(EngineSettings()).detail

    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("PRECIS_CACHE", str(tmp_path / "file" / "kept"))
    nowhere = embedded_backend(EngineSettings())
    assert not nowhere.ok and not nowhere.needed and "set PRECIS_CACHE" in nowhere.detail and "numpy" in nowhere.detail
    assert failed([embedded_backend(EngineSettings(backend="ctranslate2"))])


@pytest.mark.parametrize(
    ("engine", "ok", "told"),
    [
        ({"backend": "lean"}, True, "numpy in float32"),
        ({"sample": True}, True, "numpy in float32"),
        ({"dtype": "bfloat16"}, True, "transformers"),
        ({"backend": "ctranslate2", "sample": True}, False, "engine.sample is set"),
        ({"backend": "lean", "device": "cuda"}, False, "engine.device is cuda"),
    ],
)
def test_the_backend_that_a_config_asks_for(engine: dict[str, object], ok: bool, told: str) -> None:
    overrides = [f"engine.{key}={str(value).lower()}" for key, value in engine.items()]
    (found,) = [check for check in config_checks(load_config(None, overrides)) if check.what == "engine.backend"]
    assert (found.ok, failed([found])) == (ok, not ok) and told in found.detail


def test_nothing_heavy_is_imported(tmp_path: Path) -> None:
    path = tmp_path / "c.yaml"
    path.write_text("engine: {name: seq2seq, model: org/none}\n")
    code = (
        "import sys\nfrom pipeline.cli import main\n"
        f"main(['doctor'])\nmain(['doctor', {str(path)!r}])\n"
        "print(sorted({'torch', 'transformers', 'datasets', 'evaluate', 'openai'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert done.stdout.splitlines()[-1] == "[]", done.stderr
