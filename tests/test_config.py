"""Settings: every fault at once, the nearest key named, and YAML that reads back as it was written."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.config import differing_keys, digest, json_schema, load_config, to_yaml
from pipeline.errors import ConfigError
from pipeline.settings import Config, walk
from pipeline.settings_engine import EngineName


def write(folder: Path, text: str) -> str:
    path = folder / "given.yaml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def faults_of(folder: Path, text: str, *overrides: str) -> tuple[str, ...]:
    with pytest.raises(ConfigError) as caught:
        load_config(write(folder, text), overrides)
    return caught.value.faults


FAULTS = {
    "engine: {nmae: fake}": "engine.nmae: unknown key; did you mean engine.name?",
    "engine: {temprature: 1.0}": "engine.temprature: unknown key; did you mean engine.temperature?",
    "seed: 4": "seed: unknown key; did you mean run.seed?",
    "outputs: {bulets: {}}": "outputs.bulets: unknown key; did you mean outputs.bullets?",
    "engine.name: fake": "engine.name: unknown key; write it nested, as engine -> name",
    "qqq: 1": "qqq: unknown key; valid here: name, input, engine, outputs, guard, score, run",
    "engine: {name: embeded}": "engine.name: 'embeded' is not one of "
    "embedded, seq2seq, ctranslate2, chat, endpoint, lead, textrank, fake; did you mean embedded?",
    "engine: {beams: '4'}": "engine.beams: should be a whole number, got '4'",
    "engine: {beams: 4.0}": "engine.beams: should be a whole number, got 4.0",
    "engine: {beams: true}": "engine.beams: should be a whole number, got true",
    "engine: {beams: 0, candidates: 1}": "engine.beams: should be greater than or equal to 1, got 0",
    "engine: {beams: 2}": "engine.candidates: 4 candidates need as many beams (set to 2), or `sample: true`",
    "engine: {temperature: 0.7}": "engine.temperature: has no effect without `sample: true`",
    "engine: {name: seq2seq}": "engine.model: the engine seq2seq needs a model: a folder or a hub name",
    "engine: {revision: 12e3}": "engine.revision: should be text (quote it), got 12000.0",
    "engine:": "engine: should be a mapping (leave the key out for the defaults), got null",
    "outputs: {summary: {engine: {beams: 8}}}": "outputs.summary.engine.name: must be given",
    "outputs: {summary: {min_words: 99}}": "outputs.summary.max_words: "
    "should be at least min_words (99), got 90",
    "outputs: {summary: {max_sentences: 1}}": "outputs.summary.max_sentences: "
    "should be at least min_sentences (2), got 1",
    "outputs: {bullets: {max: 2}}": "outputs.bullets.max: should be at least min (3), got 2",
    "outputs: {headlines: {max_chars: 20, min_words: 30}}": "outputs.headlines.min_words: "
    "30 words cannot fit into max_chars (20)",
    "outputs: {summary: {enabled: false}, bullets: {enabled: false}, "
    "headlines: {enabled: false}}": "outputs: no output kind is enabled; "
    "enable one of summary, bullets, headlines, rewrite",
    "guard: {names: yes}": "guard.names: should be true or false, got 'yes'",
    "score: {baselines: [lead, oracl]}": "score.baselines[1]: 'oracl' is not one of lead, textrank, oracle; "
    "did you mean oracle?",
    "score: {baselines: [lead, lead]}": "score.baselines: named twice: lead",
    "score: {baselines: lead}": "score.baselines: should be a list, got 'lead'",
    "score: {fail_under: {summary.rouge1.f: 20}}": "score.fail_under: summary.rouge1.f: "
    "scores are fractions from 0 to 1, not 20",
    "score: {fail_under: {summary.rouge1.f: .nan}}": "score.fail_under.summary.rouge1.f: "
    "should be a number, got '.nan'",
    "score: {fail_under: {summary.rouge1.f: 0.1, summary: {rouge1: {f: 0.2}}}}": "score.fail_under: "
    "summary.rouge1.f is given twice",
    "score: {fail_under: &a {x: *a}}": "score.fail_under.x.x.x.x: should be a number, got {'x': {...}}",
    "engine: {zzz: 1}": "engine.zzz: unknown key; valid here: name, model, revision, prefix, source_language, "
    "target_language, device, dtype, backend, threads, beams, sample, candidates, temperature, top_p, "
    "length_penalty, copy_prior, selector, spell_guard, shortlist, no_repeat_ngram, repetition_penalty, "
    "early_stopping, min_new_tokens, batch_size, max_source_tokens, max_new_tokens, prompts, base_url, api_key_env, "
    "json_mode, concurrency, timeout_s, retries, map_tokens, reduce_tokens, map_share, overlap",
    "name: ../up": "name: should be a folder name without slashes or a leading dot, got '../up'",
    "run: {seed: 1, seed: 2}": "line 1: the key 'seed' is given twice",
    "run:\n  seed: 1\n  out: [a": "line 3, column 10: not valid YAML: "
    "expected ',' or ']', but got '<stream end>'",
    "1: 2": "line 1: the key 1 should be text (quote it)",
    "- a": "the file should hold a mapping of settings, not a list",
    "headlines: {case: title, count: 3}": "headlines.count: unknown key; the short form takes `case` only, "
    "the rest stands in outputs.headlines",
    "headlines: {case: Title}": "outputs.headlines.case: "
    "'Title' is not one of sentence, title; did you mean title?",
    "{headlines: {case: title}, outputs: {headlines: {case: sentence}}}": "headlines.case: "
    "'title' contradicts outputs.headlines.case: 'sentence'",
}


@pytest.mark.parametrize(("text", "fault"), FAULTS.items())
def test_a_fault_says_where_and_what(tmp_path: Path, text: str, fault: str) -> None:
    assert fault in faults_of(tmp_path, text)


def test_every_fault_is_reported_at_once(tmp_path: Path) -> None:
    text = "engine: {nmae: fake, beams: '4'}\nguard: {verbatim: of}\nrun: {seed: -1, seed: -1}\n"
    faults = faults_of(tmp_path, text, "outputs.summry.max_words=9", "nonsense", "score.stemmer=1")
    assert len(faults) == 8
    assert faults[0] == "line 3: the key 'seed' is given twice"
    assert "guard.verbatim: 'of' is not one of warn, reject, off; did you mean off?" in faults
    assert "--set nonsense: write it as key=value" in faults
    assert "outputs.summry: unknown key; did you mean outputs.summary? (from --set)" in faults
    assert "score.stemmer: should be true or false, got 1 (from --set)" in faults


def test_the_message_names_the_file_on_every_line(tmp_path: Path) -> None:
    path = write(tmp_path, "a: 1\nb: 2\n")
    with pytest.raises(ConfigError) as caught:
        load_config(path)
    assert all(line.startswith(f"{path}: ") for line in str(caught.value).splitlines())


@pytest.mark.parametrize("override", ["name.x=1", "engine.beams.x=1"])
def test_an_override_below_a_value_is_an_unknown_key(tmp_path: Path, override: str) -> None:
    faults = faults_of(tmp_path, "name: a\nengine: {beams: 4}", override)
    assert faults == (f"{override[:-2]}: unknown key; did you mean {override[:-4]}? (from --set)",)


def test_a_missing_file_and_undecodable_bytes(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="there is no such config file"):
        load_config(str(tmp_path / "none.yaml"))
    (tmp_path / "bytes.yaml").write_bytes(b"name: \xff")
    with pytest.raises(ConfigError, match="cannot be read"):
        load_config(str(tmp_path / "bytes.yaml"))


def test_name_is_the_stem_of_the_file_and_places_the_run(tmp_path: Path) -> None:
    config = load_config(write(tmp_path, ""))
    assert (config.name, config.out_dir) == ("given", Path("runs/given"))
    assert load_config(None).name == "run"
    assert load_config(None, ["run.out=x/y"]).out_dir == Path("x/y")


OVERRIDES = {
    "engine.beams=8": ("engine", "beams", 8),
    "engine.model=": ("engine", "model", None),
    "engine.model=1.5b": ("engine", "model", "1.5b"),
    "engine.model=a/b=c": ("engine", "model", "a/b=c"),
    "engine.prefix=summarize: ": ("engine", "prefix", "summarize: "),
    "engine.prefix='4'": ("engine", "prefix", "4"),
    "engine.copy_prior=1e-3": ("engine", "copy_prior", 0.001),
    "engine.copy_prior=3": ("engine", "copy_prior", 3.0),
    "guard.verbatim=off": ("guard", "verbatim", "off"),
    "score.baselines=[oracle]": ("score", "baselines", ("oracle",)),
    "score.fail_under.summary.rouge1.f=0.3": ("score", "fail_under", {"summary.rouge1.f": 0.3}),
}


@pytest.mark.parametrize(("override", "expected"), OVERRIDES.items())
def test_overrides_are_yaml_values(override: str, expected: tuple[str, str, object]) -> None:
    section, key, value = expected
    assert getattr(getattr(load_config(None, [override]), section), key) == value


def test_overrides_win_over_the_file_and_the_last_one_wins(tmp_path: Path) -> None:
    text = "outputs: {headlines: {case: sentence}}\nscore: {fail_under: {summary.rouge1.f: 0.1}}"
    overrides = ["headlines.case=title", "run.seed=1", "run.seed=2", "score.fail_under.summary.rouge1.f=0.2"]
    config = load_config(write(tmp_path, text), overrides, {"input.path": "2024", "run.seed": 3})
    assert config.outputs.headlines.case == "title"
    assert (config.run.seed, config.input.path) == (3, "2024")
    assert config.score.fail_under == {"summary.rouge1.f": 0.2}


def test_the_short_headline_key(tmp_path: Path) -> None:
    assert load_config(write(tmp_path, "headlines: {case: title}")).outputs.headlines.case == "title"
    both = "{headlines: {case: title}, outputs: {headlines: {case: title, count: 2}}}"
    assert load_config(write(tmp_path, both)).outputs.headlines.count == 2


def test_sections_sharing_an_anchor_are_overridden_apart(tmp_path: Path) -> None:
    text = "engine: &e {name: fake}\noutputs: {summary: {engine: *e}}"
    config = load_config(write(tmp_path, text), ["engine.beams=9"])
    assert config.outputs.summary.engine is not None
    assert (config.engine.beams, config.outputs.summary.engine.beams) == (9, 4)


CHANGES = {
    "engine.beams=8": ["engine.beams"],
    "engine.batch_size=2": ["engine.batch_size"],
    "input.key_points=keep": ["input.key_points"],
    "outputs.summary.engine.name=lead": ["outputs.summary.engine"],
    "score.bootstrap_samples=200": ["score.bootstrap_samples"],
    "run.batch_articles=2": ["run.batch_articles"],
    "engine.threads=2": [],
    "input.path=elsewhere": [],
    "name=other": [],
    "run.out=elsewhere": [],
    "score.fail_under.summary.rouge1.f=0.3": [],
}


@pytest.mark.parametrize(("override", "keys"), CHANGES.items())
def test_the_digest_changes_with_what_results_depend_on(override: str, keys: list[str]) -> None:
    plain, changed = load_config(None), load_config(None, [override])
    assert differing_keys(plain, changed) == differing_keys(changed, plain) == keys
    assert (digest(plain) == digest(changed)) == (not keys)


def test_threads_of_one_kind_are_not_in_the_digest_either() -> None:
    plain = load_config(None, ["outputs.bullets.engine.name=lead"])
    assert digest(plain) == digest(load_config(None, ["outputs.bullets.engine={name: lead, threads: 2}"]))


def test_every_setting_is_described_and_in_the_schema() -> None:
    assert all(field.description for _, field in walk())
    schema = json_schema()
    assert schema["properties"]["headlines"]["properties"]["case"]["enum"] == ["sentence", "title"]
    assert set(schema["properties"]) == {*Config.model_fields, "headlines"}


def test_settings_cannot_be_changed() -> None:
    config = load_config(None)
    with pytest.raises(ValueError, match="frozen"):
        setattr(config, "name", "other")  # noqa: B010


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
PLAIN = st.sampled_from(
    ["off", "no", "1e5", "010", "null", "~", "1:30", "2024-01-01", "<<", "= a", "a: b", " x ", "#"]
)
TEXTS = (TEXT | PLAIN).filter(bool)
VALUES = st.fixed_dictionaries(
    {},
    optional={
        "input.path": TEXTS,
        "input.limit": st.none() | st.integers(1, 10**6),
        "engine.name": st.sampled_from(["lead", "textrank", "fake"]),
        "engine.model": st.none() | TEXTS,
        "engine.prefix": st.none() | TEXTS,
        "engine.beams": st.integers(4, 32),
        "engine.length_penalty": st.floats(-10, 10),
        "engine.copy_prior": st.floats(0, 20),
        "outputs.rewrite": st.fixed_dictionaries({"enabled": st.booleans(), "ratio": st.floats(0.05, 0.95)}),
        "outputs.bullets.engine": st.none()
        | st.fixed_dictionaries({"name": st.just("lead"), "model": TEXTS}),
        "guard.verbatim": st.sampled_from(["warn", "reject", "off"]),
        "guard.names": st.booleans(),
        "score.evaluate": st.lists(TEXTS, unique=True, max_size=3),
        "score.fail_under": st.dictionaries(
            st.sampled_from(
                ["summary.rouge1.f", "bullets.rougeLsum.p", "headlines.novel_bigrams.value"]
            ),
            st.floats(0, 1),
        ),
        "run.seed": st.integers(0, 2**32 - 1),
        "run.out": st.none() | TEXTS,
    },
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(values=VALUES)
def test_resolved_yaml_reads_back_as_it_was_written(tmp_path: Path, values: dict[str, object]) -> None:
    config = load_config(None, values=values)
    again = load_config(write(tmp_path, to_yaml(config)))
    assert again == config
    assert to_yaml(again) == to_yaml(config)
    assert digest(again) == digest(config)


CONFINED = {  # a value, and the engines that it is for
    "target_language=de": "seq2seq ctranslate2",
    "dtype=int8": "ctranslate2",
    "dtype=bfloat16": "embedded seq2seq ctranslate2 chat endpoint lead textrank fake",
    "sample=true": "embedded seq2seq chat endpoint lead textrank fake",
    "copy_prior=1.5": "embedded seq2seq chat endpoint lead textrank fake",
    "copy_prior=0": "embedded seq2seq ctranslate2 chat endpoint lead textrank fake",
    "repetition_penalty=1.2": "seq2seq",
    "repetition_penalty=1.0": "embedded seq2seq ctranslate2 chat endpoint lead textrank fake",
    "early_stopping=true": "seq2seq",
    "min_new_tokens=5": "seq2seq",
    "max_new_tokens=99": "chat endpoint",
    "prompts=mine": "chat endpoint",
    "base_url=http://localhost:1/v1": "endpoint",
    "api_key_env=KEY": "endpoint",
    "json_mode=true": "endpoint",
    "map_tokens=99": "seq2seq ctranslate2 chat endpoint fake",
    "map_share=0.5": "seq2seq ctranslate2 chat endpoint fake",
    "overlap=2": "seq2seq ctranslate2 chat endpoint fake",
}


@pytest.mark.parametrize("value", CONFINED)
def test_which_engines_a_setting_is_for(value: str) -> None:
    taken = []
    for engine in get_args(EngineName):
        try:
            load_config(None, [f"engine.name={engine}", "engine.model=m", f"engine.{value}"])
            taken.append(engine)
        except ConfigError as error:
            assert [fault.split(": ")[0] for fault in error.faults] == [f"engine.{value.split('=')[0]}"]
    assert taken == CONFINED[value].split()


def test_an_unknown_engine_is_one_fault(tmp_path: Path) -> None:
    assert len(faults_of(tmp_path, "engine: {name: embeded, prompts: mine, target_language: de, overlap: 2}")) == 1
