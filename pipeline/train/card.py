"""README.md of a trained model: what it came from, its data and their counts, its settings, and what was measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version

from pipeline.train.load import Plan, to_yaml

PACKAGES = ("precis", "torch", "transformers", "tokenizers")


@dataclass(frozen=True, slots=True)
class Facts:
    """What a card tells. `data`: name → count or remark; `measured`: stage or split → its last numbers."""

    base: str
    command: str
    engine: str
    device: str
    data_path: str
    data: Mapping[str, str]
    measured: Mapping[str, Mapping[str, float]]
    notes: Sequence[str] = field(default_factory=tuple)


def card(plan: Plan, facts: Facts) -> str:
    """The whole page."""
    use = f"precis run configs/run/quickstart.yaml --set engine.name={facts.engine} --set engine.model=THIS_FOLDER"
    parts = [
        f"# {plan.name}\n",
        f"A model trained by `precis train` ({plan.kind}). Load it with `AutoModelForSeq2SeqLM` and `AutoTokenizer`, "
        f"or use it:\n\n    {use}\n",
        "## From what\n",
        f"- base: {facts.base}\n- data: {facts.data_path}\n- device: {facts.device}\n- versions: {_versions()}",
        *(f"- {note}" for note in facts.notes),
        f"\n    {facts.command}\n",
        "## Data\n",
        _table(("data", "used"), [(name, told) for name, told in facts.data.items()]),
        "## Measured on the validation data\n",
        _measured(facts.measured),
        "Losses are nats per target token without label smoothing; ROUGE is F (0 to 1, stemmed). `loss.svg` shows the "
        "course, `log.jsonl` has its numbers.\n",
        f"## Settings\n\n```yaml\n{to_yaml(plan)}```",
    ]
    return "\n".join(parts) + "\n"


def _measured(measured: Mapping[str, Mapping[str, float]]) -> str:
    rows = [(name, f"{key} {value:g}") for name, values in measured.items() for key, value in values.items()]
    return _table(("after", "value"), rows) if rows else "nothing was measured\n"


def _table(head: tuple[str, str], rows: Sequence[tuple[str, str]]) -> str:
    lines = [f"| {head[0]} | {head[1]} |", "|---|---|", *(f"| {a} | {b} |" for a, b in rows)]
    return "\n".join(lines) + "\n"


def _versions() -> str:
    found = []
    for name in PACKAGES:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            continue
    return ", ".join(found)
