"""`precis explain`: one article's candidates as text, by kind: the winners, then the losers and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pipeline.errors import InputError
from pipeline.files import read_jsonl
from pipeline.limits import LIMITS
from pipeline.report.tree import reading_tree, tree_lines


def explain_article(run_dir: Path, article_id: str) -> str:
    """Every candidate of an article; InputError if the run does not know it or kept no candidates."""
    articles = {record["id"]: record for record in read_jsonl(run_dir / "articles.jsonl")}
    if article_id not in articles:
        known = ", ".join(list(articles)[:8])
        raise InputError(f"no article {article_id!r}", where=str(run_dir), fix=f"it has {known}")
    path = run_dir / "candidates.jsonl"
    if not path.exists():
        raise InputError("the run kept no candidates", where=str(run_dir), fix="run with run.keep_candidates: true")
    candidates = [record for record in read_jsonl(path) if record["id"] == article_id]
    kinds = list(dict.fromkeys(record["kind"] for record in candidates if record["kind"] is not None))
    output = next((record for record in read_jsonl(run_dir / "outputs.jsonl") if record["id"] == article_id), {})
    blocks = list(filter(None, ["\n".join(_covered(output)), "\n".join(_reading(candidates))]))
    blocks += [_kind(kind, [c for c in candidates if c["kind"] == kind], articles[article_id]) for kind in kinds]
    return "\n\n".join([article_id, *blocks])


def _covered(output: Mapping[str, Any]) -> Iterator[str]:
    """How much of the article the evidence comes from, and which limits were hit on the way."""
    found = output.get("coverage")
    if found:
        shares = (f"{name} {share:.0%}" for name, share in found.items() if name not in ("all", "tenths"))
        yield f"EVIDENCE from {found['all']:.0%} of the article's tenths: {', '.join(shares)}"
        yield f"  passages in each tenth: {' '.join(map(str, found['tenths']))}"
    if output.get("limits"):
        yield "LIMITS hit"
        yield from (f"  {count} × {name}: {LIMITS.get(name, name)}" for name, count in output["limits"].items())


def _reading(candidates: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """The steps between a long article and its outputs, a line and an indented text each."""
    nodes = reading_tree(candidates)
    if nodes:
        yield "READ IN STEPS, last first, each with the part of the article it tells"
        yield from tree_lines(nodes)


def _kind(kind: str, candidates: list[Mapping[str, Any]], article: Mapping[str, Any]) -> str:
    chosen = [c for c in candidates if c["rank"] is not None]
    lost = sorted((c for c in candidates if c["rank"] is None), key=lambda c: (not c["ok"], -(c["score"] or 0)))
    used = sorted({i for c in chosen for i in c["sentences"]})
    lines = [kind.upper()]
    lines += [line for c in [*chosen, *lost] for line in _candidate(c)]
    lines += ["  source sentences:", *(f"    [{i}] {_sentence(article, i)}" for i in used)]
    return "\n".join(lines)


def _candidate(c: Mapping[str, Any]) -> list[str]:
    mark = f"#{c['rank'] + 1}" if c["rank"] is not None else ("--" if c["ok"] else "xx")
    logprob = "" if c["logprob"] is None else f"  logprob {c['logprob']:.2f}"
    reasons = [f"{r['code']}{':' + r['detail'] if r['detail'] else ''}" for r in c["reasons"]]
    why = "; ".join([c["why"], *reasons])
    source = ",".join(map(str, c["sentences"]))
    return [f"  {mark} {c['text']}", f"       score {c['score'] or 0:.2f}{logprob}  from [{source}]  {why}"]


def _sentence(article: Mapping[str, Any], i: int) -> str:
    start, end, *_ = article["sentences"][i]
    return str(article["text"][start:end])
