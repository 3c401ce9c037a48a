"""What our own outputs give beyond ROUGE: their lines by kind, fallbacks, and unsupported facts of every kind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bench.checker import Alarm
from bench.measure import alarms
from bench.tables import rate
from pipeline.metrics.texts import Lines, Outputs, output_texts
from pipeline.records import Article, Brief, Kind

KINDS_HEADER = ("set", "kind", "extractive fallback", "with an unsupported fact", "of which")


@dataclass(frozen=True)
class Checked:
    """One output (all its lines, all headline variants): whether it fell back, and the checker's alarms."""

    id: str
    kind: Kind
    lines: Lines
    fallback: bool
    alarms: tuple[Alarm, ...]

    def as_record(self, name: str) -> dict[str, Any]:
        found = [[alarm.kind, alarm.text] for alarm in self.alarms]
        return {"set": name, "id": self.id, "kind": self.kind, "lines": list(self.lines), "alarms": found}


def lines_of(brief: Brief | None, kind: Kind) -> Lines:
    """The lines that are scored (of headlines the first); none where there is no output."""
    return output_texts(Outputs.from_brief(brief)).get(kind, ((),))[0] if brief else ()


def checked(
    articles: Sequence[Article], briefs: Mapping[str, Brief], kinds: Sequence[Kind], common: frozenset[str]
) -> list[Checked]:
    """Every output of these kinds, checked; articles without a brief are left out."""
    made = [(kind, article, briefs[article.id]) for kind in kinds for article in articles if article.id in briefs]
    return [
        Checked(article.id, kind, lines, _fell_back(brief, kind), alarms(lines, article.text, common))
        for kind, article, brief in made
        for lines in [_all_lines(brief, kind)]
    ]


def kind_rows(name: str, found: Sequence[Checked]) -> list[list[str]]:
    """A row per kind: of the outputs, how many have a fallback, how many an unsupported fact by the checker."""
    kinds = dict.fromkeys(one.kind for one in found)
    return [kind_row(name, kind, [one for one in found if one.kind == kind]) for kind in kinds]


def kind_row(name: str, kind: str, found: Sequence[Checked]) -> list[str]:
    """One row over these outputs."""
    what = Counter(kind_ for one in found for kind_ in {alarm.kind for alarm in one.alarms})
    shown = ", ".join(f"{kind_} {count}" for kind_, count in what.most_common()) or "–"
    fallbacks, alarmed = sum(one.fallback for one in found), sum(bool(one.alarms) for one in found)
    return [name, kind, rate(fallbacks, len(found)), rate(alarmed, len(found)), shown]


def _all_lines(brief: Brief, kind: Kind) -> Lines:
    texts = output_texts(Outputs.from_brief(brief)).get("headlines_best" if kind == "headlines" else kind, ())
    return tuple(line for lines in texts for line in lines)


def _fell_back(brief: Brief, kind: Kind) -> bool:
    """Whether any text of this kind is the article's own, for want of a written one."""
    found = getattr(brief, kind)
    passages = found if isinstance(found, tuple) else (found,) if found else ()
    return any(flag.startswith("fallback") for passage in passages for flag in passage.flags)
