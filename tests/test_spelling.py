"""Decoding under adversarial scores, on the real tokenizer: only words that exist, numbers and names of the source."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest
import torch
from tokenizers import Tokenizer

from pipeline.engines.processors import CopyPrior, SpellingMask
from pipeline.engines.spelling import SpellingGuard, Vocabulary
from pipeline.lexicon import english_words, is_english

SOURCES = [
    "Gov. Adaeze Whitlock told 9,400 residents of Corbin's Ferry to leave; the Sallow River rose to 31.6 feet.",
    "NATO and Ukraine's 3rd brigade held Vuhledar on Nov. 12, Lt. Scalise-Orbán said in Kraków.",
    "plain words only stand here without any names or figures",
]
STEPS = 60
WORD = re.compile(r"[^\W\d_]+")
START = END = 2  # what the decoder begins with, and what ends a text


@pytest.fixture(scope="module")
def tokenizer():  # type: ignore[no-untyped-def]
    return Tokenizer.from_file(str(files("pipeline").joinpath("weights", "tokenizer.json")))


@pytest.fixture(scope="module")
def vocabulary(tokenizer):  # type: ignore[no-untyped-def]
    return Vocabulary(tokenizer, english_words())


def encoded(tokenizer, text: str) -> list[int]:  # type: ignore[no-untyped-def]
    return list(tokenizer.encode(text, add_special_tokens=False).ids)


def decode(vocabulary: Vocabulary, tokenizer, source: str, seed: int, favour: torch.Tensor) -> list[int]:  # type: ignore[no-untyped-def]
    """Tokens of a decoder whose scores are noise plus `favour`; it never ends by itself."""
    generator = torch.Generator().manual_seed(seed)
    guard = SpellingMask([SpellingGuard(vocabulary, vocabulary.spellings(source))], 1)
    ids = torch.tensor([[START]])
    special = list(tokenizer.get_added_tokens_decoder())
    for _ in range(STEPS):
        noise = torch.randn(1, len(vocabulary.tokens.pieces), generator=generator) + favour
        scores = guard(ids, noise)
        allowed = torch.isfinite(scores)
        assert bool(allowed.any()), tokenizer.decode(ids[0])
        assert torch.equal(scores[allowed], noise[allowed])
        scores[:, special] = float("-inf")
        if not bool(torch.isfinite(scores).any()):
            break
        ids = torch.cat([ids, scores.argmax(dim=1, keepdim=True)], dim=1)
    return ids[0, 1:].tolist()


def favours(vocabulary: Vocabulary) -> dict[str, torch.Tensor]:
    """Adversaries: each pushes another kind of token."""
    letters, digits = torch.tensor(vocabulary.tokens.alphabetic), torch.tensor(vocabulary.tokens.numeric)
    return {
        "anything": torch.zeros(len(vocabulary.tokens.pieces)),
        "letters": 6.0 * letters,
        "pieces": 6.0 * torch.from_numpy(vocabulary.tokens.more_alphabetic),
        "capitals": 6.0 * torch.from_numpy(vocabulary.tokens.capital),
        "digits": 6.0 * digits + 2.0 * letters,
    }


def finished(tokenizer, tokens: list[int]) -> str:  # type: ignore[no-untyped-def]
    """The text without its last word or number, which may be unfinished."""
    text = tokenizer.decode(tokens)
    return re.sub(r"\w+$", "", text)


@pytest.mark.parametrize("push", ["anything", "letters", "pieces", "capitals", "digits"])
@pytest.mark.parametrize("source", SOURCES)
def test_only_words_that_exist(vocabulary, tokenizer, source: str, push: str) -> None:  # type: ignore[no-untyped-def]
    own = set(WORD.findall(source)) | {w.lower() for w in WORD.findall(source)}
    numbers = set(re.findall(r"\d+", source))
    favour = favours(vocabulary)[push]
    for seed in range(6):
        tokens = decode(vocabulary, tokenizer, source, seed, favour)
        text = finished(tokenizer, tokens)
        for place in WORD.finditer(text):
            word, opening = place[0], not re.search(r"\w", text[: place.start()])
            assert word in own or is_english(word) or (opening and word.lower() in own), (word, text)
            if word[0].isupper() and text[: place.start()].strip():
                assert word in own, (word, text)
        assert set(re.findall(r"\d+", finished(tokenizer, tokens))) <= numbers


@pytest.mark.parametrize("source", SOURCES)
def test_the_source_itself_can_be_written(vocabulary, tokenizer, source: str) -> None:  # type: ignore[no-untyped-def]
    guard = SpellingGuard(vocabulary, vocabulary.spellings(source))
    ids = [START]
    for token in encoded(tokenizer, source):
        assert not guard.forbidden(ids)[token], (tokenizer.decode(ids[1:]), vocabulary.tokens.pieces[token])
        ids.append(token)
    assert not guard.forbidden(ids)[END]


def test_a_number_or_name_of_elsewhere_cannot_be_written(vocabulary, tokenizer) -> None:  # type: ignore[no-untyped-def]
    def writable(text: str, source: str) -> bool:
        guard = SpellingGuard(vocabulary, vocabulary.spellings(source))
        ids = [START]
        for token in [*encoded(tokenizer, text), END]:
            if guard.forbidden(ids)[token]:
                return False
            ids.append(token)
        return True

    source = SOURCES[0]
    assert writable("Residents told to leave", source)
    assert writable("The river rose to 31.6 feet", source)
    assert not writable("The river rose to 32.6 feet", source)
    assert not writable("The river rose in Texas", source)
    assert not writable("The river rose by Whitlocks", source)
    assert not writable("The rivver rose", source)


def test_rows_belong_to_their_source(vocabulary, tokenizer) -> None:  # type: ignore[no-untyped-def]
    sources = ("It was Corbin.", "It was Vuhledar.")
    guard = SpellingMask([SpellingGuard(vocabulary, vocabulary.spellings(s)) for s in sources], 2)
    ids = torch.tensor([[START, *encoded(tokenizer, "It was")]] * 4)
    scores = guard(ids, torch.zeros(4, len(vocabulary.tokens.pieces)))
    corbin, vuhledar = (encoded(tokenizer, f" {n}")[0] for n in ("Corbin", "Vuhledar"))
    assert corbin != vuhledar
    assert torch.isfinite(scores[:, corbin]).tolist() == [True, True, False, False]
    assert torch.isfinite(scores[:, vuhledar]).tolist() == [False, False, True, True]


def test_copy_prior_normalises_and_raises_the_source_by_its_strength() -> None:
    torch.manual_seed(7)
    size, end, strength = 50, 2, 2.0
    source = torch.tensor([[0, 5, 6, 7, end], [0, 8, 8, end, 1]])
    prior = CopyPrior.of(source, size, end, strength, beams=3)
    scores = torch.log_softmax(torch.randn(6, size), dim=-1)
    out = prior(torch.zeros(6, 1, dtype=torch.long), scores)
    assert torch.allclose(torch.logsumexp(out, dim=-1), torch.zeros(6), atol=1e-5)
    gained = (out - scores) - (out - scores)[:, 40:41]  # token 40 is in no source
    for row in range(6):
        raised = set(source[row // 3].tolist()) | {end}
        for token in range(size):
            wanted = strength if token in raised else 0.0
            assert float(gained[row, token]) == pytest.approx(wanted, abs=1e-4)
