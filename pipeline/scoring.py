"""Saved texts of one or more systems → one table of scores, or one of protocols; all against the same references."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pipeline.baselines import BASELINES
from pipeline.errors import ConfigError
from pipeline.metrics.multi import MULTI_REF
from pipeline.metrics.pairing import POLICIES, Policy
from pipeline.metrics.profiles import PROFILES
from pipeline.metrics.signature import with_n
from pipeline.protocols import score_protocols
from pipeline.records import KINDS, Kind
from pipeline.saved import Expected, Saved, distinct, engine_of, read_expected, read_files, read_run
from pipeline.score import score


@dataclass(frozen=True, slots=True)
class Options:
    """How saved texts are scored; the constructor raises ConfigError naming every value that cannot be."""

    kind: Kind = "summary"
    samples: int = 1000
    seed: int = 13
    use_stemmer: bool = True
    profile: str = "google"
    multi_ref: str = "max"
    unpaired: Policy = "skip"

    def __post_init__(self) -> None:
        choices: Mapping[str, tuple[str, Sequence[str]]] = {
            "--kind": (self.kind, KINDS),
            "--profile": (self.profile, list(PROFILES)),
            "--multi-ref": (self.multi_ref, MULTI_REF),
            "--missing": (self.unpaired, POLICIES),
        }
        faults = [f"{name} {value!r}: of {', '.join(of)}" for name, (value, of) in choices.items() if value not in of]
        if not 1 <= self.samples <= 1_000_000:
            faults.append(f"--samples {self.samples}: from 1 to 1000000")
        if self.seed < 0:
            faults.append(f"--seed {self.seed}: 0 or more")
        if faults:
            raise ConfigError(faults)


def read_systems(
    run_dir: Path | None, outputs: Sequence[Path], references: Sequence[Path], options: Options
) -> list[Saved]:
    """The run first, then the other outputs, each under a name of its own.

    Without `references` those of the run hold for all. Raises ConfigError if there is nothing to score or to score
    against, InputError naming what cannot be read.
    """
    if not (run_dir or outputs) or (outputs and not (references or run_dir)):
        raise ConfigError(["give a run directory, or both --outputs and --references"], where="precis score")
    systems = []
    if references or run_dir is None:
        expected = read_expected(references, options.kind)
        if run_dir:
            systems.append(read_files(run_dir, expected, kind=options.kind, engine=engine_of(run_dir)))
    else:
        own = read_run(run_dir)
        expected = Expected((run_dir,), own.references, own.articles)
        systems.append(own)
    systems += [read_files(path, expected, kind=options.kind) for path in outputs]
    names = distinct([saved.engine for saved in systems], [*([run_dir] if run_dir else []), *outputs])
    return [replace(saved, engine=name) for saved, name in zip(systems, names, strict=True)]


def score_systems_saved(systems: Sequence[Saved], options: Options) -> dict[str, Any]:
    """The object of scores.json with a row for every system; with several, `problems` say whose they are.

    `empty` then holds kind → ids as `ID (SYSTEM)`.
    """
    scored = {
        saved.engine: score(
            saved.outputs,
            saved.references,
            saved.articles,
            engine=saved.engine,
            seed=options.seed,
            samples=options.samples,
            use_stemmer=options.use_stemmer,
            baselines=() if place else BASELINES,
            profile=options.profile,
            multi_ref=options.multi_ref,
            unpaired=options.unpaired,
        )
        for place, saved in enumerate(systems)
    }
    first, *others = scored.values()
    return _merged(scored) if others else first


def _merged(scored: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    rows: dict[str, Any] = {}
    empty: dict[str, list[str]] = {}
    for name, one in scored.items():
        rows |= one["systems"]
        for kind, ids in one["empty"].items():
            empty.setdefault(kind, []).extend(f"{item} ({name})" for item in ids)
    counts = [entry["n"] for kinds in rows.values() for entry in kinds.values()]
    missing = [entry for one in scored.values() for entry in one["missing"]]
    first = next(iter(scored.values()))
    return dict(first) | {
        "signature": with_n(first["signature"], counts),
        "systems": rows,
        "missing": [entry for place, entry in enumerate(missing) if entry not in missing[:place]],
        "problems": [{"system": name, **problem} for name, one in scored.items() for problem in one["problems"]],
        "empty": empty,
    }


def protocols_saved(systems: Sequence[Saved], options: Options) -> dict[str, Any]:
    """`pipeline.protocols.score_protocols` of the systems, with the baselines where the articles are known."""
    first = systems[0]
    outputs = {saved.engine: saved.outputs for saved in systems}
    return score_protocols(outputs, first.references, first.articles, unpaired=options.unpaired)
