"""The engine endpoint against `transformers serve` with a small chat model of our own, over loopback, offline."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from chat_sample import BULLETS, HEADLINES, SUMMARY, chat_model
from flow_sample import flow_config, write_articles

from pipeline.config import load_config
from pipeline.engines import open_engine
from pipeline.engines.endpoint import EndpointEngine
from pipeline.engines.prompting import Question
from pipeline.errors import EngineRefusal
from pipeline.files import read_jsonl
from pipeline.job import run

pytest.importorskip("openai")
pytest.importorskip("fastapi")
pytest.importorskip("uvicorn")
pytestmark = pytest.mark.slow

ANSWERS = {
    "summary": json.dumps({"summary": SUMMARY}),
    "bullets": json.dumps({"bullets": BULLETS}),
    "headlines": json.dumps({"headlines": HEADLINES}),
}


@dataclass(frozen=True)
class Served:
    """Where the server is and the model that it has."""

    url: str
    model: Path


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One server for all tests; its log is shown when it does not come up within two minutes."""
    folder = tmp_path_factory.mktemp("served")
    model = chat_model(folder / "model", ANSWERS)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = (folder / "log.txt").open("w")
    code = "from transformers.cli.transformers import main; main()"
    server = subprocess.Popen(
        [sys.executable, "-c", code, "serve", str(model), "--host=127.0.0.1", f"--port={port}", "--device=cpu"],
        stdout=log, stderr=subprocess.STDOUT, env={**os.environ, "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"},
    )  # fmt: skip
    try:
        _await(port, server, folder / "log.txt")
        yield Served(f"http://127.0.0.1:{port}/v1", model)
    finally:
        server.terminate()
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()
        log.close()


def _await(port: int, server: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(240):
        if server.poll() is not None:
            break
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5).close()
            return
        except OSError:
            time.sleep(0.5)
    raise AssertionError(f"the server did not come up:\n{log.read_text()[-2000:]}")


def settings(served: Served, *overrides: str) -> list[str]:
    return [
        "engine.name=endpoint", f"engine.model={served.model}", f"engine.base_url={served.url}",
        "engine.max_new_tokens=32", *overrides,
    ]  # fmt: skip


def test_a_whole_run(served: Served, tmp_path: Path) -> None:
    articles = write_articles(tmp_path / "in", ("bridge",))
    done = run(flow_config(articles, tmp_path / "out", *settings(served)))
    assert (done.counts["done"], done.counts["quarantined"], done.counts["fallbacks"]) == (1, 0, 0)
    assert done.counts["flags"].keys().isdisjoint({"unparsed", "reasked"})
    (record,) = read_jsonl(tmp_path / "out" / "outputs.jsonl")
    assert record["summary"]["text"] == SUMMARY
    assert [b["text"] for b in record["bullets"]] == BULLETS
    assert {h["text"] for h in record["headlines"]} == set(HEADLINES)


def test_n_answers_where_the_server_gives_one_at_a_time(served: Served) -> None:
    """A prompt that asks for no kind the model knows, so that it samples at random."""
    engine = open_engine(load_config(None, settings(served, "engine.sample=true", "engine.candidates=3")).engine)
    assert isinstance(engine, EndpointEngine)
    question = Question(({"role": "system", "content": "S"}, {"role": "user", "content": "Say anything."}), 3, 8, 5)
    (answers,) = engine.client.ask([question])
    assert len(answers) == 3
    assert len({answer.text for answer in answers}) == 3
    assert not all(answer.finished for answer in answers)  # cut at eight tokens


def test_json_mode_and_every_setting_are_taken(served: Served, tmp_path: Path) -> None:
    articles = write_articles(tmp_path / "in", ("bridge",))
    done = run(flow_config(
        articles, tmp_path / "out", *settings(served), "engine.json_mode=true", "engine.sample=true",
        "engine.candidates=2", "engine.temperature=0.1", "engine.top_p=0.5",
    ))  # fmt: skip
    assert done.counts["fallbacks"] == 0


def test_a_model_that_the_server_does_not_have_is_a_refusal_or_an_error(served: Served, tmp_path: Path) -> None:
    other = settings(served, "engine.retries=0")
    other[1] = "engine.model=somebody/else"
    config = flow_config(write_articles(tmp_path / "in", ("bridge", "bus")), tmp_path / "out", *other)
    with pytest.raises(EngineRefusal) as caught:
        run(config)
    assert served.url in str(caught.value)
