"""The numpy model and its search against transformers': the same vectors, the same texts, the same scores."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from scipy.stats import chisquare
from transformers import BartConfig, BartForConditionalGeneration, LogitsProcessorList

from pipeline.engines import open_engine
from pipeline.engines.lean.bart import Bart, load_bart
from pipeline.engines.lean.cache import Decoder
from pipeline.engines.lean.draws import Draws, likeliest
from pipeline.engines.lean.hypotheses import Beams
from pipeline.engines.lean.layers import Norm, gelu, softmax
from pipeline.engines.lean.scores import Rules, best
from pipeline.engines.lean.search import Job, search
from pipeline.engines.processors import Confined, CopyPrior
from pipeline.errors import EngineError
from pipeline.ingest import read_input
from pipeline.plan import plan
from pipeline.records import Request
from pipeline.salience import features_without_title
from pipeline.settings_engine import EngineSettings
from pipeline.settings_outputs import OutputSettings

SEEDS = Path(__file__).resolve().parent.parent / "seeds"
SIZE = 1000
SOURCES = [[0, *range(10 + 7 * n, 10 + 7 * n + length), 2] for n, length in enumerate((3, 17, 9, 30, 1, 12))]


@pytest.fixture(scope="module")
def torch_model(tmp_path_factory: pytest.TempPathFactory) -> BartForConditionalGeneration:
    """Random weights, large enough that the tokens' probabilities differ."""
    torch.manual_seed(11)
    shape = BartConfig(
        vocab_size=SIZE, d_model=24, encoder_layers=2, decoder_layers=2, encoder_attention_heads=3,
        decoder_attention_heads=3, encoder_ffn_dim=40, decoder_ffn_dim=40, max_position_embeddings=64, init_std=0.35,
        forced_eos_token_id=None,
    )  # fmt: skip
    model = BartForConditionalGeneration(shape).eval()
    model.final_logits_bias.normal_()
    for name, value in model.named_parameters():
        if "norm" in name or "bias" in name:
            torch.nn.init.normal_(value, mean=float("norm" in name and "weight" in name), std=0.3)
    model.name_or_path = str(tmp_path_factory.mktemp("tiny"))
    model.save_pretrained(model.name_or_path)
    return model


@pytest.fixture(scope="module")
def lean_model(torch_model: BartForConditionalGeneration) -> Bart:
    return load_bart(Path(torch_model.name_or_path))


def padded(sources: list[list[int]]) -> dict[str, torch.Tensor]:
    longest = max(map(len, sources))
    ids = torch.tensor([source + [1] * (longest - len(source)) for source in sources])
    return {"input_ids": ids, "attention_mask": (ids != 1).long()}


def test_the_layers_are_torchs() -> None:
    x = torch.linspace(-12, 12, 4001).float()
    assert torch.allclose(torch.from_numpy(gelu(x.numpy().copy())), torch.nn.functional.gelu(x), atol=1e-6)
    rows, generator = torch.randn(7, 24) * 5, torch.Generator().manual_seed(1)
    weight, bias = torch.randn(24, generator=generator), torch.randn(24, generator=generator)
    wanted = torch.nn.functional.layer_norm(rows, (24,), weight, bias)
    assert np.allclose(Norm(weight.numpy(), bias.numpy())(rows.numpy()), wanted, atol=1e-5)
    assert np.allclose(softmax(rows.numpy().copy()), rows.softmax(-1), atol=1e-6)


def test_the_encoder_is_transformers(torch_model: BartForConditionalGeneration, lean_model: Bart) -> None:
    vectors, sizes = lean_model.encoder(SOURCES)
    inputs = padded(SOURCES)
    with torch.no_grad():
        wanted = torch_model.get_encoder()(**inputs).last_hidden_state
    assert sizes.tolist() == [len(source) for source in SOURCES]
    assert np.allclose(vectors, wanted[inputs["attention_mask"].bool()], atol=2e-5)


def test_cached_steps_are_the_full_decoder(torch_model: BartForConditionalGeneration, lean_model: Bart) -> None:
    """Beams change parents, requests end and others join; every logit is that of the whole prefix read at once."""
    random, beams = np.random.default_rng(5), 3
    decoder = Decoder.empty(lean_model, beams)
    flight: list[tuple[list[int], list[list[int]]]] = []  # a source and its beams' tokens
    waiting = list(SOURCES)
    for step in range(40):
        if waiting and step % 3 == 0:
            new = [waiting.pop(0) for _ in range(min(2, len(waiting)))]
            decoder.admit(*lean_model.encoder(new))
            flight += [(source, [[2]] * beams) for source in new]
        found = lean_model.whole(decoder.step(np.array([[past[-1] for past in pasts] for _, pasts in flight])))
        for (source, pasts), rows in zip(flight, np.split(found, len(flight)), strict=True):
            with torch.no_grad():
                asked = {name: value.repeat(beams, 1) for name, value in padded([source]).items()}
                wanted = torch_model(**asked, decoder_input_ids=torch.tensor(pasts)).logits[:, -1]
            assert np.allclose(rows[:, :SIZE], wanted, atol=1e-4)
            assert np.isneginf(rows[:, SIZE:]).all()
        parents = random.integers(beams, size=(len(flight), beams))
        decoder.follow(parents)
        flight = [
            (source, [[*pasts[p], int(random.integers(3, SIZE))] for p in own])
            for (source, pasts), own in zip(flight, parents.tolist(), strict=True)
        ]
        going = [random.random() > 0.12 for _ in flight]
        going[0] = True
        decoder.keep(going)
        flight = [one for one, goes in zip(flight, going, strict=True) if goes]
    assert len(flight[0][1][0]) > 20


@pytest.mark.parametrize(
    ("beams", "penalty", "no_repeat", "prior", "limit", "listed"),
    [
        (4, 1.0, 3, 2.0, 24, None),
        (2, 0.0, 0, 0.0, 12, None),
        (6, 2.0, 2, 1.0, 20, None),
        (3, -1.0, 1, 0.0, 9, None),
        (1, 1.0, 2, 2.0, 15, None),
        (4, 1.0, 3, 2.0, 24, 300),
        (2, 1.0, 0, 0.0, 12, 40),
        (1, 1.0, 2, 2.0, 15, 100),
    ],
)
def test_the_search_is_transformers(
    torch_model: BartForConditionalGeneration,
    lean_model: Bart,
    beams: int,
    penalty: float,
    no_repeat: int,
    prior: float,
    limit: int,
    listed: int | None,
) -> None:
    """`listed`: so many tokens may be written beside the source's."""
    inputs = padded(SOURCES)
    common = None if listed is None else np.random.default_rng(listed).choice(SIZE, listed, replace=False)
    written = [None if common is None else np.union1d(common, source) for source in SOURCES]
    confined = [Confined.of([w for w in written if w is not None], SIZE, beams)] if listed else []
    favoured = [CopyPrior.of(inputs["input_ids"], SIZE, 2, prior, beams)] if prior else []
    processors = LogitsProcessorList([*confined, *favoured])
    with torch.no_grad():
        out = torch_model.generate(
            **inputs, num_beams=beams, num_return_sequences=beams, length_penalty=penalty, max_new_tokens=limit,
            no_repeat_ngram_size=no_repeat, logits_processor=processors, return_dict_in_generate=True,
            output_scores=True,
        )  # fmt: skip
    indices = getattr(out, "beam_indices", None)
    sums = torch_model.compute_transition_scores(out.sequences, out.scores, indices, normalize_logits=beams == 1)
    for together in (1, 4, 100):
        jobs = [
            Job(
                source,
                # the padding token is a favoured one for transformers where a source is padded
                Rules(np.unique([*row, 2]), prior, no_repeat, None, 2, may),
                Beams(beams, 2, limit, penalty) if beams > 1 else Draws(1, 2, limit),
            )
            for source, row, may in zip(SOURCES, inputs["input_ids"].tolist(), written, strict=True)
        ]
        search(lean_model, jobs, together)
        found = [h for job in jobs for h in job.state.finished]
        for h, ids, steps in zip(found, out.sequences.tolist(), sums, strict=True):
            assert list(h.tokens) == ids[1 : 1 + len(h.tokens)]
            assert set(ids[1 + len(h.tokens) :]) <= {1}
            assert np.allclose(h.logprobs, steps[: len(h.logprobs)], atol=1e-4)
        for job in jobs:
            tokens = {token for h in job.state.finished for token in h.tokens}
            assert job.rules.written is None or tokens <= set(job.rules.written.tolist())


def test_nothing_is_lost_in_the_grid_of_scores() -> None:
    random = np.random.default_rng(2)
    scores = random.normal(size=(5, 64 * 40)).astype(np.float32)
    scores[1, 200:] = -np.inf
    for count in (1, 8, 39, 40, 64):
        values, places = best(scores, count)
        assert np.array_equal(np.sort(values, axis=1), np.sort(scores, axis=1)[:, -count:])
        assert np.array_equal(np.take_along_axis(scores, places, axis=1), values)


def test_draws_follow_temperature_and_top_p() -> None:
    row = np.log(np.array([0.4, 0.3, 0.15, 0.1, 0.05], np.float32))
    draws = Draws(1, 2, 10, temperature=0.5, top_p=0.9, random=np.random.default_rng(3))
    wanted = np.array([0.4, 0.3, 0.15]) ** 2  # the first three reach 0.9 of the squared probabilities
    wanted /= wanted.sum()
    drawn = [draws._draw(row, draws.random) for _ in range(3000)]  # type: ignore[arg-type]
    counts = np.bincount([token for token, _ in drawn], minlength=5)
    assert counts[3:].sum() == 0
    assert chisquare(counts[:3], 3000 * wanted).pvalue > 0.001
    assert all(abs(logprob - np.log(wanted[token])) < 1e-5 for token, logprob in drawn)
    draws.advance(np.full((1, 5), -np.inf, np.float32), np.arange(5))
    assert draws.stuck == {0} and draws.finished[0].tokens == ()
    assert likeliest(row) == (0, pytest.approx(float(row[0]), abs=1e-6))


@pytest.fixture(scope="module")
def lean() -> object:
    return open_engine(EngineSettings(backend="lean"))


def seed_requests(engine: object, name: str) -> list[Request]:
    article = read_input(str(SEEDS / name))[0][0].article
    return plan(article, ("summary", "bullets", "headlines"), OutputSettings(), engine)  # type: ignore[arg-type]


@pytest.mark.slow
def test_the_embedded_model_writes_the_same_in_numpy_and_in_transformers(lean) -> None:  # type: ignore[no-untyped-def]
    reference = open_engine(EngineSettings(backend="transformers"))
    assert "lean:" in lean.identity and "transformers:" in reference.identity
    article = read_input(str(SEEDS / "tarnwick-earnings"))[0][0].article
    texts, features = [s.text for s in article.sentences], features_without_title(article)
    assert lean.rate_sentences(texts, features) == pytest.approx(reference.rate_sentences(texts, features), abs=1e-4)
    requests = [*seed_requests(lean, "tarnwick-earnings")[::4], *seed_requests(lean, "sallow-river-flood")[1::5]]
    pairs = [
        pair
        for own, wanted in zip(lean.generate(requests, 1), reference.generate(requests, 1), strict=True)
        for pair in zip(own, wanted, strict=True)
    ]
    assert len(pairs) > 50
    for own, wanted in pairs:
        assert own.flags == wanted.flags
        assert own.logprob == pytest.approx(wanted.logprob, abs=2e-4)
    assert sum(own.text != wanted.text for own, wanted in pairs) <= 1  # a tie may fall either way
    same = [(own, wanted) for own, wanted in pairs if own.text == wanted.text]
    assert all(own.weakest == pytest.approx(wanted.weakest, abs=1e-3) for own, wanted in same)


def test_a_text_does_not_depend_on_its_company(lean) -> None:  # type: ignore[no-untyped-def]
    requests = seed_requests(lean, "garrow-moss-peat")[:9]
    together = lean.generate(requests, 1)
    for i in (0, 4, 8):
        (alone,) = lean.generate([requests[i]], 1)
        assert [g.text for g in alone] == [g.text for g in together[i]]
        assert [g.logprob for g in alone] == pytest.approx([g.logprob for g in together[i]], abs=1e-4)
    assert lean.generate(requests, 1) == together


def test_samples_are_the_requests_own() -> None:
    engine = open_engine(EngineSettings(sample=True, candidates=3, top_p=0.9, temperature=1.2))
    requests = seed_requests(engine, "garrow-moss-peat")[:3]
    texts = [[g.text for g in found] for found in engine.generate(requests, 7)]
    assert [[g.text for g in found] for found in engine.generate(requests[::-1], 7)] == texts[::-1]
    assert [[g.text for g in found] for found in engine.generate(requests, 8)] != texts
    assert any(len(set(found)) > 1 for found in texts)


def test_a_model_that_numpy_would_compute_otherwise_is_refused_or_left_to_transformers(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="float32 only"):
        open_engine(EngineSettings(backend="lean", dtype="bfloat16"))
    with pytest.raises(EngineError, match=r"tokenizer cannot be loaded"):
        open_engine(EngineSettings(model=str(tmp_path)))
