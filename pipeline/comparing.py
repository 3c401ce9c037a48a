"""Saved outputs of two or more systems → their comparison; scored anew, all against the same references.

A system is a run directory, or a file of texts of any other program (JSON Lines, or plain text with one item a line).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pipeline.compare import MetricOf, compare_systems, most_different
from pipeline.compare.record import Entrant, differing, differing_in, to_record
from pipeline.config import Config, load_config
from pipeline.errors import ConfigError, InputError
from pipeline.files import JsonObject
from pipeline.metrics.measure import Scored
from pipeline.metrics.paired import TRIALS
from pipeline.metrics.signature import refusal
from pipeline.records import Kind
from pipeline.saved import Expected, Saved, distinct, read_articles, read_expected, read_files, read_run, short_name
from pipeline.score import METRICS, score_systems
from pipeline.score_names import SOURCE
from pipeline.settings import ScoreSettings

EXAMPLES = 3  # articles of each kind whose texts are shown
DEFAULTS = Config()


@dataclass(frozen=True, slots=True)
class Options:
    """How systems are compared; None for `samples` and `seed`: as in the first run directory.

    `metrics` None: every metric that any of them has. `kind` is what the lines of plain text are. `anyway` compares
    what is scored under different signatures.
    """

    references: Path | None = None
    kind: Kind = "summary"
    names: tuple[str, ...] = ()
    metrics: tuple[MetricOf, ...] | None = None
    samples: int | None = None
    trials: int = TRIALS
    seed: int | None = None
    anyway: bool = False
    examples: int = EXAMPLES


@dataclass(frozen=True, slots=True)
class Contestant:
    """One system: where it lies, what it is called, what it wrote; `config` is None where there are no settings."""

    path: Path
    name: str
    saved: Saved
    config: Config | None


def compare_saved(paths: Sequence[Path], options: Options) -> JsonObject:
    """The comparison of the systems with the first of them, as `pipeline.compare.record` writes it.

    Raises ConfigError if they are not scored alike (unless `anyway`), InputError if one cannot be read or compared.
    """
    contestants = _read(paths, options)
    scored = [_score(one, contestants, options) for one in contestants]
    notes = list(_notes(contestants, scored))
    if not options.anyway:
        _check_signatures(scored)
    samples, seed = _resampling(contestants, options)
    first = scored[0].system
    found = compare_systems(
        scored, first, options.metrics, samples=samples, trials=options.trials, seed=seed, anyway=options.anyway
    )
    if found.problems:
        raise InputError("\n".join(what for _, what in found.problems))
    notes += [
        f"{kind}.{metric} is not tabled: no system has a value"
        for kind, metric in options.metrics or ()
        if (kind, metric) not in found.values
    ]
    keys, entrants = _entrants(contestants)
    examples = most_different(found, scored, contestants[0].saved.references, options.examples)
    others = [one.name for one in contestants[1:]]
    name = f"{' and '.join(others) if len(others) < 3 else f'{len(others)} systems'} against {first}"
    return to_record(name, entrants, keys, found, signature=scored[0].signature, examples=examples, notes=notes)


def _read(paths: Sequence[Path], options: Options) -> list[Contestant]:
    if len(paths) < 2:
        raise ConfigError(["give at least two systems: the first is what the others are compared with"])
    names = _names(paths, options.names)
    expected = _expected(paths, options)
    return [
        Contestant(path, name, _saved(path, expected, options.kind), _config(path, options.anyway))
        for path, name in zip(paths, names, strict=True)
    ]


def _expected(paths: Sequence[Path], options: Options) -> Expected | None:
    """What all are scored against, with the articles of the first run directory for the systems that are only texts."""
    if options.references is None:
        return None
    expected = read_expected(options.references, options.kind)
    places = [path for path in paths if (path / "articles.jsonl").is_file()]
    if expected.articles or not places or len(places) == len(paths):
        return expected
    return replace(expected, articles=read_articles(places[0]))


def _saved(path: Path, expected: Expected | None, kind: Kind) -> Saved:
    if expected is not None:
        return read_files(path, expected, kind=kind)
    if not path.is_dir():
        raise ConfigError([f"{path} is no run directory: say with --references what it is scored against"])
    return read_run(path)


def _names(paths: Sequence[Path], given: Sequence[str]) -> list[str]:
    """`given`, else the last parts of the paths where these tell them apart; the same path again is numbered."""
    if given and (len(given) != len(paths) or len(set(given)) < len(given)):
        raise ConfigError([f"{len(given)} names for {len(paths)} systems: give each one its own"], where="--names")
    if given:
        return list(given)
    return distinct([short_name(path) for path in paths], paths)


def _config(path: Path, anyway: bool) -> Config | None:
    """The settings of a run directory, None if it has none; ConfigError if they cannot be read, unless `anyway`."""
    stored = path / "config.yaml"
    if not stored.is_file():
        return None
    try:
        return load_config(str(stored))
    except ConfigError:
        if anyway:
            return None
        raise


def _settings(one: Contestant, contestants: Sequence[Contestant]) -> Config:
    """A run's own settings; those of the first run for texts without any, or the defaults."""
    known = [config for config in (one.config, *(other.config for other in contestants)) if config is not None]
    return known[0] if known else DEFAULTS


def _resampling(contestants: Sequence[Contestant], options: Options) -> tuple[int, int]:
    first = _settings(contestants[0], contestants)
    samples = first.score.bootstrap_samples if options.samples is None else options.samples
    return samples, first.run.seed if options.seed is None else options.seed


def _score(one: Contestant, contestants: Sequence[Contestant], options: Options) -> Scored:
    samples, seed = _resampling(contestants, options)
    wanted = METRICS if options.metrics is None else [SOURCE.get(name, name) for _, name in options.metrics]
    settings: ScoreSettings = _settings(one, contestants).score
    return score_systems(
        one.saved.outputs,
        one.saved.references,
        one.saved.articles,
        engine=one.name,
        seed=seed,
        samples=samples,
        metrics=list(dict.fromkeys(wanted)),
        use_stemmer=settings.stemmer,
        profile=settings.profile,
        multi_ref=settings.multi_reference,
    )[one.name]


def _check_signatures(scored: Sequence[Scored]) -> None:
    first, *others = scored
    faults = [
        f"{other.system} is scored unlike {first.system}, so they cannot be compared: {why} (--anyway compares them)"
        for other in others
        if (why := refusal(first.signature, other.signature))
    ]
    if faults:
        raise ConfigError(faults)


def _notes(contestants: Sequence[Contestant], scored: Sequence[Scored]) -> Iterator[str]:
    """What is not compared, and what scores 0, by system; and under which other signature it is scored."""
    first = scored[0]
    for one, own in zip(contestants, scored, strict=True):
        outputs, references = one.saved.outputs, one.saved.references
        empty = {item.id for items in own.rows.values() for item in items if not item.prediction.strip()}
        yield from _counted(one.name, "outputs without references", [i for i in outputs if i not in references])
        yield from _counted(one.name, "references without an output", [i for i in references if i not in outputs])
        yield from _counted(one.name, "articles with an empty output, which scores 0", sorted(empty))
        if own is not first:
            yield from _counted(one.name, f"articles that {first.system} lacks", _lacking(own, first))
            yield from _counted(first.system, f"articles that {one.name} lacks", _lacking(first, own))
        if why := refusal(first.signature, own.signature):
            yield f"{one.name} is scored unlike {first.system}: {why}"


def _lacking(one: Scored, other: Scored) -> list[str]:
    return [article_id for article_id in one.references if article_id not in other.references]


def _counted(name: str, what: str, ids: Sequence[str]) -> Iterator[str]:
    if ids:
        yield f"{name}: {len(ids)} {what} ({', '.join(ids[:3])}{', …' if len(ids) > 3 else ''})"


def _entrants(contestants: Sequence[Contestant]) -> tuple[list[str], list[Entrant]]:
    """The settings in which the runs differ, and the rows of the systems with them."""
    configs = [one.config for one in contestants if one.config is not None]
    keys = differing_in(configs) if len(configs) > 1 else []
    rows = []
    for one in contestants:
        (settings,) = differing([one.config.model_dump(mode="json") if one.config else {}], keys)
        rows.append(Entrant(one.name, settings=settings, counts=_counts(one)))
    return keys, rows


def _counts(one: Contestant) -> dict[str, Any]:
    """The counts of a run, the number of outputs of anything else."""
    try:
        found = json.loads((one.path / "run.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        found = None
    counts = found.get("counts") if isinstance(found, dict) else None
    return counts if isinstance(counts, dict) else {"done": len(one.saved.outputs)}
