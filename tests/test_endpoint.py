"""The engine endpoint against a scripted server on loopback: what is sent, every fault, concurrency, retries."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
import time

import pytest
from server_sample import Behaviour, Call, Reply, Server, faithful, fault, said, serving, slowly

from pipeline.config import differing_keys, load_config, to_yaml
from pipeline.contract import with_contract
from pipeline.engines import open_engine
from pipeline.engines.base import Generated
from pipeline.engines.endpoint import EndpointEngine
from pipeline.errors import ConfigError, EngineError, EngineRefusal, MissingExtra
from pipeline.plan import plan
from pipeline.records import Request
from pipeline.text.article import make_article

pytest.importorskip("openai")
TEXT = (
    "Engineers closed the Marle bridge on Monday after they found cracks in two piers. Repairs will cost $3.4m. "
    "About 9,000 drivers use the bridge on a normal day. The council hopes to open one lane in June. "
    "Residents were told by letter. A meeting will be held in the town hall next week."
)
GOOD = json.dumps({"summary": "Engineers closed the Marle bridge on Monday."})
QUICK = ("engine.retries=0", "engine.timeout_s=5")


def opened(server: Server, *overrides: str) -> EndpointEngine:
    values = ["engine.name=endpoint", "engine.model=m", f"engine.base_url={server.url}", *overrides]
    engine = open_engine(load_config(None, values).engine)
    assert isinstance(engine, EndpointEngine)
    return engine


def requests(count: int = 1) -> list[Request]:
    outputs = load_config(None).outputs
    engine = open_engine(load_config(None, ["engine.name=endpoint", "engine.model=m"]).engine)
    articles = [make_article(f"a{i}", TEXT) for i in range(count)]
    return [with_contract(r, outputs) for a in articles for r in plan(a, ("summary",), outputs, engine)]


def asked(behaviour: Behaviour, *overrides: str, count: int = 1) -> tuple[list[list[Generated]], Server]:
    with serving(behaviour) as server:
        return opened(server, *overrides).generate(requests(count), 13), server


def after(*replies: Reply | None) -> Behaviour:
    """One reply after another; the last one for good."""
    return lambda call: replies[min(call.number, len(replies) - 1)]


def test_what_is_sent_and_what_comes_back() -> None:
    ((text,),), server = asked(after(said(GOOD)), "engine.max_new_tokens=400")
    assert (text.text, text.flags, text.logprob) == ("Engineers closed the Marle bridge on Monday.", (), None)
    (call,) = server.calls
    assert call.path == "/v1/chat/completions"
    assert [m["role"] for m in call.body["messages"]] == ["system", "user"]
    assert {k: call.body[k] for k in ("model", "max_tokens", "temperature")} == {
        "model": "m", "max_tokens": 400, "temperature": 0.0,
    }  # fmt: skip
    assert isinstance(call.body["seed"], int)
    assert "n" not in call.body
    assert "response_format" not in call.body
    assert call.headers["authorization"] == "Bearer none"


def test_settings_reach_the_server() -> None:
    _, server = asked(
        after(said(GOOD, GOOD, GOOD)), "engine.json_mode=true", "engine.sample=true", "engine.candidates=3",
        "engine.temperature=0.7", "engine.top_p=0.9",
    )  # fmt: skip
    body = server.calls[0].body
    assert body["response_format"] == {"type": "json_object"}
    assert (body["n"], body["temperature"], body["top_p"]) == (3, 0.7, 0.9)


def test_the_key_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_KEY", "sk-secret")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-another-server")
    monkeypatch.setenv("OPENAI_ORG_ID", "another-servers-organisation")
    _, server = asked(after(said(GOOD)), "engine.api_key_env=MY_KEY")
    assert server.calls[0].headers["authorization"] == "Bearer sk-secret"
    _, server = asked(after(said(GOOD)))
    assert "another" not in str(server.calls[0].headers)


def test_the_seed_follows_the_runs_seed_and_the_request() -> None:
    with serving(after(said(GOOD))) as server:
        engine = opened(server, "engine.concurrency=1")
        for seed in (13, 13, 14):
            engine.generate(requests(2), seed)
    seeds = [call.body["seed"] for call in server.calls]
    assert seeds[:2] == seeds[2:4] != seeds[4:]
    assert len(set(seeds)) == 4


def test_servers_that_give_one_answer_are_asked_again_with_other_seeds() -> None:
    def one(call: Call) -> Reply:
        return said(json.dumps({"summary": f"Answer {len({'n'} & call.body.keys())}-{call.body['seed'] % 1000}."}))

    ((*texts,),), server = asked(one, "engine.sample=true", "engine.candidates=3")
    assert len(texts) == 3
    assert len({call.body["seed"] for call in server.calls}) == 3
    again, _ = asked(one, "engine.sample=true", "engine.candidates=3")
    assert again == [texts]


@pytest.mark.parametrize("field", ["n", "seed", "response_format", "temperature", "top_p", "system", "max_tokens"])
@pytest.mark.parametrize("status", [400, 422])
def test_a_field_that_the_server_refuses_by_name_is_left_out_from_then_on(field: str, status: int) -> None:
    def picky(call: Call) -> Reply:
        roles = {m["role"] for m in call.body["messages"]}
        return fault(status, f"Unsupported: '{field}'.") if field in {*call.body, *roles} else said(GOOD)

    with serving(picky) as server:
        engine = opened(
            server, "engine.sample=true", "engine.candidates=2", "engine.json_mode=true", "engine.temperature=0.5",
            "engine.concurrency=1",
        )  # fmt: skip
        assert engine.generate(requests(), 1)[0][0].text
        refusals = [c for c in server.calls if field in {*c.body, *(m["role"] for m in c.body["messages"])}]
        assert len(refusals) == 1
        engine.generate(requests(), 2)
    assert field not in server.calls[-1].body
    if field == "max_tokens":
        assert server.calls[-1].body["max_completion_tokens"] > 0
    if field == "system":
        assert "You are an editor" in server.calls[-1].body["messages"][0]["content"]


def test_another_refusal_says_what_the_server_said() -> None:
    with pytest.raises(EngineError, match="context length is 2048") as caught:
        asked(after(fault(400, "This model's maximum context length is 2048 tokens")))
    assert not isinstance(caught.value, EngineRefusal)


@pytest.mark.parametrize(
    "first", [fault(429, retry_after="0.05"), fault(500, retry_after_ms="20"), fault(503, retry_after="0.01")]
)
def test_what_fails_for_the_moment_is_tried_again(first: Reply) -> None:
    ((text,),), server = asked(after(first, first, said(GOOD)), "engine.retries=2")
    assert text.text
    assert len(server.calls) == 3


def test_retry_after_is_obeyed() -> None:
    times: list[float] = []

    def busy(call: Call) -> Reply:
        times.append(time.monotonic())
        return fault(429, retry_after="1") if call.number == 0 else said(GOOD)

    asked(busy, "engine.retries=1")
    assert times[1] - times[0] >= 1.0


def test_a_dropped_connection_is_tried_again() -> None:
    ((text,),), server = asked(after(None, said(GOOD)), "engine.retries=1")
    assert text.text
    assert len(server.calls) == 2


FINAL = [
    (fault(401, "bad key"), EngineRefusal, "does not let us in: .*bad key.*engine.api_key_env"),
    (fault(403, "not yours"), EngineRefusal, "does not let us in"),
    (fault(404, "no model m"), EngineRefusal, "engine.base_url .*engine.model"),
    (fault(500, "out of memory"), EngineError, "the server failed: .*out of memory"),
    (fault(429, "slow down"), EngineError, "slow down"),
    ((429, {}, b'{"error": {"message": "pay", "code": "insufficient_quota"}}'), EngineRefusal, "quota is used up: "),
    (None, EngineRefusal, "no connection to the server"),
    ((200, {"Content-Type": "text/html"}, b"<html>Welcome</html>"), EngineRefusal, "no chat completion: '<html>W"),
    ((200, {}, b"{not json"), EngineRefusal, "no chat completion"),
    ((200, {}, b'{"ok": true}'), EngineRefusal, "no chat completion"),
    ((200, {}, b'[1, 2]'), EngineRefusal, "no chat completion"),
]  # fmt: skip


@pytest.mark.parametrize(("reply", "kind", "what"), FINAL, ids=range(len(FINAL)))
def test_a_fault_that_stays_is_one_clear_error(reply: Reply | None, kind: type[EngineError], what: str) -> None:
    with pytest.raises(EngineError, match=what) as caught:
        asked(after(reply), *QUICK)
    assert type(caught.value) is kind
    assert "http://127.0.0.1:" in str(caught.value)


def test_what_breaks_after_it_worked_is_no_refusal() -> None:
    for reply in (None, (200, {}, b"{not json")):
        with serving(after(said(GOOD), reply)) as server:
            engine = opened(server, *QUICK)
            assert engine.generate(requests(), 13)
            with pytest.raises(EngineError) as caught:
                engine.generate(requests(), 13)
            assert type(caught.value) is EngineError


def test_a_server_that_hangs_is_given_up_on() -> None:
    release = threading.Event()

    def hang(call: Call) -> None:
        release.wait(20)

    with serving(hang) as server:
        with pytest.raises(EngineError, match="no answer within 0.2 s, 2 times"):
            opened(server, "engine.timeout_s=0.2", "engine.retries=1").generate(requests(), 13)
        release.set()
    assert len(server.calls) == 2


@pytest.mark.parametrize("reply", [said(), said(None), said("")])
def test_no_text_is_asked_for_once_more(reply: Reply) -> None:
    ((text,),), server = asked(after(reply, said(GOOD)))
    assert (text.text, text.flags) == ("Engineers closed the Marle bridge on Monday.", ("reasked",))
    ((text,),), server = asked(after(reply))
    assert "unparsed" in text.flags
    assert len(server.calls) == 2


def test_an_answer_cut_at_the_limit_is_unfinished() -> None:
    ((text,),), _ = asked(after(said('{"summary": "Engineers closed', finish="length")))
    assert text.flags == ("unparsed", "unfinished")


def test_a_prompt_that_the_server_cut_is_flagged() -> None:
    ((text,),), _ = asked(after(said(GOOD, usage={"prompt_tokens": 60, "completion_tokens": 9, "total_tokens": 69})))
    assert text.flags == ("truncated_input",)
    ((text,),), _ = asked(after(said(GOOD, usage={"prompt_tokens": 999, "completion_tokens": 9, "total_tokens": 1008})))
    assert text.flags == ()


@pytest.mark.parametrize("most", [1, 3])
def test_no_more_requests_under_way_than_set_and_their_order_kept(most: int) -> None:
    def numbered(call: Call) -> Reply:
        return said(json.dumps({"summary": re.findall(r"town (\d+)", call.prompt)[0]}))

    outputs = load_config(None).outputs
    with serving(slowly(numbered, 0.05)) as server:
        engine = opened(server, f"engine.concurrency={most}")
        articles = [make_article(f"a{i}", f"{TEXT} It is near town {i}.") for i in range(9)]
        wanted = [with_contract(r, outputs) for a in articles for r in plan(a, ("summary",), outputs, engine)]
        found = engine.generate(wanted, 13)
    assert [texts[0].text for texts in found] == [str(i) for i in range(9)]
    assert server.busiest == most


def test_after_a_refusal_no_further_requests_are_begun() -> None:
    with serving(slowly(after(fault(401, "bad key")), 0.02)) as server, pytest.raises(EngineRefusal):
        opened(server, "engine.concurrency=2").generate(requests(40), 13)
    assert len(server.calls) < 10


ADDRESSES = {
    "http://user:hunter2@localhost:8000/v1": "a user or a password",
    "https://sk-hunter2@localhost/v1": "a user or a password",
    "http://localhost/v1?api_key=hunter2": "should end with the path",
    "http://localhost/v1#hunter2": "should end with the path",
    "localhost:8000/hunter2": "should be a URL",
    "ftp://localhost/hunter2": "should be a URL",
    "http:///hunter2": "should be a URL",
    "http://localhost:99999/hunter2": "no URL",
    "http://[hunter2": "no URL",
}


@pytest.mark.parametrize("url", ADDRESSES)
def test_an_address_with_a_secret_or_a_fault_is_refused_without_being_shown(url: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load_config(None, ["engine.name=endpoint", "engine.model=m", f"engine.base_url={json.dumps(url)}"])
    assert ADDRESSES[url] in str(caught.value)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("value", ["sk-hunter2", "hunter2", "MY KEY"])
def test_a_key_in_place_of_a_variables_name_is_refused_without_being_shown(value: str) -> None:
    with pytest.raises(ConfigError, match="NAME of an environment variable") as caught:
        load_config(None, ["engine.name=endpoint", "engine.model=m", f"engine.api_key_env={value}"])
    assert value not in str(caught.value)


NO_KEYS = [
    (None, "is not set"), ("", "is not set"), ("sk-hunter 2", "no key"), ("hunter2\n", "no key"), ("hünter2", "no key"),
]  # fmt: skip


@pytest.mark.parametrize(("value", "what"), NO_KEYS)
def test_a_key_that_is_none(value: str | None, what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MY_KEY", raising=False)
    if value is not None:
        monkeypatch.setenv("MY_KEY", value)
    with pytest.raises(EngineError, match=what) as caught:
        opened(Server("http://localhost:1/v1"), "engine.api_key_env=MY_KEY")
    assert "MY_KEY" in str(caught.value)
    assert "nter" not in str(caught.value)


def test_the_key_stands_in_no_message_and_no_repr(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_KEY", "sk-hunter2")

    def echo(call: Call) -> Reply:
        return fault(401, f"{call.headers['authorization']} is no key")

    with serving(echo) as server:
        engine = opened(server, "engine.api_key_env=MY_KEY")
        with pytest.raises(EngineRefusal, match=r"Bearer \*\*\* is no key") as caught:
            engine.generate(requests(), 13)
    assert "hunter2" not in repr(engine) + repr(caught.value) + engine.identity + str(engine.model)

    def repeat(call: Call) -> Reply:
        return said(json.dumps({"summary": call.headers["authorization"]}))

    ((text,),), _ = asked(repeat, "engine.api_key_env=MY_KEY")
    assert text.text == "Bearer ***"


def test_without_the_package_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "openai", None)
    with pytest.raises(MissingExtra, match=r"pip install 'precis\[endpoint\]'"):
        opened(Server("http://localhost:1/v1"))


def test_the_identity_names_model_and_host_and_that_weights_are_unknown() -> None:
    engine = opened(Server("http://llm.example:8080/v1"))
    assert engine.identity.startswith("endpoint|m|llm.example:8080|unpinned|prompts:")
    assert engine.model == {"name": "m", "revision": None, "sha256": None, "server": "llm.example:8080"}


def test_how_fast_and_with_which_key_is_no_part_of_the_digest() -> None:
    base = ["engine.name=endpoint", "engine.model=m"]
    speed = ["engine.concurrency=9", "engine.timeout_s=9", "engine.retries=9", "engine.api_key_env=KEY"]
    assert differing_keys(load_config(None, base), load_config(None, base + speed)) == []
    others = ["engine.base_url=http://localhost:1/v1", "engine.json_mode=true", "engine.max_new_tokens=99"]
    assert len(differing_keys(load_config(None, base), load_config(None, base + others))) == 3


def test_tokens_are_estimated_on_the_safe_side_and_long_articles_chunked() -> None:
    engine = opened(Server("http://localhost:1/v1"), "engine.max_source_tokens=60")
    assert engine.count_tokens("река") == 3
    assert engine.count_tokens("x" * 300) == 100
    parts = plan(make_article("a", TEXT), ("summary",), load_config(None).outputs, engine)
    assert len(parts) > 1
    assert " ".join(p.source for p in parts).split() == TEXT.split()


def test_the_engine_imports_no_torch() -> None:
    code = (
        "import sys; from pipeline.config import load_config; from pipeline.engines import open_engine;"
        "open_engine(load_config(None, ['engine.name=endpoint', 'engine.model=m']).engine);"
        "print([m for m in ('torch', 'transformers') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_resolved_config_can_be_read_again() -> None:
    config = load_config(None, ["engine.name=endpoint", "engine.model=m", "engine.api_key_env=KEY"])
    assert "api_key_env: KEY" in to_yaml(config)


def test_the_scripted_model_finds_the_fence() -> None:
    ((text,),), _ = asked(faithful)
    assert text.text.startswith("Engineers closed the Marle bridge")
