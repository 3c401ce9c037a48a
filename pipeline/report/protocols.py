"""The scores under several protocols as plain tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipeline.report.scores import KIND_LABELS

NAMES = {"rouge1": "R1", "rouge2": "R2", "rougeL": "RL", "rougeLsum": "RLsum"}


def protocol_tables(found: Mapping[str, Any]) -> str:
    """What `pipeline.protocols.score_protocols` gives: a table for each kind, its spread, and changes of order."""
    blocks = [_block(kind, table) for kind, table in found["kinds"].items()]
    return "\n\n".join(blocks) + "\n" if blocks else "no scores\n"


def _block(kind: str, table: Mapping[str, Any]) -> str:
    label = KIND_LABELS.get(kind, kind)
    lines = [f"{label}: {table['n']} articles, F × 100"]
    wide = max(len(name) for name in [*table["spread"], "spread"])
    for column, title in NAMES.items():
        rows = [row for row in table["rows"] if column in next(iter(row["systems"].values()))]
        width = max(len(row["protocol"]) for row in table["rows"])
        lines += ["", f"{title:{width}}  " + "  ".join(f"{name:>{wide}}" for name in table["spread"])]
        for row in rows:
            cells = "  ".join(f"{100 * own[column]:{wide}.2f}" for own in row["systems"].values())
            lines.append(f"{row['protocol']:{width}}  {cells}")
        cells = "  ".join(f"{100 * own[column]:{wide}.2f}" for own in table["spread"].values())
        lines.append(f"{'spread':{width}}  {cells}")
    lines += ["", *_order(table), "", *(f"{row['protocol']}: {row['signature']}" for row in table["rows"])]
    return "\n".join(lines)


def _order(table: Mapping[str, Any]) -> list[str]:
    if not table["swaps"]:
        return ["The order of the systems is the same under every protocol."]
    return [
        f"{NAMES[swap['metric']]}: {swap['a']} is above {swap['b']} under {', '.join(swap['a_above'])}; "
        f"below under {', '.join(swap['b_above'])}"
        for swap in table["swaps"]
    ]
