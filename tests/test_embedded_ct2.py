"""The embedded model in CTranslate2: prior and shortlist in its search, numpy's scale, the choice of backend."""

from __future__ import annotations

import shutil
import subprocess
import sys
from importlib import util
from importlib.resources import files
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from threadpoolctl import ThreadpoolController

pytest.importorskip("ctranslate2")

from pipeline.api import brief  # noqa: E402
from pipeline.engines import embedded_backends, open_engine, twins  # noqa: E402
from pipeline.engines.base import Generated  # noqa: E402
from pipeline.engines.embedded import EmbeddedEngine  # noqa: E402
from pipeline.engines.embedded_ct2 import Ct2Writer  # noqa: E402
from pipeline.engines.embedded_prompts import Prompt  # noqa: E402
from pipeline.engines.shortlist import over_all  # noqa: E402
from pipeline.engines.spelling import SpellingGuard  # noqa: E402
from pipeline.errors import EngineError  # noqa: E402
from pipeline.ingest import read_input  # noqa: E402
from pipeline.plan import plan  # noqa: E402
from pipeline.records import Request  # noqa: E402
from pipeline.salience import features_without_title  # noqa: E402
from pipeline.settings_engine import EngineSettings  # noqa: E402
from pipeline.settings_outputs import OutputSettings  # noqa: E402

SEEDS = Path(__file__).resolve().parent.parent / "seeds"


@pytest.fixture(scope="module")
def engine() -> EmbeddedEngine:
    found = open_engine(EngineSettings())
    assert isinstance(found, EmbeddedEngine)
    return found


@pytest.fixture(scope="module")
def requests(engine: EmbeddedEngine) -> list[Request]:
    article = read_input(str(SEEDS / "hestrel-smart-lock"))[0][0].article
    return plan(article, ("summary", "bullets", "headlines"), OutputSettings(), engine)[::2]


@pytest.fixture(scope="module")
def written(engine: EmbeddedEngine, requests: list[Request]) -> list[list[Generated]]:
    return engine.generate(requests, 1)


def test_it_is_what_computes_by_default(engine: EmbeddedEngine) -> None:
    assert "|int8|ct2:" in engine.identity and "shortlist:" in engine.identity


def test_texts_and_scores_are_near_those_of_numpy(
    engine: EmbeddedEngine, requests: list[Request], written: list[list[Generated]]
) -> None:
    """The same prior over the same tokens: where both wrote a text, its probability differs by int8's rounding."""
    reference = open_engine(EngineSettings(backend="lean")).generate(requests, 1)
    both = [
        (own, wanted)
        for texts, others in zip(written, reference, strict=True)
        for own in texts
        for wanted in others
        if own.text == wanted.text
    ]
    assert len(both) > 0.5 * sum(map(len, written))
    logprobs = np.array([(own.logprob, wanted.logprob) for own, wanted in both], float)
    assert np.abs(logprobs[:, 0] - logprobs[:, 1]).max() < 0.12
    assert abs((logprobs[:, 0] - logprobs[:, 1]).mean()) < 0.01
    weakest = np.array([(own.weakest, wanted.weakest) for own, wanted in both], float)
    assert np.corrcoef(weakest.T)[0, 1] > 0.6  # an estimate
    assert [t.flags for t, _ in both] == [t.flags for _, t in both]


def test_texts_are_distinct_and_spelled_as_the_source_allows(
    engine: EmbeddedEngine, requests: list[Request], written: list[list[Generated]]
) -> None:
    for prompt, texts in zip(engine.reader.prompts(requests), written, strict=True):
        assert prompt.guard is not None
        assert 1 <= len(texts) <= 4
        assert len({text.text for text in texts}) == len(texts)
        for generated in texts:
            assert prompt.guard.spells("".join(engine.reader.tokenizer.encode(" " + generated.text).tokens[1:-1]))
            assert generated.logprob is not None and generated.logprob < 0


def test_the_search_is_confined_to_the_source_and_the_shortlist(
    engine: EmbeddedEngine, requests: list[Request]
) -> None:
    """Whatever the guard drops afterwards; without a list the same requests get other tokens as well."""
    writer, free = engine.writer, open_engine(EngineSettings(shortlist=False))
    assert isinstance(writer, Ct2Writer) and isinstance(free, EmbeddedEngine) and isinstance(free.writer, Ct2Writer)
    others: set[int] = set()
    for prompt in engine.reader.prompts(requests[:9]):
        assert prompt.written is not None
        may = set(prompt.written.tolist())
        found, unconfined = (searched(one, prompt) for one in (writer, free.writer))
        assert found and found <= may
        others |= unconfined - may
    assert others


def searched(writer: Ct2Writer, prompt: Prompt) -> set[int]:
    """The tokens of what the search found, before the guard reads it."""
    (result,) = writer._translated([prompt])
    return {writer.ids[name] for tokens in result.result().hypotheses for name in tokens}


@pytest.mark.parametrize("penalty", [0.0, 2.0, -1.0])
def test_the_mean_does_not_depend_on_the_length_penalty(
    engine: EmbeddedEngine, requests: list[Request], written: list[list[Generated]], penalty: float
) -> None:
    """CTranslate2 divides by length ** penalty; the sum is the same, and so is the mean."""
    other = open_engine(EngineSettings(length_penalty=penalty)).generate(requests, 1)
    pairs = [
        (own.logprob, wanted.logprob)
        for texts, others in zip(other, written, strict=True)
        for own in texts
        for wanted in others
        if own.text == wanted.text
    ]
    assert len(pairs) > len(requests)
    means = np.array(pairs, float)
    assert np.allclose(means[:, 0], means[:, 1], atol=1e-5)


@pytest.mark.parametrize("source", ["€", "", "🙂🙂", "x" * 3000])
def test_what_has_no_words_is_no_fault(engine: EmbeddedEngine, source: str) -> None:
    asked = [Request(f"a#{task}", "a", task, source, (0,), ()) for task in ("brief", "headline")]
    found = engine.generate(asked, 1)
    assert [len(texts) <= 4 for texts in found] == [True, True]
    assert all(text.logprob is not None and text.logprob <= 0 for texts in found for text in texts)


def test_a_text_does_not_depend_on_its_company(
    engine: EmbeddedEngine, requests: list[Request], written: list[list[Generated]]
) -> None:
    source = requests[0].source
    own = [i for i, request in enumerate(requests) if request.source == source]
    assert engine.generate([requests[i] for i in own], 1) == [written[i] for i in own]
    assert engine.generate(requests[::-1], 2) == written[::-1]


def test_without_a_prior_texts_leave_the_source_more(engine: EmbeddedEngine, requests: list[Request]) -> None:
    """The twins carry the prior: without them fewer of the written tokens are the source's."""
    plain = open_engine(EngineSettings(copy_prior=0.0))
    chosen = requests[:6]

    def copied(found: list[list[Generated]]) -> float:
        shares = []
        for prompt, texts in zip(engine.reader.prompts(chosen), found, strict=True):
            ids = [i for text in texts for i in engine.reader.ids(" " + text.text)]
            shares += [i in prompt.ids for i in ids]
        return float(np.mean(shares))

    assert copied(engine.generate(chosen, 1)) > copied(plain.generate(chosen, 1)) + 0.02


def test_a_conversion_is_made_once(engine: EmbeddedEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> None:
        raise AssertionError("converted again")

    monkeypatch.setattr(twins, "_convert", never)
    assert open_engine(EngineSettings()).identity == engine.identity


@pytest.mark.parametrize(
    ("settings", "backend"),
    [
        (EngineSettings(), "ct2:"),
        (EngineSettings(dtype="float32"), "lean:"),
        (EngineSettings(sample=True), "lean:"),
        (EngineSettings(backend="lean"), "lean:"),
        (EngineSettings(backend="transformers", selector=False), "transformers:"),
    ],
)
def test_the_backend_is_the_first_that_can(settings: EngineSettings, backend: str) -> None:
    assert f"|{backend}" in open_engine(settings).identity


def test_without_the_package_numpy_computes(monkeypatch: pytest.MonkeyPatch) -> None:
    real = util.find_spec
    monkeypatch.setattr(embedded_backends, "find_spec", lambda name: None if name == "ctranslate2" else real(name))
    assert "|lean:" in open_engine(EngineSettings()).identity
    with pytest.raises(EngineError, match="package ctranslate2 is not installed"):
        open_engine(EngineSettings(backend="ctranslate2"))


@pytest.mark.parametrize(
    ("settings", "reason"),
    [({"sample": True}, "cannot repeat its draws"), ({"dtype": "bfloat16"}, "engine.dtype is bfloat16")],
)
def test_what_it_cannot_do_is_refused(settings: dict[str, object], reason: str) -> None:
    with pytest.raises(EngineError, match=reason):
        open_engine(EngineSettings.model_validate({"backend": "ctranslate2", **settings}))


def test_where_nothing_can_be_kept_numpy_computes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("no folder", encoding="utf-8")
    monkeypatch.setenv("PRECIS_CACHE", str(tmp_path / "file"))
    assert "|lean:" in open_engine(EngineSettings()).identity
    (told,) = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    assert "no conversion can be kept there" in told and "PRECIS_CACHE" in told and "numpy" in told
    with pytest.raises(EngineError, match="set PRECIS_CACHE"):
        open_engine(EngineSettings(backend="ctranslate2"))


def test_a_home_that_is_not_known_is_no_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRECIS_CACHE", "~no-such-user/precis")
    with pytest.raises(EngineError, match=r"no such home folder.*PRECIS_CACHE"):
        open_engine(EngineSettings(backend="ctranslate2"))
    assert "|lean:" in open_engine(EngineSettings()).identity


@pytest.mark.parametrize(
    ("module", "reason"),
    [
        (None, "cannot be imported"),  # as where a shared library is missing
        (SimpleNamespace(get_supported_compute_types=lambda _: {"float32"}), "not compute in int8 on this processor"),
    ],
)
def test_where_the_package_does_not_work_numpy_computes(
    module: object, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "ctranslate2", module)
    monkeypatch.setattr(embedded_backends, "find_spec", lambda _: True)  # the real one reads sys.modules
    assert "|lean:" in open_engine(EngineSettings()).identity
    with pytest.raises(EngineError, match=reason):
        open_engine(EngineSettings(backend="ctranslate2"))


def test_a_model_folder_of_ones_own(
    engine: EmbeddedEngine, requests: list[Request], written: list[list[Generated]], tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """A generation config is not needed; a changed config is another conversion of the same weights."""
    model = shutil.copytree(str(files("pipeline").joinpath("weights")), tmp_path / "model")
    (model / "generation_config.json").unlink()
    monkeypatch.setenv("PRECIS_CACHE", str(tmp_path / "cache"))
    assert open_engine(EngineSettings(model=str(model))).generate(requests, 1) == written
    config = model / "config.json"
    config.write_text(config.read_text(encoding="utf-8").replace('"dropout": 0.1', '"dropout": 0.2'), encoding="utf-8")
    open_engine(EngineSettings(model=str(model)))
    assert len(list((tmp_path / "cache" / "ctranslate2").iterdir())) == 4  # each with its selector's encoder


def test_threads_hold_for_the_selector_too(engine: EmbeddedEngine) -> None:
    libraries = ThreadpoolController().select(user_api="blas")
    with libraries.limit(limits=2):
        open_engine(EngineSettings(threads=1))
        assert {library["num_threads"] for library in libraries.info()} == {1}


def test_a_spoilt_conversion_is_named(
    engine: EmbeddedEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.engines.embedded_ct2.twinned", lambda *_: tmp_path)
    with pytest.raises(EngineError, match="conversion cannot be loaded"):
        open_engine(EngineSettings(selector=False))
    monkeypatch.undo()
    monkeypatch.setattr("pipeline.engines.selector_ct2.kept", lambda *_: tmp_path)
    with pytest.raises(EngineError, match="conversion cannot be loaded"):
        open_engine(EngineSettings())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (" Whitlock told 9,400 residents to leave", True),
        (" Whitlocks told residents", False),  # no such name
        (" The governor told residents to leave", True),  # English words
        (" The governer told residents", False),
        (" She told Residents to leave", False),  # a capital that the source has not
        (" Residents were told to leave", True),  # but one may open the text
        (" 940 residents left", False),
        (" The river's rise: it wasn't 31.6 feet", True),
        (" It cost £45million", True),  # as the source joins them
        (" The river rose 7mph", False),
        (" The river rose 31km", True),
        (" ORbán left", False),
    ],
)
def test_words_of_a_finished_text(engine: EmbeddedEngine, text: str, expected: bool) -> None:
    vocabulary = engine.reader.vocabulary
    assert vocabulary is not None
    source = "Gov. Adaeze Whitlock told 9,400 residents of Kraków to go. It wasn't 31.6 feet but £45million"
    guard = SpellingGuard(vocabulary, vocabulary.spellings(source))
    tokens = engine.reader.tokenizer.encode(text, add_special_tokens=False).tokens
    assert guard.spells("".join(tokens)) is expected


def test_log_probabilities_are_put_on_the_scale_of_all_tokens() -> None:
    told = over_all("brief", Generated("x", -0.5, (), -2.0))
    assert told.logprob == pytest.approx(1.16 * -0.5 - 0.09) and told.weakest == pytest.approx(1.17 * -2.0 - 0.07)
    assert over_all("headline", Generated("x", None)) == Generated("x", None)


def test_a_brief_imports_neither_torch_nor_transformers(engine: EmbeddedEngine) -> None:
    """Once the model is converted, which `engine` saw to."""
    program = (
        "import sys; from pipeline.cli import main; code = main(['brief', sys.argv[1]]); "
        "print([m for m in ('torch', 'transformers', 'datasets', 'scipy', 'evaluate') if m in sys.modules], code)"
    )
    article = str(SEEDS / "tessel-bridge-inspections")
    done = subprocess.run([sys.executable, "-c", program, article], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[] 0", done.stdout + done.stderr


def test_requests_that_are_left_without_a_text_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    article = read_input(str(SEEDS / "hestrel-smart-lock"))[0][0].article
    (usual,) = brief(article.text)
    monkeypatch.setattr(SpellingGuard, "spells", lambda *_: False)
    (made,) = brief(article.text)
    assert dict(made.limits)["no_text"] > 20 > dict(usual.limits).get("no_text", 0)  # some thirty requests
    assert made.summary is not None and made.summary.text  # by rule, from the article's own sentences


def test_int8_rates_sentences_as_numpy_does(engine: EmbeddedEngine) -> None:
    """The selector's odds on every seed: close, and so in order; the first three are the same almost everywhere."""
    numpy, same = open_engine(EngineSettings(backend="lean")), []
    for ingested in read_input(str(SEEDS))[0]:
        texts = [sentence.text for sentence in ingested.article.sentences]
        features = features_without_title(ingested.article)
        odds = [np.array(one.rate_sentences(texts, features)) for one in (engine, numpy)]
        assert np.abs(odds[0] - odds[1]).max() < 0.3
        assert np.corrcoef(*odds)[0, 1] > 0.99
        same.append(set(np.argsort(odds[0])[-3:]) == set(np.argsort(odds[1])[-3:]))
    assert sum(same) >= 0.8 * len(same)
