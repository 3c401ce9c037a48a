"""`precis doctor`: what works on this machine, offline, right now."""

from __future__ import annotations

import os
import platform
import shutil
from importlib.resources import files
from importlib.util import find_spec
from typing import Any

from pipeline.manifest import versions

PACKAGES = {
    "torch": "the engines embedded and seq2seq",
    "transformers": "the engines embedded and seq2seq",
    "datasets": "reading CSV and JSONL",
    "evaluate": "evaluate modules in score.evaluate",
    "sumy": "the textrank baseline",
    "trafilatura": "reading HTML",
    "spellchecker": "the guard's list of English words",
}
WEIGHTS = (
    "config.json", "model.safetensors", "tokenizer.json", "selector/selector.json",
    "selector/headlines.json", "selector/selector.safetensors",
)  # fmt: skip


def checks() -> list[dict[str, Any]]:
    """One record per check: what, whether it is there, and what it is for; imports nothing heavy."""
    weights = files("pipeline").joinpath("weights")
    lost = [name for name in WEIGHTS if not weights.joinpath(*name.split("/")).is_file()]
    found = [
        _check("python", True, platform.python_version(), needed=True),
        _check("cores", True, str(os.cpu_count() or "?"), needed=False),
        _check("memory", True, _memory(), needed=False),
        _check(
            "embedded model", not lost, "in the package" if not lost else f"missing: {', '.join(lost)}", needed=True
        ),
        _check("chromium", shutil.which("chromium") is not None, "for the browser tests only", needed=False),
    ]
    numbers = versions(tuple(PACKAGES))
    for package, use in PACKAGES.items():
        there = find_spec(package) is not None
        number = numbers.get(package) or ""
        found.append(_check(package, there, f"{number}  {use}".strip(), needed=True))
    return found


def text(found: list[dict[str, Any]]) -> str:
    """The checks as lines: ok, missing (needed) or absent (optional)."""
    width = max(len(check["what"]) for check in found)
    return "\n".join(f"{_state(check):8}{check['what']:{width}}  {check['detail']}" for check in found)


def _state(check: dict[str, Any]) -> str:
    return "ok" if check["ok"] else ("MISSING" if check["needed"] else "absent")


def _check(what: str, ok: bool, detail: str, *, needed: bool) -> dict[str, Any]:
    return {"what": what, "ok": ok, "detail": detail, "needed": needed}


def _memory() -> str:
    if not hasattr(os, "sysconf") or "SC_PHYS_PAGES" not in os.sysconf_names:
        return "unknown"
    return f"{os.sysconf('SC_PHYS_PAGES') * os.sysconf('SC_PAGE_SIZE') / 2**30:.1f} GiB"
