"""One combination in a process of its own: `python -m pipeline.bench.worker CONFIG ARTICLES RESULT BEGAN`.

BEGAN is the parent's `time.monotonic()` (one clock for all processes) just before it started this one. The first
article is the warm-up: it belongs to the cold start, not to the throughput.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path

from pipeline.bench.counted import Counted, counted
from pipeline.bench.memory import peak_cuda_mib, peak_rss_mib
from pipeline.config import load_config
from pipeline.engines import ENGINES, Engine, open_engine
from pipeline.errors import EngineError, PrecisError
from pipeline.files import JsonObject, read_jsonl, write_json
from pipeline.parts import Batch, Part
from pipeline.records import Article
from pipeline.run import Engines, identity, open_engines, work
from pipeline.serial import article_from_dict, brief_to_dict
from pipeline.settings import Config
from pipeline.settings_engine import EngineSettings
from pipeline.text.article import make_article

Opener = Callable[[EngineSettings], Engine]


def measure(config: Config, articles: Path, began: float, open_one: Opener = open_engine) -> JsonObject:
    """Seconds, tokens, memory and outputs of `config` over the articles of `articles` (records of articles.jsonl).

    `cold_s`: seconds since `began` until everything was imported, from there until the model was loaded, and from
    there until the first article was read and written. Raises what the engine raises when it cannot be opened, and
    EngineError if it could write no article at all.
    """
    for name in {settings.name for settings in _engine_settings(config)}:
        import_module(ENGINES[name])
    imported = time.monotonic()
    engines = open_engines(config, lambda settings: counted(open_one(settings)))
    loaded = time.monotonic()
    records = list(read_jsonl(articles))
    first = article_from_dict(records[0])
    make_article(first.id, first.text, title=first.title)  # a cold start has to read the article as well
    parts = [work(Batch("", (first,)), config, engines)]
    written = time.monotonic()
    rest = [article_from_dict(record) for record in records[1:]] or [first]
    seconds, more = _timed(rest, config, engines)
    parts += more if len(records) > 1 else []
    if not any(part.outputs for part in parts):
        raise _nothing(parts)
    return {
        "cold_s": {"import": imported - began, "load": loaded - imported, "first": written - loaded},
        "seconds": seconds,
        "articles": len(rest),
        **_counts(engines),
        "memory_mib": {"rss": peak_rss_mib(), "cuda": peak_cuda_mib()},
        "identity": identity(engines),
        "outputs": [brief_to_dict(brief) for part in parts for brief in part.outputs],
        "failed": [{"id": item.id, "why": item.reason} for part in parts for item in part.quarantined],
    }


def _nothing(parts: Sequence[Part]) -> EngineError:
    """The error of an engine that wrote none of the articles."""
    first = parts[0].quarantined[0]
    return EngineError(f"every article failed, the first: {first.id}: {first.reason}")


def _timed(articles: Sequence[Article], config: Config, engines: Engines) -> tuple[float, list[Part]]:
    """Seconds for the articles, `run.batch_articles` at a time, and what was made."""
    size = config.run.batch_articles
    batches = [Batch("", tuple(articles[at : at + size])) for at in range(0, len(articles), size)]
    for engine in _distinct(engines):
        engine.forget()
    began = time.perf_counter()
    parts = [work(batch, config, engines) for batch in batches]
    return time.perf_counter() - began, parts


def _counts(engines: Engines) -> JsonObject:
    counts = [engine.tokens() for engine in _distinct(engines)]
    tokens = {name: sum(count[name] for count in counts) for name in ("read", "written")}
    return {"tokens": tokens, "generate_s": sum(engine.seconds for engine in _distinct(engines))}


def _distinct(engines: Engines) -> list[Counted]:
    found = {id(engine): engine for _, engine in engines.values()}
    return [engine for engine in found.values() if isinstance(engine, Counted)]


def _engine_settings(config: Config) -> list[EngineSettings]:
    kinds = (config.outputs.summary, config.outputs.bullets, config.outputs.headlines, config.outputs.rewrite)
    return [kind.engine or config.engine for kind in kinds if kind.enabled]


def main(argv: Sequence[str], open_one: Opener = open_engine) -> int:
    """Write the result of one combination; status 2 and one line on stderr if its engine cannot be used."""
    config, articles, result, began = argv
    try:
        found = measure(load_config(config), Path(articles), float(began), open_one)
    except PrecisError as error:
        print(" ".join(str(error).split()), file=sys.stderr)
        return 2
    write_json(Path(result), found)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
