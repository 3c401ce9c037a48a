"""One check, and checks as lines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

SELF_TEST = "self test"


@dataclass(frozen=True, slots=True)
class Check:
    """What was looked at, whether it is there, and what it is for; `needed`: without it the exit status is 1."""

    group: str
    what: str
    ok: bool
    detail: str
    needed: bool = False

    @property
    def state(self) -> str:
        """ok, MISSING (needed; FAILED in a self test) or absent (optional)."""
        if self.ok:
            return "ok"
        return ("FAILED" if self.group == SELF_TEST else "MISSING") if self.needed else "absent"


def failed(found: Iterable[Check]) -> bool:
    """Whether something needed is not there."""
    return any(check.needed and not check.ok for check in found)


def text(found: Sequence[Check]) -> str:
    """The checks as lines, under the name of their group."""
    width = max(len(check.what) for check in found)
    lines = []
    for group, members in groupby(found, key=lambda check: check.group):
        lines += ["", group]
        lines += [f"  {check.state:8}{check.what:{width}}  {check.detail}".rstrip() for check in members]
    return "\n".join(lines[1:])
