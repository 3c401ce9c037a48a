"""THE FLOW: the stages in their order, for one batch of articles, and a run as a sequence of batches.

ingest → plan (chunk) → generate → guard → repair → select → outputs → score → report
"""

from __future__ import annotations

from collections import Counter
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
from pipeline.limits import hits
from pipeline.mapreduce import Ask, Budgets, budgets, chosen_text, converse, read_whole
from pipeline.outputs import answer_flags, assemble
from pipeline.parts import Batch, Part
from pipeline.ranking import rate
from pipeline.records import KINDS, Article, Brief, Candidate, Judged, Kind, Quarantined, Ranked, Request, Verdict
from pipeline.repair import repaired
from pipeline.rewrite import retold, reworded, select_rewrite
from pipeline.select import Selection
from pipeline.serial import ranked_to_dict, step_to_dict
from pipeline.settings import Config
from pipeline.settings_engine import EngineSettings
from pipeline.text.casing import restore_capitals

Engines = Mapping[Kind, tuple[EngineSettings, Engine]]
MANY_SENTENCES = 60  # evidence of a headline beyond which those it retells are looked for


@dataclass(frozen=True, slots=True)
class Made:
    """One article's result: its brief and every candidate's fate."""

    brief: Brief
    ranked: tuple[Ranked, ...]
    steps: tuple[Candidate, ...] = ()  # texts between article and outputs, in the order of their requests


def open_engines(config: Config, open_one: Callable[[EngineSettings], Engine] = open_engine) -> Engines:
    """The engine of every kind that is asked for, opened by `open_one`; equal settings share one engine.

    EngineError if an engine cannot be opened or is asked to read more than it can.
    """
    opened: dict[str, Engine] = {}
    found: dict[Kind, tuple[EngineSettings, Engine]] = {}
    for kind in KINDS:
        wanted = getattr(config.outputs, kind)
        if wanted.enabled:
            settings = wanted.engine or config.engine
            key = settings.model_dump_json()
            if key not in opened:
                opened[key] = open_one(settings)
                if opened[key].strategy == "whole":
                    budgets(settings, opened[key], f"outputs.{kind}.engine" if wanted.engine else "engine")
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
    limits: dict[str, Counter[str]] = {article.id: Counter() for article in articles}
    for settings, engine, kinds in _groups(engines):
        ask = partial(_ask, settings=settings, engine=engine, config=config)
        if engine.strategy == "whole":
            written = _from_whole_articles(articles, kinds, config, budgets(settings, engine), engine, ask)
        else:
            rated = {article.id: planning.rated(article, kinds, engine) for article in articles}
            written, unanswered = _from_sentences(articles, kinds, config, rated, engine, ask)
            for name, met in rated.items():
                limits[name].update(met.limits)
                limits[name] += Counter(no_text=unanswered[name])
        for name, found in written.items():
            candidates[name] += found
            limits[name].update(hits(found))
    return [_finish(article, candidates[article.id], limits[article.id], config, engines) for article in articles]


def _from_sentences(
    articles: Sequence[Article],
    kinds: Sequence[Kind],
    config: Config,
    rated: Mapping[str, planning.Rated],
    engine: Engine,
    ask: Ask,
) -> tuple[dict[str, list[Candidate]], Counter[str]]:
    """What an engine makes of single sentences and what rules make of that, by article; and how many requests were left
    without a text."""
    requests = [r for a in articles for r in planning.plan(a, kinds, config.outputs, engine, rated[a.id].odds)]
    owner = {request.id: request.article_id for request in requests}
    found: dict[str, list[Candidate]] = {article.id: [] for article in articles}
    for candidate in ask(requests):
        found[owner[candidate.request_id]].append(candidate)
    told = {candidate.request_id for candidates in found.values() for candidate in candidates}
    unanswered = Counter(owner[request.id] for request in requests if request.id not in told)
    if engine.strategy == "sentences":
        for article in articles:
            found[article.id] += retold(article, found[article.id])
    return found, unanswered


def _from_whole_articles(
    articles: Sequence[Article], kinds: Sequence[Kind], config: Config, limits: Budgets, engine: Engine, ask: Ask
) -> dict[str, list[Candidate]]:
    """What an engine makes of whole articles, the texts of the steps between (which serve no kind) included."""
    given = [article for article in articles if not planning.extraction_flags(article)]
    return converse({a.id: read_whole(a, kinds, config.outputs, engine, limits) for a in given}, ask)


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


def _finish(
    article: Article, candidates: Sequence[Candidate], limits: Mapping[str, int], config: Config, engines: Engines
) -> Made:
    """guard → repair → select → outputs for one article."""
    given_up = planning.extraction_flags(article)
    selections: dict[Kind, Selection] = {}
    source = read_source(article)
    candidates = [_grounded(c, article) if c.serves else c for c in candidates]
    for kind in engines:
        appraise = partial(_appraise, kind=kind, article=article, source=source, config=config)
        judged = [appraise(c) for c in candidates if kind in c.serves]
        judged += [appraise(c) for c in repaired(judged, article)]
        if kind == "rewrite" and not given_up and engines[kind][1].strategy == "sentences":
            judged += [appraise(c) for c in reworded(article, judged, config.outputs.rewrite.style)]
        selections[kind] = _choose(kind, judged, article, config, selections, given_up)
    case = config.outputs.headlines.case
    brief = assemble(article, selections, identity(engines), headline_case=case, limits=limits)
    brief = replace(brief, flags=(*brief.flags, *answer_flags(candidates)))
    fates = tuple(fate for selection in selections.values() for fate in selection.ranked)
    return Made(brief, fates, tuple(c for c in candidates if not c.serves))


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
    """The candidate with the article's capitals; sentences of a whole summary and headlines of a long text know only
    what was read, so the sentences that each retells are found."""
    if candidate.task == "summary" or len(candidate.sentences) > MANY_SENTENCES:
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
    lines = tuple(line for m in made for line in _candidate_lines(m))
    return Part(tuple(m.brief for m in made), lines, tuple(failed))


def _candidate_lines(made: Made) -> Iterator[JsonObject]:
    """The records of candidates.jsonl for one article: the texts of the steps between, then those for its outputs."""
    by_request: dict[str, list[Candidate]] = {}
    for candidate in made.steps:
        by_request.setdefault(candidate.request_id, []).append(candidate)
    for texts in by_request.values():
        used = chosen_text(texts)
        yield from (step_to_dict(made.brief.id, text, used=text is used) for text in texts)
    yield from (ranked_to_dict(made.brief.id, fate) for fate in made.ranked)


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
