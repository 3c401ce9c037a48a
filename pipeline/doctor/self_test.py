"""`precis doctor --run`: engines write a headline of one invented article, twice. Loads their models."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import get_args

from pipeline.config import Config, load_config
from pipeline.doctor.check import SELF_TEST, Check
from pipeline.doctor.for_config import engines_of
from pipeline.engines.base import Strategy
from pipeline.errors import PrecisError
from pipeline.parts import Batch, Part
from pipeline.records import KINDS
from pipeline.run import open_engines, work
from pipeline.settings_engine import EngineName, EngineSettings
from pipeline.text.article import make_article

TEXT = (
    "The ferry between Port Lissen and the island of Orrey will run every hour from Monday, the harbour office said "
    "on Thursday. Until now there were five crossings a day. The town bought a second boat for 2.4 million crowns in "
    "March, after islanders had complained about long queues. The new boat carries 180 people and 22 cars. A ticket "
    "still costs 6 crowns. The mayor, Tilda Brannock, said that the timetable would be looked at again in the autumn."
)
ALONE = ("embedded", "lead", "textrank", "fake")  # engines that need no model of the user's
# What the embedded model writes where this release was made, by the first 16 digits of the sha256 of its weights.
RECORDED: Mapping[str, str] = {"973c21f8085dea1e": "The ferry will run every hour from Monday"}


def self_tests(config: Config | None = None) -> list[Check]:
    """A check per engine: those that need no model of the user's, or those of `config`."""
    if config is None:
        wanted = {name: EngineSettings(name=name) for name in get_args(EngineName) if name in ALONE}
    else:
        wanted = {f"{key} ({settings.name})": settings for key, settings in engines_of(config).items()}
    return [self_test(name, settings) for name, settings in wanted.items()]


def self_test(name: str, settings: EngineSettings) -> Check:
    """Whether the engine writes a headline of its own, the same one again, and the recorded one where there is one."""
    began = time.perf_counter()
    try:
        headlines, sha256 = _written(settings)
    except (PrecisError, OSError, RuntimeError, ImportError) as error:
        return Check(SELF_TEST, name, False, " ".join(str(error).split()), needed=True)
    told = f"“{headlines[0]}” in {time.perf_counter() - began:.1f} s"
    if not headlines[0]:
        return Check(SELF_TEST, name, False, "no headline that the guard accepts", needed=True)
    if headlines[0] != headlines[1]:
        return Check(SELF_TEST, name, False, f"{told}; the second time “{headlines[1]}”", needed=True)
    return Check(SELF_TEST, name, True, told + beside(RECORDED, sha256, headlines[0]), needed=True)


def beside(recorded: Mapping[str, str], sha256: str | None, headline: str) -> str:
    """How the headline compares with the recorded one; empty where none is recorded for these weights.

    Another processor may round differently, so that another text is no fault.
    """
    expected = recorded.get((sha256 or "")[:16])
    if not expected:
        return ""
    return ", as recorded" if headline == expected else f"; recorded on another machine: “{expected}”"


def _written(settings: EngineSettings) -> tuple[list[str], str | None]:
    """The headline of each of two runs (empty: none that the guard accepts), and the sha256 of the weights."""
    values: dict[str, object] = {f"outputs.{kind}.enabled": kind == "headlines" for kind in KINDS}
    values |= {"outputs.headlines.count": 1, "engine": settings.model_dump()}
    config = load_config(None, (), values)
    engines = open_engines(config)
    article = make_article("self-test", TEXT)
    parts = [work(Batch("", (article,)), config, engines) for _ in range(2)]
    for item in (item for part in parts for item in part.quarantined):
        raise PrecisError(item.reason)
    engine = engines["headlines"][1]
    return [_headline(part, engine.strategy) for part in parts], engine.model.get("sha256")


def _headline(part: Part, strategy: Strategy) -> str:
    """The best candidate of the engine's own that the guard accepts; rules and extracts do not count."""
    copies = strategy in ("lead", "textrank")
    own = [
        found
        for found in part.candidates
        if found["ok"]
        and (copies or not found["extractive"])
        and (found["logprob"] is not None or strategy != "sentences")  # rules know no probability
    ]
    return str(max(own, key=lambda found: found["score"] or 0.0)["text"]).rstrip(".") if own else ""
