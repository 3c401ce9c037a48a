"""Which outputs are scored against which references, and everything that could not be paired."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

from pipeline.errors import InputError
from pipeline.metrics.texts import (
    SCORED_KINDS,
    Outputs,
    ScoredKind,
    Texts,
    is_empty,
    output_texts,
    reference_texts,
)
from pipeline.records import KINDS, Kind, Prose, References

Problem = dict[str, str]
Policy = Literal["error", "skip", "zero"]
POLICIES: tuple[Policy, ...] = get_args(Policy)
SHOWN = 10  # ids that a message names


@dataclass(frozen=True, slots=True)
class Pair:
    """One article's outputs and references, of the kinds that it has both of."""

    id: str
    kinds: tuple[ScoredKind, ...]
    outputs: Texts
    references: Texts


@dataclass(frozen=True, slots=True)
class Pairing:
    """All pairs in the order of the outputs; `problems` name what is not scored, `empty` what scores 0."""

    pairs: tuple[Pair, ...]
    problems: tuple[Problem, ...]
    empty: Mapping[ScoredKind, tuple[str, ...]]
    unreferenced: tuple[ScoredKind, ...]


def pair_up(outputs: Mapping[str, Outputs], references: Mapping[str, References], unpaired: Policy = "skip") -> Pairing:
    """Pairs by id; InputError if no output has a reference of its kind.

    Of ids on one side only: `skip` names them in `problems` and scores the others; `error` is an InputError that
    names them; `zero` scores what has references but no output as an empty output, and names it in `empty`.
    """
    if unpaired == "error":
        _refuse_unpaired(outputs, references)
    if unpaired == "zero":
        outputs = _filled(outputs, references)
    pairs, problems = _by_id(outputs, references)
    problems += [
        {"id": article_id, "what": "has references but no output"}
        for article_id in references
        if article_id not in outputs
    ]
    produced = {kind for pair in pairs for kind in pair.outputs}
    referenced = {kind for pair in pairs for kind in pair.references}
    scored = produced & referenced
    if not scored:
        raise InputError(_nothing(outputs, references), fix="check that ids and output kinds agree")
    for pair in pairs:
        problems += _gaps(pair, scored)
    empty = {
        kind: tuple(pair.id for pair in pairs if kind in pair.kinds and is_empty(pair.outputs[kind]))
        for kind in SCORED_KINDS
    }
    return Pairing(
        pairs=tuple(pairs),
        problems=tuple(problems),
        empty={kind: ids for kind, ids in empty.items() if ids},
        unreferenced=tuple(kind for kind in SCORED_KINDS if kind in produced - referenced),
    )


def _refuse_unpaired(outputs: Mapping[str, Outputs], references: Mapping[str, References]) -> None:
    faults = [
        f"{len(ids)} {what}: {', '.join(ids[:SHOWN])}{', …' if len(ids) > SHOWN else ''}"
        for what, ids in (
            ("outputs without references", [name for name in outputs if name not in references]),
            ("references without an output", [name for name in references if name not in outputs]),
        )
        if ids
    ]
    if faults:
        raise InputError("; ".join(faults), fix="give both files the same ids, or say what to do: --missing skip|zero")


def _filled(outputs: Mapping[str, Outputs], references: Mapping[str, References]) -> dict[str, Outputs]:
    """The outputs in the order of the references, with an empty text of every kind that any output has."""
    nothing: dict[Kind, Prose | tuple[str, ...]] = {
        "summary": Prose("", (), ()),
        "bullets": (),
        "headlines": (),
        "rewrite": Prose("", (), ()),
    }
    produced = {kind for one in outputs.values() for kind in KINDS if getattr(one, kind) is not None}
    filled = {}
    for name in [*references, *(name for name in outputs if name not in references)]:
        one = outputs.get(name, Outputs())
        gaps: dict[str, Any] = {kind: nothing[kind] for kind in produced if getattr(one, kind) is None}
        filled[name] = replace(one, **gaps)
    return filled


def _by_id(outputs: Mapping[str, Outputs], references: Mapping[str, References]) -> tuple[list[Pair], list[Problem]]:
    pairs, problems = [], []
    for article_id, saved in outputs.items():
        if article_id not in references:
            problems.append({"id": article_id, "what": "has an output but no references"})
            continue
        own, expected = output_texts(saved), reference_texts(references[article_id])
        kinds = tuple(kind for kind in SCORED_KINDS if kind in own and kind in expected)
        pairs.append(Pair(article_id, kinds, own, expected))
    return pairs, problems


def _gaps(pair: Pair, scored: set[ScoredKind]) -> list[Problem]:
    """Kinds that are scored elsewhere but not here (`headlines_best` has the gaps of `headlines`)."""
    problems = []
    for kind in SCORED_KINDS:
        if kind not in scored or kind == "headlines_best":
            continue
        if kind in pair.outputs and kind not in pair.references:
            problems.append({"id": pair.id, "kind": kind, "what": "has no reference of this kind"})
        if kind in pair.references and kind not in pair.outputs:
            problems.append({"id": pair.id, "kind": kind, "what": "has no output of this kind"})
        if kind in pair.kinds and is_empty(pair.references[kind]):
            problems.append({"id": pair.id, "kind": kind, "what": "has only empty references: scored 0"})
    return problems


def _nothing(outputs: Mapping[str, Outputs], references: Mapping[str, References]) -> str:
    if not outputs or not references:
        return f"nothing to score: {len(outputs)} outputs and {len(references)} references"
    counts = f"{len(outputs)} outputs (the first is {next(iter(outputs))!r})"
    return f"none of {counts} has a reference of its kind; the first reference is {next(iter(references))!r}"
