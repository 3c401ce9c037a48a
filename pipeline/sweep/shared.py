"""What the runs of a sweep have in common, done once: reading the input, loading engines, generating texts."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pipeline.config import Config
from pipeline.engines import Engine, Generated, open_engine
from pipeline.engines.base import Strategy
from pipeline.errors import ConfigError
from pipeline.job import ingest
from pipeline.records import KINDS, Ingested, Quarantined, Request
from pipeline.settings_engine import EngineSettings


class TextCache:
    """Generated texts by the digest of all they depend on, in one file that outlives the process.

    It holds nothing that could not be made again: where it cannot be read or written, that costs time, never a run.
    """

    def __init__(self, path: Path) -> None:
        """Open or create `path`; a torn file is started over. ConfigError if there can be no file."""
        try:
            self._open(path)
        except sqlite3.OperationalError as error:
            raise ConfigError([f"cannot be opened: {error}"], where=str(path)) from error
        except sqlite3.DatabaseError:
            path.unlink()
            self._open(path)

    def _open(self, path: Path) -> None:
        self._connection = sqlite3.connect(path)
        self._connection.execute("CREATE TABLE IF NOT EXISTS texts (key TEXT PRIMARY KEY, value TEXT NOT NULL)")
        self._connection.commit()

    def get(self, key: str) -> list[list[Generated]] | None:
        """The stored answer, or None."""
        try:
            row = self._connection.execute("SELECT value FROM texts WHERE key = ?", (key,)).fetchone()
            return None if row is None else [[_text(record) for record in texts] for texts in json.loads(row[0])]
        except (sqlite3.DatabaseError, ValueError, KeyError, TypeError):
            return None

    def put(self, key: str, answer: Sequence[Sequence[Generated]]) -> None:
        """Store an answer for good."""
        value = json.dumps([[asdict(text) for text in texts] for texts in answer])
        with suppress(sqlite3.DatabaseError), self._connection:
            self._connection.execute("INSERT OR REPLACE INTO texts VALUES (?, ?)", (key, value))

    def close(self) -> None:
        """Close the file; it stays."""
        self._connection.close()


def _text(record: Mapping[str, Any]) -> Generated:
    return Generated(**{**record, "flags": tuple(record["flags"])})


@dataclass(frozen=True, slots=True)
class Remembering:
    """An engine that is asked the same batch of requests once.

    The key of a batch holds the engine's settings and identity, the seed and the requests in their order: an answer may
    depend on the shape of the batch, so single requests are not looked up.
    """

    engine: Engine
    settings: str
    cache: TextCache

    @property
    def strategy(self) -> Strategy:
        return self.engine.strategy

    @property
    def identity(self) -> str:
        return self.engine.identity

    @property
    def budget(self) -> int:
        return self.engine.budget

    @property
    def model(self) -> Mapping[str, str | None]:
        return self.engine.model

    def count_tokens(self, text: str) -> int:
        return self.engine.count_tokens(text)

    def rate_sentences(
        self, texts: Sequence[str], features: Sequence[Sequence[float]]
    ) -> Sequence[float] | None:
        return self.engine.rate_sentences(texts, features)

    def generate(self, requests: Sequence[Request], seed: int) -> list[list[Generated]]:
        key = self._key(requests, seed)
        known = self.cache.get(key)
        if known is None:
            known = self.engine.generate(requests, seed)
            self.cache.put(key, known)
        return known

    def _key(self, requests: Sequence[Request], seed: int) -> str:
        asked = [{**asdict(request), "serves": None} for request in requests]  # who may use a text does not change it
        text = json.dumps([self.settings, self.engine.identity, seed, asked], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()


class Shared:
    """Reads and opens for the runs of a sweep, in the place of `pipeline.job.ingest` and `engines.open_engine`."""

    def __init__(self, configs: Sequence[Config], cache: TextCache) -> None:
        """Texts are kept for engine settings that several of `configs` have."""
        self._cache = cache
        self._uses = Counter(key for config in configs for key in engine_keys(config))
        self._repeated = {key for key, uses in self._uses.items() if uses > 1}
        self._read: dict[str, tuple[list[Ingested], list[Quarantined]]] = {}
        self._engines: dict[str, Engine] = {}

    def read(self, config: Config) -> tuple[list[Ingested], list[Quarantined]]:
        """The articles of `config.input`, read once."""
        key = config.input.model_dump_json()
        if key not in self._read:
            self._read[key] = ingest(config)
        return self._read[key]

    def open_one(self, settings: EngineSettings) -> Engine:
        """The engine of these settings, loaded once; EngineError if it cannot be."""
        key = settings.model_dump_json()
        if key not in self._engines:
            engine = open_engine(settings)
            self._engines[key] = Remembering(engine, key, self._cache) if key in self._repeated else engine
        return self._engines[key]

    def done_with(self, config: Config) -> None:
        """Let go of the engines that no later run needs: models of several runs may not fit beside each other."""
        for key in engine_keys(config):
            self._uses[key] -= 1
            if not self._uses[key]:
                self._engines.pop(key, None)


def engine_keys(config: Config) -> set[str]:
    """The distinct engine settings of a config, as text."""
    kinds = [getattr(config.outputs, kind) for kind in KINDS]
    return {(kind.engine or config.engine).model_dump_json() for kind in kinds if kind.enabled}
