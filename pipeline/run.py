"""THE FLOW: the stages in their order, for one batch of articles, and a run as a sequence of batches.

ingest → plan (chunk) → generate → guard → repair → select → outputs → score → report
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from pipeline import plan as planning
from pipeline import select
from pipeline.contract import with_contract
from pipeline.engines import Engine, open_engine
from pipeline.errors import EngineRefusal, PrecisError
from pipeline.evidence import supporting
from pipeline.files import JsonObject
from pipeline.generate import generate
from pipeline.guard import Source, judge, read_source
from pipeline.outputs import answer_flags, assemble
from pipeline.parts import Batch, Part
from pipeline.ranking import rate
from pipeline.records import KINDS, Article, Brief, Candidate, Judged, Kind, Quarantined, Ranked, Request, Verdict
from pipeline.repair import repaired
from pipeline.rewrite import retold, reworded, select_rewrite
from pipeline.select import Selection
from pipeline.serial import ranked_to_dict
from pipeline.settings import Config
from pipeline.settings_outputs import EngineSettings
from pipeline.text.casing import restore_capitals

Engines = Mapping[Kind, tuple[EngineSettings, Engine]]


@dataclass(frozen=True, slots=True)
class Made:
    """One article's result: its brief and every candidate's fate."""

    brief: Brief
    ranked: tuple[Ranked, ...]


def open_engines(config: Config, open_one: Callable[[EngineSettings], Engine] = open_engine) -> Engines:
    """The engine of every kind that is asked for, opened by `open_one`; equal settings share one engine."""
    opened: dict[str, Engine] = {}
    found: dict[Kind, tuple[EngineSettings, Engine]] = {}
    for kind in KINDS:
        wanted = getattr(config.outputs, kind)
        if wanted.enabled:
            settings = wanted.engine or config.engine
            key = settings.model_dump_json()
            if key not in opened:
                opened[key] = open_one(settings)
            found[kind] = (settings, opened[key])
    return found


def identity(engines: Engines) -> str:
    """What the outputs depend on besides settings and article: every engine's identity, by kind."""
    names = {kind: engine.identity for kind, (_, engine) in engines.items()}
    if len(set(names.values())) == 1:
        return next(iter(names.values()))
    return " ; ".join(f"{kind}={name}" for kind, name in names.items())


def make_briefs(articles: Sequence[Article], config: Config, engines: Engines) -> list[Made]:
    """plan → generate → guard → select → outputs for a batch of articles, in order."""
    candidates: dict[str, list[Candidate]] = {article.id: [] for article in articles}
    for settings, engine, kinds in _groups(engines):
        requests = [r for a in articles for r in planning.plan(a, kinds, config.outputs, engine)]
        ask = partial(_ask, settings=settings, engine=engine, config=config)
        owner = {request.id: request.article_id for request in requests}
        found = ask(requests)
        for article in articles:
            own = [c for c in found if owner[c.request_id] == article.id]
            candidates[article.id] += _reduced(article, own, kinds, config, engine, ask)
            if engine.strategy == "sentences":
                candidates[article.id] += retold(article, own)
    return [_finish(article, candidates[article.id], config, engines) for article in articles]


def _ask(
    requests: Sequence[Request], *, settings: EngineSettings, engine: Engine, config: Config
) -> list[Candidate]:
    """generate, the requests of whole articles with the contract of what they ask for."""
    if engine.strategy == "whole":
        requests = [with_contract(request, config.outputs) for request in requests]
    return generate(requests, engine, settings.batch_size, config.run.seed)


def _groups(engines: Engines) -> list[tuple[EngineSettings, Engine, list[Kind]]]:
    """Kinds that share an engine, together."""
    groups: dict[int, tuple[EngineSettings, Engine, list[Kind]]] = {}
    for kind, (settings, engine) in engines.items():
        groups.setdefault(id(engine), (settings, engine, []))[2].append(kind)
    return list(groups.values())


def _reduced(
    article: Article,
    found: list[Candidate],
    kinds: Sequence[Kind],
    config: Config,
    engine: Engine,
    ask: Callable[[Sequence[Request]], list[Candidate]],
) -> list[Candidate]:
    """The candidates, those of a map step (which serve no kind) reduced until something serves each kind."""
    done = [c for c in found if c.serves]
    for kind in kinds:
        parts = _best_of_each([c for c in found if not c.serves and f"#{kind}:" in c.request_id])
        depth = 0
        while parts:
            depth += 1
            more = ask(planning.reduce(article, kind, parts, config.outputs, engine, depth))
            done += [c for c in more if c.serves]
            parts = _best_of_each([c for c in more if not c.serves])
    return done


def _best_of_each(candidates: Sequence[Candidate]) -> list[Candidate]:
    """The first candidate of every request."""
    return list({c.request_id: c for c in reversed(candidates)}.values())[::-1]


def _finish(article: Article, candidates: Sequence[Candidate], config: Config, engines: Engines) -> Made:
    """guard → repair → select → outputs for one article."""
    given_up = planning.extraction_flags(article)
    selections: dict[Kind, Selection] = {}
    source = read_source(article)
    for kind in engines:
        appraise = partial(_appraise, kind=kind, article=article, source=source, config=config)
        judged = [appraise(_grounded(c, article)) for c in candidates if kind in c.serves]
        judged += [appraise(c) for c in repaired(judged, article)]
        if kind == "rewrite" and not given_up and engines[kind][1].strategy == "sentences":
            judged += [appraise(c) for c in reworded(article, judged, config.outputs.rewrite.style)]
        selections[kind] = _choose(kind, judged, article, config, selections, given_up)
    brief = assemble(article, selections, identity(engines), headline_case=config.outputs.headlines.case)
    brief = replace(brief, flags=(*brief.flags, *answer_flags(candidates)))
    return Made(brief, tuple(fate for selection in selections.values() for fate in selection.ranked))


def _appraise(candidate: Candidate, *, kind: Kind, article: Article, source: Source, config: Config) -> Judged:
    """The candidate with the guard's verdict (an extract needs none) and its score."""
    verdict = Verdict(True)
    evidence = " ".join(article.sentences[i].text for i in candidate.sentences)
    if config.guard.enabled and not candidate.extractive:
        verdict = judge(candidate.text, source, kind=kind, settings=config.guard, evidence=evidence)
    verdict = _complete(verdict, candidate)
    return rate(Judged(candidate, verdict), kind, article)


def _complete(verdict: Verdict, candidate: Candidate) -> Verdict:
    """A text that the engine could not finish within its limit, or an answer that could not be read, is not used."""
    return verdict if {"unfinished", "unparsed"}.isdisjoint(candidate.flags) else Verdict(False, verdict.reasons)


def _grounded(candidate: Candidate, article: Article) -> Candidate:
    """The candidate with the article's capitals; sentences of a whole summary know only their chunk, so the sentence
    each retells is found for its slot."""
    if candidate.task == "summary":
        candidate = replace(candidate, sentences=supporting(candidate.text, article, candidate.sentences))
    if candidate.extractive:
        return candidate
    return replace(candidate, text=restore_capitals(candidate.text, article.text))


def _choose(
    kind: Kind,
    judged: Sequence[Judged],
    article: Article,
    config: Config,
    earlier: Mapping[Kind, Selection],
    given_up: tuple[str, ...],
) -> Selection:
    """select, for one kind."""
    outputs = config.outputs
    if kind == "summary":
        return select.select_summary(judged, article, outputs.summary, given_up)
    if kind == "bullets":
        said = [item.candidate.text for item in earlier["summary"].chosen] if "summary" in earlier else []
        return select.select_bullets(judged, article, outputs.bullets, said, given_up)
    if kind == "headlines":
        return select.select_headlines(judged, article, outputs.headlines, given_up)
    return select_rewrite(judged, article, outputs.rewrite, given_up)


def work(batch: Batch, config: Config, engines: Engines) -> Part:
    """A batch's part of the run directory; an article that fails is quarantined, the others go on."""
    made, failed = _guarded(batch.articles, config, engines)
    lines: Iterator[JsonObject] = (ranked_to_dict(m.brief.id, fate) for m in made for fate in m.ranked)
    return Part(tuple(m.brief for m in made), tuple(lines), tuple(failed))


def _guarded(articles: Sequence[Article], config: Config, engines: Engines) -> tuple[list[Made], list[Quarantined]]:
    """The whole batch at once, or, when that fails, article by article."""
    try:
        return make_briefs(articles, config, engines), []
    except EngineRefusal:
        raise
    except (PrecisError, ValueError, IndexError, KeyError, RuntimeError) as error:
        if len(articles) == 1:
            article = articles[0]
            reason = f"{type(error).__name__}: {error}"
            retry = f"precis run --input {article.origin}"
            return [], [Quarantined(article.id, article.origin, "generate", reason, retry)]
    single = [_guarded([article], config, engines) for article in articles]
    return [m for made, _ in single for m in made], [q for _, failed in single for q in failed]
