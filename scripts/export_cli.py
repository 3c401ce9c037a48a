"""Write docs/cli.md, the commands with their arguments, from the parser itself.

With --check nothing is written; the exit status is 1 if the page is not current.
"""

from __future__ import annotations

import argparse
import sys
import textwrap
from pathlib import Path

from pipeline.cli import COMMANDS, EXIT_STATUS, build_parser

PAGE = Path(__file__).resolve().parent.parent / "docs" / "cli.md"
HEAD = f"""# Commands

Written by `python scripts/export_cli.py` from the parser; do not edit it by hand.

{textwrap.fill(f"Results go to stdout, progress and messages to stderr. {EXIT_STATUS}", 120)}
"""


def render() -> str:
    """The page: one section per command, one table row per argument."""
    choices = next(a for a in build_parser()._actions if isinstance(a, argparse._SubParsersAction)).choices
    return HEAD + "".join(_command(name, choices[name], told) for name, _, _, told in COMMANDS)


def _command(name: str, parser: argparse.ArgumentParser, told: str) -> str:
    actions = [a for a in parser._actions if not isinstance(a, argparse._HelpAction)]
    usage = " ".join([f"precis {name}", *(_usage(a) for a in actions)])
    rows = "".join(f"| `{_name(a)}` | {_meaning(a)} |\n" for a in actions)
    opening = f"\n## precis {name}\n\n{told[0].upper()}{told[1:]}.\n\n```\n{usage}\n```\n"
    return f"{opening}\n| argument | meaning |\n|---|---|\n{rows}"


def _value(action: argparse.Action) -> str:
    if action.nargs == 0:
        return ""
    return str(action.metavar or (action.dest.upper() if action.option_strings else action.dest))


def _name(action: argparse.Action) -> str:
    return " ".join(part for part in (", ".join(action.option_strings), _value(action)) if part)


def _usage(action: argparse.Action) -> str:
    text = " ".join(part for part in ("".join(action.option_strings[-1:]), _value(action)) if part)
    text += "…" if action.nargs in ("+", "*") or isinstance(action, argparse._AppendAction) else ""
    return text if action.required else f"[{text}]"


def _meaning(action: argparse.Action) -> str:
    told = action.help or ""
    if action.choices and not all(str(choice) in told for choice in action.choices):
        told += f" (of {', '.join(map(str, action.choices))})"
    return told.replace("%(default)s", str(action.default)).replace("%%", "%").replace("|", "\\|")


def main(arguments: list[str]) -> int:
    """Write the page, or with --check compare it; returns the exit status."""
    if "--check" not in arguments:
        PAGE.write_text(render(), encoding="utf-8")
    elif not PAGE.is_file() or PAGE.read_text(encoding="utf-8") != render():
        sys.stderr.write("docs/cli.md is not current: run python scripts/export_cli.py\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
