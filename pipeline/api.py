"""`pipeline.brief`: what `precis brief` does, as one function."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pipeline.config import load_config
from pipeline.records import KINDS, Article, Brief, Kind
from pipeline.run import Engines, make_briefs, open_engines
from pipeline.settings import Config
from pipeline.text.article import make_article

DEFAULT_KINDS: tuple[Kind, ...] = ("summary", "bullets", "headlines")


def brief_config(kinds: Sequence[Kind] = DEFAULT_KINDS, engine: str = "embedded", model: str | None = None) -> Config:
    """The default settings with these kinds and this engine; ConfigError lists every fault."""
    values: dict[str, object] = {f"outputs.{kind}.enabled": kind in kinds for kind in KINDS}
    values |= {"engine.name": engine}
    if model is not None:
        values["engine.model"] = model
    return load_config(None, (), values)


def brief(
    texts: str | Iterable[str],
    *,
    kinds: Sequence[Kind] = DEFAULT_KINDS,
    engine: str = "embedded",
    model: str | None = None,
    config: Config | None = None,
) -> list[Brief]:
    """One Brief per text, in order: headlines, summary and bullets with their evidence.

    `config` overrides the other arguments. Offsets refer to the normalised text (`make_article(…).text`).
    Raises InputError for an empty text, ConfigError for unusable settings, EngineError for an unusable model.
    """
    texts = [texts] if isinstance(texts, str) else list(texts)
    chosen = config or brief_config(kinds, engine, model)
    articles = [make_article(str(i), text) for i, text in enumerate(texts, start=1)]
    return brief_articles(articles, chosen, open_engines(chosen))


def brief_articles(articles: Sequence[Article], config: Config, engines: Engines) -> list[Brief]:
    """Briefs one article at a time, so that none depends on its neighbours."""
    return [made.brief for article in articles for made in make_briefs([article], config, engines)]
