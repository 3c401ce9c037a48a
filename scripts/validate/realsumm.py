"""REALSumm (Bhandari et al. 2020): 25 systems on 100 articles, each output with the share of the reference's content
units that people found in it (LitePyramid recall)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, islice
from pathlib import Path

import numpy as np
from bench.sets import read_records
from bench.tables import table

from pipeline.metrics.bootstrap import ci95_columns
from pipeline.metrics.holm import holm
from pipeline.metrics.paired import randomization_p
from pipeline.metrics.source import Source
from validate.correlation import CORRELATIONS, Agreement, Floats, significant_only, summary_level, system_level
from validate.scores import ROUGE_NAMES, Values, other_values, rouge_values

LEVEL = 0.05
FEWEST = 10  # articles a correlation within articles is averaged over
# What the authors' analysis notebook prints (neulab/REALSumm, analysis/analysis.ipynb), computed with ROUGE-1.5.5:
# means over the 2,500 outputs, and τ at the summary level, averaged over the articles where its p is at most 0.05.
NOTEBOOK = {"rouge1.r": (0.511928, 0.4891), "rouge2.r": (0.234476, 0.4860), "rougeLsum.r": (0.468059, 0.4871)}
# Pearson's r at the summary level of the authors' own scores, abstractive and extractive systems apart, as tabulated in
# SigmaWe/DocAsRef (experiments/results/result_realsumm_*.md).
TABULATED = {
    "rouge1.p": (0.224, 0.093), "rouge1.r": (0.661, 0.257), "rouge1.f": (0.553, 0.187),
    "rouge2.p": (0.329, 0.163), "rouge2.r": (0.591, 0.236), "rouge2.f": (0.489, 0.206),
    "rougeLsum.p": (0.228, 0.092), "rougeLsum.r": (0.622, 0.251), "rougeLsum.f": (0.501, 0.188),
}  # fmt: skip


@dataclass(frozen=True)
class Judged:
    """Arrays (articles, systems): people's scores, and each metric's."""

    systems: tuple[str, ...]
    human: Floats
    metrics: Mapping[str, Floats]


def read(path: Path, limit: int | None = None) -> Judged:
    """Every output scored by every metric."""
    records = list(islice(read_records(path), limit))
    systems = tuple(sorted(records[0]["systems"]))
    rows: list[list[Values]] = []
    for record in records:
        source, reference = Source(record["document"]), tuple(record["reference"])
        outputs = [tuple(record["systems"][name]["summary"]) for name in systems]
        scored = rouge_values(outputs, reference)
        rows.append([own | other_values(o, source, reference) for own, o in zip(scored, outputs, strict=True)])
    human = np.array([[record["systems"][name]["litepyramid_recall"] for name in systems] for record in records])
    names = list(rows[0][0])
    arrays = {name: np.array([[value[name] for value in row] for row in rows], dtype=np.float64) for name in names}
    return Judged(systems, human, arrays)


def correlations(judged: Judged, *, samples: int, seed: int) -> str:
    """The table of all metrics, the ones that agree best at the summary level first."""
    resampled = {"samples": samples, "seed": seed}
    found: list[tuple[str, list[Agreement]]] = []
    rare = []
    for name, values in judged.metrics.items():
        within = [summary_level(values, judged.human, kind, **resampled) for kind in CORRELATIONS]
        if within[0].n < FEWEST:
            rare.append(f"`{name}`")
            continue
        found.append((name, within + [system_level(values, judged.human, kind, **resampled) for kind in CORRELATIONS]))
    found.sort(key=lambda row: (row[0] not in ROUGE_NAMES, -row[1][0].value))
    header = ("metric", "articles", "summary τ", "summary r", "system τ", "system r")
    shown = table(header, [[f"`{name}`", str(cells[0].n), *map(_told, cells)] for name, cells in found])
    left_out = f"Defined for fewer than {FEWEST} articles: {', '.join(rare)}."
    return f"{shown}\n\n{left_out}" if rare else shown


def beside_published(judged: Judged, *, samples: int, seed: int) -> str:
    """Our ROUGE, computed as rouge-score does, beside published figures for the same outputs."""
    abstractive = np.array([name.startswith("abs/") for name in judged.systems])
    rows = []
    for name, published in TABULATED.items():
        values = judged.metrics[name]
        ours = [
            summary_level(values[:, part], judged.human[:, part], "pearson", samples=samples, seed=seed).value
            for part in (abstractive, ~abstractive)
        ]
        mean, tau = NOTEBOOK.get(name, (None, None))
        rows.append(
            [
                f"`{name}`",
                "" if mean is None else f"{values.mean():.3f} / {mean:.3f}",
                "" if tau is None else f"{significant_only(values, judged.human):.3f} / {tau:.3f}",
                *(f"{own:.3f} / {theirs:.3f}" for own, theirs in zip(ours, published, strict=True)),
            ]
        )
    header = ("ours / published", "mean of 2,500", "summary τ, p ≤ 0.05", "r, 14 abstractive", "r, 11 extractive")
    return table(header, rows)


def ranking(judged: Judged, metric: str, *, samples: int, trials: int, seed: int) -> str:
    """Systems by people's score, beside their rank by `metric`; which neighbours differ (paired tests, Holm)."""
    scores = {"human": judged.human, metric: judged.metrics[metric]}
    order = np.argsort(-judged.human.mean(axis=0), kind="stable")
    ranks = {name: _ranks(values.mean(axis=0)) for name, values in scores.items()}
    intervals = {name: ci95_columns(values, samples=samples, seed=seed) for name, values in scores.items()}
    below = {name: _neighbours(values[:, order], trials, seed) for name, values in scores.items()}
    rows = []
    for place, system in enumerate(order):
        row = [str(place + 1), judged.systems[system]]
        for name, values in scores.items():
            low, high = intervals[name][system]
            row.append(f"{100 * values[:, system].mean():.1f} [{100 * low:.1f}, {100 * high:.1f}]")
            row.append(f"{below[name][place]:.3f}" if place < len(order) - 1 else "")
        rows.append([*row[:3], row[3], row[4], str(ranks[metric][system]), row[5]])
    header = ("rank", "system", "people", "p to the next", f"`{metric}`", "its rank", "p to the next")
    return table(header, rows)


def pairs(judged: Judged, metrics: Sequence[str], *, trials: int, seed: int) -> str:
    """How many of all pairs of systems differ, Holm-corrected over them, and whether metric and people say the same."""
    couples = list(combinations(range(len(judged.systems)), 2))
    people = _signs(judged.human, couples, trials, seed)
    rows = [["people", _share(people != 0), "", "", ""]]
    for name in metrics:
        own = _signs(judged.metrics[name], couples, trials, seed)
        both = (own != 0) & (people != 0)
        rows.append(
            [
                f"`{name}`",
                _share(own != 0),
                str(int((both & (own == people)).sum())),
                str(int((both & (own != people)).sum())),
                str(int(((own != 0) & (people == 0)).sum())),
            ]
        )
    differ = f"pairs that differ, of {len(couples)}"
    header = ("judged by", differ, "as people do", "the other way", "where people see none")
    return table(header, rows)


def _signs(values: Floats, couples: Sequence[tuple[int, int]], trials: int, seed: int) -> Floats:
    """1 or −1 for pairs whose corrected p is under LEVEL, by which is higher; else 0."""
    differences = np.stack([values[:, i] - values[:, j] for i, j in couples], axis=1)
    chances = holm(list(randomization_p(differences, trials=trials, seed=seed)))
    return np.where(np.array(chances) < LEVEL, np.sign(differences.mean(axis=0)), 0.0)


def _neighbours(values: Floats, trials: int, seed: int) -> list[float]:
    return holm(list(randomization_p(values[:, :-1] - values[:, 1:], trials=trials, seed=seed)))


def _ranks(means: Floats) -> list[int]:
    order = list(np.argsort(-means, kind="stable"))
    return [order.index(i) + 1 for i in range(len(means))]


def _share(found: Floats) -> str:
    return f"{int(found.sum())} ({100 * found.mean():.0f} %)"


def _told(one: Agreement) -> str:
    return f"{one.value:.2f} [{one.low:.2f}, {one.high:.2f}]"
